//! What bad input gets at the edge: the documented problem with a code, nothing written, the next request served.

use serde_json::json;
use web::Limit;

use super::notes;
use crate::harness::{Engine, World, both_engines, tell_in};

both_engines! {
    async fn an_address_that_is_not_there_is_a_problem(world) {
        world.as_(&world.ada).get("/api/v1/nothing").send().await.problem(404, "not_found");
        let refused = world.as_nobody().post("/health/live", json!({})).send().await;
        refused.problem(405, "method_not_allowed");
        assert!(refused.text_header("allow").contains("GET"));
    }
}

/// A story with the notes door, on both engines.
macro_rules! with_notes {
    ($(async fn $name:ident($world:ident) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn story($world: &World) $body
            #[test]
            fn on_sqlite() { tell_in(Engine::Sqlite, with_notes_door, async |world| story(world).await); }
            #[test]
            fn on_postgres() { tell_in(Engine::Postgres, with_notes_door, async |world| story(world).await); }
        }
    )+};
}

/// A world with the notes door, where a token has twelve requests at once.
fn with_notes_door(engine: Engine) -> World {
    let mut doors = notes::operations();
    doors.extend(server::domains::operations());
    World::with(engine, doors, |settings| {
        settings.limits.token = Limit { per_second: 1, burst: 12 };
    })
}

async fn kept(world: &World) -> i64 {
    let acme = world.acme;
    let read = world.house().db.read(acme.uuid(), move |tx| {
        tx.first("SELECT COUNT(*) FROM event WHERE workspace_id = $1", &[&acme], |row| row.get(0))
    });
    read.await.unwrap().unwrap()
}

with_notes! {
    async fn bodies_that_cannot_be_read_are_refused_and_nothing_is_written(world) {
        let ada = world.as_(&world.ada);
        let send = |body: &'static [u8]| ada.call(http::Method::POST, notes::PATH).raw("application/json", body).send();
        send(b"{\"text\": ").await.problem(400, "malformed_json");
        send(b"{\"text\": \"a\"} and more").await.problem(400, "malformed_json");
        send(b"{\"text\": \"\xff\xfe\"}").await.problem(400, "malformed_json");
        let twice = send(b"{\"text\": \"a\", \"text\": \"b\"}").await;
        assert_eq!(twice.problem(422, "invalid_field")["errors"][0]["message"], "duplicate field `text`");
        let nul = send(b"{\"text\": \"a\\u0000b\"}").await.problem(422, "invalid_field");
        assert_eq!(nul["errors"][0]["pointer"], "/text");
        let unknown = send(b"{\"text\": \"a\", \"colour\": 1}").await.problem(422, "unknown_field");
        assert_eq!(unknown["errors"][0]["pointer"], "/colour");
        let wrong = send(b"{\"text\": \"a\", \"tags\": [\"b\", 3]}").await.problem(422, "invalid_field");
        assert_eq!(wrong["errors"][0]["pointer"], "/tags/1");
        ada.call(http::Method::POST, notes::PATH).raw("text/plain", "{}").send().await.problem(415, "wrong_content_type");
        let long = format!("{{\"text\": \"{}\"}}", "x".repeat(1_000_000));
        ada.call(http::Method::POST, notes::PATH).raw("application/json", long).send().await.problem(422, "invalid_field");
        assert_eq!(kept(world).await, 0);
        ada.post(notes::PATH, json!({"text": "fine"})).expect(201).await;
    }

    async fn a_body_beyond_the_limit_is_refused(world) {
        let huge = vec![b' '; 3 * 1024 * 1024];
        let sent = world.as_(&world.ada).call(http::Method::POST, notes::PATH).raw("application/json", huge).send().await;
        sent.problem(413, "body_too_large");
    }

    async fn nobody_and_foreign_tokens_are_refused_before_the_body(world) {
        let nobody = world.as_nobody().post(notes::PATH, json!({"text": "a"})).send().await;
        nobody.problem(401, "sign_in_first");
        let forged = world.as_nobody().post(notes::PATH, json!({"text": "a"})).header("authorization", "Bearer ms_forged").send().await;
        forged.problem(401, "sign_in_first");
        assert_eq!(kept(world).await, 0);
    }

    async fn a_repeated_request_answers_as_the_first_did(world) {
        let keep = |text: &str| world.as_(&world.ada).post(notes::PATH, json!({"text": text})).header("idempotency-key", "k1").send();
        let first = keep("once").await;
        let first_id = first.expect(201)["id"].clone();
        let again = keep("once").await;
        assert_eq!(again.expect(201)["id"], first_id);
        assert_eq!(again.text_header("idempotency-replayed"), "true");
        keep("other").await.problem(422, "idempotency_key_reused");
        assert_eq!(kept(world).await, 1);
        // The same key of somebody else is another key.
        let ben = world.as_(&world.ben).post(notes::PATH, json!({"text": "once"})).header("idempotency-key", "k1").expect(201).await;
        assert_ne!(ben["id"], first_id);
        // And so is that of another token of the same person.
        let new = json!({"name": "Script", "kind": "personal", "rights": ["tickets:write"], "expires_in_days": 30});
        let token = world.as_(&world.ada).post("/api/v1/tokens", new).expect(201).await;
        let bearer = format!("Bearer {}", token["token"].as_str().unwrap());
        let script = world.as_nobody().post(notes::PATH, json!({"text": "other"})).header("authorization", bearer);
        let script = script.header("idempotency-key", "k1").expect(201).await;
        assert_ne!(script["id"], first_id);
        world.clock.advance_seconds(trust::KEPT_SECONDS + 60);
        assert_ne!(keep("once").await.expect(201)["id"], first_id);
    }

    async fn too_many_requests_are_told_when_to_come_back(world) {
        let mut refused = None;
        for _ in 0..14 {
            let answer = world.as_(&world.ada).post(notes::PATH, json!({"text": "a"})).send().await;
            if answer.status == 429 { refused = Some(answer); }
        }
        let refused = refused.expect("the limit holds");
        refused.problem(429, "too_many_requests");
        assert!(refused.text_header("retry-after").parse::<u32>().unwrap() >= 1);
        // Another token is not affected.
        world.as_(&world.ben).post(notes::PATH, json!({"text": "a"})).expect(201).await;
    }
}

/// A world where an address has five requests at once, and a token many.
fn with_a_narrow_address(engine: Engine) -> World {
    World::with(engine, notes::operations(), |settings| {
        settings.limits.address = Limit { per_second: 1, burst: 5 };
        settings.limits.token = Limit { per_second: 200, burst: 5_000 };
    })
}

async fn a_good_token_is_counted_by_itself_and_false_ones_by_their_address(world: &World) {
    for _ in 0..20 {
        world.as_(&world.ada).post(notes::PATH, json!({"text": "a"})).expect(201).await;
    }
    let forged = |number: usize| {
        let sent = world.as_nobody().post(notes::PATH, json!({"text": "a"}));
        sent.header("authorization", format!("Bearer ms_forged{number}")).send()
    };
    let mut refused = 0;
    for number in 0..20 {
        match forged(number).await.status.as_u16() {
            401 => {}
            429 => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert!(refused > 5, "{refused}");
    // Who is known already is not held back by the others.
    world.as_(&world.ada).post(notes::PATH, json!({"text": "a"})).expect(201).await;
}

#[test]
fn a_good_token_is_counted_by_itself_on_sqlite() {
    tell_in(Engine::Sqlite, with_a_narrow_address, async |world| {
        a_good_token_is_counted_by_itself_and_false_ones_by_their_address(world).await;
    });
}

#[test]
fn a_good_token_is_counted_by_itself_on_postgres() {
    tell_in(Engine::Postgres, with_a_narrow_address, async |world| {
        a_good_token_is_counted_by_itself_and_false_ones_by_their_address(world).await;
    });
}
