//! `mainstay init`: the first workspace with its owner and a token with the owner's rights.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base::text::{Email, Line};
use base::{Env, Result};
use clap::Args;
use serde::Serialize;
use trust::accounts::{Founded, found_workspace, hash_password};
use uuid::Uuid;

use super::{bad_argument, show_json};
use crate::boot::Opened;
use crate::lock::DataLock;
use crate::settings::Place;

/// What a new workspace is made of.
#[derive(Args)]
pub(super) struct Wanted {
    /// The name of the workspace.
    #[arg(long, value_name = "NAME")]
    workspace: String,
    /// The owner's address, for signing in.
    #[arg(long, value_name = "EMAIL")]
    owner_email: String,
    /// A file that holds the owner's password.
    #[arg(long, value_name = "FILE")]
    owner_password_file: PathBuf,
    /// Ends with one line of JSON: {"workspace_id", "api_token"}.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Made<'a> {
    workspace_id: String,
    api_token: &'a str,
}

pub(super) fn run(place: &Place, wanted: &Wanted, env: &Env) -> Result<ExitCode> {
    let name =
        Line::<120>::new(&wanted.workspace).map_err(|wrong| bad_argument("--workspace", &wrong))?;
    let email =
        Email::new(&wanted.owner_email).map_err(|wrong| bad_argument("--owner-email", &wrong))?;
    let hash = hash_password(env, &password(&wanted.owner_password_file)?)?;
    let _lock = DataLock::take(&place.data)?;
    let opened = Opened::open(place, env.clone())?;
    let (env, cell) = (env.clone(), opened.house.cell);
    let founded = opened.house.db.write_now(Uuid::nil(), move |tx| {
        found_workspace(tx, &env, cell, &name, &email, &hash)
    })?;
    opened.close();
    show(&founded, wanted.json);
    Ok(ExitCode::SUCCESS)
}

fn show(founded: &Founded, as_json: bool) {
    let made = Made {
        workspace_id: founded.workspace.to_string(),
        api_token: &founded.api_token,
    };
    if as_json {
        show_json(&made);
    } else {
        println!("Workspace {} is ready.", made.workspace_id);
        println!(
            "API token of its owner, shown this once: {}",
            made.api_token
        );
    }
}

/// The password in a file, without the line break editors add.
fn password(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        bad_argument("--owner-password-file", &format!("cannot be read: {error}"))
    })?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
