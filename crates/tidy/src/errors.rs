//! The catalogue of error codes, read from where each is declared: `Code::new(Kind::…, "code", "what", "next step")`.

use crate::files::{self, File};
use crate::literals::{lex, without_tests};
use std::collections::BTreeMap;

/// A declared code.
pub struct Declared {
    /// Where it stands.
    pub path: String,
    /// The stable code.
    pub code: String,
    /// The name of its kind.
    pub kind: String,
    /// What happened, and what to do next.
    pub words: [String; 2],
}

/// Every declared code, in the order of the codes.
pub fn declared() -> Vec<Declared> {
    let mut found: Vec<Declared> =
        files::with_extension(&["rs"]).iter().filter(|file| is_ours(file)).flat_map(of).collect();
    found.sort_by(|one, other| one.code.cmp(&other.code));
    found
}

/// The catalogue as a document.
pub fn catalogue() -> String {
    let statuses = statuses();
    let mut text = String::from(HEAD);
    for one in declared() {
        // Owners may say the same refusal in their own words; each way of saying it is a row.
        let status = statuses.get(&one.kind).map_or("", String::as_str);
        let [what, next] = one.words.map(|words| words.replace('|', "\\|"));
        text.push_str(&format!("| `{}` | {status} | {what} | {next} |\n", one.code));
    }
    text
}

const HEAD: &str = "# Errors\n\nEvery refusal of the API by its stable `code`. Written by `cargo xtask generate` from where each is declared.\n\n\
    | code | status | what happened | what to do |\n|---|---|---|---|\n";

const CALL: &str = "Code::new(";

fn is_ours(file: &File) -> bool {
    !file.is_test() && file.crate_name().is_some_and(|name| name != "tidy")
}

/// The calls of one file: the kind stands in the code, the words are the next three literals.
fn of(file: &File) -> Vec<Declared> {
    let text = without_tests(&file.text);
    let starts = text.match_indices(CALL).filter_map(|(at, _)| text.get(at + CALL.len()..));
    starts.filter_map(|rest| read(file, rest)).collect()
}

fn read(file: &File, rest: &str) -> Option<Declared> {
    let kind = rest.trim_start().strip_prefix("Kind::")?.split(',').next()?.to_owned();
    let call = rest.split(");\n").next()?;
    let mut words = lex(call).literals.into_iter().map(|literal| joined(&literal.text));
    let code = words.next()?;
    Some(Declared { path: file.path.clone(), code, kind, words: [words.next()?, words.next()?] })
}

/// A literal over several lines is one sentence.
fn joined(text: &str) -> String {
    text.replace("\\\"", "\"").split("\\\n").map(str::trim_start).collect()
}

/// Kind and status, as `base` maps them.
fn statuses() -> BTreeMap<String, String> {
    let file = files::all().into_iter().find(|file| file.path == "crates/base/src/error.rs");
    let text = file.map(|file| file.text).unwrap_or_default();
    let pairs = text.lines().filter_map(|line| line.trim().strip_prefix("Kind::")?.split_once(" => "));
    let known = pairs.filter_map(|(kind, status)| {
        let status = status.trim_end_matches(',');
        status.parse::<u16>().is_ok().then(|| (kind.to_owned(), status.to_owned()))
    });
    known.collect()
}
