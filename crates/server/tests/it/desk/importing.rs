//! Importing: a line becomes a ticket once, whichever file it comes in.

use desk::tickets::{Imported, NumberedLine, import_lines};
use serde_json::json;
use trust::Cx;
use trust::access::Via;

use crate::harness::{World, both_engines};

/// Imports a file with a line for each subject.
async fn imported(world: &World, subjects: &[&str]) -> Imported {
    let cx = Cx::of_house(world.house(), world.acme, Via::Command);
    let mut lines: Vec<NumberedLine> = Vec::new();
    for (number, subject) in (1..).zip(subjects) {
        let requester = json!({"email": "cleo@example.com"});
        let text = json!({"subject": subject, "body": "a", "requester": requester}).to_string();
        let before = lines.iter().filter(|line| line.text == text).count();
        lines.push(NumberedLine { number, nth: before as i64 + 1, text });
    }
    tokio::task::spawn_blocking(move || import_lines(&cx, &lines, false).unwrap()).await.unwrap()
}

/// Imports these lines, or says what would become of them.
async fn lines(world: &World, lines: &[serde_json::Value], is_dry: bool) -> Imported {
    let cx = Cx::of_house(world.house(), world.acme, Via::Command);
    let numbered = (1..).zip(lines).map(|(number, line)| NumberedLine { number, nth: 1, text: line.to_string() });
    let lines: Vec<NumberedLine> = numbered.collect();
    tokio::task::spawn_blocking(move || import_lines(&cx, &lines, is_dry).unwrap()).await.unwrap()
}

fn refused(done: &Imported) -> Vec<i64> {
    done.refused.iter().map(|(number, _)| *number).collect()
}

fn sums(done: &Imported) -> (i64, i64, usize) {
    (done.written, done.known, done.refused.len())
}

both_engines! {
    async fn a_later_export_brings_what_is_new_wherever_it_stands(world) {
        assert_eq!(sums(&imported(world, &["One", "Two", "Three"]).await), (3, 0, 0));
        assert_eq!(sums(&imported(world, &["One", "Two", "Three"]).await), (0, 3, 0));
        // One ticket is gone from the next export and another is new, so that the lines have moved.
        assert_eq!(sums(&imported(world, &["One", "Three", "Four", "Five"]).await), (2, 2, 0));
        let tickets = world.as_(&world.ada).get("/api/v1/tickets").expect(200).await;
        assert_eq!(tickets["items"].as_array().unwrap().len(), 5);
    }

    async fn what_is_there_twice_is_imported_twice(world) {
        assert_eq!(sums(&imported(world, &["One", "One"]).await), (2, 0, 0));
        assert_eq!(sums(&imported(world, &["One", "One", "One"]).await), (1, 2, 0));
    }

    async fn a_dry_run_refuses_what_a_real_one_would_and_writes_nothing(world) {
        let line = |more: serde_json::Value| {
            let mut line = json!({"subject": "Hello", "body": "a", "requester": {"email": "cleo@example.com"}});
            line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            line
        };
        let first = line(json!({"external_id": "T-1", "subject": "First"}));
        assert_eq!(sums(&lines(world, std::slice::from_ref(&first), false).await), (1, 0, 0));
        let file = [
            first,
            line(json!({"category": "No such category"})),
            line(json!({"assignee_email": "nobody@acme.test"})),
            line(json!({"fields": {"no_such_field": 1}})),
            line(json!({"status": "on fire"})),
            line(json!({"created_at": "yesterday"})),
            line(json!({"external_id": "T-1"})),
            line(json!({"external_id": "T-2", "status": "resolved"})),
            line(json!({"external_id": "T-2", "subject": "Again"})),
            line(json!({"requester": {}})),
            line(json!({"subject": "Fine", "requester": {"email": "new@example.com"}})),
        ];
        let before = world.as_(&world.ada).get("/api/v1/customers").expect(200).await;
        let dry = lines(world, &file, true).await;
        let wrong = [5, 6, 2, 3, 4, 7, 9, 10];
        assert_eq!((sums(&dry), refused(&dry)), ((2, 1, 8), wrong.to_vec()), "{dry:?}");
        assert_eq!(world.as_(&world.ada).get("/api/v1/customers").expect(200).await, before);
        let tickets = world.as_(&world.ada).get("/api/v1/tickets").expect(200).await;
        assert_eq!(tickets["items"].as_array().unwrap().len(), 1);
        let real = lines(world, &file, false).await;
        assert_eq!((sums(&real), refused(&real)), (sums(&dry), refused(&dry)), "{real:?}");
    }

    async fn messages_of_one_second_stay_in_the_order_of_the_file(world) {
        let bodies: Vec<String> = (1..=8).map(|number| format!("Word {number}")).collect();
        let at = "2026-01-05T08:00:00Z";
        let messages: Vec<_> = bodies.iter().map(|body| json!({"author": "customer", "body": body, "created_at": at})).collect();
        let requester = json!({"email": "cleo@example.com"});
        let line = json!({"subject": "Hello", "body": "First", "requester": requester, "created_at": at, "brand": "Nordwind", "messages": messages});
        assert_eq!(sums(&lines(world, &[line], false).await), (1, 0, 0));
        let ada = world.as_(&world.ada);
        let ticket = ada.get("/api/v1/tickets").expect(200).await["items"][0].clone();
        assert_eq!(ticket["brand"], "Nordwind");
        let read = ada.get(&format!("/api/v1/tickets/{}/messages", ticket["id"].as_str().unwrap())).expect(200).await;
        let read: Vec<&str> = read["items"].as_array().unwrap().iter().map(|one| one["body"].as_str().unwrap()).collect();
        let said: Vec<String> = std::iter::once("First".to_owned()).chain(bodies).collect();
        assert_eq!(read, said);
    }
}
