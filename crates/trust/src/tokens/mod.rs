//! API tokens: personal ones act as their member, workspace ones as themselves.
//! Rule: a token never holds a right its maker lacks, is shown once, and is stored as a hash.

pub(crate) mod routes;
mod shapes;
mod token;

pub use shapes::{NewToken, TokenMadeOut, TokenOut};
pub use token::{ApiToken, TokenKind, create, revoke, revoke_all_of};

use base::{Code, Kind};

/// Only members have personal tokens.
pub static PERSONAL_NEEDS_MEMBER: Code = Code::new(
    Kind::Conflict,
    "personal_needs_member",
    "Only a member can make a personal token.",
    "Make a `workspace` token, or sign in as a member.",
);

/// The codes of this slice.
pub static CODES: &[&Code] = &[&PERSONAL_NEEDS_MEMBER];
