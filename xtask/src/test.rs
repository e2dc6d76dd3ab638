//! `cargo xtask test`: everything that decides whether the house stands, each part as a timed step.
//! What is missing on the machine is installed when we may, else the one command to run is printed.

use crate::browser;
use crate::model;
use crate::postgres::Cluster;
use crate::programs::{cargo, find, run as run_program};
use crate::schemathesis;
use crate::steps::{Outcome, Steps};
use crate::tree::Tree;
use crate::web;
use anyhow::Result;
use clap::{Args, ValueEnum};

/// What to run.
#[derive(Args)]
pub struct Options {
    /// Only these parts, separated by commas.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
}

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting and clippy.
    Lint,
    /// Types, lints and unit tests of the front end.
    Web,
    /// The house's own rules.
    Tidy,
    /// Tests inside the crates.
    Unit,
    /// Tests over the whole server, on both engines, doors included.
    It,
    /// Schemathesis against a running server.
    Api,
    /// Chromium against a running demo.
    Browser,
}

/// Runs the chosen parts, all by default.
pub fn run(tree: &Tree, options: &Options) -> Result<()> {
    let wants = |part| options.only.is_empty() || options.only.contains(&part);
    let mut steps = Steps::default();
    if wants(Part::Lint) {
        steps.step("fmt", || run_cargo(tree, &["fmt", "--all", "--check"]));
    }
    if wants(Part::Web) {
        steps.step("web check", || web::check(tree));
    }
    // The program embeds the front end, so its build comes before ours.
    if wants(Part::Browser) {
        steps.step("web build", || web::build(tree));
    }
    if wants(Part::It) || wants(Part::Browser) {
        model::try_fetch(tree);
    }
    let wants_build = [Part::Unit, Part::It, Part::Api, Part::Browser].into_iter().any(wants);
    let is_built = !wants_build || steps.step("build", || run_cargo(tree, &["build", "--workspace", "--all-targets"]));
    if wants(Part::Unit) || wants(Part::It) || wants(Part::Tidy) {
        steps.step("rust tests", || needs(is_built, || rust_tests(tree, filter(options))));
    }
    if wants(Part::Lint) {
        let arguments = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        steps.step("clippy", || run_cargo(tree, &arguments));
    }
    if wants(Part::Api) {
        steps.step("schemathesis", || needs(is_built, || schemathesis::test(tree)));
    }
    if wants(Part::Browser) {
        steps.step("browser", || needs(is_built, || browser::test(tree)));
    }
    steps.finish()
}

/// `cargo xtask tidy`: only the tests about the house.
pub fn tidy(tree: &Tree) -> Result<()> {
    let mut test = cargo();
    run_program(test.args(["test", "--quiet", "--package", "mainstay-tidy"]).current_dir(tree.root()))
}

fn needs(is_built: bool, work: impl FnOnce() -> Result<Outcome>) -> Result<Outcome> {
    if is_built { work() } else { Ok(Outcome::Skipped("the build failed".into())) }
}

fn run_cargo(tree: &Tree, arguments: &[&str]) -> Result<Outcome> {
    run_program(cargo().args(arguments).current_dir(tree.root()))?;
    Ok(Outcome::Passed)
}

/// The parts of the Rust tests, as a filter of cargo-nextest; `None` is all of them.
fn filter(options: &Options) -> Option<String> {
    let all = [
        (Part::Tidy, "package(mainstay-tidy)"),
        (Part::Unit, "((kind(lib) | kind(bin)) - package(mainstay-tidy))"),
        (Part::It, "(kind(test) - package(mainstay-tidy))"),
    ];
    let chosen = all.iter().filter(|(part, _)| options.only.contains(part)).map(|(_, text)| *text);
    let chosen: Vec<_> = chosen.collect();
    (!chosen.is_empty()).then(|| chosen.join(" | "))
}

/// All Rust tests, with a PostgreSQL cluster of their own beside the embedded engine.
fn rust_tests(tree: &Tree, filter: Option<String>) -> Result<Outcome> {
    let cluster = Cluster::start(&[])?;
    let mut tests = cargo();
    if find(&["cargo-nextest"]).is_some() {
        tests.args(["nextest", "run", "--workspace", "--profile", "ci", "--no-tests=pass"]);
        tests.args(filter.iter().flat_map(|filter| ["--filterset", filter]));
    } else {
        println!("cargo-nextest is not installed: using cargo test (all parts)");
        tests.args(["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"]);
    }
    tests.env("MAINSTAY_TEST_POSTGRES", cluster.url()).env("MAINSTAY_BINARY", tree.binary("debug"));
    run_program(tests.current_dir(tree.root()))?;
    Ok(Outcome::Passed)
}
