//! What a caller proved to be, so that a long answer can check it again while it goes on.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use base::{Result, Time};
use http::request::Parts;
use uuid::Uuid;
use web::Problem;

use super::credentials::{Belongings, by_session, by_token};
use super::identity::{verify, widget};
use crate::access::Actor;
use crate::accounts::SIGN_IN_FIRST;
use crate::house::House;
use crate::nouns::WorkspaceId;

/// How the caller proved it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofKind {
    /// A session cookie.
    Session,
    /// An API token.
    Token,
}

/// A credential that held when the request came.
#[derive(Clone)]
pub struct Proof {
    /// How.
    pub kind: ProofKind,
    /// The token, or the member behind the session; limits count by it.
    pub id: Uuid,
    /// When it ends at the latest.
    pub expires_at: Option<Time>,
    pub(super) hash: [u8; 32],
    pub(super) belongings: Arc<Belongings>,
}

impl Proof {
    /// The actor behind the credential now; `None` when it holds no longer.
    pub async fn check(&self, house: &Arc<House>) -> Result<Option<Actor>> {
        let (proof, reader) = (self.clone(), house.clone());
        house
            .db
            .read(Uuid::nil(), move |tx| match proof.kind {
                ProofKind::Session => Ok(by_session(tx, &proof.belongings, &reader, &proof.hash)?.map(|found| found.0)),
                ProofKind::Token => {
                    let now = reader.env.now();
                    let found = by_token(tx, &proof.belongings, &reader.policy, &proof.hash, now)?;
                    Ok(found.map(|found| found.actor))
                }
            })
            .await
    }
}

/// What a visitor of a widget proved: the widget's key, and the host app's signature where there is one.
#[derive(Clone)]
pub struct VisitorProof {
    /// What stands for the visitor when counting.
    pub id: Uuid,
    pub(super) workspace: WorkspaceId,
    pub(super) key: String,
    pub(super) identity: Option<String>,
}

impl VisitorProof {
    /// Whether the key and the signature still hold.
    pub async fn holds(&self, house: &Arc<House>) -> Result<bool> {
        let (proof, reader) = (self.clone(), house.clone());
        let read = move |tx: &mut db::Tx<'_>| widget(tx, &reader.secrets, &proof.key, proof.identity.is_some());
        let Some(found) = house.db.read(Uuid::nil(), read).await? else { return Ok(false) };
        let is_signed = |token: &String| verify(token, &found.keys, house.env.now()).is_ok();
        Ok(found.workspace == self.workspace && self.identity.as_ref().is_none_or(is_signed))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for VisitorProof {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<VisitorProof, Problem> {
        let proof = parts.extensions.get::<VisitorProof>().cloned();
        proof.ok_or_else(|| SIGN_IN_FIRST.error().into())
    }
}

/// Route functions take the proof that the gate left in the request.
impl<S: Send + Sync> FromRequestParts<S> for Proof {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Proof, Problem> {
        let proof = parts.extensions.get::<Proof>().cloned();
        proof.ok_or_else(|| SIGN_IN_FIRST.error().into())
    }
}
