//! Bad input: bombs, markup, sizes, languages and cycles get a clear refusal or a sane page, and never a 500.

use http::Method;
use serde_json::json;

use super::scene::{at, change, html, open_help, page, publish, set_status, titled, write};
use crate::desk::scene::text;
use crate::harness::both_engines;

both_engines! {
    async fn what_is_too_large_is_refused_with_its_limit(world) {
        let ada = world.as_(&world.ada);
        let large = ada.post("/api/v1/articles", titled("Large", &"x".repeat(1024 * 1024 + 1))).send().await;
        assert!(large.problem(422, "invalid_field").to_string().contains("at most 1048576"));
        ada.post("/api/v1/articles", titled("Huge", &"x".repeat(5 * 1024 * 1024))).send().await.problem(413, "body_too_large");
        for (title, body) in [("", "b"), ("a\nb", "b"), ("\u{202e}evil", "b"), ("a", ""), ("a", "nul\0")] {
            ada.post("/api/v1/articles", titled(title, body)).send().await.problem(422, "invalid_field");
        }
        ada.post("/api/v1/articles", titled(&"t".repeat(201), "b")).send().await.problem(422, "invalid_field");
        for locale in ["xx", "klingon", "en-", "../../etc", "🦀"] {
            let new = json!({"title": "T", "body": "b", "locale": locale});
            ada.post("/api/v1/articles", new).send().await.problem(422, "invalid_field");
        }
        ada.post("/api/v1/articles", json!({"title": "T", "body": "b", "colour": 1})).send().await.problem(422, "unknown_field");
    }

    async fn long_lists_are_refused_with_their_limit(world) {
        let ada = world.as_(&world.ada);
        let names = |many: usize| (0..many).map(|number| format!("t{number}")).collect::<Vec<_>>();
        let tagged = |many: usize| json!({"title": "Tagged", "body": "b", "tags": names(many)});
        let refused = ada.post("/api/v1/articles", tagged(51)).send().await.problem(422, "invalid_field");
        assert!(refused.to_string().contains("takes at most 50"), "{refused}");
        let article = write(world, tagged(50)).await;
        let put = |rest: &str, body| ada.put(&at(&article, rest), body).header("if-match", "\"1\"").send();
        let many: Vec<_> = vec![article["id"].clone(); 40_000];
        for (rest, body) in [("/related", json!({"article_ids": many})), ("/contexts", json!({"names": names(21)}))] {
            let refused = put(rest, body).await.problem(422, "invalid_field");
            assert!(refused.to_string().contains("takes at most 20"), "{refused}");
        }
        let patched = ada.patch(&at(&article, ""), json!({"tags": names(51)})).header("if-match", "\"1\"");
        patched.send().await.problem(422, "invalid_field");
    }

    async fn bombs_and_markup_become_a_page_that_runs_nothing(world) {
        open_help(world).await;
        let bombs = [
            "> ".repeat(20_000), "- ".repeat(20_000), "[".repeat(50_000), "**a ".repeat(20_000), "`".repeat(50_000),
            "<div>".repeat(20_000), "![x](y".repeat(10_000), "|a".repeat(10_000), "\\".repeat(50_000),
            "<script>alert(1)</script><img src=x onerror=alert(1)><a href=\"javascript:x\">a</a>".to_owned(),
        ];
        for (number, bomb) in bombs.iter().enumerate() {
            publish(world, titled(&format!("Bomb {number}"), bomb)).await;
            let shown = html(world, &format!("/help/en/articles/bomb-{number}")).await;
            for mark in ["<script>alert", "onerror=\"", "javascript:x\""] {
                assert!(!shown.contains(mark), "{number}");
            }
        }
    }

    async fn links_in_circles_lead_round_and_nowhere_leads_to_a_page(world) {
        open_help(world).await;
        let one = publish(world, json!({"title": "One", "body": "[two](article:two) [no](article:nowhere)", "external_id": "one"})).await;
        publish(world, json!({"title": "Two", "body": "[one](article:one) [self](article:two)", "external_id": "two"})).await;
        assert!(html(world, "/help/en/articles/one").await.contains("href=\"/help/en/to/two\""));
        assert_eq!(page(world, "/help/en/to/two").await.text_header("location"), "/help/en/articles/two");
        let nowhere = page(world, "/help/en/to/nowhere").await;
        assert_eq!(nowhere.status, 404);
        assert!(String::from_utf8_lossy(&nowhere.body).contains("role=\"search\""));
        // An address that leads to itself by an old name does not lead in a circle.
        change(world, Method::PATCH, &one, "", json!({"slug": "uno"})).await;
        change(world, Method::PATCH, &one, "", json!({"slug": "one"})).await;
        assert_eq!(page(world, "/help/en/articles/one").await.status, 200);
        assert_eq!(page(world, "/help/en/articles/uno").await.text_header("location"), "/help/en/articles/one");
    }

    async fn strange_addresses_are_pages_that_are_not_there(world) {
        open_help(world).await;
        for path in [
            "/help/xx", "/help/en/articles/%00", "/help/en/articles/%F0%9F%A6%80", "/help/en/articles/..%2F..%2Fetc",
            "/help/en/categories/x", "/help/en/categories/cat_0000000000000000000000000a", "/help/en/to/%2F%2Fevil.test",
            "/help/fr", "/help/en/articles/a'--", "/help/%F0%9F%A6%80",
        ] {
            let answer = page(world, path).await;
            assert_eq!(answer.status.as_u16(), 404, "{path}");
        }
        for query in ["q=", "q=%22%27%28%5B%2A%3F", "q=%F0%9F%A6%80", "q=...", "q=a%20AND%20(b%20OR", "q=%00", "x=1"] {
            assert_eq!(page(world, &format!("/help/en/search?{query}")).await.status.as_u16(), 200, "{query}");
        }
        let long = format!("/help/en/search?q={}", "word%20".repeat(1_400));
        assert_eq!(page(world, &long).await.status.as_u16(), 200);
        let elsewhere = world.as_nobody().get("/help/en").header("host", "help.nowhere.test").send().await;
        elsewhere.problem(404, "no_help_centre");
    }

    async fn two_articles_never_have_one_address(world) {
        let first = write(world, titled("Same", "a")).await;
        let second = write(world, titled("Same", "b")).await;
        assert_ne!(text(&first["slug"]), text(&second["slug"]));
        let taken = world.as_(&world.ada).patch(&super::scene::at(&second, ""), json!({"slug": "same"}));
        taken.header("if-match", "\"1\"").send().await.problem(409, "slug_taken");
        set_status(world, &second, "published").await;
    }
}
