//! The loop: votes with reasons, the one review they open, and the new version that starts again.

use http::Method;
use knowledge::articles::{Live, Sight};
use knowledge::feedback::NewVote;
use serde_json::{Value, json};
use trust::Cx;
use trust::access::Via;

use super::scene::{at, change, html, open_help, publish, read, set_status, titled};
use crate::desk::scene::{items, text, widget_key};
use crate::harness::{World, both_engines};

/// Votes from a place of the browser's own.
async fn vote(world: &World, browser: &str, form: &str) -> String {
    let place = browser.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    vote_from(world, &std::net::Ipv4Addr::from(place).to_string(), browser, form).await
}

async fn vote_from(world: &World, address: &str, browser: &str, form: &str) -> String {
    let call = world.as_nobody().call(Method::POST, "/help/en/articles/prices/votes").header("host", "help.acme.test");
    let voted = call
        .header("user-agent", browser)
        .header("x-forwarded-for", address)
        .raw("application/x-www-form-urlencoded", form.to_owned())
        .send()
        .await;
    assert_eq!(voted.status.as_u16(), 303, "{voted:?}");
    voted.text_header("location").to_owned()
}

async fn reviews(world: &World) -> Vec<Value> {
    items(&world.as_(&world.ada).get("/api/v1/article-reviews").expect(200).await).clone()
}

both_engines! {
    async fn more_than_ten_votes_and_less_than_half_open_one_review(world) {
        open_help(world).await;
        let article = publish(world, titled("Prices", "Ten euros.")).await;
        for number in 0..5 {
            vote(world, &format!("happy {number}"), "helpful=yes").await;
        }
        for number in 0..5 {
            vote(world, &format!("sad {number}"), "helpful=no").await;
        }
        assert!(reviews(world).await.is_empty(), "ten votes are not more than ten");
        assert!(vote(world, "sad 5", "helpful=no").await.ends_with("?voted=no#votes"));
        let open = reviews(world).await;
        assert_eq!((open.len(), open[0]["helpful"].as_i64(), open[0]["unhelpful"].as_i64()), (1, Some(5), Some(6)));
        assert_eq!(open[0]["owner_id"], json!(world.ada.member));
        assert!(open[0]["low"].as_f64().unwrap() < 5.0 / 11.0 && open[0]["high"].as_f64().unwrap() > 5.0 / 11.0);
        // A reason is a second thought of the same reader, not a second vote.
        vote(world, "sad 5", "helpful=no&reason=outdated&comment=It+costs%0Atwelve.").await;
        for number in 6..9 {
            vote(world, &format!("sad {number}"), "helpful=no").await;
        }
        let open = reviews(world).await;
        assert_eq!((open.len(), open[0]["unhelpful"].as_i64()), (1, Some(9)));
        let votes = world.as_(&world.ada).get(&at(&article, "/votes")).expect(200).await;
        let reasoned: Vec<&Value> = items(&votes).iter().filter(|vote| vote["reason"] == "outdated").collect();
        assert_eq!((items(&votes).len(), reasoned.len(), text(&reasoned[0]["comment"])), (14, 1, "It costs twelve."));
        // A new version starts again.
        change(world, Method::PATCH, &article, "", json!({"body": "Twelve euros."})).await;
        let published = set_status(world, &article, "published").await;
        assert_eq!(published["votes"]["unhelpful"], 0);
        assert!(reviews(world).await.is_empty());
        vote(world, "sad 1", "helpful=no").await;
        assert!(reviews(world).await.is_empty());
    }

    async fn whoever_confirms_an_article_is_not_asked_again_about_the_same_words(world) {
        open_help(world).await;
        let article = publish(world, titled("Prices", "Ten euros.")).await;
        for number in 0..11 {
            vote(world, &format!("sad {number}"), "helpful=no").await;
        }
        assert_eq!(reviews(world).await.len(), 1);
        let confirmed = change(world, Method::PUT, &article, "/review", json!({"review_by": "2026-06-01T00:00:00Z"})).await;
        assert!(confirmed["reviewed_at"].is_string());
        vote(world, "sad 11", "helpful=no").await;
        assert!(reviews(world).await.is_empty());
        // The date comes, and asks once.
        for _ in 0..2 {
            world.clock.advance_seconds(200 * 86_400);
            world.opened.worker.run_due().await.unwrap();
        }
        let open = reviews(world).await;
        assert_eq!((open.len(), text(&open[0]["reason"])), (1, "stale"));
        // Whoever says nothing of the date keeps the rhythm; null ends it.
        let kept = change(world, Method::PUT, &article, "/review", json!({})).await;
        assert!(reviews(world).await.is_empty());
        assert!(text(&kept["review_by"]) > text(&kept["reviewed_at"]), "{kept}");
        world.clock.advance_seconds(200 * 86_400);
        world.opened.worker.run_due().await.unwrap();
        assert_eq!(reviews(world).await.len(), 1);
        let ended = change(world, Method::PUT, &article, "/review", json!({"review_by": null})).await;
        assert!(ended["review_by"].is_null());
    }

    async fn only_new_words_or_a_person_end_what_votes_ask_for(world) {
        open_help(world).await;
        let article = publish(world, titled("Prices", "Ten euros.")).await;
        for number in 0..11 {
            vote(world, &format!("sad {number}"), "helpful=no").await;
        }
        change(world, Method::PUT, &article, "/translations/de", titled("Preise", "Zehn Euro.")).await;
        set_status(world, &article, "published").await;
        assert_eq!(reviews(world).await.len(), 1, "the words that were voted on are still live");
        set_status(world, &article, "archived").await;
        assert!(reviews(world).await.is_empty());
        set_status(world, &article, "published").await;
        vote(world, "sad 11", "helpful=no").await;
        assert_eq!(reviews(world).await.len(), 1, "nobody said that they are right");
    }

    async fn one_address_casts_only_so_many_votes_on_an_article_on_a_day(world) {
        open_help(world).await;
        let article = publish(world, titled("Prices", "Ten euros.")).await;
        let id = text(&article["id"]).parse().unwrap();
        let cx = Cx::of_house(world.house(), world.acme, Via::Command);
        let cast = async |voter: u8, origin: Option<u8>, is_helpful: bool| {
            let new = NewVote {
                is_helpful, reason: None, comment: None, voter: [voter; 32], origin: origin.map(|one| [one; 32]), customer: None,
            };
            let voted = cx.write(move |tx, cx| {
                let live = Live::find(tx, cx, Sight::Public, id, None)?.unwrap();
                knowledge::feedback::vote(tx, cx, Sight::Public, &live, &new)
            });
            voted.await.map_err(|error| error.name())
        };
        for voter in 0..5 {
            cast(voter, Some(1), false).await.unwrap();
        }
        assert_eq!(cast(5, Some(1), false).await, Err("too_many_votes"));
        assert_eq!(cast(4, Some(1), true).await.unwrap().unhelpful, 4, "who voted may still change their mind");
        cast(5, Some(2), false).await.unwrap();
        cast(6, None, false).await.unwrap();
        let votes = read(world, &article).await["votes"].clone();
        assert_eq!((votes["helpful"].as_i64(), votes["unhelpful"].as_i64()), (Some(1), Some(6)));
        assert!(reviews(world).await.is_empty());
        for number in 0..7 {
            let said = vote_from(world, "198.51.100.7", &format!("bot {number}"), "helpful=yes").await;
            assert!(said.ends_with(if number < 5 { "?voted=yes#votes" } else { "?voted=later#votes" }), "{number}: {said}");
        }
        world.clock.advance_seconds(86_400);
        assert!(vote_from(world, "198.51.100.7", "bot 7", "helpful=yes").await.ends_with("?voted=yes#votes"));
        assert!(html(world, "/help/en/articles/prices?voted=later").await.contains("often enough today"));
    }

    async fn a_review_goes_to_whoever_answers_for_the_article(world) {
        open_help(world).await;
        let article = publish(world, titled("Prices", "Ten euros.")).await;
        for number in 0..11 {
            vote(world, &format!("sad {number}"), "helpful=no").await;
        }
        assert_eq!(reviews(world).await[0]["owner_id"], json!(world.ada.member));
        change(world, Method::PATCH, &article, "", json!({"owner_id": world.ben.member})).await;
        assert_eq!(reviews(world).await[0]["owner_id"], json!(world.ben.member));
        change(world, Method::PATCH, &article, "", json!({"owner_id": null})).await;
        assert!(reviews(world).await[0]["owner_id"].is_null());
    }

    async fn votes_beside_a_publication_count_for_the_words_that_are_live(world) {
        open_help(world).await;
        let article = publish(world, titled("Prices", "Ten euros.")).await;
        change(world, Method::PATCH, &article, "", json!({"body": "Twelve euros."})).await;
        let all = async |who: &str| {
            for number in 0..8 {
                vote(world, &format!("{who} {number}"), "helpful=no").await;
            }
        };
        let ((), (), _) = tokio::join!(all("sad"), all("cross"), set_status(world, &article, "published"));
        let cx = Cx::of_house(world.house(), world.acme, Via::Command);
        let counted = cx.read(|tx, cx| {
            let sql = "SELECT v.number, v.unhelpful, (SELECT COUNT(*) FROM article_vote o WHERE o.workspace_id = $1 \
                       AND o.article_id = v.article_id AND o.number = v.number) FROM article_version v \
                       WHERE v.workspace_id = $1 ORDER BY v.number";
            tx.all(sql, &[&cx.workspace()], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?)))
        });
        let counted = counted.await.unwrap();
        assert!(counted.iter().all(|(_, told, kept)| told == kept), "{counted:?}");
        assert_eq!(counted.iter().map(|(_, told, _)| told).sum::<i64>(), 16);
        let open = reviews(world).await;
        assert!(open.iter().all(|review| review["number"] == 2), "a review speaks of what is live: {open:?}");
    }

    async fn a_reader_at_the_widget_votes_once(world) {
        let article = publish(world, titled("Prices", "Ten euros.")).await;
        let key = widget_key(world).await;
        let visitor = crate::desk::scene::Visitor::new(world, &key).await;
        let path = format!("/api/v1/help/articles/{}", text(&article["id"]));
        let shown = visitor.get(&path).expect(200).await;
        assert_eq!(text(&shown["article"]["title"]), "Prices");
        for helpful in [true, false] {
            visitor.post(&format!("{path}/votes"), json!({"helpful": helpful, "reason": "unclear"})).expect(204).await;
        }
        let votes = read(world, &article).await["votes"].clone();
        assert_eq!((votes["helpful"].as_i64(), votes["unhelpful"].as_i64()), (Some(0), Some(1)));
    }

    async fn the_page_thanks_and_asks_why(world) {
        open_help(world).await;
        publish(world, titled("Prices", "Ten euros.")).await;
        assert!(html(world, "/help/en/articles/prices").await.contains("Did this article help?"));
        assert!(html(world, "/help/en/articles/prices?voted=no").await.contains("value=\"outdated\""));
        assert!(html(world, "/help/en/articles/prices?voted=yes").await.contains("Thank you"));
    }

    async fn reading_counts_views(world) {
        open_help(world).await;
        let article = publish(world, titled("Prices", "Ten euros.")).await;
        for _ in 0..3 {
            html(world, "/help/en/articles/prices").await;
        }
        world.finder.library.views().flush(world.house()).await.unwrap();
        assert_eq!(read(world, &article).await["views"], 3);
        assert!(html(world, "/help/en").await.contains("Most read"));
    }
}
