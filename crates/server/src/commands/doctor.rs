//! `mainstay doctor`: what an installation needs to be safe, checked one by one beside a running server.
//! Rule: each line says what is right or what to do; the exit code is 1 when something is wrong.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;

use base::{Env, Result};
use db::Tx;
use uuid::Uuid;

use crate::boot::Opened;
use crate::domains;
use crate::faces;
use crate::settings::Place;

/// What a check found.
enum Found {
    Right(String),
    Watch(String),
    Wrong(String),
}

use Found::{Right, Watch, Wrong};

pub(super) fn run(place: &Place, env: &Env) -> ExitCode {
    let mut findings = vec![Right(format!("mainstay {}", env!("CARGO_PKG_VERSION"))), console()];
    findings.push(folder(&place.data));
    findings.push(key(&place.key_file()));
    findings.push(space(&place.data));
    match database(place, env) {
        Ok(found) => findings.extend(found),
        Err(error) => findings.push(Wrong(format!("database: {error}"))),
    }
    let mut code = ExitCode::SUCCESS;
    for found in findings {
        match found {
            Right(text) => println!("ok     {text}"),
            Watch(text) => println!("watch  {text}"),
            Wrong(text) => {
                println!("wrong  {text}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

fn console() -> Found {
    if faces::has_console() {
        Right("console: inside the binary".to_owned())
    } else {
        Watch("console: not built into this binary; the API works without it".to_owned())
    }
}

fn folder(data: &Path) -> Found {
    let probe = data.join(".doctor");
    match std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => Right(format!("data folder: {} is writable", data.display())),
        Err(error) => Wrong(format!("data folder: {} is not writable: {error}", data.display())),
    }
}

fn key(file: &Path) -> Found {
    match std::fs::metadata(file) {
        Err(_) => Watch("master key: not there yet; the first start makes it".to_owned()),
        Ok(known) if known.len() != 32 => Wrong("master key: does not hold 32 bytes".to_owned()),
        Ok(known) if known.permissions().mode() & 0o077 != 0 => {
            Wrong(format!("master key: others may read it; run chmod 600 {}", file.display()))
        }
        Ok(_) => Right("master key: readable by its owner alone".to_owned()),
    }
}

/// Free space as `df` says it, the portable way to ask.
fn space(data: &Path) -> Found {
    let asked = std::process::Command::new("df").arg("-Pk").arg(data).output();
    let text = asked.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let free = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    match free.map(|kilobytes| kilobytes / 1024) {
        None => Watch("disk: free space is not known".to_owned()),
        Some(free) if free < 512 => Wrong(format!("disk: only {free} MB are free")),
        Some(free) => Right(format!("disk: {free} MB are free")),
    }
}

fn database(place: &Place, env: &Env) -> Result<Vec<Found>> {
    let opened = Opened::for_reading(place, env.clone())?;
    let db = &opened.house.db;
    let mut found = vec![Right(format!("database: {}", db.describe()))];
    found.push(match db.read_now(Uuid::nil(), missing_steps) {
        Ok(missing) if missing.is_empty() => Right("schema: up to date".to_owned()),
        Ok(missing) => Watch(format!("schema: the next start runs {}", missing.join(", "))),
        Err(_) => Watch("schema: none yet; `mainstay init` makes it".to_owned()),
    });
    if !db.has_single_writer() {
        let open = db.read_now(Uuid::nil(), db::unwalled)?;
        found.push(if open.is_empty() {
            Right("walls: every tenant's table is behind row-level security".to_owned())
        } else {
            Wrong(format!("walls: row-level security does not hold for {}", open.join(", ")))
        });
    }
    if let Ok(jobs::Figures { waiting, dead, .. }) = db.read_now(Uuid::nil(), jobs::figures) {
        let text = format!("jobs: {waiting} wait, {dead} were given up");
        found.push(if dead == 0 { Right(text) } else { Watch(text) });
    }
    Ok(found)
}

fn missing_steps(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let done: Vec<(String, i64)> =
        tx.all("SELECT domain, number FROM migration", &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(domains::steps()
        .filter(|step| !done.iter().any(|(domain, number)| domain == step.domain && *number == step.number))
        .map(|step| format!("{} {}", step.domain, step.number))
        .collect())
}
