//! Running an import: lines in groups of one transaction, and one by one where a group has a wrong line.
//! Rule: what was imported stays imported; every refused line is named with its reason. A dry run really imports each line,
//! in a transaction that is always undone, so that it refuses what a real run would.

use std::collections::HashSet;

use base::{Code, Kind, Result};
use sha2::{Digest, Sha256};
use trust::Cx;
use trust::log::Origin;

use super::importing::{ImportedTicket, Source, import};
use super::numbers::reserve;
use super::opening::external_id_taken;

/// Lines in one transaction.
const GROUP: usize = 50;

/// What undoes a line of a dry run; nobody sees it.
static REHEARSED: Code = Code::new(
    Kind::Conflict,
    "rehearsed",
    "A line was only tried.",
    "Nothing was written; import it without `--dry-run`.",
);
/// The number of a ticket that is never written: none has it.
const NO_NUMBER: i64 = -1;

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

/// Imports lines; blocks. A dry run says what would become of them and writes nothing.
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
    if is_dry {
        return rehearse_all(&cx, &ready, outcome);
    }
    for group in ready.chunks(GROUP) {
        import_group(&cx, group, &mut outcome)?;
    }
    Ok(outcome)
}

/// Tries lines one by one. What an earlier one would have taken is remembered here, because it is not in the database.
fn rehearse_all(cx: &Cx, lines: &[Ready], mut outcome: Imported) -> Result<Imported> {
    let mut taken = HashSet::new();
    for line in lines {
        let external_id = line.ticket.external_id();
        let is_taken = external_id.is_some_and(|id| taken.contains(id));
        match rehearse(cx, line)
            .and_then(|is_new| if is_new && is_taken { Err(external_id_taken()) } else { Ok(is_new) })
        {
            Ok(is_new) => {
                outcome.count(is_new.into(), 1);
                taken.extend(external_id.filter(|_| is_new).map(str::to_owned));
            }
            Err(error) if error.kind() == Kind::Unavailable => return Err(error),
            Err(error) => outcome.refused.push((line.number, error.to_string())),
        }
    }
    Ok(outcome)
}

/// Whether a line would become a ticket now; it does not.
fn rehearse(cx: &Cx, line: &Ready) -> Result<bool> {
    let (own, line) = (cx.clone(), line.clone());
    let tried: Result<()> = cx.house().db.write_now(cx.workspace().uuid(), move |tx| {
        if !import(tx, &own, line.source, NO_NUMBER, &line.ticket)? {
            return Ok(());
        }
        // What travels with the next statement is sent by it, and refused where it would be.
        tx.first("SELECT 1", &[], |_| Ok(()))?;
        Err(REHEARSED.error())
    });
    match tried {
        Ok(()) => Ok(false),
        Err(error) if error.code() == &REHEARSED => Ok(true),
        Err(error) => Err(error),
    }
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
