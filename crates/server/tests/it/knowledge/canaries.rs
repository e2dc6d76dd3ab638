//! Canaries: an article of every status, audience and visibility in two workspaces, looked for everywhere as everyone.
//! Each sings a word of its own; nobody may hear one that is not for them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::finding::indexed;
use super::scene::{change, open_help, publish, set_status, write};
use crate::desk::identity::{add_shared, hs256, lia};
use crate::desk::scene::{Visitor, text, widget_key};
use crate::harness::{Person, World, both_engines};

const AUDIENCES: [&str; 3] = ["customer", "internal", "both"];
const VISIBILITIES: [&str; 3] = ["public", "authenticated", "internal"];

/// Who listens.
#[derive(Clone, Copy, PartialEq)]
enum Ear {
    Anybody,
    Signed,
    Staff,
}

/// Whether somebody may hear a published article; said here once more, in other words than the house's.
fn may_hear(ear: Ear, audience: &str, visibility: &str) -> bool {
    match ear {
        Ear::Staff => true,
        Ear::Signed => audience != "internal" && visibility != "internal",
        Ear::Anybody => audience != "internal" && visibility == "public",
    }
}

fn word(number: usize, part: &str) -> String {
    format!("canary{part}{number:02}x")
}

async fn as_gus(world: &World, new: Value) -> Value {
    let gus = world.as_(&world.gus);
    let made = gus.post("/api/v1/articles", new).expect(201).await;
    let path = format!("/api/v1/articles/{}/status", text(&made["id"]));
    gus.put(&path, json!({"status": "published"})).header("if-match", "\"1\"").expect(200).await
}

/// Every text of every place one can look at, as one string.
async fn heard(places: impl IntoIterator<Item = String>, look: impl AsyncFn(String) -> String) -> String {
    let mut all = String::new();
    for place in places {
        all.push_str(&look(place).await);
    }
    all
}

fn sung(all: &str) -> BTreeSet<String> {
    let words = all.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| word.starts_with("canary") && word.ends_with('x')).map(str::to_owned).collect()
}

/// What is closed now is closed although the index still holds it.
async fn a_late_index_leaks_nothing(world: &World, articles: &[Value], open: usize) {
    let is_open =
        |one: &&Value| one["audience"] == "customer" && one["visibility"] == "public" && one["status"] == "published";
    let article = articles.iter().find(is_open).unwrap();
    change(world, http::Method::PATCH, article, "", json!({"visibility": "internal"})).await;
    let found = world.as_nobody().get("/help/api/search?q=heron&limit=50").header("host", "help.acme.test");
    assert_eq!(sung(&found.expect(200).await.to_string()).len(), open - 1);
}

both_engines! {
    async fn nobody_hears_a_canary_that_is_not_for_them(world) {
        open_help(world).await;
        let mut songs = Vec::new();
        let mut articles = Vec::new();
        for (number, (audience, visibility)) in AUDIENCES.iter().flat_map(|one| VISIBILITIES.map(|other| (*one, other))).enumerate() {
            let sing = |part: &str| json!({
                "title": format!("Heron {}", word(number, part)), "body": format!("A heron sings {}.", word(number, part)),
                "audience": audience, "visibility": visibility, "external_id": word(number, part),
            });
            let live = publish(world, sing("live")).await;
            change(world, http::Method::PUT, &live, "/contexts", json!({"names": ["pond"]})).await;
            // Words that are not live yet, articles that never were, and articles that are no more.
            change(world, http::Method::PATCH, &live, "", json!({"title": format!("Heron {}", word(number, "head")), "body": word(number, "head")})).await;
            articles.push(live);
            articles.push(write(world, sing("draft")).await);
            let gone = publish(world, sing("gone")).await;
            articles.push(set_status(world, &gone, "archived").await);
            articles.push(as_gus(world, sing("globex")).await);
            songs.push((word(number, "live"), audience.to_string(), visibility.to_string()));
        }
        indexed(world).await;
        add_shared(world, &world.ada).await;
        let key = widget_key(world).await;
        let expected = |ear: Ear| -> BTreeSet<String> {
            let may = songs.iter().filter(|(_, audience, visibility)| may_hear(ear, audience, visibility));
            may.map(|(word, ..)| word.clone()).collect()
        };
        let all_words: Vec<String> = ["live", "head", "draft", "gone", "globex"].iter()
            .flat_map(|part| (0..9).map(move |number| word(number, part))).collect();

        // Anybody, on every page of the help centre.
        let mut places: Vec<String> = vec![
            "/help/en".into(), "/help/en/categories/other".into(), "/help/sitemap.xml".into(),
            "/help/en/search?q=heron".into(), "/help/api/search?q=heron&limit=50&settled=true".into(),
            "/help/api/search?q=her&limit=50".into(),
        ];
        places.extend(all_words.iter().map(|word| format!("/help/api/search?q={word}&limit=50")));
        places.extend(articles.iter().flat_map(|article| {
            let (id, slug) = (text(&article["id"]), text(&article["slug"]));
            [format!("/help/en/articles/{slug}"), format!("/help/en/articles/{id}"), format!("/help/en/contact?read={id}"), format!("/help/en/to/{}", text(&article["external_id"]))]
        }));
        let all = heard(places, async |place| {
            let answer = world.as_nobody().get(&place).header("host", "help.acme.test").send().await;
            assert!(answer.status.as_u16() < 500, "{place}");
            // A page says again what was asked for; its own words are looked at.
            String::from_utf8_lossy(&answer.body).into_owned()
        }).await;
        assert_eq!(sung(&all), expected(Ear::Anybody));

        // At the widget: a device is anybody, a signed identity is a customer.
        let device = Visitor::new(world, &key).await;
        let signed = Visitor::identified(world, &key, &hs256(&lia(world, 600)));
        for (visitor, ear) in [(&device, Ear::Anybody), (&signed, Ear::Signed)] {
            let mut places: Vec<String> = vec![
                "/api/v1/help/search?q=heron&limit=50&settled=true".into(), "/api/v1/help/search?q=her&limit=50".into(),
                "/api/v1/help/context/pond".into(),
            ];
            places.extend(all_words.iter().map(|word| format!("/api/v1/help/search?q={word}&limit=50")));
            places.extend(articles.iter().map(|article| format!("/api/v1/help/articles/{}", text(&article["id"]))));
            let all = heard(places, async |place| visitor.get(&place).send().await.expect_any()).await;
            assert_eq!(sung(&all), expected(ear));
        }

        // Staff see everything of their own workspace, and search what is live in it.
        let search = async |who: &Person, rest: &str| {
            let page = world.as_(who).get(&format!("/api/v1/search/articles?q=heron&limit=100{rest}")).expect(200).await;
            sung(&page["items"].to_string())
        };
        assert_eq!(search(&world.ben, "").await, expected(Ear::Staff));
        assert_eq!(search(&world.ben, "&audience=customer").await, expected(Ear::Signed));
        let of_globex: BTreeSet<String> = (0..9).map(|number| word(number, "globex")).collect();
        assert_eq!(search(&world.gus, "").await, of_globex);
        let rights = json!({"name": "No knowledge", "kind": "workspace", "rights": ["tickets:read"]});
        let token = world.as_(&world.ada).post("/api/v1/tokens", rights).expect(201).await;
        let outsider = crate::harness::Caller::new(world, Some(text(&token["token"])));
        outsider.get("/api/v1/search/articles?q=heron").send().await.problem(403, "missing_right");

        a_late_index_leaks_nothing(world, &articles, expected(Ear::Anybody).len()).await;
    }
}
