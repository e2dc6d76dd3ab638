//! `cargo xtask crash`: SIGKILL at random moments under load, on both engines. After every restart each acknowledged
//! ticket and message is there once, the log's chain verifies, and the exact counts equal a recount of the list.

mod ledger;
mod verify;

use crate::load;
use crate::postgres::Cluster;
use crate::programs::{cargo, quiet, run as run_program};
use crate::server::{NO_LIMITS, Server, Site};
use crate::tree::{Scratch, Tree};
use anyhow::{Context, Result};
use clap::Args;
use ledger::Ledger;
use parking_lot::Mutex;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

const CONNECTIONS: usize = 8;

/// How often, and on what.
#[derive(Args)]
pub struct Options {
    /// Kills per engine.
    #[arg(long, default_value_t = 30)]
    rounds: u32,
    /// Only this engine.
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    engine: Option<String>,
    /// The seed of the moments; printed, so that a run can be repeated.
    #[arg(long)]
    seed: Option<u64>,
    /// Use the build with optimisation.
    #[arg(long)]
    release: bool,
}

/// Runs all rounds on the chosen engines.
pub fn run(tree: &Tree, options: &Options) -> Result<()> {
    let mut build = cargo();
    build.args(["build", "--package", "mainstay-server"]).current_dir(tree.root());
    run_program(if options.release { build.arg("--release") } else { &mut build })?;
    let binary = tree.binary(if options.release { "release" } else { "debug" });
    let seed = options.seed.unwrap_or_else(seed_of_now);
    println!("seed {seed}");
    let wants = |engine| options.engine.as_deref().is_none_or(|only| only == engine);
    if wants("sqlite") {
        let scratch = Scratch::new("crash")?;
        let site =
            Site { binary: binary.clone(), data: scratch.join("data"), database: None, config: NO_LIMITS.into() };
        rounds("sqlite", &site, options.rounds, seed)?;
    }
    if wants("postgres") {
        let cluster = Cluster::start(&[])?;
        let scratch = Scratch::new("crash")?;
        let database = Some(cluster.create("crash")?);
        let site = Site { binary, data: scratch.join("data"), database, config: NO_LIMITS.into() };
        rounds("postgres", &site, options.rounds, seed)?;
    }
    Ok(())
}

fn rounds(engine: &str, site: &Site, rounds: u32, seed: u64) -> Result<()> {
    let founding = site.init("Crash", "owner@crash.example", "a long enough password")?;
    let mut moments = Moments(seed | 1);
    let mut ledger = Ledger::default();
    let mut server = site.serve_anywhere()?;
    println!(
        "{engine:<9} {:>5} {:>9} {:>9} {:>9} {:>11} {:>9}",
        "round", "after", "tickets", "messages", "uncertain", "start"
    );
    for round in 1..=rounds {
        let after = moments.next();
        let mut this = strike(server, &founding.token, round, after)?;
        let start = Instant::now();
        server = site.serve_anywhere().with_context(|| format!("round {round}: no start after the kill"))?;
        let started = start.elapsed();
        let uncertain = this.uncertain();
        if let Some(first) = this.refusals.first() {
            println!("{engine:<9} {round:>5} refused {} times, first: {first}", this.refusals.len());
        }
        this.settle(server.address, &founding.token).with_context(|| format!("round {round}"))?;
        verify::ledger(server.address, &founding.token, &this).with_context(|| format!("round {round}"))?;
        verify_chain(site).with_context(|| format!("round {round}"))?;
        println!(
            "{engine:<9} {round:>5} {:>6} ms {:>9} {:>9} {uncertain:>11} {:>6} ms",
            after.as_millis(),
            this.tickets(),
            this.messages(),
            started.as_millis()
        );
        ledger.add(this);
        if round % 10 == 0 || round == rounds {
            verify::whole(server.address, &founding.token, &ledger).with_context(|| format!("round {round}"))?;
        }
    }
    println!(
        "{engine}: {rounds} kills, {} tickets and {} messages acknowledged, none lost, none twice, chain and counts right",
        ledger.tickets(),
        ledger.messages()
    );
    Ok(())
}

/// Loads the server and kills it after that time.
fn strike(server: Server, token: &str, round: u32, after: Duration) -> Result<Ledger> {
    let ledger = Mutex::new(Ledger::default());
    let address = server.address;
    thread::scope(|scope| {
        let killer = scope.spawn(move || {
            thread::sleep(after);
            server.kill()
        });
        // A little longer than the server lives, so that the kill always meets requests in flight.
        let duration = after + Duration::from_millis(100);
        load::run(CONNECTIONS, duration, load::with_token(address, token), |worker| {
            ledger::act(&ledger, worker, round)
        });
        killer.join().unwrap_or_else(|_| Ok(()))
    })?;
    Ok(ledger.into_inner())
}

fn verify_chain(site: &Site) -> Result<()> {
    quiet(&mut site.command(&["audit", "verify"])?).context("the log's chain does not verify").map(drop)
}

/// Moments between 50 ms and 1.6 s, from a seed (xorshift64*).
struct Moments(u64);

impl Moments {
    fn next(&mut self) -> Duration {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        Duration::from_millis(50 + self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % 1550)
    }
}

fn seed_of_now() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    now.as_micros() as u64
}
