//! `mainstay triage`: asks for a training, and measures from outside how well texts are sorted.
//! Rule: measuring needs no installation and no server.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base::{Env, Result};
use clap::{Args, Subcommand};
use ml::classify::{Answer, Example, Set, Training, accuracy, expected_error, macro_f1, reliability, train};
use ml::{Classifier, Embedder, Stop, Vector};
use serde::Serialize;

use super::{bad_argument, show_json};
use crate::admin;
use crate::settings::Place;
use crate::verbs::Ask;

/// What is done with triage.
#[derive(Subcommand)]
pub(super) enum Triage {
    /// Asks for a training of a workspace; the server does it, now or when it starts.
    Train(Wanted),
    /// Trains on one file and answers another; each line is an object with `text` and `label`.
    Evaluate(Files),
}

/// Which workspace.
#[derive(Args)]
pub(super) struct Wanted {
    /// The workspace; not needed when there is one.
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
}

/// The files of an evaluation.
#[derive(Args)]
pub(super) struct Files {
    /// What is learned from.
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// What is answered.
    #[arg(long, value_name = "FILE")]
    test: PathBuf,
    /// Where the answers go: label, confidence and in-scope score, a line for each line of the test file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Uses words and letters only, as without the embedding model.
    #[arg(long)]
    words_only: bool,
}

/// One answer.
#[derive(Serialize)]
struct Line<'a> {
    label: &'a str,
    confidence: f32,
    in_scope: f32,
    known: bool,
}

pub(super) fn run(place: &Place, wanted: &Triage, env: &Env) -> Result<ExitCode> {
    match wanted {
        Triage::Evaluate(files) => evaluate(place, files),
        Triage::Train(Wanted { workspace }) => {
            show_json(&admin::ask(place, env, &Ask::TrainTriage { workspace: workspace.clone() })?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn evaluate(place: &Place, files: &Files) -> Result<ExitCode> {
    let set = Set::new(read("--train", &files.train)?)?.called_by_labels();
    let test = read("--test", &files.test)?;
    if test.is_empty() {
        return Err(bad_argument("--test", "has no lines"));
    }
    let embedder = Embedder::new(place.models.clone());
    let has_model = !files.words_only && embedder.is_there();
    if !has_model {
        eprintln!("without the embedding model: words and letters only");
    }
    let texts: Vec<&String> = set.texts.iter().chain(test.iter().map(|example| &example.text)).collect();
    let vectors = if has_model { Some(embed(&embedder, &texts)?) } else { None };
    let (own, asked) = vectors.as_ref().map_or((None, None), |all| {
        let (own, asked) = all.split_at(set.len());
        (Some(own), Some(asked))
    });
    eprintln!("training on {} texts of {} classes", set.len() - set.names, set.labels.len());
    let (classifier, figures) = train(&set, own, Training { threads: threads() })?;
    eprintln!(
        "held out of training: accuracy {:.4}, calibration error {:.4}",
        figures.accuracy, figures.calibration_error
    );
    let answers = answers(&classifier, &test, asked);
    report(&test, &answers);
    if let Some(out) = &files.out {
        write(out, &answers)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read(argument: &str, path: &Path) -> Result<Vec<Example>> {
    let bytes = std::fs::read(path).map_err(|error| bad_argument(argument, &format!("cannot be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| bad_argument(argument, "is not UTF-8"))?;
    Set::lines(&text)
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The meanings of the texts; equal ones are embedded once.
fn embed(embedder: &Embedder, texts: &[&String]) -> Result<Vec<Vector>> {
    let mut places: HashMap<[u8; 32], usize> = HashMap::new();
    let (mut each, mut order) = (Vec::new(), Vec::new());
    for text in texts {
        let at = *places.entry(ml::key(text)).or_insert_with(|| {
            each.push((*text).clone());
            each.len() - 1
        });
        order.push(at);
    }
    let total = each.len();
    let told = |done: usize| {
        if done.is_multiple_of(1_000) {
            eprintln!("{done} of {total} texts embedded");
        }
    };
    let vectors = embedder.embed_all(&each, threads(), &Stop::default(), &told)?;
    Ok(order.into_iter().filter_map(|at| vectors.get(at).cloned()).collect())
}

fn answers(classifier: &Classifier, test: &[Example], vectors: Option<&[Vector]>) -> Vec<Answer> {
    let of = |(at, example): (usize, &Example)| {
        classifier.answer(&example.text, vectors.and_then(|vectors| vectors.get(at)))
    };
    test.iter().enumerate().map(of).collect()
}

fn first(answer: &Answer) -> (&str, f32) {
    answer.ranked.first().map_or(("", 0.0), |first| (first.label.as_str(), first.confidence))
}

fn report(test: &[Example], answers: &[Answer]) {
    let pairs: Vec<(&str, &str)> =
        answers.iter().zip(test).map(|(answer, example)| (first(answer).0, example.label.as_str())).collect();
    let said = answers.iter().zip(&pairs).map(|(answer, (label, truth))| (first(answer).1, label == truth));
    println!("accuracy\t{:.4}", accuracy(&pairs));
    println!("macro-F1\t{:.4}", macro_f1(&pairs));
    println!("ECE\t{:.4}", expected_error(&reliability(said)));
    let known = answers.iter().filter(|answer| answer.is_known).count();
    println!("known\t{:.4}", known as f64 / answers.len().max(1) as f64);
}

fn write(path: &Path, answers: &[Answer]) -> Result<()> {
    let unwritable = |error: std::io::Error| bad_argument("--out", &format!("cannot be written: {error}"));
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).map_err(unwritable)?);
    for answer in answers {
        let (label, confidence) = first(answer);
        let line = Line { label, confidence, in_scope: answer.in_scope, known: answer.is_known };
        writeln!(out, "{}", serde_json::to_string(&line).unwrap_or_default()).map_err(unwritable)?;
    }
    out.flush().map_err(unwritable)
}
