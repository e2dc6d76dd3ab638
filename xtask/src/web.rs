//! The front end: its packages, its checks, its build. Without `web/` there is nothing to do.

use crate::programs::{find, run};
use crate::steps::Outcome;
use crate::tree::Tree;
use anyhow::{Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Whether this tree has a front end.
pub fn exists(tree: &Tree) -> bool {
    tree.has("web/package.json")
}

/// Installs the packages when the lock file is newer than what is installed.
pub fn install(tree: &Tree) -> Result<()> {
    let Some(npm) = find(&["npm"]) else {
        bail!("missing: Node 20.19 or newer with npm. Run: sudo apt-get install -y nodejs npm");
    };
    if is_installed(tree) {
        return Ok(());
    }
    let mut install = Command::new(npm);
    install.args(["ci", "--no-audit", "--no-fund"]).current_dir(tree.path("web"));
    // The browser comes from the system; a package must not download its own.
    run(install.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
}

/// Types, lints and unit tests of the front end.
pub fn check(tree: &Tree) -> Result<Outcome> {
    if !exists(tree) {
        return Ok(Outcome::Absent("web/".into()));
    }
    install(tree)?;
    script(tree, "check")?;
    Ok(Outcome::Passed)
}

/// Builds console, widget and loader into their `dist` folders.
pub fn build(tree: &Tree) -> Result<Outcome> {
    if !exists(tree) {
        return Ok(Outcome::Absent("web/".into()));
    }
    install(tree)?;
    script(tree, "build")?;
    Ok(Outcome::Passed)
}

/// Whether `web/package.json` has a script of that name.
pub fn has_script(tree: &Tree, name: &str) -> bool {
    let text = fs::read_to_string(tree.path("web/package.json")).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    package.get("scripts").and_then(|scripts| scripts.get(name)).is_some()
}

/// Runs `npm run NAME` in `web/`.
pub fn script(tree: &Tree, name: &str) -> Result<()> {
    run(Command::new("npm").args(["run", "--silent", name]).current_dir(tree.path("web")))
}

fn is_installed(tree: &Tree) -> bool {
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let installed = changed(&tree.path("web/node_modules/.package-lock.json"));
    installed.is_some() && installed >= changed(&tree.path("web/package-lock.json"))
}
