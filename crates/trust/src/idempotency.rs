//! A repeated request answers as the first did: `Idempotency-Key` per token (or member signed in) and route, kept 24 hours.
//! Rule: the key is written in the transaction of the work it names, so that neither exists without the other.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use base::{Code, Kind, Result, Time};
use db::{Tx, Unless};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use uuid::Uuid;
use web::{INVALID_HEADER, Problem, etag};

use crate::doors::Proof;
use crate::forgetting::AT_ONCE;
use crate::house::Cx;
use crate::nouns::WorkspaceId;

/// The key was used with another body.
pub static KEY_REUSED: Code = Code::new(
    Kind::Unprocessable,
    "idempotency_key_reused",
    "This idempotency key was used with another body.",
    "Use a new key for a new request.",
);
/// The first request with the key has not ended.
pub static KEY_IN_FLIGHT: Code = Code::new(
    Kind::Conflict,
    "idempotency_in_flight",
    "The first request with this idempotency key has not ended.",
    "Send it again in a moment; the answer will be the first one's.",
);

/// The codes of this part.
pub static CODES: &[&Code] = &[&KEY_REUSED, &KEY_IN_FLIGHT];

/// Seconds a key is kept.
pub const KEPT_SECONDS: i64 = 86_400;

/// The key of a request, if it has one, and what was shown with it: two tokens of one member have keys of their own.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    key: Option<String>,
    shown: Option<Uuid>,
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<IdempotencyKey, Problem> {
        let shown = parts.extensions.get::<Proof>().map(|proof| proof.id);
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(IdempotencyKey { key: None, shown });
        };
        let key = value.to_str().ok().filter(|key| (1..=200).contains(&key.len()));
        let bad = || INVALID_HEADER.because("`Idempotency-Key` takes 1 to 200 visible ASCII characters.");
        key.map(|key| IdempotencyKey { key: Some(key.to_owned()), shown }).ok_or_else(|| bad().into())
    }
}

/// An answer that was given now, or was given before.
struct Given {
    body: String,
    version: Option<i64>,
    id: Option<Uuid>,
    is_replay: bool,
}

/// What a request made.
pub struct Made<T> {
    /// The answer.
    pub shape: T,
    /// Its version, for the `ETag`.
    pub version: Option<i64>,
    /// The id of what was made, by which a kept answer is found when it has to go.
    pub id: Option<Uuid>,
}

/// Does the work once per key and answers 201 with its shape; a repetition answers the same without doing it.
pub async fn created_once<T: Serialize>(
    cx: &Cx,
    route: &'static str,
    IdempotencyKey { key, shown }: IdempotencyKey,
    hash: [u8; 32],
    work: impl Fn(&mut Tx<'_>, &Cx) -> Result<Made<T>> + Send + 'static,
) -> web::Result<Response> {
    let given = cx.write(move |tx, cx| {
        let Some(key) = &key else {
            return first(tx, cx, &work);
        };
        let caller = shown.or(cx.actor.named().1).unwrap_or(Uuid::nil());
        let slot = Slot { caller, route, key, hash };
        match slot.look(tx, cx)? {
            Some(given) => Ok(given),
            None => {
                let given = first(tx, cx, &work)?;
                slot.keep(tx, cx, &given)?;
                Ok(given)
            }
        }
    });
    Ok(answer(given.await?))
}

fn first<T: Serialize>(tx: &mut Tx<'_>, cx: &Cx, work: &impl Fn(&mut Tx<'_>, &Cx) -> Result<Made<T>>) -> Result<Given> {
    let Made { shape, version, id } = work(tx, cx)?;
    let body = serde_json::to_string(&shape).map_err(|error| web::INTERNAL.error().caused_by(error))?;
    Ok(Given { body, version, id, is_replay: false })
}

struct Slot<'k> {
    caller: Uuid,
    route: &'static str,
    key: &'k str,
    hash: [u8; 32],
}

impl Slot<'_> {
    fn look(&self, tx: &mut Tx<'_>, cx: &Cx) -> Result<Option<Given>> {
        let found = tx.first(
            "SELECT body_hash, response, version, created_at FROM idempotency \
             WHERE workspace_id = $1 AND caller = $2 AND route = $3 AND idempotency_key = $4",
            &[&cx.workspace(), &self.caller, &self.route, &self.key],
            |row| Ok((row.get::<[u8; 32]>(0)?, row.get(1)?, row.get(2)?, row.get::<Time>(3)?)),
        )?;
        match found {
            None => Ok(None),
            Some((_, _, _, at)) if at.plus_seconds(KEPT_SECONDS) < cx.env().now() => {
                tx.exec(
                    "DELETE FROM idempotency WHERE workspace_id = $1 AND caller = $2 AND route = $3 AND idempotency_key = $4",
                    &[&cx.workspace(), &self.caller, &self.route, &self.key],
                )?;
                Ok(None)
            }
            Some((hash, _, _, _)) if hash != self.hash => Err(KEY_REUSED.error()),
            Some((_, body, version, _)) => Ok(Some(Given { body, version, id: None, is_replay: true })),
        }
    }

    fn keep(&self, tx: &mut Tx<'_>, cx: &Cx, given: &Given) -> Result<()> {
        // Unless another request with the key was faster: then this one is undone, and its repetition finds the answer.
        tx.exec_later(
            "INSERT INTO idempotency (workspace_id, caller, route, idempotency_key, body_hash, response, version, made_id, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (workspace_id, caller, route, idempotency_key) DO NOTHING",
            &[&cx.workspace(), &self.caller, &self.route, &self.key, &self.hash, &given.body, &given.version, &given.id, &cx.env().now()],
            Unless::touched(|| KEY_IN_FLIGHT.error()),
        )
    }
}

fn answer(given: Given) -> Response {
    let mut answer = (StatusCode::CREATED, given.body).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(version) = given.version {
        headers.insert(header::ETAG, etag(version));
    }
    if given.is_replay {
        headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    answer
}

/// Forgets the kept answers about things that go or are emptied: a repetition makes them anew, or is refused.
pub fn forget_answers(tx: &mut Tx<'_>, workspace: WorkspaceId, made: Uuid) -> Result<u64> {
    tx.exec("DELETE FROM idempotency WHERE workspace_id = $1 AND made_id = $2", &[&workspace, &made])
}

/// Forgets keys older than a day, a bounded number at a time; says how many.
pub(crate) fn forget_old(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    let before = now.plus_seconds(-KEPT_SECONDS);
    // Across workspaces on purpose: a schedule of the house.
    tx.exec(
        "DELETE FROM idempotency WHERE (workspace_id, caller, route, idempotency_key) IN \
         (SELECT workspace_id, caller, route, idempotency_key FROM idempotency WHERE created_at < $1 \
         ORDER BY created_at LIMIT $2)",
        &[&before, &AT_ONCE],
    )
}
