//! Stories of the taxonomy: tags, categories, fields.

mod order;

use base::text::Line;
use serde_json::{Value, json};
use taxonomy::{check_fields, tag_ids, tag_names};
use trust::Cx;
use trust::access::Via;

use crate::harness::{World, both_engines};

both_engines! {
    async fn a_tag_is_one_however_it_is_spelt(world) {
        let named = |names: &[&str]| names.iter().map(|name| Line::<60>::new(name).unwrap()).collect::<Vec<_>>();
        let (first, again) = (named(&["Refund", "VIP", "refund "]), named(&["vip", "REFUND"]));
        let ids = acme(world).write(move |tx, cx| Ok((tag_ids(tx, cx, &first)?, tag_ids(tx, cx, &again)?))).await.unwrap();
        assert_eq!((ids.0.len(), ids.1[0], ids.1[1]), (2, ids.0[1], ids.0[0]));
        let names = acme(world).read(move |tx, cx| tag_names(tx, cx.workspace(), &ids.0)).await.unwrap();
        assert!(names.values().any(|name| name == "Refund"));
        let ada = world.as_(&world.ada);
        ada.post("/api/v1/tags", json!({"name": "reFUND"})).send().await.problem(409, "tag_taken");
        let tags = ada.get("/api/v1/tags").expect(200).await;
        let path = format!("/api/v1/tags/{}", tags["items"][0]["id"].as_str().unwrap());
        ada.patch(&path, json!({"name": "Money back"})).header("if-match", "\"1\"").expect(200).await;
        assert_eq!(ada.get("/api/v1/tags").expect(200).await["items"].as_array().unwrap().len(), 2);
    }

    async fn racing_writers_share_their_tags(world) {
        let mut racing = Vec::new();
        for number in 0..8 {
            let cx = acme(world);
            let names: Vec<Line<60>> = ["a", "b", "c"].iter().map(|name| Line::new(name).unwrap()).collect();
            let names = if number % 2 == 0 { names } else { names.into_iter().rev().collect() };
            racing.push(tokio::spawn(async move { cx.write(move |tx, cx| tag_ids(tx, cx, &names)).await }));
        }
        let mut all = std::collections::HashSet::new();
        for one in racing {
            all.extend(one.await.unwrap().unwrap());
        }
        assert_eq!(all.len(), 3);
    }

    async fn categories_grow_three_levels_and_are_archived(world) {
        let ada = world.as_(&world.ada);
        let mut parent = json!(null);
        for name in ["Billing", "Refunds", "Cards"] {
            parent = ada.post("/api/v1/categories", json!({"name": name, "parent_id": parent})).expect(201).await["id"].clone();
        }
        ada.post("/api/v1/categories", json!({"name": "X", "parent_id": parent})).send().await.problem(422, "category_too_deep");
        ada.post("/api/v1/categories", json!({"name": "billing"})).send().await.problem(409, "category_taken");
        let path = format!("/api/v1/categories/{}", parent.as_str().unwrap());
        let archived = ada.patch(&path, json!({"archived": true})).header("if-match", "\"1\"").expect(200).await;
        assert_eq!(archived["archived"], true);
        let id = serde_json::from_value(parent).unwrap();
        let takes = acme(world).read(move |tx, cx| taxonomy::category_exists(tx, cx.workspace(), id)).await.unwrap();
        assert!(!takes);
        let named = acme(world).read(|tx, cx| taxonomy::category_named(tx, cx.workspace(), "REFUNDS")).await.unwrap();
        assert!(named.is_some());
    }

    async fn fields_are_typed_and_every_mistake_is_named(world) {
        let ada = world.as_(&world.ada);
        let plain = [("order", "text"), ("amount", "number"), ("urgent", "boolean"), ("due", "date")];
        for (key, kind) in plain {
            ada.post("/api/v1/fields", json!({"key": key, "label": key, "type": kind})).expect(201).await;
        }
        let select = json!({"key": "area", "label": "Area", "type": "multi_select", "options": ["Shop", "App"]});
        let area = ada.post("/api/v1/fields", select).expect(201).await;
        let shop = area["options"][0]["id"].clone();
        let values = check(world, json!({
            "order": "A-1", "amount": 12.5, "urgent": true, "due": "2026-01-31", "area": [shop, "app", "Shop"],
        })).await.unwrap();
        assert_eq!(values.len(), 6);
        let refused = check(world, json!({"order": 1, "area": ["Nowhere"], "what": 1})).await.unwrap_err();
        let mut pointers: Vec<&str> = refused.fields().iter().map(|field| field.pointer.as_str()).collect();
        pointers.sort_unstable();
        assert_eq!((refused.name(), pointers), ("invalid_field", vec!["/fields/area", "/fields/order", "/fields/what"]));

        let path = format!("/api/v1/fields/{}", area["id"].as_str().unwrap());
        let options = json!({"options": [{"label": "Phone"}, {"id": shop, "label": "Store"}]});
        let changed = ada.patch(&path, options).header("if-match", "\"1\"").expect(200).await;
        assert_eq!((&changed["options"][1]["id"], &changed["options"][2]["archived"]), (&shop, &json!(true)));
        assert!(check(world, json!({"area": ["App"]})).await.is_err(), "an archived option takes no values");
        assert_eq!(ada.get("/api/v1/fields").expect(200).await["items"].as_array().unwrap().len(), 5);
    }

    async fn a_nul_in_the_key_of_a_field_is_a_mistake_like_any_other(world) {
        let ada = world.as_(&world.ada);
        let refused = check(world, json!({"\u{0}": 1})).await.unwrap_err();
        assert_eq!(refused.fields()[0].code, "unknown");
        let ticket = json!({"subject": "A", "body": "a", "requester": {"email": "cleo@example.com"}, "fields": {"\u{0}": 1}});
        ada.post("/api/v1/tickets", ticket).send().await.problem(422, "invalid_field");
        ada.get("/api/v1/tickets?field[%00]=x").send().await.problem(422, "invalid_query");
        ada.get("/api/v1/customers?q=%00").send().await.problem(422, "invalid_query");
    }
}

fn acme(world: &World) -> Cx {
    Cx::of_house(world.house(), world.acme, Via::Api)
}

async fn check(world: &World, values: Value) -> base::Result<Vec<taxonomy::FieldValue>> {
    let values = values.as_object().unwrap().clone();
    acme(world).write(move |tx, cx| check_fields(tx, cx, &values)).await
}
