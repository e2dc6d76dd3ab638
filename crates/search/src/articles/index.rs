//! The index of articles and its verbs.

use std::path::Path;

use crate::Result;
use crate::articles::article::{ArticleChange, Facts};
use crate::articles::query::{ArticleQuery, Found};
use crate::articles::vector::Vector;
use crate::document::Id;

/// Words and meanings of articles.
pub struct ArticleIndex;

/// An opened index and where its feed stands.
pub struct OpenedArticles {
    /// The index.
    pub index: ArticleIndex,
    /// What was given to the last commit.
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
    /// What filters look at.
    pub facts: Facts,
    /// Of its title, then of its passages in order.
    pub vectors: Vec<Vector>,
}

impl ArticleIndex {
    /// Opens the index.
    pub fn open(folder: &Path, memory_budget: usize) -> Result<OpenedArticles> {
        let _ = (folder, memory_budget);
        Ok(OpenedArticles { index: ArticleIndex, cursor: None, rebuilt: false })
    }
    /// Takes changes in.
    pub fn apply(&self, batch: Vec<ArticleChange>) -> Result<()> {
        let _ = batch;
        Ok(())
    }
    /// Makes everything applied durable and visible.
    pub fn commit(&self, cursor: &str) -> Result<()> {
        let _ = cursor;
        Ok(())
    }
    /// Removes every byte of an article.
    pub fn erase(&self, workspace: Id, article: Id) -> Result<()> {
        let _ = (workspace, article);
        Ok(())
    }
    /// Gives memory back.
    pub fn rest(&self) -> Result<bool> {
        Ok(true)
    }
    /// The cursor of the last commit.
    pub fn cursor(&self) -> Option<String> {
        None
    }
    /// Changes applied since the last commit.
    pub fn uncommitted(&self) -> usize {
        0
    }
    /// Passages that can be found.
    pub fn passage_count(&self) -> u64 {
        0
    }
    /// Bytes of the folder.
    pub fn size_on_disk(&self) -> Result<u64> {
        Ok(0)
    }
    /// Reads every byte.
    pub fn verify(&self) -> Result<()> {
        Ok(())
    }
    /// Replaces the vectors of a translation.
    pub fn put_vectors(&self, of: VectorsOf) {
        let _ = of;
    }
    /// True when the workspace's vectors were read whole.
    pub fn has_vectors(&self, workspace: Id) -> bool {
        let _ = workspace;
        false
    }
    /// Says whether the workspace's vectors were read whole.
    pub fn vectors_complete(&self, workspace: Id, complete: bool) {
        let _ = (workspace, complete);
    }
    /// Gives a workspace's vectors back.
    pub fn drop_vectors(&self, workspace: Id) {
        let _ = workspace;
    }
    /// Vectors of a workspace in memory.
    pub fn vector_count(&self, workspace: Id) -> usize {
        let _ = workspace;
        0
    }
    /// Both legs, fused.
    pub fn search(&self, query: &ArticleQuery<'_>) -> Result<Found> {
        let _ = query;
        Ok(Found::default())
    }
    /// While typing.
    pub fn complete(&self, query: &ArticleQuery<'_>) -> Result<Found> {
        let _ = query;
        Ok(Found::default())
    }
}
