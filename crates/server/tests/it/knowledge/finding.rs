//! Finding articles: by words and codes, in the reader's language, by synonyms, however strange the question is.

use http::Method;
use serde_json::{Value, json};
use trust::Cx;
use trust::access::Via;

use super::scene::{change, html, open_help, publish, set_status, titled};
use crate::desk::scene::{items, of_lia, open, text};
use crate::harness::{World, both_engines};

/// Brings the index of articles up to now.
pub async fn indexed(world: &World) {
    world.sealed().await;
    world.finder.articles.mark_all_behind().await.unwrap();
    world.finder.articles.catch_up().await.unwrap();
}

async fn ask(world: &World, question: &str, rest: &str) -> Value {
    let query: String = question.bytes().map(|byte| format!("%{byte:02X}")).collect();
    world.as_(&world.ben).get(&format!("/api/v1/search/articles?q={query}{rest}")).expect(200).await
}

async fn found(world: &World, question: &str) -> Vec<String> {
    items(&ask(world, question, "").await).iter().map(|hit| text(&hit["title"]).to_owned()).collect()
}

both_engines! {
    async fn articles_are_found_as_they_are_now(world) {
        let pay = publish(world, titled("Paying by card", "Cards are charged monthly. Error E-4711 means a refused card.")).await;
        publish(world, titled("Opening hours", "We are here from nine to five.")).await;
        indexed(world).await;
        assert_eq!(found(world, "E-4711").await, ["Paying by card"]);
        assert_eq!(found(world, "opening hour").await, ["Opening hours"]);
        change(world, Method::PATCH, &pay, "", json!({"title": "Paying by invoice", "body": "Invoices are sent monthly."})).await;
        indexed(world).await;
        assert_eq!(found(world, "E-4711").await, ["Paying by card"], "what is not live is not found");
        set_status(world, &pay, "published").await;
        indexed(world).await;
        assert_eq!(found(world, "invoice").await, ["Paying by invoice"]);
        assert!(found(world, "E-4711").await.is_empty());
        set_status(world, &pay, "archived").await;
        indexed(world).await;
        assert!(found(world, "invoice").await.is_empty());
    }

    async fn an_answer_says_why_and_shows_where(world) {
        publish(world, titled("Paying by card", "Cards are <b>charged</b> monthly.")).await;
        indexed(world).await;
        let answer = ask(world, "charged monthly", "&explain=true").await;
        let hit = &items(&answer)[0];
        assert!(text(&hit["snippet"]).contains("<mark>") && !text(&hit["snippet"]).contains("<b>"), "{hit}");
        assert_eq!(hit["explain"]["words"]["rank"], 1);
        assert_eq!((answer["by_meaning"].as_bool(), hit["explain"]["meaning"].is_null()), (Some(false), true));
        assert!(answer["reading"]["why"].is_string());
        assert!(ask(world, "charged", "").await["reading"].is_null());
        let index = world.as_(&world.ben).get("/api/v1/article-index").expect(200).await;
        assert_eq!((text(&index["model"]), index["passages"].as_u64().unwrap() > 0), ("absent", true));
    }

    async fn words_that_mean_the_same_find_the_same(world) {
        publish(world, titled("Deleting an account", "Everything is erased.")).await;
        indexed(world).await;
        let before = found(world, "shutter").await;
        assert!(before.is_empty(), "{before:?}");
        let ada = world.as_(&world.ada);
        let made = ada.post("/api/v1/synonyms", json!({"words": ["shutter", "deleting"]})).expect(201).await;
        assert_eq!(found(world, "shutter").await, ["Deleting an account"]);
        let path = format!("/api/v1/synonyms/{}", text(&made["id"]));
        ada.put(&path, json!({"words": ["bolt", "deleting"]})).header("if-match", "\"1\"").expect(200).await;
        assert!(found(world, "shutter").await.is_empty());
        ada.delete(&path).expect(204).await;
        assert!(items(&ada.get("/api/v1/synonyms").expect(200).await).is_empty());
        ada.post("/api/v1/synonyms", json!({"words": ["one"]})).send().await.problem(422, "synonym_limit");
    }

    async fn readers_find_their_own_language_first(world) {
        open_help(world).await;
        let article = publish(world, titled("Prices", "The tariff is ten euros.")).await;
        change(world, Method::PUT, &article, "/translations/de", titled("Preise", "Der Tarif kostet zehn Euro.")).await;
        set_status(world, &article, "published").await;
        indexed(world).await;
        let german = html(world, "/help/de/search?q=Tarif").await;
        assert!(german.contains("/help/de/articles/preise?s=qry_"), "{german}");
        let english = world.as_nobody().get("/help/api/search?q=tariff&locale=en").header("host", "help.acme.test").expect(200).await;
        assert_eq!(text(&items(&english)[0]["path"]), "/help/en/articles/prices");
        let typing = world.as_nobody().get("/help/api/search?q=tari&locale=de").header("host", "help.acme.test").expect(200).await;
        assert_eq!(text(&items(&typing)[0]["path"]), "/help/de/articles/preise");
    }

    async fn strange_questions_get_sane_answers(world) {
        publish(world, titled("Plain", "Words.")).await;
        indexed(world).await;
        for question in [
            "", "   ", "\"", "(", "a AND", "title:plain", "*", "?", ".*", "[a-z]+", "^(a+)+$", "~", "+-!{}[]^\"~*?:\\/", "🦀🦀", "﷽",
            "слово 言葉 words", "\u{202e}sdrow", "'; DROP TABLE article; --", "\0", "{{7*7}}", "%00%ff",
        ] {
            let answer = ask(world, question, "&limit=5").await;
            assert!(answer["items"].is_array(), "{question}");
        }
        let long = ask(world, &"words ".repeat(1_700), "").await;
        assert_eq!(items(&long).len(), 1);
        world.as_(&world.ben).get("/api/v1/search/articles?q=a&limit=101").send().await.problem(422, "invalid_query");
        world.as_(&world.ben).get("/api/v1/search/articles?q=a&audience=martians").send().await.problem(422, "invalid_query");
    }

    async fn an_index_is_built_again_from_rows(world) {
        for number in 0..7 {
            publish(world, titled(&format!("Heron {number}"), "A grey bird.")).await;
        }
        let (library, indexer) = {
            let mut place = world.place.clone();
            place.data = world.place.data.join("elsewhere");
            server::finder::library(&place, &world.opened, server::finder::ARTICLES).unwrap()
        };
        indexer.mark_all_behind().await.unwrap();
        let (mut building, mut seen) = (Box::pin(indexer.catch_up()), None);
        loop {
            tokio::select! {
                built = &mut building => break built.unwrap(),
                () = tokio::task::yield_now() => seen = seen.or(library.rebuilds().of(world.acme)),
            }
        }
        assert!(library.index().passage_count() >= 7);
        assert_eq!(seen, Some(knowledge::Rebuild { done: 0, total: 7 }), "it says how much there is to do");
        assert_eq!(library.rebuilds().of(world.acme), None, "and that it is through");
    }

    async fn a_search_stays_in_a_category_and_in_a_language(world) {
        open_help(world).await;
        let ada = world.as_(&world.ada);
        let birds = ada.post("/api/v1/categories", json!({"name": "Birds"})).expect(201).await;
        let waders = json!({"name": "Waders", "parent_id": birds["id"]});
        let waders = ada.post("/api/v1/categories", waders).expect(201).await;
        let of = |title: &str, category: &Value| json!({"title": title, "body": "It has feathers.", "category_id": category["id"]});
        publish(world, of("Eagle", &birds)).await;
        let heron = publish(world, of("Heron", &waders)).await;
        publish(world, titled("Pillow", "It has feathers.")).await;
        change(world, Method::PUT, &heron, "/translations/de", titled("Reiher", "Er hat feathers.")).await;
        set_status(world, &heron, "published").await;
        indexed(world).await;
        let found = async |rest: &str| {
            let mut titles: Vec<String> =
                items(&ask(world, "feathers", rest).await).iter().map(|hit| text(&hit["title"]).to_owned()).collect();
            titles.sort();
            titles
        };
        assert_eq!(found("&reader_locale=en").await, ["Eagle", "Heron", "Pillow"]);
        let in_birds = format!("&reader_locale=en&category={}", text(&birds["id"]));
        assert_eq!(found(&in_birds).await, ["Eagle", "Heron"], "and what is below it");
        assert_eq!(found("&locale=de").await, ["Reiher"]);
        assert_eq!(found(&format!("&locale=en&category={}", text(&waders["id"]))).await, ["Heron"]);
        assert_eq!(found("&reader_locale=de").await, ["Eagle", "Pillow", "Reiher"], "a reader's language hides nothing");
        assert_eq!(found("&reader_locale=de-AT").await, ["Eagle", "Pillow", "Reiher"], "who reads it in Austria reads it");
        let here = |rest: &str| {
            let path = format!("/help/api/search?q=feathers{rest}");
            world.as_nobody().get(&path).header("host", "help.acme.test")
        };
        assert_eq!(items(&here(&format!("&category={}", text(&birds["id"]))).expect(200).await).len(), 2);
        let ben = world.as_(&world.ben);
        let refused = |rest: &str| ben.get(&format!("/api/v1/search/articles?q=feathers{rest}")).send();
        let nowhere = "cat_0000000000000000000000000a";
        refused(&format!("&category={nowhere}")).await.problem(422, "unknown_article_category");
        refused("&category=birds").await.problem(422, "invalid_query");
        refused("&locale=fr").await.problem(422, "unknown_article_locale");
        refused("&locale=klingon").await.problem(422, "invalid_query");
        here(&format!("&category={nowhere}")).send().await.problem(422, "unknown_article_category");
    }

    async fn what_could_not_be_written_down_is_indexed_later(world) {
        publish(world, titled("Heron", "A grey bird.")).await;
        indexed(world).await;
        publish(world, titled("Stork", "A white bird.")).await;
        world.sealed().await;
        let (folder, away) = (world.place.data.join("articles"), world.place.data.join("articles.away"));
        std::fs::rename(&folder, &away).unwrap();
        world.finder.articles.mark_all_behind().await.unwrap();
        assert!(world.finder.articles.catch_up().await.is_err());
        assert!(world.finder.articles.catch_up().await.is_err(), "it is not forgotten");
        std::fs::rename(&away, &folder).unwrap();
        world.finder.articles.catch_up().await.unwrap();
        assert_eq!(found(world, "white bird").await[0], "Stork");
    }

    async fn what_asks_nothing_of_the_index_is_no_commit(world) {
        publish(world, titled("Heron", "A grey bird.")).await;
        indexed(world).await;
        let before = world.finder.library.index().cursor();
        open(world, of_lia("Where are the birds?")).await;
        indexed(world).await;
        assert_eq!(world.finder.library.index().cursor(), before);
        publish(world, titled("Stork", "A white bird.")).await;
        indexed(world).await;
        assert_ne!(world.finder.library.index().cursor(), before, "the next commit takes the place along");
        assert_eq!(found(world, "white bird").await[0], "Stork");
    }

    async fn synonyms_that_another_node_changed_are_known_soon(world) {
        publish(world, titled("Deleting an account", "Everything is erased.")).await;
        indexed(world).await;
        assert!(found(world, "shutter").await.is_empty());
        // The other node's process is not this one, so nobody forgets what is compiled here.
        let acme = world.acme;
        let written = world.house().db.write(acme.uuid(), move |tx| {
            tx.exec(
                "INSERT INTO synonym (workspace_id, id, words, created_at, version) VALUES ($1, $1, $2, 0, 1)",
                &[&acme, &r#"["shutter", "deleting"]"#],
            )
        });
        written.await.unwrap();
        world.clock.advance_seconds(9);
        assert!(found(world, "shutter").await.is_empty(), "for a moment the old ones are trusted");
        world.clock.advance_seconds(2);
        assert_eq!(found(world, "shutter").await, ["Deleting an account"]);
    }

    async fn vectors_of_words_that_are_gone_are_forgotten(world) {
        let article = publish(world, titled("Paying by card", "Cards are charged monthly.")).await;
        let cx = Cx::of_house(world.house(), world.acme, Via::Job);
        let texts = search::texts_to_embed("Paying by card", "Cards are charged monthly.");
        let used: Vec<[u8; 32]> = texts.iter().map(|text| ml::key(text)).collect();
        let all: Vec<[u8; 32]> = used.iter().copied().chain([[7; 32], [255; 32]]).collect();
        cx.write(move |tx, cx| {
            for key in &all {
                let sql = "INSERT INTO embedding (workspace_id, text_key, vector) VALUES ($1, $2, $3)";
                tx.exec(sql, &[&cx.workspace(), key, &vec![1_u8]])?;
            }
            Ok(())
        }).await.unwrap();
        let left = async || {
            let sql = "SELECT text_key FROM embedding WHERE workspace_id = $1 ORDER BY text_key";
            cx.read(move |tx, cx| tx.all(sql, &[&cx.workspace()], |row| row.get::<[u8; 32]>(0))).await.unwrap()
        };
        knowledge::finding::forget_unused(&cx).await.unwrap();
        let mut expected = used.clone();
        expected.sort_unstable();
        assert_eq!(left().await, expected);
        set_status(world, &article, "archived").await;
        knowledge::finding::forget_unused(&cx).await.unwrap();
        assert!(left().await.is_empty(), "what nobody can find needs no vectors");
    }
}
