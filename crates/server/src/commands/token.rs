//! `mainstay token create`: a token of a workspace, shown once.

use std::process::ExitCode;

use base::{Env, Result};
use clap::{Args, Subcommand};

use super::show_json;
use crate::admin;
use crate::settings::Place;
use crate::verbs::Ask;

/// What is done with tokens.
#[derive(Subcommand)]
pub(super) enum Token {
    /// Makes a token of a workspace.
    Create(Wanted),
}

/// What the token is like.
#[derive(Args)]
pub(super) struct Wanted {
    /// The workspace; not needed when there is one.
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
    /// What it is for.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Its rights, separated by commas, such as tickets:read,tickets:write; without it, all.
    #[arg(long, value_name = "RIGHTS", value_delimiter = ',')]
    rights: Vec<String>,
    /// Days it lasts; without it, until it is revoked.
    #[arg(long, value_name = "DAYS")]
    expires_in_days: Option<i64>,
    /// One line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(place: &Place, Token::Create(wanted): &Token, env: &Env) -> Result<ExitCode> {
    let ask = Ask::MakeToken {
        workspace: wanted.workspace.clone(),
        name: wanted.name.clone(),
        rights: wanted.rights.clone(),
        days: wanted.expires_in_days,
    };
    let made = admin::ask(place, env, &ask)?;
    if wanted.json {
        show_json(&made);
    } else {
        let secret = made.get("api_token").and_then(|token| token.as_str());
        println!("API token, shown this once: {}", secret.unwrap_or_default());
    }
    Ok(ExitCode::SUCCESS)
}
