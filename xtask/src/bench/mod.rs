//! `cargo xtask bench NAME`: measures the optimised build from outside and writes the tables, with machine and
//! commit, into `docs/benchmarks.md` between the markers of that name.

mod abuse;
mod help;
mod intake;
mod lists;
mod memory;
mod relevance;
mod search;
mod sla;
mod table;
mod triage;

use crate::http::Client;
use crate::load::{self, Measured, Worker};
use crate::postgres::Cluster;
use crate::programs::{cargo, run as run_program};
use crate::server::{NO_LIMITS, Site};
use crate::tree::{Scratch, Tree};
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::time::Duration;
use table::Table;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// The measurement.
    name: Name,
    /// Seconds per measurement.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// Rows of the large data set.
    #[arg(long, default_value_t = 1_000_000)]
    rows: u64,
    /// Open tickets with clocks, among which a threshold is told.
    #[arg(long, default_value_t = 1_000_000)]
    clocks: u64,
    /// A folder with larger corpora, where a measurement uses one.
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// One engine only, where a measurement knows several; nothing is written then.
    #[arg(long)]
    only: Option<Engine>,
    /// A folder that keeps the large data set of the embedded engine for the next run.
    #[arg(long)]
    keep: Option<PathBuf>,
}

/// An engine by name.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// The embedded one.
    Sqlite,
    /// The server.
    Postgres,
}

impl Options {
    /// Whether an engine is to be measured.
    fn wants(&self, engine: Engine) -> bool {
        self.only.is_none_or(|only| only == engine)
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// `POST /tickets` at 64 connections, beside one bare durable insert.
    Intake,
    /// The newest 50 open tickets of 10,000 and of a million.
    Lists,
    /// The large lists of hostile texts, through the API and both faces in Chromium.
    Abuse,
    /// Start-up time and resident memory, idle and with 1,000 open streams.
    Memory,
    /// nDCG@10 and recall@5 on the retrieval sets: words, meaning, and both.
    Relevance,
    /// How well texts are sorted into classes: baselines, ours, calibration, out of scope, cost.
    Triage,
    /// An arrival with and without a policy, how soon a threshold is told, what-if over imported history.
    Sla,
    /// CPU per page of the help centre: home, category, article, search.
    Help,
    /// CPU per question, full and while typing, beside the bare library and the bare model.
    Search,
}

/// Runs one measurement.
pub fn run(tree: &Tree, options: &Options) -> Result<()> {
    // These two measure the crates below the server and build what they run themselves.
    if !matches!(options.name, Name::Relevance | Name::Search | Name::Triage) {
        let mut build = cargo();
        build.args(["build", "--release", "--package", "mainstay-server", "--bins", "--examples"]);
        run_program(build.current_dir(tree.root()))?;
    }
    let (name, table) = match options.name {
        Name::Intake => ("intake", intake::measure(tree, options)?),
        Name::Lists => ("lists", lists::measure(tree, options)?),
        Name::Abuse => ("abuse", abuse::measure(tree, options)?),
        Name::Help => ("help", help::measure(tree, options)?),
        Name::Memory => ("memory", memory::measure(tree, options)?),
        Name::Relevance => ("relevance", relevance::measure(tree, options)?),
        Name::Sla => ("sla", sla::measure(tree, options)?),
        Name::Search => ("search", search::measure(tree, options)?),
        Name::Triage => ("triage", triage::measure(tree, options)?),
    };
    table.print();
    if options.only.is_some() {
        return Ok(());
    }
    table.write(tree, name)
}

/// The engines of a measurement, each with what must live as long as it.
struct Bed {
    engine: &'static str,
    site: Site,
    cluster: Option<Cluster>,
    _scratch: Scratch,
}

impl Bed {
    /// An empty site on the embedded engine.
    fn sqlite(tree: &Tree) -> Result<Self> {
        Self::make(tree, "sqlite", None)
    }

    /// A site on the embedded engine in a folder that stays.
    fn kept(tree: &Tree, folder: &Path) -> Result<Self> {
        let mut bed = Self::sqlite(tree)?;
        bed.site.data = folder.to_owned();
        Ok(bed)
    }

    /// An empty site on a cluster of its own, with extra server settings.
    fn postgres(tree: &Tree, engine: &'static str, settings: &[&str]) -> Result<Self> {
        Self::make(tree, engine, Some(Cluster::start(settings)?))
    }

    /// CPU seconds of a server of this bed so far, those of PostgreSQL included.
    fn cpu_seconds(&self, pid: u32) -> Result<f64> {
        let database = match &self.cluster {
            Some(cluster) => load::cpu_seconds_with_children(cluster.pid()?)?,
            None => 0.0,
        };
        Ok(load::cpu_seconds(pid)? + database)
    }

    /// Sends a request again and again on one connection, and returns the CPU milliseconds of one.
    fn per_request(
        &self,
        pid: u32,
        seconds: u64,
        make: impl Fn() -> Client + Sync,
        request: impl Fn(&mut Worker) -> Result<()> + Sync,
    ) -> Result<(f64, Measured)> {
        load::run(1, Duration::from_secs(1), &make, &request);
        let before = self.cpu_seconds(pid)?;
        let measured = load::run(1, Duration::from_secs(seconds), &make, &request);
        if let Some(failure) = &measured.first_failure {
            bail!("{failure}");
        }
        Ok((1000.0 * (self.cpu_seconds(pid)? - before) / measured.done.max(1) as f64, measured))
    }

    fn make(tree: &Tree, engine: &'static str, cluster: Option<Cluster>) -> Result<Self> {
        let scratch = Scratch::new("bench")?;
        let database = cluster.as_ref().map(|cluster| cluster.create("bench")).transpose()?;
        let binary = tree.binary("release");
        let site = Site { binary, data: scratch.join("data"), database, config: NO_LIMITS.into() };
        Ok(Self { engine, site, cluster, _scratch: scratch })
    }
}
