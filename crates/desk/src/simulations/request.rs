//! What is asked of history: one policy, one rule, or the routing rules; looked over as if it were saved.

use std::hash::{DefaultHasher, Hash, Hasher};

use base::{Result, Time};
use db::Tx;
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::nouns::TeamId;

use super::outcome::Found;
use super::page::History;
use super::policies::Promised;
use super::routing;
use super::rules::Ruled;
use crate::automation::{Definition, RuleId, Rules, check_definition, is_known};
use crate::facts::{Asked, Backdrop};
use crate::routing::{DraftRule, Drafts, MOST_RULES, NewRoutingRule, drafts};
use crate::sla::{Policies, PolicyId, Promise, check_promise, is_policy};

/// A question as somebody puts it.
#[derive(Clone)]
pub(super) enum Question {
    /// A policy in the place of one, or before all.
    Policy(Option<PolicyId>, Promise),
    /// A rule in the place of one, or after all.
    Rule(Option<RuleId>, Definition),
    /// All routing rules, and the default team when it is another one.
    Routing(Vec<NewRoutingRule>, Option<TeamId>),
}

/// What is asked of history, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Request {
    /// What a policy would have done, in the place of one that exists or before all of them.
    Policy {
        /// The one it takes the place of, or the id it goes by.
        policy_id: PolicyId,
        /// What it promises.
        promise: Promise,
    },
    /// What a rule would have done, in the place of one that exists or after all of them.
    Rule {
        /// The one it takes the place of, or the id it goes by.
        rule_id: RuleId,
        /// What it says.
        definition: Definition,
    },
    /// Where tickets would have gone by other routing rules.
    Routing {
        /// The rules in their order.
        rules: Vec<DraftRule>,
        /// Where a ticket goes that no rule sends anywhere; as it is set when absent.
        default_team_id: Option<TeamId>,
    },
}

impl Question {
    /// Looks it over, and refuses what could not be saved.
    pub(super) fn checked(self, tx: &mut Tx<'_>, cx: &Cx) -> Result<Request> {
        let unknown = |pointer: &'static str, words: &'static str| {
            Err(web::INVALID_FIELD.error().field(pointer, "unknown", words))
        };
        match self {
            Question::Policy(id, promise) => {
                if let Some(id) = id
                    && !is_policy(tx, cx, id)?
                {
                    return unknown("/policy/policy_id", "is no policy of this workspace");
                }
                check_promise(tx, cx, &promise)?;
                Ok(Request::Policy { policy_id: id.unwrap_or_else(|| cx.new_id()), promise })
            }
            Question::Rule(id, definition) => {
                if let Some(id) = id
                    && !is_known(tx, cx, id)?
                {
                    return unknown("/rule/rule_id", "is no rule of this workspace");
                }
                check_definition(tx, cx, &definition)?;
                Ok(Request::Rule { rule_id: id.unwrap_or_else(|| cx.new_id()), definition })
            }
            Question::Routing(rules, default_team_id) => {
                if rules.len() > MOST_RULES {
                    let words = format!("takes at most {MOST_RULES} rules");
                    return Err(web::INVALID_FIELD.error().field("/routing/rules", "too_many", words));
                }
                if let Some(team) = default_team_id {
                    crate::routing::check_team(tx, cx, team, "/routing/default_team_id")?;
                }
                Ok(Request::Routing { rules: drafts(tx, cx, &rules)?, default_team_id })
            }
        }
    }
}

impl Request {
    /// Its word.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Request::Policy { .. } => "policy",
            Request::Rule { .. } => "rule",
            Request::Routing { .. } => "routing",
        }
    }
}

/// What is in force beside what was asked, ready to look at tickets.
pub(super) enum Compared {
    Promises(Box<Promised>),
    Rules(Ruled),
    Routing(Drafts),
}

impl Compared {
    /// Reads what is in force.
    pub(super) fn load(tx: &mut Tx<'_>, cx: &Cx, request: &Request, as_of: Time) -> Result<Compared> {
        Ok(match request {
            Request::Policy { policy_id, promise } => {
                let before = Policies::load(tx, cx.workspace())?;
                let after = Policies::load_with(tx, cx.workspace(), *policy_id, promise)?;
                Compared::Promises(Box::new(Promised { before, after, as_of }))
            }
            Request::Rule { rule_id, definition } => {
                let (before, after) = Rules::load(tx, cx, *rule_id, definition)?;
                Compared::Rules(Ruled { rule: *rule_id, before, after, as_of })
            }
            Request::Routing { rules, default_team_id } => {
                Compared::Routing(Drafts::new(tx, cx, rules, *default_team_id)?)
            }
        })
    }

    /// Tells one state of what is in force from another.
    pub(super) fn basis(&self) -> String {
        let mut hasher = DefaultHasher::new();
        match self {
            Compared::Promises(promised) => (promised.before.basis(), promised.after.hours_basis()).hash(&mut hasher),
            Compared::Rules(ruled) => ruled.before.basis().hash(&mut hasher),
            Compared::Routing(drafts) => drafts.basis().hash(&mut hasher),
        }
        format!("{:x}", hasher.finish())
    }

    /// What is asked beyond what events carry; `None` when events are enough.
    pub(super) fn asked(&self) -> Option<Asked> {
        match self {
            Compared::Promises(_) => None,
            Compared::Rules(ruled) => Some(ruled.before.asked().and(ruled.after.asked())),
            Compared::Routing(drafts) => Some(drafts.asked()),
        }
    }

    /// Adds a ticket to what was found.
    pub(super) fn add(&self, found: &mut Found, history: &History, backdrop: &Backdrop) {
        match self {
            Compared::Promises(promised) => promised.add(found, history),
            Compared::Rules(ruled) => ruled.add(found, history, backdrop),
            Compared::Routing(drafts) => routing::add(drafts, found, history, backdrop),
        }
    }
}
