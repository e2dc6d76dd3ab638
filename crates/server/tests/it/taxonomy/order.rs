//! Stories of order in the taxonomy: moving, replacing and deleting categories, what resolving asks for, names of statuses.

use http::Method;
use serde_json::{Value, json};

use crate::desk::scene::{at, change, items, of_lia, open, read, set_status, text};
use crate::harness::{World, both_engines};

/// A category of Acme.
async fn category(world: &World, new: Value) -> Value {
    world.as_(&world.ada).post("/api/v1/categories", new).expect(201).await
}

fn place(category: &Value) -> String {
    format!("/api/v1/categories/{}", text(&category["id"]))
}

/// A ticket of a category.
async fn filed(world: &World, subject: &str, category: &Value) -> Value {
    let mut new = of_lia(subject);
    new["category_id"] = category["id"].clone();
    open(world, new).await
}

both_engines! {
    async fn a_category_has_an_owner_other_names_and_a_place(world) {
        let ada = world.as_(&world.ada);
        let billing = category(world, json!({"name": "Billing", "owner_id": world.ben.member, "synonyms": ["Invoices", "invoices", "Money"]})).await;
        category(world, json!({"name": "First of all", "place": -5})).await;
        assert_eq!(billing["synonyms"], json!(["Invoices", "Money"]));
        let listed = ada.get("/api/v1/categories").expect(200).await;
        let names: Vec<&str> = items(&listed).iter().map(|category| text(&category["name"])).collect();
        assert_eq!(names, ["First of all", "Billing"]);
        let cx = trust::Cx::of_house(world.house(), world.acme, trust::access::Via::Api);
        let found = cx.read(|tx, cx| taxonomy::category_named(tx, cx.workspace(), "INVOICES")).await.unwrap();
        assert_eq!(json!(found), billing["id"]);
        let stranger = json!({"name": "X", "owner_id": world.gus.member});
        let refused = ada.post("/api/v1/categories", stranger).send().await.problem(422, "invalid_field");
        assert_eq!(refused["errors"][0]["pointer"], "/owner_id");
        let none = ada.patch(&place(&billing), json!({"owner_id": null, "synonyms": []})).header("if-match", "\"1\"").expect(200).await;
        assert_eq!((&none["owner_id"], &none["synonyms"]), (&json!(null), &json!([])));
    }

    async fn a_branch_moves_but_never_below_itself_nor_too_deep(world) {
        let ada = world.as_(&world.ada);
        let shop = category(world, json!({"name": "Shop"})).await;
        let cart = category(world, json!({"name": "Cart", "parent_id": shop["id"]})).await;
        let coupon = category(world, json!({"name": "Coupons", "parent_id": cart["id"]})).await;
        let app = category(world, json!({"name": "App"})).await;
        let put = |whose: &Value, parent: &Value| {
            ada.patch(&place(whose), json!({"parent_id": parent["id"]})).header("if-match", "\"1\"").send()
        };
        put(&shop, &coupon).await.problem(422, "category_cycle");
        put(&shop, &shop).await.problem(422, "category_cycle");
        put(&shop, &app).await.problem(422, "category_too_deep");
        put(&cart, &app).await.expect(200);
        let top = ada.patch(&place(&coupon), json!({"parent_id": null})).header("if-match", "\"1\"").expect(200).await;
        assert_eq!(top["parent_id"], json!(null));
    }

    async fn a_replaced_category_hands_its_tickets_on_and_their_timelines_say_so(world) {
        let ada = world.as_(&world.ada);
        let (old, new) = (category(world, json!({"name": "Old"})).await, category(world, json!({"name": "New"})).await);
        let mut tickets = Vec::new();
        for number in 0..105 {
            tickets.push(filed(world, &format!("Number {number}"), &old).await);
        }
        let closed = filed(world, "Closed", &old).await;
        set_status(world, &closed, "closed").await;
        ada.delete(&place(&old)).header("if-match", "\"1\"").send().await.problem(409, "category_in_use");
        let to = format!("{}/replacement", place(&old));
        let put = |by: &Value| ada.put(&to, json!({"category_id": by})).header("if-match", "\"1\"").send();
        put(&old["id"]).await.problem(422, "bad_replacement");
        put(&json!("cat_01h00000000000000000000000")).await.problem(422, "bad_replacement");
        let replaced = put(&new["id"]).await.expect(200);
        assert_eq!((&replaced["archived"], &replaced["replaced_by"]), (&json!(true), &new["id"]));
        world.opened.worker.run_due().await.unwrap();
        for ticket in &tickets {
            assert_eq!(read(world, ticket).await["category_id"], new["id"]);
        }
        assert_eq!(read(world, &closed).await["category_id"], old["id"], "a closed ticket never changes");
        let timeline = ada.get(&at(&tickets[104], "/timeline")).expect(200).await;
        let told = items(&timeline).last().unwrap();
        assert_eq!((text(&told["kind"]), &told["data"]["category_id"]), ("ticket.category_moved", &new["id"]));
        // What took a place cannot be put behind what it replaced.
        let back = ada.put(&format!("{}/replacement", place(&new)), json!({"category_id": old["id"]}));
        back.header("if-match", "\"1\"").send().await.problem(422, "bad_replacement");
        let taken = open_with(world, &old).await;
        taken.problem(422, "unknown_category");
    }

    async fn a_category_is_replaced_when_all_below_it_are_archived(world) {
        let ada = world.as_(&world.ada);
        let (above, new) = (category(world, json!({"name": "Above"})).await, category(world, json!({"name": "New"})).await);
        let below = category(world, json!({"name": "Below", "parent_id": above["id"]})).await;
        let put = || ada.put(&format!("{}/replacement", place(&above)), json!({"category_id": new["id"]})).header("if-match", "\"1\"").send();
        put().await.problem(409, "category_has_children");
        ada.patch(&place(&below), json!({"archived": true})).header("if-match", "\"1\"").expect(200).await;
        assert_eq!(put().await.expect(200)["replaced_by"], new["id"]);
        ada.delete(&place(&above)).header("if-match", "\"2\"").send().await.problem(409, "category_has_children");
    }

    async fn a_category_is_deleted_only_when_nothing_uses_it(world) {
        let ada = world.as_(&world.ada);
        let above = category(world, json!({"name": "Above"})).await;
        let below = category(world, json!({"name": "Below", "parent_id": above["id"], "synonyms": ["Under"]})).await;
        let remove = |category: &Value| ada.delete(&place(category)).header("if-match", "\"1\"").send();
        remove(&above).await.problem(409, "category_has_children");
        let ticket = filed(world, "Mine", &below).await;
        remove(&below).await.problem(409, "category_in_use");
        change(world, Method::PATCH, &ticket, "", json!({"category_id": null})).await;
        ada.post("/api/v1/articles", json!({"title": "How", "body": "So.", "category_id": below["id"]})).expect(201).await;
        remove(&below).await.problem(409, "category_in_use");
        ada.post("/api/v1/categories", json!({"name": "Spare"})).expect(201).await;
        let listed = ada.get("/api/v1/categories").expect(200).await;
        let spare = items(&listed).last().unwrap().clone();
        assert_eq!(remove(&spare).await.status, 204);
        assert_eq!(items(&ada.get("/api/v1/categories").expect(200).await).len(), 2);
    }

    async fn resolving_asks_for_what_the_workspace_and_the_category_need(world) {
        let ada = world.as_(&world.ada);
        let field = |key: &str| ada.post("/api/v1/fields", json!({"key": key, "label": key, "type": "text"}));
        let cause = field("cause").expect(201).await["id"].clone();
        let order = field("order").expect(201).await["id"].clone();
        let billing = category(world, json!({"name": "Billing", "required_field_ids": [order]})).await;
        let refunds = category(world, json!({"name": "Refunds", "parent_id": billing["id"]})).await;
        let ticket = open(world, of_lia("Nothing asked yet")).await;
        set_status(world, &ticket, "resolved").await;
        let rule = json!({"category_required": true, "required_field_ids": [cause]});
        let put = |tag: &str| ada.put("/api/v1/resolving-rule", rule.clone()).header("if-match", tag).send();
        put("\"3\"").await.problem(412, "stale_version");
        put("\"0\"").await.expect(200);
        let unknown = json!({"category_required": true, "required_field_ids": ["fld_01h00000000000000000000000"]});
        let refused = ada.put("/api/v1/resolving-rule", unknown).header("if-match", "\"1\"").send().await;
        assert_eq!(refused.problem(422, "invalid_field")["errors"][0]["pointer"], "/required_field_ids/0");

        let ticket = open(world, of_lia("Cannot pay")).await;
        let resolve = async |ticket: &Value| {
            let version = read(world, ticket).await["version"].clone();
            let put = ada.put(&at(ticket, "/status"), json!({"status": "resolved"}));
            put.header("if-match", format!("\"{version}\"")).send().await
        };
        let refused = resolve(&ticket).await.problem(422, "missing_to_resolve");
        assert_eq!(refused["missing"], json!(["category_id", "fields.cause"]));
        assert_eq!(refused["errors"][0]["pointer"], "/category_id");
        change(world, Method::PATCH, &ticket, "", json!({"category_id": refunds["id"], "fields": {"cause": "card"}})).await;
        let refused = resolve(&ticket).await.problem(422, "missing_to_resolve");
        assert_eq!(refused["missing"], json!(["fields.order"]), "what is asked above holds below");
        change(world, Method::PATCH, &ticket, "", json!({"fields": {"order": "A-1"}})).await;
        assert_eq!(resolve(&ticket).await.expect(200)["status"], "resolved");
        // The house closes what was resolved long ago without asking.
        let closed = open(world, of_lia("Never mind")).await;
        resolve(&closed).await.problem(422, "missing_to_resolve");
    }

    async fn a_status_has_names_of_the_workspaces_own(world) {
        let ada = world.as_(&world.ada);
        let name = |new: Value| ada.post("/api/v1/statuses", new);
        let legal = name(json!({"status": "pending", "name": "With legal", "colour": "warning"})).expect(201).await;
        let usual = name(json!({"status": "pending", "name": "Waiting", "default": true})).expect(201).await;
        name(json!({"status": "open", "name": "with LEGAL"})).send().await.problem(409, "status_name_taken");
        let ticket = open(world, of_lia("Contract")).await;
        assert_eq!(ticket["status_name"], json!(null), "open has no names yet");
        let put = |body: Value| change(world, Method::PUT, &ticket, "/status", body);
        let waiting = put(json!({"status": "pending"})).await;
        assert_eq!((text(&waiting["status_name"]), &waiting["status_id"]), ("Waiting", &usual["id"]));
        let with_legal = put(json!({"status": "pending", "status_id": legal["id"]})).await;
        assert_eq!((text(&with_legal["status_name"]), text(&with_legal["status_colour"])), ("With legal", "warning"));
        let other = open(world, of_lia("Other")).await;
        change(world, Method::PUT, &other, "/status", json!({"status": "pending"})).await;
        let of = async |id: &Value| {
            let page = ada.get(&format!("/api/v1/tickets?status_id={}", text(id))).expect(200).await;
            items(&page).iter().map(|ticket| ticket["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!((of(&legal["id"]).await, of(&usual["id"]).await), (vec![ticket["id"].clone()], vec![other["id"].clone()]));

        let wrong = async |body: Value| {
            let version = read(world, &ticket).await["version"].clone();
            ada.put(&at(&ticket, "/status"), body).header("if-match", format!("\"{version}\"")).send().await
        };
        let refused = wrong(json!({"status": "open", "status_id": legal["id"]})).await.problem(422, "unknown_status_name");
        assert_eq!(refused["errors"][0]["pointer"], "/status_id");
        let archive = |name: &Value, tag: &str| {
            let path = format!("/api/v1/statuses/{}", text(&name["id"]));
            ada.patch(&path, json!({"archived": true})).header("if-match", tag).send()
        };
        archive(&usual, "\"1\"").await.problem(409, "status_name_is_default");
        archive(&legal, "\"1\"").await.expect(200);
        assert_eq!(read(world, &ticket).await["status_name"], "With legal", "who has it keeps it");
        wrong(json!({"status": "pending", "status_id": legal["id"]})).await.problem(422, "unknown_status_name");
        put(json!({"status": "open"})).await;
        assert_eq!(put(json!({"status": "pending"})).await["status_name"], "Waiting");
        let timeline = ada.get(&at(&ticket, "/timeline")).expect(200).await;
        let named = items(&timeline).iter().filter(|entry| entry["data"]["status_id"] == legal["id"]).count();
        assert_eq!(named, 1);
    }

    async fn coverage_counts_what_has_no_category_and_what_fits_nowhere(world) {
        let ada = world.as_(&world.ada);
        let other = category(world, json!({"name": "Other", "other": true})).await;
        let shop = category(world, json!({"name": "Shop"})).await;
        for category in [&other, &shop, &shop] {
            filed(world, "Filed", category).await;
        }
        open(world, of_lia("Nowhere")).await;
        world.clock.advance_seconds(1);
        let figures = ada.get("/api/v1/category-coverage").expect(200).await;
        let of = |key: &str| figures[key].as_f64().unwrap();
        assert_eq!((of("tickets"), of("without_share"), of("other_share")), (4.0, 0.25, 0.25));
        assert_eq!(figures["categories"][0], json!({"category_id": shop["id"], "tickets": 2}));
        let long = ada.get("/api/v1/category-coverage?from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z");
        long.send().await.problem(422, "invalid_query");
    }

    async fn rules_read_the_fields_of_a_ticket_by_their_words(world) {
        let ada = world.as_(&world.ada);
        let select = json!({"key": "area", "label": "Area", "type": "select", "options": ["Shop", "App"]});
        ada.post("/api/v1/fields", select).expect(201).await;
        let ticket = open(world, of_lia("Cannot pay")).await;
        change(world, Method::PATCH, &ticket, "", json!({"fields": {"area": "Shop"}})).await;
        let id = serde_json::from_value(ticket["id"].clone()).unwrap();
        let cx = trust::Cx::of_house(world.house(), world.acme, trust::access::Via::Job);
        let facts = cx.read(move |tx, cx| desk::tickets::field_facts(tx, cx.workspace(), id)).await.unwrap();
        assert_eq!(Value::from(facts), json!({"area": "Shop"}));
    }
}

async fn open_with(world: &World, category: &Value) -> crate::harness::Answer {
    let mut new = of_lia("Late");
    new["category_id"] = category["id"].clone();
    world.as_(&world.ada).post("/api/v1/tickets", new).send().await
}
