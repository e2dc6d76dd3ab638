//! Files: sent, attached once, downloaded by a link, shared when equal, and gone when nobody needs them.

use std::path::Path;

use axum::body::Body;
use base::Id;
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};
use trust::accounts::session::hash_secret;
use trust::nouns::{CustomerId, MemberId};

use crate::harness::{Answer, Caller, Engine, Person, World, both_engines, tell_in};

const UPLOADS: &str = "/api/v1/uploads";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR and so on";
const SHA_OF_HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

async fn send(world: &World, person: &Person, name: &str, body: impl Into<Body>) -> Answer {
    let call = world.as_(person).call(Method::POST, UPLOADS).header("x-filename", name);
    call.raw("application/octet-stream", body).send().await
}

async fn sent(world: &World, person: &Person, name: &str, body: impl Into<Body>) -> Value {
    send(world, person, name, body).await.expect(201)
}

async fn ticket(caller: Caller<'_>, attachments: Value) -> Answer {
    let requester = json!({"email": "zoe@example.com"});
    let ticket =
        json!({"subject": "A bill", "body": "See the file.", "requester": requester, "attachments": attachments});
    caller.post("/api/v1/tickets", ticket).send().await
}

/// Opens a ticket with attachments and gives its id and its first message.
async fn attached(world: &World, person: &Person, attachments: Value) -> (String, Value) {
    let opened = ticket(world.as_(person), attachments).await.expect(201);
    let id = opened["id"].as_str().unwrap().to_owned();
    let page = world.as_(person).get(&format!("/api/v1/tickets/{id}/messages")).expect(200).await;
    (id, page["items"][0].clone())
}

/// The path and query of an attachment's link.
fn link(file: &Value) -> String {
    let url = file["url"].as_str().unwrap();
    url[url.find("/attachments/").unwrap()..].to_owned()
}

/// The files of the blob folder, whatever their place.
fn blobs(world: &World) -> usize {
    fn files(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }
    files(&world.place.data.join("blobs"))
}

async fn rows(world: &World) -> i64 {
    let acme = world.acme;
    let read = world.house().db.read(acme.uuid(), move |tx| {
        tx.first("SELECT COUNT(*) FROM upload WHERE workspace_id = $1", &[&acme], |row| row.get(0))
    });
    read.await.unwrap().unwrap()
}

both_engines! {
    async fn a_file_is_sent_attached_listed_and_downloaded(world) {
        let name = "Rechnung%20%E2%82%AC%20M%C3%A4rz.png";
        let upload = sent(world, &world.ben, name, PNG).await;
        assert_eq!(upload["name"], "Rechnung € März.png");
        assert_eq!((&upload["content_type"], &upload["size"]), (&json!("image/png"), &json!(PNG.len())));
        let (_, message) = attached(world, &world.ben, json!([upload["id"]])).await;
        let file = &message["attachments"][0];
        assert_eq!((&file["id"], &file["name"]), (&upload["id"], &upload["name"]));

        let got = world.as_nobody().get(&link(file)).send().await;
        assert_eq!((got.status.as_u16(), &got.body[..]), (200, PNG));
        assert_eq!(got.text_header("content-type"), "image/png");
        assert_eq!(got.text_header("content-length"), PNG.len().to_string());
        assert_eq!(
            got.text_header("content-disposition"),
            "attachment; filename=\"Rechnung _ M_rz.png\"; filename*=UTF-8''Rechnung%20%E2%82%AC%20M%C3%A4rz.png"
        );
        assert_eq!(got.text_header("content-security-policy"), "sandbox; default-src 'none'");
        assert_eq!(got.text_header("x-content-type-options"), "nosniff");
        assert_eq!(got.text_header("cross-origin-resource-policy"), "cross-origin");
        assert!(got.text_header("cache-control").starts_with("private"), "{got:?}");
    }

    async fn an_upload_is_attached_once_and_by_its_sender_alone(world) {
        let upload = sent(world, &world.ben, "a.txt", "hello").await;
        ticket(world.as_(&world.ada), json!([upload["id"]])).await.problem(422, "unknown_upload");
        ticket(world.as_(&world.gus), json!([upload["id"]])).await.problem(422, "unknown_upload");
        attached(world, &world.ben, json!([upload["id"]])).await;
        let again = ticket(world.as_(&world.ben), json!([upload["id"]])).await;
        assert_eq!(again.problem(422, "unknown_upload")["errors"][0]["pointer"], "/attachments/0");
    }

    async fn a_file_that_is_too_large_is_refused_and_leaves_nothing(world) {
        let most = 25 * 1024 * 1024;
        send(world, &world.ben, "a", vec![7_u8; most + 1]).await.problem(413, "upload_too_large");
        let announced = world.as_(&world.ben).call(Method::POST, UPLOADS).header("content-length", "99999999");
        announced.raw("text/plain", "short").send().await.problem(413, "upload_too_large");
        assert_eq!((blobs(world), rows(world).await), (0, 0));
        assert_eq!(sent(world, &world.ben, "a", vec![7_u8; most]).await["size"], most);
        assert_eq!((blobs(world), rows(world).await), (1, 1));
    }

    async fn a_body_that_breaks_off_leaves_nothing(world) {
        let parts = [Ok(Bytes::from_static(b"the start")), Err(std::io::Error::other("gone"))];
        let broken = Body::from_stream(futures_util::stream::iter(parts));
        send(world, &world.ben, "a", broken).await.problem(400, "broken_body");
        let bad_name = send(world, &world.ben, "%ff", "hello").await;
        bad_name.problem(400, "invalid_header");
        assert_eq!((blobs(world), rows(world).await), (0, 0));
    }

    async fn a_wrong_foreign_or_old_link_is_nothing_at_all(world) {
        let upload = sent(world, &world.ben, "a.txt", "hello").await;
        let (_, message) = attached(world, &world.ben, json!([upload["id"]])).await;
        let good = link(&message["attachments"][0]);
        world.as_nobody().get(&good).send().await.expect(200);
        let nobody = world.as_nobody();
        let refused = async |path: String| {
            let mut problem = nobody.get(&path).send().await.problem(404, "not_found");
            problem["reference"].take();
            problem
        };
        let random = refused("/attachments/wsp_x/upl_y?until=99999999999&tag=a".to_owned()).await;
        let (acme, globex) = (world.acme.to_string(), world.gus.workspace.to_string());
        assert_eq!(refused(good.replace(&acme, &globex)).await, random);
        assert_eq!(refused(format!("{good}x")).await, random);
        assert_eq!(refused(good.replace("until=1", "until=2")).await, random);
        world.clock.advance_seconds(2 * 3600);
        assert_eq!(refused(good).await, random);
    }

    async fn pages_are_served_as_files_without_a_type(world) {
        let html = "<html><script>alert(1)</script>";
        let call = world.as_(&world.ben).call(Method::POST, UPLOADS).header("x-filename", "a.html");
        let upload = call.raw("text/html", html).expect(201).await;
        assert_eq!(upload["content_type"], "application/octet-stream");
        let (_, message) = attached(world, &world.ben, json!([upload["id"]])).await;
        let got = world.as_nobody().get(&link(&message["attachments"][0])).send().await;
        assert_eq!(got.text_header("content-type"), "application/octet-stream");
        assert!(got.text_header("content-disposition").starts_with("attachment;"), "{got:?}");
    }

    async fn equal_files_are_kept_once_in_each_workspace(world) {
        let first = sent(world, &world.ben, "a.txt", "hello").await;
        let second = sent(world, &world.ada, "b.txt", "hello").await;
        assert_eq!((&first["sha256"], &second["sha256"]), (&json!(SHA_OF_HELLO), &json!(SHA_OF_HELLO)));
        assert_ne!(first["id"], second["id"]);
        assert_eq!(blobs(world), 1);
        sent(world, &world.gus, "c.txt", "hello").await;
        assert_eq!(blobs(world), 2);
    }

    async fn unused_uploads_are_forgotten_after_a_day(world) {
        let kept = sent(world, &world.ben, "a.txt", "hello").await;
        sent(world, &world.ben, "b.txt", "hello").await;
        sent(world, &world.ben, "c.txt", "nobody attaches this").await;
        let (_, message) = attached(world, &world.ben, json!([kept["id"]])).await;
        let (worker, hours) = (&world.opened.worker, |n: i64| world.clock.advance_seconds(n * 3600));
        worker.run_due().await.unwrap();
        hours(23);
        worker.run_due().await.unwrap();
        assert_eq!(rows(world).await, 3);
        hours(2);
        worker.run_due().await.unwrap();
        world.finder.sweeper.settle_next().await.unwrap();
        assert_eq!((blobs(world), rows(world).await), (1, 1));
        // Its link is old by now; a new one leads to the same bytes.
        let id = message["ticket_id"].as_str().unwrap();
        let page = world.as_(&world.ben).get(&format!("/api/v1/tickets/{id}/messages")).expect(200).await;
        let got = world.as_nobody().get(&link(&page["items"][0]["attachments"][0])).send().await;
        assert_eq!(&got.body[..], b"hello");
    }

    async fn blobs_that_no_row_names_are_swept(world) {
        sent(world, &world.ben, "a.txt", "hello").await;
        let folder = world.place.data.join("blobs");
        let orphan = folder.join(world.acme.to_string()).join("ab".repeat(32));
        std::fs::write(orphan, "left by a crash").unwrap();
        // A crash while a named blob was being asked about.
        let (named, out) = (folder.join(world.acme.to_string()), folder.join("outgoing").join(world.acme.to_string()));
        std::fs::create_dir_all(&out).unwrap();
        std::fs::rename(named.join(SHA_OF_HELLO), out.join(SHA_OF_HELLO)).unwrap();
        assert_eq!(blobs(world), 2);
        let (house, place) = (world.house().clone(), world.place.data.clone());
        let swept = tokio::task::spawn_blocking(move || server::erasures::sweep_blobs(&house, &place));
        swept.await.unwrap().unwrap();
        assert_eq!(blobs(world), 1);
    }

    async fn erasing_a_customer_takes_the_files_with_it(world) {
        let shared = sent(world, &world.ben, "a.txt", "hello").await;
        let own = sent(world, &world.ben, "b.txt", "a secret of Zoe").await;
        sent(world, &world.ben, "c.txt", "hello").await;
        let (id, _) = attached(world, &world.ben, json!([shared["id"], own["id"]])).await;
        let opened = world.as_(&world.ben).get(&format!("/api/v1/tickets/{id}")).expect(200).await;
        let customer: CustomerId = opened["customer"]["id"].as_str().unwrap().parse().unwrap();
        let cx = trust::Cx::of_house(world.house(), world.acme, trust::access::Via::Command);
        let erased = cx.write(move |tx, cx| {
            server::domains::personal().iter().map(|part| Ok((part.erase)(tx, cx, customer, None)?.rows)).sum::<base::Result<u64>>()
        });
        assert!(erased.await.unwrap() >= 2);
        world.finder.sweeper.settle_next().await.unwrap();
        assert_eq!((blobs(world), rows(world).await), (1, 1));
    }

    async fn an_export_holds_the_files_by_link_and_beside_it(world) {
        let (bill, cat) = (sent(world, &world.ben, "bill.txt", "hello").await, sent(world, &world.ben, "..%2Fcat.png", PNG).await);
        let (id, _) = attached(world, &world.ben, json!([bill["id"], cat["id"]])).await;
        let opened = world.as_(&world.ben).get(&format!("/api/v1/tickets/{id}")).expect(200).await;
        let path = format!("/api/v1/customers/{}/export", opened["customer"]["id"].as_str().unwrap());
        let export = world.as_(&world.ada).get(&path).expect(200).await;
        let files = &export["records"][0]["tickets"][0]["messages"][0]["attachments"];
        assert_eq!((&files[0]["name"], &files[0]["sha256"], &files[0]["size"]), (&json!("bill.txt"), &json!(SHA_OF_HELLO), &json!(5)));
        assert_eq!(&world.as_nobody().get(&link(&files[0])).send().await.body[..], b"hello");

        let (folder, data) = (tempfile::tempdir().unwrap(), world.place.data.clone());
        let (out, again) = (folder.path().join("person"), export.clone());
        let target = out.clone();
        let written = tokio::task::spawn_blocking(move || {
            let written = server::person::write(&again, &data, &target).unwrap();
            assert!(server::person::write(&again, &data, &target).is_err(), "a folder that is there stays as it is");
            written
        });
        assert_eq!(written.await.unwrap()["files"], 2);
        let kept: Value = serde_json::from_slice(&std::fs::read(out.join("person.json")).unwrap()).unwrap();
        assert_eq!(kept, export);
        for (file, bytes) in [(&files[0], b"hello".as_slice()), (&files[1], PNG)] {
            assert_eq!(std::fs::read(out.join(file["file"].as_str().unwrap())).unwrap(), bytes);
        }
    }

    async fn a_hundred_unused_uploads_are_the_most(world) {
        let (acme, ben): (_, MemberId) = (world.acme, world.ben.member);
        let env = world.house().env.clone();
        let fill = move |tx: &mut db::Tx<'_>| {
            for _ in 0..100 {
                let id: base::Id<trust::nouns::Ticket> = Id::new(&env, base::CellNumber::new(0));
                tx.exec(
                    "INSERT INTO upload (workspace_id, id, sha256, name, content_type, size, owner_kind, owner_id, created_at) \
                     VALUES ($1, $2, $3, 'a', 'text/plain', 1, 'member', $4, $5)",
                    &[&acme, &id, &[0_u8; 32], &ben, &env.now()],
                )?;
            }
            Ok(())
        };
        world.house().db.write(acme.uuid(), fill).await.unwrap();
        send(world, &world.ben, "a", "hello").await.problem(422, "too_many_uploads");
        sent(world, &world.ada, "a", "hello").await;
    }

    async fn a_visitor_sends_a_file_with_a_question(world) {
        let key = json!({"name": "Site", "allowed_origins": ["https://shop.example"]});
        let key = world.as_(&world.ada).post("/api/v1/widget-keys", key).expect(201).await;
        let key = key["key"].as_str().unwrap();
        visitor(world, "dv_zoe").await;
        let at = |method: Method, path: &str, device: &str| {
            let call = world.as_nobody().call(method, path).header("x-widget-key", key);
            call.header("authorization", format!("Visitor {device}")).header("x-filename", "a.txt")
        };
        let upload = at(Method::POST, "/api/v1/me/uploads", "dv_zoe").raw("text/plain", "hello").expect(201).await;
        assert_eq!(upload["content_type"], "text/plain");
        at(Method::POST, "/api/v1/me/uploads", "dv_no").raw("text/plain", "x").send().await.problem(401, "sign_in_first");
        ticket(world.as_(&world.ben), json!([upload["id"]])).await.problem(422, "unknown_upload");

        let asked = json!({"body": "See the file.", "attachments": [upload["id"]]});
        let mine = at(Method::POST, "/api/v1/me/tickets", "dv_zoe").json(&asked).expect(201).await;
        let path = format!("/api/v1/me/tickets/{}/messages", mine["id"].as_str().unwrap());
        let messages = at(Method::GET, &path, "dv_zoe").expect(200).await;
        let got = world.as_nobody().get(&link(&messages["items"][0]["attachments"][0])).send().await;
        assert_eq!(&got.body[..], b"hello");
    }
}

/// A visitor who is known by a device.
async fn visitor(world: &World, device: &str) {
    let (acme, env, hash) = (world.acme, world.house().env.clone(), hash_secret(device));
    let insert = move |tx: &mut db::Tx<'_>| {
        let id: CustomerId = Id::new(&env, base::CellNumber::new(0));
        tx.exec(
            "INSERT INTO customer (workspace_id, id, attributes, is_visitor, device_hash, created_at, version) \
             VALUES ($1, $2, '{}', 1, $3, $4, 1)",
            &[&acme, &id, &hash, &env.now()],
        )
    };
    world.house().db.write(acme.uuid(), insert).await.unwrap();
}

/// A world whose attachments have an origin of their own.
fn with_own_origin(engine: Engine) -> World {
    World::with(engine, server::domains::operations(), |settings| {
        settings.trust.attachments_origin = "https://files.acme.test".to_owned();
    })
}

#[test]
fn attachments_answer_on_their_own_origin_alone() {
    tell_in(Engine::Sqlite, with_own_origin, async |world| {
        let upload = sent(world, &world.ben, "a.txt", "hello").await;
        let (_, message) = attached(world, &world.ben, json!([upload["id"]])).await;
        let file = &message["attachments"][0];
        assert!(file["url"].as_str().unwrap().starts_with("https://files.acme.test/attachments/"), "{file}");
        let at = |host: &str| world.as_nobody().get(&link(file)).header("host", host).send();
        at("files.acme.test").await.expect(200);
        at("127.0.0.1:8080").await.problem(404, "not_found");
        world.as_nobody().get(&link(file)).send().await.problem(404, "not_found");
    });
}
