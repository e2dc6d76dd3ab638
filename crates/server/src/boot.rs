//! Boot: from an installation to a house whose database is migrated and whose commits are sealed and told.
//! Rule: this is the one place that knows which note of a transaction goes to whom.

use std::sync::{Arc, Weak};

use base::{CellNumber, Env, Result};
use bus::Bus;
use db::{AfterCommit, Db, Note, Tenant};
use trust::access::Policy;
use trust::log::{AccessLog, Fold, HeadFile, Recorded, SealedBatch};
use trust::{House, Secrets};

use crate::domains;
use crate::sealing::{self, Sealer};
use crate::settings::Place;

/// The purpose under which the key of signed heads is derived.
const HEADS: &str = "log heads";

/// An open house and what runs for it.
pub struct Opened {
    /// The house.
    pub house: Arc<House>,
    /// What is folded while events are sealed.
    pub folds: Arc<[Fold]>,
    sealer: Arc<Sealer>,
}

impl Opened {
    /// Opens an installation; blocks, so it runs before or beside the async threads.
    pub fn open(place: &Place, env: Env) -> Result<Opened> {
        let db = Db::open(&place.database()?)?;
        db.migrate(&domains::migrations())?;
        Opened::over(db, place, env)
    }

    /// Opens an installation as it is, for commands that only read beside a server.
    pub fn for_reading(place: &Place, env: Env) -> Result<Opened> {
        Opened::build(Db::open(&place.database()?)?, place, env)
    }

    /// A house over an open, migrated database.
    pub fn over(db: Db, place: &Place, env: Env) -> Result<Opened> {
        let opened = Opened::build(db, place, env)?;
        opened.hook();
        Ok(opened)
    }

    fn build(db: Db, place: &Place, env: Env) -> Result<Opened> {
        let secrets = Secrets::open(&place.key_file(), &env)?;
        let house = Arc::new(House {
            db,
            policy: Policy::load()?,
            bus: Bus::default(),
            access_log: AccessLog::new(env.clone()),
            heads: HeadFile::open(&place.data, &secrets.derive(HEADS)),
            secrets,
            cell: CellNumber::new(0),
            settings: place.settings.trust.clone(),
            env,
        });
        Ok(Opened {
            house,
            folds: domains::folds(),
            sealer: Arc::default(),
        })
    }

    fn hook(&self) {
        let (db, cell) = (&self.house.db, i64::from(self.house.cell.get()));
        let is_single = db.has_single_writer();
        if is_single {
            db.before_commit(sealing::in_commit(cell, self.folds.clone()));
        } else {
            self.sealer.start(db, cell, &self.folds);
        }
        let sealer = (!is_single).then(|| self.sealer.clone());
        db.on_commit(after_commit(Arc::downgrade(&self.house), sealer));
    }

    /// Seals what waits and closes the database.
    pub fn close(&self) {
        self.sealer.stop();
        self.house.bus.close();
        self.house.db.close();
    }
}

/// Hands each note to whoever it is for; weak, because the house owns the database that owns this.
fn after_commit(house: Weak<House>, sealer: Option<Arc<Sealer>>) -> AfterCommit {
    Arc::new(move |tenant: Tenant, notes: Vec<Note>| {
        let mut recorded = false;
        for note in notes {
            match note.downcast::<SealedBatch>() {
                Ok(batch) => tell(&house, *batch),
                Err(note) => recorded |= note.is::<Recorded>(),
            }
        }
        if let Some(sealer) = sealer.as_ref().filter(|_| recorded) {
            sealer.poke(tenant);
        }
    })
}

fn tell(house: &Weak<House>, batch: SealedBatch) {
    if let Some(house) = house.upgrade() {
        house.bus.tell(batch.workspace.uuid(), batch);
    }
}
