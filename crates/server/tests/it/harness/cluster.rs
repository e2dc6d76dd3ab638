//! A PostgreSQL database for each story, copied from a migrated template and dropped at the end.

use std::hash::{DefaultHasher, Hash, Hasher};

use postgres::{Client, NoTls};
use server::domains::{migrations, steps};

const NO_CLUSTER: &str = "MAINSTAY_TEST_POSTGRES is not set. Set it to postgres://USER@HOST:PORT/postgres of a cluster \
    where databases may be created (`cargo xtask test` starts one), or set MAINSTAY_TEST_SQLITE_ONLY=1.";

/// The lock that keeps two stories from making the template at once.
const TEMPLATE_LOCK: i64 = 0x6d61_696e;

/// A database of one story.
pub struct Database {
    cluster: String,
    name: String,
}

impl Database {
    /// Whether stories on PostgreSQL are left out on purpose.
    pub fn is_left_out() -> bool {
        std::env::var("MAINSTAY_TEST_POSTGRES").is_err()
            && std::env::var("MAINSTAY_TEST_SQLITE_ONLY").is_ok_and(|value| value == "1")
    }

    /// A migrated database.
    pub fn migrated() -> Database {
        let cluster = cluster();
        let template = on_a_thread(|| template(&cluster));
        Database::make(cluster, &format!(" TEMPLATE {template}"))
    }

    /// An empty database.
    pub fn empty() -> Database {
        Database::make(cluster(), "")
    }

    fn make(cluster: String, from: &str) -> Database {
        let name = format!("world_{}", uuid::Uuid::from_bytes(random()).simple());
        run(&cluster, &format!("CREATE DATABASE {name}{from}")).unwrap();
        Database { cluster, name }
    }

    /// The address of the database.
    pub fn url(&self) -> String {
        of_database(&self.cluster, &self.name)
    }

    /// Runs a statement about this database, whose name stands for `{name}`, from outside it.
    pub fn beside(&self, sql: &str) {
        run(&self.cluster, &sql.replace("{name}", &self.name)).unwrap();
    }

    /// Runs a statement above every wall.
    pub fn as_superuser(&self, sql: &str) {
        run(&self.url(), sql).unwrap();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        if let Err(error) = run(&self.cluster, &sql) {
            eprintln!("{} was not dropped: {error}", self.name);
        }
    }
}

fn random() -> [u8; 16] {
    base::Env::system().random()
}

fn cluster() -> String {
    std::env::var("MAINSTAY_TEST_POSTGRES").expect(NO_CLUSTER)
}

/// Blocks where no runtime runs, even when a story asks from inside one.
pub fn on_a_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

fn run(url: &str, sql: &str) -> Result<(), postgres::Error> {
    on_a_thread(|| Client::connect(url, NoTls)?.batch_execute(sql))
}

fn client(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap()
}

fn of_database(cluster: &str, name: &str) -> String {
    let (server, _) = cluster.rsplit_once('/').expect("the address names a database");
    format!("{server}/{name}")
}

/// The name of the template with today's schema, made by whoever comes first.
fn template(cluster: &str) -> String {
    let mut hasher = DefaultHasher::new();
    for step in steps() {
        (step.domain, step.number, step.sql).hash(&mut hasher);
    }
    let name = format!("mainstay_template_{:016x}", hasher.finish());
    let mut client = client(cluster);
    client.execute("SELECT pg_advisory_lock($1)", &[&TEMPLATE_LOCK]).unwrap();
    let known = client.query("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).unwrap();
    if known.is_empty() {
        let raw = format!("{name}_new");
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {raw} WITH (FORCE)")).unwrap();
        client.batch_execute(&format!("CREATE DATABASE {raw}")).unwrap();
        let made = db::Db::open(&db::Options::server(of_database(cluster, &raw))).unwrap();
        made.migrate(&migrations()).unwrap();
        made.close();
        drop(made);
        client.batch_execute(&format!("ALTER DATABASE {raw} RENAME TO {name}")).unwrap();
    }
    name
}
