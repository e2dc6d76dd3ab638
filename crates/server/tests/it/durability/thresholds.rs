//! A crash between any two steps of a promise's threshold: its mark, its event, and what rules do because of it.
//! Rule: afterwards every threshold is recorded once, and what it set off is there once, under the key of its event.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::disk::{Disk, Left};
use super::lossy_vfs::register;
use crate::harness::{Engine, World, tell, tell_in};

/// A promise of an hour with three thresholds, and a rule that writes a note at each.
async fn set_up(world: &World) {
    let ada = world.as_(&world.ada);
    let target = json!({"metric": "first_response", "priority": "normal", "minutes": 60, "hours": "calendar"});
    let promise = json!({"targets": [target], "thresholds": ["50%", "+15m"]});
    ada.post("/api/v1/sla/policies", json!({"name": "Usual", "promise": promise})).expect(201).await;
    let rule = json!({"name": "Late", "enabled": true, "when": {"events": ["clock_warned", "clock_breached"]},
        "actions": [{"do": "note", "body": "Late."}]});
    ada.post("/api/v1/automation/rules", rule).expect(201).await;
}

async fn opened(world: &World) -> Value {
    let new = json!({"subject": "Hello", "body": "It does not work.", "requester": {"email": "lia@shop.test"}});
    let ticket = world.as_(&world.ada).post("/api/v1/tickets", new).expect(201).await;
    world.opened.worker.run_due().await.unwrap();
    ticket
}

/// What is there of a ticket's thresholds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    /// Marks, and those of them that were told.
    marks: (i64, i64),
    /// The places of the events that tell of them.
    events: Vec<i64>,
    /// The keys of the runs that they set off: the event each began with.
    runs: Vec<i64>,
    notes: i64,
}

async fn standing(world: &World, ticket: &Value) -> Standing {
    let (acme, id) = (world.acme, ticket["id"].as_str().unwrap().parse::<trust::nouns::TicketId>().unwrap());
    let read = world.house().db.read(acme.uuid(), move |tx| {
        let count = |tx: &mut db::Tx<'_>, sql: &str| tx.first(sql, &[&acme, &id], |row| row.get::<i64>(0));
        let all = "SELECT COUNT(*) FROM clock_mark WHERE workspace_id = $1 AND ticket_id = $2";
        let told = format!("{all} AND is_told = 1");
        let notes = "SELECT COUNT(*) FROM message WHERE workspace_id = $1 AND ticket_id = $2 AND kind = 'note'";
        let events = "SELECT subject_seq FROM event WHERE workspace_id = $1 AND subject_id = $2 \
            AND kind IN ('ticket.clock_warned', 'ticket.clock_breached') ORDER BY subject_seq";
        let runs = "SELECT root_seq FROM automation_run WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY root_seq";
        Ok(Standing {
            marks: (count(tx, all)?.unwrap(), count(tx, &told)?.unwrap()),
            events: tx.all(events, &[&acme, &id], |row| row.get(0))?,
            runs: tx.all(runs, &[&acme, &id], |row| row.get(0))?,
            notes: count(tx, notes)?.unwrap(),
        })
    });
    read.await.unwrap()
}

/// The house works until nothing is left to do, whatever the crash left behind.
async fn settle(world: &World) {
    for _ in 0..8 {
        world.clock.advance_seconds(900);
        drop(world.opened.worker.run_due().await);
    }
    world.opened.worker.run_due().await.unwrap();
}

async fn is_whole(world: &World, ticket: &Value, moment: &str) {
    let found = standing(world, ticket).await;
    assert_eq!((found.marks, found.events.len(), found.notes), ((3, 3), 3, 3), "{moment}: {found:?}");
    assert_eq!(found.events, found.runs, "{moment}: each run has the key of its threshold's event");
}

#[test]
fn thresholds_are_recorded_once_wherever_the_power_is_cut() {
    let (mut seen, mut cuts) = (BTreeSet::new(), 0);
    for last in (0..240).step_by(8) {
        let name = format!("thresholds-{last}");
        let disk = register(&name);
        tell_in(
            Engine::Sqlite,
            |_| World::on_vfs(&name),
            async |world| {
                set_up(world).await;
                let ticket = opened(world).await;
                world.clock.advance_seconds(7_200);
                disk.cut_power_after(last);
                drop(world.opened.worker.run_due().await);
                cuts += usize::from(disk.is_off());
                let after = restart(world, &disk, last);
                seen.insert(at_restart(&standing(&after, &ticket).await));
                after.clock.advance_seconds(7_200);
                settle(&after).await;
                is_whole(&after, &ticket, &format!("cut after {last} changes")).await;
            },
        );
    }
    assert!(cuts > 3 && seen.len() > 2, "{cuts} cuts met too few steps: {seen:?}");
}

fn restart(world: &World, disk: &Disk, seed: u64) -> World {
    if !disk.is_off() {
        disk.cut_power();
    }
    let folder = tempfile::tempdir().unwrap();
    disk.restore_into(folder.path(), Left::Prefix, seed);
    world.restarted_in(folder)
}

/// How far it had come: marks, events, runs.
fn at_restart(found: &Standing) -> (i64, usize, usize) {
    (found.marks.0, found.events.len(), found.runs.len())
}

/// Kills the connection at the row with a number, counted over all tables by a sequence, which no rollback takes back.
const KILLER: &str = "CREATE SEQUENCE cut_row; GRANT SELECT ON cut_row TO PUBLIC; CREATE TABLE cut_at (n BIGINT); INSERT INTO cut_at VALUES (0); \
    CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN \
    IF nextval('public.cut_row') = (SELECT n FROM public.cut_at) THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; \
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; \
    DO $$ DECLARE t RECORD; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename IN \
    ('ticket_clock', 'clock_mark', 'event', 'ticket', 'message', 'job', 'automation_run', 'notification') LOOP \
    EXECUTE format('CREATE TRIGGER cut BEFORE INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION cut()', t.tablename); \
    END LOOP; END $$";

#[test]
fn thresholds_are_recorded_once_wherever_the_connection_dies() {
    tell(Engine::Postgres, async |world| {
        let beside = |sql: &str| tokio::task::block_in_place(|| world.database().as_superuser(sql));
        set_up(world).await;
        beside(KILLER);
        let mut cuts = 0;
        for last in 1..200 {
            let ticket = opened(world).await;
            world.clock.advance_seconds(7_200);
            beside(&format!("UPDATE cut_at SET n = {last}; SELECT setval('cut_row', 1, false)"));
            drop(world.opened.worker.run_due().await);
            beside("UPDATE cut_at SET n = 0");
            let rows = world
                .house()
                .db
                .read(world.acme.uuid(), |tx| tx.first("SELECT last_value FROM cut_row", &[], |row| row.get::<i64>(0)));
            let is_over = rows.await.unwrap().unwrap() < last;
            settle(world).await;
            is_whole(world, &ticket, &format!("the connection died at row {last}")).await;
            if is_over {
                break;
            }
            cuts += 1;
        }
        assert!((12..199).contains(&cuts), "{cuts} cuts were not one at each row");
    });
}
