//! Promises: what an arrival costs with a policy and without, how soon a threshold is told, and what-if over history.
//! The history arrives by `mainstay import tickets`, as a customer's would.

use super::{Bed, Options, Table, lists};
use crate::http::Client;
use crate::load;
use crate::tree::Tree;
use anyhow::{Result, bail};
use serde_json::{Value, json};
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
        let before = arrival(&server, &founding.token, options.seconds)?;
        let policy = client.json("POST", "/api/v1/sla/policies", &json!({"name": "Bench", "promise": promise(480)}))?;
        let after = arrival(&server, &founding.token, options.seconds)?;
        row("CPU of an arrival, without a policy", format!("{before:.2} ms"));
        row("CPU of an arrival, with one", format!("{after:.2} ms"));
        row("a threshold of one minute is told after its instant", format!("{:.2} s", lateness(&mut client, &policy)?));
        let (tickets, seconds) = what_if(&mut client, &policy)?;
        row("what-if", format!("{tickets} tickets in {seconds:.1} s"));
    }
    table.remark("CPU of the server's process alone; one connection.".into());
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

/// Seconds between the instant at which a promise of a minute breaks and the moment its event can be read.
fn lateness(client: &mut Client, policy: &Value) -> Result<f64> {
    let path = format!("/api/v1/sla/policies/{}", policy.get("id").and_then(Value::as_str).unwrap_or_default());
    client.json_with("PATCH", &path, "if-match: \"1\"\r\n", &json!({"promise": promise(1)}))?;
    let new = json!({"subject": "Soon", "body": "At once.", "requester": {"email": "two@bench.example"}});
    let opened = Instant::now();
    let ticket = client.json("POST", "/api/v1/tickets", &new)?;
    let timeline = format!("/api/v1/tickets/{}/timeline", ticket.get("id").and_then(Value::as_str).unwrap_or_default());
    loop {
        let entries = client.get(&timeline)?;
        let is_told = entries.get("items").and_then(Value::as_array).is_some_and(|items| {
            items.iter().any(|entry| entry.get("kind").is_some_and(|kind| kind == "ticket.clock_breached"))
        });
        let since = opened.elapsed().as_secs_f64() - 60.0;
        if is_told {
            return Ok(since);
        }
        if since > 60.0 {
            bail!("the breach was not told within a minute of its instant");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How many tickets a run looked at, and in how many seconds.
fn what_if(client: &mut Client, policy: &Value) -> Result<(u64, f64)> {
    let question = json!({"policy": {"policy_id": policy.get("id"), "promise": promise(240)},
        "from": "2025-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"});
    let start = Instant::now();
    let run = client.json("POST", "/api/v1/simulations", &question)?;
    let path = format!("/api/v1/simulations/{}", run.get("id").and_then(Value::as_str).unwrap_or_default());
    loop {
        let run = client.get(&path)?;
        match run.get("state").and_then(Value::as_str) {
            Some("running") => std::thread::sleep(Duration::from_millis(100)),
            Some("done") => {
                return Ok((run.get("looked_at").and_then(Value::as_u64).unwrap_or(0), start.elapsed().as_secs_f64()));
            }
            other => bail!("the run ended as {other:?}"),
        }
    }
}
