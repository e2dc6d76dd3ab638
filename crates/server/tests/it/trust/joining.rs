//! From an invitation to a signed-in member, and a password set anew.

use serde_json::{Value, json};

use super::sessions::cookie_of;
use crate::harness::{World, both_engines};

/// What stands after `#` in a link.
fn secret(answer: &Value) -> String {
    let link = answer["link"].as_str().unwrap();
    link.split_once('#').unwrap().1.to_owned()
}

async fn invite(world: &World, email: &str, role: &str) -> Value {
    let invitation = json!({"email": email, "name": "Dot", "role": role});
    world.as_(&world.ada).post("/api/v1/invitations", invitation).expect(201).await
}

const DOTS: &str = "dot has a long password";

both_engines! {
    async fn an_invited_person_joins_and_signs_in(world) {
        let invited = invite(world, "dot@acme.test", "agent").await;
        let early = json!({"email": "dot@acme.test", "password": DOTS});
        world.as_nobody().post("/api/v1/session", early.clone()).send().await.problem(401, "sign_in_failed");

        let joining = json!({"token": secret(&invited), "password": DOTS, "name": "Dorothy"});
        let joined = world.as_nobody().post("/api/v1/invitations/accept", joining.clone()).send().await;
        let session = joined.expect(201);
        assert_eq!(session["member"]["id"], invited["id"]);
        assert_eq!(session["member"]["name"], "Dorothy");
        assert_eq!(session["member"]["active"], true);
        assert_eq!(session["workspace"]["name"], "Acme");
        assert!(!session["rights"].as_array().unwrap().contains(&json!("members:write")));

        let cookie = cookie_of(&joined);
        let shown = world.as_nobody().get("/api/v1/session").header("cookie", &cookie).expect(200).await;
        assert_eq!(shown["member"]["email"], "dot@acme.test");
        assert_eq!(shown["via"], "session");

        world.as_nobody().post("/api/v1/invitations/accept", joining).send().await.problem(404, "link_invalid");
        world.as_nobody().post("/api/v1/session", early).expect(201).await;
    }

    async fn an_invitation_ends_by_time_and_by_a_newer_one(world) {
        let first = invite(world, "dot@acme.test", "agent").await;
        let second = invite(world, "DOT@acme.test", "viewer").await;
        assert_eq!(first["id"], second["id"]);
        let accept = |secret: String| {
            let joining = json!({"token": secret, "password": DOTS});
            world.as_nobody().post("/api/v1/invitations/accept", joining)
        };
        accept(secret(&first)).send().await.problem(404, "link_invalid");
        world.clock.advance_seconds(72 * 3600 + 1);
        accept(secret(&second)).send().await.problem(404, "link_invalid");
        let third = invite(world, "dot@acme.test", "viewer").await;
        let joined = accept(secret(&third)).expect(201).await;
        assert_eq!(joined["member"]["role"], "viewer");
        let again = json!({"email": "dot@acme.test", "name": "Dot", "role": "viewer"});
        world.as_(&world.ada).post("/api/v1/invitations", again).send().await.problem(409, "already_member");
    }

    async fn an_invitation_takes_no_account_over(world) {
        let invitation = json!({"email": "ben@acme.test", "name": "Ben", "role": "agent"});
        let invited = world.as_(&world.gus).post("/api/v1/invitations", invitation).expect(201).await;
        let with = |password: &str| json!({"token": secret(&invited), "password": password});
        let taken = world.as_nobody().post("/api/v1/invitations/accept", with("chosen by Gus himself")).send().await;
        taken.problem(409, "account_password");
        let joined = world.as_nobody().post("/api/v1/invitations/accept", with("correct horse battery")).expect(201).await;
        assert_eq!(joined["workspace"]["name"], "Globex");

        // Ben signs in to both now: he chooses, and neither workspace may reset his password.
        let ben = json!({"email": "ben@acme.test", "password": "correct horse battery"});
        let choice = world.as_nobody().post("/api/v1/session", ben).send().await.problem(409, "workspace_choice");
        assert_eq!(choice["workspaces"].as_array().unwrap().len(), 2);
        let reset = format!("/api/v1/members/{}/password-reset", world.ben.member);
        world.as_(&world.ada).call(http::Method::POST, &reset).send().await.problem(409, "account_elsewhere");
    }

    async fn a_reset_sets_a_new_password_and_ends_every_session(world) {
        let ben = |password: &str| json!({"email": "ben@acme.test", "password": password});
        let signed_in = world.as_nobody().post("/api/v1/session", ben("correct horse battery")).send().await;
        let cookie = cookie_of(&signed_in);
        let issue = format!("/api/v1/members/{}/password-reset", world.ben.member);
        let reset = world.as_(&world.ada).call(http::Method::POST, &issue).expect(201).await;

        let short = json!({"token": secret(&reset), "password": "short"});
        world.as_nobody().post("/api/v1/password-resets", short).send().await.problem(422, "weak_password");
        let set = json!({"token": secret(&reset), "password": "another long password"});
        world.as_nobody().post("/api/v1/password-resets", set.clone()).expect(204).await;
        world.as_nobody().post("/api/v1/password-resets", set).send().await.problem(404, "link_invalid");

        world.as_nobody().get("/api/v1/session").header("cookie", &cookie).send().await.problem(401, "sign_in_first");
        world.as_nobody().post("/api/v1/session", ben("correct horse battery")).send().await.problem(401, "sign_in_failed");
        world.as_nobody().post("/api/v1/session", ben("another long password")).expect(201).await;
    }
}
