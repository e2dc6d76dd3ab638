//! Bringing articles: what is there already is left alone, what changed is a new version, what is wrong is named.

use http::Method;
use knowledge::articles::{import_lines, pack};
use serde_json::json;
use trust::Cx;
use trust::access::Via;

use super::scene::{change, html, open_help, page, publish, set_status, titled};
use crate::desk::scene::{items, text};
use crate::harness::{World, both_engines};

async fn import(world: &World, lines: &[String], is_dry: bool) -> (i64, i64, Vec<(i64, String)>) {
    let cx = Cx::of_house(world.house(), world.acme, Via::Command);
    let lines: Vec<(i64, String)> = (1..).zip(lines.iter().cloned()).collect();
    let done = tokio::task::spawn_blocking(move || import_lines(&cx, &lines, is_dry).unwrap()).await.unwrap();
    (done.written, done.known, done.refused)
}

both_engines! {
    async fn lines_become_articles_once(world) {
        open_help(world).await;
        let lines = [
            json!({"external_id": "a", "title": "Set up", "body": "See [b](article:b).", "category": "Guides/Start", "tags": ["x"]}),
            json!({"external_id": "b", "title": "Back up", "body": "Text", "audience": "internal", "visibility": "internal"}),
            json!({"external_id": "a", "title": "Einrichten", "body": "Text", "locale": "de"}),
        ].map(|line| line.to_string());
        assert_eq!(import(world, &lines, true).await, (0, 0, vec![]));
        assert_eq!(items(&world.as_(&world.ada).get("/api/v1/articles").expect(200).await).len(), 0);
        assert_eq!(import(world, &lines, false).await, (3, 0, vec![]));
        assert_eq!(import(world, &lines, false).await, (0, 3, vec![]));
        assert!(html(world, "/help/en/articles/set-up").await.contains("/help/en/to/b"));
        assert!(html(world, "/help/de/articles/einrichten").await.contains("Einrichten"));
        assert_eq!(page(world, "/help/en/to/b").await.status, 404, "it is internal");
        let changed = [json!({"external_id": "a", "title": "Set up", "body": "New words.", "category": "Guides/Start"}).to_string()];
        assert_eq!(import(world, &changed, false).await, (1, 0, vec![]));
        assert!(html(world, "/help/en/articles/set-up").await.contains("New words."));
        let tree = world.as_(&world.ada).get("/api/v1/categories").expect(200).await;
        assert_eq!(items(&tree).len(), 2);
    }

    async fn the_order_of_a_file_does_not_matter(world) {
        open_help(world).await;
        let lines = [
            json!({"external_id": "a", "title": "Einrichten", "body": "Text", "locale": "de", "source_locale": "en"}),
            json!({"external_id": "b", "title": "Sichern", "body": "Text", "locale": "de"}),
            json!({"external_id": "a", "title": "Set up", "body": "Text", "locale": "en", "slug": "start"}),
            json!({"external_id": "b", "title": "Back up", "body": "Text"}),
            json!({"external_id": "c", "title": "Nur", "body": "Text", "locale": "de", "source_locale": "en"}),
            json!({"external_id": "d", "title": "Other", "body": "Text", "slug": "start"}),
        ].map(|line| line.to_string());
        let (written, known, refused) = import(world, &lines, false).await;
        // What comes first in its pass has the address; the other one is named.
        assert_eq!((written, known), (3, 0), "{refused:?}");
        assert_eq!(refused.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 1, 5], "{refused:?}");
        assert!(refused[1].1.contains("source_locale") && refused[0].1.contains("address"), "{refused:?}");
        let (written, known, _) = import(world, &lines[..4].iter().map(|line| line.replace("start", "begin")).collect::<Vec<_>>(), false).await;
        assert_eq!((written, known), (2, 2));
        for (path, title) in [("/help/en/articles/begin", "Set up"), ("/help/en/articles/back-up", "Back up")] {
            assert!(html(world, path).await.contains(title));
        }
        let listed = world.as_(&world.ada).get("/api/v1/articles").expect(200).await;
        let sources: Vec<&str> = items(&listed).iter().map(|article| text(&article["source_locale"])).collect();
        assert_eq!(sources, ["en"; 3]);
    }

    async fn wrong_lines_are_named_and_the_others_go_on(world) {
        let lines = [
            "not json".to_owned(),
            json!({"title": "No id", "body": "b"}).to_string(),
            json!({"external_id": "c", "title": "T", "body": "b", "locale": "xx"}).to_string(),
            json!({"external_id": "d", "title": "T", "body": "b", "audience": "martians"}).to_string(),
            json!({"external_id": "e", "title": "T", "body": "x".repeat(2 * 1024 * 1024)}).to_string(),
            json!({"external_id": "f", "title": "Good", "body": "b"}).to_string(),
            json!({"external_id": "g", "title": "", "body": "b"}).to_string(),
            json!({"external_id": "h", "title": "T", "body": "b", "colour": "red"}).to_string(),
            json!({"external_id": "i", "title": "T", "body": "b", "excerpt": "nul\0"}).to_string(),
            json!({"external_id": "j", "title": "T", "body": "b", "excerpt": "long ".repeat(1000)}).to_string(),
        ];
        let (written, _, refused) = import(world, &lines, false).await;
        assert_eq!((written, refused.iter().map(|(line, _)| *line).collect::<Vec<_>>()), (2, vec![1, 2, 3, 4, 5, 7, 8, 9]));
        for ((_, why), field) in refused.iter().zip(["expected", "external_id", "locale", "martians", "body", "title", "colour", "excerpt"]) {
            assert!(why.contains(field), "{why}");
        }
    }

    async fn what_goes_out_comes_back_the_same(world) {
        open_help(world).await;
        let lines = [
            json!({"external_id": "a", "title": "Set up", "body": "Text", "category": "Guides/Start", "tags": ["x"], "visibility": "authenticated"}),
            json!({"external_id": "a", "title": "Einrichten", "body": "Text", "locale": "de"}),
            json!({"external_id": "b", "title": "Draft", "body": "Text", "status": "draft"}),
        ].map(|line| line.to_string());
        import(world, &lines, false).await;
        let console = json!({"title": "By hand", "body": "Some *words*.", "tags": ["x", "y"]});
        let console = publish(world, console).await;
        change(world, Method::PUT, &console, "/translations/de", titled("Von Hand", "Worte.")).await;
        set_status(world, &console, "published").await;
        let cx = Cx::of_house(world.house(), world.acme, Via::Command);
        let packed = cx.read(|tx, cx| pack(tx, cx, None)).await.unwrap();
        let again: Vec<String> = packed.articles.iter().map(|article| json!(article).to_string()).collect();
        assert_eq!(import(world, &again, false).await, (0, 5, vec![]));
        let edited = again.iter().map(|line| line.replace("Some *words*.", "Others.")).collect::<Vec<_>>();
        assert_eq!(import(world, &edited, false).await, (1, 4, vec![]));
        assert!(html(world, "/help/en/articles/by-hand").await.contains("Others."));
        let out: Vec<serde_json::Value> = packed.articles.iter().map(|article| json!(article)).collect();
        assert_eq!(out.len(), 5);
        assert_eq!((text(&out[0]["category"]), text(&out[0]["visibility"]), text(&out[1]["locale"]), text(&out[2]["status"])),
            ("Guides/Start", "authenticated", "de", "draft"));
        assert_eq!(cx.read(move |tx, cx| Ok(pack(tx, cx, packed.last)?.articles.len())).await.unwrap(), 0);
    }
}
