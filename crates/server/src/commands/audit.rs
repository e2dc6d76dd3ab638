//! `mainstay audit verify`: walks every log beside a running server and names the first broken row.

use std::process::ExitCode;

use base::{Env, Result};
use clap::{Args, Subcommand};
use trust::nouns::WorkspaceId;

use super::{bad_argument, show_json};
use crate::audit::{check, workspaces};
use crate::boot::Opened;
use crate::settings::Place;

/// What is done with the log.
#[derive(Subcommand)]
pub(super) enum Audit {
    /// Computes every link again and compares the signed heads.
    Verify(Wanted),
}

/// Which logs.
#[derive(Args)]
pub(super) struct Wanted {
    /// One workspace; without it, all.
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
    /// One line of JSON a workspace.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(place: &Place, Audit::Verify(wanted): &Audit, env: &Env) -> Result<ExitCode> {
    let opened = Opened::for_reading(place, env.clone())?;
    let ids = match &wanted.workspace {
        Some(text) => vec![
            text.parse::<WorkspaceId>().map_err(|()| bad_argument("--workspace", "is not the id of a workspace"))?,
        ],
        None => workspaces(&opened.house)?,
    };
    let mut code = ExitCode::SUCCESS;
    for id in ids {
        let report = check(&opened.house, id)?;
        let fault = report.fault.as_ref().map(ToString::to_string);
        if wanted.json {
            show_json(&serde_json::json!({
                "workspace_id": id, "events": report.links, "taken_by_retention": report.taken, "erased": report.erased,
                "signed_heads": report.heads, "fault": fault,
            }));
        } else {
            let (links, heads, erased) = (report.links, report.heads, report.erased);
            println!("{id}: {links} events, {heads} signed heads, {erased} with details erased by receipt");
            if report.taken > 0 {
                println!("  events up to {} went with their retention; the walk began after them", report.taken);
            }
            println!("  {}", fault.as_deref().unwrap_or("the chain holds"));
        }
        if fault.is_some() {
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}
