//! The feed, live: what was missed is read from the database, then frames of the bus follow, judged in memory.
//! Rule: a stream holds no more than one batch; who falls behind is read to again from the cursor.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use base::{Result, Time};
use bus::{Heard, Listener};
use bytes::Bytes;
use futures_util::Stream;
use http::{HeaderName, HeaderValue, header};

use super::places::Place;
use super::shapes::EventOut;
use crate::doors::Proof;
use crate::house::Cx;
use crate::log::{EventCursor, SealedBatch, SealedEvent, latest, since};

/// Seconds without a frame before a comment keeps the connection alive.
const BEAT: i64 = 15;
/// Seconds between two looks at the caller's credential.
const CHECK: i64 = 60;
/// Events read from the database at once.
const PAGE: usize = 200;

/// Frames of server-sent events (HTML standard, section 9.2) on their way out.
#[derive(Default)]
pub struct Frame(String);

impl Frame {
    /// Adds an event; `data` is one line.
    pub fn event(&mut self, id: &str, event: &str, data: &str) {
        for part in ["id: ", id, "\nevent: ", event, "\ndata: ", data, "\n\n"] {
            self.0.push_str(part);
        }
    }

    /// Adds a comment, which keeps the connection alive and which readers skip.
    pub fn comment(&mut self) {
        self.0.push_str(":\n\n");
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Frame> for Bytes {
    fn from(frame: Frame) -> Bytes {
        Bytes::from(frame.0)
    }
}

/// The answer that streams these frames.
pub fn event_stream(frames: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    use futures_util::StreamExt;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(frames.map(Ok::<_, Infallible>))).into_response()
}

/// One reader who follows the log.
struct Follower {
    cx: Cx,
    proof: Proof,
    listener: Listener<SealedBatch>,
    cursor: EventCursor,
    is_behind: bool,
    sent_at: Time,
    checked_at: Time,
    _place: Place,
}

/// Opens a stream from a cursor, or from now.
pub(super) async fn open(cx: Cx, proof: Proof, from: Option<EventCursor>) -> Result<Response> {
    let place = Place::take(proof.id, &cx.house().settings)?;
    // Listening comes before the first look, so that nothing falls between the two.
    let listener = cx.house().bus.listen(cx.workspace().uuid());
    let cell = i64::from(cx.cell().get());
    let start = move |tx: &mut db::Tx<'_>, cx: &Cx| match from {
        // Reading one event refuses a cursor that is too old before the stream begins.
        Some(cursor) => since(tx, &cx.reach, cursor, 1).map(|_| cursor),
        None => Ok(EventCursor { cell, seq: latest(tx, &cx.reach, cell)?.0 }),
    };
    let cursor = cx.read(start).await?;
    let now = cx.env().now();
    let follower =
        Follower { listener, cursor, is_behind: true, sent_at: now, checked_at: now, _place: place, cx, proof };
    let hello = futures_util::stream::once(std::future::ready(hello(cursor)));
    let frames = futures_util::stream::unfold(follower, Follower::next);
    Ok(event_stream(futures_util::StreamExt::chain(hello, frames)))
}

fn hello(cursor: EventCursor) -> Bytes {
    let id = cursor.encode();
    let mut frame = Frame::default();
    frame.event(&id, "hello", &format!("{{\"cursor\":\"{id}\"}}"));
    frame.into()
}

impl Follower {
    /// The next frames; `None` ends the stream.
    async fn next(mut self) -> Option<(Bytes, Follower)> {
        loop {
            if !self.still_holds().await {
                return None;
            }
            let frame = if self.is_behind { self.catch_up().await? } else { self.follow().await? };
            if !frame.is_empty() {
                self.sent_at = self.cx.env().now();
                return Some((frame.into(), self));
            }
        }
    }

    /// Looks at the credential once a minute: revoked, or with another role or reach, the stream ends.
    async fn still_holds(&mut self) -> bool {
        let now = self.cx.env().now();
        if now < self.checked_at.plus_seconds(CHECK) {
            return true;
        }
        self.checked_at = now;
        let found = self.proof.check(self.cx.house()).await.ok().flatten();
        let own = &self.cx.actor;
        found.is_some_and(|actor| actor.who == own.who && actor.rights == own.rights)
    }

    async fn catch_up(&mut self) -> Option<Frame> {
        let cursor = self.cursor;
        let read = self.cx.read(move |tx, cx| since(tx, &cx.reach, cursor, PAGE));
        let feed = read.await.ok()?;
        if feed.events.iter().any(|event| self.is_about_caller(event)) {
            self.checked_at = Time::default();
            if !self.still_holds().await {
                return None;
            }
        }
        self.is_behind = feed.upto > cursor.seq;
        self.cursor.seq = feed.upto;
        Some(self.frames(feed.events.iter()))
    }

    async fn follow(&mut self) -> Option<Frame> {
        let quiet = self.cx.env().now().micros_since(self.sent_at);
        let left = u64::try_from(BEAT * 1_000_000 - quiet).unwrap_or(0);
        match tokio::time::timeout(Duration::from_micros(left), self.listener.next()).await {
            Err(_) => {
                let mut beat = Frame::default();
                beat.comment();
                Some(beat)
            }
            Ok(Heard::Frame(batch)) => Some(self.hear(&batch)),
            Ok(Heard::Missed) => {
                self.is_behind = true;
                Some(Frame::default())
            }
            Ok(Heard::Closed) => None,
        }
    }

    fn hear(&mut self, batch: &SealedBatch) -> Frame {
        let after = self.cursor.seq;
        let (Some(first), Some(last)) = (batch.events.first(), batch.events.last()) else {
            return Frame::default();
        };
        if batch.cell != self.cursor.cell || last.seq <= after {
            return Frame::default();
        }
        let is_own = |event: &SealedEvent| self.is_about_caller(event);
        if first.seq > after + 1 || batch.events.iter().any(is_own) {
            // Read from the database, after another look at the credential.
            self.is_behind = true;
            self.checked_at = Time::default();
            return Frame::default();
        }
        self.cursor.seq = last.seq;
        let reach = &self.cx.reach;
        let seen = batch.events.iter().filter(|event| event.seq > after && reach.sees(&event.audience));
        self.frames(seen)
    }

    fn is_about_caller(&self, event: &SealedEvent) -> bool {
        let member = self.cx.actor.member().map(|member| member.id.uuid());
        event.subject == self.proof.id || Some(event.subject) == member
    }

    fn frames<'e>(&self, events: impl Iterator<Item = &'e SealedEvent>) -> Frame {
        let mut frame = Frame::default();
        for event in events {
            let out = EventOut::new(&self.cx.house().prefixes, event, self.cursor.cell);
            let id = out.cursor.as_deref().unwrap_or_default();
            if let Ok(data) = serde_json::to_string(&out) {
                frame.event(id, &event.kind, &data);
            }
        }
        frame
    }
}
