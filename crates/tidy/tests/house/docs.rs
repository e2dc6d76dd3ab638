//! What the documents say is there, is there: files, links, the code map.

use std::path::{Component, Path, PathBuf};
use tidy::files::{self, File};
use tidy::markdown::{anchors, code_words, links};
use tidy::none;

/// What a newcomer looks for in the root.
const EXPECTED: [&str; 9] = [
    "README.md",
    "ARCHITECTURE.md",
    "STYLE.md",
    "GLOSSARY.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "LICENSE",
    ".ci/run",
];

/// Folders whose paths a document may name.
const NAMED: [&str; 8] = ["crates/", "web/", "xtask/", "docs/", "demo/", ".ci/", ".config/", ".cargo/"];

const LONGEST_MAP: usize = 400;

const LONGEST_DECISION: usize = 60;

#[test]
fn the_documents_of_the_root_exist() {
    let missing = EXPECTED.iter().filter(|name| !files::root().join(name).exists());
    let findings: Vec<_> = missing.map(ToString::to_string).collect();
    none("The root holds what a newcomer looks for.", "write it", &findings);
}

#[test]
fn the_code_map_is_short_and_decisions_shorter() {
    let too_long = |file: &File| {
        let lines = file.text.lines().count();
        let is_map = file.path == "ARCHITECTURE.md" && lines > LONGEST_MAP;
        is_map || (file.path.starts_with("docs/decisions/") && lines > LONGEST_DECISION)
    };
    let long: Vec<_> = documents().into_iter().filter(too_long).map(|file| file.path).collect();
    none("ARCHITECTURE.md ≤ 400 lines, a decision ≤ 60.", "keep what a contributor needs to find the place", &long);
}

#[test]
fn every_path_a_document_names_exists() {
    let mut findings = Vec::new();
    for file in documents().iter().filter(|file| file.name() != "CHANGELOG.md") {
        for (line, word) in code_words(&file.text) {
            if names_a_path(&word) && !files::root().join(word.trim_end_matches('/')).exists() {
                findings.push(format!("{}:{line}: {word}", file.path));
            }
        }
    }
    none("Every path that a document names exists.", "correct the path, or the document", &findings);
}

#[test]
fn every_link_of_a_document_resolves() {
    let mut findings = Vec::new();
    for file in documents() {
        for (line, target) in links(&file.text) {
            if !resolves(&file, &target) {
                findings.push(format!("{}:{line}: {target}", file.path));
            }
        }
    }
    none("Every link between documents resolves.", "correct the link or the heading it points at", &findings);
}

fn documents() -> Vec<File> {
    let mut documents = files::with_extension(&["md"]);
    documents.retain(|file| !file.path.contains("/tests/"));
    documents
}

/// A word with a placeholder (`…`, `*`, `<name>`, `{name}`) is an example, not a path.
fn names_a_path(word: &str) -> bool {
    let is_plain = !word.contains(|char: char| " *<{…".contains(char));
    is_plain && NAMED.iter().any(|folder| word.starts_with(folder))
}

fn resolves(file: &File, target: &str) -> bool {
    if target.contains("://") || target.starts_with("mailto:") {
        return true;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let place = if path.is_empty() { PathBuf::from(&file.path) } else { beside(&file.path, path) };
    let whole = files::root().join(place);
    if anchor.is_empty() {
        return whole.exists();
    }
    std::fs::read_to_string(whole).is_ok_and(|text| anchors(&text).iter().any(|known| known == anchor))
}

fn beside(file: &str, target: &str) -> PathBuf {
    let mut path = Path::new(file).parent().unwrap_or(Path::new("")).to_path_buf();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path
}
