//! Intake: one request is one ticket, one person is one customer, however often and however many at once.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::scene::{of_lia, open, rows, text};
use crate::harness::{World, both_engines};

const TICKETS: &str = "/api/v1/tickets";

both_engines! {
    async fn a_list_where_an_object_belongs_is_refused_at_any_depth(world) {
        let ada = world.as_(&world.ada);
        let whole = json!(["Subject", "Body", {"email": "lia@shop.test"}]);
        ada.post("/api/v1/tickets", whole).send().await.problem(422, "invalid_field");
        let inner = json!({"subject": "A", "body": "b", "requester": ["lia@shop.test", "Lia", null, null]});
        let refused = ada.post("/api/v1/tickets", inner).send().await.problem(422, "invalid_field");
        assert_eq!(refused["errors"][0]["pointer"], "/requester");
        let deep = json!({"name": "Lia", "addresses": [["lia@shop.test", true]]});
        let refused = ada.post("/api/v1/customers", deep).send().await.problem(422, "invalid_field");
        assert_eq!(refused["errors"][0]["pointer"], "/addresses/0");
    }

    async fn a_ticket_is_open_with_its_customer_and_first_message(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        assert_eq!((text(&ticket["status"]), text(&ticket["priority"]), text(&ticket["channel"])), ("open", "normal", "api"));
        assert_eq!(ticket["customer"]["email"], "lia@shop.test");
        assert_eq!(ticket["customer"]["name"], "Lia Berg");
        assert_eq!(ticket["preview"], "It does not work.");
        assert_eq!(ticket["last_message_id"], ticket["last_customer_message_id"]);
        let again = open(world, of_lia("Still cannot pay")).await;
        assert_eq!(again["customer"]["id"], ticket["customer"]["id"]);
        assert_ne!(again["number"], ticket["number"]);
        assert_eq!((rows(world, "ticket").await, rows(world, "message").await, rows(world, "customer").await), (2, 2, 1));
    }

    async fn a_repeated_request_is_one_ticket(world) {
        let send = |new: Value| world.as_(&world.ada).post(TICKETS, new).header("idempotency-key", "order-7").send();
        let first = send(of_lia("Cannot pay")).await;
        assert_eq!(first.text_header("idempotency-replayed"), "");
        let again = send(of_lia("Cannot pay")).await;
        assert_eq!(again.expect(201), first.expect(201));
        assert_eq!(again.text_header("idempotency-replayed"), "true");
        assert_eq!(again.text_header("etag"), first.text_header("etag"));
        send(of_lia("Cannot log in")).await.problem(422, "idempotency_key_reused");
        assert_eq!((rows(world, "ticket").await, rows(world, "idempotency").await), (1, 1));
    }

    async fn a_key_whose_request_was_refused_is_free(world) {
        let send = |new: Value| world.as_(&world.ada).post(TICKETS, new).header("idempotency-key", "order-8").send();
        let mut wrong = of_lia("Cannot pay");
        wrong["team_id"] = json!(trust::nouns::TeamId::from_uuid(uuid::Uuid::from_u128(7)));
        send(wrong).await.problem(422, "unknown_team");
        assert_eq!(rows(world, "idempotency").await, 0);
        send(of_lia("Cannot pay")).await.expect(201);
    }

    async fn the_same_request_many_times_at_once_is_one_ticket(world) {
        let send = || world.as_(&world.ada).post(TICKETS, of_lia("Cannot pay")).header("idempotency-key", "at-once").send();
        let mut numbers = Vec::new();
        for answer in join_all((0..8).map(|_| send())).await {
            match answer.status.as_u16() {
                201 => numbers.push(answer.expect(201)["number"].clone()),
                _ => drop(answer.problem(409, "idempotency_in_flight")),
            }
        }
        assert!(!numbers.is_empty());
        assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
        assert_eq!((rows(world, "ticket").await, rows(world, "message").await, rows(world, "customer").await), (1, 1, 1));
        assert_eq!(send().await.expect(201)["number"], numbers[0]);
    }

    async fn an_external_id_is_taken_once(world) {
        let mut new = of_lia("Cannot pay");
        new["external_id"] = json!("crm-1");
        open(world, new.clone()).await;
        let before = (rows(world, "message").await, rows(world, "customer").await, rows(world, "event").await);
        new["requester"] = json!({"email": "mia@shop.test"});
        let refused = world.as_(&world.ada).post(TICKETS, new).send().await.problem(409, "external_id_taken");
        assert_eq!(refused["errors"][0]["pointer"], "/external_id");
        assert_eq!((rows(world, "message").await, rows(world, "customer").await, rows(world, "event").await), before);
    }

    async fn one_external_id_many_times_at_once_is_one_ticket(world) {
        let mut new = of_lia("Cannot pay");
        new["external_id"] = json!("crm-2");
        let ada = world.as_(&world.ada);
        let mut made = 0;
        for answer in join_all((0..6).map(|_| ada.post(TICKETS, new.clone()).send())).await {
            if answer.status == 201 { made += 1 } else { drop(answer.problem(409, "external_id_taken")) }
        }
        assert_eq!((made, rows(world, "ticket").await, rows(world, "message").await), (1, 1, 1));
    }

    async fn new_requesters_who_come_twice_at_once_are_one_customer(world) {
        let ada = world.as_(&world.ada);
        for requester in [json!({"email": "Neo@Shop.test"}), json!({"external_id": "u-9"}), json!({"email": "ada@x.test", "external_id": "u-10"})] {
            let new = json!({"subject": "Hello", "body": "Hi", "requester": requester});
            let both = join_all((0..6).map(|_| ada.post(TICKETS, new.clone()).expect(201))).await;
            assert!(both.iter().all(|ticket| ticket["customer"]["id"] == both[0]["customer"]["id"]), "{requester}");
        }
        assert_eq!((rows(world, "ticket").await, rows(world, "customer").await, rows(world, "customer_address").await), (18, 3, 2));
    }

    async fn what_a_ticket_names_must_be_there(world) {
        let ada = world.as_(&world.ada);
        let unknown = |noun: &str| format!("{noun}_{}", "7".repeat(26));
        for (field, value, code) in [
            ("team_id", unknown("tea"), "unknown_team"),
            ("assignee_id", unknown("mem"), "unknown_assignee"),
            ("category_id", unknown("cat"), "unknown_category"),
        ] {
            let mut new = of_lia("Cannot pay");
            new[field] = json!(value);
            let refused = ada.post(TICKETS, new).send().await.problem(422, code);
            assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"));
        }
        // Gus is a member next door, and so nobody here.
        let mut new = of_lia("Cannot pay");
        new["assignee_id"] = json!(world.gus.member);
        ada.post(TICKETS, new).send().await.problem(422, "unknown_assignee");
        ada.post(TICKETS, json!({"subject": "A", "body": "b", "requester": {}})).send().await.problem(422, "invalid_field");
        nothing(world).await;
    }
}

async fn nothing(world: &World) {
    for table in ["ticket", "message", "customer", "customer_address", "event"] {
        assert_eq!(rows(world, table).await, 0, "{table}");
    }
}
