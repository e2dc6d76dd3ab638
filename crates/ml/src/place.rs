//! Where a model file lies.

use std::path::{Path, PathBuf};

/// The file's name in a folder of models.
pub const FILE: &str = "minilm-l6-v2-int8.onnx";

/// Where the file may lie, best first: what a flag or a variable names (the file or its folder), `DATA/models`, and
/// `mainstay/models` in the user's cache folder.
pub fn places(flag: Option<&Path>, variable: Option<&Path>, data: &Path, cache: Option<&Path>) -> Vec<PathBuf> {
    let named = [flag, variable].into_iter().flatten().map(file_of);
    let folders = [Some(data.join("models")), cache.map(|cache| cache.join("mainstay/models"))];
    named.chain(folders.into_iter().flatten().map(|folder| folder.join(FILE))).collect()
}

fn file_of(named: &Path) -> PathBuf {
    if named.is_dir() { named.join(FILE) } else { named.to_owned() }
}
