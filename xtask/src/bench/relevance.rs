//! Relevance on the retrieval sets: nDCG@10 and recall@5 of words, of meaning, and of both, with one configuration for all.
//! The measures are `ir-measures`' own; the paired bootstrap says whether "both" is really worse than its better leg.

use super::{Options, Table};
use crate::model;
use crate::programs::{cargo, find, quiet, run as run_program};
use crate::tree::{Scratch, Tree};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "ir-measures==0.4.3";
const LEGS: [&str; 3] = ["words", "meaning", "both"];
const MEASURES: [&str; 2] = ["nDCG@10", "R@5"];
/// Draws of the bootstrap.
const DRAWS: usize = 10_000;

/// What one leg reaches: a value per question and measure.
type Values = BTreeMap<String, BTreeMap<String, f64>>;

/// Builds and runs the example, then measures its runs.
pub fn measure(tree: &Tree, options: &Options) -> Result<Table> {
    let model = model::fetched(tree)?;
    let scratch = Scratch::new("relevance")?;
    let unpack = tree.root().join(&options.data).join("unpack");
    run_program(Command::new(unpack).arg("-C").arg(scratch.path()).arg("retrieval"))?;
    let sets = scratch.join("retrieval");
    run_program(
        cargo()
            .args(["run", "--release", "--package", "xtask", "--example", "relevance", "--"])
            .args([sets.as_path(), &model, &tree.cache().join("vectors.bin"), scratch.path()])
            .current_dir(tree.root()),
    )?;
    let program = installed(tree)?;
    let mut table = Table::new(&["set", "leg", "nDCG@10", "recall@5"]);
    let mut names: Vec<PathBuf> = fs::read_dir(&sets)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    names.retain(|folder| folder.join("qrels.tsv").is_file());
    names.sort();
    let mut sums = [0.0; LEGS.len()];
    for folder in &names {
        let reached = set(folder, &scratch, &program, &mut table)?;
        sums.iter_mut().zip(reached).for_each(|(sum, value)| *sum += value / names.len() as f64);
    }
    for (leg, sum) in LEGS.iter().zip(sums) {
        table.row(vec!["average".into(), (*leg).into(), format!("{sum:.3}"), String::new()]);
    }
    Ok(table)
}

/// Measures the three runs of one set; answers their nDCG@10.
fn set(folder: &Path, scratch: &Scratch, program: &Path, table: &mut Table) -> Result<[f64; LEGS.len()]> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let judged = scratch.join(&format!("{name}.qrels"));
    fs::write(&judged, trec_qrels(&fs::read_to_string(folder.join("qrels.tsv"))?))?;
    let mut reached = Vec::new();
    for leg in LEGS {
        let values = values(program, &judged, &scratch.join(&format!("{name}.{leg}.trec")))?;
        let [gain, recall] = MEASURES.map(|measure| format!("{:.3}", mean(&values, measure)));
        table.row(vec![name.clone(), leg.into(), gain, recall]);
        reached.push(values);
    }
    let [words, meaning, both] = reached.as_slice() else { anyhow::bail!("a leg is missing") };
    let gains = [words, meaning, both].map(|values| mean(values, MEASURES[0]));
    let (better, leg) = if gains[0] >= gains[1] { (words, LEGS[0]) } else { (meaning, LEGS[1]) };
    let (low, high) = interval(&differences(both, better));
    table.remark(format!(
        "{name}: both minus {leg}, the better leg, nDCG@10: {:+.3}, 95 % interval {low:+.3} to {high:+.3} (paired bootstrap).",
        gains[2] - mean(better, MEASURES[0])
    ));
    Ok(gains)
}

/// `query-id corpus-id score` with a heading becomes `query 0 document score`.
fn trec_qrels(text: &str) -> String {
    let rows = text.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    let lines = rows.filter_map(|row| match row.as_slice() {
        [query, document, score] => Some(format!("{query} 0 {document} {score}\n")),
        _ => None,
    });
    lines.collect()
}

fn values(program: &Path, judged: &Path, run: &Path) -> Result<Values> {
    #[derive(Deserialize)]
    struct Row {
        query_id: String,
        measure: String,
        value: f64,
    }
    let mut command = Command::new(program);
    command.args(["--by_query", "--no_summary", "--output_format", "jsonl", "--places", "6"]);
    let output = quiet(command.args([judged, run]).args(MEASURES))?;
    let mut values = Values::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let row: Row = serde_json::from_str(line)?;
        values.entry(row.measure).or_default().insert(row.query_id, row.value);
    }
    Ok(values)
}

fn mean(values: &Values, measure: &str) -> f64 {
    values.get(measure).map_or(0.0, |of| of.values().sum::<f64>() / of.len().max(1) as f64)
}

fn differences(one: &Values, other: &Values) -> Vec<f64> {
    let of = |values: &Values| values.get(MEASURES[0]).cloned().unwrap_or_default();
    let other = of(other);
    of(one).iter().map(|(query, value)| value - other.get(query).unwrap_or(&0.0)).collect()
}

/// The middle 95 % of the means of samples drawn with replacement (Efron 1979), from a fixed seed.
fn interval(differences: &[f64]) -> (f64, f64) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = (state >> 33) as usize % differences.len().max(1);
        differences.get(at).copied().unwrap_or(0.0)
    };
    let count = differences.len().max(1);
    let mut means: Vec<f64> = (0..DRAWS).map(|_| (0..count).map(|_| draw()).sum::<f64>() / count as f64).collect();
    means.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| means.get((DRAWS as f64 * share) as usize).copied().unwrap_or(0.0);
    (at(0.025), at(0.975))
}

/// The program in its own Python environment in the cache folder, made on first use.
fn installed(tree: &Tree) -> Result<PathBuf> {
    let home = tree.cache().join(PACKAGE);
    let program = home.join("bin/ir_measures");
    if program.exists() {
        return Ok(program);
    }
    let python = find(&["python3"]).context("missing: Python 3. Run: sudo apt-get install -y python3-venv")?;
    println!("installing {PACKAGE}");
    fs::create_dir_all(&home)?;
    quiet(Command::new(python).args(["-m", "venv"]).arg(&home))?;
    quiet(Command::new(home.join("bin/pip")).args(["install", "--quiet", PACKAGE]))?;
    Ok(program)
}
