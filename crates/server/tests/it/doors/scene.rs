//! What stands behind the doors: one thing of every noun at Acme, in the territory North.

use std::collections::HashMap;

use base::Id;
use http::Method;
use serde_json::{Value, json};
use trust::nouns::Ticket;
use uuid::Uuid;

use super::table::{DOORS, Door, Pass};
use crate::harness::{Answer, Call, Caller, World};

/// The page the widget is on.
pub const PAGE: &str = "https://shop.test";

/// One door of the document, joined with its row.
pub struct Known {
    /// The method.
    pub method: Method,
    /// The path with its parameters.
    pub path: String,
    /// The row.
    pub door: Door,
}

/// Joins the document with the table; both must name the same doors.
pub fn known_doors() -> Vec<Known> {
    let document: Value = serde_json::from_str(&server::app::document().unwrap()).unwrap();
    let mut rows: HashMap<&str, Door> = DOORS.iter().map(|door| (door.0, *door)).collect();
    assert_eq!(rows.len(), DOORS.len(), "an operation stands in the table twice");
    let mut known = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let Some(name) = operation["operationId"].as_str() else { continue };
            let door = rows.remove(name);
            let door = door.unwrap_or_else(|| panic!("{method} {path} ({name}) is missing from the table of doors"));
            let method = method.to_uppercase().parse().unwrap();
            known.push(Known { method, path: path.clone(), door });
        }
    }
    assert!(rows.is_empty(), "these doors are gone, but still in the table: {:?}", rows.keys());
    known
}

/// Ids by the word before them in a path.
pub type Ids = HashMap<&'static str, String>;

/// What stands at Acme.
pub struct Scene {
    /// One real id of each noun.
    pub ids: Ids,
    /// Another customer of Acme.
    pub other: String,
    /// The widget key.
    pub widget: String,
    /// The device of the visitor whose ticket it is.
    pub device: String,
    /// A ticket of that visitor.
    pub visitor_ticket: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn promise() -> Value {
    json!({"targets": [{"metric": "resolution", "priority": "low", "minutes": 60, "hours": "calendar"}]})
}

fn what_if() -> Value {
    json!({"policy": {"promise": promise()}, "from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"})
}

impl Scene {
    /// Puts one thing of every noun into Acme.
    pub async fn set(world: &World) -> Scene {
        let ada = world.as_(&world.ada);
        let make = async |place: &str, body: Value| ada.post(&format!("/api/v1/{place}"), body).expect(201).await;
        let territory = make("territories", json!({"name": "North"})).await;
        let company = make("companies", json!({"name": "Snow Ltd", "territory_id": territory["id"]})).await;
        let customer = make("customers", json!({"name": "Nora", "company_id": company["id"]})).await;
        let other = make("customers", json!({"name": "Olaf", "company_id": company["id"]})).await;
        let new = json!({"subject": "Snow", "body": "It snows.", "requester": {"customer_id": customer["id"]}});
        let ticket = make("tickets", new).await;
        let token = json!({"name": "T", "kind": "workspace", "rights": ["tickets:read"]});
        let widget = make("widget-keys", json!({"name": "Shop", "allowed_origins": [PAGE]})).await;
        let secret = json!({"algorithm": "hs256", "secret": "a shared secret of more than 32 bytes"});
        let field = json!({"key": "order", "label": "Order", "type": "text"});
        let spammer = json!({"kind": "domain", "value": "spam.test", "blocked": true});
        let snow_macro = json!({"name": "Snow", "visibility": "all", "actions": [{"do": "unassign"}]});
        let team = make("teams", json!({"name": "Billing"})).await;
        let rule =
            make("routing/rules", json!({"name": "A", "condition": "true", "team_id": team["id"], "active": false}))
                .await;
        let automation = json!({"name": "A", "when": {"events": ["opened"]}, "actions": [{"do": "unassign"}]});
        let ids = HashMap::from([
            ("territories", text(&territory["id"])),
            ("attachments", world.acme.to_string()),
            ("{workspace}", Id::<desk::uploads::Upload>::new(&world.house().env, world.house().cell).to_string()),
            ("companies", text(&company["id"])),
            ("customers", text(&customer["id"])),
            ("participants", text(&other["id"])),
            ("tickets", text(&ticket["id"])),
            ("members", world.ben.member.to_string()),
            ("teams", text(&team["id"])),
            ("rules", text(&rule["id"])),
            ("{automation}", text(&make("automation/rules", automation).await["id"])),
            ("skills", text(&make("skills", json!({"name": "German"})).await["id"])),
            ("tokens", text(&make("tokens", token).await["id"])),
            ("widget-keys", text(&widget["id"])),
            ("identity-keys", text(&make("identity-keys", secret).await["id"])),
            ("tags", text(&make("tags", json!({"name": "billing"})).await["id"])),
            ("categories", text(&make("categories", json!({"name": "Billing"})).await["id"])),
            ("fields", text(&make("fields", field).await["id"])),
            ("macros", text(&make("macros", snow_macro).await["id"])),
            ("quarantine", Id::<Ticket>::new(&world.house().env, world.house().cell).to_string()),
            ("sender-rules", text(&make("sender-rules", spammer).await["id"])),
            ("statuses", text(&make("statuses", json!({"status": "pending", "name": "With legal"})).await["id"])),
            ("articles", text(&make("articles", json!({"title": "Snow", "body": "It snows."})).await["id"])),
            ("gaps", Id::<knowledge::nouns::Gap>::new(&world.house().env, world.house().cell).to_string()),
            ("searches", Id::<knowledge::nouns::SearchQuery>::new(&world.house().env, world.house().cell).to_string()),
            ("images", Id::<knowledge::nouns::Article>::new(&world.house().env, world.house().cell).to_string()),
            ("synonyms", Id::<knowledge::nouns::Synonym>::new(&world.house().env, world.house().cell).to_string()),
            ("sitemaps", "1.xml".to_owned()),
            (
                "notifications",
                Id::<desk::notifications::NotificationNoun>::new(&world.house().env, world.house().cell).to_string(),
            ),
            ("answers", Id::<taxonomy::nouns::Category>::new(&world.house().env, world.house().cell).to_string()),
            ("examples", Id::<desk::triage::TriageExample>::new(&world.house().env, world.house().cell).to_string()),
            ("models", Id::<desk::triage::TriageModel>::new(&world.house().env, world.house().cell).to_string()),
            (
                "calendars",
                text(
                    &make("calendars", json!({"name": "Always", "definition": {"zone": "UTC", "always": true}})).await
                        ["id"],
                ),
            ),
            ("policies", text(&make("sla/policies", json!({"name": "Usual", "promise": promise()})).await["id"])),
            ("simulations", text(&make("simulations", what_if()).await["id"])),
            ("{locale}", "nowhere".to_owned()),
            ("{article}", "0000".to_owned()),
            ("translations", "en".to_owned()),
            ("versions", "1".to_owned()),
            ("help", "en".to_owned()),
            ("to", "snow".to_owned()),
            ("context", "billing".to_owned()),
        ]);
        let widget = text(&widget["key"]);
        let device = new_device(world, &widget).await;
        let asked =
            world.as_nobody().post("/api/v1/me/tickets", json!({"body": "Hello?"})).header("x-widget-key", &widget);
        let asked = asked.header("authorization", format!("Visitor {device}")).expect(201).await;
        Scene { ids, other: text(&other["id"]), widget, device, visitor_ticket: text(&asked["id"]) }
    }

    /// Ids of the same nouns that nobody has.
    pub fn random_ids(&self) -> Ids {
        let nobody = Id::<Ticket>::from_uuid(Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_dead_beef)).to_string();
        let tail = nobody.split_once('_').unwrap().1;
        let swap = |id: &String| match id.split_once('_') {
            Some((prefix, _)) => format!("{prefix}_{tail}"),
            None => id.clone(),
        };
        self.ids.iter().map(|(noun, id)| (*noun, swap(id))).collect()
    }

    /// A call at a door with these ids, with the version and the body it would take.
    pub fn call<'w>(&self, caller: &Caller<'w>, known: &Known, ids: &Ids) -> Call<'w> {
        let path = fill(&known.path, ids);
        let path = match known.door.0 {
            "searchTickets" | "searchArticles" | "searchHelp" | "searchHelpCentre" => format!("{path}?q=snow"),
            "listTicketClocks" => format!("{path}?ids=tkt_01h00000000000000000000000"),
            "previewMacro" => format!("{path}?macro_id={}", ids["macros"]),
            "compareArticleVersions" => format!("{path}?from=1&to=1"),
            _ => path,
        };
        let call = caller.call(known.method.clone(), &path).header("if-match", "\"1\"");
        match known.door.2 {
            "" => call,
            body => call.raw("application/json", named(body, &self.other, &self.ids)),
        }
    }
}

/// A body with the ids it names.
fn named(body: &str, other: &str, ids: &Ids) -> String {
    body.replace("$other", other).replace("$ticket", &ids["tickets"]).replace("$team", &ids["teams"])
}

/// A new visitor's device.
pub async fn new_device(world: &World, widget: &str) -> String {
    let made = world.as_nobody().call(Method::POST, "/api/v1/me/device").header("x-widget-key", widget);
    text(&made.expect(201).await["token"])
}

/// Puts ids into a path: each parameter takes the id of the word before it.
fn fill(path: &str, ids: &Ids) -> String {
    let mut before = "";
    let mut filled = Vec::new();
    let path = path.replace("automation/rules/{id}", "automation/rules/{automation}");
    for part in path.split('/') {
        match part.starts_with('{') {
            true if part == "{automation}" => filled.push(ids[part].as_str()),
            true => filled.push(ids.get(before).unwrap_or_else(|| panic!("no id for {path}")).as_str()),
            false => filled.push(part),
        }
        before = part;
    }
    filled.join("/")
}

/// A token of Ada's with every right but one.
pub async fn all_but(world: &World, right: &str) -> String {
    let rights = trust::access::Rights::all().words();
    let rights: Vec<&str> = rights.into_iter().filter(|known| *known != right).collect();
    let new = json!({"name": right, "kind": "workspace", "rights": rights});
    text(&world.as_(&world.ada).post("/api/v1/tokens", new).expect(201).await["token"])
}

/// Whether a door takes no less than a right that a set of words holds.
pub fn needs(door: &Door, rights: &[&str]) -> bool {
    matches!(door.1, Pass::Right(right) if rights.contains(&right))
}

/// A problem without what differs from answer to answer.
pub fn without_reference(answer: &Answer, status: u16) -> Value {
    let mut problem = answer.expect(status);
    problem.as_object_mut().unwrap().remove("reference");
    problem
}
