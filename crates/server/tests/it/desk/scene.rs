//! Words that the stories of the desk share: opening, reading, changing a ticket, hiring, and standing at a widget.

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Call, Caller, World};

/// The text of a field.
#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The items of a page.
#[track_caller]
pub fn items(page: &Value) -> &Vec<Value> {
    page["items"].as_array().unwrap()
}

/// A new ticket of Lia's.
pub fn of_lia(subject: &str) -> Value {
    json!({"subject": subject, "body": "It does not work.", "requester": {"email": "lia@shop.test", "name": "Lia Berg"}})
}

/// Opens a ticket as Ada.
pub async fn open(world: &World, new: Value) -> Value {
    world.as_(&world.ada).post("/api/v1/tickets", new).expect(201).await
}

/// The address of a ticket, or of something below it.
pub fn at(ticket: &Value, rest: &str) -> String {
    format!("/api/v1/tickets/{}{rest}", text(&ticket["id"]))
}

/// A ticket as Ada reads it now.
pub async fn read(world: &World, ticket: &Value) -> Value {
    world.as_(&world.ada).get(&at(ticket, "")).expect(200).await
}

/// Changes something of a ticket with the version it has now, as Ada.
pub async fn change(world: &World, method: Method, ticket: &Value, rest: &str, body: Value) -> Value {
    let version = read(world, ticket).await["version"].clone();
    let call = world.as_(&world.ada).call(method, &at(ticket, rest)).header("if-match", format!("\"{version}\""));
    let answer = if body.is_null() { call.send().await } else { call.json(&body).send().await };
    assert!(answer.status.is_success(), "{answer:?}");
    if answer.body.is_empty() { Value::Null } else { serde_json::from_slice(&answer.body).unwrap() }
}

/// Sets a status as Ada.
pub async fn set_status(world: &World, ticket: &Value, status: &str) -> Value {
    change(world, Method::PUT, ticket, "/status", json!({"status": status})).await
}

/// Days pass, and the house has done what it does by itself.
pub async fn days_pass(world: &World, days: i64) {
    // The schedules are there before the time goes by.
    world.opened.worker.run_due().await.unwrap();
    world.clock.advance_seconds(days * 86_400);
    world.opened.worker.run_due().await.unwrap();
}

/// A team of Acme.
pub async fn team(world: &World, name: &str) -> Value {
    world.as_(&world.ada).post("/api/v1/teams", json!({"name": name})).expect(201).await["id"].clone()
}

/// How many rows a table of Acme has.
pub async fn rows(world: &World, table: &'static str) -> i64 {
    let acme = world.acme;
    let sql = format!("SELECT COUNT(*) FROM {table} WHERE workspace_id = $1");
    let read = world.house().db.read(acme.uuid(), move |tx| tx.first(&sql, &[&acme], |row| row.get(0)));
    read.await.unwrap().unwrap()
}

/// Somebody at the widget of Acme.
pub struct Visitor<'w> {
    world: &'w World,
    key: String,
    credential: String,
}

/// A widget key of Acme.
pub async fn widget_key(world: &World) -> String {
    let new = json!({"name": "Shop", "allowed_origins": ["https://shop.test"]});
    let made = world.as_(&world.ada).post("/api/v1/widget-keys", new).expect(201).await;
    text(&made["key"]).to_owned()
}

impl<'w> Visitor<'w> {
    /// A visitor on a new device.
    pub async fn new(world: &'w World, key: &str) -> Visitor<'w> {
        let made = world.as_nobody().call(Method::POST, "/api/v1/me/device").header("x-widget-key", key);
        let made = made.expect(201).await;
        Visitor { world, key: key.to_owned(), credential: format!("Visitor {}", text(&made["token"])) }
    }

    /// A customer with an identity token of the host app.
    pub fn identified(world: &'w World, key: &str, token: &str) -> Visitor<'w> {
        Visitor { world, key: key.to_owned(), credential: format!("Bearer {token}") }
    }

    fn dress(&self, call: Call<'w>) -> Call<'w> {
        call.header("x-widget-key", &self.key).header("authorization", &self.credential)
    }

    pub fn get(&self, path: &str) -> Call<'w> {
        self.dress(Caller::new(self.world, None).get(path))
    }

    pub fn post(&self, path: &str, body: Value) -> Call<'w> {
        self.dress(Caller::new(self.world, None).post(path, body))
    }

    pub fn patch(&self, path: &str, body: Value) -> Call<'w> {
        self.dress(Caller::new(self.world, None).patch(path, body))
    }

    /// Asks for help and gives the ticket.
    pub async fn ask(&self, body: &str) -> Value {
        self.post("/api/v1/me/tickets", json!({"body": body})).expect(201).await
    }

    /// Writes to a ticket and gives the message.
    pub async fn write(&self, ticket: &Value, body: &str) -> Value {
        let path = format!("/api/v1/me/tickets/{}/messages", text(&ticket["id"]));
        self.post(&path, json!({"body": body})).expect(201).await
    }

    /// The messages of a ticket.
    pub async fn messages(&self, ticket: &Value) -> Vec<Value> {
        let path = format!("/api/v1/me/tickets/{}/messages", text(&ticket["id"]));
        items(&self.get(&path).expect(200).await).clone()
    }

    /// The headers, for streams that are opened by hand.
    pub fn headers(&self) -> [(&'static str, &str); 2] {
        [("x-widget-key", &self.key), ("authorization", &self.credential)]
    }
}
