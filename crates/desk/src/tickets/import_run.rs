//! Running an import: lines in groups of one transaction, and one by one where a group has a wrong line.
//! Rule: what was imported stays imported; every refused line is named with its reason.

use base::Result;
use sha2::{Digest, Sha256};
use trust::Cx;
use trust::log::Origin;

use super::importing::{ImportedTicket, Source, import};
use super::numbers::reserve;

/// Lines in one transaction.
const GROUP: usize = 50;

/// A line of a file.
pub struct NumberedLine {
    /// Its number, from 1.
    pub number: i64,
    /// Which of the file's lines with this very text it is, from 1.
    pub nth: i64,
    /// Its text.
    pub text: String,
}

impl NumberedLine {
    fn source(&self) -> Source {
        Source { row: Sha256::digest(self.text.trim()).into(), nth: self.nth }
    }
}

/// What became of some lines.
#[derive(Debug, Default)]
pub struct Imported {
    /// Lines that became tickets now.
    pub written: i64,
    /// Lines that were tickets before.
    pub known: i64,
    /// Lines that were refused, with the reason.
    pub refused: Vec<(i64, String)>,
}

#[derive(Clone)]
struct Ready {
    number: i64,
    source: Source,
    ticket: ImportedTicket,
}

/// Imports lines; blocks. A dry run checks the lines and writes nothing.
pub fn import_lines(cx: &Cx, lines: &[NumberedLine], is_dry: bool) -> Result<Imported> {
    let cx = cx.clone().with_origin(Origin::Import);
    let mut outcome = Imported::default();
    let mut ready = Vec::new();
    for line in lines.iter().filter(|line| !line.text.trim().is_empty()) {
        match ImportedTicket::read(&line.text) {
            Ok(ticket) => ready.push(Ready { number: line.number, source: line.source(), ticket }),
            Err(error) => outcome.refused.push((line.number, error.to_string())),
        }
    }
    if !is_dry {
        for group in ready.chunks(GROUP) {
            import_group(&cx, group, &mut outcome)?;
        }
    }
    Ok(outcome)
}

fn import_group(cx: &Cx, group: &[Ready], outcome: &mut Imported) -> Result<()> {
    match write(cx, group) {
        Ok(written) => outcome.count(written, group.len()),
        Err(error) if error.kind() == base::Kind::Unavailable => return Err(error),
        Err(_) => {
            for line in group {
                match write(cx, std::slice::from_ref(line)) {
                    Ok(written) => outcome.count(written, 1),
                    Err(error) if error.kind() == base::Kind::Unavailable => return Err(error),
                    Err(error) => outcome.refused.push((line.number, error.to_string())),
                }
            }
        }
    }
    Ok(())
}

/// Writes lines in one transaction and says how many were new.
fn write(cx: &Cx, lines: &[Ready]) -> Result<i64> {
    let (own, lines) = (cx.clone(), lines.to_vec());
    cx.house().db.write_now(cx.workspace().uuid(), move |tx| {
        let count = i64::try_from(lines.len()).unwrap_or(1);
        let first = reserve(tx, &own, count)?;
        let mut written = 0;
        for (number, line) in (first..).zip(&lines) {
            if import(tx, &own, line.source, number, &line.ticket)? {
                written += 1;
            }
        }
        Ok(written)
    })
}

impl Imported {
    fn count(&mut self, written: i64, lines: usize) {
        self.written += written;
        self.known += i64::try_from(lines).unwrap_or(0) - written;
    }
}
