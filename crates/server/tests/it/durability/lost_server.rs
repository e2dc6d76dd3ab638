//! A database server that cuts every connection, and lets nobody in for a while: 503 meanwhile, and no restart after.

use futures_util::future::join_all;

use super::load::{Tried, acknowledged, check, is_unavailable, work};
use crate::harness::{Engine, World, tell};

const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'";
const SHUT: &str = "ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false";
const OPEN: &str = "ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true";

async fn beside(world: &World, statements: &[&str]) {
    for sql in statements {
        // What the database threads have begun goes on meanwhile, and is cut in the middle.
        tokio::task::block_in_place(|| world.database().beside(sql));
    }
}

/// What happens to the server before the first worker's ticket of this number.
async fn happen(world: &World, number: usize) {
    match number {
        3 | 5 | 6 => beside(world, &[CUT]).await,
        8 => {
            beside(world, &[SHUT, CUT]).await;
            is_unavailable(&world.as_nobody().get("/health/ready").send().await);
            world.as_nobody().get("/health/live").expect(200).await;
            assert!(Tried::ticket(world, "shut-out-0").await.acknowledged.is_none());
        }
        11 => {
            beside(world, &[OPEN]).await;
            world.as_nobody().get("/health/ready").expect(200).await;
        }
        _ => {}
    }
}

#[test]
fn a_lost_server_is_answered_with_503_and_found_again_without_a_restart() {
    tell(Engine::Postgres, async |world| {
        let tries = join_all((0..6).map(|worker| {
            work(world, worker, async move |number| {
                if worker == 0 {
                    happen(world, number).await;
                }
                number < 20
            })
        }));
        let mut tries: Vec<Tried> = tries.await.into_iter().flatten().collect();
        assert!(acknowledged(&tries) > 100 && acknowledged(&tries) < tries.len());
        tries.push(Tried::ticket(world, "shut-out-0").await);
        assert!(tries.iter().rev().take(1).all(|tried| tried.acknowledged.is_some()));
        check(world, &tries, "after the server came back").await;
    });
}

#[test]
fn connections_that_died_while_idle_are_not_noticed() {
    tell(Engine::Postgres, async |world| {
        assert!(Tried::ticket(world, "before-0").await.acknowledged.is_some());
        for round in 0..8 {
            beside(world, &[CUT]).await;
            world.as_nobody().get("/health/ready").expect(200).await;
            assert!(Tried::ticket(world, &format!("after-{round}")).await.acknowledged.is_some(), "round {round}");
        }
    });
}
