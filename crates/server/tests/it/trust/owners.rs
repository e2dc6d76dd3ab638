//! Who may change whom: owners are made by owners, one always stays, and nobody hands out more than they hold.

use serde_json::{Value, json};

use crate::harness::{Person, World, both_engines};

async fn patch(world: &World, by: &Person, whom: &Person, change: Value) -> crate::harness::Answer {
    let path = format!("/api/v1/members/{}", whom.member);
    let read = world.as_(by).get(&path).send().await;
    let etag = read.text_header("etag").to_owned();
    world.as_(by).patch(&path, change).header("if-match", etag).send().await
}

both_engines! {
    async fn the_last_owner_stays(world) {
        let (ada, ben) = (&world.ada, &world.ben);
        patch(world, ada, ada, json!({"active": false})).await.problem(409, "last_owner");
        patch(world, ada, ada, json!({"role": "admin"})).await.problem(409, "last_owner");
        let promoted = patch(world, ada, ben, json!({"role": "owner"})).await.expect(200);
        assert_eq!(promoted["role"], "owner");
        patch(world, ben, ada, json!({"role": "agent"})).await.expect(200);
        patch(world, ada, ben, json!({"role": "agent"})).await.problem(403, "missing_right");
        patch(world, ben, ben, json!({"active": false})).await.problem(409, "last_owner");
    }

    async fn an_admin_makes_no_owner_and_touches_none(world) {
        patch(world, &world.ada, &world.ben, json!({"role": "admin"})).await.expect(200);
        let ben = &world.ben;
        patch(world, ben, ben, json!({"role": "owner"})).await.problem(403, "owners_only");
        patch(world, ben, &world.ada, json!({"name": "Nobody"})).await.problem(403, "owners_only");
        let invitation = json!({"email": "eve@acme.test", "name": "Eve", "role": "owner"});
        world.as_(ben).post("/api/v1/invitations", invitation).send().await.problem(403, "owners_only");
        let reset = format!("/api/v1/members/{}/password-reset", world.ada.member);
        world.as_(ben).call(http::Method::POST, &reset).send().await.problem(403, "owners_only");
    }

    async fn a_small_token_hands_out_no_large_role(world) {
        let new = json!({"name": "Directory", "kind": "workspace", "rights": ["members:read", "members:write"]});
        let made = world.as_(&world.ada).post("/api/v1/tokens", new).expect(201).await;
        let token = made["token"].as_str().unwrap();
        let small = crate::harness::Caller::new(world, Some(token));
        let invitation = json!({"email": "eve@acme.test", "name": "Eve", "role": "admin"});
        let refused = small.post("/api/v1/invitations", invitation).send().await.problem(403, "beyond_your_rights");
        assert!(refused["beyond"].as_array().unwrap().contains(&json!("tickets:read")));
    }

    async fn leaving_ends_everything_at_once_and_a_change_of_teams_ends_nothing(world) {
        let (ada, ben) = (&world.ada, &world.ben);
        let team = world.as_(ada).post("/api/v1/teams", json!({"name": "Billing"})).expect(201).await;
        world.as_(ada).post("/api/v1/teams", json!({"name": "BILLING"})).send().await.problem(409, "team_name_taken");
        let changed = patch(world, ada, ben, json!({"teams": [team["id"]], "ticket_scope": "teams"})).await.expect(200);
        assert_eq!(changed["teams"], json!([team["id"]]));
        let session = world.as_(ben).get("/api/v1/session").expect(200).await;
        assert_eq!(session["member"]["ticket_scope"], "teams");

        patch(world, ada, ben, json!({"active": false})).await.expect(200);
        world.as_(ben).get("/api/v1/session").send().await.problem(401, "sign_in_first");
        patch(world, ada, ben, json!({"active": true})).await.expect(200);
        // What ended does not come back.
        world.as_(ben).get("/api/v1/session").send().await.problem(401, "sign_in_first");
    }

    async fn a_change_needs_the_version_that_was_read(world) {
        let path = format!("/api/v1/members/{}", world.ben.member);
        let ada = world.as_(&world.ada);
        ada.patch(&path, json!({"name": "Benjamin"})).send().await.problem(428, "if_match_required");
        ada.patch(&path, json!({"name": "Benjamin"})).header("if-match", "\"7\"").send().await.problem(412, "stale_version");
        ada.patch(&path, json!({"nickname": "B"})).header("if-match", "\"1\"").send().await.problem(422, "unknown_field");
        let changed = ada.patch(&path, json!({"name": "Benjamin"})).header("if-match", "\"1\"").send().await;
        assert_eq!(changed.expect(200)["name"], "Benjamin");
        assert_eq!(changed.text_header("etag"), "\"2\"");
    }

    async fn members_say_whether_they_take_work(world) {
        let set = json!({"availability": "online"});
        let ben = world.as_(&world.ben).put("/api/v1/members/me/availability", set).expect(200).await;
        assert_eq!(ben["availability"], "online");
        let listed = world.as_(&world.ben).get("/api/v1/members?limit=1").expect(200).await;
        let next = listed["next"].as_str().unwrap();
        let rest = world.as_(&world.ben).get(&format!("/api/v1/members?after={next}")).expect(200).await;
        assert_eq!(rest["items"].as_array().unwrap().len(), 1);
        assert_eq!(rest["next"], json!(null));
        world.as_(&world.ben).get("/api/v1/members?limit=0").send().await.problem(422, "invalid_query");
        world.as_(&world.ben).get("/api/v1/members?after=nonsense").send().await.problem(422, "bad_cursor");
    }
}
