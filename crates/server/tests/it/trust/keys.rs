//! Widget keys with their origins, and identity keys that are never shown.

use serde_json::json;

use crate::harness::both_engines;

both_engines! {
    async fn a_widget_key_is_made_changed_and_revoked(world) {
        let ada = world.as_(&world.ada);
        let new = json!({"name": "Shop", "allowed_origins": ["https://Shop.test:443", "http://localhost:3000"]});
        let made = ada.post("/api/v1/widget-keys", new).expect(201).await;
        assert!(made["key"].as_str().unwrap().starts_with("wk_"));
        assert_eq!(made["allowed_origins"], json!(["http://localhost:3000", "https://shop.test"]));

        let path = format!("/api/v1/widget-keys/{}", made["id"].as_str().unwrap());
        let bad = json!({"allowed_origins": ["https://shop.test/page"]});
        let refused = ada.patch(&path, bad).header("if-match", "\"1\"").send().await.problem(422, "invalid_field");
        assert_eq!(refused["errors"][0]["pointer"], "/allowed_origins/0");
        let changed = ada.patch(&path, json!({"allowed_origins": []})).header("if-match", "\"1\"").expect(200).await;
        assert_eq!(changed["version"], 2);
        ada.delete(&path).expect(204).await;
        ada.delete(&path).expect(204).await;
        assert_eq!(ada.get("/api/v1/widget-keys").expect(200).await["items"], json!([]));
        ada.patch(&path, json!({"name": "Back"})).header("if-match", "\"3\"").send().await.problem(404, "not_found");
    }

    async fn identity_keys_overlap_and_are_never_shown(world) {
        let ada = world.as_(&world.ada);
        let secret = "a shared secret of more than 32 bytes";
        let first = ada.post("/api/v1/identity-keys", json!({"algorithm": "hs256", "secret": secret})).expect(201).await;
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        ada.post("/api/v1/identity-keys", json!({"algorithm": "ed25519", "public_key": public})).expect(201).await;
        let listed = ada.get("/api/v1/identity-keys").expect(200).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        assert!(!listed.to_string().contains(secret) && !listed.to_string().contains(public));

        let path = format!("/api/v1/identity-keys/{}", first["id"].as_str().unwrap());
        ada.delete(&path).expect(204).await;
        ada.delete(&path).expect(204).await;
        let short = json!({"algorithm": "hs256", "secret": "short"});
        ada.post("/api/v1/identity-keys", short).send().await.problem(422, "bad_key");
    }
}
