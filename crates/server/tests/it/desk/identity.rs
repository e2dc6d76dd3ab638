//! Identities: what the host app signs says who a customer is; anything else says nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::scene::{Visitor, items, of_lia, open, read, text, widget_key};
use crate::harness::{Person, World, both_engines};

const SECRET: &[u8] = b"a shared secret of more than 32 bytes";

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

fn public_key() -> String {
    signing_key().verifying_key().to_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn token(alg: &str, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({"alg": alg, "typ": "JWT"})), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn mac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn hs256(claims: &Value) -> String {
    token("HS256", claims, |message| mac(SECRET, message))
}

fn eddsa(claims: &Value) -> String {
    token("EdDSA", claims, |message| signing_key().sign(message).to_bytes().to_vec())
}

/// Lia's claims, ending so many seconds from now.
pub(crate) fn lia(world: &World, seconds: i64) -> Value {
    let now = world.house().env.now().seconds();
    json!({"sub": "u-1", "exp": now + seconds, "email": "lia@shop.test", "name": "Lia Berg"})
}

pub(crate) async fn add_shared(world: &World, who: &Person) -> Value {
    let new = json!({"algorithm": "hs256", "secret": std::str::from_utf8(SECRET).unwrap()});
    world.as_(who).post("/api/v1/identity-keys", new).expect(201).await
}

async fn add_public(world: &World) -> Value {
    let new = json!({"algorithm": "ed25519", "public_key": public_key()});
    world.as_(&world.ada).post("/api/v1/identity-keys", new).expect(201).await
}

async fn refused(world: &World, key: &str, token: &str) {
    Visitor::identified(world, key, token).get("/api/v1/me").send().await.problem(401, "bad_identity");
}

both_engines! {
    async fn both_algorithms_lead_to_the_same_customer_while_keys_rotate(world) {
        let key = widget_key(world).await;
        let old = add_shared(world, &world.ada).await;
        let claims = lia(world, 300);
        let by_secret = Visitor::identified(world, &key, &hs256(&claims));
        let ticket = by_secret.ask("I cannot pay.").await;
        let customer = read(world, &ticket).await["customer"].clone();
        assert_eq!((text(&customer["name"]), text(&customer["email"])), ("Lia Berg", "lia@shop.test"));
        add_public(world).await;
        let by_key = Visitor::identified(world, &key, &eddsa(&claims));
        for visitor in [&by_secret, &by_key] {
            assert_eq!(items(&visitor.get("/api/v1/me/tickets").expect(200).await).len(), 1);
        }
        let me = by_key.get("/api/v1/me").expect(200).await;
        assert_eq!((&me["customer"]["id"], &me["customer"]["verified"]), (&customer["id"], &json!(true)));
        world.as_(&world.ada).delete(&format!("/api/v1/identity-keys/{}", text(&old["id"]))).expect(204).await;
        refused(world, &key, &hs256(&claims)).await;
        assert_eq!(by_key.messages(&ticket).await.len(), 1);
    }

    async fn a_token_holds_ten_minutes_at_most(world) {
        let key = widget_key(world).await;
        add_shared(world, &world.ada).await;
        let short = hs256(&lia(world, 120));
        Visitor::identified(world, &key, &short).get("/api/v1/me").expect(200).await;
        refused(world, &key, &hs256(&lia(world, 3600))).await;
        let endless = json!({"sub": "u-1"});
        refused(world, &key, &hs256(&endless)).await;
        world.clock.advance_seconds(240);
        refused(world, &key, &short).await;
    }

    async fn another_algorithm_or_another_key_is_no_signature(world) {
        let key = widget_key(world).await;
        add_public(world).await;
        let claims = lia(world, 300);
        let public = signing_key().verifying_key().to_bytes();
        refused(world, &key, &token("HS256", &claims, |message| mac(&public, message))).await;
        refused(world, &key, &token("HS256", &claims, |message| mac(public_key().as_bytes(), message))).await;
        refused(world, &key, &token("none", &claims, |_| Vec::new())).await;
        refused(world, &key, &token("EdDSA", &claims, |_| Vec::new())).await;
        refused(world, &key, &token("eddsa", &claims, |message| signing_key().sign(message).to_bytes().to_vec())).await;
        let other = SigningKey::from_bytes(&[8; 32]);
        refused(world, &key, &token("EdDSA", &claims, |message| other.sign(message).to_bytes().to_vec())).await;
        for odd in ["", ".", "..", "a.b", "a.b.c.d", "e30.e30.e30", &"x".repeat(10_000)] {
            refused(world, &key, odd).await;
        }
        // A key of Globex signs nobody in at Acme.
        add_shared(world, &world.gus).await;
        refused(world, &key, &hs256(&claims)).await;
        Visitor::identified(world, &key, &eddsa(&claims)).get("/api/v1/me").expect(200).await;
    }

    async fn a_signed_address_joins_only_whom_we_know_by_a_verified_one(world) {
        let key = widget_key(world).await;
        add_shared(world, &world.ada).await;
        // Somebody wrote an address into a ticket: nobody has proved that it is theirs.
        let typed = open(world, of_lia("Cannot pay")).await;
        let signed = Visitor::identified(world, &key, &hs256(&lia(world, 300)));
        assert_eq!(items(&signed.get("/api/v1/me/tickets").expect(200).await).len(), 0);
        let asked = read(world, &signed.ask("It is me.").await).await;
        assert_ne!(asked["customer"]["id"], typed["customer"]["id"]);

        let address = json!([{"value": "mia@shop.test", "verified": true}]);
        let known = world.as_(&world.ada).post("/api/v1/customers", json!({"name": "Mia", "addresses": address})).expect(201).await;
        let claims = json!({"sub": "u-2", "exp": world.house().env.now().seconds() + 300, "email": "Mia@shop.test"});
        let mia = Visitor::identified(world, &key, &hs256(&claims));
        let asked = read(world, &mia.ask("Me too.").await).await;
        assert_eq!(asked["customer"]["id"], known["id"]);
        // The address is taken by Mia's host id now; another id with it is somebody else.
        let claims = json!({"sub": "u-3", "exp": world.house().env.now().seconds() + 300, "email": "mia@shop.test"});
        let other = Visitor::identified(world, &key, &hs256(&claims));
        assert_eq!(items(&other.get("/api/v1/me/tickets").expect(200).await).len(), 0);
    }
}
