//! The doors of what is held back: looking at it, deleting it, what the filter is to do.

use base::{Cursor, Page, Time};
use serde::{Deserialize, Serialize};
use trust::nouns::{CustomerId, Ticket as TicketNoun, TicketId};
use trust::{Cx, PageQuery};
use utoipa::{IntoParams, ToSchema};
use web::{Access, IfMatch, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::cause::SpamCause;
use super::entry::{self, Entry};
use super::learning::learn;
use super::settings::{self, SpamSettings};
use crate::tickets::Channel;
use crate::uploads::{AttachmentOut, attachments_of};

const QUARANTINE: &str = "/api/v1/quarantine";
const HELD: Access = Access::Member("tickets:delete");

pub(super) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, QUARANTINE, "listQuarantine", HELD, list)
            .about("What was held back instead of becoming a ticket, newest first.")
            .query::<HeldQuery>()
            .gives::<Page<HeldOut>>(200),
        Op::new(Method::Get, "/api/v1/quarantine/counts", "countQuarantine", HELD, counts)
            .about("How much is held back, by cause.")
            .gives::<HeldCounts>(200),
        Op::new(Method::Get, "/api/v1/quarantine/{id}", "getQuarantined", HELD, get)
            .about("Reads a whole message that was held back, as plain text, and which files came with it.")
            .gives::<HeldOut>(200),
        Op::new(Method::Delete, "/api/v1/quarantine/{id}", "deleteQuarantined", HELD, remove)
            .about("Deletes a message that was held back; the filter learns that it is spam."),
        Op::new(Method::Get, "/api/v1/spam-settings", "getSpamSettings", Access::Member("settings:read"), get_settings)
            .about("What the filter does, and how much it has learned.")
            .gives::<SpamSettingsOut>(200),
        Op::new(
            Method::Put,
            "/api/v1/spam-settings",
            "setSpamSettings",
            Access::Member("settings:write"),
            set_settings,
        )
        .about("Sets what the filter does.")
        .takes::<NewSpamSettings>()
        .versioned()
        .gives::<SpamSettingsOut>(200),
    ]
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct HeldQuery {
    /// Why they were held back.
    #[param(inline)]
    cause: Option<SpamCause>,
    /// How many items, 1 to 100; 50 when not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[param(max_length = 200)]
    after: Option<String>,
}

/// A message that was held back.
#[derive(Serialize, ToSchema)]
struct HeldOut {
    /// The id of the ticket it would have become, and becomes when it is recovered.
    id: TicketId,
    number: i64,
    cause: SpamCause,
    /// How sure the filter is, 0 to 1, when its words are the cause.
    score: Option<f64>,
    channel: Channel,
    customer_id: CustomerId,
    /// The address the sender typed.
    address: Option<String>,
    /// Where it came from.
    network: Option<String>,
    subject: String,
    /// The message as it came and what its sender added, as plain text; in lists 2,000 characters of it and 200 of each addition.
    body: String,
    /// How many files came with it.
    attachments: i64,
    /// Which files came with it; null in lists.
    files: Option<Vec<HeldFile>>,
    received_at: Time,
    /// When it goes for good.
    purge_at: Time,
}

/// A file that came with a message that was held back. It cannot be downloaded before the message is recovered.
#[derive(Serialize, ToSchema)]
struct HeldFile {
    name: String,
    content_type: String,
    /// In bytes.
    size: i64,
}

/// How much is held back.
#[derive(Serialize, ToSchema)]
struct HeldCounts {
    total: i64,
    causes: Vec<CauseCount>,
}

/// How much is held back for a cause.
#[derive(Serialize, ToSchema)]
struct CauseCount {
    cause: SpamCause,
    count: i64,
}

/// What the filter is to do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSpamSettings {
    /// Whether it guesses; rules about senders hold either way.
    on: bool,
    /// New tickets of one sender in an hour, 1 to 10,000; beyond that it is not heard for one.
    #[schema(minimum = 1, maximum = 10_000)]
    per_hour: i64,
    /// How sure it has to be of its words, 0.5 to 1.
    #[schema(minimum = 0.5, maximum = 1)]
    threshold: f64,
}

/// What the filter does.
#[derive(Serialize, ToSchema)]
struct SpamSettingsOut {
    /// Whether it guesses; rules about senders hold either way.
    on: bool,
    /// New tickets of one sender in an hour.
    per_hour: i64,
    /// How sure it has to be of its words.
    threshold: f64,
    /// Messages it learned are spam; it judges by words from five on.
    spam_learned: i64,
    /// Messages it learned are not; it judges by words from five on.
    fine_learned: i64,
    /// The version, for `If-Match`; 0 until somebody sets it.
    version: i64,
}

fn drawn(entry: Entry) -> HeldOut {
    let (body, attachments) = (entry.text(), entry.files());
    HeldOut {
        id: entry.id,
        number: entry.number,
        cause: entry.cause,
        score: entry.score,
        channel: entry.channel,
        customer_id: entry.customer,
        address: entry.address.map(base::Personal::into_inner),
        network: entry.network.map(base::Personal::into_inner),
        subject: entry.subject.into_inner(),
        body,
        attachments,
        files: None,
        received_at: entry.received_at,
        purge_at: entry.purge_at,
    }
}

async fn list(cx: Cx, Query(asked): Query<HeldQuery>) -> web::Result<Reply<Page<HeldOut>>> {
    let page = PageQuery { limit: asked.limit, after: asked.after };
    let (limit, after): (usize, Option<Cursor>) = (page.limit()?, page.cursor()?);
    let found = cx.read(move |tx, cx| entry::list(tx, cx, asked.cause, after, limit)).await?;
    Ok(Reply::new(found.map(drawn)))
}

async fn counts(cx: Cx) -> web::Result<Reply<HeldCounts>> {
    let found = cx.read(entry::counts).await?;
    let total = found.iter().map(|(_, count)| count).sum();
    let causes = found.into_iter().map(|(cause, count)| CauseCount { cause, count }).collect();
    Ok(Reply::new(HeldCounts { total, causes }))
}

async fn get(cx: Cx, PathId(id): PathId<TicketNoun>) -> web::Result<Reply<HeldOut>> {
    let found = cx.read(move |tx, cx| {
        let entry = entry::find(tx, cx, id)?.ok_or_else(|| web::NOT_FOUND.error())?;
        let mut files = attachments_of(tx, cx, id, &entry.messages())?;
        let files = entry.messages().iter().flat_map(|message| files.remove(message).unwrap_or_default()).collect();
        Ok((entry, files))
    });
    let (entry, files): (Entry, Vec<AttachmentOut>) = found.await?;
    let named =
        files.into_iter().map(|AttachmentOut { name, content_type, size, .. }| HeldFile { name, content_type, size });
    Ok(Reply::new(HeldOut { files: Some(named.collect()), ..drawn(entry) }))
}

async fn remove(cx: Cx, PathId(id): PathId<TicketNoun>) -> web::Result<NoContent> {
    let removed = cx.write(move |tx, cx| {
        let entry = entry::find_locked(tx, cx, id)?.ok_or_else(|| web::NOT_FOUND.error())?;
        learn(tx, cx, id, entry.subject.reveal(), &entry.text(), true)?;
        entry::remove(tx, cx, &entry, false)
    });
    removed.await?;
    Ok(NoContent)
}

fn settings_out(settings: SpamSettings) -> Reply<SpamSettingsOut> {
    let SpamSettings { is_on, per_hour, threshold, spam_learned, fine_learned, version } = settings;
    Reply::versioned(SpamSettingsOut { on: is_on, per_hour, threshold, spam_learned, fine_learned, version }, version)
}

async fn get_settings(cx: Cx) -> web::Result<Reply<SpamSettingsOut>> {
    Ok(settings_out(cx.read(settings::find).await?))
}

async fn set_settings(
    cx: Cx,
    seen: IfMatch,
    Json { value: new, .. }: Json<NewSpamSettings>,
) -> web::Result<Reply<SpamSettingsOut>> {
    let set = cx.write(move |tx, cx| settings::set(tx, cx, seen, new.on, new.per_hour, new.threshold));
    Ok(settings_out(set.await?))
}
