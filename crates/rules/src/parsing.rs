//! From source to a tree: lengths and brackets are counted first, then the parser runs on a stack of its own.

use std::sync::{Arc, LazyLock};

use cel::{Env, Program};

use crate::fault::Fault;
use crate::limits::{BRACKETS, SOURCE, STACK};

/// The standard functions without the costly ones; made once, because making it costs more than a hundred conditions.
pub(crate) static STANDARD: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// Reads a condition.
pub(crate) fn parse(source: &str) -> Result<Program, Fault> {
    check_size(source)?;
    let owned = source.to_owned();
    let reader = std::thread::Builder::new().name("condition".to_owned()).stack_size(STACK);
    let read = reader.spawn(move || STANDARD.compile(&owned)).map(std::thread::JoinHandle::join);
    match read {
        Ok(Ok(Ok(program))) => Ok(program),
        Ok(Ok(Err(errors))) => Err(unreadable(source, &errors)),
        _ => Err(Fault::whole("The condition could not be read. Write it in a simpler way.")),
    }
}

fn check_size(source: &str) -> Result<(), Fault> {
    if source.trim().is_empty() {
        return Err(Fault::whole("The condition is empty. Write `true` for one that always holds."));
    }
    if source.len() > SOURCE {
        return Err(Fault::whole(format!("The condition is longer than {SOURCE} bytes. Split it into two rules.")));
    }
    if let Some(at) = source.find('\0') {
        return Err(Fault::at(source, at, "There is a NUL character here."));
    }
    let mut depth = 0_usize;
    for (at, char) in source.char_indices() {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > BRACKETS {
            return Err(Fault::at(source, at, format!("More than {BRACKETS} brackets stand in each other here.")));
        }
    }
    Ok(())
}

fn unreadable(source: &str, errors: &cel::ParseErrors) -> Fault {
    let Some(first) = errors.errors.first() else {
        return Fault::whole("The condition cannot be read.");
    };
    let (line, column) =
        (usize::try_from(first.pos.0).unwrap_or(1).max(1), usize::try_from(first.pos.1).unwrap_or(1).max(1));
    let short: String = first.msg.chars().take(160).collect();
    let known = source.lines().count().max(1);
    Fault {
        line: Some(line.min(known)),
        column: Some(column),
        reason: format!("The condition cannot be read here: {short}."),
    }
}
