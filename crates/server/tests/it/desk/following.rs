//! Following: the log of a desk at work, in order and without gaps, within each reader's reach, by pages and live.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use trust::access::Role;

use super::scene::{at, change, items, of_lia, open, set_status, team, text};
use crate::harness::{Person, World, both_engines};

/// Everything a reader is given after a cursor, in pages of three.
async fn events(world: &World, who: &Person, since: &str) -> Vec<Value> {
    let (mut all, mut since) = (Vec::new(), since.to_owned());
    loop {
        let page = world.as_(who).get(&format!("/api/v1/events?limit=3&since={since}")).expect(200).await;
        all.extend(items(&page).iter().cloned());
        let next = text(&page["next"]).to_owned();
        if next == since {
            return all;
        }
        since = next;
    }
}

fn kinds(events: &[Value], ticket: &Value) -> Vec<String> {
    let own = events.iter().filter(|event| event["subject"]["id"] == ticket["id"]);
    own.map(|event| text(&event["kind"]).to_owned()).collect()
}

fn number(cursor: &Value) -> i64 {
    i64::from_str_radix(text(cursor).split_once('.').unwrap().1, 16).unwrap()
}

/// A stream over a real connection.
struct Wire {
    socket: TcpStream,
    text: String,
}

impl Wire {
    async fn open(world: &World, who: &Person, last: Option<&str>) -> Wire {
        let address = world.listen().await;
        let mut socket = TcpStream::connect(address).await.unwrap();
        let last = last.map(|last| format!("Last-Event-ID: {last}\r\n")).unwrap_or_default();
        let request = format!(
            "GET /api/v1/events/stream HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n{last}\r\n",
            who.token
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut wire = Wire { socket, text: String::new() };
        wire.reaches("event: hello").await;
        assert!(wire.text.starts_with("HTTP/1.1 200"), "{}", wire.text);
        wire
    }

    async fn reaches(&mut self, part: &str) {
        let mut bytes = [0; 4096];
        while !self.text.contains(part) {
            let read = tokio::time::timeout(Duration::from_secs(20), self.socket.read(&mut bytes)).await;
            let read = read.unwrap_or_else(|_| panic!("no {part:?} in {:?}", self.text)).unwrap();
            assert!(read > 0, "the stream ended: {:?}", self.text);
            self.text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
        }
    }

    fn ids(&self) -> Vec<&str> {
        self.text.lines().filter_map(|line| line.strip_prefix("id: ")).collect()
    }
}

both_engines! {
    async fn the_feed_is_whole_and_in_each_tickets_order(world) {
        let (a, b) = (open(world, of_lia("A")).await, open(world, of_lia("B")).await);
        for ticket in [&a, &b] {
            change(world, Method::PUT, ticket, "/assignment", json!({"assignee_id": world.ben.member})).await;
            world.as_(&world.ben).post(&at(ticket, "/messages"), json!({"kind": "note", "body": "SECRET"})).expect(201).await;
            set_status(world, ticket, "resolved").await;
        }
        change(world, Method::DELETE, &a, "", Value::Null).await;
        world.sealed().await;
        let all = events(world, &world.ada, "0.0").await;
        let numbers: Vec<i64> = all.iter().map(|event| number(&event["cursor"])).collect();
        assert_eq!(numbers, (1..=i64::try_from(all.len()).unwrap()).collect::<Vec<_>>());
        assert_eq!(kinds(&all, &a), ["ticket.opened", "ticket.assigned", "ticket.message_added", "ticket.status_changed", "ticket.deleted"]);
        assert_eq!(kinds(&all, &b), ["ticket.opened", "ticket.assigned", "ticket.message_added", "ticket.status_changed"]);
        let told = json!(all).to_string();
        assert!(!told.contains("SECRET") && !told.contains("lia@shop.test") && !told.contains("Lia Berg"), "{told}");
        let opened = all.iter().find(|event| event["kind"] == "ticket.opened").unwrap();
        assert_eq!((text(&opened["data"]["channel"]), text(&opened["data"]["priority"])), ("api", "normal"));
    }

    async fn each_reader_is_told_within_their_reach(world) {
        let (billing, sales) = (team(world, "Billing").await, team(world, "Sales").await);
        let tara = world.hire("tara@acme.test", Role::Agent, json!({"teams": [billing], "ticket_scope": "teams"})).await;
        let mut tickets = BTreeMap::new();
        for (name, place) in [("billing", &billing), ("sales", &sales)] {
            let mut new = of_lia(name);
            new["team_id"] = place.clone();
            tickets.insert(name, open(world, new).await);
        }
        change(world, Method::PATCH, &tickets["billing"], "", json!({"restricted": true})).await;
        change(world, Method::PATCH, &tickets["billing"], "", json!({"priority": "low"})).await;
        world.sealed().await;
        let told = events(world, &tara, "0.0").await;
        assert_eq!(kinds(&told, &tickets["billing"]), ["ticket.opened"]);
        assert!(kinds(&told, &tickets["sales"]).is_empty());
        let all = events(world, &world.ada, "0.0").await;
        assert_eq!(kinds(&all, &tickets["billing"]).len(), 3);
        assert!(events(world, &world.gus, "0.0").await.is_empty());
    }

    async fn what_retention_took_is_gone_and_the_rest_can_be_read(world) {
        for subject in ["A", "B", "C"] { open(world, of_lia(subject)).await; }
        world.sealed().await;
        let acme = world.acme;
        let cut = world.house().db.write(acme.uuid(), move |tx| {
            tx.exec("UPDATE log_head SET oldest = 3 WHERE workspace_id = $1", &[&acme])
        });
        assert_eq!(cut.await.unwrap(), 1);
        let ada = world.as_(&world.ada);
        for path in ["/api/v1/events?since=0.0", "/api/v1/events/stream?since=0.0"] {
            let gone = ada.get(path).send().await.problem(410, "cursor_expired");
            let rest = events(world, &world.ada, text(&gone["oldest"])).await;
            assert_eq!(number(&rest[0]["cursor"]), 3);
        }
        let late = ada.get("/api/v1/events/stream").header("last-event-id", "0.0").send().await;
        late.problem(410, "cursor_expired");
        ada.get("/api/v1/events?since=0.-1").send().await.problem(422, "bad_cursor");
        ada.get("/api/v1/events?since=7.1").send().await.problem(422, "bad_cursor");
        ada.get("/api/v1/events/stream").header("last-event-id", "x").send().await.problem(422, "bad_cursor");
    }

    async fn a_stream_over_the_wire_tells_what_happens_and_goes_on_where_it_ended(world) {
        let mut wire = Wire::open(world, &world.ben, None).await;
        let ticket = open(world, of_lia("Cannot pay")).await;
        world.sealed().await;
        wire.reaches("event: ticket.opened").await;
        wire.reaches(text(&ticket["id"])).await;
        let last = wire.ids().last().unwrap().to_string();
        drop(wire);
        set_status(world, &ticket, "pending").await;
        set_status(world, &ticket, "resolved").await;
        world.sealed().await;
        let mut again = Wire::open(world, &world.ben, Some(&last)).await;
        again.reaches("\"after\":\"resolved\"").await;
        assert!(!again.text.contains("event: ticket.opened"), "{}", again.text);
        let numbers: Vec<i64> = again.ids().iter().map(|id| number(&json!(id))).collect();
        assert_eq!(numbers, (numbers[0]..=numbers[0] + 2).collect::<Vec<_>>(), "the greeting and two events");
        let after = open(world, of_lia("Cannot log in")).await;
        world.sealed().await;
        again.reaches(text(&after["id"])).await;
    }
}
