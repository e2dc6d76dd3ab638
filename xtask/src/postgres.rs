//! A throw-away PostgreSQL cluster: made in a temporary folder, on a random loopback port, never as root, with
//! `fsync` on, gone with its owner. A small shell watches a pipe from us, so even a killed run leaves nothing behind.

use crate::programs;
use crate::tree::Scratch;
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const USER: &str = "mainstay";

/// A running cluster; dropping it stops the server and removes its files.
pub struct Cluster {
    watcher: Child,
    scratch: Scratch,
    port: u16,
    password: String,
}

/// The unprivileged account that runs the server when we are root.
#[derive(Clone, Copy)]
struct Account {
    uid: u32,
    gid: u32,
}

/// `cargo xtask pg`: a cluster that lives until Enter, end of input or Ctrl-C.
pub fn run() -> Result<()> {
    let cluster = Cluster::start(&[])?;
    println!("export MAINSTAY_TEST_POSTGRES={}", cluster.url());
    println!("(Enter or Ctrl-C ends it)");
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

impl Cluster {
    /// Makes and starts a cluster, with extra server settings (`name=value`).
    pub fn start(settings: &[&str]) -> Result<Self> {
        let programs = programs_folder()?;
        let account = account()?;
        let scratch = Scratch::new("pg")?;
        let password = password()?;
        let port = free_port()?;
        initialise(&programs, &scratch, account, &password)?;
        let watcher = watch(&programs, &scratch, account, port, settings)?;
        let mut cluster = Self { watcher, scratch, port, password };
        cluster.wait(&programs)?;
        Ok(cluster)
    }

    /// The address of the cluster's first database, as its superuser.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The address of one database of the cluster.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Creates an empty database and returns its address.
    pub fn create(&self, database: &str) -> Result<String> {
        let psql = programs_folder()?.join("psql");
        let create = format!("CREATE DATABASE {database}");
        programs::quiet(Command::new(psql).args([&self.url(), "-qc", &create]))?;
        Ok(self.url_of(database))
    }

    /// The process id of the postmaster, parent of all the cluster's processes.
    pub fn pid(&self) -> Result<u32> {
        let file = fs::read_to_string(self.scratch.join("data/postmaster.pid"))?;
        let first = file.lines().next().context("postmaster.pid is empty")?;
        Ok(first.trim().parse()?)
    }

    fn wait(&mut self, programs: &Path) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(60);
        let port = self.port.to_string();
        while Instant::now() < deadline {
            let mut ready = Command::new(programs.join("pg_isready"));
            if programs::quiet(ready.args(["-q", "-h", "127.0.0.1", "-p", &port])).is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.scratch.join("log")).unwrap_or_default();
        bail!("PostgreSQL did not start:\n{log}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Closing the pipe is the signal; the watcher ends when the server has ended.
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
    }
}

/// The folder with `initdb` and `postgres`: newest of the Debian folders, else beside the one on `PATH`.
fn programs_folder() -> Result<PathBuf> {
    if let Some(folder) = installed() {
        return Ok(folder);
    }
    programs::install(&["postgresql"])?;
    installed().context("postgresql is installed, but its programs were not found")
}

fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = versions.map(|version| version.path().join("bin"));
    let newest = folders.filter(|folder| folder.join("initdb").is_file()).max_by_key(|folder| {
        let version = folder.parent().and_then(Path::file_name)?;
        version.to_str()?.parse::<u32>().ok()
    });
    newest.or_else(|| Some(programs::find(&["initdb"])?.parent()?.to_path_buf()))
}

/// PostgreSQL refuses to run as root: then we use `postgres`, else `nobody`.
fn account() -> Result<Option<Account>> {
    if !programs::is_root() {
        return Ok(None);
    }
    let found = ["postgres", "nobody"].iter().find_map(|name| {
        let uid = programs::answer("id", &["-u", name])?.parse().ok()?;
        let gid = programs::answer("id", &["-g", name])?.parse().ok()?;
        Some(Account { uid, gid })
    });
    found.map(Some).context("root needs an account `postgres` or `nobody` to run PostgreSQL")
}

fn initialise(programs: &Path, scratch: &Scratch, account: Option<Account>, password: &str) -> Result<()> {
    let file = scratch.join("password");
    fs::write(&file, password)?;
    fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o700))?;
    if let Some(Account { uid, gid }) = account {
        chown(scratch.path(), Some(uid), Some(gid))?;
        chown(&file, Some(uid), Some(gid))?;
    }
    let mut initdb = Command::new(programs.join("initdb"));
    initdb.args(["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--username", USER]);
    initdb.arg("--pwfile").arg(&file).arg("--pgdata").arg(scratch.join("data"));
    programs::quiet(as_account(&mut initdb, account).current_dir(scratch.path()))?;
    fs::remove_file(file).context("cannot remove the password file")
}

/// The shell ends the server when our end of its input closes, whichever way we go.
const WATCH: &str = r#""$@" >>"$LOG" 2>&1 </dev/null &
server=$!
read -r _
kill -INT "$server" 2>/dev/null
wait "$server"
rm -rf "$FOLDER""#;

fn watch(programs: &Path, scratch: &Scratch, account: Option<Account>, port: u16, settings: &[&str]) -> Result<Child> {
    let mut shell = Command::new("sh");
    shell.args(["-c", WATCH, "watch"]).arg(programs.join("postgres"));
    shell.arg("-D").arg(scratch.join("data")).args(["-p", &port.to_string()]);
    shell.arg("-k").arg(scratch.path()).args(["-c", "listen_addresses=127.0.0.1"]);
    let ours = ["fsync=on", "synchronous_commit=on", "max_connections=300", "logging_collector=off"];
    for setting in ours.iter().chain(settings) {
        shell.args(["-c", setting]);
    }
    shell.env("LOG", scratch.join("log")).env("FOLDER", scratch.path());
    // A group of its own: a Ctrl-C or a killed group of ours must not take the watcher along.
    shell.process_group(0);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    as_account(&mut shell, account).current_dir(scratch.path()).spawn().context("cannot start PostgreSQL")
}

fn as_account(command: &mut Command, account: Option<Account>) -> &mut Command {
    match account {
        Some(Account { uid, gid }) => command.gid(gid).uid(uid),
        None => command,
    }
}

/// A loopback port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no loopback port is free")?;
    Ok(listener.local_addr()?.port())
}

fn password() -> Result<String> {
    let mut bytes = [0_u8; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
