//! The gate of the router: credentials in headers become an actor in the request's extensions.
//! Rule: a cookie opens writing doors only from the console's own origin; nothing is taken from the URL.

use std::pin::Pin;
use std::sync::Arc;

use base::{Code, Kind, Result};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use web::{Access, Admitted, Gate, OpMeta};

use super::credentials::{Belongings, TokenFound, by_session, by_token};
use super::identity::{UNKNOWN_WIDGET, WRONG_ORIGIN, verify, widget};
use super::proof::{Proof, ProofKind, VisitorProof};
use super::shown::Shown;
use super::uses::Uses;
use crate::access::{Actor, Guest, Right, Rights, Via, Who};
use crate::accounts::SIGN_IN_FIRST;
use crate::accounts::session::{Session, hash_secret, secret_of};
use crate::house::{Cx, House};
use crate::log::Outcome;
use crate::nouns::WorkspaceId;

/// A write came with a cookie from somewhere else.
pub static CROSS_SITE: Code = Code::new(
    Kind::Forbidden,
    "cross_site",
    "A session cookie changes things only from the console itself.",
    "Use an API token in `Authorization` instead.",
);

/// The gate over a house.
pub struct TrustGate {
    house: Arc<House>,
    belongings: Arc<Belongings>,
    uses: Uses,
    shown: Shown,
}

impl TrustGate {
    /// A gate over a house.
    pub fn new(house: Arc<House>) -> TrustGate {
        TrustGate { house, belongings: Arc::default(), uses: Uses::default(), shown: Shown::default() }
    }

    async fn enter(&self, parts: &mut Parts, meta: &OpMeta) -> Result<Admitted> {
        match meta.access {
            Access::Public => {
                parts.extensions.insert(self.house.clone());
                Ok(Admitted { key: None, is_visitor: false })
            }
            Access::Member(right) => self.enter_member(parts, meta, right).await,
            Access::Widget => self.enter_guest(parts, false).await,
            Access::Customer => self.enter_guest(parts, true).await,
        }
    }

    async fn enter_member(&self, parts: &mut Parts, meta: &OpMeta, right: &'static str) -> Result<Admitted> {
        let found = match bearer(&parts.headers, "Bearer ") {
            Some(token) => self.by_token(token).await,
            None => self.by_session(parts, meta).await,
        };
        let (actor, proof) = found.inspect_err(|_| self.forget_shown(parts))?;
        self.shown.note(proof.hash, self.house.env.now());
        let key = proof.id.into_bytes();
        if let Some(right) = Right::from_word(right)
            && let Err(refusal) = actor.rights.require(right)
        {
            self.house.access_log.note(&actor, meta.id, None, Outcome::Denied);
            return Err(refusal);
        }
        parts.extensions.insert(Cx::new(self.house.clone(), actor));
        parts.extensions.insert(proof);
        Ok(Admitted { key: Some(key), is_visitor: false })
    }

    /// A credential that did not hold is counted by its address the next time.
    fn forget_shown(&self, parts: &Parts) {
        if let Some(hash) = credential(&parts.headers) {
            self.shown.forget(&hash);
        }
    }

    async fn by_token(&self, token: &str) -> Result<(Actor, Proof)> {
        let hash = hash_secret(token);
        let found = self.token_of(hash).await?;
        self.uses.note(&self.house, found.actor.workspace, found.token);
        let proof = Proof {
            kind: ProofKind::Token,
            id: found.token.uuid(),
            expires_at: found.expires_at,
            hash,
            belongings: self.belongings.clone(),
        };
        Ok((found.actor, proof))
    }

    async fn token_of(&self, hash: [u8; 32]) -> Result<TokenFound> {
        let now = self.house.env.now();
        let (known, age) = self.house.known.find(&hash, now);
        if let Some(known) = known {
            return Ok(known);
        }
        let (house, belongings) = (self.house.clone(), self.belongings.clone());
        let read = move |tx: &mut db::Tx<'_>| by_token(tx, &belongings, &house.policy, &hash, now);
        let found = self.house.db.read(uuid::Uuid::nil(), read).await?.ok_or_else(|| SIGN_IN_FIRST.error())?;
        self.house.known.remember(hash, now, &found, age);
        Ok(found)
    }

    async fn by_session(&self, parts: &mut Parts, meta: &OpMeta) -> Result<(Actor, Proof)> {
        let secret = secret_of(&parts.headers).ok_or_else(|| SIGN_IN_FIRST.error())?;
        if meta.method.is_write() && !is_same_origin(&parts.headers) {
            return Err(CROSS_SITE.error());
        }
        let hash = hash_secret(secret);
        let (house, belongings) = (self.house.clone(), self.belongings.clone());
        let found = self.house.db.read(uuid::Uuid::nil(), move |tx| by_session(tx, &belongings, &house, &hash));
        let (actor, session) = found.await?.ok_or_else(|| SIGN_IN_FIRST.error())?;
        let now = self.house.env.now();
        if session.is_stale(now) {
            let touch = move |tx: &mut db::Tx<'_>| Session::touch(tx, &hash, now);
            self.house.db.write(uuid::Uuid::nil(), touch).await?;
        }
        let proof = Proof {
            kind: ProofKind::Session,
            id: session.member.uuid(),
            expires_at: Some(session.expires_at),
            hash,
            belongings: self.belongings.clone(),
        };
        Ok((actor, proof))
    }

    async fn enter_guest(&self, parts: &mut Parts, must_be_known: bool) -> Result<Admitted> {
        let key = text(&parts.headers, "x-widget-key").ok_or_else(|| UNKNOWN_WIDGET.error())?.to_owned();
        let identity = bearer(&parts.headers, "Bearer ").map(str::to_owned);
        let (house, needs_keys) = (self.house.clone(), identity.is_some());
        let (sent, signed) = (key.clone(), identity.clone());
        let found = self.house.db.read(uuid::Uuid::nil(), move |tx| widget(tx, &house.secrets, &key, needs_keys));
        let found = found.await?.ok_or_else(|| UNKNOWN_WIDGET.error())?;
        if let Some(origin) = text(&parts.headers, "origin")
            && !found.origins.iter().any(|allowed| allowed == origin)
        {
            self.house.access_log.refused(found.workspace, Via::Widget, "widget.wrong_origin", None);
            return Err(WRONG_ORIGIN.error());
        }
        let guest = match (identity, bearer(&parts.headers, "Visitor ")) {
            (Some(token), _) => {
                let verified = verify(&token, &found.keys, self.house.env.now());
                let refused = || self.house.access_log.refused(found.workspace, Via::Widget, "identity.refused", None);
                Guest::Identified(verified.inspect_err(|_| refused())?)
            }
            (None, Some(device)) => Guest::Device(hash_secret(device)),
            (None, None) if must_be_known => return Err(SIGN_IN_FIRST.error()),
            (None, None) => Guest::Nobody,
        };
        let key = limit_key(found.workspace, &guest);
        if let Some(own) = key {
            let (id, workspace) = (uuid::Uuid::from_bytes(own), found.workspace);
            parts.extensions.insert(VisitorProof { id, workspace, key: sent, identity: signed });
        }
        let actor =
            Actor { workspace: found.workspace, who: Who::Guest(guest), rights: Rights::NONE, via: Via::Widget };
        parts.extensions.insert(Cx::new(self.house.clone(), actor));
        Ok(Admitted { key, is_visitor: true })
    }
}

impl Gate for TrustGate {
    fn admit<'r>(
        &'r self,
        parts: &'r mut Parts,
        meta: &'r OpMeta,
    ) -> Pin<Box<dyn Future<Output = Result<Admitted>> + Send + 'r>> {
        Box::pin(self.enter(parts, meta))
    }

    fn knows(&self, parts: &Parts, meta: &OpMeta) -> bool {
        matches!(meta.access, Access::Member(_))
            && credential(&parts.headers).is_some_and(|hash| self.shown.holds(&hash, self.house.env.now()))
    }

    fn cross_origin(&self, parts: &Parts) -> Vec<(HeaderName, HeaderValue)> {
        let path = parts.uri.path();
        let is_widget = ["/api/v1/me", "/api/v1/help/", "/widget/"].iter().any(|start| path.starts_with(start));
        let Some(origin) = parts.headers.get(header::ORIGIN).filter(|_| is_widget) else {
            return Vec::new();
        };
        // No cookies are involved, so an answer read by a page is one its visitor's own token opened.
        vec![
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()),
            (header::VARY, HeaderValue::from_static("Origin")),
            (
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                HeaderValue::from_static("authorization, content-type, x-widget-key, x-filename, last-event-id"),
            ),
            // A page reads other headers only when it is told that it may: when to come again is one of them.
            (
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                HeaderValue::from_static("retry-after, etag, location, idempotency-replayed"),
            ),
            (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PATCH")),
            (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600")),
        ]
    }
}

/// What a guest is counted by: ids that host apps give are told apart by workspace.
fn limit_key(workspace: WorkspaceId, guest: &Guest) -> Option<[u8; 16]> {
    let hash = match guest {
        Guest::Identified(identity) => hash_secret(&format!("{workspace} {}", identity.subject)),
        Guest::Device(hash) => *hash,
        Guest::Nobody => return None,
    };
    hash.first_chunk::<16>().copied()
}

/// The hash of the token or session secret of a request.
fn credential(headers: &HeaderMap) -> Option<[u8; 32]> {
    bearer(headers, "Bearer ").or_else(|| secret_of(headers)).map(hash_secret)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn bearer<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    text(headers, "authorization")?.strip_prefix(scheme).map(str::trim)
}

/// Whether a browser says that the request comes from a page of this very host.
fn is_same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = text(headers, "sec-fetch-site") {
        return site == "same-origin";
    }
    let host = text(headers, "host");
    let origin = text(headers, "origin").and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    host.is_some() && origin == host
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Identity;

    #[test]
    fn the_same_id_in_two_workspaces_is_counted_apart() {
        let guest = Guest::Identified(Identity { subject: "u-1".to_owned(), email: None, name: None });
        let of = |number: u128| limit_key(WorkspaceId::from_uuid(uuid::Uuid::from_u128(number)), &guest);
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }
}
