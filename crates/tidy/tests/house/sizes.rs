//! Small enough to hold in one's head: files up to 600 lines (most far below), functions up to 80.

use tidy::files::{self, File};
use tidy::functions::functions;
use tidy::none;

const LONGEST_FILE: usize = 600;
const LONGEST_FUNCTION: usize = 80;
const LONGEST_HEADER: usize = 6;

const SOURCE: [&str; 8] = ["rs", "sql", "ts", "tsx", "js", "mjs", "css", "sh"];

#[test]
fn no_file_is_over_600_lines() {
    let sources = sources();
    let lengths: Vec<usize> = sources.iter().map(|file| file.text.lines().count()).collect();
    println!("files: {}", figures(lengths.clone()));
    let long = sources.iter().zip(lengths).filter(|(_, lines)| *lines > LONGEST_FILE);
    let findings: Vec<_> = long.map(|(file, lines)| format!("{}: {lines} lines", file.path)).collect();
    none("No file is over 600 lines.", "look for the seam and split the file there", &findings);
}

#[test]
fn no_function_is_over_80_lines() {
    let mut findings = Vec::new();
    let mut lengths = Vec::new();
    for file in sources().iter().filter(|file| file.extension() == "rs") {
        for function in functions(file) {
            lengths.push(function.length);
            if function.length > LONGEST_FUNCTION {
                findings.push(format!("{}:{}: {} lines", file.path, function.line, function.length));
            }
        }
    }
    println!("functions: {}", figures(lengths));
    none("No function is over 80 lines.", "name its parts and let it read like a list of them", &findings);
}

#[test]
fn every_source_file_opens_with_a_header() {
    let sources = sources();
    let bare = sources.iter().filter(|file| !(1..=LONGEST_HEADER).contains(&header(file)));
    let findings: Vec<_> = bare.map(|file| format!("{}: {} header lines", file.path, header(file))).collect();
    none(
        "Every source file opens with one to six lines that say what the room is for, and its rule.",
        "start Rust with `//!`, TypeScript with `//`, CSS with `/*`, SQL with `--`, shell scripts with `#` under the first line",
        &findings,
    );
}

fn sources() -> Vec<File> {
    let mut sources = files::with_extension(&SOURCE);
    sources.retain(|file| !file.is_generated());
    sources
}

/// How many comment lines the file opens with.
fn header(file: &File) -> usize {
    match file.extension() {
        "rs" => leading(file, |line| line.starts_with("//!")),
        "sh" => leading(file, |line| line.starts_with('#')).saturating_sub(1),
        "sql" => leading(file, |line| line.starts_with("--")),
        "css" => block(file),
        _ => leading(file, |line| line.starts_with("//")).max(block(file)),
    }
}

fn leading(file: &File, is_header: impl Fn(&str) -> bool) -> usize {
    file.text.lines().take_while(|line| is_header(line)).count()
}

fn block(file: &File) -> usize {
    let Some((comment, _)) = file.text.strip_prefix("/*").and_then(|rest| rest.split_once("*/")) else {
        return 0;
    };
    comment.lines().filter(|line| line.chars().any(char::is_alphanumeric)).count()
}

fn figures(mut lengths: Vec<usize>) -> String {
    lengths.sort_unstable();
    let at = |share: usize| lengths.get(lengths.len() * share / 100).copied().unwrap_or(0);
    let longest = lengths.last().copied().unwrap_or(0);
    format!("{} measured, median {}, p90 {}, longest {longest}", lengths.len(), at(50), at(90))
}
