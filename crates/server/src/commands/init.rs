//! `mainstay init`: the first workspace with its owner and a token with the owner's rights.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base::{Env, Result};
use clap::Args;
use trust::accounts::hash_password;

use super::{bad_argument, show_json};
use crate::admin;
use crate::settings::Place;
use crate::verbs::Ask;

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

pub(super) fn run(place: &Place, wanted: &Wanted, env: &Env) -> Result<ExitCode> {
    let password_hash = hash_password(env, &password(&wanted.owner_password_file)?)?;
    let ask = Ask::Found { name: wanted.workspace.clone(), email: wanted.owner_email.clone(), password_hash };
    let made = admin::ask(place, env, &ask)?;
    if wanted.json {
        show_json(&made);
    } else {
        let part = |name: &str| made.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        println!("Workspace {} is ready.", part("workspace_id"));
        println!("API token of its owner, shown this once: {}", part("api_token"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The password in a file, without the line break editors add.
fn password(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| bad_argument("--owner-password-file", &format!("cannot be read: {error}")))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
