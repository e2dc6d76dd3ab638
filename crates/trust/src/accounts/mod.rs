//! Accounts: global sign-in by password, sessions in a cookie, one workspace per session.

mod password;
pub(crate) mod routes;
pub mod session;
mod shapes;
pub(crate) mod sign_in;
pub(crate) mod workspace;

pub use password::{PasswordHash, hash_new, hash_password, verify_password};
pub use session::{COOKIE, Session, forget_attempts, forget_ended, sign_out, sign_out_everywhere};
pub use shapes::{NewSession, SessionOut, SessionVia, WorkspaceBrief, WorkspaceOut, WorkspacePatch};
pub use sign_in::{SignedIn, sign_in};
pub use workspace::{Founded, found_workspace, lock as lock_workspace, workspace_name};

use base::{Code, Kind};

/// Nobody is signed in.
pub static SIGN_IN_FIRST: Code = Code::new(
    Kind::Unauthenticated,
    "sign_in_first",
    "This door needs somebody who is signed in.",
    "Send a valid token or session; expired ones count as none.",
);
/// The name or password is wrong.
pub static SIGN_IN_FAILED: Code = Code::new(
    Kind::Unauthenticated,
    "sign_in_failed",
    "The address or the password is wrong.",
    "Try again, or ask an administrator for a reset link.",
);
/// Too many failed sign-ins.
pub static SIGN_IN_PAUSED: Code = Code::new(
    Kind::TooMany,
    "sign_in_paused",
    "Too many failed sign-ins for this account.",
    "Wait the seconds in `Retry-After`, or ask an administrator for a reset link.",
);
/// The account belongs to several workspaces.
pub static WORKSPACE_CHOICE: Code = Code::new(
    Kind::Conflict,
    "workspace_choice",
    "This account belongs to several workspaces.",
    "Sign in again with the `workspace_id` of one of `workspaces`.",
);
/// The password is too weak.
pub static WEAK_PASSWORD: Code = Code::new(
    Kind::Unprocessable,
    "weak_password",
    "The password is too short.",
    "Use at least 10 characters; a sentence is best.",
);

/// The codes of this slice.
pub static CODES: &[&Code] = &[&SIGN_IN_FIRST, &SIGN_IN_FAILED, &SIGN_IN_PAUSED, &WORKSPACE_CHOICE, &WEAK_PASSWORD];
