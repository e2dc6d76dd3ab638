//! Erasing: what a person typed is gone from rows and files, the chain holds, and a restore does it again.

use base::Env;
use serde_json::json;
use server::archive::{restore, take};
use server::audit::check;
use server::boot::Opened;
use server::verbs::Ask;
use server::{admin, erasures};
use uuid::Uuid;

use super::backups::blocking;
use crate::harness::{Engine, World, both_engines};

const CANARY: &str = "my cat is called Zarathustra";

both_engines! {
    async fn an_erased_person_is_gone_and_the_chain_holds(world) {
        let cleo = cleo(world).await;
        world.sealed().await;
        let (house, acme) = (world.house().clone(), world.acme.to_string());
        blocking(move || {
            let held = export(&cleo, &acme).perform(&house).unwrap();
            assert!(held.to_string().contains(CANARY));
            let receipt = erase(&cleo, &acme).perform(&house).unwrap();
            assert!(receipt["receipt"].as_str().unwrap().starts_with("rcp_"), "{receipt}");
        }).await;
        world.sealed().await;
        let (house, acme) = (world.house().clone(), world.acme);
        let report = blocking(move || check(&house, acme).unwrap()).await;
        assert!(report.erased > 0 && report.fault.is_none(), "{report:?}");
        if world.engine == Engine::Sqlite {
            let house = world.house().clone();
            blocking(move || house.db.scrub().unwrap()).await;
            assert_no_file_holds_the_canary(world);
        }
    }

    async fn a_command_without_a_server_takes_the_words_out_of_the_index(world) {
        let cleo = cleo(world).await;
        let ask = erase(&cleo, &world.acme.to_string());
        world.sealed().await;
        world.finder.indexer.mark_all_behind().await.unwrap();
        world.finder.indexer.catch_up().await.unwrap();
        world.finder.desk.index().rest().unwrap();
        let (found, erased) = (upto(world), world.place.clone());
        blocking(move || admin::ask(&erased, &Env::system(), &ask).unwrap()).await;
        let acme = world.acme;
        let seq = world.house().db.read(acme.uuid(), move |tx| {
            tx.first("SELECT seq FROM event WHERE workspace_id = $1 AND kind = 'customer.erased'", &[&acme], |row| row.get(0))
        });
        let seq: i64 = seq.await.unwrap().unwrap();
        assert!(found < seq && seq <= upto(world), "{found} {seq}");
    }

    async fn who_was_erased_after_a_backup_is_erased_again_after_its_restore(world) {
        let cleo = cleo(world).await;
        world.sealed().await;
        let (house, data, acme) = (world.house().clone(), world.place.data.clone(), world.acme.to_string());
        let (place, _folder, _database) = world.empty_place(world.engine);
        let backup = tempfile::tempdir().unwrap();
        let target = backup.path().to_owned();
        blocking(move || {
            take(&house, &data, &target).unwrap();
            erase(&cleo, &acme).perform(&house).unwrap();
        }).await;
        world.sealed().await;
        let data = world.place.data.clone();
        blocking(move || {
            let opened = Opened::open(&place, Env::system()).unwrap();
            restore(&opened.house, &place.data, backup.path()).unwrap();
            let again = || erasures::again(&opened.house, &data.join(erasures::FILE)).unwrap();
            assert_eq!((again(), again()), (1, 0));
            opened.close();
        }).await;
    }

    async fn a_command_goes_through_the_socket_of_a_running_server(world) {
        let lock = server::lock::DataLock::take(&world.place.data).unwrap();
        let socket = world.place.admin_socket();
        tokio::spawn(admin::serve(admin::open(&socket).unwrap(), world.house().clone()));
        let (place, acme) = (world.place.clone(), world.acme.to_string());
        let made = blocking(move || {
            let refused = Ask::MakeToken { workspace: None, name: "CI".into(), rights: Vec::new(), days: None };
            let error = admin::ask(&place, &Env::system(), &refused).unwrap_err();
            assert!(error.message().contains("exactly one workspace"), "{error}");
            let rights = vec!["members:read".into()];
            let ask = Ask::MakeToken { workspace: Some(acme), name: "CI".into(), rights, days: Some(1) };
            admin::ask(&place, &Env::system(), &ask).unwrap()
        }).await;
        let token = format!("Bearer {}", made["api_token"].as_str().unwrap());
        world.as_nobody().get("/api/v1/members").header("authorization", token).expect(200).await;
        drop(lock);
    }
}

/// Cutting the log is refused while somebody else cuts it: who asked is told only when it is done.
#[test]
fn what_is_deleted_is_in_no_log_when_several_cut_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let db = db::Db::open(&db::Options::embedded(folder.path())).unwrap();
    db.write_now(Uuid::nil(), |tx| tx.exec("CREATE TABLE said (who BIGINT, words TEXT)", &[])).unwrap();
    let log = folder.path().join("mainstay.db-wal");
    let delete_and_cut = &|who: i64| {
        let words = format!("{CANARY} and has {who} kittens");
        let said = words.clone();
        let write = move |tx: &mut db::Tx<'_>| tx.exec("INSERT INTO said (who, words) VALUES ($1, $2)", &[&who, &said]);
        db.write_now(Uuid::nil(), write).unwrap();
        db.write_now(Uuid::nil(), move |tx| tx.exec("DELETE FROM said WHERE who = $1", &[&who])).unwrap();
        db.scrub().unwrap();
        assert!(!holds(&std::fs::read(&log).unwrap(), &words), "{who}");
    };
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || (0..25).for_each(|round| delete_and_cut(thread * 25 + round)));
        }
    });
}

/// How far the index on disk has followed Acme's log.
fn upto(world: &World) -> i64 {
    let found = search::TextIndex::open(&world.place.data.join("index"), 20_000_000).unwrap();
    let cursor: serde_json::Value = serde_json::from_str(&found.cursor.unwrap()).unwrap();
    cursor[world.acme.to_string()].as_i64().unwrap()
}

/// Cleo writes to Acme.
async fn cleo(world: &World) -> String {
    let ticket = json!({
        "subject": CANARY, "body": format!("Hello, {CANARY}."),
        "requester": {"email": "cleo@zarathustra.test", "name": CANARY},
    });
    let opened = world.as_(&world.ada).post("/api/v1/tickets", ticket).expect(201).await;
    opened["customer"]["id"].as_str().unwrap().to_owned()
}

fn export(customer: &str, workspace: &str) -> Ask {
    Ask::Export { workspace: Some(workspace.to_owned()), customer: customer.to_owned() }
}

fn erase(customer: &str, workspace: &str) -> Ask {
    Ask::Erase { workspace: Some(workspace.to_owned()), customer: customer.to_owned() }
}

/// Database, write-ahead log and everything else in the data folder.
fn assert_no_file_holds_the_canary(world: &World) {
    let mut folders = vec![world.place.data.clone()];
    let mut looked = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.is_file() {
                looked += 1;
                assert!(!holds(&std::fs::read(&path).unwrap(), CANARY), "{} holds the canary", path.display());
            }
        }
    }
    assert!(looked > 1);
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
