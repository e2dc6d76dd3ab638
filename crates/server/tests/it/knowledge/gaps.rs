//! Gaps: what people look for and do not find, in the order of what it costs.

use knowledge::gaps::{Asked, AskedVia};
use serde_json::json;
use trust::Cx;
use trust::access::Via;

use super::scene::{open_help, page, publish, titled};
use crate::desk::scene::{Visitor, items, text, widget_key};
use crate::harness::both_engines;

both_engines! {
    async fn searches_that_lead_nowhere_add_up_to_a_gap(world) {
        open_help(world).await;
        for words in ["export%20invoices", "Export%20Invoices%3F", "opening%20hours"] {
            page(world, &format!("/help/en/search?q={words}")).await;
        }
        let typed = world.as_nobody().get("/help/api/search?q=exp").header("host", "help.acme.test").expect(200).await;
        assert!(typed["query_id"].is_null(), "a keystroke is not kept");
        let gaps = world.as_(&world.ada).get("/api/v1/gaps").expect(200).await;
        let listed: Vec<(&str, i64)> =
            items(&gaps).iter().map(|gap| (text(&gap["text"]), gap["queries"].as_i64().unwrap())).collect();
        assert_eq!(listed, [("export invoices", 2), ("opening hours", 1)]);
        let first = text(&items(&gaps)[0]["id"]);
        let started = world.as_(&world.ada).post(&format!("/api/v1/gaps/{first}/article"), json!({}));
        let started = started.expect(201).await;
        assert_eq!((text(&started["title"]), text(&started["status"])), ("export invoices", "draft"));
        let again = world.as_(&world.ben).post(&format!("/api/v1/gaps/{first}/article"), json!({})).expect(201).await;
        assert_eq!(again["id"], started["id"], "there is one draft, however often it is asked for");
        let gaps = world.as_(&world.ada).get("/api/v1/gaps").expect(200).await;
        assert_eq!(items(&gaps)[0]["article_id"], started["id"]);
        world.as_(&world.ada).delete(&format!("/api/v1/gaps/{first}")).expect(204).await;
        assert_eq!(items(&world.as_(&world.ada).get("/api/v1/gaps").expect(200).await).len(), 1);
    }

    async fn what_agents_look_for_is_listed_apart_and_is_no_gap_of_customers(world) {
        open_help(world).await;
        page(world, "/help/en/search?q=refund").await;
        let ben = world.as_(&world.ben);
        for words in ["refund", "Refund", "tariff"] {
            ben.get(&format!("/api/v1/search/articles?q={words}&settled=true")).expect(200).await;
        }
        ben.get("/api/v1/search/articles?q=refu").expect(200).await;
        let listed = async |by: &str| {
            let gaps = world.as_(&world.ada).get(&format!("/api/v1/gaps?limit=10{by}")).expect(200).await;
            let figures = |gap: &serde_json::Value| {
                ["queries", "score", "agent_queries", "agent_without_results"].map(|name| gap[name].as_i64().unwrap())
            };
            items(&gaps).iter().map(|gap| (text(&gap["text"]).to_owned(), figures(gap))).collect::<Vec<_>>()
        };
        assert_eq!(listed("").await, [("refund".to_owned(), [1, 3, 2, 2])]);
        assert_eq!(listed("&asked_by=agents").await, [
            ("refund".to_owned(), [1, 3, 2, 2]), ("tariff".to_owned(), [0, 0, 1, 1]),
        ]);
        world.as_(&world.ada).get("/api/v1/gaps?asked_by=martians").send().await.problem(422, "invalid_query");
        // Some of the searches grow old, and what is left is counted again.
        world.clock.advance_seconds(100 * 86_400);
        ben.get("/api/v1/search/articles?q=tariff&settled=true").expect(200).await;
        for days in [100, 1] {
            world.clock.advance_seconds(days * 86_400);
            world.opened.worker.run_due().await.unwrap();
        }
        assert_eq!(listed("").await, []);
        assert_eq!(listed("&asked_by=agents").await, [("tariff".to_owned(), [0, 0, 1, 1])]);
    }

    async fn counts_hold_while_searches_come_and_are_forgotten(world) {
        let cx = Cx::of_house(world.house(), world.acme, Via::Command);
        let asked = Asked {
            text: "Refund".into(), locale: "en".into(), via: AskedVia::Help, results: 0, reading: None, customer: None,
        };
        let ask_now = async || {
            let (cx, asked) = (cx.clone(), asked.clone());
            cx.write(move |tx, cx| knowledge::gaps::ask(tx, cx, &asked)).await.unwrap();
        };
        world.opened.worker.run_due().await.unwrap();
        for _ in 0..6 {
            ask_now().await;
        }
        world.clock.advance_seconds(181 * 86_400);
        let many = async || {
            for _ in 0..12 {
                ask_now().await;
            }
        };
        let ((), (), (), due) = tokio::join!(many(), many(), many(), world.opened.worker.run_due());
        due.unwrap();
        let counted = cx.read(|tx, cx| {
            let sql = "SELECT g.queries, g.score, (SELECT COUNT(*) FROM search_query q WHERE q.workspace_id = $1 \
                       AND q.gap_id = g.id) FROM search_gap g WHERE g.workspace_id = $1";
            tx.all(sql, &[&cx.workspace()], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?)))
        });
        assert_eq!(counted.await.unwrap(), [(36, 108, 36)]);
    }

    async fn an_article_that_was_opened_is_no_gap(world) {
        open_help(world).await;
        publish(world, titled("Prices", "Ten euros.")).await;
        let asked = world.as_nobody().get("/help/api/search?q=prices&settled=true").header("host", "help.acme.test");
        let query = asked.expect(200).await["query_id"].clone();
        page(world, &format!("/help/en/articles/prices?s={}", text(&query))).await;
        page(world, &format!("/help/en/articles/prices?s={}", text(&query))).await;
        let gaps = world.as_(&world.ada).get("/api/v1/gaps").expect(200).await;
        let clicked = items(&gaps).iter().all(|gap| gap["without_click"] == 0);
        assert!(clicked, "{gaps}");
    }

    async fn a_ticket_within_half_an_hour_counts_and_a_later_one_does_not(world) {
        let key = widget_key(world).await;
        let visitor = Visitor::new(world, &key).await;
        visitor.get("/api/v1/help/search?q=refund&settled=true").expect(200).await;
        world.clock.advance_seconds(29 * 60);
        visitor.ask("I want a refund").await;
        visitor.ask("Really").await;
        let tickets = async || {
            let gaps = world.as_(&world.ada).get("/api/v1/gaps").expect(200).await;
            items(&gaps).iter().map(|gap| (text(&gap["text"]).to_owned(), gap["tickets"].as_i64().unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(tickets().await, [("refund".to_owned(), 1)], "one search leads to one ticket");
        visitor.get("/api/v1/help/search?q=prices&settled=true").expect(200).await;
        world.clock.advance_seconds(31 * 60);
        visitor.ask("Something else").await;
        assert_eq!(tickets().await, [("refund".to_owned(), 1), ("prices".to_owned(), 0)]);
    }

    async fn what_a_person_looked_for_goes_with_them(world) {
        let key = widget_key(world).await;
        let visitor = Visitor::new(world, &key).await;
        visitor.get("/api/v1/help/search?q=my%20secret&settled=true").expect(200).await;
        let ticket = visitor.ask("Hello").await;
        let customer = world.as_(&world.ada).get(&format!("/api/v1/tickets/{}", text(&ticket["id"]))).expect(200).await;
        let customer = text(&customer["customer"]["id"]).to_owned();
        let held = world.as_(&world.ada).get(&format!("/api/v1/customers/{customer}/export"));
        assert!(held.send().await.expect(200).to_string().contains("my secret"));
        assert_eq!(items(&world.as_(&world.ada).get("/api/v1/gaps").expect(200).await).len(), 1);
        let erased = world.as_(&world.ada).post(&format!("/api/v1/customers/{customer}/erasure"), json!({})).send().await;
        assert!(erased.status.is_success(), "{erased:?}");
        assert!(items(&world.as_(&world.ada).get("/api/v1/gaps").expect(200).await).is_empty());
    }
}
