//! `mainstay search`: answers a file of questions, so that how well articles are found can be measured from outside.
//! Rule: the index is caught up first, vectors included; the run is in TREC's format, 100 places deep. Beside a server it
//! only reads: with an index of its own that goes away again, and vectors it keeps to itself.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base::{Env, Result};
use clap::Args;
use knowledge::Library;
use knowledge::articles::{Audience, Sight};
use knowledge::finding::{self, Wanted};
use serde::Deserialize;
use trust::Cx;

use super::bad_argument;
use crate::boot::Opened;
use crate::finder;
use crate::lock::{DataLock, IN_USE};
use crate::settings::Place;
use crate::verbs::acting;

/// Places of a run.
const DEPTH: usize = 100;

/// What is searched.
#[derive(Args)]
pub(super) struct Questions {
    /// The questions, one JSON object a line: `id` and `text`.
    #[arg(long, value_name = "FILE")]
    queries: PathBuf,
    /// Where the run goes.
    #[arg(long, value_name = "FILE")]
    run: PathBuf,
    /// Only articles for these: `customer`, `internal` or `both`.
    #[arg(long)]
    audience: Option<String>,
    /// The workspace; not needed when there is one.
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
}

#[derive(Deserialize)]
struct Question {
    id: String,
    text: String,
}

pub(super) fn run(place: &Place, asked: &Questions, env: &Env) -> Result<ExitCode> {
    let audience = match asked.audience.as_deref() {
        None => None,
        Some(word) => Some(
            Audience::from_word(word).ok_or_else(|| bad_argument("--audience", "takes customer, internal or both"))?,
        ),
    };
    let questions = read(&asked.queries)?;
    let (lock, opened, index) = match DataLock::take(&place.data) {
        Ok(lock) => (Some(lock), Opened::open(place, env.clone())?, finder::ARTICLES),
        Err(refused) if refused.code() == &IN_USE => (None, Opened::for_reading(place, env.clone())?, finder::BESIDE),
        Err(error) => return Err(error),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| web::INTERNAL.error().caused_by(error))?;
    let answered = acting(&opened.house, asked.workspace.as_deref()).and_then(|cx| {
        let (library, indexer) = finder::library(place, &opened, index)?;
        let library = if lock.is_some() { library } else { library.reading_only() };
        runtime.block_on(answer(&opened, &cx, (&library, &indexer), (&questions, audience), &asked.run))
    });
    opened.close();
    if lock.is_none() {
        finder::forget_beside(place);
    }
    answered?;
    println!("{} questions answered in {}.", questions.len(), asked.run.display());
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<Vec<Question>> {
    let unreadable = |error: std::io::Error| bad_argument("--queries", &format!("cannot be read: {error}"));
    let lines = BufReader::new(std::fs::File::open(file).map_err(unreadable)?).lines();
    let mut questions = Vec::new();
    for (number, line) in (1..).zip(lines) {
        let line = line.map_err(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |error| bad_argument("--queries", &format!("is wrong in line {number}: {error}"));
        questions.push(serde_json::from_str(&line).map_err(wrong)?);
    }
    Ok(questions)
}

async fn answer(
    opened: &Opened,
    cx: &Cx,
    (library, indexer): (&Library, &finding::Indexer),
    (questions, audience): (&[Question], Option<Audience>),
    run: &Path,
) -> Result<()> {
    let unwritable = |error: std::io::Error| bad_argument("--run", &format!("cannot be written: {error}"));
    catch_up(opened, cx, library, indexer).await?;
    let mut out = std::io::BufWriter::new(std::fs::File::create(run).map_err(unwritable)?);
    for question in questions {
        let wanted = Wanted { limit: DEPTH, audience, ..Wanted::new(Sight::Staff, question.text.clone()) };
        let found = finding::find(cx, library, wanted).await?;
        for (rank, hit) in (1..).zip(&found.hits) {
            let name = hit.live.name().replace(char::is_whitespace, "_");
            writeln!(out, "{} Q0 {name} {rank} {} mainstay", question.id, hit.score).map_err(unwritable)?;
        }
    }
    out.flush().map_err(unwritable)
}

/// Indexes everything that is published, and embeds what has no vectors yet.
async fn catch_up(opened: &Opened, cx: &Cx, library: &Library, indexer: &finding::Indexer) -> Result<()> {
    indexer.mark_all_behind().await?;
    indexer.catch_up().await?;
    eprintln!("{} passages can be found by words", library.index().passage_count());
    if !library.embedder().is_there() {
        eprintln!("there is no model: meaning takes no part");
        return Ok(());
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    finding::catch_up(&opened.house, library, cx.workspace(), threads).await?;
    let vectors = library.index().vector_count(cx.workspace().uuid().into_bytes());
    eprintln!("{vectors} vectors, {} of them new", library.meaning().embedded());
    Ok(())
}
