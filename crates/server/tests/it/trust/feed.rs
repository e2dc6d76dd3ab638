//! What happened, by cursor and live; a stream ends with the credential it was opened with.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::harness::{World, both_engines};

/// A stream that is being read.
struct Reader {
    frames: BodyDataStream,
    text: String,
}

impl Reader {
    async fn open(world: &World, token: &str, last: Option<&str>) -> Reader {
        let mut request =
            Request::builder().uri("/api/v1/events/stream").header("authorization", format!("Bearer {token}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Reader { frames: answer.into_body().into_data_stream(), text: String::new() }
    }

    /// Reads until the text holds `part`; `false` when the stream ends before.
    async fn reaches(&mut self, part: &str) -> bool {
        while !self.text.contains(part) {
            let next = tokio::time::timeout(Duration::from_secs(20), self.frames.next());
            match next.await.unwrap_or_else(|_| panic!("no {part:?} in {:?}", self.text)) {
                Some(frame) => self.text.push_str(std::str::from_utf8(&frame.unwrap()).unwrap()),
                None => return false,
            }
        }
        true
    }

    fn last_id(&self) -> String {
        let mut ids = self.text.lines().filter_map(|line| line.strip_prefix("id: "));
        ids.next_back().unwrap().to_owned()
    }
}

async fn team(world: &World, name: &str) -> Value {
    world.as_(&world.ada).post("/api/v1/teams", json!({"name": name})).expect(201).await
}

both_engines! {
    async fn the_feed_goes_on_from_its_cursor(world) {
        let made = team(world, "Billing").await;
        world.sealed().await;
        let first = world.as_(&world.ben).get("/api/v1/events").expect(200).await;
        let event = &first["items"][0];
        assert_eq!(event["kind"], "team.created");
        assert_eq!(event["subject"], json!({"kind": "team", "id": made["id"]}));
        assert_eq!(event["actor"], json!({"kind": "member", "id": world.ada.member.to_string()}));
        assert!(!first.to_string().contains("Billing"));

        team(world, "Sales").await;
        world.sealed().await;
        let path = format!("/api/v1/events?since={}", first["next"].as_str().unwrap());
        let second = world.as_(&world.ben).get(&path).expect(200).await;
        assert_eq!(second["items"].as_array().unwrap().len(), 1);
        world.as_(&world.ben).get("/api/v1/events?since=9.zz").send().await.problem(422, "bad_cursor");
    }

    async fn a_cursor_ahead_of_the_log_names_the_newest(world) {
        team(world, "Billing").await;
        world.sealed().await;
        let next = world.as_(&world.ben).get("/api/v1/events").expect(200).await["next"].clone();
        let cell = next.as_str().unwrap().split('.').next().unwrap().to_owned();
        for ahead in ["7fffffffffffffff", "ffff"] {
            let path = format!("/api/v1/events?since={cell}.{ahead}");
            let refused = world.as_(&world.ben).get(&path).send().await.problem(410, "cursor_expired");
            assert_eq!(refused["newest"], next);
        }
        let path = format!("/api/v1/events?since={}", next.as_str().unwrap());
        assert_eq!(world.as_(&world.ben).get(&path).expect(200).await["next"], next);
    }

    async fn a_cursor_behind_what_is_kept_names_the_oldest(world) {
        for name in ["One", "Two", "Three"] {
            team(world, name).await;
        }
        world.sealed().await;
        let acme = world.acme;
        let forget = move |tx: &mut db::Tx<'_>| tx.exec("UPDATE log_head SET oldest = 3 WHERE workspace_id = $1", &[&acme]);
        world.house().db.write(acme.uuid(), forget).await.unwrap();
        let gone = world.as_(&world.ada).get("/api/v1/events?since=0.0").send().await.problem(410, "cursor_expired");
        let path = format!("/api/v1/events?since={}", gone["oldest"].as_str().unwrap());
        let kept = world.as_(&world.ada).get(&path).expect(200).await;
        assert_eq!(kept["items"].as_array().unwrap().len(), 1);
        world.as_(&world.ada).get("/api/v1/events/stream?since=0.0").send().await.problem(410, "cursor_expired");
    }

    async fn a_stream_tells_what_happens_and_goes_on_where_it_ended(world) {
        let mut reader = Reader::open(world, &world.ben.token, None).await;
        assert!(reader.reaches("event: hello").await);
        let first = team(world, "Billing").await;
        assert!(reader.reaches(first["id"].as_str().unwrap()).await);
        let last = reader.last_id();
        drop(reader);

        let missed = team(world, "Sales").await;
        world.sealed().await;
        let mut again = Reader::open(world, &world.ben.token, Some(&last)).await;
        assert!(again.reaches(missed["id"].as_str().unwrap()).await);
        assert!(!again.text.contains(first["id"].as_str().unwrap()), "nothing comes twice");
        let live = team(world, "Support").await;
        assert!(again.reaches(live["id"].as_str().unwrap()).await);
    }

    async fn a_stream_ends_with_its_token_its_role_and_the_house(world) {
        let new = json!({"name": "Watcher", "kind": "workspace", "rights": ["events:read"]});
        let made = world.as_(&world.ada).post("/api/v1/tokens", new).expect(201).await;
        let mut watcher = Reader::open(world, made["token"].as_str().unwrap(), None).await;
        let mut ben = Reader::open(world, &world.ben.token, None).await;
        let mut ada = Reader::open(world, &world.ada.token, None).await;
        assert!(watcher.reaches("hello").await && ben.reaches("hello").await && ada.reaches("hello").await);

        let revoke = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
        world.as_(&world.ada).delete(&revoke).expect(204).await;
        assert!(!watcher.reaches("event: never").await);
        let path = format!("/api/v1/members/{}", world.ben.member);
        world.as_(&world.ada).patch(&path, json!({"role": "viewer"})).header("if-match", "\"1\"").expect(200).await;
        assert!(!ben.reaches("event: never").await);
        assert!(ada.reaches("event: member.updated").await);
        world.house().bus.close();
        assert!(!ada.reaches("event: never").await);
    }

    async fn the_access_log_is_for_those_who_may_and_logs_itself(world) {
        world.as_(&world.ben).get("/api/v1/access-log").send().await.problem(403, "missing_right");
        world.house().access_log.flush(&world.house().db).await.unwrap();
        world.as_(&world.ada).get("/api/v1/access-log").expect(200).await;
        let log = world.as_(&world.ada).get("/api/v1/access-log").expect(200).await;
        let items = log["items"].as_array().unwrap();
        assert_eq!(items[0]["action"], "access_log.read");
        let denied = items.iter().find(|entry| entry["outcome"] == "denied").unwrap();
        assert_eq!(denied["actor"]["id"], world.ben.member.to_string());
        assert_eq!(denied["action"], "listAccess");
    }

    async fn who_read_what_of_a_customer_is_known_once_in_ten_minutes(world) {
        let new = json!({"subject": "A", "body": "b", "requester": {"email": "lia@shop.test"}});
        let ticket = world.as_(&world.ada).post("/api/v1/tickets", new).expect(201).await;
        let one = format!("/api/v1/tickets/{}", ticket["id"].as_str().unwrap());
        let customer = format!("/api/v1/customers/{}", ticket["customer"]["id"].as_str().unwrap());
        let reads = async || {
            world.house().access_log.flush(&world.house().db).await.unwrap();
            let log = world.as_(&world.ada).get("/api/v1/access-log?limit=100").expect(200).await;
            let of = |entry: &Value| Some((entry["action"].as_str()?.to_owned(), entry["object"].as_str()?.to_owned()));
            let items: Vec<_> = log["items"].as_array().unwrap().iter().filter_map(of).collect();
            items.into_iter().filter(|(action, _)| action.ends_with(".read")).collect::<Vec<_>>()
        };
        for path in [one.clone(), format!("{one}/messages"), one.clone(), customer.clone()] {
            world.as_(&world.ben).get(&path).expect(200).await;
        }
        world.as_(&world.ada).get("/api/v1/tickets/tkt_00000000000000000000000000").send().await;
        let first = reads().await;
        assert_eq!(first.len(), 2, "{first:?}");
        assert_eq!(first[0].0, "customer.read");
        assert_eq!(first[1].0, "ticket.read");
        world.clock.advance_seconds(11 * 60);
        world.as_(&world.ben).get(&one).expect(200).await;
        assert_eq!(reads().await.len(), 3);
    }

    async fn the_access_log_is_walked_with_the_log_and_kept_as_long_as_was_set(world) {
        let visit = async || {
            world.as_(&world.ben).get("/api/v1/access-log").send().await.problem(403, "missing_right");
            world.house().access_log.flush(&world.house().db).await.unwrap();
        };
        let fault = async || {
            let (house, acme) = (world.house().clone(), world.acme);
            tokio::task::spawn_blocking(move || server::audit::check(&house, acme).unwrap().fault).await.unwrap()
        };
        world.opened.worker.run_due().await.unwrap();
        for _ in 0..3 {
            visit().await;
        }
        assert_eq!(fault().await, None);
        world.clock.advance_seconds(366 * 86_400);
        visit().await;
        world.opened.worker.run_due().await.unwrap();
        let acme = world.acme;
        let kept = world.house().db.read(acme.uuid(), move |tx| {
            let sql = "SELECT seq FROM access_log WHERE workspace_id = $1 ORDER BY seq";
            tx.all(sql, &[&acme], |row| row.get::<i64>(0))
        });
        let kept: Vec<i64> = kept.await.unwrap();
        let next = kept[0] + 1;
        assert_eq!(kept.len(), 1, "{kept:?}");
        visit().await;
        assert_eq!(fault().await, None, "what is gone because of its age is no fault");
        let changed = world.house().db.write(acme.uuid(), move |tx| {
            let sql = "UPDATE access_log SET outcome = 'allowed' WHERE workspace_id = $1 AND seq = $2";
            tx.exec(sql, &[&acme, &next])
        });
        assert_eq!(changed.await.unwrap(), 1);
        assert_eq!(fault().await, Some(server::audit::Fault::Access(next)));
    }

    async fn refused_sign_ins_and_denials_are_in_the_access_log(world) {
        let sign_in = async |email: &str| {
            let body = json!({"email": email, "password": "wrong wrong wrong"});
            world.as_nobody().post("/api/v1/session", body).send().await.problem(401, "sign_in_failed");
        };
        sign_in("Ada@acme.test").await;
        sign_in("nobody@nowhere.test").await;
        let vic = world.hire("vic@acme.test", trust::access::Role::Viewer, json!({})).await;
        let new = json!({"subject": "A", "body": "b", "requester": {"email": "lia@shop.test"}});
        let ticket = world.as_(&world.ada).post("/api/v1/tickets", new).expect(201).await;
        let reply = format!("/api/v1/tickets/{}/messages", ticket["id"].as_str().unwrap());
        world.as_(&vic).post(&reply, json!({"kind": "reply", "body": "b"})).send().await.problem(403, "missing_right");
        let key = json!({"name": "Shop", "allowed_origins": ["https://shop.test"]});
        let key = world.as_(&world.ada).post("/api/v1/widget-keys", key).expect(201).await;
        let at_widget = || world.as_nobody().get("/api/v1/me").header("x-widget-key", key["key"].as_str().unwrap());
        at_widget().header("origin", "https://evil.test").send().await.problem(403, "wrong_origin");
        at_widget().header("authorization", "Bearer a.b.c").send().await.problem(401, "bad_identity");
        for _ in 0..300 {
            at_widget().header("origin", "https://evil.test").send().await.problem(403, "wrong_origin");
        }
        world.house().access_log.flush(&world.house().db).await.unwrap();
        let rows = async |action: &'static str| {
            let acme = world.acme;
            let counted = world.house().db.read(acme.uuid(), move |tx| {
                let sql = "SELECT COUNT(*) FROM access_log WHERE workspace_id = $1 AND action = $2 AND outcome = 'denied'";
                tx.first(sql, &[&acme, &action], |row| row.get::<i64>(0))
            });
            counted.await.unwrap().unwrap()
        };
        for action in ["session.refused", "identity.refused", "tickets:reply"] {
            assert_eq!(rows(action).await, 1, "{action}");
        }
        // Whoever hammers does not fill the log: of a second, two hundred entries of nobody are kept.
        assert!((100..200).contains(&rows("widget.wrong_origin").await));
    }

    async fn ids_in_the_feed_are_the_ids_of_the_things(world) {
        let ada = world.as_(&world.ada);
        let company = ada.post("/api/v1/companies", json!({"name": "Shop"})).expect(201).await;
        world.sealed().await;
        let events = ada.get("/api/v1/events?limit=1000").expect(200).await;
        let made = events["items"].as_array().unwrap().iter().find(|event| event["kind"] == "company.created").unwrap();
        assert_eq!(made["subject"]["id"], company["id"]);
    }
}
