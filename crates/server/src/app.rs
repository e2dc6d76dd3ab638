//! The whole application as one router: operations behind the gate, the faces beside them.

use std::sync::{Arc, OnceLock};

use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use base::Result;
use bytes::Bytes;
use desk::Desk;
use http::header;
use knowledge::Library;
use trust::{House, TrustGate};
use web::{Access, Front, Limits, Method, Op, TrustedProxies};

use crate::domains;
use crate::faces::{self, Faces};
use crate::pulse::{self, Figures};
use crate::settings::Settings;

/// The router and what the beats need of it.
pub struct App {
    /// Every door.
    pub router: Router,
    /// The volume limits.
    pub limits: Arc<Limits>,
}

/// What domains keep in memory, put into every request.
#[derive(Clone)]
pub struct Rooms {
    /// The desk.
    pub desk: Desk,
    /// The library.
    pub library: Library,
}

impl App {
    /// The application over a house.
    pub fn new(house: &Arc<House>, settings: &Settings, rooms: Rooms) -> Result<App> {
        App::with(house, settings, rooms, domains::operations())
    }

    /// The application with these operations of domains.
    pub fn with(house: &Arc<House>, settings: &Settings, rooms: Rooms, domains: Vec<Op>) -> Result<App> {
        let figures = Arc::new(Figures::new(settings.metrics.public));
        let limits = Arc::new(Limits::new(&settings.limits));
        let front = Front {
            gate: Arc::new(TrustGate::new(house.clone())),
            limits: limits.clone(),
            proxies: TrustedProxies::parse(&settings.http.trusted_proxies)?,
            env: house.env.clone(),
            count: {
                let figures = figures.clone();
                Arc::new(move |operation, status| figures.count(operation, status))
            },
        };
        let api = web::router(operations(domains, &figures)?, &front)
            .layer(Extension(rooms.desk))
            .layer(Extension(rooms.library));
        let faces = Faces::new(house.clone(), settings);
        Ok(App { router: faces::beside(api, faces), limits })
    }
}

/// Every operation, the document among them.
fn operations(domains: Vec<Op>, figures: &Arc<Figures>) -> Result<Vec<Op>> {
    let text: Arc<OnceLock<Bytes>> = Arc::default();
    let shown = text.clone();
    let show = move || {
        let text = shown.get().cloned().unwrap_or_default();
        async move { json(text) }
    };
    let mut ops = domains;
    ops.extend(pulse::operations(figures));
    ops.push(
        Op::new(Method::Get, "/openapi.json", "readDocument", Access::Public, show)
            .about("This document.")
            .gives_raw(200, "application/json"),
    );
    let document = draw(&ops)?;
    text.get_or_init(|| document.into());
    Ok(ops)
}

/// The OpenAPI document of every operation.
pub fn document() -> Result<String> {
    let figures = Arc::new(Figures::default());
    draw(&operations(domains::operations(), &figures)?)
}

fn draw(ops: &[Op]) -> Result<String> {
    let document = web::document(ops, env!("CARGO_PKG_VERSION"));
    let mut text = document.to_pretty_json().map_err(|error| web::INTERNAL.error().caused_by(error))?;
    text.push('\n');
    Ok(text)
}

fn json(text: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
