//! Plans of a whole working day: every statement that a desk with promises, rules, routing, triage, quarantine and snoozes
//! runs is explained on both engines, and none of them goes through a table that grows.

use std::collections::BTreeSet;

use db::Query;
use http::Method;
use serde_json::json;

use super::routing::staffed;
use super::scene::{Visitor, at, change, items, of_lia, open, read, text, widget_key};
use crate::harness::{Engine, World, both_engines};

/// Tables with as many rows as somebody has typed, as there are members, or as the house has schedules: they are read whole
/// for a workspace, and remembered.
const SETTINGS: &[&str] = &[
    "access_head",
    "calendar_version",
    "category",
    "category_synonym",
    "custom_field",
    "escalation_tier",
    "job_schedule",
    "member_shift",
    "member_skill",
    "on_call_rota",
    "required_field",
    "resolving_rule",
    "routing_rule",
    "routing_setting",
    "routing_team",
    "sla_policy_version",
    "spam_setting",
    "status_name",
    "tag",
    "team",
    "team_member",
    "triage_model",
    "triage_settings",
    "workspace",
];

/// Statements that count all that lies in an index made for it, and nothing else.
const COUNTED: &[&str] = &["quarantined_cause", "simulation_running"];

/// Statements that matter most, by a part of their text, and the index each is meant to use.
const MEANT: &[(&str, &str)] = &[
    ("FROM ticket_clock WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1", "ticket_clock_next"),
    ("FROM ticket_clock WHERE next_at IS NOT NULL AND next_at <=", "ticket_clock_next"),
    ("FROM clock_mark WHERE is_told = 0 ORDER BY passed_at LIMIT 1", "clock_mark_untold"),
    ("FROM clock_mark WHERE is_told = 0 AND passed_at <=", "clock_mark_untold"),
    ("FROM automation_timer ORDER BY due_at LIMIT 1", "automation_timer_due"),
    ("FROM automation_timer WHERE due_at <=", "automation_timer_due"),
    ("FROM quarantined WHERE workspace_id = $1 GROUP BY cause", "quarantined_cause"),
    ("FROM simulation WHERE workspace_id = $1 AND state = 'running'", "simulation_running"),
    ("FROM customer WHERE workspace_id = $1 AND merged_into = $2", "customer_merged"),
];

/// Everything that can be switched on.
async fn set_up(world: &World) {
    let ada = world.as_(&world.ada);
    let (desk, _) = staffed(world, "least_loaded", 2).await;
    let target = |metric: &str, minutes: i64| json!({"metric": metric, "priority": "normal", "minutes": minutes, "hours": "calendar"});
    let promise = json!({"targets": [target("first_response", 10), target("next_response", 20), target("resolution", 90)],
        "thresholds": ["50%"]});
    ada.post("/api/v1/sla/policies", json!({"name": "Usual", "promise": promise})).expect(201).await;
    let tag = |name: &str| json!([{"do": "add_tags", "tags": [name]}]);
    for (when, once) in [
        (json!({"events": ["opened", "clock_breached", "replied"]}), false),
        (json!({"after": "replied", "minutes": 5}), true),
    ] {
        let rule = json!({"name": "R", "enabled": true, "when": when, "actions": tag("seen"), "once_per_ticket": once,
            "condition": "customer.is_new || ticket.text.contains(\"x\")"});
        ada.post("/api/v1/automation/rules", rule).expect(201).await;
    }
    let tell = json!({"name": "T", "enabled": true, "when": {"events": ["clock_breached"]},
        "actions": [{"do": "notify", "to": ["assignee", "team"], "text": "Late"}, {"do": "note", "body": "Late"}]});
    ada.post("/api/v1/automation/rules", tell).expect(201).await;
    ada.post("/api/v1/routing/rules", json!({"name": "All", "condition": "true", "team_id": desk})).expect(201).await;
    let queue = json!({"strategy": "least_loaded", "sticky": "last_agent_then_owner", "accept_within_seconds": 60});
    ada.put(&format!("/api/v1/routing/teams/{}", text(&desk)), queue).expect(200).await;
    let tiers = json!({"tiers": [{"name": "Second", "team_id": desk, "due_within_minutes": 30, "climbs": true}]});
    ada.put("/api/v1/escalation/tiers", tiers).expect(200).await;
    ada.post("/api/v1/sender-rules", json!({"kind": "domain", "value": "spam.test", "blocked": true}))
        .expect(201)
        .await;
    for name in ["Cards", "Invoices"] {
        let category = ada.post("/api/v1/categories", json!({"name": name})).expect(201).await["id"].clone();
        for number in 0..12 {
            let new = json!({"category_id": category, "text": format!("About {name} number {number} of mine")});
            ada.post("/api/v1/triage/examples", new).expect(201).await;
        }
    }
    drop(ada.post("/api/v1/triage/models", json!({})).send().await);
    world.opened.worker.run_due().await.unwrap();
}

async fn minutes_pass(world: &World, minutes: i64) {
    world.clock.advance_seconds(minutes * 60);
    for _ in 0..3 {
        world.opened.worker.run_due().await.unwrap();
    }
}

/// What happens on the desk from morning to evening.
async fn a_day(world: &World) {
    let (ada, ben) = (world.as_(&world.ada), world.as_(&world.ben));
    let lia = Visitor::new(world, &widget_key(world).await).await;
    let asked = lia.ask("My card has not arrived yet").await;
    let ticket = open(world, of_lia("An invoice")).await;
    open(world, of_lia("An invoice")).await;
    let spam = json!({"subject": "Pills", "body": "Buy", "requester": {"email": "x@spam.test"}});
    drop(ada.post("/api/v1/tickets", spam).send().await);
    minutes_pass(world, 15).await;
    ben.post(&at(&ticket, "/messages"), json!({"kind": "reply", "body": "We look."})).expect(201).await;
    lia.write(&asked, "Anybody?").await;
    minutes_pass(world, 6).await;
    let categories = ada.get("/api/v1/categories").expect(200).await;
    change(world, Method::PATCH, &ticket, "", json!({"category_id": items(&categories)[0]["id"], "priority": "high"}))
        .await;
    let until = world.house().env.now().plus_seconds(1_800);
    ada.put(&at(&ticket, "/snooze"), json!({"until": until})).expect(200).await;
    minutes_pass(world, 40).await;
    ada.post(&at(&ticket, "/escalation"), json!({"reason": "Too hard"})).expect(201).await;
    minutes_pass(world, 40).await;
    change(world, Method::PUT, &ticket, "/status", json!({"status": "resolved"})).await;
    change(world, Method::PUT, &ticket, "/status", json!({"status": "open"})).await;
    for path in [
        "/api/v1/me/notifications",
        "/api/v1/me/notifications?unread=true",
        "/api/v1/quarantine",
        "/api/v1/quarantine/counts",
        "/api/v1/tickets?status=open",
        "/api/v1/tickets?snoozed=true",
        "/api/v1/routing",
        "/api/v1/triage/models",
        "/api/v1/simulations",
    ] {
        drop(ada.get(path).send().await);
    }
    for rest in ["", "/clocks", "/routing", "/triage", "/timeline", "/messages", "/escalation"] {
        drop(ada.get(&at(&ticket, rest)).send().await);
    }
    ada.get(&format!("/api/v1/tickets/clocks?ids={}", text(&ticket["id"]))).expect(200).await;
    for rule in items(&ada.get("/api/v1/automation/rules").expect(200).await) {
        ada.get(&format!("/api/v1/automation/rules/{}/runs", text(&rule["id"]))).expect(200).await;
        let rule_asked = json!({"rule": {"rule_id": rule["id"], "rule": {"name": "R", "when": rule["when"],
            "condition": "\"a\" in ticket.tags && ticket.fields.x == 1 && ticket.category == \"x\" && customer.is_new && ticket.text == \"x\"",
            "actions": rule["actions"]}}, "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"});
        drop(ada.post("/api/v1/simulations", rule_asked).expect(201).await);
    }
    drop(ben.post("/api/v1/routing/next", json!({})).send().await);
    drop(ada.post("/api/v1/triage/preview", json!({"subject": "A card", "body": "It has not arrived"})).send().await);
    minutes_pass(world, 60 * 24).await;
    assert_eq!(read(world, &ticket).await["id"], ticket["id"]);
}

/// How the engine runs a statement; on the server engine as if its tables were large.
async fn plan(world: &World, query: Query) -> Option<String> {
    let is_server = world.engine == Engine::Postgres;
    let explained = world.house().db.write(world.acme.uuid(), move |tx| {
        if is_server {
            tx.exec("SET LOCAL enable_seqscan = off", &[])?;
        }
        tx.explain(&query)
    });
    explained.await.ok()
}

/// What of a plan goes through a whole table, or through all of a workspace, by the name the statement gives it.
fn scans(engine: Engine, sql: &str, plan: &str) -> Vec<String> {
    let is_nothing = plan.contains("One-Time Filter: false");
    let is_ordered_list = sql.contains("LIMIT") && !plan.contains("TEMP B-TREE");
    let lines: Vec<&str> = plan.lines().map(str::trim).filter(|_| !is_nothing).collect();
    let is_subquery =
        |name: &str| lines.contains(&format!("CO-ROUTINE {name}").as_str()) || name.contains("VALUES CLAUSE");
    let scanned = |line: &&str| match engine {
        Engine::Sqlite => {
            let whole = line.strip_prefix("SCAN ").filter(|name| !name.starts_with('(') && *name != "CONSTANT ROW");
            let whole = whole.filter(|name| !(is_subquery(name) || name.contains(" USING ") && is_ordered_list));
            let of_workspace =
                line.strip_prefix("SEARCH ").filter(|name| name.ends_with("(workspace_id=?)") && !is_ordered_list);
            whole.or(of_workspace).map(|name| name.split(' ').next().unwrap().to_owned())
        }
        Engine::Postgres => line.split("Seq Scan on ").nth(1).map(|rest| rest.split(' ').next().unwrap().to_owned()),
    };
    let is_counted = sql.contains("COUNT(*)") && COUNTED.iter().any(|index| plan.contains(index));
    lines.iter().filter_map(scanned).filter(|_| !is_counted).map(|name| table(sql, &name)).collect()
}

/// The table that a statement calls by a name.
fn table(sql: &str, name: &str) -> String {
    let words: Vec<&str> = sql.split([' ', '(', ')', ',']).filter(|word| !word.is_empty() && *word != "AS").collect();
    let named = words.windows(3).find(|three| ["FROM", "JOIN", "UPDATE"].contains(&three[0]) && three[2] == name);
    named.map_or(name, |three| three[1]).to_owned()
}

both_engines! {
    async fn no_statement_of_a_working_day_goes_through_a_table_that_grows(world) {
        set_up(world).await;
        db::watch();
        a_day(world).await;
        let seen = db::watched();
        assert!(seen.len() > 150, "{} statements", seen.len());
        let mut wrong = Vec::new();
        let (mut explained, mut met) = (0, BTreeSet::new());
        for query in seen {
            let text = query.text().to_owned();
            let Some(plan) = plan(world, query).await else { continue };
            explained += 1;
            for (index, (_, meant)) in MEANT.iter().enumerate().filter(|(_, (part, _))| text.contains(part)) {
                assert!(plan.contains(meant), "{meant}: {text}\n{plan}");
                met.insert(index);
            }
            for table in scans(world.engine, &text, &plan) {
                if !SETTINGS.contains(&table.as_str()) {
                    wrong.push(format!("{table}: {text}\n{plan}"));
                }
            }
        }
        assert!(explained > 150, "{explained} plans");
        let missed: Vec<_> = MEANT.iter().enumerate().filter(|(index, _)| !met.contains(index)).collect();
        assert!(missed.is_empty(), "never run: {missed:?}");
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }
}
