//! Browser tests: the scripts of `web/e2e` in the system's Chromium, against a demo server of their own.

use crate::demo;
use crate::programs::{find, install, run};
use crate::steps::Outcome;
use crate::tree::Tree;
use crate::web;
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::Command;

/// Runs every browser test.
pub fn test(tree: &Tree) -> Result<Outcome> {
    if !tree.has("web/e2e/package.json") {
        return Ok(Outcome::Absent("web/e2e".into()));
    }
    web::install(tree)?;
    let demo = demo::start(tree, "debug", None)?;
    against(tree, &demo, "e2e")?;
    Ok(Outcome::Passed)
}

/// Runs one npm script of `web/e2e` with the addresses of that demo in its environment.
pub fn against(tree: &Tree, demo: &demo::Demo, script: &str) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", script]).current_dir(tree.path("web/e2e"));
    npm.env("MAINSTAY_URL", demo.url()).env("CHROMIUM", chromium()?);
    run(npm.envs(demo.environment()))
}

/// The system's Chromium, installed first when it is missing and we may.
pub fn chromium() -> Result<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    if find(&names).is_none() {
        install(&["chromium"])?;
    }
    find(&names).context("chromium is installed, but was not found")
}
