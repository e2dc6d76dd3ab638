//! What embedding costs on this machine: `cargo run --release -p mainstay-ml --example embed -- MODEL`.

#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use ml::{Embedder, Stop};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name the model's file")?;
    let embedder = Embedder::new(vec![PathBuf::from(path)]);
    println!("before: {:.0} MB", resident());
    let start = Instant::now();
    embedder.check()?;
    println!("loading: {:.0?}, {:.0} MB", start.elapsed(), resident());
    let question = "how do I reset the password of my other account";
    let passage = format!("{question} ").repeat(30);
    for (name, text, rounds) in [("question", question, 200_u32), ("passage", passage.as_str(), 20)] {
        let start = Instant::now();
        for _ in 0..rounds {
            embedder.embed(text, Duration::from_secs(1))?;
        }
        println!("{name}: {:.2?}, {:.0} MB", start.elapsed() / rounds, resident());
    }
    let texts = vec![passage; 20];
    let start = Instant::now();
    embedder.embed_all(&texts, 2, &Stop::default(), &|_| {})?;
    println!("20 passages on two threads: {:.0?}, {:.0} MB", start.elapsed(), resident());
    embedder.rest(Duration::ZERO);
    println!("rested: {:.0} MB", resident());
    Ok(())
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1e3
}
