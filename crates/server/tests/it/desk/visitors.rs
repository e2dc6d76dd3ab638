//! Visitors: a device asks, an agent answers, and a typed address opens nobody else's door.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::identity::{add_shared, hs256, lia};
use super::scene::{Visitor, at, change, items, of_lia, open, read, rows, text, widget_key};
use crate::harness::{World, both_engines};

/// A customer's stream that is being read.
struct Live {
    frames: BodyDataStream,
    text: String,
}

impl Live {
    async fn open(world: &World, visitor: &Visitor<'_>, last: &str) -> Live {
        let mut request = Request::builder().uri("/api/v1/me/events").header("last-event-id", last);
        for (name, value) in visitor.headers() {
            request = request.header(name, value);
        }
        let answer = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut live = Live { frames: answer.into_body().into_data_stream(), text: String::new() };
        live.reaches("event: hello").await;
        live
    }

    /// Reads until the text holds `part`.
    async fn reaches(&mut self, part: &str) {
        while !self.text.contains(part) {
            let next = tokio::time::timeout(Duration::from_secs(20), self.frames.next()).await;
            let frame = next.unwrap_or_else(|_| panic!("no {part:?} in {:?}", self.text)).unwrap().unwrap();
            self.text.push_str(std::str::from_utf8(&frame).unwrap());
        }
    }

    /// Waits until the stream ends.
    async fn ends(&mut self) {
        let rest = async { while self.frames.next().await.is_some() {} };
        tokio::time::timeout(Duration::from_secs(20), rest)
            .await
            .unwrap_or_else(|_| panic!("it goes on: {:?}", self.text));
    }

    fn last_id(&self) -> String {
        self.text.lines().filter_map(|line| line.strip_prefix("id:")).next_back().unwrap().trim().to_owned()
    }

    fn count(&self, part: &str) -> usize {
        self.text.matches(part).count()
    }
}

async fn reply(world: &World, ticket: &Value, body: &str) -> Value {
    world.as_(&world.ben).post(&at(ticket, "/messages"), json!({"kind": "reply", "body": body})).expect(201).await
}

both_engines! {
    async fn a_visitor_asks_and_reads_the_answer(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.\nWhat now?").await;
        assert_eq!((text(&ticket["subject"]), text(&ticket["status"])), ("I cannot pay. What now?", "open"));
        let listed = world.as_(&world.ben).get("/api/v1/tickets?view=unassigned").expect(200).await;
        assert_eq!((&listed["items"][0]["id"], text(&listed["items"][0]["channel"])), (&ticket["id"], "widget"));
        reply(world, &ticket, "Please try again.").await;
        let messages = lia.messages(&ticket).await;
        assert_eq!(messages[0]["author"], json!({"kind": "me", "name": null}));
        assert_eq!(messages[1]["author"], json!({"kind": "agent", "name": "ben"}));
        assert_eq!(messages[1]["text"], "Please try again.");
        let mine = lia.get("/api/v1/me/tickets").expect(200).await;
        assert_eq!(mine["items"][0]["preview"], "Please try again.");
    }

    async fn what_a_customer_reads_names_nobody_of_the_staff_and_no_log_numbers(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        change(world, http::Method::PUT, &ticket, "/assignment", json!({"assignee_id": world.ben.member})).await;
        reply(world, &ticket, "Please try again.").await;
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ");
        let mine = lia.get("/api/v1/me/tickets").expect(200).await;
        assert_eq!(keys(&mine["items"][0]), "id last_message_at number opened_at preview status subject");
        let messages = lia.messages(&ticket).await;
        assert_eq!(keys(&messages[1]), "attachments author client_id created_at html id text ticket_id");
        let all = format!("{mine}{messages:?}");
        assert!(!all.contains(&world.ben.member.to_string()) && !all.contains("ben@acme.test"), "{all}");
    }

    async fn a_typed_address_joins_nobody(world) {
        let known = open(world, of_lia("Cannot pay")).await;
        let stranger = Visitor::new(world, &widget_key(world).await).await;
        let new = json!({"body": "It is me.", "name": "Lia Berg", "email": "lia@shop.test"});
        let asked = stranger.post("/api/v1/me/tickets", new).expect(201).await;
        let asked = read(world, &asked).await;
        assert_ne!(asked["customer"]["id"], known["customer"]["id"]);
        assert_eq!(asked["customer"]["email"], json!(null), "a claim is no address");
        assert_eq!(items(&stranger.get("/api/v1/me/tickets").expect(200).await).len(), 1);
        let mine = format!("/api/v1/me/tickets/{}", text(&known["id"]));
        stranger.get(&mine).send().await.problem(404, "not_found");
        stranger.post(&format!("{mine}/messages"), json!({"body": "Hi"})).send().await.problem(404, "not_found");
        let me = stranger.patch("/api/v1/me", json!({"email": "lia@shop.test"})).expect(200).await;
        assert_eq!((&me["customer"]["email"], &me["customer"]["verified"]), (&json!("lia@shop.test"), &json!(false)));
        // The next mail of the real Lia goes to the real Lia.
        let later = open(world, of_lia("Again")).await;
        assert_eq!(later["customer"]["id"], known["customer"]["id"]);
        assert_eq!(rows(world, "customer").await, 2);
    }

    async fn replies_arrive_live_each_once_even_when_two_come_together(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        world.sealed().await;
        let mut live = Live::open(world, &lia, "").await;
        reply(world, &ticket, "First answer.").await;
        reply(world, &ticket, "Second answer.").await;
        world.as_(&world.ben).post(&at(&ticket, "/messages"), json!({"kind": "note", "body": "SECRET"})).expect(201).await;
        world.sealed().await;
        live.reaches("Second answer.\",\"html").await;
        change(world, http::Method::PUT, &ticket, "/status", json!({"status": "resolved"})).await;
        world.sealed().await;
        live.reaches("\"status\":\"resolved\"").await;
        assert_eq!(live.count("\"text\":\"First answer.\""), 1, "{}", live.text);
        assert_eq!(live.count("\"text\":\"Second answer.\""), 1, "{}", live.text);
        assert_eq!(live.count("\"text\":\"I cannot pay.\""), 0, "{}", live.text);
        assert!(!live.text.contains("SECRET") && !live.text.contains("cursor"), "{}", live.text);
    }

    async fn a_stream_goes_on_after_the_last_message_it_gave(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        world.sealed().await;
        let mut live = Live::open(world, &lia, "").await;
        reply(world, &ticket, "First answer.").await;
        world.sealed().await;
        live.reaches("First answer.").await;
        let last = live.last_id();
        drop(live);
        reply(world, &ticket, "Second answer.").await;
        reply(world, &ticket, "Third answer.").await;
        world.sealed().await;
        let mut live = Live::open(world, &lia, &last).await;
        live.reaches("Third answer.").await;
        assert_eq!((live.count("\"text\":\"Second answer.\""), live.count("\"text\":\"First answer.\"")), (1, 0), "{}", live.text);
        reply(world, &ticket, "Fourth answer.").await;
        world.sealed().await;
        live.reaches("\"text\":\"Fourth answer.\"").await;
        assert_eq!(live.count("\"text\":\"Third answer.\""), 1, "{}", live.text);
    }

    async fn a_stream_ends_with_what_it_was_opened_by(world) {
        let made = json!({"name": "Shop", "allowed_origins": ["https://shop.test"]});
        let made = world.as_(&world.ada).post("/api/v1/widget-keys", made).expect(201).await;
        let key = text(&made["key"]).to_owned();
        add_shared(world, &world.ada).await;
        let (device, token) = (Visitor::new(world, &key).await, hs256(&lia(world, 300)));
        let signed = Visitor::identified(world, &key, &token);
        let (asked, mine) = (signed.ask("I cannot pay.").await, device.ask("Nor can I.").await);
        world.sealed().await;
        let (mut signature, mut widget) = (Live::open(world, &signed, "").await, Live::open(world, &device, "").await);
        world.clock.advance_seconds(500);
        reply(world, &asked, "Too late for this token.").await;
        reply(world, &mine, "In time.").await;
        world.sealed().await;
        widget.reaches("In time.").await;
        signature.ends().await;
        assert!(!signature.text.contains("Too late"), "{}", signature.text);
        let path = format!("/api/v1/widget-keys/{}", text(&made["id"]));
        assert_eq!(world.as_(&world.ada).delete(&path).send().await.status, 204);
        world.sealed().await;
        widget.ends().await;
    }

    async fn a_visitor_has_a_few_streams_and_no_more(world) {
        let key = widget_key(world).await;
        let (lia, mia) = (Visitor::new(world, &key).await, Visitor::new(world, &key).await);
        let mut open = Vec::new();
        for _ in 0..world.house().settings.streams_per_caller {
            open.push(Live::open(world, &lia, "").await);
        }
        lia.get("/api/v1/me/events").send().await.problem(429, "too_many_streams");
        Live::open(world, &mia, "").await;
        open.pop();
        Live::open(world, &lia, "").await;
    }

    async fn who_missed_too_much_is_told_to_read_anew(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        let last = text(&lia.messages(&ticket).await[0]["id"]).to_owned();
        for number in 0..200 {
            reply(world, &ticket, &format!("Answer {number}.")).await;
        }
        world.sealed().await;
        let mut live = Live::open(world, &lia, &last).await;
        live.reaches("Answer 199.").await;
        reply(world, &ticket, "One more.").await;
        let late = lia.get("/api/v1/me/events").header("last-event-id", &last).send().await;
        late.problem(410, "missed_too_much");
    }

    async fn a_stream_tells_of_the_customers_own_tickets_alone(world) {
        let key = widget_key(world).await;
        let (lia, mia) = (Visitor::new(world, &key).await, Visitor::new(world, &key).await);
        let (lias, mias) = (lia.ask("Lia asks.").await, mia.ask("Mia asks.").await);
        world.sealed().await;
        let mut live = Live::open(world, &lia, "").await;
        reply(world, &mias, "For Mia.").await;
        reply(world, &lias, "For Lia.").await;
        world.sealed().await;
        live.reaches("For Lia.").await;
        assert!(!live.text.contains("Mia"), "{}", live.text);
    }
}
