//! `mainstay import articles`: a folder of Markdown or a file of JSON lines, sent in pieces that a restart repeats at no cost.

use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

use base::{Env, Result};
use knowledge::articles::{PASSES, pass_of};

use super::import::{Done, Refused, Wanted, texts};
use super::{bad_argument, folder};
use crate::admin;
use crate::settings::Place;
use crate::verbs::Ask;

/// Articles sent at once, and their bytes.
const CHUNK: usize = 200;
const CHUNK_BYTES: usize = 8 * 1024 * 1024;

/// An import on its way.
struct Running<'r> {
    place: &'r Place,
    env: &'r Env,
    wanted: &'r Wanted,
    waiting: Vec<(i64, String)>,
    bytes: usize,
    /// Articles asked about so far.
    asked: usize,
    sum: Done,
}

pub(super) fn run(place: &Place, wanted: &Wanted, env: &Env) -> Result<ExitCode> {
    let mut refused = Refused::new(wanted);
    let sum = Done { written: 0, known: 0, refused: Vec::new() };
    let mut running = Running { place, env, wanted, waiting: Vec::new(), bytes: 0, asked: 0, sum };
    if wanted.file.is_dir() {
        running.folder()?
    } else {
        running.lines()?
    }
    running.send()?;
    let asked = running.asked;
    let Done { written, known, refused: wrong } = running.sum;
    if wanted.dry_run {
        println!("{asked} articles checked, nothing written; {} would be refused", wrong.len());
    } else {
        println!("{written} articles written, {known} known before, {} refused", wrong.len());
    }
    if wrong.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    refused.write(&wrong)?;
    println!("What was refused is in {} with the reasons.", refused.path.display());
    Ok(ExitCode::FAILURE)
}

impl Running<'_> {
    fn lines(&mut self) -> Result<()> {
        let unreadable = |error: std::io::Error| bad_argument("FILE", &format!("cannot be read: {error}"));
        // A translation finds its source wherever that stands in the file; the file may be larger than memory.
        let mut counts = [0_usize; PASSES];
        for pass in 0..PASSES {
            if pass > 0 && counts.get(pass) == Some(&0) {
                continue;
            }
            let file = std::fs::File::open(&self.wanted.file).map_err(unreadable)?;
            for (number, line) in texts(BufReader::new(file)) {
                match line.map_err(unreadable)? {
                    Ok(text) => {
                        let own = pass_of(&text);
                        counts.get_mut(own).into_iter().for_each(|count| *count += 1);
                        if own == pass {
                            self.add(number, text)?;
                        }
                    }
                    Err(why) if pass == 0 => self.sum.refused.push((number, why)),
                    Err(_) => {}
                }
            }
            self.send()?;
        }
        Ok(())
    }

    fn folder(&mut self) -> Result<()> {
        let unreadable = |error: std::io::Error| bad_argument("DIR", &format!("cannot be read: {error}"));
        let read = folder::read(Path::new(&self.wanted.file)).map_err(unreadable)?;
        for (path, target) in &read.loose {
            eprintln!("{path}: the link to {target} leads to no article of this folder");
        }
        for (number, (path, why)) in (1..).zip(&read.refused) {
            eprintln!("{path}: {why}");
            self.sum.refused.push((number, format!("{path}: {why}")));
        }
        for (number, article) in (1..).zip(read.in_order()) {
            let line = serde_json::to_string(&article).map_err(|error| web::INTERNAL.error().caused_by(error))?;
            self.add(number, line)?;
        }
        Ok(())
    }

    fn add(&mut self, number: i64, line: String) -> Result<()> {
        self.bytes += line.len();
        self.waiting.push((number, line));
        if self.waiting.len() >= CHUNK || self.bytes >= CHUNK_BYTES { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        self.asked += self.waiting.len();
        let lines = std::mem::take(&mut self.waiting);
        let upto = lines.last().map_or(0, |(number, _)| *number);
        let ask = Ask::ImportArticles { workspace: self.wanted.workspace.clone(), lines, is_dry: self.wanted.dry_run };
        let done = admin::ask(self.place, self.env, &ask)?;
        let done: Done = serde_json::from_value(done).map_err(|error| web::INTERNAL.error().caused_by(error))?;
        self.sum.written += done.written;
        self.sum.known += done.known;
        self.sum.refused.extend(done.refused);
        let Done { written, known, refused } = &self.sum;
        match self.wanted.dry_run {
            true => eprintln!("up to {upto}: {} checked, {} refused", self.asked, refused.len()),
            false => eprintln!("up to {upto}: {written} written, {known} known, {} refused", refused.len()),
        }
        Ok(())
    }
}
