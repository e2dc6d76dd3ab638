//! The doors of macros.

use axum::response::Response;
use base::text::{Block, Label, Line};
use base::{Page, Patch, Time};
use serde::{Deserialize, Serialize};
use trust::nouns::{MemberId, TeamId, Ticket as TicketNoun};
use trust::{Cx, IdempotencyKey, Made, PageQuery, created_once};
use utoipa::{IntoParams, ToSchema};
use web::{Access, Created, IfMatch, Json, Method, Op, PathId, Query, Reply};

use super::action::Action;
use super::changing::{self, Changes};
use super::kept::{self, Content, Macro, MacroKind, MacroVisibility, Version, nobody};
use super::preview::{MacroPreview, preview};
use super::running::{self, Asked};
use super::{MacroId, MacroNoun};
use crate::tickets::{BODY_LIMIT, MessageId, TicketOut, check_lengths, one_ticket_out};
use crate::uploads::UploadId;

const MACROS: &str = "/api/v1/macros";
const READ: Access = Access::Member("tickets:read");
const WRITE: Access = Access::Member("tickets:write");

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, MACROS, "listMacros", READ, list)
            .about("The macros and canned replies that the caller sees.")
            .query::<MacroQuery>()
            .gives::<Page<MacroOut>>(200),
        Op::new(Method::Post, MACROS, "createMacro", WRITE, create)
            .about("Makes a macro; one for a team or for all needs the right `settings:write`.")
            .takes::<NewMacro>()
            .gives::<MacroOut>(201),
        Op::new(Method::Get, "/api/v1/macros/{id}", "getMacro", READ, get)
            .about("Reads a macro.")
            .gives::<MacroOut>(200),
        Op::new(Method::Patch, "/api/v1/macros/{id}", "updateMacro", WRITE, update)
            .about("Changes a macro, which makes a version; archives it or brings it back.")
            .takes::<MacroPatch>()
            .versioned()
            .gives::<MacroOut>(200),
        Op::new(Method::Get, "/api/v1/macros/{id}/versions", "listMacroVersions", READ, versions)
            .about("What a macro did in its newest 100 versions, the newest first.")
            .gives::<Page<MacroVersionOut>>(200),
        Op::new(Method::Get, "/api/v1/tickets/{id}/macro-preview", "previewMacro", READ, show)
            .about("Shows what a macro would do to a ticket, without doing it.")
            .query::<PreviewQuery>()
            .gives::<MacroPreview>(200),
        Op::new(Method::Post, "/api/v1/tickets/{id}/macro-runs", "runMacro", WRITE, run)
            .about("Runs a macro on a ticket: every step, or none.")
            .takes::<NewMacroRun>()
            .gives::<MacroRunOut>(201)
            .may_be_stale()
            .idempotent(),
    ]
}

/// Which macros.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct MacroQuery {
    /// Macros, or canned replies.
    #[param(inline)]
    kind: Option<MacroKind>,
    /// Whether archived ones are listed too.
    archived: Option<bool>,
    /// How many items, 1 to 100; 50 when not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[param(max_length = 200)]
    after: Option<String>,
}

/// A macro to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMacro {
    /// A macro, or a canned reply; `macro` when absent.
    kind: Option<MacroKind>,
    /// The name.
    name: Line<120>,
    /// What is typed to find it at once.
    shortcut: Option<Label<40>>,
    /// Who sees it; `personal` when absent.
    visibility: Option<MacroVisibility>,
    /// The team whose it is.
    team_id: Option<TeamId>,
    /// Its steps; 1 to 20.
    actions: Vec<Action>,
}

/// A change of a macro; what is absent stays, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MacroPatch {
    /// The name.
    name: Option<Line<120>>,
    /// What is typed to find it at once.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    shortcut: Patch<Label<40>>,
    /// Who sees it.
    visibility: Option<MacroVisibility>,
    /// The team whose it is.
    #[serde(default)]
    #[schema(value_type = Option<TeamId>)]
    team_id: Patch<TeamId>,
    /// All its steps.
    actions: Option<Vec<Action>>,
    /// Whether it is used no more.
    archived: Option<bool>,
}

/// A macro.
#[derive(Serialize, ToSchema)]
struct MacroOut {
    id: MacroId,
    kind: MacroKind,
    name: String,
    shortcut: Option<String>,
    visibility: MacroVisibility,
    team_id: Option<TeamId>,
    /// The member whose own it is.
    owner_id: Option<MemberId>,
    actions: Vec<Action>,
    archived: bool,
    /// How often it ran.
    runs: i64,
    /// How many of those tickets were opened again within seven days.
    reopened: i64,
    last_run_at: Option<Time>,
    version: i64,
}

/// What a macro did in a version.
#[derive(Serialize, ToSchema)]
struct MacroVersionOut {
    number: i64,
    name: String,
    actions: Vec<Action>,
    created_at: Time,
}

/// Which macro is to be shown.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct PreviewQuery {
    /// The macro.
    #[param(value_type = String)]
    macro_id: MacroId,
}

/// A macro to be run.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMacroRun {
    /// The macro.
    macro_id: MacroId,
    /// The version of the macro that was shown; another one is refused.
    version: Option<i64>,
    /// The version of the ticket that was shown; another one is refused.
    ticket_version: Option<i64>,
    /// The reply as the agent changed it; the macro's own when absent.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 262_144)]
    reply: Option<Block<BODY_LIMIT>>,
    /// The newest message that was seen; a reply the customer overtook answers 409.
    last_seen_message_id: Option<MessageId>,
    /// The sender's own id for the reply.
    client_id: Option<Line<100>>,
    /// Uploads that go with the reply; at most 20.
    #[serde(default)]
    attachments: Vec<UploadId>,
}

/// What a run did.
#[derive(Serialize, ToSchema)]
struct MacroRunOut {
    macro_id: MacroId,
    version: i64,
    ticket: TicketOut,
}

impl From<Macro> for MacroOut {
    fn from(found: Macro) -> MacroOut {
        MacroOut {
            id: found.id,
            kind: found.kind,
            name: found.name,
            shortcut: found.shortcut,
            visibility: found.visibility,
            team_id: found.team,
            owner_id: Some(found.owner).filter(|owner| *owner != nobody()),
            actions: found.actions,
            archived: found.is_archived,
            runs: found.runs,
            reopened: found.reopened,
            last_run_at: found.last_run_at,
            version: found.version,
        }
    }
}

fn drawn(found: Macro) -> Reply<MacroOut> {
    let version = found.version;
    Reply::versioned(found.into(), version)
}

async fn list(cx: Cx, Query(asked): Query<MacroQuery>) -> web::Result<Reply<Page<MacroOut>>> {
    let page = PageQuery { limit: asked.limit, after: asked.after };
    let (limit, after) = (page.limit()?, page.cursor()?.map_or(uuid::Uuid::nil(), |cursor| cursor.id));
    let (kind, with_archived) = (asked.kind, asked.archived.unwrap_or(false));
    let found = cx.read(move |tx, cx| kept::list(tx, cx, kind, with_archived, after, limit)).await?;
    Ok(Reply::new(found.map(MacroOut::from)))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewMacro>) -> web::Result<Created<MacroOut>> {
    let content = Content {
        kind: new.kind.unwrap_or(MacroKind::Macro),
        name: new.name,
        shortcut: new.shortcut.map(|shortcut| shortcut.to_lowercase()),
        visibility: new.visibility.unwrap_or(MacroVisibility::Personal),
        team: new.team_id,
        actions: new.actions,
    };
    Ok(Created(drawn(cx.write(move |tx, cx| changing::create(tx, cx, &content)).await?)))
}

async fn get(cx: Cx, PathId(id): PathId<MacroNoun>) -> web::Result<Reply<MacroOut>> {
    Ok(drawn(cx.read(move |tx, cx| kept::find(tx, cx, id)).await?))
}

async fn update(
    cx: Cx,
    PathId(id): PathId<MacroNoun>,
    seen: IfMatch,
    Json { value: patch, .. }: Json<MacroPatch>,
) -> web::Result<Reply<MacroOut>> {
    let MacroPatch { name, shortcut, visibility, team_id: team, actions, archived: is_archived } = patch;
    let shortcut = match shortcut {
        Patch::Set(shortcut) => Patch::Set(shortcut.to_lowercase()),
        Patch::Clear => Patch::Clear,
        Patch::Keep => Patch::Keep,
    };
    let changes = Changes { name, shortcut, visibility, team, actions, is_archived };
    Ok(drawn(cx.write(move |tx, cx| changing::change(tx, cx, id, seen, &changes)).await?))
}

async fn versions(cx: Cx, PathId(id): PathId<MacroNoun>) -> web::Result<Reply<Page<MacroVersionOut>>> {
    let found = cx.read(move |tx, cx| {
        kept::find(tx, cx, id)?;
        kept::versions(tx, cx, id)
    });
    let draw = |Version { number, name, actions, created_at }| MacroVersionOut { number, name, actions, created_at };
    Ok(Reply::new(Page { items: found.await?.into_iter().map(draw).collect(), next: None }))
}

async fn show(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    Query(asked): Query<PreviewQuery>,
) -> web::Result<Reply<MacroPreview>> {
    Ok(Reply::new(cx.read(move |tx, cx| preview(tx, cx, id, asked.macro_id)).await?))
}

async fn run(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    key: IdempotencyKey,
    Json { value: new, hash }: Json<NewMacroRun>,
) -> web::Result<Response> {
    check_lengths(0, new.attachments.len())?;
    let asked = Asked {
        seen: new.ticket_version.map(IfMatch),
        version: new.version,
        reply: new.reply.map(String::from),
        last_seen: new.last_seen_message_id,
        client_id: new.client_id.map(String::from),
        attachments: new.attachments,
    };
    created_once(&cx, "runMacro", key, hash, move |tx, cx| {
        let ran = running::run(tx, cx, id, new.macro_id, &asked)?;
        let ticket = one_ticket_out(tx, cx, ran.ticket)?;
        let shape = MacroRunOut { macro_id: ran.id, version: ran.version, ticket };
        Ok(Made { shape, version: None, id: Some(id.uuid()) })
    })
    .await
}
