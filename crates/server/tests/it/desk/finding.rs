//! Finding: by words, codes and numbers, within the reach, however old the index is, whatever is typed.

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};
use trust::access::Role;

use super::scene::{at, change, items, of_lia, open, team, text};
use crate::harness::{Person, World, both_engines};

/// Brings the index up to now.
async fn indexed(world: &World) {
    world.sealed().await;
    world.finder.indexer.mark_all_behind().await.unwrap();
    world.finder.indexer.catch_up().await.unwrap();
}

async fn found(world: &World, who: &Person, words: &str) -> Vec<String> {
    let query: String = words.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let page = world.as_(who).get(&format!("/api/v1/search/tickets?q={query}")).expect(200).await;
    items(&page).iter().map(|hit| text(&hit["ticket"]["subject"]).to_owned()).collect()
}

async fn say(world: &World, ticket: &Value, kind: &str, body: &str) {
    world.as_(&world.ben).post(&at(ticket, "/messages"), json!({"kind": kind, "body": body})).expect(201).await;
}

both_engines! {
    async fn subjects_messages_notes_and_codes_are_found(world) {
        let pay = open(world, of_lia("Cannot pay by card")).await;
        let mut new = of_lia("Printer");
        new["body"] = json!("It says ERR_PAPER_4012 and 0x80070057 since Tuesday.");
        open(world, new).await;
        say(world, &pay, "reply", "Please update your zeppelin firmware.").await;
        say(world, &pay, "note", "Escalate to the wizards.").await;
        indexed(world).await;
        for (words, subject) in [
            ("card", "Cannot pay by card"),
            ("CARDS", "Cannot pay by card"),
            ("zeppelin", "Cannot pay by card"),
            ("wizards", "Cannot pay by card"),
            ("ERR_PAPER_4012", "Printer"),
            ("err_paper_4012", "Printer"),
            ("0x80070057", "Printer"),
            ("\"since Tuesday\"", "Printer"),
            // Words of the subject and of the first message together.
            ("printer tuesday", "Printer"),
        ] {
            assert_eq!(found(world, &world.ben, words).await, [subject], "{words}");
        }
        let by_number = format!("#{}", pay["number"]);
        assert!(found(world, &world.ben, &by_number).await.contains(&"Cannot pay by card".to_owned()));
        assert_eq!(found(world, &world.ben, "submarine").await, [""; 0]);
        assert_eq!(found(world, &world.gus, "card").await, [""; 0]);
        let hit = world.as_(&world.ben).get("/api/v1/search/tickets?q=zeppelin").expect(200).await;
        assert!(text(&hit["items"][0]["snippet"]).contains("<mark>zeppelin</mark>"), "{hit}");
    }

    async fn a_new_subject_is_found_and_the_old_one_is_not(world) {
        let ticket = open(world, of_lia("Zeppelin")).await;
        indexed(world).await;
        change(world, Method::PATCH, &ticket, "", json!({"subject": "Submarine"})).await;
        indexed(world).await;
        assert_eq!(found(world, &world.ben, "submarine").await, ["Submarine"]);
        assert_eq!(found(world, &world.ben, "zeppelin").await, [""; 0]);
    }

    async fn an_old_index_shows_nobody_what_they_may_not_see(world) {
        let (billing, sales) = (team(world, "Billing").await, team(world, "Sales").await);
        let tara = world.hire("tara@acme.test", Role::Agent, json!({"teams": [billing], "ticket_scope": "teams"})).await;
        let mut tickets = Vec::new();
        for number in 0..4 {
            let mut new = of_lia(&format!("Zeppelin {number}"));
            new["team_id"] = billing.clone();
            tickets.push(open(world, new).await);
        }
        indexed(world).await;
        assert_eq!(found(world, &tara, "zeppelin").await.len(), 4);
        change(world, Method::PATCH, &tickets[0], "", json!({"team_id": sales})).await;
        change(world, Method::PATCH, &tickets[1], "", json!({"restricted": true})).await;
        change(world, Method::DELETE, &tickets[2], "", Value::Null).await;
        // The index is as it was; the reader's reach is as it is now.
        assert_eq!(found(world, &tara, "zeppelin").await, ["Zeppelin 3"]);
        let path = format!("/api/v1/members/{}", tara.member);
        world.as_(&world.ada).patch(&path, json!({"teams": [sales]})).header("if-match", "\"2\"").expect(200).await;
        assert_eq!(found(world, &tara, "zeppelin").await, ["Zeppelin 0"]);
        indexed(world).await;
        assert_eq!(found(world, &tara, "zeppelin").await, ["Zeppelin 0"]);
        assert_eq!(found(world, &world.ada, "zeppelin").await.len(), 3);
        world.as_(&world.ada).call(Method::POST, &at(&tickets[2], "/restoration")).expect(200).await;
        indexed(world).await;
        assert_eq!(found(world, &world.ada, "zeppelin").await.len(), 4);
    }

    async fn what_is_ones_own_is_found_behind_hundreds_that_are_not(world) {
        let (billing, sales) = (team(world, "Billing").await, team(world, "Sales").await);
        let tara = world.hire("tara@acme.test", Role::Agent, json!({"teams": [billing], "ticket_scope": "teams"})).await;
        let mut others = of_lia("Zeppelin, zeppelin");
        others["team_id"] = sales;
        let many: Vec<usize> = (0..410).collect();
        for some in many.chunks(41) {
            join_all(some.iter().map(|_| open(world, others.clone()))).await;
        }
        let mut own = of_lia("Ours");
        (own["team_id"], own["body"]) = (billing.clone(), json!(format!("{} zeppelin", "A long story. ".repeat(200))));
        open(world, own).await;
        indexed(world).await;
        assert_eq!(found(world, &tara, "zeppelin").await, ["Ours"]);
        let page = world.as_(&tara).get("/api/v1/search/tickets?q=zeppelin").expect(200).await;
        assert_eq!(page["is_cut"], false, "all of it was looked at");
    }

    async fn no_question_is_an_error(world) {
        open(world, of_lia("Cannot pay")).await;
        indexed(world).await;
        let long = "a".repeat(5_000);
        let nested = "(".repeat(2_000);
        for words in [
            " ", "\"", "\"unclosed", "\"\"", "*", "?", "AND", "OR NOT", "subject:x", "a:b:c", "((((", nested.as_str(), "\\", "+-", "~2", "^9",
            "[a TO b]", "{", "/.*/", "🦀🦀", "日本語", "\u{202e}abc", "%", "'; DROP TABLE ticket; --", "a\u{0}b", long.as_str(), "-pay", "pay~", "İ", "ﬁ",
        ] {
            found(world, &world.ben, words).await;
        }
        let ben = world.as_(&world.ben);
        ben.get("/api/v1/search/tickets").send().await.problem(422, "invalid_query");
        ben.get("/api/v1/search/tickets?q=a&limit=0").send().await.problem(422, "invalid_query");
        let broken = ben.get("/api/v1/search/tickets?q=%FF%FE").send().await;
        assert!(broken.status.as_u16() < 500, "{broken:?}");
        assert_eq!(found(world, &world.ben, "pay").await, ["Cannot pay"]);
    }
}
