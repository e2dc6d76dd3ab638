//! Keys of a workspace's widget: public widget keys with the origins they work on, and the keys host apps sign identities with.
//! Rule: an identity key is sealed and never shown again; several hold at once, so that one can replace another.

mod identity_key;
mod origin;
pub(crate) mod routes;
mod shapes;
mod widget_key;

pub use origin::WebOrigin;
pub use shapes::{IdentityKeyOut, NewIdentityKey, NewWidgetKey, WidgetKeyOut, WidgetKeyPatch};
pub use widget_key::{WidgetKeyRow, create as create_widget_key};

use base::{Code, Kind};

/// The key does not fit its algorithm.
pub static BAD_KEY: Code = Code::new(
    Kind::Unprocessable,
    "bad_key",
    "The key does not fit its algorithm.",
    "`ed25519` takes `public_key`: 32 bytes in base64 or hex. `hs256` takes `secret`: 32 to 512 bytes of text.",
);
/// Too many identity keys hold at once.
pub static TOO_MANY_KEYS: Code = Code::new(
    Kind::Conflict,
    "too_many_keys",
    "Ten identity keys hold already.",
    "Revoke one that the host app no longer signs with.",
);

/// The codes of this slice.
pub static CODES: &[&Code] = &[&BAD_KEY, &TOO_MANY_KEYS];
