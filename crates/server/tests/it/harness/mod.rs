//! A world for each story: a fresh database of either engine, the real router, a clock that is advanced, and a cast.
//! Rule: a story sees no difference between the engines unless it is about one.
//!
//! PostgreSQL comes from `MAINSTAY_TEST_POSTGRES=postgres://…` (a role that may create databases);
//! `MAINSTAY_TEST_SQLITE_ONLY=1` leaves its half out.

mod call;
mod cast;
mod cluster;
mod world;

pub use call::{Answer, Call, Caller};
pub use cast::{Person, member};
pub use cluster::Database;
pub use world::{Engine, PASSWORD, World};

/// Declares a story that is told on both engines.
macro_rules! both_engines {
    ($(async fn $name:ident($world:ident) $body:block)+) => {$(
        async fn $name($world: &$crate::harness::World) $body

        mod $name {
            #[test]
            fn on_sqlite() {
                $crate::harness::tell($crate::harness::Engine::Sqlite, async |world| super::$name(world).await);
            }

            #[test]
            fn on_postgres() {
                $crate::harness::tell($crate::harness::Engine::Postgres, async |world| super::$name(world).await);
            }
        }
    )+};
}
pub(crate) use both_engines;

/// Tells a story in an ordinary world.
pub fn tell(engine: Engine, story: impl AsyncFnOnce(&World)) {
    tell_in(engine, World::new, story);
}

/// Tells a story in a world of its own kind.
pub fn tell_in(engine: Engine, make: impl FnOnce(Engine) -> World, story: impl AsyncFnOnce(&World)) {
    if engine == Engine::Postgres && Database::is_left_out() {
        return;
    }
    let world = make(engine);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(story(&world));
}
