//! The generated files: the OpenAPI snapshot, the catalogue of error codes, the reference of the configuration, the
//! front end's types. The same server program that is shipped writes them; tidy fails when one is stale.

use crate::programs::{cargo, quiet, run};
use crate::tree::Tree;
use crate::web;
use anyhow::Result;
use std::fs;
use std::process::Command;

/// What the server prints, and the file that keeps it.
const SNAPSHOTS: [(&[&str], &str); 2] = [(&["openapi"], "docs/openapi.json"), (&["config"], "docs/config.toml")];

/// `cargo xtask generate`.
pub fn run_all(tree: &Tree) -> Result<()> {
    fs::write(tree.path("docs/errors.md"), tidy::errors::catalogue())?;
    println!("wrote docs/errors.md");
    let mut build = cargo();
    run(build.args(["build", "--package", "mainstay-server"]).current_dir(tree.root()))?;
    for (arguments, file) in SNAPSHOTS {
        let output = quiet(Command::new(tree.binary("debug")).args(arguments))?;
        fs::write(tree.path(file), output.stdout)?;
        println!("wrote {file}");
    }
    if web::has_script(tree, "generate") {
        web::install(tree)?;
        web::script(tree, "generate")?;
    }
    Ok(())
}
