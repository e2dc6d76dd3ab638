//! Who is behind a widget: claims join nobody, a signed identity joins by a verified address alone.

use base::text::{Email, Line};
use people::customers::{claim, guest, guest_or_create, new_device, refs};
use serde_json::json;
use trust::access::Guest;
use trust::accounts::session::hash_secret;

use super::{acme, at_widget, identity};
use crate::harness::{Engine, World, both_engines, tell_in};

both_engines! {
    async fn a_claim_never_joins(world) {
        let ada = world.as_(&world.ada);
        let carla = json!({"name": "Carla", "addresses": [{"value": "carla@shop.test", "verified": true}]});
        let carla = ada.post("/api/v1/customers", carla).expect(201).await;
        let token = at_widget(world, Guest::Nobody).write(new_device).await.unwrap();
        let visitor = at_widget(world, Guest::Device(hash_secret(&token)));
        let claimed = visitor.write(|tx, cx| {
            let (cx, account) = guest_or_create(tx, cx)?;
            let email = Email::new("Carla@shop.test").unwrap();
            claim(tx, &cx, account.customer, Some(&Line::new("Mallory").unwrap()), Some(&email))?;
            claim(tx, &cx, account.customer, None, Some(&email))?;
            Ok((account.customer, refs(tx, cx.workspace(), &[account.customer])?))
        });
        let (mallory, refs) = claimed.await.unwrap();
        assert_eq!((refs[&mallory].name.as_deref(), refs[&mallory].email.as_deref()), (Some("Mallory"), None));
        let seen = ada.get(&format!("/api/v1/customers/{mallory}")).expect(200).await;
        assert_eq!((&seen["claims"]["email"], &seen["addresses"]), (&json!("Carla@shop.test"), &json!([])));
        let named = json!({"subject": "S", "body": "B", "requester": {"email": "carla@shop.test"}});
        assert_eq!(ada.post("/api/v1/tickets", named).expect(201).await["customer"]["id"], carla["id"]);
    }

    async fn an_unknown_device_is_nobody(world) {
        let visitor = at_widget(world, Guest::Device(hash_secret("dv_made_up")));
        assert_eq!(visitor.read(|tx, cx| guest(tx, cx).map(|_| ())).await.unwrap_err().name(), "sign_in_first");
        assert_eq!(visitor.write(|tx, cx| guest_or_create(tx, cx).map(|_| ())).await.unwrap_err().name(), "sign_in_first");
    }

    async fn a_device_says_who_it_is(world) {
        let ada = world.as_(&world.ada);
        let key = ada.post("/api/v1/widget-keys", json!({"name": "K", "allowed_origins": []})).expect(201).await;
        let key = key["key"].as_str().unwrap();
        let nobody = world.as_nobody();
        let device = nobody.call(http::Method::POST, "/api/v1/me/device").header("x-widget-key", key).expect(201).await;
        let visitor = format!("Visitor {}", device["token"].as_str().unwrap());
        let patch = nobody.patch("/api/v1/me", json!({"name": "Vera", "email": "vera@home.test"}));
        let me = patch.header("x-widget-key", key).header("authorization", &visitor).expect(200).await;
        assert_eq!((&me["customer"]["name"], &me["customer"]["verified"]), (&json!("Vera"), &json!(false)));
        assert_eq!(me["workspace"]["name"], "Acme");
        let read = nobody.get("/api/v1/me").header("x-widget-key", key).header("authorization", &visitor);
        assert_eq!(read.expect(200).await, me);
        nobody.get("/api/v1/me").header("x-widget-key", key).send().await.problem(401, "sign_in_first");
        let elsewhere = nobody.get("/api/v1/me").header("origin", "https://shop.test").send().await;
        assert!(elsewhere.text_header("access-control-expose-headers").contains("retry-after"));
    }

    async fn an_identity_joins_by_a_verified_address_only(world) {
        let ada = world.as_(&world.ada);
        for (email, verified, joins) in [("given@shop.test", false, false), ("verified@shop.test", true, true)] {
            let known = json!({"addresses": [{"value": email, "verified": verified}]});
            let known = ada.post("/api/v1/customers", known).expect(201).await["id"].clone();
            let guest = at_widget(world, identity(&format!("sub-{email}"), Some(email)));
            let found = guest.write(|tx, cx| guest_or_create(tx, cx).map(|(_, account)| account)).await.unwrap();
            assert_eq!((json!(found.customer) == known, found.is_new), (joins, !joins), "{email}");
            let again = guest.write(|tx, cx| guest_or_create(tx, cx).map(|(_, account)| account)).await.unwrap();
            assert_eq!((again.customer, again.is_new), (found.customer, false));
        }
    }

    async fn an_identity_does_not_join_somebody_with_another_one(world) {
        let first = at_widget(world, identity("one", Some("shared@shop.test")));
        let second = at_widget(world, identity("two", Some("shared@shop.test")));
        let one = first.write(|tx, cx| guest_or_create(tx, cx).map(|(_, account)| account.customer)).await.unwrap();
        let two = second.write(|tx, cx| guest_or_create(tx, cx).map(|(_, account)| account.customer)).await.unwrap();
        assert_ne!(one, two);
    }

    async fn an_identity_is_made_on_its_first_write_and_vouches_for_its_address(world) {
        let bare = at_widget(world, identity("u-1", None));
        assert!(bare.read(guest).await.unwrap().is_none());
        let made = bare.write(|tx, cx| guest_or_create(tx, cx).map(|(_, account)| account)).await.unwrap();
        assert!(made.is_new && bare.read(guest).await.unwrap().is_some());
        let with_address = at_widget(world, identity("u-1", Some("carla@shop.test")));
        with_address.write(|tx, cx| guest_or_create(tx, cx).map(|_| ())).await.unwrap();
        let seen = world.as_(&world.ada).get(&format!("/api/v1/customers/{}", made.customer)).expect(200).await;
        assert_eq!((&seen["external_id"], &seen["version"]), (&json!("u-1"), &json!(2)));
        assert!(seen["addresses"][0]["verified_at"].is_string());
        let refs = acme(world).read(move |tx, cx| refs(tx, cx.workspace(), &[made.customer])).await.unwrap();
        assert_eq!(refs[&made.customer].email.as_deref(), Some("carla@shop.test"));
    }
}

/// A world where an address makes three devices at once.
fn with_few_devices(engine: Engine) -> World {
    World::with(engine, server::domains::operations(), |settings| {
        settings.limits.device = web::Limit { per_second: 1, burst: 3 };
    })
}

async fn an_address_does_not_become_any_number_of_visitors(world: &World) {
    let key = json!({"name": "K", "allowed_origins": []});
    let key = world.as_(&world.ada).post("/api/v1/widget-keys", key).expect(201).await;
    let mut refused = 0;
    for _ in 0..20 {
        let made = world.as_nobody().call(http::Method::POST, "/api/v1/me/device");
        let made = made.header("x-widget-key", key["key"].as_str().unwrap()).send().await;
        if made.status.as_u16() == 429 {
            refused += 1;
        } else {
            made.expect(201);
        }
    }
    assert!(refused > 5, "{refused}");
}

#[test]
fn an_address_makes_few_devices_on_sqlite() {
    tell_in(Engine::Sqlite, with_few_devices, async |world| {
        an_address_does_not_become_any_number_of_visitors(world).await;
    });
}

#[test]
fn an_address_makes_few_devices_on_postgres() {
    tell_in(Engine::Postgres, with_few_devices, async |world| {
        an_address_does_not_become_any_number_of_visitors(world).await;
    });
}
