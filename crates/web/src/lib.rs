//! The HTTP edge: operations declared once become routes, OpenAPI, permissions and rate classes.
//! Rule: no operation exists without an access rule, and every refusal is a problem document with a code.

mod answers;
mod body;
mod codes;
mod crowd;
mod etag;
mod limits;
mod listen;
mod op;
mod openapi;
mod opening;
mod outbound;
mod peer;
mod problem;
mod reply;
mod router;
mod strict;

pub use body::{DeepQuery, Json, PathId, Query, json_hash};
pub use codes::*;
pub use etag::{IfMatch, etag};
pub use limits::{Class, Limit, LimitSettings, Limits};
pub use listen::{ListenSettings, listen};
pub use op::{Access, Method, Op, OpMeta};
pub use openapi::{clashes, document};
pub use outbound::{Outbound, OutboundAnswer, OutboundRequest, OutboundSettings};
pub use peer::{Peer, TrustedProxies};
pub use problem::{Problem, Reference, Result};
pub use reply::{Created, NoContent, Reply};
pub use router::{Admitted, Front, Gate, router};
