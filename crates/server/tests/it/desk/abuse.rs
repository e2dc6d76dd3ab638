//! Bad input at the desk's doors: the documented problem with a code, nothing written, the next request served.

use std::time::Duration;

use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::scene::{Visitor, at, of_lia, open, rows, text, widget_key};
use crate::harness::{World, both_engines};

/// Everything a request could have written.
async fn everything(world: &World) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in [
        "ticket",
        "message",
        "customer",
        "customer_address",
        "event",
        "idempotency",
        "ticket_tag",
        "ticket_field",
        "tag",
    ] {
        counts.push(rows(world, table).await);
    }
    counts
}

/// Bodies that are wrong wherever they arrive, with status and code; `good` is the inside of a right one.
fn wrong_anywhere(good: &str) -> Vec<(Vec<u8>, u16, &'static str)> {
    let text = |text: String| text.into_bytes();
    vec![
        (text(String::new()), 400, "malformed_json"),
        (text(format!("{{{good}")), 400, "malformed_json"),
        (text(format!("{{{good}}} {{}}")), 400, "malformed_json"),
        (text(format!("{{{good}, }}")), 400, "malformed_json"),
        (text("null".to_owned()), 422, "invalid_field"),
        (text("[]".to_owned()), 422, "invalid_field"),
        (text("7".to_owned()), 422, "invalid_field"),
        (text("[".repeat(100_000)), 422, "invalid_field"),
        (text(format!("{{{good}, \"more\": {}", "[".repeat(100_000))), 422, "unknown_field"),
        (text("{\"more\": ".repeat(100_000)), 422, "unknown_field"),
        (text(format!("{{{good}, \"colour\": \"red\"}}")), 422, "unknown_field"),
        (text(format!("{{{good}, \"body\": \"b\"}}")), 422, "invalid_field"),
        ([b"{\"body\": \"\xff\xfe\", ", good.as_bytes(), b"}"].concat(), 400, "malformed_json"),
        (text(format!("{{{good}, \"body_format\": \"\\ud800\"}}")), 400, "malformed_json"),
        (text(format!("{{{good}, \"body_format\": \"latin\"}}")), 422, "invalid_field"),
        (text(format!("{{{good}, \"attachments\": \"x\"}}")), 422, "invalid_field"),
        (text(format!("{{{good}, \"attachments\": [\"upl_1\"]}}")), 422, "invalid_field"),
        (vec![b' '; 3 * 1024 * 1024], 413, "body_too_large"),
    ]
}

/// Sends wrong bodies to a door, then a right one.
async fn abuse(world: &World, path: &str, good: &str, wrong: Vec<(Vec<u8>, u16, &'static str)>) {
    let before = everything(world).await;
    let ada = world.as_(&world.ada);
    for (body, status, code) in wrong.into_iter().chain(wrong_anywhere(good)) {
        let start = String::from_utf8_lossy(&body[..body.len().min(120)]).into_owned();
        let answer = ada.call(Method::POST, path).raw("application/json", body).send().await;
        let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((answer.status.as_u16(), problem["code"].as_str()), (status, Some(code)), "{start}: {problem}");
        answer.problem(status, code);
        assert!(answer.body.len() < 2_000, "the answer repeats the request: {start}");
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        let right = format!("{{{good}}}");
        ada.call(Method::POST, path).raw(kind, right).send().await.problem(415, "wrong_content_type");
    }
    for key in ["", &"k".repeat(201)] {
        let right = ada.call(Method::POST, path).raw("application/json", format!("{{{good}}}"));
        let answer = right.header("idempotency-key", key).send().await;
        assert!(path.ends_with("/messages") || answer.status == 422 || answer.status == 400, "{answer:?}");
        if path.ends_with("/messages") {
            return;
        }
    }
    assert_eq!(everything(world).await, before, "something was written");
    ada.call(Method::POST, path).raw("application/json", format!("{{{good}}}")).send().await.expect(201);
}

fn field(name: &str, value: &str) -> Vec<u8> {
    let mut new = of_lia("Cannot pay");
    new[name] = serde_json::from_str(value).unwrap();
    new.to_string().into_bytes()
}

both_engines! {
    async fn a_wrong_ticket_is_refused_by_name_and_nothing_is_written(world) {
        let good = "\"subject\": \"A\", \"body\": \"b\", \"requester\": {\"email\": \"x@shop.test\"}";
        let long = format!("\"{}\"", "x".repeat(1_000_000));
        let tags = format!("[{}]", vec!["\"t\""; 51].join(","));
        let deep = format!("{{\"a\": {}1{}}}", "[".repeat(100), "]".repeat(100));
        let wrong = [
            ("subject", long.as_str()), ("subject", "\"\""), ("subject", "\"  \""), ("subject", "\"a\\u0000b\""), ("subject", "\"a\\nb\""),
            ("subject", "\"a\\u202eb\""), ("subject", "7"), ("subject", "null"), ("subject", "[\"a\"]"), ("body", long.as_str()),
            ("body", "\"\""), ("body", "\"a\\u0000b\""), ("body", "{}"), ("priority", "\"now\""), ("priority", "1"), ("channel", "\"pigeon\""),
            ("type", "\"rant\""), ("tags", "\"a\""), ("tags", "[1]"), ("tags", "[\"\"]"), ("tags", tags.as_str()), ("tags", "[\"a\\u0000\"]"),
            ("fields", "[]"), ("requester", "null"), ("requester", "{}"), ("requester", "\"lia\""), ("requester", "{\"email\": \"no address\"}"),
            ("requester", "{\"email\": \"a\\u0000@b.test\"}"), ("requester", "{\"external_id\": \"\"}"), ("requester", "{\"customer_id\": \"tkt_1\"}"),
            ("team_id", "\"tkt_00000000000000000000000000\""), ("assignee_id", "\"\""), ("external_id", "\"\""), ("external_id", long.as_str()),
            ("language", "\"\\u0007\""),
        ];
        let wrong: Vec<_> = wrong.iter().map(|(name, value)| (field(name, value), 422, "invalid_field")).collect();
        abuse(world, "/api/v1/tickets", good, wrong).await;
        for (name, value, code) in [("requester", "{\"email\": \"x@shop.test\", \"vip\": true}", "unknown_field"), ("fields", deep.as_str(), "unknown_field_key")] {
            let sent = world.as_(&world.ada).call(Method::POST, "/api/v1/tickets").raw("application/json", field(name, value)).send().await;
            assert_eq!(sent.status, 422, "{code}: {sent:?}");
        }
        assert_eq!(rows(world, "ticket").await, 1);
    }

    async fn a_wrong_message_is_refused_by_name_and_nothing_is_written(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        let good = "\"kind\": \"reply\", \"body\": \"b\"";
        let long = "x".repeat(1_000_000);
        let wrong = [
            "{\"kind\": \"reply\"}".to_owned(),
            "{\"body\": \"b\"}".to_owned(),
            "{\"kind\": \"system\", \"body\": \"b\"}".to_owned(),
            "{\"kind\": \"reply\", \"body\": 7}".to_owned(),
            "{\"kind\": \"reply\", \"body\": \"a\\u0000b\"}".to_owned(),
            "{\"kind\": \"reply\", \"body\": \" \"}".to_owned(),
            format!("{{\"kind\": \"reply\", \"body\": \"{long}\"}}"),
            "{\"kind\": \"reply\", \"body\": \"b\", \"client_id\": \"\"}".to_owned(),
            "{\"kind\": \"reply\", \"body\": \"b\", \"last_seen_message_id\": \"tkt_1\"}".to_owned(),
        ];
        let wrong = wrong.into_iter().map(|body| (body.into_bytes(), 422, "invalid_field")).collect();
        abuse(world, &at(&ticket, "/messages"), good, wrong).await;
    }

    async fn a_visitor_cannot_do_worse(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        let before = everything(world).await;
        let path = format!("/api/v1/me/tickets/{}/messages", text(&ticket["id"]));
        for body in [json!({"body": "a\u{0}b"}), json!({"body": ""}), json!({"body": 7}), json!({}), json!([]), json!({"body": "x".repeat(1_000_000)})] {
            lia.post(&path, body.clone()).send().await.problem(422, "invalid_field");
            lia.post("/api/v1/me/tickets", body).send().await.problem(422, "invalid_field");
        }
        lia.post(&path, json!({"body": "b", "kind": "note"})).send().await.problem(422, "unknown_field");
        lia.post("/api/v1/me/tickets", json!({"body": "b", "priority": "urgent"})).send().await.problem(422, "unknown_field");
        assert_eq!(everything(world).await, before);
        lia.write(&ticket, "Fine.").await;
    }

    async fn slow_and_broken_connections_write_nothing_and_hold_up_nobody(world) {
        let address = world.listen().await;
        let before = everything(world).await;
        let body = of_lia("Cannot pay").to_string();
        let head = |more: &str| format!(
            "POST /api/v1/tickets HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n{more}",
            world.ada.token,
        );
        // Headers that never end are cut off; a body that stops in the middle is no request.
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(head("").as_bytes()).await.unwrap();
        for part in [format!("Content-Length: {}\r\n\r\n{}", body.len(), &body[..20]), format!("Transfer-Encoding: chunked\r\n\r\n5\r\n{}\r\n", &body[..5])] {
            let mut half = TcpStream::connect(address).await.unwrap();
            half.write_all(head(&part).as_bytes()).await.unwrap();
            half.shutdown().await.unwrap();
            let answer = to_the_end(&mut half).await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
        }
        let mut waiting = TcpStream::connect(address).await.unwrap();
        waiting.write_all(head(&format!("Connection: close\r\nContent-Length: {}\r\n\r\n{}", body.len(), &body[..20])).as_bytes()).await.unwrap();
        let mut good = TcpStream::connect(address).await.unwrap();
        let whole = head(&format!("Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len()));
        assert_eq!(everything(world).await, before);
        good.write_all(whole.as_bytes()).await.unwrap();
        let answer = to_the_end(&mut good).await;
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert!(to_the_end(&mut slow).await.len() < 1_000, "cut off after two seconds");
        // The one that waits may still end, and is served.
        waiting.write_all(&body.as_bytes()[20..]).await.unwrap();
        let answer = to_the_end(&mut waiting).await;
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert_eq!(rows(world, "ticket").await, 2);
    }
}

/// What a connection says until it ends.
async fn to_the_end(socket: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut all)).await;
    drop(read.expect("the connection was left open"));
    String::from_utf8_lossy(&all).into_owned()
}
