//! Backups: taken beside a running house, restored into the other engine, refused when they were changed.

use base::Env;
use server::archive::{finish, refuse_half, restore, take};
use server::audit::check;
use server::boot::Opened;
use server::sealing::sign_heads;
use tempfile::TempDir;

use super::log::happen;
use crate::harness::{Database, Engine, World, both_engines};

both_engines! {
    async fn a_backup_is_restored_into_the_other_engine(world) {
        for version in 1..=3 { happen(world, 7, version).await; }
        world.sealed().await;
        sign_heads(world.house()).await.unwrap();
        std::fs::create_dir_all(world.place.data.join("blobs/a")).unwrap();
        std::fs::write(world.place.data.join("blobs/a/b"), b"a picture").unwrap();
        let backup = backup(world).await;
        let other = match world.engine {
            Engine::Sqlite if !Database::is_left_out() => Engine::Postgres,
            _ => Engine::Sqlite,
        };
        let (place, _folder, _database) = world.empty_place(other);
        let acme = world.acme;
        blocking(move || {
            let opened = Opened::open(&place, Env::system()).unwrap();
            let restored = restore(&opened.house, &place.data, backup.path()).unwrap();
            assert!(restored.rows > 10 && restored.blobs == 1, "{restored:?}");
            let report = check(&opened.house, acme).unwrap();
            assert_eq!((report.links, report.heads, report.fault), (3, 1, None));
            assert_eq!(std::fs::read(place.data.join("blobs/a/b")).unwrap(), b"a picture");
            let file = std::fs::metadata(backup.path().join("tables/member.jsonl")).unwrap();
            assert_eq!(std::os::unix::fs::MetadataExt::mode(&file) & 0o077, 0);
            assert_eq!(refuse_half(&opened.house).unwrap_err().name(), "half_restored");
            // Until it is finished a restore begins anew.
            let anew = restore(&opened.house, &place.data, backup.path()).unwrap();
            assert_eq!((anew.rows, anew.blobs), (restored.rows, restored.blobs));
            finish(&opened.house).unwrap();
            refuse_half(&opened.house).unwrap();
            let again = restore(&opened.house, &place.data, backup.path()).unwrap_err();
            assert_eq!(again.name(), "database_not_empty");
            opened.close();
        }).await;
    }

    async fn a_backup_that_was_changed_is_refused(world) {
        let backup = backup(world).await;
        let file = backup.path().join("tables/member.jsonl");
        let text = std::fs::read_to_string(&file).unwrap().replace("owner", "agent");
        std::fs::write(&file, text).unwrap();
        let (place, _folder, _database) = world.empty_place(Engine::Sqlite);
        blocking(move || {
            let opened = Opened::open(&place, Env::system()).unwrap();
            let refused = restore(&opened.house, &place.data, backup.path()).unwrap_err();
            assert!(refused.cause().unwrap().contains("member"), "{refused:?}");
            opened.close();
        }).await;
    }
}

async fn backup(world: &World) -> TempDir {
    let (house, data) = (world.house().clone(), world.place.data.clone());
    blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        take(&house, &data, folder.path()).unwrap();
        folder
    })
    .await
}

/// Commands block; stories do not.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}
