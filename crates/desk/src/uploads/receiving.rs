//! Receiving a file: streamed to the store while it is hashed and measured, then kept.
//! Rule: the whole is never in memory; what is refused or broken leaves nothing behind.

use std::time::Duration;

use axum::body::Body;
use base::{Code, Kind, Result};
use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use trust::Cx;
use web::{BROKEN_BODY, INTERNAL, SLOW_BODY};

use super::blobs::{Arrived, BlobKey, Blobs, Incoming, hex};
use super::keeping::{NewUpload, UploadOut, check_room, keep};
use super::naming::name_of;
use super::sniffing::{HEAD, content_type};
use super::sweeping::settle;

/// The file is too large.
pub static UPLOAD_TOO_LARGE: Code = Code::new(
    Kind::TooLarge,
    "upload_too_large",
    "A file takes at most 25 MB.",
    "Send a smaller file, or put it elsewhere and send a link.",
);

/// Bytes of a file at most.
pub(crate) const LARGEST: u64 = 25 * 1024 * 1024;
/// How long a file may take to arrive.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is learned of a file while it passes.
#[derive(Default)]
struct Passing {
    hash: Sha256,
    size: u64,
    head: Vec<u8>,
}

/// Receives the body of a request as an upload of the actor.
pub(crate) async fn receive(cx: Cx, blobs: &Blobs, headers: &HeaderMap, body: Body) -> Result<UploadOut> {
    let name = name_of(headers)?;
    if announced(headers).is_some_and(|size| size > LARGEST) {
        return Err(UPLOAD_TOO_LARGE.error());
    }
    cx.read(check_room).await?;
    let (arrived, passed) = take_in(&cx, blobs, body).await?;
    let claimed = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let new = NewUpload {
        content_type: content_type(&passed.head, &name, claimed),
        name,
        size: i64::try_from(passed.size).unwrap_or(i64::MAX),
        sha256: passed.hash.finalize().into(),
    };
    // From here on it is brought to its end even when the sender hangs up, so that nothing stays half done.
    let ending = tokio::spawn(end(cx, blobs.clone(), arrived, new));
    ending.await.map_err(|error| INTERNAL.error().caused_by(error))?
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn take_in(cx: &Cx, blobs: &Blobs, body: Body) -> Result<(Arrived, Passing)> {
    let mut incoming = blobs.put_stream(&hex(&cx.env().random::<16>())).await?;
    let taken = tokio::time::timeout(PATIENCE, pass(&mut incoming, body)).await;
    match taken.unwrap_or_else(|_| Err(SLOW_BODY.error())) {
        Ok(passed) => Ok((incoming.finish().await?, passed)),
        Err(error) => {
            incoming.abort().await;
            Err(error)
        }
    }
}

async fn pass(incoming: &mut Incoming, body: Body) -> Result<Passing> {
    let mut passing = Passing::default();
    let mut stream = body.into_data_stream();
    while let Some(part) = stream.next().await {
        let part: Bytes = part.map_err(|error| BROKEN_BODY.error().caused_by(error))?;
        passing.note(&part)?;
        incoming.push(part).await?;
    }
    Ok(passing)
}

impl Passing {
    fn note(&mut self, part: &[u8]) -> Result<()> {
        self.size += part.len() as u64;
        if self.size > LARGEST {
            return Err(UPLOAD_TOO_LARGE.error());
        }
        self.hash.update(part);
        let room = HEAD.saturating_sub(self.head.len());
        self.head.extend(part.iter().take(room));
        Ok(())
    }
}

/// Puts the bytes in their place, then writes the row.
async fn end(cx: Cx, blobs: Blobs, arrived: Arrived, new: NewUpload) -> Result<UploadOut> {
    let key = BlobKey { workspace: cx.workspace(), sha256: new.sha256 };
    let kept = publish_and_keep(&cx, &blobs, &arrived, key, new).await;
    arrived.discard().await;
    if kept.is_err()
        && let Err(error) = settle(&cx.house().db, &blobs, key).await
    {
        tracing::warn!(cause = ?error, "a refused upload's blob stays until the next sweep");
    }
    kept
}

async fn publish_and_keep(
    cx: &Cx,
    blobs: &Blobs,
    arrived: &Arrived,
    key: BlobKey,
    new: NewUpload,
) -> Result<UploadOut> {
    arrived.publish(key).await?;
    let kept = cx.write(move |tx, cx| keep(tx, cx, &new)).await?;
    // The same bytes may have left between the two, because no row named them then.
    if !blobs.has(key).await? {
        arrived.publish(key).await?;
    }
    Ok(kept)
}
