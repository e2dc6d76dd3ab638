//! Abuse: thousands of texts that were written to break something go through every door that takes a text, and those
//! about scripts through console and widget in Chromium. Nothing may run, and nothing may be answered with a 5xx.

use super::{Options, Table};
use crate::demo;
use crate::programs::run;
use crate::tree::{Scratch, Tree};
use crate::{browser, web};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::process::Command;

/// What the browser script says at its end.
#[derive(Deserialize)]
struct Report {
    texts: u64,
    shown: u64,
    answers: BTreeMap<u16, u64>,
    troubles: Vec<String>,
}

/// Runs the lists against a demo of its own.
pub fn measure(tree: &Tree, options: &Options) -> Result<Table> {
    let archive = options.data.join("abuse.tar.gz");
    ensure!(archive.is_file(), "there is no {}: name the folder of the corpora with --data", archive.display());
    let scratch = Scratch::new("abuse")?;
    run(Command::new("tar").arg("xzf").arg(&archive).arg("-C").arg(scratch.join("")))?;
    web::build(tree)?;
    let demo = demo::start(tree, "release", None)?;
    let report = report(tree, &demo, &scratch)?;
    let mut table = Table::new(&["what", "figure"]);
    table.row(vec!["texts".into(), report.texts.to_string()]);
    table.row(vec!["shown in console and widget, as text, Markdown and HTML".into(), report.shown.to_string()]);
    for (status, count) in &report.answers {
        table.row(vec![format!("answers {status}"), count.to_string()]);
    }
    table.row(vec!["ran, or was stopped by the policy of the page".into(), report.troubles.len().to_string()]);
    let failed = report.answers.keys().any(|status| *status >= 500);
    report.troubles.iter().take(20).for_each(|trouble| println!("  {trouble}"));
    table.remark(
        "Naughty strings and injection lists; a text that ran, or an answer of 500 and above, is a defect.".into(),
    );
    ensure!(!failed && report.troubles.is_empty(), "hostile texts did something: see above");
    Ok(table)
}

fn report(tree: &Tree, demo: &demo::Demo, scratch: &Scratch) -> Result<Report> {
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", "abuse"]).current_dir(tree.path("web/e2e")).env("ABUSE", scratch.join("abuse"));
    npm.env("MAINSTAY_URL", demo.url()).env("CHROMIUM", browser::chromium()?).envs(demo.environment());
    let output = npm.stderr(std::process::Stdio::inherit()).output().context("cannot run npm")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().last().context("the browser script said nothing")?;
    serde_json::from_str(line).with_context(|| format!("the browser script ended with: {line}"))
}
