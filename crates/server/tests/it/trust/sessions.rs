//! Signing in and out with a cookie, and what a cookie may not do.

use serde_json::{Value, json};

use crate::harness::{Answer, Engine, World, both_engines, tell_in};

/// The cookie an answer sets, as a browser sends it back.
pub fn cookie_of(answer: &Answer) -> String {
    let set = answer.text_header("set-cookie");
    assert!(set.contains("; Secure; HttpOnly; SameSite=Lax"), "{set}");
    set.split(';').next().unwrap().to_owned()
}

fn ada() -> Value {
    json!({"email": "Ada@Acme.test", "password": "correct horse battery"})
}

async fn sign_in(world: &World) -> String {
    let answer = world.as_nobody().post("/api/v1/session", ada()).send().await;
    answer.expect(201);
    cookie_of(&answer)
}

both_engines! {
    async fn a_cookie_writes_from_the_console_itself_only(world) {
        let cookie = sign_in(world).await;
        let team = |name: &str| world.as_nobody().post("/api/v1/teams", json!({"name": name})).header("cookie", &cookie);
        team("One").header("sec-fetch-site", "same-origin").expect(201).await;
        team("Two").header("host", "desk.acme.test").header("origin", "https://desk.acme.test").expect(201).await;
        team("Three").header("sec-fetch-site", "cross-site").send().await.problem(403, "cross_site");
        team("Four").header("host", "desk.acme.test").header("origin", "https://evil.test").send().await.problem(403, "cross_site");
        team("Five").send().await.problem(403, "cross_site");
        let teams = world.as_(&world.ada).get("/api/v1/teams").expect(200).await;
        assert_eq!(teams["items"].as_array().unwrap().len(), 2);
    }

    async fn signing_in_again_ends_the_session_before(world) {
        let first = sign_in(world).await;
        let again = world.as_nobody().post("/api/v1/session", ada()).header("cookie", &first).send().await;
        let second = cookie_of(&again);
        assert_ne!(first, second);
        let show = |cookie: &str| world.as_nobody().get("/api/v1/session").header("cookie", cookie);
        show(&first).send().await.problem(401, "sign_in_first");
        show(&second).expect(200).await;

        let leave = world.as_nobody().delete("/api/v1/session").header("cookie", &second);
        let left = leave.header("sec-fetch-site", "same-origin").send().await;
        left.expect(204);
        assert!(left.text_header("set-cookie").contains("Max-Age=0"));
        show(&second).send().await.problem(401, "sign_in_first");
    }

    async fn a_session_ends_when_nobody_uses_it(world) {
        let cookie = sign_in(world).await;
        let show = || world.as_nobody().get("/api/v1/session").header("cookie", &cookie);
        world.clock.advance_seconds(71 * 3600);
        show().expect(200).await;
        world.clock.advance_seconds(71 * 3600);
        show().expect(200).await;
        world.clock.advance_seconds(73 * 3600);
        show().send().await.problem(401, "sign_in_first");
    }

    async fn a_guesser_has_to_wait(world) {
        let guess = |password: &str| {
            world.as_nobody().post("/api/v1/session", json!({"email": "ada@acme.test", "password": password}))
        };
        let house = world.house().clone();
        let subject = trust::accounts::session::hash_secret("ada@acme.test");
        let now = house.env.now();
        let nine = move |tx: &mut db::Tx<'_>| {
            tx.exec("INSERT INTO sign_in_attempt (subject, failures, first_at) VALUES ($1, 9, $2)", &[&subject, &now])
        };
        house.db.write(uuid::Uuid::nil(), nine).await.unwrap();
        guess("not this one").send().await.problem(401, "sign_in_failed");
        let paused = guess("correct horse battery").send().await;
        paused.problem(429, "sign_in_paused");
        assert!(!paused.text_header("retry-after").is_empty());
        world.clock.advance_seconds(901);
        guess("correct horse battery").expect(201).await;
    }
}

/// Without a limit by address, so that only the account's own counts.
fn without_limits(engine: Engine) -> World {
    World::with(engine, server::domains::operations(), |settings| settings.limits.sign_in.per_second = 0)
}

async fn guesses_at_once_are_counted_like_guesses_one_after_the_other(world: &World) {
    let guess = || {
        let body = json!({"email": "ada@acme.test", "password": "not this one"});
        world.as_nobody().post("/api/v1/session", body).send()
    };
    let answers = futures_util::future::join_all((0..15).map(|_| guess())).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status.as_u16() == status).count();
    assert_eq!((count(401), count(429)), (10, 5));
}

#[test]
fn guesses_at_once_are_counted_on_sqlite() {
    tell_in(Engine::Sqlite, without_limits, async |world| {
        guesses_at_once_are_counted_like_guesses_one_after_the_other(world).await;
    });
}

#[test]
fn guesses_at_once_are_counted_on_postgres() {
    tell_in(Engine::Postgres, without_limits, async |world| {
        guesses_at_once_are_counted_like_guesses_one_after_the_other(world).await;
    });
}
