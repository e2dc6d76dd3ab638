//! The commands: what each takes, and where it goes.
//! Rule: commands that read run beside a server; commands that write hold the data lock or go through its socket.

mod audit;
mod backup;
mod config;
mod doctor;
mod export;
mod folder;
mod import;
mod import_articles;
mod init;
mod model;
mod openapi;
mod privacy;
mod search;
mod serve;
mod token;
mod triage;

use std::process::ExitCode;

use base::{Code, Env, Error, Kind, Result};
use clap::{Parser, Subcommand};
use serde::Serialize;

use crate::settings::{Flags, Place};

static BAD_ARGUMENT: Code = Code::new(
    Kind::Unprocessable,
    "bad_argument",
    "An argument is wrong.",
    "See `mainstay help` and the command's own help.",
);

/// Customer support, success and governance on one binary.
#[derive(Parser)]
#[command(name = "mainstay", version)]
struct Line {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API, the console and the widget.
    Serve,
    /// Brings tickets or articles from another system.
    #[command(subcommand)]
    Import(import::Import),
    /// Writes articles in the form an import takes.
    #[command(subcommand)]
    Export(export::Export),
    /// Installs the embedding model, or says which one is used.
    #[command(subcommand)]
    Model(model::Model),
    /// Answers a file of questions with articles.
    Search(search::Questions),
    /// Trains what sorts tickets, or measures how well texts are sorted.
    #[command(subcommand)]
    Triage(triage::Triage),
    /// Makes the first workspace with its owner and a token.
    Init(init::Wanted),
    /// Checks the event log.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Makes API tokens.
    #[command(subcommand)]
    Token(token::Token),
    /// Exports or erases a person's data.
    #[command(subcommand)]
    Privacy(privacy::Privacy),
    /// Writes a backup that either engine takes back.
    Backup(backup::Target),
    /// Restores a backup into an empty database of either engine.
    Restore(backup::Source),
    /// Checks what an installation needs to be safe.
    Doctor,
    /// Prints the OpenAPI document.
    Openapi,
    /// Prints every setting with its default.
    Config,
}

/// Reads the command line, runs the command, and says how it went.
pub fn run() -> ExitCode {
    let line = Line::parse();
    match line.command.run(&line.flags) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}\n  {}", error, error.code().help);
            if let Some(cause) = error.cause() {
                eprintln!("  cause: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

impl Command {
    fn run(self, flags: &Flags) -> Result<ExitCode> {
        let place = || Place::find(flags, &environment());
        match self {
            Command::Serve => serve::run(&place()?),
            Command::Import(wanted) => import::run(&place()?, &wanted, &Env::system()),
            Command::Export(wanted) => export::run(&place()?, &wanted, &Env::system()),
            Command::Model(wanted) => model::run(&place()?, &wanted),
            Command::Search(asked) => search::run(&place()?, &asked, &Env::system()),
            Command::Triage(wanted) => triage::run(&place()?, &wanted, &Env::system()),
            Command::Init(wanted) => init::run(&place()?, &wanted, &Env::system()),
            Command::Audit(wanted) => audit::run(&place()?, &wanted, &Env::system()),
            Command::Token(wanted) => token::run(&place()?, &wanted, &Env::system()),
            Command::Privacy(wanted) => privacy::run(&place()?, &wanted, &Env::system()),
            Command::Backup(target) => backup::take(&place()?, &target, &Env::system()),
            Command::Restore(source) => backup::restore(&place()?, &source, &Env::system()),
            Command::Doctor => Ok(doctor::run(&place()?, &Env::system())),
            Command::Openapi => openapi::run(),
            Command::Config => Ok(config::run()),
        }
    }
}

fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// An argument that cannot be used.
fn bad_argument(argument: &str, wrong: &str) -> Error {
    BAD_ARGUMENT.because(format!("{argument} {wrong}."))
}

/// One line of JSON.
fn show_json(shape: &impl Serialize) {
    println!("{}", serde_json::to_string(shape).unwrap_or_default());
}
