//! Synonyms: groups of words that mean the same to a workspace, compiled once and kept until they change.

use std::collections::HashMap;
use std::sync::Arc;

use base::text::Line;
use base::{Code, Kind, Result, Time};
use db::{Row, Tx};
use parking_lot::RwLock;
use search::Synonyms;
use trust::Cx;
use trust::access::Right;
use trust::nouns::WorkspaceId;
use web::IfMatch;

use crate::articles::gone;
use crate::nouns::SynonymId;
use crate::state::Library;

/// Groups of a workspace at most.
const MOST_GROUPS: i64 = 1_000;
/// Words of a group at most.
const MOST_WORDS: usize = 16;

/// There are too many groups, or too few or too many words in one.
pub static SYNONYM_LIMIT: Code = Code::new(
    Kind::Unprocessable,
    "synonym_limit",
    "A group has 2 to 16 words, and a workspace at most 1,000 groups.",
    "Split the group, or delete one that is not needed.",
);

/// A word of a group.
pub type Word = Line<60>;

/// A group of words that mean the same.
pub struct Group {
    pub(super) id: SynonymId,
    pub(super) words: Vec<String>,
    pub(super) version: i64,
}

fn read(row: &Row<'_>) -> Result<Group> {
    let words: String = row.get(1)?;
    Ok(Group { id: row.get(0)?, words: serde_json::from_str(&words).unwrap_or_default(), version: row.get(2)? })
}

/// How long compiled synonyms are trusted: another node may have changed them.
const KEPT_SECONDS: i64 = 10;

/// The compiled synonyms of workspaces with when they were read. A change of one forgets it here at once; another node
/// hears of it when its own are old.
#[derive(Default)]
pub struct Compiled(RwLock<HashMap<WorkspaceId, (Time, Arc<Synonyms>)>>);

impl Compiled {
    /// Forgets a workspace's; the next search compiles them again.
    pub fn forget(&self, workspace: WorkspaceId) {
        self.0.write().remove(&workspace);
    }
}

/// The synonyms of a workspace.
pub(super) async fn of(cx: &Cx, library: &Library) -> Result<Arc<Synonyms>> {
    let now = cx.env().now();
    if let Some((at, known)) = library.synonyms().0.read().get(&cx.workspace())
        && now < at.plus_seconds(KEPT_SECONDS)
    {
        return Ok(known.clone());
    }
    let groups = cx.read(list).await?;
    let words: Vec<Vec<String>> = groups.into_iter().map(|group| group.words).collect();
    let compiled = Arc::new(Synonyms::new(&words));
    library.synonyms().0.write().insert(cx.workspace(), (now, compiled.clone()));
    Ok(compiled)
}

/// The groups in the order they were made.
pub fn list(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<Group>> {
    tx.all(
        "SELECT id, words, version FROM synonym WHERE workspace_id = $1 ORDER BY id LIMIT $2",
        &[&cx.workspace(), &MOST_GROUPS],
        read,
    )
}

fn check(words: &[Word]) -> Result<String> {
    if !(2..=MOST_WORDS).contains(&words.len()) {
        return Err(SYNONYM_LIMIT.error().field("/words", "count", "takes 2 to 16 words"));
    }
    Ok(serde_json::to_string(words).unwrap_or_default())
}

/// Makes a group.
pub fn create(tx: &mut Tx<'_>, cx: &Cx, words: &[Word]) -> Result<Group> {
    cx.require(Right::KnowledgeWrite)?;
    let text = check(words)?;
    let count: Option<i64> =
        tx.first("SELECT COUNT(*) FROM synonym WHERE workspace_id = $1", &[&cx.workspace()], |row| row.get(0))?;
    if count.unwrap_or(0) >= MOST_GROUPS {
        return Err(SYNONYM_LIMIT.error());
    }
    let id: SynonymId = cx.new_id();
    tx.exec(
        "INSERT INTO synonym (workspace_id, id, words, created_at, version) VALUES ($1, $2, $3, $4, 1)",
        &[&cx.workspace(), &id, &text, &cx.env().now()],
    )?;
    Ok(Group { id, words: words.iter().map(ToString::to_string).collect(), version: 1 })
}

/// Sets the words of a group.
pub fn change(tx: &mut Tx<'_>, cx: &Cx, id: SynonymId, seen: IfMatch, words: &[Word]) -> Result<Group> {
    cx.require(Right::KnowledgeWrite)?;
    let sql = "SELECT id, words, version FROM synonym WHERE workspace_id = $1 AND id = $2";
    let group = tx.first_locked(sql, &[&cx.workspace(), &id], read)?.ok_or_else(gone)?;
    seen.check(group.version)?;
    let version = group.version + 1;
    tx.exec(
        "UPDATE synonym SET words = $1, version = $2 WHERE workspace_id = $3 AND id = $4",
        &[&check(words)?, &version, &cx.workspace(), &id],
    )?;
    Ok(Group { id, words: words.iter().map(ToString::to_string).collect(), version })
}

/// Deletes a group.
pub fn delete(tx: &mut Tx<'_>, cx: &Cx, id: SynonymId) -> Result<()> {
    cx.require(Right::KnowledgeWrite)?;
    let deleted = tx.exec("DELETE FROM synonym WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &id])?;
    if deleted == 1 { Ok(()) } else { Err(gone()) }
}
