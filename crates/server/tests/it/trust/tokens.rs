//! API tokens: shown once, never more than their maker holds, and gone when revoked.

use serde_json::json;

use crate::harness::{Caller, both_engines};

both_engines! {
    async fn a_revoked_token_opens_nothing(world) {
        let new = json!({"name": "Script", "kind": "personal", "rights": ["tickets:read", "tokens:own"], "expires_in_days": 30});
        let made = world.as_(&world.ben).post("/api/v1/tokens", new).expect(201).await;
        let secret = made["token"].as_str().unwrap();
        assert!(secret.starts_with("ms_"));
        let script = Caller::new(world, Some(secret));
        let session = script.get("/api/v1/session").expect(200).await;
        assert_eq!(session["via"], "token");
        assert_eq!(session["rights"], json!(["tickets:read", "tokens:own"]));
        assert_eq!(session["expires_at"], made["expires_at"]);

        let listed = world.as_(&world.ben).get("/api/v1/tokens").expect(200).await.to_string();
        assert!(listed.contains("Script") && !listed.contains(secret));
        let path = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
        world.as_(&world.ben).delete(&path).expect(204).await;
        world.as_(&world.ben).delete(&path).expect(204).await;
        script.get("/api/v1/session").send().await.problem(401, "sign_in_first");
    }

    async fn a_token_ends_on_its_day(world) {
        let new = json!({"name": "Short", "kind": "workspace", "rights": ["events:read"], "expires_in_days": 1});
        let made = world.as_(&world.ada).post("/api/v1/tokens", new).expect(201).await;
        let short = Caller::new(world, made["token"].as_str());
        assert_eq!(short.get("/api/v1/session").expect(200).await["member"], json!(null));
        world.clock.advance_seconds(86_401);
        short.get("/api/v1/session").send().await.problem(401, "sign_in_first");
    }

    async fn nobody_makes_a_token_above_themselves(world) {
        let ben = world.as_(&world.ben);
        let new = |kind: &str, rights: &[&str]| json!({"name": "More", "kind": kind, "rights": rights});
        let refused = ben.post("/api/v1/tokens", new("personal", &["members:write"])).send().await;
        assert_eq!(refused.problem(403, "beyond_your_rights")["beyond"], json!(["members:write"]));
        ben.post("/api/v1/tokens", new("workspace", &["tickets:read"])).send().await.problem(403, "missing_right");
        ben.post("/api/v1/tokens", new("personal", &[])).send().await.problem(422, "invalid_field");
        ben.post("/api/v1/tokens", new("personal", &["tickets:burn"])).send().await.problem(422, "invalid_field");
        let adas = world.as_(&world.ada).post("/api/v1/tokens", new("workspace", &["tickets:read"])).expect(201).await;
        let path = format!("/api/v1/tokens/{}", adas["id"].as_str().unwrap());
        ben.delete(&path).send().await.problem(404, "not_found");
    }
}
