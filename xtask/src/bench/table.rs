//! The table of a measurement: printed, and kept in `docs/benchmarks.md` with the machine and the commit.

use crate::programs::answer;
use crate::tree::Tree;
use anyhow::{Context, Result};
use std::fs;

/// Rows of text under a heading.
pub struct Table {
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    remarks: Vec<String>,
}

impl Table {
    /// An empty table.
    pub fn new(columns: &[&'static str]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new(), remarks: Vec::new() }
    }

    /// Adds a row and prints it, as measurements take long.
    pub fn row(&mut self, cells: Vec<String>) {
        println!("{}", cells.join("  "));
        self.rows.push(cells);
    }

    /// Adds a sentence under the table.
    pub fn remark(&mut self, text: String) {
        self.remarks.push(text);
    }

    /// Prints the whole table.
    pub fn print(&self) {
        println!("\n{}", self.markdown());
    }

    /// Puts the table between the markers of that name.
    pub fn write(&self, tree: &Tree, name: &str) -> Result<()> {
        let file = tree.path("docs/benchmarks.md");
        let text = fs::read_to_string(&file).context("docs/benchmarks.md is missing")?;
        let (begin, end) = (format!("<!-- {name}:begin -->"), format!("<!-- {name}:end -->"));
        let (before, rest) = text.split_once(&begin).with_context(|| format!("no marker {begin}"))?;
        let (_, after) = rest.split_once(&end).with_context(|| format!("no marker {end}"))?;
        let now = answer("date", &["-u", "+%Y-%m-%d %H:%M UTC"]).unwrap_or_default();
        let stamp = format!("{} · commit {} · {now}", machine(), commit(tree));
        fs::write(&file, format!("{before}{begin}\n{}\n{stamp}\n{end}{after}", self.markdown()))?;
        println!("written to docs/benchmarks.md");
        Ok(())
    }

    fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let heads: Vec<String> = self.columns.iter().map(ToString::to_string).collect();
        let mut text = line(&heads);
        text.push_str(&format!("|{}\n", "---|".repeat(self.columns.len())));
        text.extend(self.rows.iter().map(|row| line(row)));
        text.extend(self.remarks.iter().map(|remark| format!("\n{remark}\n")));
        text
    }
}

fn machine() -> String {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown CPU");
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let memory = read("/proc/meminfo");
    let kib = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap_or("0 kB");
    let gib = kib.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1_048_576.0;
    format!("{cores} cores, {}, {gib:.0} GiB", model.trim_start_matches([' ', '\t', ':']))
}

fn commit(tree: &Tree) -> String {
    let root = tree.root().to_string_lossy().into_owned();
    let id = answer("git", &["-C", &root, "rev-parse", "--short", "HEAD"]).unwrap_or_else(|| "unknown".into());
    let changed = answer("git", &["-C", &root, "status", "--porcelain", "--untracked-files=no"]);
    if changed.is_some_and(|files| !files.is_empty()) { format!("{id} with changes") } else { id }
}
