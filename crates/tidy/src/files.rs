//! The files of the clone that people write: no build output, no packages, no data.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold what programs made.
const MADE: [&str; 6] = [".git", "target", "node_modules", "dist", ".data", ".library"];

/// A text file of the clone.
pub struct File {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

impl File {
    /// The part after the last dot, or nothing.
    pub fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The file's name without folders.
    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name)
    }

    /// The name of the crate that holds it, when one does.
    pub fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Whether a program wrote it (then only its freshness is checked).
    pub fn is_generated(&self) -> bool {
        self.path.contains(".gen.") || ["package-lock.json", "Cargo.lock"].contains(&self.name())
    }

    /// Whether it holds only tests.
    pub fn is_test(&self) -> bool {
        let is_in_folder = ["/tests/", "/e2e/", "/examples/"].iter().any(|folder| self.path.contains(folder));
        is_in_folder || self.name() == "tests.rs" || self.path.contains(".test.")
    }

    /// Its lines with their numbers, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// The root of the clone that is worked in: where cargo runs this, so that clones may share a target folder.
#[expect(clippy::disallowed_methods, reason = "where cargo runs this is no setting")]
pub fn root() -> PathBuf {
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.ancestors().find(|folder| folder.join("Cargo.lock").is_file()).unwrap_or(&package).to_owned()
}

/// All text files of the clone, in path order.
pub fn all() -> Vec<File> {
    let mut files = Vec::new();
    walk(&root(), "", &mut files);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// The files with one of these extensions.
pub fn with_extension(extensions: &[&str]) -> Vec<File> {
    let mut files = all();
    files.retain(|file| extensions.contains(&file.extension()));
    files
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && !MADE.contains(&name.as_str()) {
            walk(&entry.path(), &format!("{path}/"), files);
        } else if kind.is_file() {
            // What is not UTF-8 is a picture or a fixture, and not for us.
            files.extend(fs::read_to_string(entry.path()).ok().map(|text| File { path, text }));
        }
    }
}
