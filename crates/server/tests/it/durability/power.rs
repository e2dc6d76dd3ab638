//! Power cuts under the embedded engine: every change and sync of its files is counted, and one of them is the last.

use std::sync::Arc;

use futures_util::future::join_all;
use server::sealing::sign_heads;

use super::disk::{Dice, Disk, Left};
use super::load::{Tried, acknowledged, check, found, work};
use super::lossy_vfs::register;
use crate::harness::{Engine, World, tell_in};

const WORKERS: usize = 4;

/// Works until the power goes; one worker has the log signed and the files checkpointed in between.
async fn work_until_the_cut(world: &World, disk: &Disk) -> Vec<Tried> {
    let tries = join_all((0..WORKERS).map(|worker| {
        work(world, worker, async move |number| {
            if worker == 0 && number % 8 == 7 {
                // Both may meet the cut; what they did not finish is as good as what they did.
                drop(sign_heads(world.house()).await);
                let db = world.house().db.clone();
                drop(tokio::task::spawn_blocking(move || db.scrub()).await.unwrap());
            }
            !disk.is_off()
        })
    }));
    tries.await.into_iter().flatten().collect()
}

/// The installation after the cut.
fn restart(world: &World, disk: &Disk, left: Left, seed: u64) -> World {
    let folder = tempfile::tempdir().unwrap();
    disk.restore_into(folder.path(), left, seed);
    world.restarted_in(folder)
}

fn tell_on(name: &str, story: impl AsyncFnOnce(&World, Arc<Disk>)) {
    let disk = register(name);
    tell_in(Engine::Sqlite, |_| World::on_vfs(name), async |world| story(world, disk).await);
}

#[test]
fn what_was_acknowledged_survives_a_power_cut() {
    let mut most = 0;
    for seed in 0..12 {
        let mut dice = Dice(seed);
        let left = [Left::Nothing, Left::Prefix, Left::Torn][seed as usize % 3];
        let last = 200 + dice.below(6000) as u64;
        let moment = format!("seed {seed}, cut after {last} changes, {left:?} left");
        tell_on(&format!("power-{seed}"), async |world, disk| {
            disk.cut_power_after(last);
            let tries = work_until_the_cut(world, &disk).await;
            most = most.max(acknowledged(&tries));
            let after = restart(world, &disk, left, seed);
            check(&after, &tries, &moment).await;
        });
    }
    assert!(most > 20, "the cuts came too early to mean anything: {most}");
}

#[test]
fn a_disk_that_forgets_syncs_loses_what_was_acknowledged() {
    tell_on("forgetful", async |world, disk| {
        disk.forget_syncs();
        disk.cut_power_after(3000);
        let tries = join_all((0..WORKERS).map(|worker| work(world, worker, async |_| !disk.is_off()))).await;
        let tries: Vec<Tried> = tries.into_iter().flatten().collect();
        assert!(acknowledged(&tries) > 4);
        let after = restart(world, &disk, Left::Nothing, 0);
        assert_eq!(found(&after).await.len(), 0);
    });
}
