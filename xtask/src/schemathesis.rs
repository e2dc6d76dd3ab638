//! Requests made from our own OpenAPI document, the well-formed and the broken: no answer may be a 5xx, carry an
//! undocumented status or type, or differ from its schema.

use crate::demo;
use crate::http::Client;
use crate::programs::{find, quiet, run};
use crate::server::{NO_LIMITS, Site};
use crate::steps::Outcome;
use crate::tree::{Scratch, Tree};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The release of Schemathesis that we use; it runs on Python 3.10 and newer.
const VERSION: &str = "4.32.5";

/// Examples per operation and phase: enough to find what is wrong, few enough for a run of three minutes.
const EXAMPLES: &str = "12";

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// The operation that takes tokens away.
const REVOKES: &str = "revokeToken";

/// Starts a fresh server and sends what Schemathesis makes of its document.
pub fn test(tree: &Tree) -> Result<Outcome> {
    let binary = tree.binary("debug");
    if !binary.exists() {
        return Ok(Outcome::Absent("the server".into()));
    }
    let program = installed(tree)?;
    let scratch = Scratch::new("schemathesis")?;
    let site = Site { binary, data: scratch.join("data"), database: None, config: NO_LIMITS.into() };
    // What is there is found in lists and asked for by its id.
    let (server, founding, widget_key) = demo::filled(tree, &site)?;
    let mut visitor = Client::new(server.address).header("X-Widget-Key", &widget_key);
    let device = visitor.json("POST", "/api/v1/me/device", &json!({}))?;
    let device = device.get("token").and_then(Value::as_str).context("a device without a token")?;
    let guest = [format!("X-Widget-Key: {widget_key}"), format!("Authorization: Visitor {device}")];
    let owner = [format!("Authorization: Bearer {}", founding.token)];
    let check = |who: &[String], choice: &[&str]| -> Result<()> {
        let mut check = Command::new(&program);
        check.args(["run", &format!("{}/openapi.json", server.url())]);
        check.args(who.iter().flat_map(|header| ["--header", header]));
        check.args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"]);
        check.args(["--max-examples", EXAMPLES, "--seed", "1", "--workers", "1"]);
        // Streams do not end, and pages of the help centre say in HTML that they are not there.
        check.args(["--request-timeout", "20", "--exclude-path-regex", "(events/stream|me/events)$|^/help/.locale."]);
        check.args(["--suppress-health-check", "all", "--no-shrink"]).args(choice);
        run(check.current_dir(scratch.path()))
    };
    check(&guest, &["--include-path-regex", "^/api/v1/(me|help)(/|$)"])?;
    check(&owner, &["--exclude-operation-id", REVOKES])?;
    // This finds and revokes the token that is used.
    check(&owner, &["--include-operation-id", REVOKES])?;
    Ok(Outcome::Passed)
}

/// The program in its own Python environment in the cache folder, made on first use.
fn installed(tree: &Tree) -> Result<PathBuf> {
    let home = tree.cache().join(format!("schemathesis-{VERSION}"));
    let program = home.join("bin/schemathesis");
    if program.exists() {
        return Ok(program);
    }
    let python =
        find(&["python3"]).context("missing: Python 3.10 or newer. Run: sudo apt-get install -y python3-venv")?;
    println!("installing schemathesis {VERSION}");
    fs::create_dir_all(&home)?;
    quiet(Command::new(python).args(["-m", "venv"]).arg(&home))?;
    let package = format!("schemathesis=={VERSION}");
    quiet(Command::new(home.join("bin/pip")).args(["install", "--quiet", &package]))?;
    Ok(program)
}
