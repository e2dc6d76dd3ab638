//! Load that remembers what it asked for and what it was answered, and a check of both against the house.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::harness::{Answer, World};

const TICKETS: &str = "/api/v1/tickets";

/// One request that was sent, once or more, under its key.
pub struct Tried {
    key: String,
    path: String,
    body: Value,
    /// What a 201 said.
    pub acknowledged: Option<Value>,
}

impl Tried {
    /// Asks for a ticket whose subject is the key.
    pub async fn ticket(world: &World, key: &str) -> Tried {
        let requester = json!({"email": format!("lia-{}@shop.test", key.len())});
        let body = json!({"subject": key, "body": "It does not work.", "requester": requester});
        Tried::send(world, key.to_owned(), TICKETS.to_owned(), body).await
    }

    /// Asks for a message whose body is the key.
    pub async fn message(world: &World, key: &str, ticket: &Value) -> Tried {
        let path = format!("{TICKETS}/{}/messages", ticket["id"].as_str().unwrap());
        Tried::send(world, key.to_owned(), path, json!({"kind": "reply", "body": key, "client_id": key})).await
    }

    async fn send(world: &World, key: String, path: String, body: Value) -> Tried {
        let mut tried = Tried { key, path, body, acknowledged: None };
        let answer = tried.again(world).await;
        if answer.status == 201 {
            tried.acknowledged = Some(answer.expect(201));
        } else {
            is_unavailable(&answer);
        }
        tried
    }

    async fn again(&self, world: &World) -> Answer {
        let call = world.as_(&world.ada).post(&self.path, self.body.clone());
        call.header("idempotency-key", &self.key).send().await
    }
}

/// The answer of a house whose storage fails.
#[track_caller]
pub fn is_unavailable(answer: &Answer) {
    answer.problem(503, "storage_unavailable");
    assert!(answer.text_header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{answer:?}");
}

/// Tickets with a message each, one after the other; `step` says before each whether to go on.
pub async fn work(world: &World, worker: usize, mut step: impl AsyncFnMut(usize) -> bool) -> Vec<Tried> {
    let mut tries = Vec::new();
    let mut number = 0;
    while step(number).await {
        let ticket = Tried::ticket(world, &format!("ticket-{worker}-{number}")).await;
        if let Some(opened) = &ticket.acknowledged {
            tries.push(Tried::message(world, &format!("message-{worker}-{number}"), opened).await);
        }
        tries.push(ticket);
        number += 1;
    }
    tries
}

/// How many of them were acknowledged.
pub fn acknowledged(tries: &[Tried]) -> usize {
    tries.iter().filter(|tried| tried.acknowledged.is_some()).count()
}

/// How often each key is there, as a subject or as a body.
pub async fn found(world: &World) -> HashMap<String, usize> {
    let acme = world.acme;
    let texts = world.house().db.read(acme.uuid(), move |tx| {
        let mut texts: Vec<String> =
            tx.all("SELECT subject FROM ticket WHERE workspace_id = $1", &[&acme], |row| row.get(0))?;
        let sql = "SELECT body FROM message WHERE workspace_id = $1 AND body LIKE 'message-%'";
        texts.extend(tx.all(sql, &[&acme], |row| row.get::<String>(0))?);
        Ok(texts)
    });
    let mut found = HashMap::new();
    for text in texts.await.unwrap() {
        *found.entry(text).or_default() += 1;
    }
    found
}

/// Acknowledged means there; nothing is there twice, also not when everything is asked for again; the log and the
/// counts agree with the rows.
pub async fn check(world: &World, tries: &[Tried], moment: &str) {
    let before = found(world).await;
    for tried in tries {
        let times = before.get(&tried.key).copied().unwrap_or(0);
        assert!(times <= 1, "{moment}: {} is there {times} times", tried.key);
        assert!(tried.acknowledged.is_none() || times == 1, "{moment}: {} was acknowledged and is gone", tried.key);
    }
    books(world, moment).await;
    for tried in tries {
        let again = tried.again(world).await.expect(201);
        if let Some(first) = &tried.acknowledged {
            assert_eq!((&again["id"], &again["number"]), (&first["id"], &first["number"]), "{moment}: {}", tried.key);
        }
    }
    let after = found(world).await;
    assert_eq!(after.len(), tries.len(), "{moment}");
    assert!(after.values().all(|times| *times == 1), "{moment}: {after:?}");
    books(world, moment).await;
}

/// The chain holds, and the counts equal a recount.
async fn books(world: &World, moment: &str) {
    world.sealed().await;
    let (house, acme) = (world.house().clone(), world.acme);
    let report = tokio::task::spawn_blocking(move || server::audit::check(&house, acme)).await.unwrap().unwrap();
    assert_eq!(report.fault, None, "{moment}");
    let counts = world.as_(&world.ada).get("/api/v1/tickets/counts").expect(200).await;
    for view in ["open", "all", "unassigned"] {
        assert_eq!(counts["views"][view], recount(world, view).await, "{moment}: {view}");
    }
}

async fn recount(world: &World, view: &str) -> usize {
    let (mut count, mut after) = (0, String::new());
    loop {
        let path = format!("{TICKETS}?view={view}&limit=100{after}");
        let page = world.as_(&world.ada).get(&path).expect(200).await;
        count += page["items"].as_array().unwrap().len();
        let Some(next) = page["next"].as_str() else { return count };
        after = format!("&after={next}");
    }
}
