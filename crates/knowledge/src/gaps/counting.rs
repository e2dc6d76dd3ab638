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

/// What a search of an agent weighs, and one without results besides, among what agents look for.
const AGENT_WEIGHTS: (i64, i64) = (1, 2);

/// A change of the counts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Delta {
    pub queries: i64,
    pub without_results: i64,
    pub without_click: i64,
    pub tickets: i64,
    pub agent_queries: i64,
    pub agent_without_results: i64,
}

impl Delta {
    /// What customers' searches weigh.
    fn score(self) -> i64 {
        let (ticket, result, click) = WEIGHTS;
        ticket * self.tickets + result * self.without_results + click * self.without_click
    }

    /// What agents' searches weigh.
    fn agent_score(self) -> i64 {
        let (query, result) = AGENT_WEIGHTS;
        query * self.agent_queries + result * self.agent_without_results
    }
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
    loop {
        let id: GapId = cx.new_id();
        tx.exec(
            "INSERT INTO search_gap (workspace_id, id, phrase_key, text, locale, queries, without_results, without_click, \
             tickets, score, last_at) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, $6) \
             ON CONFLICT (workspace_id, phrase_key) DO NOTHING",
            &[&cx.workspace(), &id, &key, &shown, &locale, &cx.env().now()],
        )?;
        // Held until the commit, so that nobody who counts again takes it for empty; one that went a moment ago is made anew.
        let sql = "SELECT id FROM search_gap WHERE workspace_id = $1 AND phrase_key = $2";
        if let Some(gap) = tx.first_locked(sql, &[&cx.workspace(), &key], |row| row.get(0))? {
            return Ok(Some(gap));
        }
    }
}

/// Adds to the counts of a gap.
pub(super) fn add(tx: &mut Tx<'_>, cx: &Cx, gap: GapId, delta: Delta) -> Result<()> {
    tx.exec(
        "UPDATE search_gap SET queries = queries + $1, without_results = without_results + $2, \
         without_click = without_click + $3, tickets = tickets + $4, score = score + $5, \
         agent_queries = agent_queries + $6, agent_without_results = agent_without_results + $7, \
         agent_score = agent_score + $8, last_at = $9 WHERE workspace_id = $10 AND id = $11",
        &[
            &delta.queries,
            &delta.without_results,
            &delta.without_click,
            &delta.tickets,
            &delta.score(),
            &delta.agent_queries,
            &delta.agent_without_results,
            &delta.agent_score(),
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
        // The row is held before anything is counted: what somebody else adds is either counted here or added afterwards.
        let sql = "SELECT id FROM search_gap WHERE workspace_id = $1 AND id = $2";
        if tx.first_locked(sql, &[&workspace, &gap], |row| row.get::<GapId>(0))?.is_none() {
            continue;
        }
        let left = counted(tx, workspace, gap)?;
        if left.queries + left.agent_queries == 0 {
            tx.exec("DELETE FROM search_gap WHERE workspace_id = $1 AND id = $2", &[&workspace, &gap])?;
            continue;
        }
        tx.exec(
            "UPDATE search_gap SET queries = $1, without_results = $2, without_click = $3, tickets = $4, score = $5, \
             agent_queries = $6, agent_without_results = $7, agent_score = $8 WHERE workspace_id = $9 AND id = $10",
            &[
                &left.queries,
                &left.without_results,
                &left.without_click,
                &left.tickets,
                &left.score(),
                &left.agent_queries,
                &left.agent_without_results,
                &left.agent_score(),
                &workspace,
                &gap,
            ],
        )?;
    }
    Ok(())
}

/// What the searches of a gap add up to.
fn counted(tx: &mut Tx<'_>, workspace: WorkspaceId, gap: GapId) -> Result<Delta> {
    let counted = tx.first(
        "SELECT COUNT(CASE WHEN via <> 'console' THEN 1 END), \
         COUNT(CASE WHEN via <> 'console' AND results = 0 THEN 1 END), \
         COUNT(CASE WHEN via <> 'console' AND clicked_id IS NULL THEN 1 END), COUNT(ticket_id), \
         COUNT(CASE WHEN via = 'console' THEN 1 END), COUNT(CASE WHEN via = 'console' AND results = 0 THEN 1 END) \
         FROM search_query WHERE workspace_id = $1 AND gap_id = $2",
        &[&workspace, &gap],
        |row| {
            Ok(Delta {
                queries: row.get(0)?,
                without_results: row.get(1)?,
                without_click: row.get(2)?,
                tickets: row.get(3)?,
                agent_queries: row.get(4)?,
                agent_without_results: row.get(5)?,
            })
        },
    )?;
    Ok(counted.unwrap_or_default())
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
