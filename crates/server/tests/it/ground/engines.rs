//! What both engines promise: the same schema, walls between workspaces, no start without durability.

use expect_test::expect_file;
use uuid::Uuid;

use crate::harness::{Engine, World, both_engines, tell};

both_engines! {
    async fn migrating_twice_changes_nothing(world) {
        let before = snapshot(world).await;
        let db = world.house().db.clone();
        tokio::task::spawn_blocking(move || db.migrate(&server::domains::migrations())).await.unwrap().unwrap();
        assert_eq!(before, snapshot(world).await);
    }

    async fn both_engines_have_the_schema_of_the_snapshot(world) {
        expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/schema.snap")].assert_eq(&snapshot(world).await);
    }

    async fn the_house_is_ready_and_says_so(world) {
        let ready = world.as_nobody().get("/health/ready").expect(200).await;
        assert_eq!(ready["status"], "ok");
        let figures = world.as_nobody().get("/metrics").expect(200).await;
        assert!(figures.as_str().unwrap().contains("operation=\"isReady\",status=\"200\"} 1"), "{figures}");
        for figure in [
            "mainstay_db_queue{lane=\"write\"}", "mainstay_db_queue{lane=\"read\"}", "mainstay_db_queue{lane=\"long\"}",
            "mainstay_events_unsealed ", "mainstay_sealer_lag_seconds 0", "mainstay_jobs_waiting 0", "mainstay_jobs_overdue_seconds 0",
        ] {
            assert!(figures.as_str().unwrap().contains(figure), "{figure}: {figures}");
        }
        let document = world.as_nobody().get("/openapi.json").expect(200).await;
        assert_eq!(document["openapi"], "3.1.0");
    }

    async fn statements_without_values_belong_to_their_unit(world) {
        let acme = world.ada.workspace.uuid();
        let undone = world.house().db.write(acme, |tx| {
            tx.exec("UPDATE member SET name = 'Mallory' WHERE workspace_id IS NOT NULL;", &[])?;
            Err::<(), _>(web::NOT_FOUND.error())
        }).await;
        assert!(undone.is_err());
        let named = world.house().db.read(acme, |tx| {
            tx.all("SELECT name FROM member WHERE workspace_id IS NOT NULL", &[], |row| row.get::<String>(0))
        }).await.unwrap();
        assert!(!named.is_empty() && !named.iter().any(|name| name == "Mallory"), "{named:?}");
    }

    async fn a_workspace_does_not_read_another_ones_rows(world) {
        // The embedded engine has one wall, the statements themselves; the server has a second one below them.
        if world.engine == Engine::Sqlite { return; }
        let (acme, globex) = (world.ada.workspace, world.gus.workspace);
        let seen = world.house().db.read(acme.uuid(), move |tx| {
            tx.all("SELECT workspace_id FROM member WHERE workspace_id IS NOT NULL", &[], |row| row.get::<Uuid>(0))
        }).await.unwrap();
        assert!(!seen.is_empty() && seen.iter().all(|id| *id == acme.uuid()), "{seen:?}");
        let moved = world.house().db.write(acme.uuid(), move |tx| {
            tx.exec("UPDATE member SET name = 'Mallory' WHERE workspace_id = $1", &[&globex])
        }).await.unwrap();
        assert_eq!(moved, 0);
        let planted = world.house().db.write(acme.uuid(), move |tx| {
            tx.exec("INSERT INTO team_member (workspace_id, team_id, member_id) VALUES ($1, $1, $1)", &[&globex])
        }).await;
        assert!(planted.is_err());
    }
}

/// Raised anew at every start: a server that was stopped between a table and its wall leaves none open.
#[test]
fn a_missing_wall_is_raised_at_the_next_start() {
    tell(Engine::Postgres, async |world| {
        let database = world.database();
        database.as_superuser("DROP POLICY tenant ON member; ALTER TABLE member DISABLE ROW LEVEL SECURITY");
        let seen = async || {
            let (acme, globex) = (world.acme.uuid(), world.gus.workspace);
            let read = world.house().db.read(acme, move |tx| {
                tx.all("SELECT id FROM member WHERE workspace_id = $1", &[&globex], |row| row.get::<Uuid>(0))
            });
            read.await.unwrap().len()
        };
        assert!(seen().await > 0);
        let db = world.house().db.clone();
        tokio::task::spawn_blocking(move || db.migrate(&server::domains::migrations())).await.unwrap().unwrap();
        assert_eq!(seen().await, 0);
    });
}

async fn snapshot(world: &World) -> String {
    let read = world.house().db.read(Uuid::nil(), db::snapshot);
    read.await.unwrap()
}

#[test]
fn sqlite_does_not_start_below_full() {
    let folder = tempfile::tempdir().unwrap();
    for level in ["NORMAL", "OFF"] {
        let mut options = db::Options::embedded(folder.path());
        options.synchronous = level.to_owned();
        let refused = db::Db::open(&options).err().unwrap();
        assert!(refused.message().contains("below FULL"), "{refused}");
    }
}

#[test]
fn postgres_does_not_start_without_synchronous_commit() {
    use crate::harness::Database;
    if Database::is_left_out() {
        return;
    }
    let database = Database::empty();
    let name = database.url().rsplit_once('/').unwrap().1.to_owned();
    database.as_superuser(&format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    let refused = db::Db::open(&db::Options::server(database.url())).err().unwrap();
    assert!(refused.message().contains("synchronous_commit"), "{refused}");
}

#[test]
fn a_refused_write_leaves_the_next_one_its_workspace() {
    use crate::harness::{Engine, World, tell_in};
    let one_writer =
        |engine| World::with(engine, server::domains::operations(), |settings| settings.database.writers = 1);
    tell_in(Engine::Postgres, one_writer, async |world| {
        let ada = world.as_(&world.ada);
        let new = serde_json::json!({"subject": "A", "body": "b", "requester": {"email": "x@shop.test"}});
        let ticket = ada.post("/api/v1/tickets", new).expect(201).await;
        let next_door = world.as_(&world.gus).post("/api/v1/teams", serde_json::json!({"name": "T"}));
        next_door.expect(201).await;
        let path = format!("/api/v1/tickets/{}/status", ticket["id"].as_str().unwrap());
        let solve =
            |version: &str| ada.put(&path, serde_json::json!({"status": "resolved"})).header("if-match", version);
        solve("\"7\"").send().await.problem(412, "stale_version");
        solve("\"1\"").expect(200).await;
    });
}

#[test]
fn a_unit_that_passes_over_a_failed_statement_is_not_acknowledged() {
    use crate::harness::{Engine, tell};
    // The server answers the commit of such a transaction with a rollback, and no error.
    tell(Engine::Postgres, async |world| {
        let acme = world.acme;
        let wrote = world.house().db.write(acme.uuid(), move |tx| {
            tx.exec("UPDATE member SET name = 'Written' WHERE workspace_id = $1", &[&acme])?;
            drop(tx.exec("INSERT INTO member (workspace_id) VALUES ($1)", &[&acme]));
            Ok(())
        });
        assert!(wrote.await.is_err());
        let team = serde_json::json!({"name": "Next"});
        world.as_(&world.ada).post("/api/v1/teams", team).expect(201).await;
    });
}
