//! Gus of Globex knocks at Acme's doors with Acme's ids: it is as if nothing were there.

use serde_json::json;

use crate::harness::both_engines;

both_engines! {
    async fn ids_of_another_workspace_are_simply_not_there(world) {
        let (ada, gus) = (world.as_(&world.ada), world.as_(&world.gus));
        let token = json!({"name": "T", "kind": "workspace", "rights": ["tickets:read"]});
        let token = ada.post("/api/v1/tokens", token).expect(201).await;
        let team = ada.post("/api/v1/teams", json!({"name": "Billing"})).expect(201).await;
        let key = ada.post("/api/v1/widget-keys", json!({"name": "K", "allowed_origins": []})).expect(201).await;
        let secret = "a shared secret of more than 32 bytes";
        let identity = ada.post("/api/v1/identity-keys", json!({"algorithm": "hs256", "secret": secret})).expect(201).await;
        let at = |place: &str, id: &serde_json::Value| format!("/api/v1/{place}/{}", id.as_str().unwrap());

        let member = format!("/api/v1/members/{}", world.ada.member);
        gus.get(&member).send().await.problem(404, "not_found");
        gus.patch(&member, json!({"active": false})).header("if-match", "\"1\"").send().await.problem(404, "not_found");
        let reset = format!("{member}/password-reset");
        gus.call(http::Method::POST, &reset).send().await.problem(404, "not_found");
        let rename = gus.patch(&at("teams", &team["id"]), json!({"name": "Mine"})).header("if-match", "\"1\"");
        rename.send().await.problem(404, "not_found");
        gus.delete(&at("tokens", &token["id"])).send().await.problem(404, "not_found");
        gus.delete(&at("widget-keys", &key["id"])).send().await.problem(404, "not_found");
        gus.delete(&at("identity-keys", &identity["id"])).send().await.problem(404, "not_found");

        let own = format!("/api/v1/members/{}", world.gus.member);
        let foreign = json!({"teams": [team["id"]]});
        let refused = gus.patch(&own, foreign).header("if-match", "\"1\"").send().await.problem(422, "invalid_field");
        assert_eq!(refused["errors"][0]["pointer"], "/teams/0");
        for place in ["teams", "widget-keys", "identity-keys"] {
            let listed = gus.get(&format!("/api/v1/{place}")).expect(200).await;
            assert_eq!(listed["items"], json!([]), "{place}");
        }
        world.sealed().await;
        let events = gus.get("/api/v1/events").expect(200).await;
        assert_eq!(events["items"], json!([]));
    }
}
