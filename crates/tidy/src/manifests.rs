//! The manifests of the workspace: which crate depends on which.

use crate::files::{self, File};

/// A crate's folder under `crates/` and the workspace crates it names.
pub struct Manifest {
    /// The folder's name.
    pub name: String,
    /// The crates it depends on, tests included.
    pub uses: Vec<String>,
}

/// Every `Cargo.toml` of the clone.
pub fn manifests() -> Vec<File> {
    let mut files = files::with_extension(&["toml"]);
    files.retain(|file| file.name() == "Cargo.toml");
    files
}

/// The crates of the floors, with what they use.
pub fn crates() -> Vec<Manifest> {
    manifests().iter().filter_map(read).collect()
}

fn read(file: &File) -> Option<Manifest> {
    let name = file.crate_name()?.to_owned();
    let table: toml::Table = file.text.parse().ok()?;
    let sections = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = sections.iter().filter_map(|section| table.get(*section)?.as_table());
    let uses = tables.flat_map(toml::Table::keys).filter_map(|key| key.strip_prefix("mainstay-"));
    Some(Manifest { name, uses: uses.map(str::to_owned).collect() })
}
