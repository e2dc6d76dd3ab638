//! What the load was told: acknowledged tickets and messages, and requests whose answer never came. Those are sent
//! again with their key after the restart, as a careful client would, and must then count once.

use crate::http::Client;
use crate::load::Worker;
use anyhow::{Context, Result};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// A request that can be sent again.
struct Request {
    path: String,
    key: String,
    body: Value,
}

/// An acknowledged ticket.
pub struct Ticket {
    /// Its id.
    pub id: String,
    /// Its subject, unique to the request.
    pub subject: String,
}

/// An acknowledged message.
pub struct Message {
    /// The ticket it belongs to.
    pub ticket: String,
    /// Its id.
    pub id: String,
    /// Its text, unique to the request.
    pub body: String,
}

/// Everything the load was told.
#[derive(Default)]
pub struct Ledger {
    /// Acknowledged tickets.
    pub opened: Vec<Ticket>,
    /// Acknowledged messages.
    pub said: Vec<Message>,
    /// What the server refused before it was killed, in its words.
    pub refusals: Vec<String>,
    unanswered: Vec<Request>,
}

/// One step of the load: every third request opens a ticket, the others add a message to the worker's newest.
pub fn act(ledger: &Mutex<Ledger>, worker: &mut Worker, round: u32) -> Result<()> {
    let key = format!("crash-{round}-{}-{}", worker.number, worker.sent);
    let newest = newest(ledger, worker.number, round).filter(|_| !worker.sent.is_multiple_of(3));
    let request = match newest {
        Some(ticket) => message(&ticket, key),
        None => opening(key, worker.number),
    };
    let answer = request.send(&mut worker.client);
    let mut ledger = ledger.lock();
    match answer {
        Ok(made) => ledger.keep(&request, &made),
        Err(error) => {
            // A refusal is an answer, and under this load a wrong one; a broken connection is what we came for.
            if error.to_string().contains(" answered ") {
                ledger.refusals.push(error.to_string());
            }
            ledger.unanswered.push(request);
            Err(error)
        }
    }
}

impl Ledger {
    /// How many tickets were acknowledged.
    pub fn tickets(&self) -> usize {
        self.opened.len()
    }

    /// How many messages were acknowledged.
    pub fn messages(&self) -> usize {
        self.said.len()
    }

    /// How many requests got no answer.
    pub fn uncertain(&self) -> usize {
        self.unanswered.len()
    }

    /// Adds what another round was told.
    pub fn add(&mut self, mut other: Ledger) {
        self.opened.append(&mut other.opened);
        self.said.append(&mut other.said);
    }

    /// Sends the unanswered requests again with their keys; now each must be acknowledged.
    pub fn settle(&mut self, address: SocketAddr, token: &str) -> Result<()> {
        let mut client = Client::with_token(address, token);
        for request in std::mem::take(&mut self.unanswered) {
            let made = request.send(&mut client).with_context(|| format!("{} sent again", request.key))?;
            self.keep(&request, &made)?;
        }
        Ok(())
    }

    fn keep(&mut self, request: &Request, made: &Value) -> Result<()> {
        let id = made.get("id").and_then(Value::as_str).context("acknowledged without an id")?.to_owned();
        match request.path.strip_prefix("/api/v1/tickets/") {
            None => self.opened.push(Ticket { id, subject: request.key.clone() }),
            Some(rest) => {
                let ticket = rest.split('/').next().unwrap_or_default().to_owned();
                self.said.push(Message { ticket, id, body: request.key.clone() });
            }
        }
        Ok(())
    }
}

impl Request {
    fn send(&self, client: &mut Client) -> Result<Value> {
        let extra = format!("Idempotency-Key: {}\r\n", self.key);
        client.json_with("POST", &self.path, &extra, &self.body)
    }
}

fn opening(key: String, worker: usize) -> Request {
    let requester = json!({"email": format!("person{worker}@load.example"), "name": format!("Person {worker}")});
    let body = json!({"subject": key, "body": "Opened under load.", "requester": requester, "channel": "api"});
    Request { path: "/api/v1/tickets".into(), key, body }
}

fn message(ticket: &str, key: String) -> Request {
    let body = json!({"kind": "reply", "body": key, "client_id": key});
    Request { path: format!("/api/v1/tickets/{ticket}/messages"), key, body }
}

fn newest(ledger: &Mutex<Ledger>, worker: usize, round: u32) -> Option<String> {
    let prefix = format!("crash-{round}-{worker}-");
    let ledger = ledger.lock();
    let mine = ledger.opened.iter().rev().find(|ticket| ticket.subject.starts_with(&prefix))?;
    Some(mine.id.clone())
}
