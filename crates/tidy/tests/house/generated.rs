//! Generated files are fresh. The built server (`MAINSTAY_BINARY`, set by `cargo xtask test`) prints what they must hold.

use std::env;
use std::fs;
use std::process::Command;
use tidy::{files, none};

/// What the server prints, and the file that keeps it; the same list as in `xtask/src/generate.rs`.
const SNAPSHOTS: [(&[&str], &str); 2] = [(&["openapi"], "docs/openapi.json"), (&["config"], "docs/config.toml")];

#[test]
fn the_catalogue_of_errors_is_fresh_and_a_code_has_one_status() {
    let declared = tidy::errors::declared();
    let pairs = declared.iter().zip(declared.iter().skip(1));
    let twice = pairs.filter(|(one, next)| one.code == next.code && one.kind != next.kind);
    let mut findings: Vec<_> =
        twice.map(|(one, next)| format!("{}: {} and {}", one.code, one.path, next.path)).collect();
    let kept = fs::read_to_string(files::root().join("docs/errors.md")).unwrap_or_default();
    if kept != tidy::errors::catalogue() {
        findings.push("docs/errors.md differs from the declared codes".into());
    }
    none("The catalogue of errors is fresh.", "run `cargo xtask generate` and commit what changed", &findings);
}

#[test]
fn generated_files_are_fresh() {
    let Some(binary) = env::var_os("MAINSTAY_BINARY").filter(|path| fs::exists(path).unwrap_or(false)) else {
        println!("absent: no built server (MAINSTAY_BINARY)");
        return;
    };
    let mut findings = Vec::new();
    for (arguments, file) in SNAPSHOTS {
        let output = Command::new(&binary).args(arguments).output().expect("the server starts");
        let kept = fs::read(files::root().join(file)).unwrap_or_default();
        if !output.status.success() {
            findings.push(format!("`mainstay {}` fails", arguments.join(" ")));
        } else if output.stdout != kept {
            findings.push(format!("{file} differs from `mainstay {}`", arguments.join(" ")));
        }
    }
    none("Generated files are fresh.", "run `cargo xtask generate` and commit what changed", &findings);
}
