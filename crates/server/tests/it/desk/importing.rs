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
}
