//! What embedding costs on this machine, in CPU time: `cargo run --release -p mainstay-ml --example embed -- MODEL`.

use std::path::PathBuf;
use std::time::Duration;

use ml::{Embedder, Stop};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name the model's file")?;
    let embedder = Embedder::new(vec![PathBuf::from(path)]);
    println!("before: {:.0} MB", resident());
    let start = cpu();
    embedder.check()?;
    println!("loading: {:.0?}, {:.0} MB", (cpu() - start), resident());
    let question = "how do I reset the password of my other account";
    let passage = format!("{question} ").repeat(30);
    for (name, text, rounds) in [("question", question, 200_u32), ("passage", passage.as_str(), 20)] {
        let start = cpu();
        for _ in 0..rounds {
            embedder.embed(text, Duration::from_secs(1))?;
        }
        println!("{name}: {:.2?}, {:.0} MB", (cpu() - start) / rounds, resident());
    }
    let texts = vec![passage; 40];
    let start = cpu();
    embedder.embed_all(&texts, 2, &Stop::default(), &|_| {})?;
    println!("40 passages on two threads: {:.2?} each, {:.0} MB", (cpu() - start) / 40, resident());
    embedder.rest(Duration::ZERO);
    println!("rested: {:.0} MB", resident());
    Ok(())
}

/// CPU time of the process, in steps of 10 ms: what a thread waits for others does not count.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let numbers = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = numbers.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1e3
}
