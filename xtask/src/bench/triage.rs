//! How well texts are sorted: the published baselines by five folds on the training halves, then ours on them, with full
//! data and ten examples a class; what is out of scope; calibration; and what a text costs.

use super::{Options, Table};
use crate::model;
use crate::programs::{cargo, quiet, run as run_program};
use crate::tree::{Scratch, Tree};
use anyhow::Result;
use std::process::Command;

/// Builds and runs the example, whose lines are the table's rows.
pub fn measure(tree: &Tree, options: &Options) -> Result<Table> {
    let model = model::fetched(tree)?;
    let scratch = Scratch::new("triage")?;
    let unpack = tree.root().join(&options.data).join("unpack");
    run_program(Command::new(unpack).arg("-C").arg(scratch.path()).arg("intent"))?;
    let output = quiet(
        cargo()
            .args(["run", "--release", "--package", "mainstay-ml", "--example", "triage", "--"])
            .args([scratch.join("intent"), model, tree.cache().join("intent-vectors.bin")])
            .current_dir(tree.root()),
    )?;
    let mut table = Table::new(&["set", "what", "accuracy", "macro-F1", "ECE (15 bins)"]);
    for line in String::from_utf8(output.stdout)?.lines() {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        match cells.as_slice() {
            [_, _, _, _, _] => table.row(cells),
            _ => table.remark(line.to_owned()),
        }
    }
    Ok(table)
}
