//! One story's world: its installation, its house, its router.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use base::{Env, TestClock, TestEntropy, Time};
use serde_json::Value;
use server::app::App;
use server::boot::Opened;
use server::finder::Finder;
use server::settings::{Place, Settings};
use tempfile::TempDir;
use trust::House;
use trust::access::Role;
use trust::nouns::WorkspaceId;
use web::{ListenSettings, Op, TrustedProxies};

use super::call::Caller;
use super::cast::{self, Founders, Person};
use super::cluster::Database;

/// The two engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// The server.
    Postgres,
}

/// One story's world. Acme is Ada's workspace, where Ben is an agent; Globex is Gus's, next door.
pub struct World {
    /// The engine it stands on.
    pub engine: Engine,
    /// The clock; it moves when it is told to, and a microsecond at each reading.
    pub clock: Arc<TestClock>,
    /// Settings and data folder.
    pub place: Place,
    /// The open house.
    pub opened: Opened,
    /// The search index.
    pub finder: Finder,
    /// Every door.
    pub router: Router,
    /// Acme.
    pub acme: WorkspaceId,
    /// Owner of Acme.
    pub ada: Person,
    /// Agent at Acme.
    pub ben: Person,
    /// Owner of Globex.
    pub gus: Person,
    // Dropped after the house: the database goes last.
    database: Option<Database>,
    _folder: TempDir,
}

/// A Monday morning.
const START: i64 = 1_772_442_000_000_000;

/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery";

impl World {
    /// A world with the operations of every domain.
    pub fn new(engine: Engine) -> World {
        World::with(engine, server::domains::operations(), |_| {})
    }

    /// A world with these operations and changed settings.
    pub fn with(engine: Engine, ops: Vec<Op>, change: impl FnOnce(&mut Settings)) -> World {
        let folder = tempfile::tempdir().unwrap();
        let database = (engine == Engine::Postgres).then(Database::migrated);
        let place = World::place(&folder, database.as_ref(), change);
        let (clock, env) = World::env(7);
        let opened = Opened::open(&place, env).unwrap();
        let founders = cast::found(&opened.house);
        World::stand(engine, (folder, database), place, (clock, opened), ops, founders)
    }

    /// A world of the embedded engine whose files go through a SQLite VFS.
    pub fn on_vfs(vfs: &str) -> World {
        let folder = tempfile::tempdir().unwrap();
        let place = World::place(&folder, None, |_| {});
        let (clock, env) = World::env(7);
        let options = db::Options { vfs: Some(vfs.to_owned()), ..place.database().unwrap() };
        let db = db::Db::open(&options).unwrap();
        db.migrate(&server::domains::migrations()).unwrap();
        let opened = Opened::over(db, &place, env).unwrap();
        let founders = cast::found(&opened.house);
        World::stand(Engine::Sqlite, (folder, None), place, (clock, opened), server::domains::operations(), founders)
    }

    /// This world's installation as a restart finds it in a folder that holds its database.
    pub fn restarted_in(&self, folder: TempDir) -> World {
        let place = World::place(&folder, None, |_| {});
        std::fs::create_dir_all(place.key_file().parent().unwrap()).unwrap();
        std::fs::copy(self.place.key_file(), place.key_file()).unwrap();
        let heads = self.place.data.join("log-heads.jsonl");
        if heads.exists() {
            std::fs::copy(heads, place.data.join("log-heads.jsonl")).unwrap();
        }
        let (clock, env) = World::env(8);
        clock.advance_seconds(3600);
        let opened = Opened::open(&place, env).unwrap();
        let founders = Founders { ada: self.ada.clone(), ben: self.ben.clone(), gus: self.gus.clone() };
        World::stand(Engine::Sqlite, (folder, None), place, (clock, opened), server::domains::operations(), founders)
    }

    fn env(seed: u64) -> (Arc<TestClock>, Env) {
        let clock = Arc::new(TestClock::at(Time::from_micros(START)));
        (clock.clone(), Env::new(clock, Arc::new(TestEntropy::seeded(seed))))
    }

    fn stand(
        engine: Engine,
        (folder, database): (TempDir, Option<Database>),
        place: Place,
        (clock, opened): (Arc<TestClock>, Opened),
        ops: Vec<Op>,
        founders: Founders,
    ) -> World {
        let finder = Finder::open(&place, &opened).unwrap();
        let app = App::with(&opened.house, &place.settings, finder.rooms(), ops).unwrap();
        World {
            engine,
            clock,
            acme: founders.ada.workspace,
            place,
            router: app.router,
            opened,
            finder,
            ada: founders.ada,
            ben: founders.ben,
            gus: founders.gus,
            database,
            _folder: folder,
        }
    }

    /// A second process over this world's database; the embedded engine takes one only.
    pub async fn beside(&self) -> Option<World> {
        let url = self.database.as_ref()?.url();
        let folder = tempfile::tempdir().unwrap();
        let place = World::place(&folder, None, |settings| settings.database.url = url);
        std::fs::create_dir_all(place.key_file().parent().unwrap()).unwrap();
        std::fs::copy(self.place.key_file(), place.key_file()).unwrap();
        let (clock, env) = World::env(9);
        clock.advance_seconds((self.house().env.now().micros() - START) / 1_000_000);
        let opened = tokio::task::spawn_blocking({
            let place = place.clone();
            move || Opened::open(&place, env).unwrap()
        });
        let opened = opened.await.unwrap();
        let founders = Founders { ada: self.ada.clone(), ben: self.ben.clone(), gus: self.gus.clone() };
        let rooms = (folder, None);
        Some(World::stand(Engine::Postgres, rooms, place, (clock, opened), server::domains::operations(), founders))
    }

    fn place(folder: &TempDir, database: Option<&Database>, change: impl FnOnce(&mut Settings)) -> Place {
        let mut settings = Settings::read("", &[]).unwrap();
        // A story says by `x-forwarded-for` where somebody else calls from.
        settings.http.trusted_proxies = vec!["127.0.0.0/8".to_owned()];
        settings.database.writers = 4;
        settings.database.readers = 2;
        if let Some(database) = database {
            settings.database.url = database.url();
        }
        change(&mut settings);
        Place { settings, data: folder.path().to_owned(), models: Vec::new() }
    }

    /// The house.
    pub fn house(&self) -> &Arc<House> {
        &self.opened.house
    }

    /// The database of the server engine, for stories about it.
    pub fn database(&self) -> &Database {
        self.database.as_ref().unwrap()
    }

    /// Somebody at the doors.
    pub fn as_<'w>(&'w self, person: &'w Person) -> Caller<'w> {
        Caller::new(self, Some(&person.token))
    }

    /// Nobody at the doors.
    pub fn as_nobody(&self) -> Caller<'_> {
        Caller::new(self, None)
    }

    /// An empty installation next to this world, with its master key; the folder and database go with it.
    pub fn empty_place(&self, engine: Engine) -> (Place, TempDir, Option<Database>) {
        let folder = tempfile::tempdir().unwrap();
        let database = (engine == Engine::Postgres).then(Database::migrated);
        let place = World::place(&folder, database.as_ref(), |_| {});
        std::fs::create_dir_all(place.key_file().parent().unwrap()).unwrap();
        std::fs::copy(self.place.key_file(), place.key_file()).unwrap();
        (place, folder, database)
    }

    /// Hires somebody at Acme, with a role and the attributes of a member's patch.
    pub async fn hire(&self, address: &str, role: Role, attributes: Value) -> Person {
        let (house, acme, email) = (self.house().clone(), self.acme, address.to_owned());
        let hired = tokio::task::spawn_blocking(move || cast::member(&house, acme, &email, role));
        let hired = hired.await.unwrap();
        let path = format!("/api/v1/members/{}", hired.member);
        let given = self.as_(&self.ada).patch(&path, attributes);
        given.header("if-match", "\"1\"").expect(200).await;
        hired
    }

    /// Waits until everything recorded so far is sealed.
    pub async fn sealed(&self) {
        server::sealing::sweep(self.house(), &self.opened.folds).await.unwrap();
    }

    /// Serves on a real port until the story ends.
    pub async fn listen(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let bounds = ListenSettings {
            connections: 64,
            connections_per_address: 0,
            proxies: TrustedProxies::default(),
            header_seconds: 2,
            shutdown_seconds: 1,
        };
        tokio::spawn(web::listen(listener, self.router.clone(), bounds, std::future::pending()));
        address
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.opened.close();
    }
}
