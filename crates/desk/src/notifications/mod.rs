//! Notifications: what a member is told inside the console, one per thing.
//! A notice is told, read, and forgotten after ninety days. Invariants: the same thing is told once, or told again as the
//! same notice; nobody reads about a ticket that is out of their reach.

mod forgetting;
mod notice;
mod reacting;
mod routes;

pub(crate) use forgetting::{SCHEDULES, kinds};
pub use notice::{Notice, NoticeKind, Told, list_query, notify, unread_query};
pub(crate) use reacting::react;
pub(crate) use routes::operations;

use base::{Code, Kind};

/// Whoever asks is no member, so there is nothing to tell them.
pub static NO_MEMBER: Code = Code::new(
    Kind::Forbidden,
    "no_member",
    "Only members are told things; a token of the workspace is none.",
    "Sign in, or use a personal token.",
);

base::noun! {
    /// A notice to a member.
    NotificationNoun, NotificationId, "ntf"
}
