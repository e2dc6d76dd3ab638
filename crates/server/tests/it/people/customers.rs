//! Customers through the doors of staff: made, found, changed.

use serde_json::json;

use crate::harness::both_engines;

both_engines! {
    async fn a_customer_is_made_found_and_changed(world) {
        let ada = world.as_(&world.ada);
        let new = json!({
            "name": "Carla Oberholzer", "external_id": "u-1", "locale": "de-CH", "zone": "Europe/Zurich",
            "addresses": [{"value": "Carla@Shop.test", "verified": true}], "attributes": {"seats": 3, "old": true},
        });
        let made = ada.post("/api/v1/customers", new).expect(201).await;
        assert_eq!((&made["version"], &made["addresses"][0]["value"]), (&json!(1), &json!("Carla@Shop.test")));
        let path = format!("/api/v1/customers/{}", made["id"].as_str().unwrap());
        for q in ["carla", "CARLA%20OBER", "carla@shop.test"] {
            let found = ada.get(&format!("/api/v1/customers?q={q}")).expect(200).await;
            assert_eq!(found["items"][0]["id"], made["id"], "{q}");
        }
        assert_eq!(ada.get("/api/v1/customers?q=oberholzer").expect(200).await["items"], json!([]));

        let patch = json!({
            "name": null, "attributes": {"old": null, "tags": {"vip": true}},
            "remove_addresses": [made["addresses"][0]["id"]], "add_addresses": [{"value": "c@shop.test"}],
        });
        let changed = ada.patch(&path, patch).header("if-match", "\"1\"").expect(200).await;
        assert_eq!(changed["attributes"], json!({"seats": 3, "tags": {"vip": true}}));
        assert_eq!((&changed["name"], &changed["version"]), (&json!(null), &json!(2)));
        assert_eq!(changed["addresses"][0]["value"], "c@shop.test");
        ada.patch(&path, json!({"name": "X"})).header("if-match", "\"1\"").send().await.problem(412, "stale_version");
        ada.patch(&path, json!({"name": "X"})).send().await.problem(428, "if_match_required");
        assert_eq!(ada.get(&path).expect(200).await, changed);
    }

    async fn ids_and_addresses_belong_to_one_customer(world) {
        let ada = world.as_(&world.ada);
        let first = json!({"external_id": "u-1", "addresses": [{"value": "c@shop.test"}]});
        ada.post("/api/v1/customers", first).expect(201).await;
        let same = json!({"external_id": "u-1"});
        ada.post("/api/v1/customers", same.clone()).send().await.problem(409, "customer_external_id_taken");
        let second = json!({"addresses": [{"value": "C@shop.test"}]});
        let refused = ada.post("/api/v1/customers", second).send().await.problem(409, "address_taken");
        assert_eq!(refused["errors"][0]["pointer"], "/addresses/0/value");
        let other = ada.post("/api/v1/customers", json!({})).expect(201).await;
        let path = format!("/api/v1/customers/{}", other["id"].as_str().unwrap());
        ada.patch(&path, same).header("if-match", "\"1\"").send().await.problem(409, "customer_external_id_taken");
        assert_eq!(ada.get("/api/v1/customers").expect(200).await["items"].as_array().unwrap().len(), 2);
    }

    async fn wrong_fields_are_named(world) {
        let ada = world.as_(&world.ada);
        for (body, pointer) in [
            (json!({"locale": "de_CH"}), "/locale"),
            (json!({"zone": "Mars/Olympus"}), "/zone"),
            (json!({"addresses": [{"value": "nobody"}]}), "/addresses/0/value"),
            (json!({"attributes": {"a": "x".repeat(17_000)}}), "/attributes"),
            (json!({"company_id": "cpy_00000000000000000000000001"}), "/company_id"),
        ] {
            let refused = ada.post("/api/v1/customers", body).send().await.problem(422, "invalid_field");
            assert_eq!(refused["errors"][0]["pointer"], pointer);
        }
        ada.post("/api/v1/customers", json!({"nome": "x"})).send().await.problem(422, "unknown_field");
    }

    async fn pages_follow_each_other_newest_first(world) {
        let ada = world.as_(&world.ada);
        for number in 0..5 {
            ada.post("/api/v1/customers", json!({"name": format!("N{number}")})).expect(201).await;
        }
        let (mut names, mut path) = (Vec::new(), "/api/v1/customers?limit=2".to_owned());
        loop {
            let page = ada.get(&path).expect(200).await;
            names.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => path = format!("/api/v1/customers?limit=2&after={next}"),
                None => break,
            }
        }
        assert_eq!(names, ["N4", "N3", "N2", "N1", "N0"]);
    }

    async fn next_door_customers_are_not_there(world) {
        let made = world.as_(&world.ada).post("/api/v1/customers", json!({"name": "Carla"})).expect(201).await;
        let path = format!("/api/v1/customers/{}", made["id"].as_str().unwrap());
        let gus = world.as_(&world.gus);
        gus.get(&path).send().await.problem(404, "not_found");
        gus.get(&format!("{path}/export")).send().await.problem(404, "not_found");
        gus.call(http::Method::POST, &format!("{path}/erasure")).send().await.problem(404, "not_found");
        gus.delete(&format!("{path}/merges")).send().await.problem(404, "not_found");
        assert_eq!(gus.get("/api/v1/customers").expect(200).await["items"], json!([]));
    }
}
