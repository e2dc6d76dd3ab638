//! Words that the stories of knowledge share: writing, publishing, and reading the help centre as anybody.

use http::Method;
use serde_json::{Value, json};

use crate::desk::scene::text;
use crate::harness::{Answer, World};

/// Writes an article as Ada.
pub async fn write(world: &World, new: Value) -> Value {
    world.as_(&world.ada).post("/api/v1/articles", new).expect(201).await
}

/// An article with a title and a body.
pub fn titled(title: &str, body: &str) -> Value {
    json!({"title": title, "body": body})
}

/// The address of an article, or of something below it.
pub fn at(article: &Value, rest: &str) -> String {
    format!("/api/v1/articles/{}{rest}", text(&article["id"]))
}

/// An article as Ada reads it now.
pub async fn read(world: &World, article: &Value) -> Value {
    world.as_(&world.ada).get(&at(article, "")).expect(200).await
}

/// Changes something of an article with the version it has now, as Ada.
pub async fn change(world: &World, method: Method, article: &Value, rest: &str, body: Value) -> Value {
    let version = read(world, article).await["version"].clone();
    let call = world.as_(&world.ada).call(method, &at(article, rest)).header("if-match", format!("\"{version}\""));
    let answer = if body.is_null() { call.send().await } else { call.json(&body).send().await };
    assert!(answer.status.is_success(), "{answer:?}");
    if answer.body.is_empty() { Value::Null } else { serde_json::from_slice(&answer.body).unwrap() }
}

/// Sets a status as Ada.
pub async fn set_status(world: &World, article: &Value, status: &str) -> Value {
    change(world, Method::PUT, article, "/status", json!({"status": status})).await
}

/// Writes and publishes an article as Ada.
pub async fn publish(world: &World, new: Value) -> Value {
    let article = write(world, new).await;
    set_status(world, &article, "published").await
}

/// Gives Acme's help centre the host that `page` asks.
pub async fn open_help(world: &World) {
    let site = json!({"host": "help.acme.test", "default_locale": "en", "has_contact": true});
    let set = world.as_(&world.ada).put("/api/v1/help-site", site).header("if-match", "\"0\"");
    set.expect(200).await;
}

/// A page of Acme's help centre, as anybody gets it.
pub async fn page(world: &World, path: &str) -> Answer {
    world.as_nobody().get(path).header("host", "help.acme.test").header("accept", "text/html").send().await
}

/// The HTML of a page that is there.
pub async fn html(world: &World, path: &str) -> String {
    let answer = page(world, path).await;
    let body = String::from_utf8(answer.body.to_vec()).unwrap();
    assert_eq!(answer.status.as_u16(), 200, "{path}: {body}");
    body
}
