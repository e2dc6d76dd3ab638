//! How the process is: alive, ready, and its figures for Prometheus.
//! Rule: the figures name operations and statuses, never people or workspaces.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::response::{IntoResponse, Response};
use base::{Code, Kind};
use http::header;
use parking_lot::Mutex;
use serde::Serialize;
use trust::House;
use trust::log::Lag;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Access, Method, Op, Peer, Reply};

static NOT_FOR_YOU: Code = Code::new(
    Kind::NotFound,
    "metrics_are_local",
    "The figures are given to this machine alone.",
    "Set `metrics.public = true` to let other machines read them.",
);

/// The codes of this file.
pub static CODES: &[&Code] = &[&NOT_FOR_YOU];

/// What is counted in this process.
#[derive(Default)]
pub struct Figures {
    answers: Mutex<BTreeMap<(&'static str, u16), u64>>,
    is_public: bool,
}

/// What is read from the database for the figures.
struct Gauges {
    sealed: i64,
    lag: Lag,
    jobs: jobs::Figures,
    overdue_seconds: i64,
    lanes: [(&'static str, usize); 3],
}

/// The state of the process.
#[derive(Serialize, ToSchema)]
struct HealthOut {
    /// `ok`; a process that is not answers 503.
    status: &'static str,
}

impl Figures {
    /// Empty figures; `is_public` lets other machines read them.
    pub fn new(is_public: bool) -> Figures {
        Figures { is_public, ..Figures::default() }
    }

    /// Counts an answer.
    pub fn count(&self, operation: &'static str, status: u16) {
        *self.answers.lock().entry((operation, status)).or_default() += 1;
        tracing::debug!(operation, status, "answered");
    }

    /// The figures in Prometheus' text format.
    fn text(&self, gauges: &Gauges) -> String {
        let mut text = String::from(
            "# HELP mainstay_requests_total Answers by operation and status.\n# TYPE mainstay_requests_total counter\n",
        );
        for ((operation, status), count) in self.answers.lock().iter() {
            text.push_str(&format!(
                "mainstay_requests_total{{operation=\"{operation}\",status=\"{status}\"}} {count}\n"
            ));
        }
        let resident = i64::try_from(resident_bytes()).unwrap_or(0);
        text.push_str(
            "# HELP mainstay_db_queue Units of work that wait for a database thread.\n# TYPE mainstay_db_queue gauge\n",
        );
        for (lane, waiting) in gauges.lanes {
            text.push_str(&format!("mainstay_db_queue{{lane=\"{lane}\"}} {waiting}\n"));
        }
        for (name, about, value) in [
            ("mainstay_events_sealed", "Events in all logs.", gauges.sealed),
            ("mainstay_events_unsealed", "Events that wait to be sealed, counted to 10,000.", gauges.lag.waiting),
            ("mainstay_sealer_lag_seconds", "Age of the oldest event that waits to be sealed.", gauges.lag.seconds),
            ("mainstay_jobs_waiting", "Jobs that wait or run.", gauges.jobs.waiting),
            (
                "mainstay_jobs_overdue_seconds",
                "How long the job that waits longest is overdue.",
                gauges.overdue_seconds,
            ),
            ("mainstay_jobs_dead", "Jobs that were given up.", gauges.jobs.dead),
            ("process_resident_memory_bytes", "Resident memory.", resident),
        ] {
            text.push_str(&format!("# HELP {name} {about}\n# TYPE {name} gauge\n{name} {value}\n"));
        }
        text
    }
}

/// The doors of this file.
pub fn operations(figures: &Arc<Figures>) -> Vec<Op> {
    let figures = figures.clone();
    let metrics = move |Extension(peer): Extension<Peer>, Extension(house): Extension<Arc<House>>| {
        let figures = figures.clone();
        async move { metrics(&figures, peer, &house).await }
    };
    vec![
        Op::new(Method::Get, "/health/live", "isLive", Access::Public, live)
            .about("Whether the process runs.")
            .gives::<HealthOut>(200),
        Op::new(Method::Get, "/health/ready", "isReady", Access::Public, ready)
            .about("Whether the process can serve: the database answers.")
            .gives::<HealthOut>(200),
        Op::new(Method::Get, "/metrics", "readMetrics", Access::Public, metrics)
            .about("Figures in Prometheus' text format; for this machine unless `metrics.public` is set.")
            .gives_raw(200, "text/plain"),
    ]
}

async fn live() -> Reply<HealthOut> {
    Reply::new(HealthOut { status: "ok" })
}

async fn ready(Extension(house): Extension<Arc<House>>) -> web::Result<Reply<HealthOut>> {
    let asked = house.db.read(Uuid::nil(), |tx| tx.first("SELECT COUNT(*) FROM migration", &[], |_| Ok(())));
    asked.await?;
    Ok(Reply::new(HealthOut { status: "ok" }))
}

async fn metrics(figures: &Figures, peer: Peer, house: &House) -> web::Result<Response> {
    if !figures.is_public && !peer.0.is_loopback() {
        return Err(NOT_FOR_YOU.error().into());
    }
    let (now, lanes) = (house.env.now(), house.db.waiting());
    let counted = house.db.read(Uuid::nil(), move |tx| {
        // Every workspace on purpose: one figure for the whole house.
        let sealed = tx.first("SELECT CAST(COALESCE(SUM(seq), 0) AS BIGINT) FROM log_head", &[], |row| row.get(0))?;
        let (lag, jobs) = (trust::log::lag(tx, now)?, jobs::figures(tx)?);
        let overdue_seconds = jobs.first_due.map_or(0, |due| now.micros_since(due).max(0) / 1_000_000);
        Ok(Gauges { sealed: sealed.unwrap_or(0), lag, jobs, overdue_seconds, lanes })
    });
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((kind, figures.text(&counted.await?)).into_response())
}

/// Resident memory as the kernel says it; 0 where it does not.
pub fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
