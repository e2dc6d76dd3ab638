//! What readers say of articles, and what becomes of it: votes per version, and tasks to look again.
//! Rule: of one article at most one review is open for each reason; the database itself sees to it.

pub(crate) mod personal;
mod reviews;
pub(crate) mod routes;
mod voting;
mod wilson;

pub use reviews::{ReviewReason, confirm, open_stale, review_query};
pub use voting::{NewVote, TOO_MANY_VOTES, VoteReason, vote};
pub use wilson::interval;

pub(crate) use reviews::{STALE, close_reviews, close_votes_review, hand_over};
pub(crate) use voting::{Verdict, verdicts};

/// The codes of this slice.
pub static CODES: &[&base::Code] = &[&TOO_MANY_VOTES];
