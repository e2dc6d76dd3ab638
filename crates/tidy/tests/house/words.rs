//! Words that do not stand in this house: marks of unfinished work, names that say nothing, paths of one machine.

use tidy::files::{self, File};
use tidy::none;

/// Written in halves, so that this file does not find itself.
const UNFINISHED: [&str; 4] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];

/// A name made of these could hold anything, and soon does.
const EMPTY_NAMES: [&str; 18] = [
    "util", "utils", "common", "helper", "helpers", "manager", "managers", "service", "services", "handler",
    "handlers", "misc", "stuff", "data", "info", "process", "impl", "lib2",
];

const MACHINE_PATHS: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/tmp", "/wt"), concat!("/ro", "ot/"), concat!("/ho", "me/")];

const WRITTEN: [&str; 14] =
    ["rs", "ts", "tsx", "js", "mjs", "css", "html", "md", "sh", "sql", "toml", "json", "yaml", "yml"];

#[test]
fn nothing_is_marked_as_unfinished() {
    let findings = lines_with(|line| UNFINISHED.iter().find(|mark| has_word(line, mark)).copied());
    none("Nothing in the tree is marked as unfinished.", "do it, or open an issue and say nothing here", &findings);
}

#[test]
fn no_path_of_a_machine_is_written_down() {
    let findings = lines_with(|line| MACHINE_PATHS.iter().find(|path| stands_alone(line, path)).copied());
    none("No path of one machine is in the tree.", "take a path relative to the clone, or a setting", &findings);
}

#[test]
fn names_of_files_and_modules_say_what_they_hold() {
    let sources = files::with_extension(&["rs", "ts", "tsx", "js", "mjs", "css", "sql"]);
    let findings: Vec<_> = sources.iter().filter_map(empty_name).collect();
    none(
        "Files, folders and modules are named for what they hold.",
        "use the field's own word for the thing (GLOSSARY.md), or put the code beside its owner",
        &findings,
    );
}

fn lines_with(search: impl Fn(&str) -> Option<&'static str>) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files::with_extension(&WRITTEN) {
        if file.is_generated() {
            continue;
        }
        for (number, line) in file.lines() {
            findings.extend(search(line).map(|word| format!("{}:{number}: {word}", file.path)));
        }
    }
    findings
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|char: char| !char.is_alphanumeric() && char != '_').any(|one| one == word)
}

/// Whether the path starts there: a longer path or an address that only ends like it does not count.
fn stands_alone(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        before.is_none_or(|char| !char.is_alphanumeric() && !".-_~*}".contains(char))
    })
}

fn empty_name(file: &File) -> Option<String> {
    let stems = file.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    let mut words = stems.flat_map(|stem| stem.split(['_', '-']));
    let word = words.find(|word| EMPTY_NAMES.contains(word))?;
    Some(format!("{}: “{word}” says nothing", file.path))
}
