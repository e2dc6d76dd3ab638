//! Rules against a second, obvious implementation: random rules in order with their stops and turns, and random rules that
//! set each other off and must come to an end.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::scene::{at, change, items, of_lia, open, read, text};
use crate::harness::{World, both_engines};

const RULES: &str = "/api/v1/automation/rules";
const PRIORITIES: [&str; 4] = ["low", "normal", "high", "urgent"];
const TAGS: [&str; 3] = ["a", "b", "c"];

/// The same cases on every machine.
fn cases<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[derive(Clone, Debug)]
enum Condition {
    Always,
    Priority(usize),
    Tagged(usize),
    Untagged(usize),
    Errs,
}

#[derive(Clone, Debug)]
enum Action {
    Priority(usize),
    Tag(usize),
    Untag(usize),
}

#[derive(Clone, Debug)]
struct Rule {
    hears: Vec<usize>,
    condition: Condition,
    actions: Vec<Action>,
    stops: bool,
    once: bool,
    is_on: bool,
}

/// What somebody does to a ticket, which is also what rules hear of.
const HEARD: [&str; 3] = ["opened", "status_changed", "noted"];

prop_compose! {
    fn rules()(
        hears in prop::sample::subsequence(vec![0_usize, 1, 2], 1..=3),
        condition in prop_oneof![
            3 => Just(Condition::Always), 3 => (0..4_usize).prop_map(Condition::Priority), 2 => (0..3_usize).prop_map(Condition::Tagged),
            2 => (0..3_usize).prop_map(Condition::Untagged), 1 => Just(Condition::Errs)],
        actions in prop::collection::vec(prop_oneof![(0..4_usize).prop_map(Action::Priority),
            (0..3_usize).prop_map(Action::Tag), (0..3_usize).prop_map(Action::Untag)], 1..3),
        stops in prop::bool::weighted(0.3), once in prop::bool::weighted(0.4), is_on in prop::bool::weighted(0.9),
    ) -> Rule {
        Rule { hears, condition, actions, stops, once, is_on }
    }
}

impl Rule {
    fn body(&self, name: usize) -> Value {
        let condition = match self.condition {
            Condition::Always => String::new(),
            Condition::Priority(index) => format!("ticket.priority == \"{}\"", PRIORITIES[index]),
            Condition::Tagged(index) => format!("\"{}\" in ticket.tags", TAGS[index]),
            Condition::Untagged(index) => format!("!(\"{}\" in ticket.tags)", TAGS[index]),
            Condition::Errs => "1 / (ticket.number - ticket.number) > 1".to_owned(),
        };
        let action = |action: &Action| match action {
            Action::Priority(index) => json!({"do": "set_priority", "priority": PRIORITIES[*index]}),
            Action::Tag(index) => json!({"do": "add_tags", "tags": [TAGS[*index]]}),
            Action::Untag(index) => json!({"do": "remove_tags", "tags": [TAGS[*index]]}),
        };
        let actions: Vec<Value> = self.actions.iter().map(action).collect();
        let events: Vec<&str> = self.hears.iter().map(|index| HEARD[*index]).collect();
        json!({"name": format!("Rule {name}"), "enabled": self.is_on, "when": {"events": events}, "condition": condition,
            "actions": actions, "stops": self.stops, "once_per_ticket": self.once})
    }
}

/// The obvious way: a ticket is a priority and tags, and the rules are gone through one after the other.
#[derive(Default)]
struct Obvious {
    priority: usize,
    tags: BTreeSet<usize>,
    acted: BTreeSet<usize>,
    runs: Vec<(usize, &'static str)>,
}

impl Obvious {
    fn hear(&mut self, heard: usize, rules: &[Rule]) {
        for (index, rule) in rules.iter().enumerate() {
            if !rule.is_on || !rule.hears.contains(&heard) || rule.once && self.acted.contains(&index) {
                continue;
            }
            let holds = match rule.condition {
                Condition::Always => true,
                Condition::Priority(wanted) => self.priority == wanted,
                Condition::Tagged(tag) => self.tags.contains(&tag),
                Condition::Untagged(tag) => !self.tags.contains(&tag),
                Condition::Errs => {
                    self.runs.push((index, "erred"));
                    false
                }
            };
            if !holds {
                continue;
            }
            for action in &rule.actions {
                match *action {
                    Action::Priority(priority) => self.priority = priority,
                    Action::Tag(tag) => drop(self.tags.insert(tag)),
                    Action::Untag(tag) => drop(self.tags.remove(&tag)),
                }
            }
            self.acted.insert(index);
            self.runs.push((index, "ran"));
            if rule.stops {
                return;
            }
        }
    }
}

async fn work(world: &World) {
    world.opened.worker.run_due().await.unwrap();
}

/// Everything that rules did to a ticket, as its timeline tells.
async fn told(world: &World, ticket: &Value) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.as_(&world.ada).get(&at(ticket, &format!("/timeline?limit=100{after}"))).expect(200).await;
        all.extend(
            items(&page).iter().filter(|entry| entry["kind"] == "ticket.rule_ran").map(|entry| entry["data"].clone()),
        );
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
    }
}

/// Puts these rules in the place of those that are there, and gives their ids in order.
async fn replace(world: &World, bodies: Vec<Value>) -> Vec<String> {
    let ada = world.as_(&world.ada);
    for known in items(&ada.get(&format!("{RULES}?limit=100")).expect(200).await) {
        let path = format!("{RULES}/{}", text(&known["id"]));
        ada.delete(&path).header("if-match", format!("\"{}\"", known["version"])).expect(204).await;
    }
    let mut ids = Vec::new();
    for body in bodies {
        ids.push(text(&ada.post(RULES, body).expect(201).await["id"]).to_owned());
    }
    ids
}

/// Asks what each rule as it is would have done: the replay must find what really happened.
async fn replays_as_it_was(world: &World, ids: &[String], bodies: &[Value], since: &Value, model: &Obvious) {
    let ada = world.as_(&world.ada);
    for (index, (id, body)) in ids.iter().zip(bodies).enumerate().filter(|(index, _)| index % 3 == 0) {
        if body["enabled"] == json!(false) {
            continue;
        }
        let question = json!({"rule": {"rule_id": id, "rule": body}, "from": since, "to": "2027-06-01T00:00:00Z"});
        let run = ada.post("/api/v1/simulations", question).expect(201).await;
        work(world).await;
        let done = ada.get(&format!("/api/v1/simulations/{}", text(&run["id"]))).expect(200).await;
        let really = model.runs.iter().filter(|run| **run == (index, "ran")).count();
        let turns = i64::from(really > 0);
        assert_eq!(
            (&done["ran"], &done["covered"]),
            (&json!(really), &json!({"before": turns, "after": turns})),
            "{body}"
        );
        let actions: i64 =
            done["actions"].as_array().unwrap().iter().map(|sum| sum["taken"]["before"].as_i64().unwrap()).sum();
        let wanted = really * body["actions"].as_array().unwrap().len();
        assert_eq!((actions, &done["differing"]), (i64::try_from(wanted).unwrap(), &json!(0)), "{body}");
    }
}

both_engines! {
    async fn random_rules_act_as_going_through_them_one_by_one_says(world) {
        let lives = cases((prop::collection::vec(rules(), 1..7), prop::collection::vec((any::<bool>(), 0..4_usize), 1..5)), 10);
        for (rules, verbs) in lives {
            let bodies: Vec<Value> = rules.iter().enumerate().map(|(name, rule)| rule.body(name)).collect();
            let ids = replace(world, bodies.clone()).await;
            world.clock.advance_seconds(2);
            let ticket = open(world, of_lia("One")).await;
            let mut model = Obvious { priority: 1, ..Obvious::default() };
            model.hear(0, &rules);
            work(world).await;
            let mut is_pending = false;
            for (is_note, _) in verbs {
                world.clock.advance_seconds(2);
                if is_note {
                    world.as_(&world.ben).post(&at(&ticket, "/messages"), json!({"kind": "note", "body": "Hm."})).expect(201).await;
                    model.hear(2, &rules);
                } else {
                    is_pending = !is_pending;
                    let status = if is_pending { "pending" } else { "open" };
                    change(world, Method::PUT, &ticket, "/status", json!({"status": status})).await;
                    model.hear(1, &rules);
                }
                work(world).await;
            }
            let name = |data: &Value| {
                let index = ids.iter().position(|id| *id == text(&data["rule_id"])).unwrap();
                (index, text(&data["outcome"]).to_owned())
            };
            let really: Vec<_> = told(world, &ticket).await.iter().map(name).collect();
            let wanted: Vec<_> = model.runs.iter().map(|(index, outcome)| (*index, (*outcome).to_owned())).collect();
            assert_eq!(really, wanted, "{rules:#?}");
            let now = read(world, &ticket).await;
            let tags: Vec<_> = model.tags.iter().map(|tag| TAGS[*tag]).collect();
            assert_eq!((text(&now["priority"]), &now["tags"]), (PRIORITIES[model.priority], &json!(tags)), "{rules:#?}");
            replays_as_it_was(world, &ids, &bodies, &ticket["opened_at"], &model).await;
        }
    }

    async fn random_rules_that_set_each_other_off_come_to_an_end_and_none_acts_twice_for_one_cause(world) {
        let moments = prop::sample::select(vec!["opened", "updated", "status_changed", "noted"]);
        let action = prop_oneof![
            (0..4_usize).prop_map(|index| json!({"do": "set_priority", "priority": PRIORITIES[index]})),
            (0..3_usize).prop_map(|index| json!({"do": "add_tags", "tags": [TAGS[index]]})),
            (0..3_usize).prop_map(|index| json!({"do": "remove_tags", "tags": [TAGS[index]]})),
            prop::sample::select(vec!["pending", "open", "in_progress"]).prop_map(|status| json!({"do": "set_status", "status": status})),
            Just(json!({"do": "note", "body": "Again."})),
        ];
        let rule = (prop::collection::vec(moments, 1..4), prop::option::weighted(0.3, 1..3_i64), prop::collection::vec(action, 1..4),
            prop::option::weighted(0.4, 1..4_i64), prop::bool::weighted(0.2));
        for rules in cases(prop::collection::vec(rule, 2..9), 6) {
            let bodies = rules.iter().map(|(events, minutes, actions, per_hour, stops)| {
                let when = match minutes {
                    Some(minutes) => json!({"after": events[0], "minutes": minutes}),
                    None => json!({ "events": events }),
                };
                json!({"name": "R", "enabled": true, "when": when, "actions": actions, "stops": stops, "per_hour": per_hour})
            });
            let bodies: Vec<Value> = bodies.collect();
            let ids = replace(world, bodies.clone()).await;
            // A new hour, so that what a rule may do within one begins anew.
            world.clock.advance_seconds(3_600 + 60);
            let ticket = open(world, of_lia("One")).await;
            for _ in 0..40 {
                work(world).await;
                world.clock.advance_seconds(60);
            }
            // Nothing is left to do, although time goes by.
            let quiet = read(world, &ticket).await["version"].clone();
            world.clock.advance_seconds(24 * 3_600);
            work(world).await;
            assert_eq!(read(world, &ticket).await["version"], quiet, "{bodies:#?}");
            let runs = told(world, &ticket).await;
            let mut turns = BTreeSet::new();
            let mut acts: BTreeMap<&str, i64> = BTreeMap::new();
            for run in &runs {
                assert!(turns.insert((text(&run["rule_id"]), run["root_seq"].as_i64().unwrap())), "twice: {run} in {bodies:#?}");
                *acts.entry(text(&run["rule_id"])).or_default() += i64::from(run["outcome"] == "ran");
            }
            // All of it goes back to the opening: a turn for each rule at most.
            assert!(runs.len() <= ids.len() && runs.iter().all(|run| run["root_seq"] == json!(1)), "{runs:#?}");
            for (id, body) in ids.iter().zip(&bodies) {
                let most = body["per_hour"].as_i64().unwrap_or(1_000);
                assert!(acts.get(id.as_str()).copied().unwrap_or(0) <= most, "{body}");
            }
        }
    }

    async fn a_chain_that_is_too_long_is_cut_and_the_cut_is_told(world) {
        let step = |number: usize| json!({"name": format!("Step {number}"), "enabled": true, "when": {"events": ["opened", "updated"]},
            "condition": format!("\"t{number}\" in ticket.tags"), "actions": [{"do": "add_tags", "tags": [format!("t{}", number + 1)]}]});
        // In the order in which none sees within one turn what the one before it did.
        let ids = replace(world, (0..12).rev().map(step).collect()).await;
        let mut new = of_lia("One");
        new["tags"] = json!(["t0"]);
        let ticket = open(world, new).await;
        for _ in 0..20 { work(world).await; }
        let runs = told(world, &ticket).await;
        let outcomes: Vec<_> = runs.iter().map(|run| text(&run["outcome"])).collect();
        assert_eq!(outcomes, [&["ran"; 8][..], &["cut_off"]].concat());
        assert_eq!((&runs[8]["effects"], text(&runs[8]["rule_id"])), (&json!([]), ids[3].as_str()));
        assert_eq!(read(world, &ticket).await["tags"].as_array().unwrap().len(), 9);
        let kept = world.as_(&world.ada).get(&format!("{RULES}/{}/runs", ids[3])).expect(200).await;
        assert_eq!(items(&kept)[0]["outcome"], "cut_off");
    }

    async fn a_rule_acts_as_often_within_an_hour_as_it_may_and_says_once_that_it_rests(world) {
        for per_hour in [1_i64, 3] {
            let ids = replace(world, vec![json!({"name": "R", "enabled": true, "when": {"events": ["opened"]},
                "actions": [{"do": "add_tags", "tags": ["x"]}], "per_hour": per_hour})]).await;
            world.clock.advance_seconds(3_600);
            let mut wanted: Vec<&str> = Vec::new();
            for hour in 0..2 {
                for number in 0..per_hour + 3 {
                    let ticket = open(world, of_lia(&format!("{hour} {number}"))).await;
                    work(world).await;
                    let runs = told(world, &ticket).await;
                    let outcomes: Vec<_> = runs.iter().map(|run| text(&run["outcome"]).to_owned()).collect();
                    let expected: &[&str] = match number - per_hour { ..=-1 => &["ran"], 0 => &["held_back"], _ => &[] };
                    assert_eq!(outcomes, expected, "{number} of {per_hour}");
                    wanted.extend(expected);
                }
                world.clock.advance_seconds(3_600);
            }
            let kept = world.as_(&world.ada).get(&format!("{RULES}/{}/runs?limit=100", ids[0])).expect(200).await;
            assert_eq!(items(&kept).len(), wanted.len());
        }
    }
}
