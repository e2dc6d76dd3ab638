//! What commands ask of a house, whether it runs or is opened for them.
//! Rule: a question carries no password and no secret; its answer may carry one that is shown once.

use std::sync::Arc;

use base::text::{Email, Line};
use base::{Code, Error, Kind, Result};
use desk::tickets::{NumberedLine, import_lines};
use knowledge::articles::import_lines as import_articles;
use people::{erasure, privacy};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use trust::access::{Right, Via};
use trust::accounts::found_workspace;
use trust::nouns::{CustomerId, WorkspaceId};
use trust::tokens::{NewToken, TokenKind, create};
use trust::{Cx, House};
use uuid::Uuid;

use crate::audit::workspaces;

static WHICH_WORKSPACE: Code = Code::new(
    Kind::Unprocessable,
    "which_workspace",
    "There is not exactly one workspace here.",
    "Name it with --workspace.",
);
static BAD_ASK: Code =
    Code::new(Kind::Unprocessable, "bad_argument", "An argument is wrong.", "See the command's own help.");

/// A question of a command.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "command")]
pub enum Ask {
    /// Found a workspace.
    Found {
        /// Its name.
        name: String,
        /// The owner's address.
        email: String,
        /// The hash of the owner's password.
        password_hash: String,
    },
    /// Make a token of a workspace.
    MakeToken {
        /// The workspace; not needed when there is one.
        workspace: Option<String>,
        /// The token's name.
        name: String,
        /// Its rights; empty means all.
        rights: Vec<String>,
        /// Days it lasts.
        days: Option<i64>,
    },
    /// Give everything held about a customer.
    Export {
        /// The workspace; not needed when there is one.
        workspace: Option<String>,
        /// The customer.
        customer: String,
    },
    /// Import lines of a file of tickets.
    Import {
        /// The workspace; not needed when there is one.
        workspace: Option<String>,
        /// Lines with their numbers, and which of the lines with the same text each is.
        lines: Vec<(i64, i64, String)>,
        /// Whether nothing is to be written.
        is_dry: bool,
    },
    /// Import articles of a file or folder.
    ImportArticles {
        /// The workspace; not needed when there is one.
        workspace: Option<String>,
        /// Articles as JSON with their numbers.
        lines: Vec<(i64, String)>,
        /// Whether nothing is to be written.
        is_dry: bool,
    },
    /// Train a workspace's triage.
    TrainTriage {
        /// The workspace; not needed when there is one.
        workspace: Option<String>,
    },
    /// Erase a customer.
    Erase {
        /// The workspace; not needed when there is one.
        workspace: Option<String>,
        /// The customer.
        customer: String,
    },
}

impl Ask {
    /// Does what is asked; blocks.
    pub fn perform(&self, house: &Arc<House>) -> Result<Value> {
        match self {
            Ask::Found { name, email, password_hash } => found(house, name, email, password_hash),
            Ask::MakeToken { workspace, name, rights, days } => {
                make_token(&acting(house, workspace.as_deref())?, name, rights, *days)
            }
            Ask::Export { workspace, customer } => export(&acting(house, workspace.as_deref())?, id(customer)?),
            Ask::Import { workspace, lines, is_dry } => import(&acting(house, workspace.as_deref())?, lines, *is_dry),
            Ask::ImportArticles { workspace, lines, is_dry } => {
                let done = import_articles(&acting(house, workspace.as_deref())?, lines, *is_dry)?;
                Ok(json!({"written": done.written, "known": done.known, "refused": done.refused}))
            }
            Ask::TrainTriage { workspace } => train_triage(&acting(house, workspace.as_deref())?),
            Ask::Erase { workspace, customer } => erase(&acting(house, workspace.as_deref())?, id(customer)?),
        }
    }
}

fn wrong(what: impl std::fmt::Display) -> Error {
    BAD_ASK.because(format!("{what}."))
}

fn id(text: &str) -> Result<CustomerId> {
    text.parse().map_err(|()| wrong(format_args!("`{text}` is not the id of a customer")))
}

/// The house acting in the workspace that was named, or in the only one.
pub(crate) fn acting(house: &Arc<House>, named: Option<&str>) -> Result<Cx> {
    let known = workspaces(house)?;
    let workspace = match named {
        Some(text) => text.parse::<WorkspaceId>().ok().filter(|id| known.contains(id)),
        None => known.first().copied().filter(|_| known.len() == 1),
    };
    let workspace = workspace.ok_or_else(|| WHICH_WORKSPACE.error())?;
    Ok(Cx::of_house(house, workspace, Via::Command))
}

fn found(house: &Arc<House>, name: &str, email: &str, hash: &str) -> Result<Value> {
    let name = Line::<120>::new(name).map_err(|why| wrong(format_args!("--workspace {why}")))?;
    let email = Email::new(email).map_err(|why| wrong(format_args!("--owner-email {why}")))?;
    let (env, cell, hash) = (house.env.clone(), house.cell, hash.to_owned());
    let founded = house.db.write_now(Uuid::nil(), move |tx| found_workspace(tx, &env, cell, &name, &email, &hash))?;
    Ok(json!({"workspace_id": founded.workspace, "api_token": founded.api_token}))
}

fn make_token(cx: &Cx, name: &str, rights: &[String], days: Option<i64>) -> Result<Value> {
    let named = |word: &String| Right::from_word(word).ok_or_else(|| wrong(format_args!("`{word}` is not a right")));
    let rights: Vec<Right> = match rights {
        [] => Right::ALL.to_vec(),
        words => words.iter().map(named).collect::<Result<_>>()?,
    };
    let new = NewToken {
        name: Line::new(name).map_err(|why| wrong(format_args!("--name {why}")))?,
        kind: TokenKind::Workspace,
        rights,
        expires_in_days: days,
    };
    let own = cx.clone();
    let made = cx.house().db.write_now(cx.workspace().uuid(), move |tx| create(tx, &own, &new));
    let (token, secret) = made?;
    Ok(json!({"workspace_id": cx.workspace(), "token_id": token.id, "api_token": secret}))
}

fn import(cx: &Cx, lines: &[(i64, i64, String)], is_dry: bool) -> Result<Value> {
    let numbered =
        |(number, nth, text): &(i64, i64, String)| NumberedLine { number: *number, nth: *nth, text: text.clone() };
    let lines: Vec<NumberedLine> = lines.iter().map(numbered).collect();
    let done = import_lines(cx, &lines, is_dry)?;
    Ok(json!({"written": done.written, "known": done.known, "refused": done.refused}))
}

fn export(cx: &Cx, customer: CustomerId) -> Result<Value> {
    let (db, workspace) = (&cx.house().db, cx.workspace().uuid());
    let own = cx.clone();
    db.write_now(workspace, move |tx| privacy::announce_export(tx, &own, customer))?;
    let own = cx.clone();
    let held = db.read_now(workspace, move |tx| privacy::export(tx, &own, customer, &own.house().personal))?;
    Ok(json!(held))
}

fn train_triage(cx: &Cx) -> Result<Value> {
    let own = cx.clone();
    cx.house().db.write_now(cx.workspace().uuid(), move |tx| desk::triage::train_later(tx, &own))?;
    Ok(json!({"workspace_id": cx.workspace(), "training": "asked for"}))
}

fn erase(cx: &Cx, customer: CustomerId) -> Result<Value> {
    let erased = erasure::erase_now(cx, customer)?;
    if let Err(error) = cx.house().db.scrub() {
        tracing::warn!(cause = ?error, "the database keeps the space of erased rows until its own clean-up");
    }
    Ok(json!(erased))
}
