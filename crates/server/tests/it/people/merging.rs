//! Merging: every key leads to the kept customer, and taking it back restores exactly what was.

use people::customers::{Requester, merged_ids, requester};
use serde_json::{Value, json};

use super::acme;
use crate::harness::{World, both_engines};

both_engines! {
    async fn keys_of_the_absorbed_customer_lead_to_the_kept_one(world) {
        let [a, b, _] = three(world).await;
        merge(world, &a, &b, 201).await;
        for who in [json!({"email": "a@shop.test"}), json!({"external_id": "a"}), json!({"customer_id": a})] {
            assert_eq!(json!(found(world, who).await), b);
        }
        let seen = get(world, &a).await;
        assert_eq!((&seen["merged_into"], &seen["addresses"][0]["value"]), (&b, &json!("a@shop.test")));
        let listed = world.as_(&world.ada).get("/api/v1/customers").expect(200).await;
        assert!(!listed["items"].as_array().unwrap().iter().any(|item| item["id"] == a));
        let patch = world.as_(&world.ada).patch(&path(&a), json!({"name": "X"})).header("if-match", "\"2\"");
        assert_eq!(patch.send().await.problem(409, "customer_merged")["merged_into"], b);
    }

    async fn taking_a_merge_back_restores_exactly(world) {
        let [a, b, c] = three(world).await;
        let before = [get(world, &a).await, get(world, &b).await, get(world, &c).await];
        merge(world, &a, &b, 201).await;
        merge(world, &b, &c, 201).await;
        let (top, all) = (c.clone(), person(world, &c).await);
        assert_eq!(all.len(), 3);
        assert_eq!(json!(found(world, json!({"external_id": "a"})).await), top);

        unmerge(world, &b, 204).await;
        assert_eq!(json!(found(world, json!({"external_id": "a"})).await), b, "what was merged below stays below");
        assert_eq!(person(world, &c).await.len(), 1);
        unmerge(world, &a, 204).await;
        unmerge(world, &a, 409).await;
        for (id, before) in [&a, &b, &c].into_iter().zip(before) {
            assert_eq!(without_version(get(world, id).await), without_version(before));
        }
    }

    async fn a_merge_with_oneself_or_with_somebody_merged_is_refused(world) {
        let [a, b, c] = three(world).await;
        merge(world, &a, &a, 422).await;
        merge(world, &a, &b, 201).await;
        merge(world, &a, &c, 409).await;
        merge(world, &c, &a, 409).await;
        merge(world, &b, &a, 409).await;
    }
}

async fn three(world: &World) -> [Value; 3] {
    let ada = world.as_(&world.ada);
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        let new = json!({
            "name": name, "external_id": name, "attributes": {"of": name},
            "addresses": [{"value": format!("{name}@shop.test"), "verified": true}],
        });
        ids.push(ada.post("/api/v1/customers", new).expect(201).await["id"].clone());
    }
    ids.try_into().unwrap()
}

fn path(id: &Value) -> String {
    format!("/api/v1/customers/{}", id.as_str().unwrap())
}

async fn get(world: &World, id: &Value) -> Value {
    world.as_(&world.ada).get(&path(id)).expect(200).await
}

async fn merge(world: &World, from: &Value, into: &Value, status: u16) {
    world.as_(&world.ada).post(&format!("{}/merges", path(from)), json!({"into": into})).expect(status).await;
}

async fn unmerge(world: &World, id: &Value, status: u16) {
    world.as_(&world.ada).delete(&format!("{}/merges", path(id))).expect(status).await;
}

async fn found(world: &World, who: Value) -> trust::nouns::CustomerId {
    let who: Requester = serde_json::from_value(who).unwrap();
    acme(world).write(move |tx, cx| requester(tx, cx, &who)).await.unwrap().customer
}

async fn person(world: &World, id: &Value) -> Vec<trust::nouns::CustomerId> {
    let id = serde_json::from_value(id.clone()).unwrap();
    acme(world).read(move |tx, cx| merged_ids(tx, cx.workspace(), id)).await.unwrap()
}

fn without_version(mut customer: Value) -> Value {
    customer.as_object_mut().unwrap().remove("version");
    customer
}
