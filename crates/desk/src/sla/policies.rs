//! The policies of a workspace ready to choose from. Rule: only versions that can be chosen are kept ready; an older one, of a
//! policy or a calendar, is read when the pin of a ticket names it.

use std::collections::HashMap;
use std::sync::Arc;

use base::{Result, Time};
use db::Tx;
use rules::{Condition, Facts, Held};
use trust::Cx;
use trust::nouns::WorkspaceId;

use super::plan::Plan;
use super::policy::{self, Policy};
use super::words::{PolicyId, Promise};
use crate::calendars::{Calendars, Hours};
use crate::facts::OPENED;

/// A policy somebody may be pinned to.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) policy: PolicyId,
    pub(crate) number: i64,
    pub(crate) name: String,
    condition: Option<Condition>,
}

/// How a policy's condition was answered.
pub(crate) struct Asked {
    pub(crate) choice: Choice,
    pub(crate) held: Held,
}

/// What a workspace has promised.
#[derive(Default)]
pub(crate) struct Policies {
    choices: Vec<Choice>,
    promises: HashMap<(PolicyId, i64), Promise>,
    names: HashMap<PolicyId, String>,
    calendars: Calendars,
}

impl Policies {
    /// The policies, read lately, with the calendars of late.
    pub(crate) fn of(tx: &mut Tx<'_>, cx: &Cx) -> Result<Arc<Policies>> {
        cx.remembered(tx, |tx| Policies::load_beside(tx, cx.workspace(), None, Calendars::lately))
    }

    /// Reads them outside the transaction that needs them, unless they were read a moment ago.
    pub(crate) async fn warm(cx: &Cx) -> Result<()> {
        if cx.remembers::<Policies>() { Ok(()) } else { cx.read(|tx, cx| Policies::of(tx, cx).map(drop)).await }
    }

    /// Reads and compiles them, with every version of the calendars. A workspace without policies costs one statement.
    pub(crate) fn load(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Policies> {
        Policies::load_beside(tx, workspace, None, Calendars::load)
    }

    /// Reads and compiles those in force, and one more in its place, whether or not it is in force.
    fn load_beside(
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        asked: Option<PolicyId>,
        calendars: fn(&mut Tx<'_>, WorkspaceId) -> Result<Calendars>,
    ) -> Result<Policies> {
        let known = policy::list(tx, workspace)?;
        if known.is_empty() {
            return Ok(Policies::default());
        }
        let promises = known.iter().map(|policy| ((policy.id, policy.number), policy.promise.clone())).collect();
        let names = known.iter().map(|policy| (policy.id, policy.name.clone())).collect();
        let is_asked = |policy: &Policy| policy.is_active || Some(policy.id) == asked;
        let choices = known.into_iter().filter(is_asked).filter_map(Policies::choice).collect();
        Ok(Policies { choices, promises, names, calendars: calendars(tx, workspace)? })
    }

    /// A policy whose condition was checked when it was saved; one that no longer compiles is left out.
    fn choice(policy: Policy) -> Option<Choice> {
        let condition = match &policy.promise.condition {
            Some(source) => Some(Condition::compile(source, &OPENED).ok()?),
            None => None,
        };
        Some(Choice { policy: policy.id, number: policy.number, name: policy.name, condition })
    }

    /// The policies with one that is not saved in its own place, or as the first.
    pub(crate) fn load_with(
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        policy: PolicyId,
        promise: &Promise,
    ) -> Result<Policies> {
        let mut policies = Policies::load_beside(tx, workspace, Some(policy), Calendars::load)?;
        if policies.is_empty() {
            policies.calendars = Calendars::load(tx, workspace)?;
        }
        Ok(policies.with(policy, promise))
    }

    /// The same with one policy replaced or, as the first, added: for asking what would have been.
    fn with(mut self, policy: PolicyId, promise: &Promise) -> Policies {
        let condition = promise.condition.as_ref().and_then(|source| Condition::compile(source, &OPENED).ok());
        let choice = Choice { policy, number: 0, name: String::new(), condition };
        match self.choices.iter_mut().find(|known| known.policy == policy) {
            Some(known) => *known = choice,
            None => self.choices.insert(0, choice),
        }
        self.promises.insert((policy, 0), promise.clone());
        self
    }

    /// The hours that are promised to everybody: of the first policy in force that asks nothing. What is promised to some is
    /// told to nobody.
    pub(crate) fn hours_for_all(&self, now: Time) -> Option<Arc<Hours>> {
        let for_all = self.choices.iter().find(|choice| choice.condition.is_none())?;
        let found = self.promises.get(&(for_all.policy, for_all.number))?.calendar_id?;
        self.calendars.at(found, now).map(|(_, hours)| hours)
    }

    /// The plan of a pin, whichever version it names, also one that another process has made a moment ago.
    pub(crate) fn plan_of(
        &self,
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        pin: (PolicyId, i64, Time),
    ) -> Result<Option<Plan>> {
        let (policy, number, at) = pin;
        let Some(promise) = self.promise_of(tx, workspace, policy, number)? else { return Ok(None) };
        let older = promise.calendar_id.filter(|id| !self.calendars.reach_back(*id, at));
        Ok(Some(match older {
            Some(id) => Plan::new(&promise, &Calendars::one(tx, workspace, id, at)?, at),
            None => Plan::new(&promise, &self.calendars, at),
        }))
    }

    /// What a policy version says, whichever it is.
    pub(crate) fn promise_of(
        &self,
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        policy: PolicyId,
        number: i64,
    ) -> Result<Option<Promise>> {
        if let Some(known) = self.promises.get(&(policy, number)) {
            return Ok(Some(known.clone()));
        }
        tx.first(
            "SELECT definition FROM sla_policy_version WHERE workspace_id = $1 AND policy_id = $2 AND number = $3",
            &[&workspace, &policy, &number],
            |row| policy::parse(&row.get::<String>(0)?),
        )
    }

    /// Whether nothing was ever promised here.
    pub(crate) fn is_empty(&self) -> bool {
        self.promises.is_empty()
    }

    /// Tells one state of what is promised from another.
    pub(crate) fn basis(&self) -> String {
        let choices = self.choices.iter().map(|choice| format!("{}.{}", choice.policy, choice.number));
        choices.collect::<Vec<_>>().join(",")
    }

    /// Tells one state of the calendars they are measured by from another.
    pub(crate) fn hours_basis(&self) -> String {
        let numbers = self.calendars.numbers().into_iter().map(|(id, number)| format!("{id}.{number}"));
        numbers.collect::<Vec<_>>().join(",")
    }

    /// The first policy whose condition holds.
    pub(crate) fn choose(&self, facts: &Facts) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.condition.as_ref().is_none_or(|asked| asked.holds(facts).is_yes()))
    }

    /// Every policy in order with its answer, as far as the first that holds.
    pub(crate) fn ask(&self, facts: &Facts) -> Vec<Asked> {
        let mut asked = Vec::new();
        for choice in &self.choices {
            let held = choice.condition.as_ref().map_or(Held::Yes, |condition| condition.holds(facts));
            let is_it = held.is_yes();
            asked.push(Asked { choice: choice.clone(), held });
            if is_it {
                break;
            }
        }
        asked
    }

    /// The plan of a policy in force for a ticket that was pinned to it at an instant.
    pub(crate) fn plan(&self, policy: PolicyId, number: i64, at: Time) -> Option<Plan> {
        self.promises.get(&(policy, number)).map(|promise| Plan::new(promise, &self.calendars, at))
    }

    /// What a policy in force says.
    pub(crate) fn promise(&self, policy: PolicyId, number: i64) -> Option<&Promise> {
        self.promises.get(&(policy, number))
    }

    /// What a policy is called.
    pub(crate) fn name(&self, policy: PolicyId) -> &str {
        self.names.get(&policy).map_or("", String::as_str)
    }
}
