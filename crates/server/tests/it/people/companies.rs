//! Companies: belonging to them, and the territories that part them.

use serde_json::{Value, json};
use trust::access::Role;

use crate::harness::{both_engines, member};

both_engines! {
    async fn plan_and_tier_are_labels_that_describe_nobody(world) {
        let ada = world.as_(&world.ada);
        for plan in ["Jane Doe", "jane@shop.test", "+41 79", "", &"x".repeat(41)] {
            let refused = ada.post("/api/v1/companies", json!({"name": "Shop", "plan": plan})).send().await.problem(422, "invalid_field");
            assert_eq!(refused["errors"][0]["pointer"], "/plan");
            ada.post("/api/v1/companies", json!({"name": "Shop", "tier": plan})).send().await.problem(422, "invalid_field");
            ada.post("/api/v1/customers", json!({"name": "Lia", "plan": plan})).send().await.problem(422, "invalid_field");
        }
        let ticket = json!({"subject": "A", "body": "b", "requester": {"email": "lia@shop.test"}, "language": "I am Lia"});
        ada.post("/api/v1/tickets", ticket).send().await.problem(422, "invalid_field");
        let made = ada.post("/api/v1/companies", json!({"name": "Shop", "plan": "Größe_2-b", "tier": "plus"})).expect(201).await;
        assert_eq!((&made["plan"], &made["tier"]), (&json!("Größe_2-b"), &json!("plus")));
    }

    async fn a_customer_belongs_to_companies_and_the_first_is_primary(world) {
        let ada = world.as_(&world.ada);
        let new = json!({"name": "Shop", "plan": "pro", "revenue": {"amount_minor": 250_000, "currency": "EUR"}});
        let shop = ada.post("/api/v1/companies", new).expect(201).await;
        let bank = ada.post("/api/v1/companies", json!({"name": "Bank"})).expect(201).await;
        let carla = ada.post("/api/v1/customers", json!({"name": "Carla"})).expect(201).await;
        let path = format!("/api/v1/customers/{}", text(&carla["id"]));
        let belonging = |company: &Value| format!("{path}/companies/{}", text(&company["id"]));
        ada.put(&belonging(&shop), json!({})).expect(204).await;
        ada.put(&belonging(&bank), json!({})).expect(204).await;
        let both = ada.get(&path).expect(200).await;
        assert_eq!((&both["company"]["name"], both["companies"].as_array().unwrap().len()), (&json!("Shop"), 2));
        ada.put(&belonging(&bank), json!({"primary": true})).expect(204).await;
        assert_eq!(ada.get(&path).expect(200).await["company"]["name"], "Bank");
        ada.delete(&belonging(&bank)).expect(204).await;
        let left = ada.get(&path).expect(200).await;
        assert_eq!((&left["company"], left["companies"].as_array().unwrap().len()), (&json!(null), 1));
        ada.delete(&belonging(&bank)).send().await.problem(404, "not_found");
    }

    async fn a_company_is_changed_and_its_external_id_is_its_own(world) {
        let ada = world.as_(&world.ada);
        let shop = ada.post("/api/v1/companies", json!({"name": "Shop", "external_id": "c-1"})).expect(201).await;
        ada.post("/api/v1/companies", json!({"name": "Other", "external_id": "c-1"}))
            .send().await.problem(409, "company_external_id_taken");
        let path = format!("/api/v1/companies/{}", text(&shop["id"]));
        let patch = json!({"tier": "gold", "csm_id": world.ben.member, "external_id": null});
        let changed = ada.patch(&path, patch).header("if-match", "\"1\"").expect(200).await;
        assert_eq!((&changed["tier"], &changed["external_id"], &changed["version"]), (&json!("gold"), &json!(null), &json!(2)));
        assert_eq!(ada.get("/api/v1/companies?q=sho").expect(200).await["items"][0], changed);
        let foreign = ada.patch(&path, json!({"csm_id": world.gus.member})).header("if-match", "\"2\"");
        assert_eq!(foreign.send().await.problem(422, "invalid_field")["errors"][0]["pointer"], "/csm_id");
    }

    async fn members_see_the_customers_of_their_territories_and_of_none(world) {
        let ada = world.as_(&world.ada);
        let north = ada.post("/api/v1/territories", json!({"name": "North"})).expect(201).await["id"].clone();
        let south = ada.post("/api/v1/territories", json!({"name": "South"})).expect(201).await["id"].clone();
        let (house, acme) = (world.house().clone(), world.acme);
        let nina = tokio::task::spawn_blocking(move || member(&house, acme, "nina@acme.test", Role::Agent)).await.unwrap();
        let path = format!("/api/v1/members/{}", nina.member);
        ada.patch(&path, json!({"territories": [north]})).header("if-match", "\"1\"").expect(200).await;
        let mut ids = Vec::new();
        for territory in [&north, &south, &json!(null)] {
            let company = ada.post("/api/v1/companies", json!({"name": "Co", "territory_id": territory})).expect(201).await;
            let new = json!({"company_id": company["id"], "name": "Customer"});
            ids.push((text(&ada.post("/api/v1/customers", new).expect(201).await["id"]), text(&company["id"])));
        }
        let nina = world.as_(&nina);
        for (place, seen) in [(0, 200), (1, 404), (2, 200)] {
            nina.get(&format!("/api/v1/customers/{}", ids[place].0)).expect(seen).await;
            nina.get(&format!("/api/v1/companies/{}", ids[place].1)).expect(seen).await;
        }
        for list in ["customers", "companies", "customers?q=cust"] {
            assert_eq!(nina.get(&format!("/api/v1/{list}")).expect(200).await["items"].as_array().unwrap().len(), 2, "{list}");
        }
        let hidden = json!({"subject": "S", "body": "B", "requester": {"customer_id": ids[1].0}});
        nina.post("/api/v1/tickets", hidden).send().await.problem(422, "unknown_customer");
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
