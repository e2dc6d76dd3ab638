//! Articles: written as drafts, published, changed in versions, translated, rolled back, scheduled, deleted.

use http::Method;
use serde_json::{Value, json};
use trust::access::Role;

use super::scene::{at, change, html, open_help, page, publish, read, set_status, titled, write};
use crate::desk::scene::{items, text};
use crate::harness::{World, both_engines};

async fn versions(world: &World, article: &Value) -> Vec<i64> {
    let page = world.as_(&world.ada).get(&at(article, "/versions")).expect(200).await;
    items(&page).iter().map(|version| version["number"].as_i64().unwrap()).collect()
}

both_engines! {
    async fn a_draft_is_seen_by_staff_and_a_published_article_by_anybody(world) {
        open_help(world).await;
        let article = write(world, titled("How do I sign in?", "Use **your** address.")).await;
        assert_eq!((text(&article["status"]), text(&article["slug"])), ("draft", "how-do-i-sign-in"));
        assert_eq!(page(world, "/help/en/articles/how-do-i-sign-in").await.status, 404);
        let published = set_status(world, &article, "published").await;
        assert_eq!(text(&published["status"]), "published");
        let shown = html(world, "/help/en/articles/how-do-i-sign-in").await;
        assert!(shown.contains("<h1>How do I sign in?</h1>") && shown.contains("Use <strong>your</strong> address."));
        set_status(world, &article, "archived").await;
        assert_eq!(page(world, "/help/en/articles/how-do-i-sign-in").await.status, 404);
    }

    async fn readers_see_new_words_when_they_are_published(world) {
        open_help(world).await;
        let article = publish(world, titled("Prices", "Ten euros.")).await;
        let changed = change(world, Method::PATCH, &article, "", json!({"body": "Twelve euros.", "note": "New prices"})).await;
        assert_eq!((text(&changed["status"]), changed["has_changes"].as_bool()), ("published", Some(true)));
        assert!(html(world, "/help/en/articles/prices").await.contains("Ten euros."));
        let published = set_status(world, &article, "published").await;
        assert_eq!(published["has_changes"], false);
        assert!(html(world, "/help/en/articles/prices").await.contains("Twelve euros."));
        assert_eq!(versions(world, &article).await, [2, 1]);
    }

    async fn versions_can_be_compared_and_brought_back(world) {
        let article = write(world, titled("Steps", "one\ntwo\nthree")).await;
        change(world, Method::PATCH, &article, "", json!({"body": "one\n2\nthree"})).await;
        let diff = world.as_(&world.ada).get(&at(&article, "/diff?from=1&to=2")).expect(200).await;
        let lines: Vec<String> = diff["lines"].as_array().unwrap().iter()
            .map(|line| format!("{} {}", text(&line["change"]), text(&line["text"]))).collect();
        assert_eq!(lines, ["same one", "removed two", "added 2", "same three"]);
        change(world, Method::POST, &article, "/rollback", json!({"number": 1})).await;
        let newest = world.as_(&world.ada).get(&at(&article, "/translations/en")).expect(200).await;
        assert_eq!((newest["version"]["number"].as_i64(), text(&newest["body"])), (Some(3), "one\ntwo\nthree"));
        assert_eq!(versions(world, &article).await, [3, 2, 1]);
        world.as_(&world.ada).get(&at(&article, "/diff?from=1&to=9")).send().await.problem(404, "not_found");
    }

    async fn a_stale_change_is_refused(world) {
        let article = write(world, titled("A", "b")).await;
        change(world, Method::PATCH, &article, "", json!({"title": "B"})).await;
        let stale = world.as_(&world.ada).patch(&at(&article, ""), json!({"title": "C"})).header("if-match", "\"1\"");
        stale.send().await.problem(412, "stale_version");
        world.as_(&world.ada).patch(&at(&article, ""), json!({"title": "C"})).send().await.problem(428, "if_match_required");
    }

    async fn a_translation_knows_when_its_source_moved_on(world) {
        open_help(world).await;
        let article = publish(world, titled("Prices", "Ten euros.")).await;
        let translated = change(world, Method::PUT, &article, "/translations/de", titled("Preise", "Zehn Euro.")).await;
        let state = |article: &Value| article["translations"].as_array().unwrap().iter()
            .find(|one| one["locale"] == "de").unwrap()["source_changed"].clone();
        assert_eq!(state(&translated), false);
        assert_eq!(page(world, "/help/de/articles/preise").await.status, 404, "not published yet");
        set_status(world, &article, "published").await;
        assert!(html(world, "/help/de/articles/preise").await.contains("Zehn Euro."));
        let english = html(world, "/help/en/articles/prices").await;
        assert!(english.contains("hreflang=\"de\" href=\"http://127.0.0.1:8080/help/de/articles/preise\"")
            || english.contains("hreflang=\"de\" href=\"https://help.acme.test/help/de/articles/preise\""), "{english}");
        let changed = change(world, Method::PATCH, &article, "", json!({"body": "Twelve euros."})).await;
        assert_eq!(state(&changed), true);
        let again = change(world, Method::PUT, &article, "/translations/de", titled("Preise", "Zwölf Euro.")).await;
        assert_eq!(state(&again), false);
        change(world, Method::DELETE, &article, "/translations/de", Value::Null).await;
        assert_eq!(page(world, "/help/de/articles/preise").await.status, 404);
        let call = world.as_(&world.ada).put(&at(&article, "/translations/en"), titled("P", "b"));
        let version = read(world, &article).await["version"].to_string();
        call.header("if-match", format!("\"{version}\"")).send().await.problem(409, "source_text");
        let wrong = world.as_(&world.ada).put(&at(&article, "/translations/klingon"), titled("P", "b"));
        wrong.header("if-match", format!("\"{version}\"")).send().await.problem(422, "invalid_query");
    }

    async fn a_renamed_article_is_found_at_its_old_address(world) {
        open_help(world).await;
        let article = publish(world, titled("Old name", "b")).await;
        change(world, Method::PATCH, &article, "", json!({"slug": "New name!"})).await;
        let moved = page(world, "/help/en/articles/old-name").await;
        assert_eq!((moved.status.as_u16(), moved.text_header("location")), (303, "/help/en/articles/new-name"));
        let by_id = page(world, &format!("/help/en/articles/{}", text(&article["id"]))).await;
        assert_eq!(by_id.text_header("location"), "/help/en/articles/new-name");
        // Whoever takes the old address has it.
        let taker = publish(world, titled("Old name", "c")).await;
        assert_eq!(text(&taker["slug"]), "old-name");
        assert_eq!(page(world, "/help/en/articles/old-name").await.status, 200);
        let mut twice = titled("Other", "d");
        twice["slug"] = json!("old-name");
        world.as_(&world.ada).post("/api/v1/articles", twice).send().await.problem(409, "slug_taken");
        assert_eq!(text(&write(world, titled("Old name", "e")).await["slug"]), "old-name-2");
    }

    async fn an_article_is_published_at_its_time(world) {
        open_help(world).await;
        let article = write(world, titled("Soon", "b")).await;
        let late = world.as_(&world.ada).put(&at(&article, "/schedule"), json!({"publish_at": "2020-01-01T00:00:00Z"}));
        late.header("if-match", "\"1\"").send().await.problem(422, "schedule_in_past");
        change(world, Method::PUT, &article, "/schedule", json!({"publish_at": "2026-03-02T10:00:00Z"})).await;
        let other = write(world, titled("Never", "b")).await;
        change(world, Method::PUT, &other, "/schedule", json!({"publish_at": "2026-03-02T10:00:00Z"})).await;
        change(world, Method::DELETE, &other, "/schedule", Value::Null).await;
        world.opened.worker.run_due().await.unwrap();
        assert_eq!(text(&read(world, &article).await["status"]), "draft");
        world.clock.advance_seconds(7 * 86_400);
        world.opened.worker.run_due().await.unwrap();
        assert_eq!(text(&read(world, &article).await["status"]), "published");
        assert_eq!(text(&read(world, &other).await["status"]), "draft");
        assert_eq!(page(world, "/help/en/articles/soon").await.status, 200);
    }

    async fn what_is_written_after_scheduling_does_not_go_live_by_itself(world) {
        open_help(world).await;
        let article = write(world, titled("Soon", "Looked at.")).await;
        let at_ten = json!({"publish_at": "2026-03-02T10:00:00Z"});
        let scheduled = change(world, Method::PUT, &article, "/schedule", at_ten.clone()).await;
        let ben = world.as_(&world.ben);
        let edit = json!({"body": "Nobody looked."});
        ben.patch(&at(&article, ""), edit).header("if-match", format!("\"{}\"", scheduled["version"])).expect(200).await;
        let version = format!("\"{}\"", read(world, &article).await["version"]);
        let wider = ben.patch(&at(&article, ""), json!({"audience": "internal"})).header("if-match", &version);
        wider.send().await.problem(403, "missing_right");
        let back = write(world, titled("Back", "b")).await;
        change(world, Method::PUT, &back, "/schedule", at_ten).await;
        set_status(world, &back, "review").await;
        assert_eq!(read(world, &back).await["scheduled_at"], Value::Null);
        world.clock.advance_seconds(7 * 86_400);
        world.opened.worker.run_due().await.unwrap();
        let shown = html(world, "/help/en/articles/soon").await;
        assert!(shown.contains("Looked at.") && !shown.contains("Nobody looked."), "{shown}");
        let now = read(world, &article).await;
        assert_eq!((text(&now["status"]), now["has_changes"].as_bool(), &now["scheduled_at"]), ("published", Some(true), &Value::Null));
        assert_eq!(text(&read(world, &back).await["status"]), "review");
    }

    async fn who_writes_does_not_publish_without_the_right(world) {
        let ben = world.as_(&world.ben);
        let article = ben.post("/api/v1/articles", titled("By Ben", "b")).expect(201).await;
        assert_eq!(article["owner_id"], json!(world.ben.member));
        let to = |status: &str| ben.put(&at(&article, "/status"), json!({"status": status})).header("if-match", "\"1\"");
        to("published").send().await.problem(403, "missing_right");
        to("review").expect(200).await;
        let viewer = world.hire("vic@acme.test", Role::Viewer, json!({"role": "viewer"})).await;
        world.as_(&viewer).get(&at(&article, "")).expect(200).await;
        world.as_(&viewer).post("/api/v1/articles", titled("No", "b")).send().await.problem(403, "missing_right");
        // Opening a published article wider is publishing.
        let secret = publish(world, json!({"title": "Secret", "body": "b", "audience": "internal"})).await;
        let version = format!("\"{}\"", secret["version"]);
        let wider = ben.patch(&at(&secret, ""), json!({"audience": "both"})).header("if-match", &version);
        wider.send().await.problem(403, "missing_right");
    }

    async fn a_published_article_is_archived_before_it_is_deleted(world) {
        let article = publish(world, titled("Gone", "b")).await;
        let delete = |version: &Value| world.as_(&world.ada).delete(&at(&article, "")).header("if-match", format!("\"{version}\""));
        delete(&article["version"]).send().await.problem(409, "article_published");
        let archived = set_status(world, &article, "archived").await;
        delete(&archived["version"]).expect(204).await;
        world.as_(&world.ada).get(&at(&article, "")).send().await.problem(404, "not_found");
    }

    async fn lists_filter_and_page(world) {
        let category = world.as_(&world.ada).post("/api/v1/categories", json!({"name": "Billing"})).expect(201).await;
        for number in 0..5 {
            let mut new = titled(&format!("A{number}"), "b");
            if number % 2 == 0 {
                new["category_id"] = category["id"].clone();
                new["audience"] = json!("internal");
                new["tags"] = json!(["Money", "money"]);
            }
            let made = write(world, new).await;
            if number < 2 {
                set_status(world, &made, "published").await;
            }
        }
        let titles = async |query: &str| {
            let page = world.as_(&world.ada).get(&format!("/api/v1/articles?{query}")).expect(200).await;
            items(&page).iter().map(|one| text(&one["title"]).to_owned()).collect::<Vec<_>>().concat()
        };
        assert_eq!(titles("").await, "A4A3A2A1A0");
        assert_eq!(titles("status=published").await, "A1A0");
        assert_eq!(titles("audience=internal").await, "A4A2A0");
        assert_eq!(titles(&format!("category={}", text(&category["id"]))).await, "A4A2A0");
        assert_eq!(titles(&format!("owner={}", world.ben.member)).await, "");
        let first = world.as_(&world.ada).get("/api/v1/articles?limit=2").expect(200).await;
        assert_eq!(items(&first)[0]["tags"], json!(["Money"]));
        let rest = format!("limit=10&after={}", text(&first["next"]));
        assert_eq!(titles(&rest).await, "A2A1A0");
        world.as_(&world.ada).get("/api/v1/articles?colour=red").send().await.problem(422, "invalid_query");
    }

    async fn related_articles_and_pictures_are_as_visible_as_their_article(world) {
        open_help(world).await;
        let (one, two) = (publish(world, titled("One", "b")).await, publish(world, titled("Two", "c")).await);
        let hidden = publish(world, json!({"title": "Hidden", "body": "d", "visibility": "internal"})).await;
        let ids = json!({"article_ids": [two["id"], hidden["id"]]});
        change(world, Method::PUT, &one, "/related", ids).await;
        let shown = html(world, "/help/en/articles/one").await;
        assert!(shown.contains("/help/en/articles/two") && !shown.contains("Hidden"));
        let related = world.as_(&world.ada).get(&at(&one, "/related")).expect(200).await;
        assert_eq!(items(&related).len(), 2);
        let own = world.as_(&world.ada).put(&at(&two, "/related"), json!({"article_ids": [two["id"]]}));
        own.header("if-match", format!("\"{}\"", two["version"])).send().await.problem(422, "unknown_related");
        let png = b"\x89PNG\r\n\x1a\n0000".to_vec();
        let kept = world.as_(&world.ada).call(Method::POST, &at(&hidden, "/images")).raw("application/octet-stream", png.clone());
        let kept = kept.expect(201).await;
        let own = at(&hidden, &format!("/images/{}", text(&kept["id"])));
        assert_eq!(world.as_(&world.ada).get(&own).send().await.text_header("content-type"), "image/png");
        assert_eq!(world.as_(&world.gus).get(&own).send().await.status, 404, "another workspace's");
        let shown = json!({"body": text(&kept["markdown"]), "article_id": hidden["id"]});
        let shown = world.as_(&world.ada).post("/api/v1/articles/preview", shown).expect(200).await;
        assert!(text(&shown["html"]).contains(&format!("src=\"{own}\"")), "{shown}");
        assert_eq!(page(world, &format!("/help/images/{}/{}", text(&hidden["id"]), text(&kept["id"]))).await.status, 404);
        let kept = world.as_(&world.ada).call(Method::POST, &at(&one, "/images")).raw("image/png", png).expect(201).await;
        let body = format!("See {}", text(&kept["markdown"]));
        change(world, Method::PATCH, &one, "", json!({"body": body})).await;
        set_status(world, &one, "published").await;
        let address = format!("/help/images/{}/{}", text(&one["id"]), text(&kept["id"]));
        assert!(html(world, "/help/en/articles/one").await.contains(&format!("src=\"{address}\"")));
        assert_eq!(page(world, &address).await.text_header("content-type"), "image/png");
        let script = world.as_(&world.ada).call(Method::POST, &at(&one, "/images")).raw("image/png", "<svg onload=x>");
        script.send().await.problem(415, "not_a_picture");
    }

    async fn old_words_of_a_translation_know_which_source_they_were_made_of(world) {
        let article = write(world, titled("Prices", "Ten euros.")).await;
        let changed = async || {
            let translations = read(world, &article).await["translations"].clone();
            translations.as_array().unwrap().iter().find(|one| one["locale"] == "de").unwrap()["source_changed"].clone()
        };
        change(world, Method::PUT, &article, "/translations/de", titled("Preise", "Zehn Euro.")).await;
        change(world, Method::PATCH, &article, "", json!({"body": "Twelve euros."})).await;
        change(world, Method::PUT, &article, "/translations/de", titled("Preise", "Zwölf Euro.")).await;
        assert_eq!(changed().await, false);
        change(world, Method::POST, &article, "/rollback", json!({"locale": "de", "number": 1})).await;
        assert_eq!(changed().await, true, "they were made of the ten euros");
        change(world, Method::POST, &article, "/rollback", json!({"locale": "de", "number": 2})).await;
        assert_eq!(changed().await, false);
        change(world, Method::POST, &article, "/rollback", json!({"locale": "de", "number": 3})).await;
        assert_eq!(changed().await, true, "going back to what was gone back to is no translation either");
    }

    async fn a_language_goes_with_its_last_article(world) {
        open_help(world).await;
        let lead = async || {
            let asked = world.as_nobody().get("/help").header("host", "help.acme.test").header("accept-language", "de");
            asked.send().await.text_header("location").to_owned()
        };
        let one = publish(world, titled("One", "a")).await;
        assert_eq!(lead().await, "/help/en");
        let two = publish(world, json!({"title": "Zwei", "body": "b", "locale": "de"})).await;
        change(world, Method::PUT, &one, "/translations/de", titled("Eins", "a")).await;
        assert_eq!(lead().await, "/help/de");
        set_status(world, &one, "published").await;
        set_status(world, &two, "archived").await;
        assert_eq!(lead().await, "/help/de", "there is another one");
        change(world, Method::DELETE, &one, "/translations/de", serde_json::Value::Null).await;
        assert_eq!(lead().await, "/help/en");
        set_status(world, &two, "published").await;
        assert_eq!(lead().await, "/help/de", "it comes back as it was");
        set_status(world, &two, "draft").await;
        assert_eq!(lead().await, "/help/en");
    }

    async fn a_list_by_language_shows_what_has_words_in_it(world) {
        let one = write(world, titled("One", "a")).await;
        let two = write(world, titled("Two", "b")).await;
        let german = write(world, json!({"title": "Drei", "body": "c", "locale": "de"})).await;
        change(world, Method::PUT, &one, "/translations/de", json!({"title": "Eins", "body": "a"})).await;
        // What is no word of that language leaves the order alone.
        change(world, Method::PATCH, &german, "", json!({"tags": ["x"]})).await;
        let list = async |query: &str| world.as_(&world.ada).get(&format!("/api/v1/articles?{query}")).expect(200).await;
        let ids = |page: &serde_json::Value| items(page).iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
        assert_eq!(ids(&list("locale=de").await), [one["id"].clone(), german["id"].clone()]);
        assert_eq!(ids(&list("locale=en").await), [two["id"].clone(), one["id"].clone()]);
        assert_eq!(ids(&list("locale=en&status=published").await), Vec::<serde_json::Value>::new());
        let first = list("locale=de&limit=1").await;
        let rest = list(&format!("locale=de&limit=1&after={}", text(&first["next"]))).await;
        assert_eq!((ids(&first), ids(&rest)), (vec![one["id"].clone()], vec![german["id"].clone()]));
        world.as_(&world.ada).get("/api/v1/articles?locale=xx").send().await.problem(422, "invalid_query");
    }
}
