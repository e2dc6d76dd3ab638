//! What a ticket was opened with, as its first event tells it: the same today and when history is replayed.

use rules::{Fact, Facts, Kind, Name, Vocabulary};
use serde_json::Value;

use super::vocabulary::{BANDS, CHANNELS, PRIORITIES};

const fn name(root: &'static str, field: &'static str, kind: Kind) -> Name {
    Name { root, field, kind }
}

/// What a policy may ask.
pub static OPENED: Vocabulary = Vocabulary(&[
    name("ticket", "priority", Kind::Word(PRIORITIES)),
    name("ticket", "channel", Kind::Word(CHANNELS)),
    name("ticket", "category_id", Kind::Text),
    name("ticket", "language", Kind::Text),
    name("ticket", "team_id", Kind::Text),
    name("ticket", "is_restricted", Kind::Truth),
    name("company", "id", Kind::Text),
    name("company", "plan", Kind::Text),
    name("company", "tier", Kind::Text),
    name("company", "revenue_band", Kind::Word(BANDS)),
]);

/// The facts in the data of a `ticket.opened` event.
pub fn of_opened(data: &Value) -> Facts {
    let text = |name: &str| Fact::text(data.get(name).and_then(Value::as_str));
    let team = Fact::text(data.pointer("/to/team").and_then(Value::as_str));
    let is_restricted = data.pointer("/to/restricted").and_then(Value::as_bool).unwrap_or(false);
    Facts::default()
        .with("ticket", "priority", text("priority"))
        .with("ticket", "channel", text("channel"))
        .with("ticket", "category_id", text("category_id"))
        .with("ticket", "language", text("language"))
        .with("ticket", "team_id", team)
        .with("ticket", "is_restricted", Fact::Truth(is_restricted))
        .with("company", "id", text("company_id"))
        .with("company", "plan", text("plan"))
        .with("company", "tier", text("tier"))
        .with("company", "revenue_band", text("revenue_band"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_name_of_the_vocabulary_is_told_by_the_event() {
        let data = json!({"priority": "high", "channel": "widget", "category_id": "cat_1", "language": "de",
            "company_id": "cpy_1", "plan": "pro", "tier": "gold", "revenue_band": "1k_5k",
            "to": {"status": "open", "team": "tea_1", "restricted": true}});
        let facts = of_opened(&data);
        for name in OPENED.0 {
            let fact = facts.get(name.root, name.field);
            assert!(fact.is_some_and(|fact| *fact != Fact::Nothing), "{}.{}", name.root, name.field);
        }
    }
}
