//! What every verb stands on: the database, the clock, the policies, the log, and who is acting.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use base::{CellNumber, Env, Id, Result};
use bus::Bus;
use db::{Db, Tx};
use http::request::Parts;
use web::Problem;

use crate::access::{Actor, Policy, Reach, Right, Via, Who};
use crate::accounts::SIGN_IN_FIRST;
use crate::domain::PersonalData;
use crate::doors::Known;
use crate::log::{AccessLog, HeadFile, Origin, Outcome, Reaction, SealedBatch};
use crate::nouns::{CustomerId, WorkspaceId};
use crate::remembered::{Remembered, SettingsChanged};
use crate::rooms::Rooms;
use crate::secrets::Secrets;
use crate::settings::{Retention, TrustSettings};

/// The parts of a running process that verbs need.
pub struct House {
    /// The database.
    pub db: Db,
    /// Clock and randomness.
    pub env: Env,
    /// The policies.
    pub policy: Policy,
    /// What is told after sealing.
    pub bus: Bus<SealedBatch>,
    /// Token actors that were looked up a moment ago.
    pub known: Known,
    /// Settings of workspaces that were read a moment ago.
    pub remembered: Remembered,
    /// What domains keep in memory.
    pub rooms: Rooms,
    /// The access log.
    pub access_log: AccessLog,
    /// The signed heads.
    pub heads: HeadFile,
    /// The master key.
    pub secrets: Secrets,
    /// The cell this process serves.
    pub cell: CellNumber,
    /// Settings of this floor.
    pub settings: TrustSettings,
    /// How long things are kept.
    pub retention: Retention,
    /// The prefixes of ids of every domain.
    pub prefixes: Vec<(&'static str, &'static str)>,
    /// The personal data of every domain, highest floor first.
    pub personal: Vec<PersonalData>,
    /// The one client that calls addresses somebody else chose; only jobs use it.
    pub outbound: web::Outbound,
    /// What domains do in the transaction of an event.
    pub reactions: Vec<Reaction>,
}

/// The event at the start of a chain of rules, and how long the chain is by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cause {
    /// What the first event happened to.
    pub subject: uuid::Uuid,
    /// Its place in the subject's order.
    pub seq: i64,
    /// How many rules stand between it and the action.
    pub depth: u32,
}

/// Who acts, what they may see, and the house they act in.
#[derive(Clone)]
pub struct Cx {
    /// Who acts.
    pub actor: Actor,
    /// What they may see.
    pub reach: Reach,
    /// Where the events of this action come from.
    pub origin: Origin,
    /// What set the action off, when a rule does it.
    pub cause: Option<Cause>,
    house: Arc<House>,
}

impl Cx {
    /// An actor in a house.
    pub fn new(house: Arc<House>, actor: Actor) -> Cx {
        let reach = actor.reach();
        Cx { actor, reach, origin: Origin::Live, cause: None, house }
    }

    /// The house itself, acting in a workspace.
    pub fn of_house(house: &Arc<House>, workspace: WorkspaceId, via: Via) -> Cx {
        Cx::new(house.clone(), Actor::house(workspace, via))
    }

    /// The same action with events of another origin.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Cx {
        self.origin = origin;
        self
    }

    /// The same action as part of a chain of rules.
    #[must_use]
    pub fn because_of(mut self, cause: Cause) -> Cx {
        self.cause = Some(cause);
        self
    }

    /// The same request, acting as a customer that was found for it.
    #[must_use]
    pub fn as_customer(&self, customer: CustomerId) -> Cx {
        self.as_person(customer, [customer])
    }

    /// The same request, acting as a customer, with what is about any of the customers that are this person.
    #[must_use]
    pub fn as_person(&self, customer: CustomerId, person: impl IntoIterator<Item = CustomerId>) -> Cx {
        let mut cx = self.clone();
        cx.actor.who = Who::Customer(customer);
        cx.reach = Reach::of_customer(cx.workspace(), person);
        cx
    }

    /// The house.
    pub fn house(&self) -> &Arc<House> {
        &self.house
    }

    /// The workspace.
    pub fn workspace(&self) -> WorkspaceId {
        self.actor.workspace
    }

    /// Clock and randomness.
    pub fn env(&self) -> &Env {
        &self.house.env
    }

    /// The cell.
    pub fn cell(&self) -> CellNumber {
        self.house.cell
    }

    /// A new id of now.
    pub fn new_id<N>(&self) -> Id<N> {
        Id::new(self.env(), self.cell())
    }

    /// Refuses when the actor lacks a right.
    pub fn require(&self, right: Right) -> Result<()> {
        let allowed = self.actor.rights.require(right);
        if allowed.is_err() {
            self.note_denied(right.word());
        }
        allowed
    }

    /// Notes in the access log that staff or a token read something of a customer.
    pub fn note_read(&self, action: &'static str, object: Option<uuid::Uuid>) {
        self.house.access_log.read(&self.actor, action, object);
    }

    /// Notes in the access log that the actor was refused.
    pub(crate) fn note_denied(&self, action: &'static str) {
        self.house.access_log.note(&self.actor, action, None, Outcome::Denied);
    }

    /// What the workspace has set for `T`: remembered for a second, so that busy paths do not read it every time.
    /// A verb that changes it calls `forget_settings` in its transaction.
    pub fn remembered<T: Send + Sync + 'static>(
        &self,
        tx: &mut Tx<'_>,
        load: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<Arc<T>> {
        let (workspace, now) = (self.workspace(), self.env().now());
        let (known, age) = self.house.remembered.find::<T>(workspace, now);
        if let Some(known) = known {
            return Ok(known);
        }
        let read = Arc::new(load(tx)?);
        self.house.remembered.remember(workspace, now, &read, age);
        Ok(read)
    }

    /// Whether `T` was read a moment ago, so that `remembered` answers without reading.
    pub fn remembers<T: Send + Sync + 'static>(&self) -> bool {
        self.house.remembered.find::<T>(self.workspace(), self.env().now()).0.is_some()
    }

    /// Makes this process read the workspace's settings again once this transaction is committed.
    pub fn forget_settings(&self, tx: &mut Tx<'_>) {
        tx.tell(SettingsChanged(self.workspace()));
    }

    /// Reads as this actor.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>, &Cx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let cx = self.clone();
        self.house.db.read(self.workspace().uuid(), move |tx| work(tx, &cx)).await
    }

    /// Writes as this actor, in one transaction.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>, &Cx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let cx = self.clone();
        self.house.db.write(self.workspace().uuid(), move |tx| work(tx, &cx)).await
    }
}

/// Route functions take the context that the gate left in the request.
impl<S: Send + Sync> FromRequestParts<S> for Cx {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Cx, Problem> {
        parts.extensions.get::<Cx>().cloned().ok_or_else(|| SIGN_IN_FIRST.error().into())
    }
}
