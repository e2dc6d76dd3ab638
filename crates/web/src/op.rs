//! An operation: method, path, who may call it, what it takes and answers, and the function behind it.
//! Rule: access has no default; an operation without it does not compile.

use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use utoipa::openapi::path::Parameter;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::limits::Class;

/// Who may knock at an operation's door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: sign-in, health, the document itself.
    Public,
    /// A member or token of the workspace with this right, such as `tickets:read`.
    Member(&'static str),
    /// Somebody at a widget: its key is named, the person may still be nobody.
    Widget,
    /// A customer or visitor, known by a signed identity or a device token.
    Customer,
}

/// The methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of HTTP methods")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub(crate) fn filter(self) -> MethodFilter {
        match self {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
            Method::Put => MethodFilter::PUT,
            Method::Patch => MethodFilter::PATCH,
            Method::Delete => MethodFilter::DELETE,
        }
    }

    /// Whether the method changes something.
    pub fn is_write(self) -> bool {
        self != Method::Get
    }
}

/// What is known of an operation while it is served.
#[derive(Clone, Copy, Debug)]
pub struct OpMeta {
    /// The operation's id in the document.
    pub id: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path, such as `/api/v1/tickets/{id}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What kind of work it is.
    pub class: Class,
}

/// A schema with its name and everything it refers to.
pub(crate) type Named = (String, RefOr<Schema>, Vec<(String, RefOr<Schema>)>);

/// The content of a body.
#[derive(Clone)]
pub(crate) enum Content {
    Json(Box<Named>),
    Plain(&'static str),
}

/// An operation with its function.
pub struct Op {
    pub(crate) meta: OpMeta,
    pub(crate) summary: &'static str,
    pub(crate) takes: Option<Content>,
    pub(crate) gives: (u16, Option<Content>),
    pub(crate) params: Vec<Parameter>,
    pub(crate) may_give_nothing: bool,
    pub(crate) may_be_stale: bool,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) needs_version: bool,
    pub(crate) is_idempotent: bool,
    pub(crate) route: MethodRouter,
}

impl Op {
    /// Declares an operation.
    pub fn new<H, T>(method: Method, path: &'static str, id: &'static str, access: Access, function: H) -> Op
    where
        H: Handler<T, ()>,
        T: 'static,
    {
        let class = if method.is_write() { Class::Write } else { Class::Read };
        Op {
            meta: OpMeta { id, method, path, access, class },
            summary: "",
            takes: None,
            gives: (if method == Method::Delete { 204 } else { 200 }, None),
            may_give_nothing: false,
            may_be_stale: false,
            params: Vec::new(),
            headers: Vec::new(),
            needs_version: false,
            is_idempotent: false,
            route: on(method.filter(), function),
        }
    }

    /// What it does, in a sentence.
    #[must_use]
    pub fn about(mut self, summary: &'static str) -> Op {
        self.summary = summary;
        self
    }

    /// What kind of work it is, when the method does not tell.
    #[must_use]
    pub fn class(mut self, class: Class) -> Op {
        self.meta.class = class;
        self
    }

    /// The JSON body it takes.
    #[must_use]
    pub fn takes<T: ToSchema>(mut self) -> Op {
        self.takes = Some(Content::Json(Box::new(named::<T>())));
        self
    }

    /// The raw body it takes.
    #[must_use]
    pub fn takes_raw(mut self, content_type: &'static str) -> Op {
        self.takes = Some(Content::Plain(content_type));
        self
    }

    /// The JSON body it answers with.
    #[must_use]
    pub fn gives<T: ToSchema>(mut self, status: u16) -> Op {
        self.gives = (status, Some(Content::Json(Box::new(named::<T>()))));
        self
    }

    /// The body it answers with, when it is not JSON.
    #[must_use]
    pub fn gives_raw(mut self, status: u16, content_type: &'static str) -> Op {
        self.gives = (status, Some(Content::Plain(content_type)));
        self
    }

    /// It answers with this status and no body.
    #[must_use]
    pub fn gives_nothing(mut self, status: u16) -> Op {
        self.gives = (status, None);
        self
    }

    /// It answers 204 when there is nothing to give.
    #[must_use]
    pub fn or_nothing(mut self) -> Op {
        self.may_give_nothing = true;
        self
    }

    /// The query parameters it takes.
    #[must_use]
    pub fn query<T: IntoParams>(mut self) -> Op {
        self.params.extend(T::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query)));
        self
    }

    /// A header it takes, and what it means.
    #[must_use]
    pub fn header(mut self, name: &'static str, about: &'static str) -> Op {
        self.headers.push((name, about));
        self
    }

    /// It names a version in its body, and answers 412 when that is not the newest.
    #[must_use]
    pub fn may_be_stale(mut self) -> Op {
        self.may_be_stale = true;
        self
    }

    /// It needs `If-Match`.
    #[must_use]
    pub fn versioned(mut self) -> Op {
        self.needs_version = true;
        self
    }

    /// It takes `Idempotency-Key`.
    #[must_use]
    pub fn idempotent(mut self) -> Op {
        self.is_idempotent = true;
        self
    }

    /// What is known of it while it is served.
    pub fn meta(&self) -> OpMeta {
        self.meta
    }
}

fn named<T: ToSchema>() -> Named {
    let mut others = Vec::new();
    T::schemas(&mut others);
    (T::name().into_owned(), <T as PartialSchema>::schema(), others)
}
