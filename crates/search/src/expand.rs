//! Words that stand for one that was typed: those that begin like it, and those one slip away. Both look at a bounded
//! part of the dictionary, whatever was typed, and say only words that the caller knows of.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::Result;

/// Terms that one open word may stand for, and how many candidates are looked at in a segment.
const EXPANSIONS: usize = 16;
const CANDIDATES: usize = 512;
/// The same for a word with a slip.
const CORRECTIONS: usize = 3;
const SLIP_CANDIDATES: usize = 20_000;
/// Words with a slip that are asked for, the nearest first.
const NEAR: usize = 256;
/// From this length on two slips are forgiven.
const LONG_WORD: usize = 8;

/// The most frequent terms among the first that begin with `start`, as far as they are `known`.
pub(crate) fn beginnings(
    searcher: &Searcher,
    field: Field,
    start: &str,
    known: &dyn Fn(&Term) -> Result<bool>,
) -> Result<Vec<Term>> {
    let mut often: HashMap<String, u32> = HashMap::new();
    walk(searcher, field, start, CANDIDATES, &mut |text, frequency| {
        if text.len() > start.len() {
            *often.entry(text.to_owned()).or_default() += frequency;
        }
    })?;
    let mut often: Vec<(String, u32)> = often.into_iter().collect();
    often.sort_unstable_by(|(a, often_a), (b, often_b)| often_b.cmp(often_a).then(b.cmp(a)));
    let mut found = Vec::new();
    for (text, _) in often {
        let term = Term::from_field_text(field, &text);
        if known(&term)? {
            found.push(term);
        }
        if found.len() == EXPANSIONS {
            break;
        }
    }
    Ok(found)
}

/// The words nearest to one that nobody ever wrote: same first letter, one slip, two in a long word. The nearest first,
/// and of those the ones that `often` counts most; those it does not count at all are none.
pub(crate) fn corrections(
    searcher: &Searcher,
    field: Field,
    word: &str,
    often: &dyn Fn(&Term) -> Result<u32>,
) -> Result<Vec<String>> {
    let length = word.chars().count();
    let allowed = if length < LONG_WORD { 1 } else { 2 };
    let Some(first) = word.chars().next() else { return Ok(Vec::new()) };
    let mut near: BTreeSet<(usize, String)> = BTreeSet::new();
    walk(searcher, field, first.encode_utf8(&mut [0; 4]), SLIP_CANDIDATES, &mut |text, _| {
        if text.chars().count().abs_diff(length) > allowed {
            return;
        }
        let distance = strsim::osa_distance(text, word);
        if distance <= allowed {
            near.insert((distance, text.to_owned()));
        }
    })?;
    let mut found = Vec::new();
    for (distance, text) in near.into_iter().take(NEAR) {
        let frequency = often(&Term::from_field_text(field, &text))?;
        if frequency > 0 {
            found.push((distance, Reverse(frequency), text));
        }
    }
    found.sort_unstable();
    Ok(found.into_iter().take(CORRECTIONS).map(|(_, _, text)| text).collect())
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
