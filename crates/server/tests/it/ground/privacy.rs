//! Erasing: what a person typed is gone from rows and files, the chain holds, and a restore does it again.

use base::{Env, Id};
use server::archive::{restore, take};
use server::audit::check;
use server::boot::Opened;
use server::verbs::{Ask, erase_again};
use server::{admin, verbs};
use trust::Cx;
use trust::access::{Audience, Via};
use trust::log::{NewEvent, record};
use trust::nouns::CustomerId;
use uuid::Uuid;

use super::backups::blocking;
use crate::harness::{Engine, World, both_engines};

const CANARY: &str = "my cat is called Zarathustra";

both_engines! {
    async fn an_erased_person_is_gone_and_the_chain_holds(world) {
        let cleo = cleo();
        say(world, cleo).await;
        world.sealed().await;
        let (house, data, acme) = (world.house().clone(), world.place.data.clone(), world.acme);
        blocking(move || {
            let export = Ask::Export { workspace: Some(acme.to_string()), customer: cleo.to_string() };
            let held = export.perform(&house, &data).unwrap();
            assert!(held.to_string().contains(CANARY));
            let receipt = erase(cleo, acme.to_string()).perform(&house, &data).unwrap();
            assert_eq!(receipt["counts"]["events"], 1, "{receipt}");
            assert!(!export.perform(&house, &data).unwrap().to_string().contains(CANARY));
        }).await;
        world.sealed().await;
        let (house, acme) = (world.house().clone(), world.acme);
        let report = blocking(move || check(&house, acme).unwrap()).await;
        assert_eq!((report.erased, report.fault), (1, None));
        if world.engine == Engine::Sqlite { assert_no_file_holds_the_canary(world); }
    }

    async fn who_was_erased_after_a_backup_is_erased_again_after_its_restore(world) {
        let cleo = cleo();
        say(world, cleo).await;
        world.sealed().await;
        let (house, data, acme) = (world.house().clone(), world.place.data.clone(), world.acme);
        let (place, _folder, _database) = world.empty_place(world.engine);
        blocking(move || {
            let backup = tempfile::tempdir().unwrap();
            take(&house, &data, backup.path()).unwrap();
            erase(cleo, acme.to_string()).perform(&house, &data).unwrap();
            let opened = Opened::open(&place, Env::system()).unwrap();
            restore(&opened.house, &place.data, backup.path()).unwrap();
            let erasures = data.join(verbs::ERASURES);
            assert_eq!(erase_again(&opened.house, &erasures).unwrap(), 1);
            let export = Ask::Export { workspace: Some(acme.to_string()), customer: cleo.to_string() };
            assert!(!export.perform(&opened.house, &place.data).unwrap().to_string().contains(CANARY));
            opened.close();
        }).await;
    }

    async fn a_command_goes_through_the_socket_of_a_running_server(world) {
        let lock = server::lock::DataLock::take(&world.place.data).unwrap();
        let socket = world.place.admin_socket();
        tokio::spawn(admin::serve(admin::open(&socket).unwrap(), world.house().clone(), world.place.data.clone()));
        let place = world.place.clone();
        let acme = world.acme.to_string();
        let made = blocking(move || {
            let ask = Ask::MakeToken { workspace: Some(acme), name: "CI".into(), rights: vec!["members:read".into()], days: Some(1) };
            let refused = Ask::MakeToken { workspace: None, name: "CI".into(), rights: Vec::new(), days: None };
            let error = admin::ask(&place, &Env::system(), &refused).unwrap_err();
            assert!(error.message().contains("exactly one workspace"), "{error}");
            admin::ask(&place, &Env::system(), &ask).unwrap()
        }).await;
        let token = made["api_token"].as_str().unwrap().to_owned();
        world.as_nobody().get("/api/v1/members").header("authorization", format!("Bearer {token}")).expect(200).await;
        drop(lock);
    }
}

fn cleo() -> CustomerId {
    Id::from_uuid(Uuid::from_u128(0xc1e0))
}

fn erase(customer: CustomerId, workspace: String) -> Ask {
    Ask::Erase { workspace: Some(workspace), customer: customer.to_string() }
}

/// Cleo types something.
async fn say(world: &World, cleo: CustomerId) {
    let cx = Cx::of_house(world.house(), world.acme, Via::Job);
    let wrote = cx.write(move |tx, cx| {
        let audience = Audience { customer: Some(cleo), ..Audience::default() };
        let event = NewEvent::new("thing.said", Uuid::from_u128(9), 1, cx.env().now(), audience, &());
        record(tx, cx, &[event.details(&serde_json::json!({ "text": CANARY }))])
    });
    wrote.await.unwrap();
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
                let bytes = std::fs::read(&path).unwrap();
                let found = bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
                assert!(!found, "{} holds the canary", path.display());
            }
        }
    }
    assert!(looked > 1);
}
