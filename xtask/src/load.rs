//! A closed-loop load: so many connections, each a thread that sends its next request when the last is answered.
//! Counts, latencies and the CPU time of processes are all it knows.

use crate::http::Client;
use crate::programs;
use anyhow::{Context, Result, bail};
use parking_lot::Mutex;
use std::fs;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

/// One connection of a load.
pub struct Worker {
    /// Its number, from 0.
    pub number: usize,
    /// How many requests it has sent before this one.
    pub sent: u64,
    /// Its connection.
    pub client: Client,
}

/// What a load measured.
#[derive(Default)]
pub struct Measured {
    /// Requests that were answered as wanted.
    pub done: u64,
    /// Requests that were not.
    pub failed: u64,
    /// The first failure, in words.
    pub first_failure: Option<String>,
    /// How long the load ran.
    pub wall: Duration,
    latencies: Vec<u32>,
}

/// Sends requests on `connections` until `duration` is over; `make` builds each connection's client.
pub fn run(
    connections: usize,
    duration: Duration,
    make: impl Fn() -> Client + Sync,
    request: impl Fn(&mut Worker) -> Result<()> + Sync,
) -> Measured {
    let end = Instant::now() + duration;
    run_until(connections, make, |worker| {
        let is_over = Instant::now() >= end;
        if is_over { Ok(false) } else { request(worker).map(|()| true) }
    })
}

/// The same until `request` says that there is no more to do.
pub fn run_until(
    connections: usize,
    make: impl Fn() -> Client + Sync,
    request: impl Fn(&mut Worker) -> Result<bool> + Sync,
) -> Measured {
    let total = Mutex::new(Measured::default());
    let start = Instant::now();
    thread::scope(|scope| {
        for number in 0..connections {
            let (total, make, request) = (&total, &make, &request);
            scope.spawn(move || {
                let mine = work(Worker { number, sent: 0, client: make() }, request);
                total.lock().add(mine);
            });
        }
    });
    let mut measured = total.into_inner();
    measured.wall = start.elapsed();
    measured.latencies.sort_unstable();
    measured
}

fn work(mut worker: Worker, request: impl Fn(&mut Worker) -> Result<bool>) -> Measured {
    let mut mine = Measured::default();
    loop {
        let start = Instant::now();
        match request(&mut worker) {
            Ok(false) => return mine,
            Ok(true) => {
                mine.done += 1;
                mine.latencies.push(u32::try_from(start.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            Err(error) => {
                mine.failed += 1;
                mine.first_failure.get_or_insert(format!("{error:#}"));
                thread::sleep(Duration::from_millis(1));
            }
        }
        worker.sent += 1;
    }
}

impl Measured {
    /// Answered requests a second.
    pub fn per_second(&self) -> f64 {
        self.done as f64 / self.wall.as_secs_f64()
    }

    /// A latency in milliseconds; `share` is between 0 and 1.
    pub fn latency_ms(&self, share: f64) -> f64 {
        let index = (self.latencies.len() as f64 * share) as usize;
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(index.min(last)).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }

    fn add(&mut self, mut other: Measured) {
        self.done += other.done;
        self.failed += other.failed;
        self.latencies.append(&mut other.latencies);
        self.first_failure = self.first_failure.take().or(other.first_failure);
    }
}

/// CPU seconds of a process, its threads and the children it has waited for.
pub fn cpu_seconds(pid: u32) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).context("the process is gone")?;
    // The name in brackets may hold blanks; what follows it may not.
    let (_, fields) = text.rsplit_once(')').context("no process name")?;
    let ticks = fields.split_whitespace().skip(11).take(4).filter_map(|field| field.parse::<u64>().ok());
    let per_second = programs::answer("getconf", &["CLK_TCK"]).and_then(|text| text.parse().ok()).unwrap_or(100.0);
    Ok(ticks.sum::<u64>() as f64 / per_second)
}

/// Waits until a process has done what it does after its start, such as catching its search index up: until it is all but
/// idle for two seconds.
pub fn settle(pid: u32) -> Result<()> {
    let patience = Instant::now() + Duration::from_secs(3600);
    while Instant::now() < patience {
        let before = cpu_seconds(pid)?;
        thread::sleep(Duration::from_secs(2));
        if cpu_seconds(pid)? - before < 0.05 {
            return Ok(());
        }
    }
    bail!("the server is still busy an hour after its start")
}

/// CPU seconds of a process and of its living children: a PostgreSQL cluster by its postmaster.
pub fn cpu_seconds_with_children(pid: u32) -> Result<f64> {
    let living = children(pid)?;
    Ok(cpu_seconds(pid)? + living.into_iter().filter_map(|child| cpu_seconds(child).ok()).sum::<f64>())
}

/// Resident memory in MiB.
pub fn resident_mib(pid: u32) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}

/// The address of a server and a token, as a maker of clients.
pub fn with_token(address: SocketAddr, token: &str) -> impl Fn() -> Client + Sync {
    move || Client::with_token(address, token)
}

fn children(parent: u32) -> Result<Vec<u32>> {
    let all = fs::read_dir("/proc")?.flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    Ok(pids.filter(|pid| parent_of(*pid) == Some(parent)).collect())
}

fn parent_of(pid: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
