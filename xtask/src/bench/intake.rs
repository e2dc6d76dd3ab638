//! Intake: `POST /api/v1/tickets`, whole path, durable, at 64 connections into one workspace; beside it, on the same
//! machine and engine, a bare handler that does one durable insert through the same grouped writer. What counts is
//! requests per CPU second, PostgreSQL's own CPU included.

use super::{Bed, Engine, Options, Table};
use crate::http::Client;
use crate::load::{self, Measured, Worker};
use crate::postgres::free_port;
use crate::tree::Tree;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 64;

const WARM_UP: Duration = Duration::from_secs(3);

/// PostgreSQL waits 3 ms before each flush, whether or not others are about to commit.
const SLOW_COMMITS: [&str; 2] = ["commit_delay=3000", "commit_siblings=0"];

/// Requests, and the CPU they took.
struct Cost {
    measured: Measured,
    cpu: f64,
}

/// Measures both engines, and PostgreSQL with slow commits.
pub fn measure(tree: &Tree, options: &Options) -> Result<Table> {
    let mut table =
        Table::new(&["engine", "what", "requests/s", "per CPU second", "p50 ms", "p99 ms", "failed", "share of bare"]);
    let duration = Duration::from_secs(options.seconds);
    let mut beds = Vec::new();
    if options.wants(Engine::Sqlite) {
        beds.push(Bed::sqlite(tree)?);
    }
    if options.wants(Engine::Postgres) {
        beds.push(Bed::postgres(tree, "postgres", &[])?);
    }
    for bed in beds {
        let bare = bare(tree, &bed, duration)?;
        let whole = whole(&bed, duration)?;
        table.row(row(bed.engine, "bare insert", &bare, None));
        table.row(row(bed.engine, "ticket", &whole, Some(&bare)));
    }
    if options.wants(Engine::Postgres) {
        let slow = Bed::postgres(tree, "postgres, commits 3 ms longer", &SLOW_COMMITS)?;
        table.row(row(slow.engine, "ticket", &whole(&slow, duration)?, None));
    }
    table.remark(format!("{CONNECTIONS} connections, one workspace, {} s each after a warm-up.", options.seconds));
    Ok(table)
}

/// The whole path through the shipped server.
fn whole(bed: &Bed, duration: Duration) -> Result<Cost> {
    let founding = bed.site.init("Bench", "owner@bench.example", "a long enough password")?;
    let server = bed.site.serve_anywhere()?;
    cost(bed, server.pid(), duration, load::with_token(server.address, &founding.token), |worker| {
        let number = worker.number as u64 * 1_000_000 + worker.sent;
        let key = format!("Idempotency-Key: bench-{number}\r\n");
        // A thousand people write again and again: the customer is mostly known, as at a real desk.
        let person = number % 1000;
        let requester = json!({"email": format!("p{person}@bench.example"), "name": format!("Person {person}")});
        let body = json!({"subject": format!("The export stops at row {number}"), "requester": requester,
            "body": "It worked until this morning. The file has about four thousand rows.\nWhat should I look at?"});
        worker.client.json_with("POST", "/api/v1/tickets", &key, &body).map(drop)
    })
}

/// One durable insert behind a bare handler: the example program `bare` of the server.
fn bare(tree: &Tree, bed: &Bed, duration: Duration) -> Result<Cost> {
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
    let program = tree.target().join("release/examples/bare");
    let mut command = Command::new(&program);
    command.arg("--listen").arg(address.to_string()).arg("--data").arg(bed.site.data.join("bare"));
    if let Some(cluster) = &bed.cluster {
        command.args(["--database", &cluster.create("bare")?]);
    }
    let child = command.stdout(Stdio::null()).spawn().with_context(|| format!("cannot start {}", program.display()))?;
    let bare = Bare(child);
    wait(address)?;
    cost(
        bed,
        bare.0.id(),
        duration,
        || Client::new(address),
        |worker: &mut Worker| {
            let body = json!({"text": format!("row {} of {}", worker.sent, worker.number)});
            worker.client.json("POST", "/insert", &body).map(drop)
        },
    )
}

fn cost(
    bed: &Bed,
    pid: u32,
    duration: Duration,
    make: impl Fn() -> Client + Sync,
    request: impl Fn(&mut Worker) -> Result<()> + Sync,
) -> Result<Cost> {
    load::run(CONNECTIONS, WARM_UP, &make, |worker| {
        worker.sent |= 1 << 32;
        request(worker)
    });
    let before = bed.cpu_seconds(pid)?;
    let measured = load::run(CONNECTIONS, duration, make, request);
    if measured.done == 0 {
        bail!("no request was answered: {}", measured.first_failure.unwrap_or_default());
    }
    Ok(Cost { cpu: bed.cpu_seconds(pid)? - before, measured })
}

fn row(engine: &str, what: &str, cost: &Cost, bare: Option<&Cost>) -> Vec<String> {
    let measured = &cost.measured;
    let share = bare.map_or_else(String::new, |bare| format!("{:.0} %", 100.0 * cost.per_cpu() / bare.per_cpu()));
    vec![
        engine.to_owned(),
        what.to_owned(),
        format!("{:.0}", measured.per_second()),
        format!("{:.0}", cost.per_cpu()),
        format!("{:.1}", measured.latency_ms(0.5)),
        format!("{:.1}", measured.latency_ms(0.99)),
        measured.failed.to_string(),
        share,
    ]
}

impl Cost {
    fn per_cpu(&self) -> f64 {
        self.measured.done as f64 / self.cpu
    }
}

/// The bare program; dropping it ends it.
struct Bare(Child);

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait(address: SocketAddr) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if Client::new(address).send("GET", "/", "", b"").is_ok() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(20));
    }
    bail!("the bare program did not start")
}
