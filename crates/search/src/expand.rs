//! Words that stand for one that was typed: those that begin like it, and those one slip away. Both look at a bounded
//! part of the dictionary, whatever was typed.

use std::collections::{HashMap, HashSet};

use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::Result;

/// Terms that one open word may stand for, and how many candidates are looked at in a segment.
const EXPANSIONS: usize = 16;
const CANDIDATES: usize = 512;
/// The same for a word with a slip.
const CORRECTIONS: usize = 3;
const SLIP_CANDIDATES: usize = 20_000;
/// From this length on two slips are forgiven.
const LONG_WORD: usize = 8;

/// The most frequent terms among the first that begin with `start`.
pub(crate) fn beginnings(searcher: &Searcher, field: Field, start: &str) -> Result<Vec<Term>> {
    let mut found: Vec<(u32, String)> = Vec::new();
    walk(searcher, field, start, CANDIDATES, &mut |text, frequency| {
        if text.len() > start.len() {
            found.push((frequency, text.to_owned()));
        }
    })?;
    found.sort_unstable_by(|a, b| b.cmp(a));
    let mut seen = HashSet::new();
    found.retain(|(_, text)| seen.insert(text.clone()));
    found.truncate(EXPANSIONS);
    Ok(found.iter().map(|(_, text)| Term::from_field_text(field, text)).collect())
}

/// The words nearest to one that nobody ever wrote: same first letter, one slip, two in a long word. The nearest and
/// most frequent first.
pub(crate) fn corrections(searcher: &Searcher, field: Field, word: &str) -> Result<Vec<String>> {
    let length = word.chars().count();
    let allowed = if length < LONG_WORD { 1 } else { 2 };
    let Some(first) = word.chars().next() else { return Ok(Vec::new()) };
    let mut found: HashMap<String, (usize, u32)> = HashMap::new();
    walk(searcher, field, first.encode_utf8(&mut [0; 4]), SLIP_CANDIDATES, &mut |text, frequency| {
        if text.chars().count().abs_diff(length) > allowed {
            return;
        }
        let distance = strsim::osa_distance(text, word);
        if distance <= allowed {
            found.entry(text.to_owned()).or_insert((distance, 0)).1 += frequency;
        }
    })?;
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_unstable_by(|(a, (near_a, often_a)), (b, (near_b, often_b))| {
        near_a.cmp(near_b).then(often_b.cmp(often_a)).then(a.cmp(b))
    });
    Ok(found.into_iter().take(CORRECTIONS).map(|(text, _)| text).collect())
}

/// Shows the first `most` terms of each segment that begin with `start`, with the number of documents that have them.
fn walk(searcher: &Searcher, field: Field, start: &str, most: usize, seen: &mut dyn FnMut(&str, u32)) -> Result<()> {
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(field)?;
        let mut stream = inverted.terms().range().ge(start).into_stream()?;
        for _ in 0..most {
            if !stream.advance() || !stream.key().starts_with(start.as_bytes()) {
                break;
            }
            if let Ok(text) = std::str::from_utf8(stream.key()) {
                seen(text, stream.value().doc_freq);
            }
        }
    }
    Ok(())
}
