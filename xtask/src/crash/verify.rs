//! Compares what the load was told with what the server holds after the restart.

use super::ledger::Ledger;
use crate::http::Client;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

/// Every acknowledged ticket and message of a round is there, each exactly once.
pub fn ledger(address: SocketAddr, token: &str, ledger: &Ledger) -> Result<()> {
    let mut client = Client::with_token(address, token);
    for ticket in &ledger.opened {
        let found = client.get(&format!("/api/v1/tickets/{}", ticket.id)).context("an acknowledged ticket is lost")?;
        ensure!(found.get("subject").and_then(Value::as_str) == Some(&ticket.subject), "{} has changed", ticket.id);
    }
    let mut by_ticket: HashMap<&str, Vec<(&str, &str)>> = HashMap::new();
    for message in &ledger.said {
        by_ticket.entry(&message.ticket).or_default().push((&message.id, &message.body));
    }
    for (ticket, messages) in by_ticket {
        let held = pages(&mut client, &format!("/api/v1/tickets/{ticket}/messages?limit=100"))?;
        for (id, body) in messages {
            let same = |one: &&Value| one.get("body").and_then(Value::as_str) == Some(body);
            let copies = held.iter().filter(same).count();
            ensure!(copies == 1, "message {id} of {ticket} is there {copies} times");
        }
    }
    Ok(())
}

/// No subject is there twice, nothing acknowledged is missing, and the exact counts equal a recount.
pub fn whole(address: SocketAddr, token: &str, ledger: &Ledger) -> Result<()> {
    let mut client = Client::with_token(address, token);
    let held = pages(&mut client, "/api/v1/tickets?view=all&limit=100")?;
    let mut subjects: HashMap<&str, u32> = HashMap::new();
    for ticket in &held {
        *subjects.entry(ticket.get("subject").and_then(Value::as_str).unwrap_or_default()).or_default() += 1;
    }
    let twice = subjects.iter().find(|(_, count)| **count > 1);
    ensure!(twice.is_none(), "opened twice: {twice:?}");
    let lost = ledger.opened.iter().find(|ticket| !subjects.contains_key(ticket.subject.as_str()));
    ensure!(lost.is_none(), "not in the list: {:?}", lost.map(|ticket| &ticket.id));
    counts(&mut client, &held)
}

/// The sealer folds the counts a moment after the commit, so they get a few seconds to arrive.
fn counts(client: &mut Client, held: &[Value]) -> Result<()> {
    let mut recount: BTreeMap<&str, u64> = BTreeMap::new();
    for ticket in held {
        *recount.entry(ticket.get("status").and_then(Value::as_str).unwrap_or_default()).or_default() += 1;
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let counts = client.get("/api/v1/tickets/counts")?;
        let number = |pointer: &str| counts.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
        let all = number("/views/all") == held.len() as u64;
        if all && recount.iter().all(|(status, count)| number(&format!("/statuses/{status}")) == *count) {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("counts {counts} differ from a recount: {} tickets, {recount:?}", held.len());
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// All items of a list, page by page.
fn pages(client: &mut Client, first: &str) -> Result<Vec<Value>> {
    let mut items = Vec::new();
    let mut path = first.to_owned();
    loop {
        let page = client.get(&path)?;
        let here = page.get("items").and_then(Value::as_array).context("a page without items")?;
        items.extend(here.iter().cloned());
        match page.get("next").and_then(Value::as_str) {
            Some(next) => path = format!("{first}&after={next}"),
            None => return Ok(items),
        }
    }
}
