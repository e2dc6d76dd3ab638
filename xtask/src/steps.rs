//! The steps of a long command: each is timed, one failure does not hide the next, a table closes the run.

use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// How a step ended.
pub enum Outcome {
    /// It ran and everything held.
    Passed,
    /// What it would check does not exist in this tree.
    Absent(String),
    /// It needs a step that failed.
    Skipped(String),
}

struct Row {
    name: &'static str,
    word: &'static str,
    remark: String,
    took: Duration,
}

/// The steps run so far.
#[derive(Default)]
pub struct Steps {
    rows: Vec<Row>,
}

impl Steps {
    /// Runs one step and returns whether the ones that build on it may run.
    pub fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<Outcome>) -> bool {
        println!("\n━━ {name}");
        let start = Instant::now();
        let (word, remark) = match work() {
            Ok(Outcome::Passed) => ("passed", String::new()),
            Ok(Outcome::Absent(what)) => ("absent", what),
            Ok(Outcome::Skipped(why)) => ("skipped", why),
            Err(error) => ("FAILED", format!("{error:#}")),
        };
        let took = start.elapsed();
        println!("━━ {name}: {word} in {:.1} s {remark}", took.as_secs_f64());
        self.rows.push(Row { name, word, remark, took });
        word == "passed"
    }

    /// Prints the table and fails when a step failed or could not run because of one.
    pub fn finish(self) -> Result<()> {
        println!("\n{:<14} {:<8} {:>9}", "step", "result", "wall");
        for row in &self.rows {
            let remark = row.remark.lines().next().unwrap_or_default();
            println!("{:<14} {:<8} {:>7.1} s  {remark}", row.name, row.word, row.took.as_secs_f64());
        }
        let failed: Vec<_> = self.rows.iter().filter(|row| row.word == "FAILED").collect();
        if failed.is_empty() {
            println!("everything that exists passed");
            return Ok(());
        }
        bail!("{} of {} steps failed", failed.len(), self.rows.len())
    }
}
