//! One error for the whole house: a kind, a stable code, words a person understands, and the next step.
//! Rule: codes are declared once beside their owner as `Code`; internals never reach `message` or `help`.

use std::borrow::Cow;
use std::fmt;

/// The result every verb returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What an error means to the caller; each kind is one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request could not be read (400).
    BadRequest,
    /// Nobody is signed in (401).
    Unauthenticated,
    /// Visible, but not allowed (403).
    Forbidden,
    /// Not there, or outside the reader's reach (404).
    NotFound,
    /// The method does not exist at this address (405).
    MethodNotAllowed,
    /// It took too long to arrive (408).
    Timeout,
    /// It collides with what is there (409).
    Conflict,
    /// It was there once (410).
    Gone,
    /// The version named is not the current one (412).
    PreconditionFailed,
    /// Larger than the limit (413).
    TooLarge,
    /// A content type this door does not take (415).
    UnsupportedMedia,
    /// Read, but wrong in a field (422).
    Unprocessable,
    /// A condition is missing (428).
    PreconditionRequired,
    /// Too many requests (429).
    TooMany,
    /// Our fault (500).
    Internal,
    /// Storage or capacity is missing for now (503).
    Unavailable,
}

impl Kind {
    /// The HTTP status of this kind.
    pub fn status(self) -> u16 {
        match self {
            Kind::BadRequest => 400,
            Kind::Unauthenticated => 401,
            Kind::Forbidden => 403,
            Kind::NotFound => 404,
            Kind::MethodNotAllowed => 405,
            Kind::Timeout => 408,
            Kind::Conflict => 409,
            Kind::Gone => 410,
            Kind::PreconditionFailed => 412,
            Kind::TooLarge => 413,
            Kind::UnsupportedMedia => 415,
            Kind::Unprocessable => 422,
            Kind::PreconditionRequired => 428,
            Kind::TooMany => 429,
            Kind::Internal => 500,
            Kind::Unavailable => 503,
        }
    }

    /// The short title RFC 9457 asks for.
    pub fn title(self) -> &'static str {
        match self {
            Kind::BadRequest => "The request could not be read",
            Kind::Unauthenticated => "Sign in first",
            Kind::Forbidden => "Not allowed",
            Kind::NotFound => "Not found",
            Kind::MethodNotAllowed => "Method not allowed",
            Kind::Timeout => "Too slow",
            Kind::Conflict => "Conflict",
            Kind::Gone => "Gone",
            Kind::PreconditionFailed => "Changed since you read it",
            Kind::TooLarge => "Too large",
            Kind::UnsupportedMedia => "Unsupported content type",
            Kind::Unprocessable => "A field is wrong",
            Kind::PreconditionRequired => "A condition is missing",
            Kind::TooMany => "Too many requests",
            Kind::Internal => "Something went wrong on our side",
            Kind::Unavailable => "Not available for the moment",
        }
    }
}

/// A stable error code with its words, declared once beside its owner.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// What kind of error it is.
    pub kind: Kind,
    /// The stable name clients switch on.
    pub name: &'static str,
    /// What happened, in plain English.
    pub message: &'static str,
    /// What to do next.
    pub help: &'static str,
}

impl Code {
    /// Declares a code.
    pub const fn new(kind: Kind, name: &'static str, message: &'static str, help: &'static str) -> Code {
        Code { kind, name, message, help }
    }

    /// An error of this code with its standard words.
    pub fn error(&'static self) -> Error {
        Error {
            code: self,
            message: Cow::Borrowed(self.message),
            fields: Vec::new(),
            extra: None,
            retry_after: None,
            cause: None,
        }
    }

    /// An error of this code with words of its own; never put internals or personal data in them.
    pub fn because(&'static self, message: impl Into<Cow<'static, str>>) -> Error {
        let mut error = self.error();
        error.message = message.into();
        error
    }
}

/// One wrong field of a request.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldProblem {
    /// JSON pointer to the field (RFC 6901), such as `/requester/email`.
    pub pointer: String,
    /// A stable code for this kind of mistake.
    pub code: &'static str,
    /// What is wrong, in plain English.
    pub message: String,
}

/// What went wrong, for a person and for a program.
pub struct Error {
    code: &'static Code,
    message: Cow<'static, str>,
    fields: Vec<FieldProblem>,
    extra: Option<Box<serde_json::Map<String, serde_json::Value>>>,
    retry_after: Option<u32>,
    cause: Option<String>,
}

impl Error {
    /// The code declared beside its owner.
    pub fn code(&self) -> &'static Code {
        self.code
    }

    /// The stable name of the code.
    pub fn name(&self) -> &'static str {
        self.code.name
    }

    /// What the error means to the caller.
    pub fn kind(&self) -> Kind {
        self.code.kind
    }

    /// What happened, in plain English.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The wrong fields, if the error is about fields.
    pub fn fields(&self) -> &[FieldProblem] {
        &self.fields
    }

    /// Members the problem carries beside the standard ones.
    pub fn extra(&self) -> Option<&serde_json::Map<String, serde_json::Value>> {
        self.extra.as_deref()
    }

    /// Seconds to wait before trying again.
    pub fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// What really happened, for the logs only.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// Adds a wrong field.
    #[must_use]
    pub fn field(mut self, pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Error {
        self.fields.push(FieldProblem { pointer: pointer.into(), code, message: message.into() });
        self
    }

    /// Adds a member to the problem document.
    #[must_use]
    pub fn with(mut self, name: &str, value: serde_json::Value) -> Error {
        self.extra.get_or_insert_default().insert(name.to_owned(), value);
        self
    }

    /// Says how many seconds to wait.
    #[must_use]
    pub fn retry_in(mut self, seconds: u32) -> Error {
        self.retry_after = Some(seconds);
        self
    }

    /// Keeps the technical cause for the logs.
    #[must_use]
    pub fn caused_by(mut self, cause: impl fmt::Display) -> Error {
        self.cause = Some(cause.to_string());
        self
    }
}

impl From<&'static Code> for Error {
    fn from(code: &'static Code) -> Error {
        code.error()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code.name)?;
        for field in &self.fields {
            write!(f, "; {}: {}", field.pointer, field.message)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        match &self.cause {
            Some(cause) => write!(f, " [{cause}]"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
