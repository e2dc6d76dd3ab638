//! The counts of a gap: searches of one phrase, and what became of them.
//! Rule: searches that say the same in other letters are one phrase; the score orders the gaps by what they cost.

use base::Result;
use db::Tx;
use sha2::{Digest, Sha256};
use trust::Cx;
use trust::nouns::WorkspaceId;

use crate::nouns::GapId;

/// Characters of a phrase that are kept.
const LONGEST: usize = 200;
/// What a ticket, a search without results and one without a click weigh; an answered search weighs nothing.
const WEIGHTS: (i64, i64, i64) = (5, 2, 1);

/// A change of the counts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Delta {
    pub queries: i64,
    pub without_results: i64,
    pub without_click: i64,
    pub tickets: i64,
}

/// The words of a phrase in lower case, without signs between them.
fn usual(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(40).map(str::to_lowercase).collect();
    words.join(" ").chars().take(LONGEST).collect()
}

/// The gap of a phrase, made when it is new; nothing for a phrase without a letter or digit.
pub(super) fn of_phrase(tx: &mut Tx<'_>, cx: &Cx, text: &str, locale: &str) -> Result<Option<GapId>> {
    let phrase = usual(text);
    if phrase.is_empty() {
        return Ok(None);
    }
    let key: [u8; 32] = Sha256::digest(phrase.as_bytes()).into();
    let shown: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    let id: GapId = cx.new_id();
    tx.exec(
        "INSERT INTO search_gap (workspace_id, id, phrase_key, text, locale, queries, without_results, without_click, \
         tickets, score, last_at) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, $6) \
         ON CONFLICT (workspace_id, phrase_key) DO NOTHING",
        &[&cx.workspace(), &id, &key, &shown, &locale, &cx.env().now()],
    )?;
    tx.first("SELECT id FROM search_gap WHERE workspace_id = $1 AND phrase_key = $2", &[&cx.workspace(), &key], |row| {
        row.get(0)
    })
}

/// Adds to the counts of a gap.
pub(super) fn add(tx: &mut Tx<'_>, cx: &Cx, gap: GapId, delta: Delta) -> Result<()> {
    let (ticket, result, click) = WEIGHTS;
    let score = ticket * delta.tickets + result * delta.without_results + click * delta.without_click;
    tx.exec(
        "UPDATE search_gap SET queries = queries + $1, without_results = without_results + $2, \
         without_click = without_click + $3, tickets = tickets + $4, score = score + $5, last_at = $6 \
         WHERE workspace_id = $7 AND id = $8",
        &[
            &delta.queries,
            &delta.without_results,
            &delta.without_click,
            &delta.tickets,
            &score,
            &cx.env().now(),
            &cx.workspace(),
            &gap,
        ],
    )?;
    Ok(())
}

/// Counts gaps again after some of their searches were forgotten; a gap without any is forgotten too.
pub(super) fn recount(tx: &mut Tx<'_>, workspace: WorkspaceId, mut gaps: Vec<GapId>) -> Result<()> {
    gaps.sort_unstable();
    gaps.dedup();
    for gap in gaps {
        let counted = tx.first(
            "SELECT COUNT(*), COUNT(CASE WHEN results = 0 THEN 1 END), COUNT(CASE WHEN clicked_id IS NULL THEN 1 END), \
             COUNT(ticket_id) FROM search_query WHERE workspace_id = $1 AND gap_id = $2",
            &[&workspace, &gap],
            |row| {
                Ok(Delta {
                    queries: row.get(0)?,
                    without_results: row.get(1)?,
                    without_click: row.get(2)?,
                    tickets: row.get(3)?,
                })
            },
        )?;
        let left = counted.unwrap_or_default();
        if left.queries == 0 {
            tx.exec("DELETE FROM search_gap WHERE workspace_id = $1 AND id = $2", &[&workspace, &gap])?;
            continue;
        }
        let (ticket, result, click) = WEIGHTS;
        let score = ticket * left.tickets + result * left.without_results + click * left.without_click;
        tx.exec(
            "UPDATE search_gap SET queries = $1, without_results = $2, without_click = $3, tickets = $4, score = $5 \
             WHERE workspace_id = $6 AND id = $7",
            &[&left.queries, &left.without_results, &left.without_click, &left.tickets, &score, &workspace, &gap],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::usual;

    #[test]
    fn the_same_question_in_other_letters_is_one_phrase() {
        assert_eq!(usual("  How do I: Sign IN?! "), "how do i sign in");
        assert_eq!(usual("¿?!… 🦀"), "");
        assert!(usual(&"word ".repeat(5_000)).len() <= 200);
    }
}
