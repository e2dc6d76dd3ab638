//! A disk that takes nothing for a while: refused requests leave no trace, and the house goes on by itself.

use futures_util::future::join_all;
use libsqlite3_sys as ffi;

use super::disk::{Disk, Left};
use super::load::{Tried, acknowledged, check, found, is_unavailable};
use super::lossy_vfs::register;
use crate::harness::{Engine, World, tell_in};

/// Makes a disk fail.
type Ailment = fn(&Disk);

/// The ways a disk fails; `after` lets so many writes through, so that a transaction breaks in its middle.
fn ailments() -> [(&'static str, Ailment); 6] {
    [
        ("full", |disk| disk.refuse_writes(ffi::SQLITE_FULL, 0)),
        ("full soon", |disk| disk.refuse_writes(ffi::SQLITE_FULL, 7)),
        ("full later", |disk| disk.refuse_writes(ffi::SQLITE_FULL, 40)),
        ("broken", |disk| disk.refuse_writes(ffi::SQLITE_IOERR_WRITE, 0)),
        ("broken soon", |disk| disk.refuse_writes(ffi::SQLITE_IOERR_WRITE, 9)),
        ("unsyncable", |disk| disk.refuse_syncs(ffi::SQLITE_IOERR_FSYNC)),
    ]
}

async fn knock(world: &World, name: &str) -> Vec<Tried> {
    let keys: Vec<String> = (0..6).map(|number| format!("ticket-{name}-{number}")).collect();
    join_all(keys.iter().map(|key| Tried::ticket(world, key))).await
}

#[test]
fn a_full_disk_refuses_and_recovers_without_a_restart() {
    let disk = register("full-disk");
    tell_in(
        Engine::Sqlite,
        |_| World::on_vfs("full-disk"),
        async |world| {
            let mut tries = knock(world, "before").await;
            assert_eq!(acknowledged(&tries), 6);
            let known = tries[0].acknowledged.clone().unwrap();
            for (ailment, fall_ill) in ailments() {
                fall_ill(&disk);
                let mut refused = knock(world, ailment).await;
                refused.push(Tried::message(world, &format!("message-{ailment}"), &known).await);
                refused.push(Tried::ticket(world, &format!("ticket-{ailment}-last")).await);
                assert!(refused.last().unwrap().acknowledged.is_none(), "{ailment}");
                let path = format!("/api/v1/tickets/{}", known["id"].as_str().unwrap());
                world.as_(&world.ada).get(&path).expect(200).await;
                let rename = world.as_(&world.ada).post("/api/v1/teams", serde_json::json!({"name": "Night"}));
                is_unavailable(&rename.send().await);
                tries.extend(refused);
                assert_eq!(
                    found(world).await.len(),
                    acknowledged(&tries),
                    "{ailment}: nothing but what was acknowledged"
                );
                disk.mend();
                let next = Tried::ticket(world, &format!("ticket-{ailment}-next")).await;
                assert!(next.acknowledged.is_some(), "{ailment}: the next request is served");
                tries.push(next);
            }
            disk.cut_power();
            let folder = tempfile::tempdir().unwrap();
            disk.restore_into(folder.path(), Left::Nothing, 0);
            check(&world.restarted_in(folder), &tries, "after the ailments").await;
        },
    );
}
