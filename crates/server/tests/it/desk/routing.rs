//! Routing: who takes a ticket, what waits, what members carry, and that nobody is ever given more than they can.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};
use trust::Cx;
use trust::access::{Role, Via};

use super::scene::{at, change, items, of_lia, open, read, rows, set_status, team, text};
use crate::harness::{Person, World, both_engines};

/// A team that shares its tickets by a strategy, with so many members who are online.
pub(crate) async fn staffed(world: &World, strategy: &str, members: usize) -> (Value, Vec<Person>) {
    let desk = team(world, "Desk").await;
    share(world, &desk, json!({"strategy": strategy})).await;
    let mut staff = Vec::new();
    for number in 0..members {
        let member = world.hire(&format!("m{number}@acme.test"), Role::Agent, json!({"teams": [desk]})).await;
        state(world, &member, "online").await;
        staff.push(member);
    }
    let general = json!({"weights": {"api": 1, "widget": 1, "email": 1, "chat": 2, "phone": 2, "form": 1},
        "default_capacity": 100, "default_team_id": desk});
    world.as_(&world.ada).put("/api/v1/routing", general).expect(200).await;
    world.opened.worker.run_due().await.unwrap();
    (desk, staff)
}

async fn share(world: &World, team: &Value, queue: Value) {
    world.as_(&world.ada).put(&format!("/api/v1/routing/teams/{}", text(team)), queue).expect(200).await;
}

async fn state(world: &World, member: &Person, availability: &str) {
    let own = json!({"availability": availability});
    world.as_(member).put("/api/v1/members/me/availability", own).expect(200).await;
}

pub(crate) async fn capacity(world: &World, member: &Person, capacity: i64) {
    let path = format!("/api/v1/members/{}/capacity", member.member);
    world.as_(&world.ada).put(&path, json!({"capacity": capacity})).expect(200).await;
}

/// The house does what is due a moment later.
pub(crate) async fn moments_pass(world: &World, seconds: i64) {
    world.clock.advance_seconds(seconds);
    for _ in 0..4 {
        world.opened.worker.run_due().await.unwrap();
    }
}

pub(crate) async fn why(world: &World, ticket: &Value) -> Value {
    world.as_(&world.ada).get(&at(ticket, "/routing")).expect(200).await
}

pub(crate) fn verdicts(decision: &Value) -> BTreeMap<String, String> {
    let each = |one: &Value| (text(&one["member_id"]).to_owned(), text(&one["verdict"]).to_owned());
    decision["candidates"].as_array().unwrap().iter().map(each).collect()
}

async fn timeline(world: &World, ticket: &Value) -> Vec<String> {
    let page = world.as_(&world.ada).get(&at(ticket, "/timeline")).expect(200).await;
    items(&page).iter().map(|entry| text(&entry["kind"]).to_owned()).collect()
}

/// How many tickets each has of these.
pub(crate) fn shares(tickets: &[Value]) -> BTreeMap<String, usize> {
    let mut shares = BTreeMap::new();
    for ticket in tickets {
        *shares.entry(ticket["assignee_id"].as_str().unwrap_or("nobody").to_owned()).or_insert(0) += 1;
    }
    shares
}

/// What members carry equals the weights of their tickets, and those rows equal the tickets themselves.
pub(crate) async fn equals_a_recount(world: &World) {
    let cx = Cx::of_house(world.house(), world.acme, Via::Job);
    let wrong = cx.read(desk::routing::miscounted).await.unwrap();
    assert_eq!(wrong, []);
    let acme = world.acme;
    let off = cx.read(move |tx, _| {
        tx.first(
            "SELECT COUNT(*) FROM ticket t LEFT JOIN ticket_load l ON l.workspace_id = t.workspace_id AND l.ticket_id = t.id \
             WHERE t.workspace_id = $1 AND COALESCE(CASE WHEN t.status IN ('open', 'in_progress') AND t.deleted_at IS NULL \
             THEN t.assignee_id END, $2) <> COALESCE(l.member_id, $2)",
            &[&acme, &uuid::Uuid::nil()],
            |row| row.get::<i64>(0),
        )
    });
    assert_eq!(off.await.unwrap(), Some(0), "tickets and what is carried differ");
}

both_engines! {
    async fn a_workspace_that_set_nothing_is_not_routed(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        assert_eq!((ticket["team_id"].clone(), ticket["assignee_id"].clone()), (Value::Null, Value::Null));
        assert_eq!(timeline(world, &ticket).await, ["ticket.opened"]);
        let given = json!({"assignee_id": world.ben.member});
        change(world, Method::PUT, &ticket, "/assignment", given).await;
        assert_eq!((rows(world, "ticket_load").await, rows(world, "member_load").await, rows(world, "ticket_route").await), (0, 0, 0));
        let routing = world.as_(&world.ada).get("/api/v1/routing").expect(200).await;
        assert_eq!(routing["is_set_up"], false);
        assert_eq!(why(world, &ticket).await["decision"], Value::Null);
    }

    async fn tickets_are_given_in_turn_as_they_arrive(world) {
        let (desk, staff) = staffed(world, "round_robin", 3).await;
        let mut tickets = Vec::new();
        for number in 0..10 {
            tickets.push(open(world, of_lia(&format!("Question {number}"))).await);
        }
        let shares = shares(&tickets);
        assert_eq!(shares.len(), 3, "{shares:?}");
        assert!(shares.values().max().unwrap() - shares.values().min().unwrap() <= 1, "{shares:?}");
        let first = &tickets[0];
        assert_eq!((first["team_id"].clone(), first["version"].clone()), (desk.clone(), json!(2)));
        assert_eq!(timeline(world, first).await, ["ticket.opened", "ticket.routed"]);
        let decision = why(world, first).await["decision"].clone();
        assert_eq!((text(&decision["outcome"]), text(&decision["reason"]), text(&decision["cause"])), ("assigned", "round_robin", "arrival"));
        assert_eq!(verdicts(&decision).values().filter(|one| *one == "able").count(), 2);
        assert_eq!(verdicts(&decision)[text(&decision["assignee_id"])], "chosen");
        assert_eq!(staff.len(), 3);
        equals_a_recount(world).await;
    }

    async fn who_carries_least_is_next_and_nobody_gets_more_than_they_can_carry(world) {
        let (_, staff) = staffed(world, "least_loaded", 2).await;
        capacity(world, &staff[0], 3).await;
        capacity(world, &staff[1], 1).await;
        let mut chat = of_lia("Chat");
        chat["channel"] = json!("chat");
        let chat = open(world, chat).await;
        assert_eq!(chat["assignee_id"], json!(staff[0].member), "a chat weighs two, and the other can carry one");
        let second = open(world, of_lia("Mail")).await;
        assert_eq!(second["assignee_id"], json!(staff[1].member));
        let third = open(world, of_lia("Mail")).await;
        assert_eq!(third["assignee_id"], json!(staff[0].member));
        let fourth = open(world, of_lia("Mail")).await;
        assert_eq!(fourth["assignee_id"], Value::Null);
        let decision = why(world, &fourth).await;
        assert_eq!(text(&decision["decision"]["outcome"]), "waiting");
        assert!(verdicts(&decision["decision"]).values().all(|verdict| verdict == "full"));
        assert!(decision["waiting"]["since"].is_string());
        // Room frees, and what waits is given at once.
        set_status(world, &second, "resolved").await;
        moments_pass(world, 0).await;
        assert_eq!(read(world, &fourth).await["assignee_id"], json!(staff[1].member));
        assert_eq!(timeline(world, &fourth).await, ["ticket.opened", "ticket.routed", "ticket.assigned", "ticket.routed"]);
        assert_eq!(why(world, &fourth).await["waiting"], Value::Null);
        equals_a_recount(world).await;
    }

    async fn what_waits_is_given_when_somebody_comes_the_most_pressing_first(world) {
        let (_, staff) = staffed(world, "least_loaded", 1).await;
        capacity(world, &staff[0], 1).await;
        state(world, &staff[0], "away").await;
        let normal = open(world, of_lia("Later")).await;
        let mut urgent = of_lia("Now");
        urgent["priority"] = json!("urgent");
        let urgent = open(world, urgent).await;
        assert_eq!(verdicts(&why(world, &urgent).await["decision"]).into_values().collect::<Vec<_>>(), ["away"]);
        state(world, &staff[0], "online").await;
        moments_pass(world, 0).await;
        assert_eq!(read(world, &urgent).await["assignee_id"], json!(staff[0].member));
        assert_eq!(read(world, &normal).await["assignee_id"], Value::Null);
        let routing = world.as_(&world.ada).get("/api/v1/routing").expect(200).await;
        assert_eq!(routing["teams"][0]["waiting"], 1);
        equals_a_recount(world).await;
    }

    async fn the_tickets_of_somebody_who_leaves_go_to_the_others(world) {
        let (_, staff) = staffed(world, "round_robin", 2).await;
        let mut tickets = Vec::new();
        for number in 0..6 {
            tickets.push(open(world, of_lia(&format!("Question {number}"))).await);
        }
        let path = format!("/api/v1/members/{}", staff[0].member);
        let version = world.as_(&world.ada).get(&path).expect(200).await["version"].clone();
        let left = world.as_(&world.ada).patch(&path, json!({"active": false})).header("if-match", format!("\"{version}\""));
        left.expect(200).await;
        moments_pass(world, 2).await;
        moments_pass(world, 2).await;
        for ticket in &tickets {
            assert_eq!(read(world, ticket).await["assignee_id"], json!(staff[1].member));
        }
        equals_a_recount(world).await;
    }

    async fn an_offer_that_is_not_taken_goes_to_the_next(world) {
        let (desk, staff) = staffed(world, "round_robin", 2).await;
        share(world, &desk, json!({"strategy": "round_robin", "accept_within_seconds": 60})).await;
        let ticket = open(world, of_lia("Hello")).await;
        let first = ticket["assignee_id"].clone();
        assert_eq!(why(world, &ticket).await["offer"]["member_id"], first);
        moments_pass(world, 59).await;
        assert_eq!(read(world, &ticket).await["assignee_id"], first);
        moments_pass(world, 2).await;
        let second = read(world, &ticket).await["assignee_id"].clone();
        assert_ne!(second, first);
        assert!(second.is_string());
        assert_eq!(verdicts(&why(world, &ticket).await["decision"])[text(&first)], "passed");
        // The second works on it, and that is taking it up.
        let who = staff.iter().find(|one| json!(one.member) == second).unwrap();
        let note = json!({"kind": "note", "body": "Looking."});
        world.as_(who).post(&at(&ticket, "/messages"), note).expect(201).await;
        assert_eq!(why(world, &ticket).await["offer"], Value::Null);
        moments_pass(world, 600).await;
        assert_eq!(read(world, &ticket).await["assignee_id"], second);
        equals_a_recount(world).await;
    }

    async fn an_offer_of_what_somebody_else_has_by_now_comes_due_once(world) {
        let (desk, _) = staffed(world, "round_robin", 2).await;
        share(world, &desk, json!({"strategy": "round_robin", "accept_within_seconds": 60})).await;
        let ticket = open(world, of_lia("Hello")).await;
        // A release without routing beside this one gave it away, and told nobody.
        let (acme, id) = (world.acme, text(&ticket["id"]).parse::<trust::nouns::TicketId>().unwrap());
        let ben = world.ben.member;
        let given = world.house().db.write(acme.uuid(), move |tx| {
            let sql = "UPDATE ticket SET assignee_id = $1 WHERE workspace_id = $2 AND id = $3";
            tx.exec(sql, &[&ben, &acme, &id]).map(drop)
        });
        given.await.unwrap();
        moments_pass(world, 61).await;
        let due = world.house().db.read(acme.uuid(), move |tx| {
            let sql = "SELECT COUNT(*) FROM ticket_route WHERE workspace_id = $1 AND due_at IS NOT NULL";
            tx.first(sql, &[&acme], |row| row.get::<i64>(0))
        });
        assert_eq!(due.await.unwrap(), Some(0), "its time passes once");
        assert_eq!(read(world, &ticket).await["assignee_id"], json!(ben));
    }

    async fn an_offer_can_be_declined_or_taken_by_its_member_only(world) {
        let (desk, staff) = staffed(world, "round_robin", 2).await;
        share(world, &desk, json!({"strategy": "round_robin", "accept_within_seconds": 60})).await;
        let ticket = open(world, of_lia("Hello")).await;
        let (offered, other) = if ticket["assignee_id"] == json!(staff[0].member) { (&staff[0], &staff[1]) } else { (&staff[1], &staff[0]) };
        world.as_(other).put(&at(&ticket, "/offer"), json!({"accept": true})).send().await.problem(409, "not_offered");
        let after = world.as_(offered).put(&at(&ticket, "/offer"), json!({"accept": false})).expect(200).await;
        assert_eq!(after["offer"]["member_id"], json!(other.member));
        world.as_(offered).put(&at(&ticket, "/offer"), json!({"accept": true})).send().await.problem(409, "not_offered");
        let taken = world.as_(other).put(&at(&ticket, "/offer"), json!({"accept": true})).expect(200).await;
        assert_eq!(taken["offer"], Value::Null);
        moments_pass(world, 120).await;
        assert_eq!(read(world, &ticket).await["assignee_id"], json!(other.member));
        // When both declined, it waits until one of them may be asked again.
        let second = open(world, of_lia("Hello again")).await;
        for _ in 0..2 {
            let now = read(world, &second).await["assignee_id"].clone();
            let who = staff.iter().find(|one| json!(one.member) == now).unwrap();
            world.as_(who).put(&at(&second, "/offer"), json!({"accept": false})).expect(200).await;
        }
        assert_eq!(read(world, &second).await["assignee_id"], Value::Null);
        moments_pass(world, 901).await;
        assert!(read(world, &second).await["assignee_id"].is_string());
        equals_a_recount(world).await;
    }

    async fn a_returning_ticket_of_somebody_who_is_gone_goes_to_the_team(world) {
        let (_, staff) = staffed(world, "round_robin", 2).await;
        let ticket = open(world, of_lia("Hello")).await;
        let (first, other) = if ticket["assignee_id"] == json!(staff[0].member) { (&staff[0], &staff[1]) } else { (&staff[1], &staff[0]) };
        set_status(world, &ticket, "resolved").await;
        state(world, first, "away").await;
        set_status(world, &ticket, "open").await;
        moments_pass(world, 1).await;
        assert_eq!(read(world, &ticket).await["assignee_id"], json!(first.member), "away for a moment only");
        set_status(world, &ticket, "resolved").await;
        moments_pass(world, 3_700).await;
        set_status(world, &ticket, "open").await;
        moments_pass(world, 1).await;
        assert_eq!(read(world, &ticket).await["assignee_id"], json!(other.member));
        equals_a_recount(world).await;
    }

    async fn a_customer_comes_back_to_who_had_them_last(world) {
        let (desk, staff) = staffed(world, "round_robin", 3).await;
        share(world, &desk, json!({"strategy": "round_robin", "sticky": "last_agent"})).await;
        let first = open(world, of_lia("Hello")).await;
        for number in 0..4 {
            let again = open(world, of_lia(&format!("Again {number}"))).await;
            assert_eq!(again["assignee_id"], first["assignee_id"]);
            assert_eq!(why(world, &again).await["decision"]["reason"], "last_agent");
        }
        let who = staff.iter().find(|one| json!(one.member) == first["assignee_id"]).unwrap();
        state(world, who, "offline").await;
        let other = open(world, of_lia("Again")).await;
        assert_ne!(other["assignee_id"], first["assignee_id"]);
        assert_eq!(why(world, &other).await["decision"]["reason"], "round_robin");
    }

    async fn a_ticket_moved_to_a_team_is_given_by_it(world) {
        let (desk, staff) = staffed(world, "round_robin", 1).await;
        let other = team(world, "Other").await;
        let mut new = of_lia("Elsewhere");
        new["team_id"] = other;
        let ticket = open(world, new).await;
        assert_eq!(ticket["assignee_id"], Value::Null);
        change(world, Method::PUT, &ticket, "/assignment", json!({"team_id": desk})).await;
        moments_pass(world, 0).await;
        assert_eq!(read(world, &ticket).await["assignee_id"], json!(staff[0].member));
        assert_eq!(why(world, &ticket).await["decision"]["cause"], "queue");
    }

    async fn what_was_there_before_routing_counts_and_waits_like_the_rest(world) {
        let desk = team(world, "Desk").await;
        let mut new = of_lia("Before");
        new["team_id"] = desk.clone();
        let waiting = open(world, new.clone()).await;
        new["assignee_id"] = json!(world.ben.member);
        open(world, new).await;
        share(world, &desk, json!({"strategy": "least_loaded"})).await;
        let path = format!("/api/v1/members/{}", world.ben.member);
        world.as_(&world.ada).patch(&path, json!({"teams": [desk]})).header("if-match", "\"1\"").expect(200).await;
        capacity(world, &world.ben, 1).await;
        state(world, &world.ben, "online").await;
        moments_pass(world, 3).await;
        equals_a_recount(world).await;
        assert_eq!(read(world, &waiting).await["assignee_id"], Value::Null, "Ben carries one already");
        capacity(world, &world.ben, 2).await;
        moments_pass(world, 1).await;
        assert_eq!(read(world, &waiting).await["assignee_id"], json!(world.ben.member));
        equals_a_recount(world).await;
    }

    async fn what_members_carry_follows_every_change_of_a_ticket(world) {
        let (_, staff) = staffed(world, "round_robin", 2).await;
        let ticket = open(world, of_lia("Hello")).await;
        equals_a_recount(world).await;
        for status in ["pending", "in_progress", "resolved", "open"] {
            set_status(world, &ticket, status).await;
            equals_a_recount(world).await;
        }
        for member in &staff {
            change(world, Method::PUT, &ticket, "/assignment", json!({"assignee_id": member.member})).await;
            equals_a_recount(world).await;
        }
        change(world, Method::DELETE, &ticket, "", Value::Null).await;
        equals_a_recount(world).await;
        assert_eq!(rows(world, "ticket_load").await, 0);
        world.as_(&world.ada).call(Method::POST, &at(&ticket, "/restoration")).expect(200).await;
        equals_a_recount(world).await;
        assert_eq!(rows(world, "ticket_load").await, 1);
    }

    async fn nobody_is_given_what_they_may_not_see(world) {
        let (_, staff) = staffed(world, "round_robin", 2).await;
        let territory = |name: &str| world.as_(&world.ada).post("/api/v1/territories", json!({"name": name})).expect(201);
        let (north, south) = (territory("North").await["id"].clone(), territory("South").await["id"].clone());
        let company = json!({"name": "Northern", "territory_id": north});
        let company = world.as_(&world.ada).post("/api/v1/companies", company).expect(201).await;
        let customer = json!({"name": "Nora", "addresses": [{"value": "nora@north.test", "verified": true}], "company_id": company["id"]});
        world.as_(&world.ada).post("/api/v1/customers", customer).expect(201).await;
        let path = format!("/api/v1/members/{}", staff[0].member);
        let version = world.as_(&world.ada).get(&path).expect(200).await["version"].clone();
        let moved = world.as_(&world.ada).patch(&path, json!({"territories": [south]}));
        moved.header("if-match", format!("\"{version}\"")).expect(200).await;
        for _ in 0..3 {
            let mut new = of_lia("From the north");
            new["requester"] = json!({"email": "nora@north.test"});
            let ticket = open(world, new).await;
            assert_eq!(ticket["assignee_id"], json!(staff[1].member));
            let said = verdicts(&why(world, &ticket).await["decision"]);
            assert_eq!(said[&staff[0].member.to_string()], "no_reach");
        }
        // A restricted ticket is seen by its assignee, leads and administrators: no agent is given one.
        let ticket = open(world, of_lia("Secret")).await;
        change(world, Method::PATCH, &ticket, "", json!({"restricted": true})).await;
        change(world, Method::DELETE, &ticket, "/assignment", Value::Null).await;
        moments_pass(world, 3).await;
        assert_eq!(read(world, &ticket).await["assignee_id"], Value::Null);
    }

    async fn the_next_ticket_is_the_most_pressing_of_those_that_waited_longest(world) {
        let desk = team(world, "Desk").await;
        let members = [world.hire("mia@acme.test", Role::Agent, json!({"teams": [desk]})).await,
            world.hire("max@acme.test", Role::Agent, json!({"teams": [desk]})).await];
        let mut made = Vec::new();
        for (subject, priority) in [("First", "normal"), ("Second", "high"), ("Third", "high")] {
            let mut new = of_lia(subject);
            (new["team_id"], new["priority"]) = (desk.clone(), json!(priority));
            made.push(open(world, new).await);
        }
        let both = join_all(members.iter().map(|member| world.as_(member).post("/api/v1/routing/next", json!({})).expect(200))).await;
        assert_ne!(both[0]["id"], both[1]["id"], "one ticket was given twice");
        let taken: Vec<_> = both.iter().map(|ticket| ticket["id"].clone()).collect();
        assert!(taken.contains(&made[1]["id"]) && taken.contains(&made[2]["id"]), "the two that press most");
        let last = world.as_(&members[0]).post("/api/v1/routing/next", json!({})).expect(200).await;
        assert_eq!((last["id"].clone(), last["assignee_id"].clone()), (made[0]["id"].clone(), json!(members[0].member)));
        assert_eq!(why(world, &last).await["decision"]["reason"], "pulled");
        world.as_(&members[0]).post("/api/v1/routing/next", json!({})).expect(204).await;
    }

    async fn one_that_presses_is_next_however_many_wait_longer(world) {
        let desk = team(world, "Desk").await;
        let mia = world.hire("mia@acme.test", Role::Agent, json!({"teams": [desk]})).await;
        for number in 0..101 {
            let mut new = of_lia(&format!("Question {number}"));
            new["team_id"] = desk.clone();
            open(world, new).await;
        }
        let mut new = of_lia("It burns");
        (new["team_id"], new["priority"]) = (desk.clone(), json!("urgent"));
        let urgent = open(world, new).await;
        let next = world.as_(&mia).post("/api/v1/routing/next", json!({})).expect(200).await;
        assert_eq!(next["id"], urgent["id"]);
    }

    async fn what_nobody_can_take_holds_up_nothing_behind_it_however_much_it_is(world) {
        let (desk, staff) = staffed(world, "least_loaded", 1).await;
        state(world, &staff[0], "away").await;
        let (acme, team): (_, trust::nouns::TeamId) = (world.acme, text(&desk).parse().unwrap());
        let queued = world.house().db.write(acme.uuid(), move |tx| {
            for number in 0..600_i64 {
                let id = uuid::Uuid::from_u128(u128::try_from(number).unwrap_or(0) + 1);
                tx.exec(
                    "INSERT INTO ticket_route (workspace_id, ticket_id, team_id, state, rank, needs, passed, queued_at) \
                     VALUES ($1, $2, $3, 'waiting', 0, '[]', '[]', $4)",
                    &[&acme, &id, &team, &number],
                )?;
            }
            Ok(())
        });
        queued.await.unwrap();
        let behind = open(world, of_lia("Hello")).await;
        state(world, &staff[0], "online").await;
        moments_pass(world, 0).await;
        assert_eq!(read(world, &behind).await["assignee_id"], json!(staff[0].member));
    }

    async fn settings_that_cannot_be_are_refused_with_their_place(world) {
        let ada = world.as_(&world.ada);
        let general = |change: &str, value: Value| {
            let mut new = json!({"weights": {"api": 1, "widget": 1, "email": 1, "chat": 2, "phone": 2, "form": 1}, "default_capacity": 20});
            *new.pointer_mut(change).unwrap() = value;
            new
        };
        for (place, value) in [("/default_capacity", json!(0)), ("/default_capacity", json!(-3)), ("/weights/chat", json!(0)), ("/weights/email", json!(101))] {
            let refused = ada.put("/api/v1/routing", general(place, value)).send().await.problem(422, "invalid_field");
            assert_eq!(refused["errors"][0]["pointer"], place);
        }
        let unknown = format!("tea_{}", "7".repeat(26));
        let mut new = general("/default_capacity", json!(20));
        new["default_team_id"] = json!(unknown);
        ada.put("/api/v1/routing", new).send().await.problem(422, "unknown_team");
        ada.put(&format!("/api/v1/routing/teams/{unknown}"), json!({"strategy": "manual"})).send().await.problem(404, "not_found");
        let desk = team(world, "Desk").await;
        let path = format!("/api/v1/routing/teams/{}", text(&desk));
        ada.put(&path, json!({"strategy": "fastest"})).send().await.problem(422, "invalid_field");
        ada.put(&path, json!({"strategy": "manual", "accept_within_seconds": 1})).send().await.problem(422, "invalid_field");
        let of = |rest: &str| format!("/api/v1/members/{}{rest}", world.ben.member);
        for value in [0, -1, 10_001] {
            let refused = ada.put(&of("/capacity"), json!({"capacity": value})).send().await.problem(422, "invalid_field");
            assert_eq!(refused["errors"][0]["pointer"], "/capacity");
        }
        for (week, place) in [
            (json!({"zone": "Mars/Olympus", "hours": [{"day": "monday", "from": "09:00", "to": "17:00"}]}), "/zone"),
            (json!({"zone": "UTC", "hours": []}), "/hours"),
            (json!({"zone": "UTC", "hours": [{"day": "monday", "from": "09:00", "to": "09:00"}]}), "/hours/0/to"),
        ] {
            let refused = ada.put(&of("/shifts"), week).send().await.problem(422, "invalid_field");
            assert_eq!(refused["errors"][0]["pointer"], place);
        }
        let nothing = json!({"skills": [{"skill_id": format!("skl_{}", "7".repeat(26)), "level": 1}]});
        let refused = ada.put(&of("/skills"), nothing).send().await.problem(422, "unknown_skill");
        assert_eq!(refused["errors"][0]["pointer"], "/skills/0/skill_id");
        assert_eq!(ada.get("/api/v1/routing").expect(200).await["is_set_up"], false, "nothing was kept");
        world.as_(&world.ben).put("/api/v1/routing", general("/default_capacity", json!(9))).send().await.problem(403, "missing_right");
    }
}

pub(crate) async fn rule(world: &World, new: Value) -> Value {
    world.as_(&world.ada).post("/api/v1/routing/rules", new).expect(201).await
}

async fn skill(world: &World, name: &str) -> Value {
    world.as_(&world.ada).post("/api/v1/skills", json!({"name": name})).expect(201).await["id"].clone()
}

async fn can(world: &World, member: &Person, skill: &Value, level: i64) {
    let skills = json!({"skills": [{"skill_id": skill, "level": level}]});
    world.as_(&world.ada).put(&format!("/api/v1/members/{}/skills", member.member), skills).expect(200).await;
}

both_engines! {
    async fn the_first_rule_that_holds_sends_a_ticket_to_its_team(world) {
        let (desk, _) = staffed(world, "round_robin", 1).await;
        let (chats, money) = (team(world, "Chats").await, team(world, "Money").await);
        let form = json!({"all": [{"fact": "ticket.channel", "is": "equal", "value": "chat"}]});
        let first = rule(world, json!({"name": "Chats", "form": form, "team_id": chats})).await;
        assert_eq!((text(&first["condition"]), first["position"].clone()), ("ticket.channel == \"chat\"", json!(1)));
        let invoice = "ticket.subject.contains(\"invoice\")";
        let second = rule(world, json!({"name": "Money", "condition": invoice, "team_id": money})).await;
        let open_as = async |subject: &str, channel: &str| {
            let mut new = of_lia(subject);
            new["channel"] = json!(channel);
            open(world, new).await
        };
        let sent = open_as("An invoice", "chat").await;
        assert_eq!(sent["team_id"], chats);
        assert_eq!(why(world, &sent).await["decision"]["rule_id"], first["id"]);
        assert_eq!(why(world, &sent).await["decision"]["outcome"], "left", "its members take tickets themselves");
        assert_eq!(open_as("An invoice", "email").await["team_id"], money);
        assert_eq!(open_as("Something else", "email").await["team_id"], desk, "the default");
        let order = json!({"rules": [second["id"], first["id"]]});
        world.as_(&world.ada).put("/api/v1/routing/rule-order", order).expect(200).await;
        assert_eq!(open_as("An invoice", "chat").await["team_id"], money);
        let path = format!("/api/v1/routing/rules/{}", text(&second["id"]));
        let off = world.as_(&world.ada).patch(&path, json!({"active": false})).header("if-match", "\"1\"").expect(200).await;
        assert_eq!(off["version"], 2);
        assert_eq!(open_as("An invoice", "chat").await["team_id"], chats);
        // Who names the team decides.
        let mut named = of_lia("An invoice");
        named["team_id"] = desk.clone();
        assert_eq!(open(world, named).await["team_id"], desk);
        world.as_(&world.ada).delete(&path).expect(204).await;
    }

    async fn rules_that_cannot_be_are_refused_and_what_is_in_force_stays(world) {
        let desk = team(world, "Desk").await;
        let ada = world.as_(&world.ada);
        let good = rule(world, json!({"name": "All", "condition": "true", "team_id": desk})).await;
        for condition in ["ticket.chanel == \"chat\"", "ticket.channel ==", "ticket.channel == \"smoke\"", "1 + 1"] {
            let new = json!({"name": "Bad", "condition": condition, "team_id": desk});
            let refused = ada.post("/api/v1/routing/rules", new).send().await.problem(422, "bad_condition");
            assert!(refused["fault"]["reason"].is_string(), "{refused}");
            let path = format!("/api/v1/routing/rules/{}", text(&good["id"]));
            let changed = ada.patch(&path, json!({"condition": condition})).header("if-match", "\"1\"");
            changed.send().await.problem(422, "bad_condition");
            let tried = ada.post("/api/v1/routing/rule-trials", json!({"condition": condition})).expect(200).await;
            assert!(tried["fault"]["reason"].is_string());
        }
        let unknown = json!({"name": "Bad", "condition": "true", "team_id": desk,
            "needs": [{"skill_id": format!("skl_{}", "7".repeat(26)), "need": "required"}]});
        let refused = ada.post("/api/v1/routing/rules", unknown).send().await.problem(422, "unknown_skill");
        assert_eq!(refused["errors"][0]["pointer"], "/needs/0/skill_id");
        ada.put("/api/v1/routing/rule-order", json!({"rules": []})).send().await.problem(422, "bad_rule_order");
        assert_eq!(open(world, of_lia("Hello")).await["team_id"], desk);
        let ticket = open(world, of_lia("Cannot pay")).await;
        let trial = |condition: &str| json!({"condition": condition, "ticket_id": ticket["id"]});
        let tried = ada.post("/api/v1/routing/rule-trials", trial("ticket.subject.contains(\"pay\")")).expect(200).await;
        assert_eq!((tried["holds"].clone(), tried["fault"].clone()), (json!(true), Value::Null));
        let tried = ada.post("/api/v1/routing/rule-trials", trial("ticket.channel == \"chat\"")).expect(200).await;
        assert_eq!(tried["holds"], false);
    }

    async fn a_skill_is_insisted_on_until_its_time_has_passed(world) {
        let (desk, staff) = staffed(world, "round_robin", 2).await;
        let german = skill(world, "German").await;
        can(world, &staff[0], &german, 3).await;
        let needs = json!([{"skill_id": german, "level": 2, "need": "required", "relax_after_seconds": 300}]);
        rule(world, json!({"name": "German", "condition": "ticket.language == \"de\"", "team_id": desk, "needs": needs})).await;
        let ask = async || {
            let mut new = of_lia("Hallo");
            new["language"] = json!("de");
            open(world, new).await
        };
        for _ in 0..2 {
            assert_eq!(ask().await["assignee_id"], json!(staff[0].member));
        }
        state(world, &staff[0], "away").await;
        let waiting = ask().await;
        assert_eq!(waiting["assignee_id"], Value::Null);
        assert_eq!(verdicts(&why(world, &waiting).await["decision"])[&staff[1].member.to_string()], "skill_missing");
        moments_pass(world, 299).await;
        assert_eq!(read(world, &waiting).await["assignee_id"], Value::Null);
        moments_pass(world, 2).await;
        assert_eq!(read(world, &waiting).await["assignee_id"], json!(staff[1].member));
        let path = format!("/api/v1/skills/{}", text(&german));
        world.as_(&world.ada).delete(&path).send().await.problem(409, "skill_needed");
        world.as_(&world.ada).post("/api/v1/skills", json!({"name": "GERMAN"})).send().await.problem(409, "skill_taken");
        equals_a_recount(world).await;
    }
}
