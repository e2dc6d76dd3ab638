//! The index of articles and its verbs: words in a tantivy index on disk, vectors in memory, both filtered by the same
//! facts.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use parking_lot::RwLock;
use tantivy::IndexWriter;

use crate::Result;
use crate::articles::arena::Arena;
use crate::articles::article::{ArticleChange, Facts};
use crate::articles::fields::{ArticleFields, VERSION};
use crate::articles::vector::Vector;
use crate::articles::view::ArticleView;
use crate::document::Id;
use crate::store::{Form, Store};

/// Words and meanings of the articles of one node. All calls may come from any thread; they block.
pub struct ArticleIndex {
    pub(crate) store: Store<ArticleView>,
    pub(crate) fields: ArticleFields,
    arenas: RwLock<HashMap<Id, Arc<RwLock<Arena>>>>,
}

/// An opened index and where its feed stands.
pub struct OpenedArticles {
    /// The index.
    pub index: ArticleIndex,
    /// What was given to the last commit; `None` when nothing was committed yet.
    pub cursor: Option<String>,
    /// True when an unusable index was thrown away.
    pub rebuilt: bool,
}

/// The vectors of one translation.
#[derive(Debug, Clone)]
pub struct VectorsOf {
    /// Its workspace.
    pub workspace: Id,
    /// The article.
    pub article: Id,
    /// The translation.
    pub translation: Id,
    /// What filters look at; the same as in the index of words.
    pub facts: Facts,
    /// Of its title, then of its passages, in the order of `texts_to_embed`.
    pub vectors: Vec<Vector>,
}

impl ArticleIndex {
    /// Opens the index in `folder` or starts an empty one. `memory_budget` is the writer's heap in bytes; less than
    /// 15 MB is raised to that.
    pub fn open(folder: &Path, memory_budget: usize) -> Result<OpenedArticles> {
        let (schema, fields) = ArticleFields::build();
        let (store, rebuilt) = Store::open(folder, memory_budget, Form { schema, version: VERSION })?;
        let cursor = store.cursor();
        Ok(OpenedArticles { index: ArticleIndex { store, fields, arenas: RwLock::default() }, cursor, rebuilt })
    }

    /// Takes changes in; searches by words see them after `commit`, a crash before it forgets them. What is removed
    /// leaves the vectors at once, and changed facts are theirs at once.
    pub fn apply(&self, batch: Vec<ArticleChange>) -> Result<()> {
        batch.iter().for_each(|change| self.follow(change));
        self.store.apply(batch.len(), |writer| batch.into_iter().try_for_each(|change| self.write(writer, change)))
    }

    /// Makes everything applied so far durable and visible, together with the feed's cursor.
    pub fn commit(&self, cursor: &str) -> Result<()> {
        self.store.commit(cursor)
    }

    /// Removes every word and vector of an article and rewrites what held them. Blocks for the time of the rewrite;
    /// answers `Busy` when a search kept old files open for over a second.
    pub fn erase(&self, workspace: Id, article: Id) -> Result<()> {
        self.in_arena(workspace, |arena| arena.remove_article(&article));
        self.store.erase(&self.fields.article_term(&workspace, &article))
    }

    /// Gives the writer's memory back until the next change; false while changes wait for a commit.
    pub fn rest(&self) -> Result<bool> {
        self.store.rest()
    }

    /// The cursor of the last commit.
    pub fn cursor(&self) -> Option<String> {
        self.store.cursor()
    }

    /// Changes applied since the last commit; the caller commits at 500 or after half a second.
    pub fn uncommitted(&self) -> usize {
        self.store.uncommitted()
    }

    /// Passages that searches can find.
    pub fn passage_count(&self) -> u64 {
        self.store.view().searcher.num_docs()
    }

    /// Bytes of the index's folder.
    pub fn size_on_disk(&self) -> Result<u64> {
        self.store.size_on_disk()
    }

    /// Reads every byte of the index and compares its checksums.
    pub fn verify(&self) -> Result<()> {
        self.store.verify()
    }

    /// Puts the vectors of a translation in, or others in their place; searches see them at once.
    pub fn put_vectors(&self, of: VectorsOf) {
        let arena = self.arenas.write().entry(of.workspace).or_default().clone();
        arena.write().put(of.article, of.translation, &of.facts, &of.vectors);
    }

    /// True when everything of the workspace was put in; while false, meaning finds a part of it.
    pub fn has_vectors(&self, workspace: Id) -> bool {
        self.arena(workspace).is_some_and(|arena| arena.read().is_complete)
    }

    /// Says whether everything of the workspace was put in.
    pub fn vectors_complete(&self, workspace: Id, complete: bool) {
        let arena = self.arenas.write().entry(workspace).or_default().clone();
        arena.write().is_complete = complete;
    }

    /// Gives a workspace's vectors back to the system.
    pub fn drop_vectors(&self, workspace: Id) {
        self.arenas.write().remove(&workspace);
    }

    /// Vectors of a workspace in memory, each about 390 bytes.
    pub fn vector_count(&self, workspace: Id) -> usize {
        self.arena(workspace).map_or(0, |arena| arena.read().len())
    }

    /// Translations of a workspace that have vectors.
    pub fn translation_count(&self, workspace: Id) -> usize {
        self.arena(workspace).map_or(0, |arena| arena.read().translations())
    }

    pub(crate) fn arena(&self, workspace: Id) -> Option<Arc<RwLock<Arena>>> {
        self.arenas.read().get(&workspace).cloned()
    }

    fn in_arena(&self, workspace: Id, verb: impl FnOnce(&mut Arena)) {
        if let Some(arena) = self.arena(workspace) {
            verb(&mut arena.write());
        }
    }

    /// Lets the vectors follow a change.
    fn follow(&self, change: &ArticleChange) {
        match change {
            ArticleChange::Put(article) => {
                self.in_arena(article.workspace, |arena| arena.reclass(&article.translation, &article.facts));
            }
            ArticleChange::RemoveTranslation { workspace, translation } => {
                self.in_arena(*workspace, |arena| arena.remove(translation));
            }
            ArticleChange::RemoveArticle { workspace, article } => {
                self.in_arena(*workspace, |arena| arena.remove_article(article));
            }
            ArticleChange::RemoveWorkspace { workspace } => self.drop_vectors(*workspace),
        }
    }

    fn write(&self, writer: &mut IndexWriter, change: ArticleChange) -> Result<()> {
        let fields = self.fields;
        match change {
            ArticleChange::Put(article) => {
                writer.delete_term(fields.translation_term(&article.workspace, &article.translation));
                for document in fields.write(&article) {
                    writer.add_document(document)?;
                }
            }
            ArticleChange::RemoveTranslation { workspace, translation } => {
                writer.delete_term(fields.translation_term(&workspace, &translation));
            }
            ArticleChange::RemoveArticle { workspace, article } => {
                writer.delete_term(fields.article_term(&workspace, &article));
            }
            ArticleChange::RemoveWorkspace { workspace } => {
                writer.delete_term(fields.workspace_term(&workspace));
            }
        }
        Ok(())
    }
}
