//! What a search costs: CPU of a full question and of one being typed, beside the bare library and the bare model, on the
//! large corpus; indexing speed and memory with it.

use super::{Options, Table};
use crate::model;
use crate::programs::{cargo, quiet};
use crate::tree::Tree;
use anyhow::Result;

/// Builds and runs the example, whose lines are the table's rows.
pub fn measure(tree: &Tree, options: &Options) -> Result<Table> {
    let model = model::fetched(tree)?;
    let corpus = tree.root().join(&options.data).join("kb-scale/aws_docs_27k.jsonl.gz");
    let output = quiet(
        cargo()
            .args(["run", "--release", "--package", "xtask", "--example", "search_cost", "--"])
            .args([corpus, model])
            .current_dir(tree.root()),
    )?;
    let mut table = Table::new(&["what", "figure"]);
    for line in String::from_utf8(output.stdout)?.lines() {
        if let Some((what, figure)) = line.split_once('\t') {
            table.row(vec![what.into(), figure.into()]);
        }
    }
    table.remark(
        "CPU time of the process, mean over the questions. Vectors of passages are synthetic; the question's is real."
            .into(),
    );
    Ok(table)
}
