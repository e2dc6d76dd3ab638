//! `mainstay privacy export|erase`: a customer's data as JSON with their files beside it, or gone, with a receipt.

use std::path::PathBuf;
use std::process::ExitCode;

use base::{Env, Result};
use clap::{Args, Subcommand};

use super::show_json;
use crate::admin;
use crate::person;
use crate::settings::Place;
use crate::verbs::Ask;

/// What is done with a person's data.
#[derive(Subcommand)]
pub(super) enum Privacy {
    /// Prints everything held about a customer, or writes it to a folder with their files.
    Export {
        /// Whose data.
        #[command(flatten)]
        wanted: Wanted,
        /// A new folder: `person.json`, and the attachments in `files/`.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Erases a customer and prints the receipt.
    Erase(Wanted),
}

/// Whose data.
#[derive(Args)]
pub(super) struct Wanted {
    /// The customer, cus_….
    customer: String,
    /// The workspace; not needed when there is one.
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
}

pub(super) fn run(place: &Place, wanted: &Privacy, env: &Env) -> Result<ExitCode> {
    let ask = match wanted {
        Privacy::Export { wanted: Wanted { customer, workspace }, .. } => {
            Ask::Export { workspace: workspace.clone(), customer: customer.clone() }
        }
        Privacy::Erase(Wanted { customer, workspace }) => {
            Ask::Erase { workspace: workspace.clone(), customer: customer.clone() }
        }
    };
    let answer = admin::ask(place, env, &ask)?;
    match wanted {
        Privacy::Export { out: Some(folder), .. } => show_json(&person::write(&answer, &place.data, folder)?),
        _ => show_json(&answer),
    }
    Ok(ExitCode::SUCCESS)
}
