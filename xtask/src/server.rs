//! The built server as a child process: initialised, started on a loopback port, stopped or killed.

use crate::http::Client;
use crate::postgres::free_port;
use crate::programs;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Configuration for loads and checks: no limit on requests may stand between them and the server.
pub const NO_LIMITS: &str = "\
[trust]
streams_per_caller = 2000

[limits.address]
per_second = 0
[limits.token]
per_second = 0
[limits.visitor]
per_second = 0
[limits.search]
per_second = 0
[limits.upload]
per_second = 0
[limits.sign_in]
per_second = 0
[limits.device]
per_second = 0
";

/// What a server needs to know before it starts.
#[derive(Clone)]
pub struct Site {
    /// The server program.
    pub binary: PathBuf,
    /// Its data folder.
    pub data: PathBuf,
    /// The PostgreSQL address, or the embedded engine.
    pub database: Option<String>,
    /// Extra configuration (TOML text), written to a file of the data folder.
    pub config: String,
}

/// What `init` made.
pub struct Founding {
    /// A token with the owner's rights.
    pub token: String,
}

/// A running server; dropping it ends it.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    log: PathBuf,
}

impl Site {
    /// A command of the server program with this site's `--data`, `--config` and `--database`.
    pub fn command(&self, name: &[&str]) -> Result<Command> {
        fs::create_dir_all(&self.data)?;
        let config = self.data.join("mainstay.toml");
        fs::write(&config, &self.config)?;
        let mut command = Command::new(&self.binary);
        command.args(name).arg("--data").arg(&self.data).arg("--config").arg(config);
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        Ok(command)
    }

    /// Runs `mainstay init`.
    pub fn init(&self, workspace: &str, email: &str, password: &str) -> Result<Founding> {
        fs::create_dir_all(&self.data)?;
        let file = self.data.join("owner-password");
        fs::write(&file, password)?;
        let mut init = self.command(&["init"])?;
        init.args(["--workspace", workspace, "--owner-email", email, "--json"]);
        let output = programs::quiet(init.arg("--owner-password-file").arg(&file))?;
        fs::remove_file(file)?;
        let printed = String::from_utf8_lossy(&output.stdout);
        founding(printed.lines().last().unwrap_or_default())
    }

    /// Starts `mainstay serve` on that address and waits until it is ready.
    pub fn serve(&self, address: SocketAddr) -> Result<Server> {
        // Somebody else's server would answer our question whether ours is ready.
        drop(TcpListener::bind(address).with_context(|| format!("{address} is in use; choose another port"))?);
        let mut command = self.command(&["serve"])?;
        let log = self.data.join("server.log");
        let file = File::options().create(true).append(true).open(&log)?;
        command.args(["--listen", &address.to_string()]).stdin(Stdio::null());
        command.stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().with_context(|| format!("cannot start {}", self.binary.display()))?;
        let mut server = Server { child, address, log };
        server.wait_ready(Duration::from_secs(60))?;
        Ok(server)
    }

    /// Starts the server on a free loopback port.
    pub fn serve_anywhere(&self) -> Result<Server> {
        self.serve(SocketAddr::from(([127, 0, 0, 1], free_port()?)))
    }
}

impl Server {
    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its address for people and browsers.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// SIGKILL, then waits until the process is gone.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Waits for a server somebody else will end (Ctrl-C).
    pub fn wait(mut self) -> Result<()> {
        let status = self.child.wait()?;
        println!("the server ended with {status}");
        Ok(())
    }

    fn wait_ready(&mut self, within: Duration) -> Result<()> {
        let deadline = Instant::now() + within;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}:\n{}", tail(&self.log));
            }
            let answer = Client::new(self.address).send("GET", "/health/ready", "", b"");
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(10));
        }
        bail!("the server was not ready within {} s:\n{}", within.as_secs(), tail(&self.log))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The polite way first: a clean shutdown is part of what we check.
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).stderr(Stdio::null()).status();
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn founding(line: &str) -> Result<Founding> {
    let value: Value = serde_json::from_str(line).context("`init --json` did not end with JSON")?;
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    text("workspace_id").context("`init --json` named no workspace_id")?;
    let token = text("api_token").context("`init --json` named no api_token")?;
    Ok(Founding { token })
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let skipped = text.lines().count().saturating_sub(30);
    text.lines().skip(skipped).collect::<Vec<_>>().join("\n")
}
