//! `mainstay import tickets FILE.jsonl`: tickets of another system, resumable, with every wrong line in a file.
//! Rule: a line is imported once, however often the command runs; it may run beside a server.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
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
    let name = name_of(&wanted.file)?;
    let mut running = Running { place, env, wanted, name, sum: Sum::default(), refused: Refused::new(wanted) };
    let mut chunk = Vec::new();
    for line in BufReader::new(file).lines() {
        running.sum.lines += 1;
        chunk.push((i64::try_from(running.sum.lines).unwrap_or(i64::MAX), line.map_err(unreadable)?));
        if chunk.len() == CHUNK {
            running.send(std::mem::take(&mut chunk))?;
        }
    }
    running.send(chunk)?;
    let Running { sum, refused, .. } = running;
    let verb = if wanted.dry_run { "checked" } else { "read" };
    println!(
        "{} lines {verb}: {} imported, {} imported before, {} refused",
        sum.lines, sum.written, sum.known, sum.refused
    );
    if sum.refused == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    println!("The refused lines are in {} with their reasons.", refused.path.display());
    Ok(ExitCode::FAILURE)
}

/// What names a file: its content's first lines, so that a copy under another name goes on where the first stopped.
fn name_of(path: &Path) -> Result<String> {
    let unreadable = |error: std::io::Error| bad_argument("FILE", &format!("cannot be read: {error}"));
    let mut start = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    std::io::Read::read_to_end(&mut std::io::Read::take(file, 64 * 1024), &mut start).map_err(unreadable)?;
    // The first line is enough: it holds when lines are added at the end.
    let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(Sha256::digest(first).iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

/// An import on its way.
struct Running<'r> {
    place: &'r Place,
    env: &'r Env,
    wanted: &'r Wanted,
    name: String,
    sum: Sum,
    refused: Refused,
}

impl Running<'_> {
    fn send(&mut self, lines: Vec<(i64, String)>) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let (workspace, is_dry) = (self.wanted.workspace.clone(), self.wanted.dry_run);
        let ask = Ask::Import { workspace, file: self.name.clone(), lines, is_dry };
        let done = admin::ask(self.place, self.env, &ask)?;
        let done: Done = serde_json::from_value(done).map_err(|error| web::INTERNAL.error().caused_by(error))?;
        let sum = &mut self.sum;
        sum.written += done.written;
        sum.known += done.known;
        sum.refused += done.refused.len();
        eprintln!("line {}: {} imported, {} known, {} refused", sum.lines, sum.written, sum.known, sum.refused);
        self.refused.write(&done.refused)
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
