//! Promises: what an arrival costs with a policy and without, what-if over history, and how soon a threshold is told among
//! many clocks. The history arrives by `mainstay import tickets`, the tickets with clocks by the API, as a customer's would.

use super::{Bed, Options, Table, lists};
use crate::http::Client;
use crate::load;
use crate::tree::Tree;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Measures both engines.
pub fn measure(tree: &Tree, options: &Options) -> Result<Table> {
    let mut table = Table::new(&["engine", "what", "figure"]);
    let beds = [Bed::sqlite, |tree: &Tree| Bed::postgres(tree, "postgres", &[])];
    for make in beds {
        let bed = make(tree)?;
        let founding = lists::fill(&bed.site, options.rows)?;
        let server = bed.site.serve_anywhere()?;
        let mut client = Client::with_token(server.address, &founding.token);
        let mut row = |what: &str, figure: String| table.row(vec![bed.engine.to_owned(), what.to_owned(), figure]);
        load::settle(server.pid())?;
        let before = arrival(&server, &founding.token, options.seconds)?;
        let policy = client.json("POST", "/api/v1/sla/policies", &json!({"name": "Bench", "promise": promise(480)}))?;
        let after = arrival(&server, &founding.token, options.seconds)?;
        row("CPU of an arrival, without a policy", format!("{before:.2} ms"));
        row("CPU of an arrival, with one", format!("{after:.2} ms"));
        let team = client.json("POST", "/api/v1/teams", &json!({"name": "Billing"}))?;
        for (kind, change) in changes(&policy, &team) {
            let (tickets, seconds) = what_if(&mut client, kind, change)?;
            row(&format!("what-if of a {kind}"), format!("{tickets} tickets in {seconds:.1} s"));
        }
        let clocks = open_many(&server, &founding.token, options.clocks);
        row("open tickets with clocks", format!("{clocks}"));
        let told = threshold(&server, &founding.token, &policy)?;
        row("a promise of one minute: told after it broke", format!("{:.2} s", told.late));
        row("CPU in the minute before", format!("{:.2} s", told.cpu));
    }
    table.remark("CPU of the server's process alone; one connection, 64 while tickets are opened.".into());
    Ok(table)
}

fn promise(minutes: u64) -> Value {
    let target = |metric: &str, minutes: u64| json!({"metric": metric, "priority": "normal", "minutes": minutes, "hours": "calendar"});
    json!({"targets": [target("first_response", minutes), target("resolution", minutes * 3)], "thresholds": ["75%"]})
}

/// CPU milliseconds of opening a ticket.
fn arrival(server: &crate::server::Server, token: &str, seconds: u64) -> Result<f64> {
    let make = load::with_token(server.address, token);
    let new =
        json!({"subject": "It stops", "body": "Since this morning.", "requester": {"email": "one@bench.example"}});
    let request = |worker: &mut load::Worker| worker.client.json("POST", "/api/v1/tickets", &new).map(drop);
    load::run(1, Duration::from_secs(1), &make, request);
    let before = load::cpu_seconds(server.pid())?;
    let measured = load::run(1, Duration::from_secs(seconds), &make, request);
    Ok(1000.0 * (load::cpu_seconds(server.pid())? - before) / measured.done.max(1) as f64)
}

/// Opens tickets until there are so many, on as many connections as an application would; returns how many.
fn open_many(server: &crate::server::Server, token: &str, clocks: u64) -> u64 {
    let make = load::with_token(server.address, token);
    let opened = AtomicU64::new(0);
    load::run_until(64, &make, |worker| {
        let number = opened.fetch_add(1, Ordering::Relaxed);
        if number >= clocks {
            return Ok(false);
        }
        let requester = json!({"email": format!("c{}@bench.example", number % 5000)});
        let new =
            json!({"subject": format!("It stops at {number}"), "body": "Since this morning.", "requester": requester});
        worker.client.json("POST", "/api/v1/tickets", &new).map(|_| true)
    })
    .done
}

/// How a threshold was told.
struct Told {
    /// Seconds between the instant at which the promise broke and the moment its event could be read.
    late: f64,
    /// CPU seconds of the server while nothing was due.
    cpu: f64,
}

/// Promises a minute and waits until that is broken.
fn threshold(server: &crate::server::Server, token: &str, policy: &Value) -> Result<Told> {
    let mut client = Client::with_token(server.address, token);
    let path = format!("/api/v1/sla/policies/{}", text(policy, "id"));
    client.json_with("PATCH", &path, "if-match: \"1\"\r\n", &json!({"promise": promise(1)}))?;
    let new = json!({"subject": "Soon", "body": "At once.", "requester": {"email": "two@bench.example"}});
    let opened = Instant::now();
    let ticket = client.json("POST", "/api/v1/tickets", &new)?;
    let timeline = format!("/api/v1/tickets/{}/timeline", text(&ticket, "id"));
    // The first of its thresholds comes at three quarters.
    let before = load::cpu_seconds(server.pid())?;
    std::thread::sleep(Duration::from_secs(40));
    let cpu = (load::cpu_seconds(server.pid())? - before) * 60.0 / 40.0;
    // The connection was idle for so long that it is closed.
    let mut client = Client::with_token(server.address, token);
    loop {
        let entries = client.get(&timeline)?;
        let is_told = entries.get("items").and_then(Value::as_array).is_some_and(|items| {
            items.iter().any(|entry| entry.get("kind").is_some_and(|kind| kind == "ticket.clock_breached"))
        });
        let late = opened.elapsed().as_secs_f64() - 60.0;
        if is_told {
            return Ok(Told { late, cpu });
        }
        if late > 60.0 {
            bail!("the breach was not told within a minute of its instant");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What history is asked about: one change of each kind.
fn changes(policy: &Value, team: &Value) -> [(&'static str, Value); 3] {
    let rule = json!({"name": "Bench", "when": {"events": ["opened"]}, "condition": "ticket.text.contains('export')",
        "actions": [{"do": "set_priority", "priority": "high"}]});
    let place =
        json!({"name": "Invoices", "condition": "ticket.subject.contains('invoice')", "team_id": team.get("id")});
    [
        ("policy", json!({"policy_id": policy.get("id"), "promise": promise(240)})),
        ("rule", json!({"rule": rule})),
        ("routing", json!({"rules": [place]})),
    ]
}

/// How many tickets a run looked at, and in how many seconds.
fn what_if(client: &mut Client, kind: &str, change: Value) -> Result<(u64, f64)> {
    let question = json!({kind: change, "from": "2025-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"});
    let start = Instant::now();
    let run = client.json("POST", "/api/v1/simulations", &question)?;
    let path = format!("/api/v1/simulations/{}", text(&run, "id"));
    loop {
        let run = client.get(&path)?;
        match run.get("state").and_then(Value::as_str) {
            Some("running") => std::thread::sleep(Duration::from_millis(100)),
            Some("done") => {
                return Ok((run.get("looked_at").and_then(Value::as_u64).unwrap_or(0), start.elapsed().as_secs_f64()));
            }
            other => bail!("the run of a {kind} ended as {other:?}"),
        }
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
