//! The walk: every door as nobody, with garbage, without the right, from next door, from another territory, from
//! another site, from another page, and as another customer.

use serde_json::json;
use trust::access::Role;
use web::Limit;

use super::scene::{Known, PAGE, Scene, all_but, known_doors, needs, new_device, without_reference};
use super::table::Pass;
use crate::harness::{Caller, Engine, World, tell_in};

/// A story on both engines in a world without volume limits: a walk is many requests.
macro_rules! walks {
    ($(async fn $name:ident($world:ident) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn story($world: &World) $body
            #[test]
            fn on_sqlite() { tell_in(Engine::Sqlite, unlimited, async |world| story(world).await); }
            #[test]
            fn on_postgres() { tell_in(Engine::Postgres, unlimited, async |world| story(world).await); }
        }
    )+};
}

fn unlimited(engine: Engine) -> World {
    let off = Limit { per_second: 0, burst: 0 };
    World::with(engine, server::domains::operations(), |settings| {
        let limits = &mut settings.limits;
        for limit in [
            &mut limits.address,
            &mut limits.sign_in,
            &mut limits.device,
            &mut limits.token,
            &mut limits.visitor,
            &mut limits.search,
            &mut limits.upload,
        ] {
            *limit = off;
        }
    })
}

fn is_for_staff(known: &Known) -> bool {
    matches!(known.door.1, Pass::SignedIn | Pass::Right(_))
}

fn is_for_customers(known: &Known) -> bool {
    matches!(known.door.1, Pass::Customer | Pass::Widget)
}

#[test]
fn every_operation_of_the_document_is_in_the_table() {
    let doors = known_doors();
    assert!(doors.len() > 70, "{}", doors.len());
    for known in doors {
        if let Pass::Everybody(reason) = known.door.1 {
            assert!(reason.len() > 10, "{} is open for no reason", known.path);
        }
    }
}

walks! {
    async fn nobody_and_garbage_pass_no_door_of_the_staff(world) {
        let scene = Scene::set(world).await;
        for known in known_doors() {
            let nobody = scene.call(&world.as_nobody(), &known, &scene.ids);
            if is_for_staff(&known) {
                nobody.send().await.problem(401, "sign_in_first");
                let garbage = Caller::new(world, Some("ms_garbage"));
                scene.call(&garbage, &known, &scene.ids).send().await.problem(401, "sign_in_first");
                let stale = scene.call(&world.as_nobody(), &known, &scene.ids).header("cookie", "__Host-mainstay=garbage");
                let stale = stale.header("sec-fetch-site", "same-origin").send().await;
                stale.problem(401, "sign_in_first");
                // A customer's credential is none here.
                let visitor = scene.call(&world.as_nobody(), &known, &scene.ids).header("x-widget-key", &scene.widget);
                let visitor = visitor.header("authorization", format!("Visitor {}", scene.device)).send().await;
                visitor.problem(401, "sign_in_first");
            } else if let Pass::Everybody(_) = known.door.1 {
                let answer = nobody.send().await;
                assert_ne!(answer.status, 403, "{}", known.path);
                assert!(!String::from_utf8_lossy(&answer.body).contains("sign_in_first"), "{}", known.path);
            }
        }
    }

    async fn who_lacks_the_right_is_told_which(world) {
        let scene = Scene::set(world).await;
        let viewer = world.hire("vic@acme.test", Role::Viewer, json!({"role": "viewer"})).await;
        let may = ["tickets:read", "customers:read", "members:read", "tokens:own", "events:read", "knowledge:read"];
        for known in known_doors() {
            let Pass::Right(right) = known.door.1 else { continue };
            let token = all_but(world, right).await;
            let refused = scene.call(&Caller::new(world, Some(&token)), &known, &scene.ids).send().await;
            assert_eq!(refused.problem(403, "missing_right")["right"], right, "{}", known.door.0);
            if !needs(&known.door, &may) {
                let refused = scene.call(&world.as_(&viewer), &known, &scene.ids).send().await;
                assert_eq!(refused.problem(403, "missing_right")["right"], right, "{}", known.door.0);
            }
        }
    }

    async fn next_door_our_ids_are_like_ids_of_nobody(world) {
        let scene = Scene::set(world).await;
        let (gus, nobodys) = (world.as_(&world.gus), scene.random_ids());
        for known in known_doors().iter().filter(|known| is_for_staff(known) && known.path.contains('{')) {
            let real = scene.call(&gus, known, &scene.ids).send().await;
            let random = scene.call(&gus, known, &nobodys).send().await;
            assert_eq!((real.status.as_u16(), random.status.as_u16()), (404, 404), "{}", known.door.0);
            let (real, random) = (without_reference(&real, 404), without_reference(&random, 404));
            assert_eq!(real, random, "{}", known.door.0);
        }
    }

    async fn in_another_territory_there_is_nothing(world) {
        let scene = Scene::set(world).await;
        let south = world.as_(&world.ada).post("/api/v1/territories", json!({"name": "South"})).expect(201).await;
        let lena = world.hire("lena@acme.test", Role::Lead, json!({"territories": [south["id"]]})).await;
        let nobodys = scene.random_ids();
        let may = ["tickets:read", "tickets:write", "tickets:delete", "customers:read", "customers:write"];
        let mut walked = 0;
        // Macros are the workspace's, not a customer's: they lie in no territory.
        let is_placed = |known: &&Known| known.path.contains('{') && !known.path.starts_with("/api/v1/macros/");
        for known in known_doors().iter().filter(is_placed).filter(|known| needs(&known.door, &may)) {
            let real = scene.call(&world.as_(&lena), known, &scene.ids).send().await;
            let random = scene.call(&world.as_(&lena), known, &nobodys).send().await;
            let (real, random) = (without_reference(&real, 404), without_reference(&random, 404));
            assert_eq!(real, random, "{}", known.door.0);
            walked += 1;
        }
        assert!(walked >= 18, "{walked}");
        for place in ["tickets", "customers", "companies"] {
            let listed = world.as_(&lena).get(&format!("/api/v1/{place}")).expect(200).await.to_string();
            assert!(!listed.contains(&scene.ids[place]), "{place}");
        }
    }

    async fn a_cookie_writes_from_the_console_alone(world) {
        let scene = Scene::set(world).await;
        let sign_in = json!({"email": world.ada.email, "password": crate::harness::PASSWORD});
        let opened = world.as_nobody().post("/api/v1/session", sign_in).send().await;
        opened.expect(201);
        let cookie = opened.text_header("set-cookie").split(';').next().unwrap().to_owned();
        for known in known_doors().iter().filter(|known| is_for_staff(known) && known.method != "GET") {
            let call = || scene.call(&world.as_nobody(), known, &scene.random_ids()).header("cookie", &cookie);
            call().send().await.problem(403, "cross_site");
            call().header("host", "desk.test").header("origin", "https://evil.test").send().await.problem(403, "cross_site");
            call().header("sec-fetch-site", "same-site").send().await.problem(403, "cross_site");
            call().header("host", "desk.test").header("origin", "null").send().await.problem(403, "cross_site");
        }
        let read = world.as_nobody().get("/api/v1/session").header("cookie", &cookie).header("origin", "https://evil.test");
        assert_eq!(read.send().await.text_header("access-control-allow-origin"), "");
        let write = world.as_nobody().post("/api/v1/teams", json!({"name": "T"})).header("cookie", &cookie);
        write.header("host", "desk.test").header("origin", "https://desk.test").expect(201).await;
    }

    async fn customers_come_with_a_key_from_its_page_as_somebody(world) {
        let scene = Scene::set(world).await;
        let mut ids = scene.ids.clone();
        ids.insert("tickets", scene.visitor_ticket.clone());
        for known in known_doors().iter().filter(|known| is_for_customers(known)) {
            let call = || scene.call(&world.as_nobody(), known, &ids);
            let visitor = format!("Visitor {}", scene.device);
            call().send().await.problem(401, "unknown_widget");
            call().header("authorization", &visitor).send().await.problem(401, "unknown_widget");
            call().header("authorization", &visitor).header("x-widget-key", "wk_garbage").send().await.problem(401, "unknown_widget");
            let keyed = || call().header("x-widget-key", &scene.widget);
            let foreign = keyed().header("authorization", &visitor).header("origin", "https://evil.test");
            foreign.send().await.problem(403, "wrong_origin");
            keyed().header("authorization", "Bearer a.b.c").send().await.problem(401, "bad_identity");
            keyed().header("authorization", format!("Bearer {}", world.ada.token)).send().await.problem(401, "bad_identity");
            if known.door.1 == Pass::Customer {
                keyed().send().await.problem(401, "sign_in_first");
                keyed().header("authorization", "Visitor dv_garbage").send().await.problem(401, "sign_in_first");
            }
        }
    }

    async fn another_customers_ticket_is_not_there(world) {
        let scene = Scene::set(world).await;
        let stranger = format!("Visitor {}", new_device(world, &scene.widget).await);
        let own = [("tickets", scene.visitor_ticket.clone())].into();
        let doors = known_doors();
        for known in doors.iter().filter(|known| known.door.1 == Pass::Customer && known.path.contains('{')) {
            for origin in [PAGE, ""] {
                let call = |ids| {
                    let call = scene.call(&world.as_nobody(), known, ids).header("x-widget-key", &scene.widget);
                    let call = call.header("authorization", &stranger);
                    if origin.is_empty() { call } else { call.header("origin", origin) }
                };
                let theirs = call(&own).send().await;
                let staffs = call(&scene.ids).send().await;
                let nobodys = call(&scene.random_ids()).send().await;
                assert_eq!(without_reference(&theirs, 404), without_reference(&nobodys, 404), "{}", known.door.0);
                assert_eq!(without_reference(&staffs, 404), without_reference(&nobodys, 404), "{}", known.door.0);
            }
        }
        let kept = world.as_nobody().get(&format!("/api/v1/me/tickets/{}/messages", scene.visitor_ticket));
        let kept = kept.header("x-widget-key", &scene.widget).header("authorization", format!("Visitor {}", scene.device));
        assert_eq!(kept.expect(200).await["items"].as_array().unwrap().len(), 1);
    }

    async fn doors_that_ask_more_than_one_right_ask_for_it(world) {
        let scene = Scene::set(world).await;
        let messages = format!("/api/v1/tickets/{}/messages", scene.ids["tickets"]);
        for (right, kind) in [("tickets:reply", "reply"), ("tickets:note", "note")] {
            let token = all_but(world, right).await;
            let refused = Caller::new(world, Some(&token)).post(&messages, json!({"kind": kind, "body": "b"})).send().await;
            assert_eq!(refused.problem(403, "missing_right")["right"], right);
        }
        for (right, kind) in [("tokens:own", "personal"), ("tokens:workspace", "workspace")] {
            let token = all_but(world, right).await;
            let new = json!({"name": "T", "kind": kind, "rights": ["tickets:read"]});
            let refused = Caller::new(world, Some(&token)).post("/api/v1/tokens", new).send().await;
            assert!(refused.status == 403 || refused.status == 422, "{refused:?}");
        }
    }
}
