//! Boot: from an installation to a house whose database is migrated and whose commits are sealed and told.
//! Rule: this is the one place that knows which note of a transaction goes to whom.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, Weak};

use base::{CellNumber, Env, Result};
use bus::Bus;
use db::{AfterCommit, Db, Note, Tenant};
use desk::uploads::Unreferenced;
use jobs::{Enqueued, Worker};
use trust::access::Policy;
use trust::log::{AccessLog, Fold, HeadFile, Recorded, SealedBatch};
use trust::nouns::WorkspaceId;
use trust::{House, Secrets, SettingsChanged};

use crate::domains;
use crate::erasures;
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
    /// Who runs the jobs.
    pub worker: Arc<Worker<Arc<House>>>,
    sealer: Arc<Sealer>,
    follower: Follower,
    sweeping: Sweeping,
}

/// Who is told which workspace has newly sealed events; set once, by whoever serves.
type Follower = Arc<OnceLock<Arc<dyn Fn(WorkspaceId) + Send + Sync>>>;

/// Who is told which blobs lost a row; set once, by whoever serves.
type Sweeping = Arc<OnceLock<Arc<dyn Fn(Unreferenced) + Send + Sync>>>;

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
        opened.hook(&place.data);
        Ok(opened)
    }

    fn build(db: Db, place: &Place, env: Env) -> Result<Opened> {
        let secrets = Secrets::open(&place.key_file(), &env)?;
        let house = Arc::new(House {
            db,
            policy: Policy::load()?,
            bus: Bus::default(),
            known: trust::Known::default(),
            remembered: trust::Remembered::default(),
            rooms: trust::Rooms::default(),
            access_log: AccessLog::new(env.clone()),
            heads: HeadFile::open(&place.data, &secrets.derive(HEADS)),
            secrets,
            cell: CellNumber::new(0),
            settings: place.settings.trust.clone(),
            retention: place.settings.retention,
            prefixes: crate::domains::prefixes(),
            personal: crate::domains::personal(),
            outbound: web::Outbound::new(&place.settings.outbound)?,
            reactions: crate::domains::reactions(),
            env,
        });
        let worker = Worker::new(
            house.db.clone(),
            house.env.clone(),
            house.clone(),
            domains::kinds(),
            domains::schedules(),
            domains::timers(),
        );
        Ok(Opened {
            house,
            worker: Arc::new(worker),
            folds: domains::folds(),
            sealer: Arc::default(),
            follower: Arc::default(),
            sweeping: Arc::default(),
        })
    }

    /// Says who is told which workspace has newly sealed events.
    pub fn follow(&self, follower: Arc<dyn Fn(WorkspaceId) + Send + Sync>) {
        if self.follower.set(follower).is_err() {
            tracing::warn!("the log has a follower already");
        }
    }

    /// Says who is told which blobs lost a row; without it they stay until the next sweep.
    pub fn hear_unreferenced(&self, sweep: Arc<dyn Fn(Unreferenced) + Send + Sync>) {
        if self.sweeping.set(sweep).is_err() {
            tracing::warn!("blobs are swept already");
        }
    }

    fn hook(&self, data: &Path) {
        let (db, cell) = (&self.house.db, i64::from(self.house.cell.get()));
        let is_single = db.has_single_writer();
        if is_single {
            db.before_commit(sealing::in_commit(self.folds.clone()));
        } else {
            self.sealer.start(db, cell, &self.folds);
        }
        let sealer = (!is_single).then(|| self.sealer.clone());
        let listeners = Listeners {
            house: Arc::downgrade(&self.house),
            worker: Arc::downgrade(&self.worker),
            sealer,
            follower: self.follower.clone(),
            sweeping: self.sweeping.clone(),
            data: data.to_owned(),
        };
        db.on_commit(listeners.after_commit());
    }

    /// Seals what waits and closes the database.
    pub fn close(&self) {
        self.sealer.stop();
        self.house.bus.close();
        self.house.db.close();
    }
}

/// Who hears of commits; weak, because the house owns the database that owns this.
struct Listeners {
    house: Weak<House>,
    worker: Weak<Worker<Arc<House>>>,
    sealer: Option<Arc<Sealer>>,
    follower: Follower,
    sweeping: Sweeping,
    data: PathBuf,
}

impl Listeners {
    fn after_commit(self) -> AfterCommit {
        Arc::new(move |tenant: Tenant, notes: Vec<Note>| {
            let mut recorded = false;
            for note in notes {
                match note.downcast::<Recorded>() {
                    Ok(note) => {
                        recorded = true;
                        self.forget_actors(&note);
                    }
                    Err(note) => self.tell(note),
                }
            }
            if let Some(sealer) = self.sealer.as_ref().filter(|_| recorded) {
                sealer.poke(tenant);
            }
        })
    }

    fn forget_actors(&self, note: &Recorded) {
        if let Some(house) = self.house.upgrade().filter(|_| note.is_about_actors) {
            house.known.forget();
        }
    }

    /// Hands a note to whoever it is for.
    fn tell(&self, note: Note) {
        let note = match note.downcast::<Enqueued>() {
            Ok(enqueued) => return self.wake(&enqueued),
            Err(note) => note,
        };
        let note = match note.downcast::<SettingsChanged>() {
            Ok(changed) => return self.forget_settings(&changed),
            Err(note) => note,
        };
        let note = match note.downcast::<Unreferenced>() {
            Ok(blobs) => return self.sweep(*blobs),
            Err(note) => note,
        };
        if let Ok(batch) = note.downcast::<SealedBatch>()
            && let Some(house) = self.house.upgrade()
        {
            let workspace = batch.workspace;
            if erasures::keep(&self.data, &batch) {
                erasures::scrub(&house);
            }
            house.bus.tell(workspace.uuid(), *batch);
            if let Some(follow) = self.follower.get() {
                follow(workspace);
            }
        }
    }

    fn wake(&self, Enqueued(due): &Enqueued) {
        if let Some(worker) = self.worker.upgrade() {
            worker.wake(*due);
        }
    }

    fn forget_settings(&self, SettingsChanged(workspace): &SettingsChanged) {
        if let Some(house) = self.house.upgrade() {
            house.remembered.forget(*workspace);
        }
    }

    fn sweep(&self, blobs: Unreferenced) {
        if let Some(sweep) = self.sweeping.get() {
            sweep(blobs);
        }
    }
}
