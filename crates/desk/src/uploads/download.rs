//! Links to attachments: each carries the moment it ends and a tag of the master key over what it names.

use base::{Result, Time};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use http::{Uri, header};
use trust::nouns::WorkspaceId;
use trust::{Cx, Secrets, TrustSettings};

use super::UploadId;

/// Seconds a link holds.
const HOLDS: i64 = 3600;

/// A link to an attachment, for an hour.
pub(crate) fn link(cx: &Cx, upload: UploadId) -> String {
    let house = cx.house();
    // Whole quarters of an hour keep a link the same for a while, so that browsers can cache what it names.
    let until = (cx.env().now().seconds() + HOLDS).div_euclid(900) * 900 + 900;
    let tag = tag(&house.secrets, cx.workspace(), upload, until);
    let origin = house.settings.attachments_origin.trim_end_matches('/');
    format!("{origin}/attachments/{}/{upload}?until={until}&tag={tag}", cx.workspace())
}

fn tag(secrets: &Secrets, workspace: WorkspaceId, upload: UploadId, until: i64) -> String {
    let (workspace, upload) = (workspace.uuid().into_bytes(), upload.uuid().into_bytes());
    URL_SAFE_NO_PAD.encode(secrets.mac(&[b"attachment", &workspace, &upload, &until.to_be_bytes()]))
}

/// Whether a link's tag fits and has not ended.
pub(crate) fn holds(
    secrets: &Secrets,
    workspace: WorkspaceId,
    upload: UploadId,
    until: i64,
    given: &str,
    now: Time,
) -> Result<bool> {
    use subtle::ConstantTimeEq;
    let expected = tag(secrets, workspace, upload, until);
    Ok(until > now.seconds() && bool::from(expected.as_bytes().ct_eq(given.as_bytes())))
}

/// Whether a request came to the origin of attachments; where that is the console's own, every host will do.
pub(crate) fn is_for(settings: &TrustSettings, parts: &Parts) -> bool {
    let (public, attachments) = (authority(&settings.public_url), authority(&settings.attachments_origin));
    if public == attachments {
        return true;
    }
    let named = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok().map(str::to_lowercase));
    // HTTP/2 says it in the address itself.
    named.or_else(|| parts.uri.authority().map(|host| host.as_str().to_lowercase())) == attachments
}

fn authority(origin: &str) -> Option<String> {
    Some(origin.parse::<Uri>().ok()?.authority()?.as_str().to_lowercase())
}
