//! Spam: what is held back instead of becoming a ticket, why, and how it comes out again.
//! Invariants: nothing that was held back is lost before its time; its sender gets the answer everybody gets; who has an
//! open ticket, or was answered before, is held back by a rule of the workspace only, never by a guess.

mod automatic;
mod bayes;
mod brakes;
mod cause;
mod entry;
mod judging;
mod learning;
mod links;
mod marking;
mod mine;
mod more;
mod purging;
mod routes;
mod rule_routes;
mod rules;
mod settings;
mod trying;

pub(crate) use automatic::check_automatic_reply;
pub use automatic::{REPLIED_ALREADY, is_automatic, may_reply_automatically};
pub use brakes::{Brakes, Pressure};
pub use cause::{SpamCause, Verdict};
pub use entry::{Entry, list_query};
pub(crate) use judging::check_more;
pub use judging::{Signs, judge};
pub use learning::{learn, learn_of_ticket};
pub use rules::{RuleKind, SenderRule};

pub(crate) use entry::{find, find_locked, hold, remove};
pub(crate) use learning::kinds as learning_kinds;
pub(crate) use mine::{held_list, held_locked, write_more};
pub(crate) use purging::{PERSONAL, SCHEDULES, kinds as purging_kinds};
pub(crate) use rules::allow;

use base::{Code, Kind};

base::noun! {
    /// A rule about senders.
    Rule, SenderRuleId, "sdr"
}

/// The prefix of a rule's id.
pub(crate) const PREFIX: &str = <Rule as base::Noun>::PREFIX;

/// The value of a rule does not fit its kind.
pub static BAD_SENDER: Code = Code::new(
    Kind::Unprocessable,
    "bad_sender",
    "This does not name senders of that kind.",
    "Write an address, a domain as `example.com`, a network as `203.0.113.0/24`, or a visitor's id.",
);
/// There is a rule about this sender.
pub static SENDER_RULE_TAKEN: Code =
    Code::new(Kind::Conflict, "sender_rule_taken", "There is a rule about this sender.", "Remove that rule first.");
/// There are too many rules.
pub static TOO_MANY_SENDER_RULES: Code = Code::new(
    Kind::Conflict,
    "too_many_sender_rules",
    "A workspace has at most 5,000 rules about senders.",
    "Remove some, or block a domain or network instead of many addresses.",
);
/// A sender wrote more than is taken for now.
pub static WRITTEN_ENOUGH: Code = Code::new(
    Kind::TooMany,
    "written_enough",
    "You have written more than we can read for now.",
    "Wait until somebody has answered, or write again in an hour.",
);

/// The codes of this slice.
pub(crate) static CODES: &[&Code] =
    &[&REPLIED_ALREADY, &WRITTEN_ENOUGH, &BAD_SENDER, &SENDER_RULE_TAKEN, &TOO_MANY_SENDER_RULES];

pub(crate) fn operations() -> Vec<web::Op> {
    let mut ops = routes::operations();
    ops.extend(rule_routes::operations());
    ops.extend(mine::operations());
    ops.extend(marking::operations());
    ops.extend(trying::operations());
    ops
}
