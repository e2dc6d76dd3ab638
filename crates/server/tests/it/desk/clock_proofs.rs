//! Clocks over random lives of tickets: after every verb, what is stored equals what the events give.

use http::Method;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use trust::Cx;
use trust::access::Via;
use trust::nouns::TicketId;

use super::scene::{Visitor, at, items, read, team, text, widget_key};
use crate::harness::{World, both_engines};

#[derive(Clone, Debug)]
enum Verb {
    CustomerWrites,
    Reply,
    Note,
    Status(&'static str, Option<&'static str>),
    Priority(&'static str),
    Team(bool),
    Snooze(i64),
    Delete,
    Restore,
    NewVersion(i64),
    NewHours(i64),
    Reapply,
}

fn verbs() -> impl Strategy<Value = Verb> {
    prop_oneof![
        3 => Just(Verb::CustomerWrites),
        4 => Just(Verb::Reply),
        1 => Just(Verb::Note),
        6 => prop::sample::select(vec![("open", None), ("in_progress", None), ("resolved", None), ("pending", Some("customer")),
            ("pending", Some("third_party")), ("pending", Some("internal"))]).prop_map(|(status, on)| Verb::Status(status, on)),
        3 => prop::sample::select(vec!["low", "normal", "high", "urgent"]).prop_map(Verb::Priority),
        1 => any::<bool>().prop_map(Verb::Team),
        1 => (1..300_i64).prop_map(Verb::Snooze),
        1 => Just(Verb::Delete),
        2 => Just(Verb::Restore),
        2 => (5..200_i64).prop_map(Verb::NewVersion),
        1 => (6..12_i64).prop_map(Verb::NewHours),
        1 => Just(Verb::Reapply),
    ]
}

/// A life: verbs with the seconds that pass before each, and whether the house has worked meanwhile.
type Life = Vec<(Verb, i64, bool)>;

fn lives(count: usize) -> Vec<Life> {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let life = prop::collection::vec((verbs(), 0..7_200_i64, any::<bool>()), 8..16);
    (0..count).map(|_| life.new_tree(&mut runner).unwrap().current()).collect()
}

fn promise(calendar: &Value, minutes: i64) -> Value {
    let target = |metric: &str, priority: &str, minutes: i64, hours: &str| json!({"metric": metric, "priority": priority, "minutes": minutes, "hours": hours});
    json!({"calendar_id": calendar["id"], "thresholds": ["50%", "+15m"], "targets": [
        target("first_response", "normal", minutes, "business"), target("first_response", "urgent", (minutes / 3).max(1), "calendar"),
        target("next_response", "normal", minutes, "calendar"), target("next_response", "high", (minutes / 2).max(1), "business"),
        target("periodic_update", "normal", minutes * 2, "calendar"), target("pausable_update", "low", minutes * 2, "business"),
        target("requester_wait", "normal", minutes * 5, "business"), target("agent_work", "high", minutes * 3, "calendar"),
        target("resolution", "low", minutes * 9, "business"), target("resolution", "normal", minutes * 6, "business"),
        target("resolution", "urgent", minutes * 2, "calendar"), target("team_time", "normal", minutes * 4, "business"),
    ]})
}

/// What one ticket is made of.
struct Lived<'w> {
    world: &'w World,
    lia: Visitor<'w>,
    asked: Value,
    ticket: Value,
    calendar: &'w Value,
    policy: &'w str,
    teams: &'w [Value; 2],
}

impl Lived<'_> {
    async fn live(&self, verb: &Verb) {
        let (world, ticket) = (self.world, &self.ticket);
        let (ada, ben) = (world.as_(&world.ada), world.as_(&world.ben));
        match verb {
            // Some of these are refused in some places, as a status that needs a reason: nothing happens then.
            Verb::CustomerWrites => {
                let path = format!("/api/v1/me/tickets/{}/messages", text(&self.asked["id"]));
                drop(self.lia.post(&path, json!({"body": "Still not."})).send().await);
            }
            Verb::Reply => {
                drop(ben.post(&at(ticket, "/messages"), json!({"kind": "reply", "body": "We look."})).send().await)
            }
            Verb::Note => drop(ben.post(&at(ticket, "/messages"), json!({"kind": "note", "body": "Hm."})).send().await),
            Verb::Status(status, on) => self.put("/status", json!({"status": status, "waiting_on": on})).await,
            Verb::Priority(priority) => self.call(Method::PATCH, "", json!({"priority": priority})).await,
            Verb::Team(first) => self.put("/assignment", json!({"team_id": self.teams[usize::from(*first)]})).await,
            Verb::Snooze(minutes) => {
                let until = world.house().env.now().plus_seconds(minutes * 60);
                self.put("/snooze", json!({"until": until})).await;
            }
            Verb::Delete => self.call(Method::DELETE, "", Value::Null).await,
            Verb::Restore => drop(ada.post(&at(ticket, "/restoration"), json!({})).send().await),
            Verb::NewVersion(minutes) => {
                let known = items(&ada.get("/api/v1/sla/policies").expect(200).await)[0].clone();
                let change = ada.patch(self.policy, json!({"promise": promise(self.calendar, *minutes)}));
                change.header("if-match", format!("\"{}\"", known["version"])).expect(200).await;
            }
            Verb::NewHours(from) => {
                let path = format!("/api/v1/calendars/{}", text(&self.calendar["id"]));
                let version = ada.get(&path).expect(200).await["version"].clone();
                let days = ["monday", "tuesday", "thursday", "saturday"]
                    .map(|day| json!({"day": day, "from": format!("{from:02}:15"), "to": "18:00"}));
                let change = ada.patch(&path, json!({"definition": {"zone": "Europe/Berlin", "week": days}}));
                change.header("if-match", format!("\"{version}\"")).expect(200).await;
            }
            Verb::Reapply => {
                drop(ada.post(&format!("{}/reapplication", self.policy), json!({"preview": false})).expect(200).await)
            }
        }
    }

    async fn put(&self, rest: &str, body: Value) {
        self.call(Method::PUT, rest, body).await;
    }

    async fn call(&self, method: Method, rest: &str, body: Value) {
        let ada = self.world.as_(&self.world.ada);
        let known = ada.get(&at(&self.ticket, "")).send().await;
        if known.status != 200 {
            return;
        }
        let version = serde_json::from_slice::<Value>(&known.body).unwrap()["version"].clone();
        let call = ada.call(method, &at(&self.ticket, rest)).header("if-match", format!("\"{version}\""));
        drop(if body.is_null() { call.send().await } else { call.json(&body).send().await });
    }

    async fn is_as_replayed(&self) -> bool {
        let id: TicketId = text(&self.ticket["id"]).parse().unwrap();
        let now = self.world.house().env.now();
        let cx = Cx::of_house(self.world.house(), self.world.acme, Via::Job);
        cx.read(move |tx, cx| desk::sla::is_as_replayed(tx, cx, id, now)).await.unwrap()
    }
}

both_engines! {
    async fn after_every_verb_stored_clocks_are_what_the_events_give(world) {
        let ada = world.as_(&world.ada);
        let day = |day: &str| json!({"day": day, "from": "08:30", "to": "17:00"});
        let week = ["monday", "tuesday", "wednesday", "thursday", "friday"].map(day);
        let definition = json!({"zone": "Europe/Berlin", "week": week});
        let calendar = ada.post("/api/v1/calendars", json!({"name": "Berlin", "definition": definition})).expect(201).await;
        let new = json!({"name": "Usual", "promise": promise(&calendar, 45)});
        let policy = ada.post("/api/v1/sla/policies", new).expect(201).await;
        let policy = format!("/api/v1/sla/policies/{}", text(&policy["id"]));
        let teams = [team(world, "One").await, team(world, "Two").await];
        let key = widget_key(world).await;
        let mut done = 0;
        for life in lives(8) {
            let lia = Visitor::new(world, &key).await;
            let asked = lia.ask("I cannot pay.").await;
            let ticket = read(world, &asked).await;
            let lived = Lived { world, lia, asked, ticket, calendar: &calendar, policy: &policy, teams: &teams };
            let mut so_far = Vec::new();
            for (verb, seconds, works) in &life {
                world.clock.advance_seconds(*seconds);
                if *works {
                    world.opened.worker.run_due().await.unwrap();
                }
                lived.live(verb).await;
                so_far.push((verb, seconds, works));
                assert!(lived.is_as_replayed().await, "{so_far:#?}");
            }
            world.clock.advance_seconds(40 * 3_600);
            world.opened.worker.run_due().await.unwrap();
            assert!(lived.is_as_replayed().await, "{so_far:#?}");
            let story = ada.get(&at(&lived.ticket, "/timeline?limit=100")).send().await;
            done += usize::from(story.status == 200);
        }
        assert!(done > 0, "every ticket was thrown away");
    }
}
