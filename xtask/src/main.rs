//! The project's automation: `cargo xtask COMMAND`. One file per command; the rest are its tools.
//! Nothing here ships: it builds, starts and measures the real binary from outside, as a user would.
#![expect(
    clippy::disallowed_methods,
    reason = "automation lives at the edge: it reads the clock and the environment, and waits"
)]

mod bench;
mod browser;
mod crash;
mod demo;
mod generate;
mod http;
mod load;
mod model;
mod postgres;
mod programs;
mod schemathesis;
mod server;
mod steps;
mod test;
mod tree;
mod web;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use tree::Tree;

/// The commands of the project.
#[derive(Parser)]
#[command(name = "cargo xtask", version, about = "Mainstay's automation")]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check everything: lints, unit, both engines, doors, API, browser, tidy.
    Test(test::Options),
    /// Start a filled sample company on 127.0.0.1:8080.
    Demo(demo::Options),
    /// Fetch the embedding model into the user's cache folder.
    Model,
    /// Start a throw-away PostgreSQL cluster and print its address.
    Pg,
    /// Measure, and write the tables to docs/benchmarks.md.
    Bench(bench::Options),
    /// Kill the server at random moments under load and check that nothing acknowledged is lost.
    Crash(crash::Options),
    /// Check the house: floors, sizes, headers, words, SQL in its place, fresh files.
    Tidy,
    /// Write the generated files anew.
    Generate,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let tree = Tree::here()?;
    match Line::parse().command {
        Command::Test(options) => test::run(&tree, &options),
        Command::Demo(options) => demo::run(&tree, &options),
        Command::Model => model::run(&tree),
        Command::Pg => postgres::run(),
        Command::Bench(options) => bench::run(&tree, &options),
        Command::Crash(options) => crash::run(&tree, &options),
        Command::Tidy => test::tidy(&tree),
        Command::Generate => generate::run_all(&tree),
    }
}
