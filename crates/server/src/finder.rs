//! The search index and the blobs of this process: opened, kept current, and put to sleep.
//! Rule: it is derived; a damaged one is thrown away and read again from the log.

use std::sync::Arc;
use std::time::Duration;

use base::Result;
use desk::uploads::{Blobs, Sweeper};
use desk::{Desk, Indexer, index_problem};
use knowledge::Library;
use knowledge::finding;
use search::{ArticleIndex, TextIndex};

use trust::House;

use crate::app::Rooms;
use crate::boot::Opened;
use crate::sealing;
use crate::settings::Place;

/// Memory of an index writer while much is written, in bytes; what it does not need it does not take, and at rest it has none.
/// Less of it makes many small pieces, and each byte of those is merged once more.
const WRITER_MEMORY: usize = 60_000_000;
/// The folder of the index of articles.
pub const ARTICLES: &str = "articles";
/// The folder of another one, which a command has for itself while a server runs.
pub const BESIDE: &str = "articles.beside";
/// What arrives within this time is indexed in one commit.
const GATHER: Duration = Duration::from_millis(500);

/// The desk with its index, and who keeps it current.
pub struct Finder {
    /// The desk.
    pub desk: Desk,
    /// The library with its index.
    pub library: Library,
    /// Who keeps its index current.
    pub indexer: Arc<Indexer>,
    /// Who keeps the index of articles current.
    pub articles: Arc<finding::Indexer>,
    /// Who takes away blobs that are named no more.
    pub sweeper: Arc<Sweeper>,
}

impl Finder {
    /// Opens the index of an installation and follows its log.
    pub fn open(place: &Place, opened: &Opened) -> Result<Finder> {
        let found = TextIndex::open(&place.data.join("index"), WRITER_MEMORY).map_err(index_problem)?;
        if found.rebuilt {
            tracing::warn!("the search index was damaged or of another release; it is built again");
        }
        let blobs = Blobs::open(&place.data.join("blobs"))?;
        let sweeper = Arc::new(Sweeper::new(opened.house.clone(), blobs.clone()));
        let heard = Arc::downgrade(&sweeper);
        opened.hear_unreferenced(Arc::new(move |blobs| {
            if let Some(sweeper) = heard.upgrade() {
                sweeper.poke(blobs);
            }
        }));
        let desk = Desk::new(found.index, blobs);
        let indexer = Arc::new(Indexer::new(opened.house.clone(), desk.clone(), found.cursor.as_deref()));
        forget_beside(place);
        let (library, articles) = library(place, opened, ARTICLES)?;
        opened.house.rooms.put(desk::triage::Room::new(library.clone()));
        let followers = (Arc::downgrade(&indexer), Arc::downgrade(&articles));
        opened.follow(Arc::new(move |workspace| {
            if let (Some(tickets), Some(articles)) = (followers.0.upgrade(), followers.1.upgrade()) {
                tickets.poke(workspace);
                articles.poke(workspace);
            }
        }));
        Ok(Finder { desk, library, indexer, articles, sweeper })
    }

    /// What domains keep in memory.
    pub fn rooms(&self) -> Rooms {
        Rooms { desk: self.desk.clone(), library: self.library.clone() }
    }

    /// Keeps the index current until the process ends.
    pub async fn run(indexer: Arc<Indexer>) {
        indexer.run(GATHER).await;
    }

    /// Keeps the index of articles current, and their vectors, until the process ends.
    pub async fn run_articles(articles: Arc<finding::Indexer>, house: Arc<House>, library: Library) {
        tokio::join!(articles.run(GATHER), finding::run(house, library));
    }
}

/// Takes the words of who was erased out of the index of tickets where no server does: follows the log to its end; blocks.
pub fn forget_words(place: &Place, opened: &Opened) -> Result<()> {
    let folder = place.data.join("index");
    if !folder.exists() {
        return Ok(());
    }
    let found = TextIndex::open(&folder, WRITER_MEMORY).map_err(index_problem)?;
    let desk = Desk::new(found.index, Blobs::beside(&place.data.join("blobs"))?);
    let indexer = Indexer::new(opened.house.clone(), desk.clone(), found.cursor.as_deref());
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(index_problem)?;
    runtime.block_on(async {
        sealing::sweep(&opened.house, &opened.folds).await?;
        indexer.mark_all_behind().await?;
        indexer.catch_up().await
    })?;
    desk.index().rest().map(drop).map_err(index_problem)
}

/// Takes away what a command that ended early left behind.
pub fn forget_beside(place: &Place) {
    // What is not there need not go.
    drop(std::fs::remove_dir_all(place.data.join(BESIDE)));
}

/// Opens the index of articles in that folder, and finds the model if there is one.
pub fn library(place: &Place, opened: &Opened, folder: &str) -> Result<(Library, Arc<finding::Indexer>)> {
    let found = ArticleIndex::open(&place.data.join(folder), WRITER_MEMORY).map_err(finding::index_problem)?;
    if found.rebuilt {
        tracing::warn!("the index of articles was damaged or of another release; it is built again");
    }
    let library = Library::new(found.index, ml::Embedder::new(place.models.clone()));
    let indexer = finding::Indexer::new(opened.house.clone(), library.clone(), found.cursor.as_deref());
    Ok((library, Arc::new(indexer)))
}
