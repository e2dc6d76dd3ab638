//! `mainstay backup DIR` and `mainstay restore DIR`: from either engine, into either engine.

use std::path::PathBuf;
use std::process::ExitCode;

use base::{Env, Result};
use clap::Args;

use crate::archive;
use crate::audit::{check, workspaces};
use crate::boot::Opened;
use crate::erasures;
use crate::lock::DataLock;
use crate::settings::Place;

/// Where a backup goes.
#[derive(Args)]
pub(super) struct Target {
    /// A new folder.
    folder: PathBuf,
}

/// Where a backup comes from.
#[derive(Args)]
pub(super) struct Source {
    /// The folder of the backup.
    folder: PathBuf,
    /// Walks the logs of all workspaces afterwards.
    #[arg(long)]
    verify: bool,
    /// The erasures.jsonl of the installation that was lost, so that who was erased since stays erased.
    #[arg(long, value_name = "FILE")]
    erasures: Option<PathBuf>,
}

pub(super) fn take(place: &Place, target: &Target, env: &Env) -> Result<ExitCode> {
    let opened = Opened::for_reading(place, env.clone())?;
    archive::refuse_half(&opened.house)?;
    let manifest = archive::take(&opened.house, &place.data, &target.folder)?;
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    println!(
        "{} tables, {rows} rows, {} blobs in {}",
        manifest.tables.len(),
        manifest.blobs.len(),
        target.folder.display()
    );
    println!("Keep the master key apart from it: {}", place.key_file().display());
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(place: &Place, source: &Source, env: &Env) -> Result<ExitCode> {
    let _lock = DataLock::take(&place.data)?;
    let opened = Opened::open(place, env.clone())?;
    let restored = archive::restore(&opened.house, &place.data, &source.folder)?;
    println!(
        "{} tables, {} rows, {} blobs; every count is the manifest's",
        restored.tables, restored.rows, restored.blobs
    );
    let file = source.erasures.clone().unwrap_or_else(|| place.data.join(erasures::FILE));
    let again = erasures::again(&opened.house, &file)?;
    if again > 0 {
        erasures::sweep_blobs(&opened.house, &place.data)?;
        println!("{again} people erased since were erased again");
    }
    archive::finish(&opened.house)?;
    let mut code = ExitCode::SUCCESS;
    if source.verify {
        for workspace in workspaces(&opened.house)? {
            let report = check(&opened.house, workspace)?;
            match report.fault {
                None => println!("{workspace}: {} events, the chain holds", report.links),
                Some(fault) => {
                    println!("{workspace}: {fault}");
                    code = ExitCode::FAILURE;
                }
            }
        }
    }
    opened.close();
    Ok(code)
}
