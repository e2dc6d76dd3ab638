//! Requesters: many at once are one customer, and every key leads to the same one.

use std::collections::HashSet;

use base::text::{Email, Line};
use people::customers::{Account, Requester, requester};
use serde_json::json;
use trust::nouns::CustomerId;

use super::{acme, at_widget, identity};
use crate::harness::{Engine, World, both_engines, tell};

both_engines! {
    async fn racing_requesters_make_one_customer(world) {
        for (external, email) in [(None, Some("a@shop.test")), (Some("x-1"), None), (Some("x-2"), Some("b@shop.test"))] {
            let mut racing = Vec::new();
            for _ in 0..12 {
                let (cx, who) = (acme(world), who(external, email));
                racing.push(tokio::spawn(async move { cx.write(move |tx, cx| requester(tx, cx, &who)).await }));
            }
            let (mut ids, mut new) = (HashSet::new(), 0);
            for one in racing {
                let account = one.await.unwrap().unwrap();
                ids.insert(account.customer);
                new += i32::from(account.is_new);
            }
            assert_eq!((ids.len(), new), (1, 1), "{external:?} {email:?}");
        }
        assert_eq!(count(world).await, 3);
    }

    async fn tokens_and_identities_that_race_make_one_customer(world) {
        let mut racing = Vec::new();
        for number in 0..12 {
            let (token, guest) = (acme(world), at_widget(world, identity("u-1", Some("c@shop.test"))));
            racing.push(tokio::spawn(async move {
                if number % 2 == 0 {
                    let who = who(Some("u-1"), Some("c@shop.test"));
                    token.write(move |tx, cx| requester(tx, cx, &who).map(|account| account.customer)).await
                } else {
                    guest.write(|tx, cx| people::customers::guest_or_create(tx, cx).map(|(_, account)| account.customer)).await
                }
            }));
        }
        let mut ids = HashSet::new();
        for one in racing {
            ids.insert(one.await.unwrap().unwrap());
        }
        assert_eq!((ids.len(), count(world).await), (1, 1));
    }

    async fn every_key_leads_to_the_same_customer(world) {
        let first = ask(world, who(None, Some("carla@shop.test"))).await;
        let adopted = ask(world, who(Some("u-1"), Some("CARLA@shop.test"))).await;
        let by_external = ask(world, who(Some("u-1"), None)).await;
        let by_id = ask(world, Requester { customer_id: Some(first.customer), ..Requester::default() }).await;
        assert!(first.is_new);
        for account in [adopted, by_external, by_id] {
            assert_eq!((account.customer, account.is_new), (first.customer, false));
        }
        let other = ask(world, who(Some("u-2"), Some("carla@shop.test"))).await;
        assert!(other.is_new && other.customer != first.customer);
        assert_eq!(ask(world, who(None, Some("carla@shop.test"))).await.customer, first.customer);
    }

    async fn an_account_carries_the_companys_facts(world) {
        let ada = world.as_(&world.ada);
        let new = json!({"name": "Shop", "plan": "pro", "tier": "gold", "revenue": {"amount_minor": 250_000, "currency": "EUR"}});
        let shop = ada.post("/api/v1/companies", new).expect(201).await;
        let new = json!({"external_id": "u-1", "plan": "own", "locale": "de", "company_id": shop["id"]});
        ada.post("/api/v1/customers", new).expect(201).await;
        ada.post("/api/v1/customers", json!({"external_id": "u-2", "plan": "own"})).expect(201).await;
        let inside = ask(world, who(Some("u-1"), None)).await;
        assert_eq!((inside.tier.as_deref(), inside.revenue_band, inside.locale.as_deref()), (Some("gold"), Some("1k_5k"), Some("de")));
        // A company without a plan leaves the person's own.
        assert_eq!(inside.plan.as_deref(), Some("pro"));
        assert_eq!(ask(world, who(Some("u-2"), None)).await.plan.as_deref(), Some("own"));
    }

    async fn nobody_and_unknown_ids_are_refused(world) {
        let nobody = Requester::default();
        let refused = acme(world).write(move |tx, cx| requester(tx, cx, &nobody)).await.unwrap_err();
        assert_eq!((refused.name(), refused.fields()[0].pointer.as_str()), ("invalid_field", "/requester"));
        let unknown = Requester { customer_id: Some(CustomerId::from_uuid(uuid::Uuid::nil())), ..Requester::default() };
        let refused = acme(world).write(move |tx, cx| requester(tx, cx, &unknown)).await.unwrap_err();
        assert_eq!((refused.name(), refused.fields()[0].pointer.as_str()), ("unknown_customer", "/requester/customer_id"));
    }
}

fn who(external: Option<&str>, email: Option<&str>) -> Requester {
    Requester {
        customer_id: None,
        external_id: external.map(|id| Line::new(id).unwrap()),
        email: email.map(|email| Email::new(email).unwrap()),
        name: Some(Line::new("Carla").unwrap()),
    }
}

async fn ask(world: &World, who: Requester) -> Account {
    acme(world).write(move |tx, cx| requester(tx, cx, &who)).await.unwrap()
}

async fn count(world: &World) -> i64 {
    let cx = acme(world);
    let count = cx.read(|tx, cx| {
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM customer WHERE workspace_id = $1";
        tx.first(sql, &[&cx.workspace()], |row| row.get(0))
    });
    count.await.unwrap().unwrap()
}

/// The walls between tenants make the server careful with joins: it must not read everybody to find one.
#[test]
fn finding_one_of_many_reads_that_one_on_postgres() {
    tell(Engine::Postgres, async |world| {
        for number in 0..300 {
            ask(world, who(Some(&format!("x-{number}")), Some(&format!("p{number}@shop.test")))).await;
        }
        for wanted in [who(None, Some("p7@shop.test")), who(Some("x-7"), None), who(Some("x-7"), Some("p7@shop.test"))]
        {
            let cx = acme(world);
            let read = cx.write(move |tx, cx| {
                requester(tx, cx, &wanted)?;
                let sql = "SELECT CAST(SUM(idx_tup_fetch + seq_tup_read) AS BIGINT) FROM pg_stat_xact_user_tables \
                           WHERE relname IN ('customer', 'customer_address')";
                tx.first(sql, &[], |row| row.get::<i64>(0))
            });
            let read = read.await.unwrap().unwrap_or(0);
            assert!((1..40).contains(&read), "{read} rows were read to find one of 300");
        }
    });
}
