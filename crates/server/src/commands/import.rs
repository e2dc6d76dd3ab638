//! `mainstay import tickets FILE.jsonl`: tickets of another system, resumable, with every wrong line in a file.
//! Rule: a line is imported once, however often the command runs and whatever file it is in; it may run beside a server.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use base::{Env, Result};
use clap::{Args, Subcommand};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::bad_argument;
use crate::admin;
use crate::settings::Place;
use crate::verbs::Ask;

/// Lines sent at once.
const CHUNK: usize = 500;

/// What is imported.
#[derive(Subcommand)]
pub(super) enum Import {
    /// Tickets with their messages, one JSON object a line.
    Tickets(Wanted),
    /// Articles: a folder of Markdown, or one JSON object a line.
    Articles(Wanted),
}

/// Where it comes from.
#[derive(Args)]
pub(super) struct Wanted {
    /// The file, one object a line; for articles also a folder of Markdown.
    pub(super) file: PathBuf,
    /// The workspace; not needed when there is one.
    #[arg(long, value_name = "ID")]
    pub(super) workspace: Option<String>,
    /// Checks every line and writes nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Where wrong lines go; FILE.errors.jsonl when absent.
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
}

#[derive(Deserialize)]
pub(super) struct Done {
    pub(super) written: i64,
    pub(super) known: i64,
    pub(super) refused: Vec<(i64, String)>,
}

#[derive(Default)]
struct Sum {
    lines: usize,
    written: i64,
    known: i64,
    refused: usize,
}

pub(super) fn run(place: &Place, import: &Import, env: &Env) -> Result<ExitCode> {
    match import {
        Import::Tickets(wanted) => tickets(place, wanted, env),
        Import::Articles(wanted) => super::import_articles::run(place, wanted, env),
    }
}

fn tickets(place: &Place, wanted: &Wanted, env: &Env) -> Result<ExitCode> {
    let unreadable = |error: std::io::Error| bad_argument("FILE", &format!("cannot be read: {error}"));
    let file = std::fs::File::open(&wanted.file).map_err(unreadable)?;
    let mut running =
        Running { place, env, wanted, sum: Sum::default(), refused: Refused::new(wanted), taken: HashSet::new() };
    let mut seen = Seen::default();
    let mut chunk = Vec::new();
    for (number, line) in texts(BufReader::new(file)) {
        running.sum.lines += 1;
        match line.map_err(unreadable)? {
            Ok(text) if running.is_taken(&text) => running.refuse(&[(number, TAKEN.to_owned())])?,
            Ok(text) => chunk.push((number, seen.count(&text), text)),
            Err(why) => running.refuse(&[(number, why)])?,
        }
        if chunk.len() == CHUNK {
            running.send(std::mem::take(&mut chunk))?;
        }
    }
    running.send(chunk)?;
    let Running { sum, refused, .. } = running;
    let (verb, done) = if wanted.dry_run { ("checked", "would be imported") } else { ("read", "imported") };
    println!(
        "{} lines {verb}: {} {done}, {} imported before, {} refused",
        sum.lines, sum.written, sum.known, sum.refused
    );
    if sum.refused == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    println!("The refused lines are in {} with their reasons.", refused.path.display());
    Ok(ExitCode::FAILURE)
}

/// The lines of a file with their numbers; one that is no text is an error of its own, with what is wrong.
pub(super) fn texts(mut file: impl BufRead) -> impl Iterator<Item = (i64, io::Result<Result<String, String>>)> {
    let mut number = 0;
    std::iter::from_fn(move || {
        let mut bytes = Vec::new();
        let read = file.read_until(b'\n', &mut bytes);
        number += 1;
        match read {
            Ok(0) => None,
            Ok(_) => {
                let text = String::from_utf8(bytes).map_err(|error| format!("the line is not valid UTF-8: {error}"));
                Some((number, Ok(text.map(|text| text.trim_end_matches(['\r', '\n']).to_owned()))))
            }
            Err(error) => Some((number, Err(error))),
        }
    })
}

/// How often each line was there, by the hash of its text.
#[derive(Default)]
struct Seen(HashMap<[u8; 32], i64>);

impl Seen {
    /// Counts a line and says which of the lines with its text it is, from 1.
    fn count(&mut self, text: &str) -> i64 {
        let count = self.0.entry(Sha256::digest(text.trim()).into()).or_default();
        *count += 1;
        *count
    }
}

/// An import on its way.
struct Running<'r> {
    place: &'r Place,
    env: &'r Env,
    wanted: &'r Wanted,
    sum: Sum,
    refused: Refused,
    /// In a dry run: the external ids that lines before would have taken, hashed.
    taken: HashSet<[u8; 32]>,
}

/// Why a line of a dry run is refused that names an external id once more.
const TAKEN: &str = "external_id_taken: a line before has this `external_id`";

/// The external id of a line, hashed.
fn external_id(text: &str) -> Option<[u8; 32]> {
    #[derive(Deserialize)]
    struct Named {
        external_id: Option<String>,
    }
    let named: Named = serde_json::from_str(text).ok()?;
    named.external_id.map(|id| Sha256::digest(id.trim()).into())
}

impl Running<'_> {
    fn send(&mut self, lines: Vec<(i64, i64, String)>) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let (workspace, is_dry) = (self.wanted.workspace.clone(), self.wanted.dry_run);
        let named: Vec<(i64, [u8; 32])> = match is_dry {
            true => lines.iter().filter_map(|(number, _, text)| Some((*number, external_id(text)?))).collect(),
            false => Vec::new(),
        };
        let ask = Ask::Import { workspace, lines, is_dry };
        let done = admin::ask(self.place, self.env, &ask)?;
        let done: Done = serde_json::from_value(done).map_err(|error| web::INTERNAL.error().caused_by(error))?;
        let is_refused = |number: i64| done.refused.iter().any(|(refused, _)| *refused == number);
        self.taken.extend(named.into_iter().filter(|(number, _)| !is_refused(*number)).map(|(_, id)| id));
        let sum = &mut self.sum;
        sum.written += done.written;
        sum.known += done.known;
        self.refuse(&done.refused)?;
        let sum = &self.sum;
        eprintln!("line {}: {} imported, {} known, {} refused", sum.lines, sum.written, sum.known, sum.refused);
        Ok(())
    }

    /// Whether a line names an external id that one of an earlier group would have taken; known in a dry run only.
    fn is_taken(&self, text: &str) -> bool {
        !self.taken.is_empty() && external_id(text).is_some_and(|id| self.taken.contains(&id))
    }

    fn refuse(&mut self, refused: &[(i64, String)]) -> Result<()> {
        self.sum.refused += refused.len();
        self.refused.write(refused)
    }
}

/// The file of refused lines; it is made when the first one comes.
pub(super) struct Refused {
    pub(super) path: PathBuf,
    file: Option<std::fs::File>,
}

impl Refused {
    pub(super) fn new(wanted: &Wanted) -> Refused {
        let beside = || wanted.file.with_extension("errors.jsonl");
        Refused { path: wanted.errors.clone().unwrap_or_else(beside), file: None }
    }

    pub(super) fn write(&mut self, refused: &[(i64, String)]) -> Result<()> {
        if refused.is_empty() {
            return Ok(());
        }
        let failed = |error: std::io::Error| bad_argument("--errors", &format!("cannot be written: {error}"));
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(std::fs::File::create(&self.path).map_err(failed)?),
        };
        for (line, why) in refused {
            let entry = serde_json::json!({"line": line, "error": why});
            writeln!(file, "{entry}").map_err(failed)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_text_is_one_wrong_line() {
        let file: &[u8] = b"{\"a\": 1}\r\n{\"b\": \"\xff\"}\n\n{\"c\": 3}";
        let read: Vec<_> = texts(file).map(|(number, line)| (number, line.unwrap().ok())).collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(read, [(1, text("{\"a\": 1}")), (2, None), (3, text("")), (4, text("{\"c\": 3}"))]);
    }

    #[test]
    fn a_line_that_is_there_twice_is_the_first_and_the_second() {
        let mut seen = Seen::default();
        assert_eq!([seen.count("a"), seen.count("b"), seen.count("a ")], [1, 1, 2]);
    }
}
