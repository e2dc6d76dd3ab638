//! Whoever opens a page of the help centre: nobody in particular, in the workspace whose host it is.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use base::Result;
use http::header;
use http::request::Parts;
use trust::access::{Actor, Guest, Rights, Via, Who};
use trust::{Cx, House};
use web::{INTERNAL, Peer, Problem};

use super::site;

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// A reader of the pages: a context that sees what is open to anybody.
pub struct AtHelp(pub Cx);

impl<S: Send + Sync> FromRequestParts<S> for AtHelp {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<AtHelp, Problem> {
        let missing = || INTERNAL.error().caused_by("the house was not put into the request");
        let house = parts.extensions.get::<Arc<House>>().cloned().ok_or_else(missing)?;
        let named = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = named.or_else(|| parts.uri.host()).unwrap_or_default().to_owned();
        Ok(AtHelp(reader(&house, host).await?))
    }
}

async fn reader(house: &Arc<House>, host: String) -> Result<Cx> {
    let workspace = house.db.read(uuid::Uuid::nil(), move |tx| site::workspace_of(tx, &host)).await?;
    let actor = Actor { workspace, who: Who::Guest(Guest::Nobody), rights: Rights::NONE, via: Via::Widget };
    Ok(Cx::new(house.clone(), actor))
}

/// The address of a reader and the day, as a keyed hash that leads back to nobody; nothing for a call without a network.
pub(crate) fn origin(cx: &Cx, peer: Option<Peer>) -> Option<[u8; 32]> {
    let (address, day) = (peer?.network().to_string(), cx.env().now().micros().div_euclid(DAY));
    let workspace = cx.workspace().uuid();
    let parts: [&[u8]; 4] = [b"origin of votes", workspace.as_bytes(), address.as_bytes(), &day.to_be_bytes()];
    Some(cx.house().secrets.mac(&parts))
}

/// What tells one reader of the pages from another: a keyed hash of address and browser, which leads back to nobody.
pub(crate) fn voter(cx: &Cx, peer: Option<Peer>, browser: &str) -> [u8; 32] {
    let address = peer.map(|peer| peer.network().to_string()).unwrap_or_default();
    let workspace = cx.workspace().uuid();
    cx.house().secrets.mac(&[b"article vote", workspace.as_bytes(), address.as_bytes(), browser.as_bytes()])
}
