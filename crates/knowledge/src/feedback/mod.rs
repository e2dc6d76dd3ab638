//! What readers say of articles, and what becomes of it: votes per version, and tasks to look again.
//! Rule: of one article at most one review is open for each reason; the database itself sees to it.

pub(crate) mod personal;
mod reviews;
pub(crate) mod routes;
mod voting;
mod wilson;

pub use reviews::{ReviewReason, confirm, open_stale, review_query};
pub use voting::{NewVote, VoteReason, vote};
pub use wilson::interval;

pub(crate) use reviews::{STALE, close_reviews, close_votes_review};
pub(crate) use voting::{Verdict, verdicts};
