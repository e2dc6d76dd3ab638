//! Taking a backup beside a running server.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base::Result;
use db::Tx;
use trust::House;
use uuid::Uuid;

use super::manifest::{BlobFile, Manifest, TableFile};
use super::rows::{HashedFile, hash_of, to_json};
use super::{BLOBS, HEADS, OWN as OWN_FILE, OWN_FOLDER, TABLES, failed};

/// What the runner of schema steps keeps for itself.
const OWN: &[&str] = &["migration"];

/// Writes a backup of a house with its data folder into a new or empty folder; blocks.
pub fn take(house: &House, data: &Path, folder: &Path) -> Result<Manifest> {
    prepare(folder)?;
    // The heads first: a head that is signed during the backup names events the backup may not have.
    copy_if_there(&data.join(HEADS), &folder.join(HEADS))?;
    let target = folder.join(TABLES);
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(failed)?;
    let tables = runtime
        .block_on(house.db.read_long(Uuid::nil(), move |tx| tx.at_one_moment(|tx| write_tables(tx, &target))))?;
    // Rows name blobs that were on disk before them; the ones that came since do no harm.
    let blobs = copy_blobs(&data.join(BLOBS), &folder.join(BLOBS))?;
    let manifest = Manifest::new(house.env.now(), tables, blobs);
    manifest.write(folder)?;
    Ok(manifest)
}

fn prepare(folder: &Path) -> Result<()> {
    make_folder(&folder.join(TABLES))?;
    if folder.join("manifest.json").exists() {
        return Err(failed("the folder holds a backup already"));
    }
    Ok(())
}

fn write_tables(tx: &mut Tx<'_>, folder: &Path) -> Result<Vec<TableFile>> {
    let tables = db::tables(tx)?;
    tables
        .into_iter()
        .filter(|table| !OWN.contains(&table.as_str()))
        .map(|table| write_table(tx, folder, table))
        .collect()
}

fn write_table(tx: &mut Tx<'_>, folder: &Path, name: String) -> Result<TableFile> {
    let columns: Vec<String> = db::columns(tx, &name)?.into_iter().map(|(column, _)| column).collect();
    let mut file = HashedFile::create(&folder.join(format!("{name}.jsonl")))?;
    file.write(format!("{}\n", serde_json::to_string(&columns).map_err(failed)?).as_bytes())?;
    let mut rows = 0;
    tx.walk(&format!("SELECT {} FROM {name}", columns.join(", ")), |row| {
        rows += 1;
        file.write(format!("{}\n", to_json(row)?).as_bytes())
    })?;
    Ok(TableFile { name, rows, sha256: file.finish()? })
}

fn copy_if_there(from: &Path, to: &Path) -> Result<()> {
    if from.exists() {
        copy_file(from, to).map_err(failed)?;
    }
    Ok(())
}

fn make_folder(folder: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(OWN_FOLDER).create(folder).map_err(failed)
}

/// Copies a file into one that is its owner's alone.
fn copy_file(from: &Path, to: &Path) -> std::io::Result<u64> {
    let mut from = File::open(from)?;
    let mut to = File::options().create(true).truncate(true).write(true).mode(OWN_FILE).open(to)?;
    std::io::copy(&mut from, &mut to)
}

/// Copies a folder of blobs and says what was copied.
pub(super) fn copy_blobs(from: &Path, to: &Path) -> Result<Vec<BlobFile>> {
    let mut blobs = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(below) = waiting.pop() {
        let Ok(entries) = std::fs::read_dir(from.join(&below)) else {
            continue;
        };
        make_folder(&to.join(&below))?;
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let path = below.join(entry.file_name());
            if entry.file_type().map_err(failed)?.is_dir() {
                // What is still coming in belongs to no row yet.
                if path != Path::new("incoming") {
                    waiting.push(path);
                }
            } else if let Some(size) = copy_unless_gone(&entry.path(), &to.join(&path))? {
                let sha256 = hash_of(&to.join(&path))?;
                let path = path.to_string_lossy().into_owned();
                blobs.push(BlobFile { path, size, sha256 });
            }
        }
    }
    Ok(blobs)
}

/// Copies a file and gives its size; `None` when it was deleted meanwhile, because no row named it any more.
fn copy_unless_gone(from: &Path, to: &Path) -> Result<Option<u64>> {
    match copy_file(from, to) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        copied => copied.map(Some).map_err(failed),
    }
}
