//! The refusals of the edge itself.

use base::{Code, Kind};

/// The address does not exist.
pub static NOT_FOUND: Code =
    Code::new(Kind::NotFound, "not_found", "There is nothing at this address.", "Check the address and the id.");
/// The address exists, the method does not.
pub static METHOD_NOT_ALLOWED: Code = Code::new(
    Kind::MethodNotAllowed,
    "method_not_allowed",
    "This address does not take that method.",
    "See `/openapi.json` for the methods of this address.",
);
/// The body is not JSON.
pub static MALFORMED_JSON: Code =
    Code::new(Kind::BadRequest, "malformed_json", "The body is not valid JSON.", "Send one JSON document in UTF-8.");
/// The body could not be read to its end.
pub static BROKEN_BODY: Code = Code::new(
    Kind::BadRequest,
    "broken_body",
    "The body ended before it was complete.",
    "Send the request again, with its whole body.",
);
/// The body has no content type the door takes.
pub static WRONG_CONTENT_TYPE: Code = Code::new(
    Kind::UnsupportedMedia,
    "wrong_content_type",
    "This door takes `application/json`.",
    "Set `Content-Type: application/json`.",
);
/// The body is larger than the door takes.
pub static BODY_TOO_LARGE: Code = Code::new(
    Kind::TooLarge,
    "body_too_large",
    "The body is larger than this door takes.",
    "See the limits page; send large content as an upload.",
);
/// The body took too long.
pub static SLOW_BODY: Code = Code::new(
    Kind::Timeout,
    "slow_body",
    "The request took too long to arrive.",
    "Send it again over a faster connection, or in smaller parts.",
);
/// A field is wrong.
pub static INVALID_FIELD: Code = Code::new(
    Kind::Unprocessable,
    "invalid_field",
    "A field is missing or wrong.",
    "`errors` names each field and what it takes.",
);
/// A field is not known.
pub static UNKNOWN_FIELD: Code = Code::new(
    Kind::Unprocessable,
    "unknown_field",
    "The body has a field this door does not know.",
    "`errors` names the field; see `/openapi.json` for the known ones.",
);
/// A query parameter is wrong.
pub static INVALID_QUERY: Code = Code::new(
    Kind::Unprocessable,
    "invalid_query",
    "A query parameter is unknown or wrong.",
    "See `/openapi.json` for the parameters of this address.",
);
/// A header is wrong.
pub static INVALID_HEADER: Code = Code::new(
    Kind::BadRequest,
    "invalid_header",
    "A header cannot be read.",
    "`detail` names the header and its form.",
);
/// `If-Match` is missing.
pub static IF_MATCH_REQUIRED: Code = Code::new(
    Kind::PreconditionRequired,
    "if_match_required",
    "This change needs the version you read.",
    "Send the `ETag` of your last read in `If-Match`.",
);
/// `If-Match` names an older version.
pub static STALE_VERSION: Code = Code::new(
    Kind::PreconditionFailed,
    "stale_version",
    "Somebody changed this since you read it.",
    "Read it again and repeat your change.",
);
/// Too many requests.
pub static TOO_MANY: Code = Code::new(
    Kind::TooMany,
    "too_many_requests",
    "Too many requests.",
    "Wait the seconds in `Retry-After`; see the limits page.",
);
/// A panic in a route.
pub static INTERNAL: Code = Code::new(
    Kind::Internal,
    "internal",
    "Something went wrong on our side.",
    "Tell your administrator the reference; the logs say more.",
);
/// The address is one this server does not call.
pub static OUTBOUND_REFUSED: Code = Code::new(
    Kind::Unprocessable,
    "outbound_refused",
    "This server does not call that address.",
    "Use a public http or https address, or let an administrator name the host in `outbound.allow`.",
);
/// The call could not be made or its answer not read.
pub static OUTBOUND_FAILED: Code = Code::new(
    Kind::Unavailable,
    "outbound_failed",
    "The address could not be called.",
    "Check that it answers from outside; the logs say what went wrong.",
);
/// The call took too long.
pub static OUTBOUND_TOO_SLOW: Code = Code::new(
    Kind::Unavailable,
    "outbound_too_slow",
    "The address took too long to answer.",
    "Answer first and work afterwards; the time is the setting `outbound.total_seconds`.",
);
/// The body to send is too large.
pub static OUTBOUND_TOO_LARGE: Code = Code::new(
    Kind::TooLarge,
    "outbound_too_large",
    "The body is larger than this server sends.",
    "Send at most 1 MiB; put large content behind a link.",
);

/// The codes of this crate.
pub static CODES: &[&Code] = &[
    &NOT_FOUND,
    &METHOD_NOT_ALLOWED,
    &MALFORMED_JSON,
    &BROKEN_BODY,
    &WRONG_CONTENT_TYPE,
    &BODY_TOO_LARGE,
    &SLOW_BODY,
    &INVALID_FIELD,
    &UNKNOWN_FIELD,
    &INVALID_QUERY,
    &INVALID_HEADER,
    &IF_MATCH_REQUIRED,
    &STALE_VERSION,
    &TOO_MANY,
    &INTERNAL,
    &OUTBOUND_REFUSED,
    &OUTBOUND_FAILED,
    &OUTBOUND_TOO_SLOW,
    &OUTBOUND_TOO_LARGE,
];
