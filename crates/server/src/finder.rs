//! The search index of this process: opened, kept current, and put to sleep.
//! Rule: it is derived; a damaged one is thrown away and read again from the log.

use std::sync::Arc;
use std::time::Duration;

use base::Result;
use desk::{Desk, Indexer, index_problem};
use search::TextIndex;

use crate::boot::Opened;
use crate::settings::Place;

/// Memory of the index writer while it writes, in bytes.
const WRITER_MEMORY: usize = 15_000_000;
/// What arrives within this time is indexed in one commit.
const GATHER: Duration = Duration::from_millis(500);

/// The desk with its index, and who keeps it current.
pub struct Finder {
    /// The desk.
    pub desk: Desk,
    /// Who keeps its index current.
    pub indexer: Arc<Indexer>,
}

impl Finder {
    /// Opens the index of an installation and follows its log.
    pub fn open(place: &Place, opened: &Opened) -> Result<Finder> {
        let found = TextIndex::open(&place.data.join("index"), WRITER_MEMORY).map_err(index_problem)?;
        if found.rebuilt {
            tracing::warn!("the search index was damaged or of another release; it is built again");
        }
        let desk = Desk::new(found.index);
        let indexer = Arc::new(Indexer::new(opened.house.clone(), desk.clone(), found.cursor.as_deref()));
        let follower = Arc::downgrade(&indexer);
        opened.follow(Arc::new(move |workspace| {
            if let Some(indexer) = follower.upgrade() {
                indexer.poke(workspace);
            }
        }));
        Ok(Finder { desk, indexer })
    }

    /// Keeps the index current until the process ends.
    pub async fn run(indexer: Arc<Indexer>) {
        indexer.run(GATHER).await;
    }
}
