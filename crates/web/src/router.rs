//! From operations to a router: each behind its limits and its gate, each answer with its reference.
//! Rule: the gate runs before anything of the body is read.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use base::{Env, Result};
use http::{HeaderName, HeaderValue, header, request::Parts};

use crate::codes::{INTERNAL, METHOD_NOT_ALLOWED, NOT_FOUND};
use crate::limits::{Class, Limits};
use crate::op::{Op, OpMeta};
use crate::peer::{Peer, TrustedProxies};
use crate::problem::{Problem, Reference, Unreferenced};

/// Somebody the gate let in, as far as limits care.
#[derive(Clone, Copy, Debug)]
pub struct Admitted {
    /// What the limits count by; `None` for nobody in particular.
    pub key: Option<[u8; 16]>,
    /// Whether it is a customer or visitor.
    pub is_visitor: bool,
}

/// Who decides whether a request may enter; puts the caller into the request's extensions.
pub trait Gate: Send + Sync {
    /// Admits or refuses.
    fn admit<'r>(
        &'r self,
        parts: &'r mut Parts,
        meta: &'r OpMeta,
    ) -> Pin<Box<dyn Future<Output = Result<Admitted>> + Send + 'r>>;

    /// Whether the request's credential held a moment ago, without asking the database: then it is counted by that alone.
    fn knows(&self, parts: &Parts, meta: &OpMeta) -> bool;

    /// The headers that let a widget on another origin read an answer.
    fn cross_origin(&self, parts: &Parts) -> Vec<(HeaderName, HeaderValue)>;
}

/// What every operation shares.
#[derive(Clone)]
pub struct Front {
    /// The gate.
    pub gate: Arc<dyn Gate>,
    /// The volume limits.
    pub limits: Arc<Limits>,
    /// Whose forwarding headers count.
    pub proxies: TrustedProxies,
    /// Clock and randomness.
    pub env: Env,
    /// Counts answers by operation and status, for `/metrics`.
    pub count: Arc<dyn Fn(&'static str, u16) + Send + Sync>,
}

/// The router of these operations.
pub fn router(ops: Vec<Op>, front: &Front) -> Router {
    let mut paths: HashMap<&'static str, axum::routing::MethodRouter> = HashMap::new();
    for op in ops {
        let route = op.route.layer(from_fn_with_state((front.clone(), op.meta), serve));
        let merged = paths.remove(op.meta.path).unwrap_or_default().merge(route);
        paths.insert(op.meta.path, merged);
    }
    let mut router = Router::new();
    for (path, route) in paths {
        router = router.route(path, route);
    }
    router
        .method_not_allowed_fallback(|| async { Problem(METHOD_NOT_ALLOWED.error()) })
        .fallback(|| async { Problem(NOT_FOUND.error()) })
        .layer(from_fn_with_state(front.clone(), frame))
}

/// Around every request: its reference, the panic fence, and the headers every answer carries.
async fn frame(State(front): State<Front>, mut request: Request, next: Next) -> Response {
    let reference = new_reference(&front.env);
    let socket = request.extensions().get::<SocketAddr>().copied().unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0)));
    let peer = front.proxies.peer(socket, request.headers());
    request.extensions_mut().insert(Reference(reference.clone()));
    request.extensions_mut().insert(peer);
    let (parts, body) = request.into_parts();
    let cross_origin =
        if parts.headers.contains_key(header::ORIGIN) { front.gate.cross_origin(&parts) } else { Vec::new() };
    if parts.method == http::Method::OPTIONS && !cross_origin.is_empty() {
        return with_headers(http::StatusCode::NO_CONTENT.into_response(), cross_origin);
    }
    let answer = fenced(next.run(Request::from_parts(parts, body))).await;
    let answer = match answer.extensions().get::<Unreferenced>() {
        Some(Unreferenced(problem)) => problem.answer(&reference),
        None => answer,
    };
    with_headers(answer, cross_origin)
}

async fn fenced(answer: impl Future<Output = Response>) -> Response {
    use futures_util::FutureExt;
    std::panic::AssertUnwindSafe(answer)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Problem(INTERNAL.error().caused_by("a route panicked")).into_response())
}

fn with_headers(mut answer: Response, more: Vec<(HeaderName, HeaderValue)>) -> Response {
    let headers = answer.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.extend(more);
    answer
}

fn new_reference(env: &Env) -> String {
    let bytes: [u8; 8] = env.random();
    format!("ref_{:016x}", u64::from_be_bytes(bytes))
}

/// Around one operation: limits by address for who is not known yet, the gate, limits by caller.
async fn serve(State((front, meta)): State<(Front, OpMeta)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let answer = match admit(&front, &mut parts, &meta).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => Problem(error).into_response(),
    };
    (front.count)(meta.id, answer.status().as_u16());
    answer
}

async fn admit(front: &Front, parts: &mut Parts, meta: &OpMeta) -> Result<()> {
    // Who is known is counted by that: many people and programs share an address. Whatever else comes (false tokens
    // among it) is held back here, before the database is asked.
    let is_known = meta.class != Class::SignIn && front.gate.knows(parts, meta);
    if let Some(peer) = parts.extensions.get::<Peer>().filter(|_| !is_known) {
        front.limits.address(peer.network(), meta.class)?;
    }
    let admitted = front.gate.admit(parts, meta).await?;
    match admitted.key {
        Some(key) => front.limits.caller(key, admitted.is_visitor, meta.class),
        None => Ok(()),
    }
}
