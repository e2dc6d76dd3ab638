//! Shifts: outside their hours, or those of their calendar, nobody is given anything.

use serde_json::{Value, json};

use super::routing::{moments_pass, staffed, verdicts, why};
use super::scene::{items, of_lia, open, read, text};
use crate::harness::both_engines;

both_engines! {
    async fn outside_their_shift_nobody_is_given_anything_until_it_begins(world) {
        // A Monday, 09:00 in UTC.
        let (_, staff) = staffed(world, "round_robin", 1).await;
        let path = format!("/api/v1/members/{}/shifts", staff[0].member);
        let week = json!({"zone": "UTC", "hours": [{"day": "monday", "from": "12:00", "to": "20:00"}]});
        let set = world.as_(&world.ada).put(&path, week).expect(200).await;
        assert_eq!(set["shifts"]["is_on"], false);
        let ticket = open(world, of_lia("Early")).await;
        assert_eq!(verdicts(&why(world, &ticket).await["decision"]).into_values().collect::<Vec<_>>(), ["off_shift"]);
        moments_pass(world, 10).await;
        for _ in 0..190 {
            moments_pass(world, 60).await;
            if read(world, &ticket).await["assignee_id"].is_string() { break }
        }
        assert_eq!(read(world, &ticket).await["assignee_id"], json!(staff[0].member));
        world.as_(&world.ada).delete(&path).expect(204).await;
    }

    async fn a_shift_may_be_the_hours_of_a_calendar_with_its_holidays(world) {
        let (_, staff) = staffed(world, "round_robin", 1).await;
        let ada = world.as_(&world.ada);
        let start = world.house().env.now();
        let (tomorrow, after) = (start.plus_days(1).to_string(), start.plus_days(2).to_string());
        let (tomorrow, after) = (tomorrow[..10].to_owned(), after[..10].to_owned());
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let week: Vec<Value> = days.map(|day| json!({"day": day, "from": "09:00", "to": "17:00"})).to_vec();
        let hours = json!({"zone": "UTC", "week": week, "holidays": [{"date": tomorrow}]});
        let calendar = ada.post("/api/v1/calendars", json!({"name": "Office", "definition": hours})).expect(201).await;
        let path = format!("/api/v1/members/{}/shifts", staff[0].member);
        let of = json!({"calendar_id": calendar["id"]});
        let set = ada.put(&path, of.clone()).expect(200).await;
        assert_eq!((&set["shifts"]["calendar_id"], &set["shifts"]["hours"]), (&calendar["id"], &json!([])));
        // It is Monday, 09:00; on Tuesday nobody works.
        moments_pass(world, 25 * 3_600).await;
        let members = ada.get("/api/v1/routing/members").expect(200).await;
        let member = items(&members).iter().find(|one| one["member_id"] == json!(staff[0].member)).unwrap();
        let shifts = member["shifts"].clone();
        assert_eq!((&shifts["is_on"], text(&shifts["next_start"])), (&json!(false), format!("{after}T09:00:00.000000Z").as_str()));
        let ticket = open(world, of_lia("On a holiday")).await;
        assert_eq!(ticket["assignee_id"], Value::Null);
        moments_pass(world, 23 * 3_600 + 60).await;
        assert_eq!(read(world, &ticket).await["assignee_id"], json!(staff[0].member), "given as the calendar opens");
        // One or the other, and a calendar that is there.
        let both = json!({"calendar_id": calendar["id"], "zone": "UTC"});
        ada.put(&path, both).send().await.problem(422, "invalid_field");
        let gone = json!({"calendar_id": "cal_01h00000000000000000000000"});
        assert_eq!(ada.put(&path, gone).send().await.problem(422, "invalid_field")["errors"][0]["pointer"], "/calendar_id");
        ada.put(&path, json!({})).send().await.problem(422, "invalid_field");
        // A new version of the calendar is the new shift.
        let always = json!({"definition": {"zone": "UTC", "always": true}});
        ada.patch(&format!("/api/v1/calendars/{}", text(&calendar["id"])), always).header("if-match", "\"1\"").expect(200).await;
        moments_pass(world, 12 * 3_600).await;
        let second = open(world, of_lia("At night")).await;
        assert_eq!(second["assignee_id"], json!(staff[0].member));
    }
}
