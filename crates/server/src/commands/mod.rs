//! The commands: what each takes, and where it goes.
//! Rule: commands that read run beside a server; commands that write hold the data lock or go through its socket.

mod config;
mod init;
mod openapi;
mod serve;

use std::process::ExitCode;

use base::{Env, Result};
use clap::{Parser, Subcommand};

use crate::settings::{Flags, Place};

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
    /// Makes the first workspace with its owner and a token.
    Init(init::Wanted),
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
            Command::Init(wanted) => init::run(&place()?, &wanted, &Env::system()),
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
