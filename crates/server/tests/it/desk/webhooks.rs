//! Webhooks of rules: signed, told apart from repetitions, tried again, and never sent where nobody may call.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::scene::{of_lia, open, text};
use crate::harness::{Engine, World, tell_in};

/// A call as a receiver gets it.
#[derive(Clone, Debug, Default)]
struct Call {
    headers: Vec<(String, String)>,
    body: String,
}

impl Call {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap()
    }
}

/// A receiver on this machine that answers with these statuses, one after the other.
async fn receiver(listener: TcpListener, statuses: &'static [u16]) -> Arc<Mutex<Vec<Call>>> {
    let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
    let kept = calls.clone();
    tokio::spawn(async move {
        for status in statuses {
            let (mut socket, _) = listener.accept().await.unwrap();
            let call = read(&mut socket).await;
            kept.lock().push(call);
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    calls
}

async fn read(socket: &mut tokio::net::TcpStream) -> Call {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let n = socket.read(&mut part).await.unwrap();
        bytes.extend_from_slice(&part[..n]);
        let all = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = all.split_once("\r\n\r\n") else { continue };
        let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let headers: Vec<(String, String)> =
            lines.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
        if body.len() >= length || n == 0 {
            return Call { headers, body: body.to_owned() };
        }
    }
}

/// A world that may call a receiver on this machine, and the receiver's place.
fn world_and_listener() -> (std::net::TcpListener, impl FnOnce(Engine) -> World) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let place = listener.local_addr().unwrap().to_string();
    (listener, move |engine| {
        World::with(engine, server::domains::operations(), |settings| settings.outbound.allow = vec![place])
    })
}

async fn rule(world: &World, url: &str) -> Value {
    let new = json!({"name": "Call", "enabled": true, "when": {"events": ["opened"]}, "actions": [{"do": "webhook", "url": url}]});
    world.as_(&world.ada).post("/api/v1/automation/rules", new).expect(201).await
}

fn signature(secret: &str, call: &Call) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{}", call.header("webhook-id"), call.header("webhook-timestamp"), call.body).as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

async fn signed_and_tried_again(world: &World, listener: std::net::TcpListener) {
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let calls = receiver(TcpListener::from_std(listener).unwrap(), &[500, 204]).await;
    let rule = rule(world, &url).await;
    let ticket = open(world, of_lia("Call me")).await;
    world.opened.worker.run_due().await.unwrap();
    assert_eq!(calls.lock().len(), 1);
    world.clock.advance_seconds(60);
    world.opened.worker.run_due().await.unwrap();
    let got = calls.lock().clone();
    assert_eq!(got.len(), 2, "an error is tried again");
    assert_eq!(got[0].header("webhook-id"), got[1].header("webhook-id"), "and keeps its id");
    let secret = text(&rule["webhook_secret"]).to_owned();
    for call in &got {
        assert_eq!(call.header("webhook-signature"), signature(&secret, call));
    }
    let body: Value = serde_json::from_str(&got[1].body).unwrap();
    assert_eq!((&body["data"]["ticket"]["id"], &body["data"]["rule_id"]), (&ticket["id"], &rule["id"]));
    world.clock.advance_seconds(7200);
    world.opened.worker.run_due().await.unwrap();
    assert_eq!(super::scene::rows(world, "job").await, 0, "what was taken is not sent again");
    // An agent reads names of rules and nothing more of them.
    let path = format!("/api/v1/automation/rules/{}", text(&rule["id"]));
    world.as_(&world.ben).get(&path).send().await.problem(403, "missing_right");
    let names = world.as_(&world.ben).get("/api/v1/automation/names").expect(200).await;
    assert_eq!(names["items"], serde_json::json!([{"id": rule["id"], "name": "Call"}]));
}

async fn nowhere_inside(world: &World) {
    let rule = rule(world, "http://127.0.0.1:9/hook").await;
    let ticket = open(world, of_lia("Call me")).await;
    world.opened.worker.run_due().await.unwrap();
    let acme = world.acme;
    let read = world.house().db.read(acme.uuid(), move |tx| {
        let sql = "SELECT last_error FROM job WHERE workspace_id = $1 AND kind = 'call_webhook'";
        tx.first(sql, &[&acme], |row| row.get::<Option<String>>(0))
    });
    assert_eq!(read.await.unwrap().flatten().as_deref(), Some("outbound_refused"));
    let path = format!("/api/v1/automation/rules/{}/runs", text(&rule["id"]));
    let run = world.as_(&world.ada).get(&path).expect(200).await;
    assert_eq!(run["items"][0]["effects"][0]["outcome"], "done", "it is still tried");
    for _ in 0..12 {
        world.clock.advance_seconds(24 * 3_600);
        world.opened.worker.run_due().await.unwrap();
    }
    // Given up: the run and the timeline say so.
    let run = world.as_(&world.ada).get(&path).expect(200).await;
    let effect = &run["items"][0]["effects"][0];
    assert_eq!((text(&effect["outcome"]), text(&effect["code"])), ("refused", "outbound_refused"));
    let story = world.as_(&world.ada).get(&super::scene::at(&ticket, "/timeline")).expect(200).await;
    let told = story["items"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "ticket.rule_action_refused");
    assert_eq!(told.count(), 1);
}

mod a_call_is_signed_and_tried_again_under_one_id {
    use super::*;

    #[test]
    fn on_sqlite() {
        let (listener, make) = world_and_listener();
        tell_in(Engine::Sqlite, make, async |world| signed_and_tried_again(world, listener).await);
    }

    #[test]
    fn on_postgres() {
        let (listener, make) = world_and_listener();
        tell_in(Engine::Postgres, make, async |world| signed_and_tried_again(world, listener).await);
    }
}

#[test]
fn a_rule_calls_nothing_on_internal_networks() {
    tell_in(Engine::Sqlite, World::new, async |world| nowhere_inside(world).await);
}
