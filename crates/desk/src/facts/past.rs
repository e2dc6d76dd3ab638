//! What a ticket was at a moment of its past: folded from its events, with what they do not carry from the backdrop.
//! Rule: where a fact was not told then, today's is taken, and whoever asks can know it.

use base::Time;
use rules::{Fact, Facts};
use serde_json::Value;
use trust::log::SealedEvent;
use uuid::Uuid;

use super::backdrop::{Backdrop, Row};
use super::now::{days, fact, told};
use super::opened::of_opened;
use crate::tickets::{MessageId, Status, WaitingOn};

/// A ticket at a moment of its past.
#[derive(Clone, Debug)]
pub struct Past {
    ticket: Uuid,
    row: Row,
    opened: Facts,
    opened_at: Time,
    last_message_at: Time,
    asked: Option<MessageId>,
    is_answered: bool,
    is_deleted: bool,
    number: i64,
    status: String,
    waiting_on: Option<String>,
    priority: String,
    kind: Option<String>,
    category: Option<String>,
    language: Option<String>,
    team: Option<String>,
    assignee: Option<String>,
    is_restricted: bool,
    tags: Vec<String>,
    /// The last events after which what is known today of a fact holds.
    fields_since: i64,
    subject_since: i64,
    tags_since: i64,
    kind_since: i64,
    language_since: i64,
}

/// The facts of an event.
pub(crate) fn parsed(event: &SealedEvent) -> Value {
    serde_json::from_str(&event.data).unwrap_or_default()
}

fn word(data: &Value, name: &str) -> Option<String> {
    data.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn changes(data: &Value, name: &str) -> bool {
    data.get("changed").and_then(Value::as_array).is_some_and(|all| all.iter().any(|one| one == name))
}

impl Past {
    /// A ticket as it was opened; nothing when its first event is not an opening. `data` are the facts of `events`.
    pub fn opened(events: &[SealedEvent], data: &[Value], backdrop: &Backdrop) -> Option<Past> {
        let (first, opened) = (events.first()?, data.first()?);
        if first.kind != "ticket.opened" {
            return None;
        }
        let row = backdrop.row(first.subject);
        let last_change = |name: &str| {
            let places = events.iter().zip(data).filter(|(_, data)| changes(data, name));
            places.map(|(event, _)| event.subject_seq).max().unwrap_or(0)
        };
        let was_kept = |name: &str| last_change(name) == 0;
        let tags = opened.get("tag_ids").map(|ids| named(ids, backdrop));
        let tags_since = if tags.is_some() { 0 } else { last_silent(events, data, "tags", "tag_ids") };
        let mut past = Past {
            ticket: first.subject,
            opened: of_opened(opened),
            opened_at: first.occurred_at,
            last_message_at: first.occurred_at,
            asked: word(opened, "message_id").and_then(|id| id.parse().ok()),
            is_answered: false,
            is_deleted: false,
            number: opened.get("number").and_then(Value::as_i64).unwrap_or(0),
            status: Status::Open.to_string(),
            waiting_on: None,
            priority: word(opened, "priority").unwrap_or_default(),
            // A log from before this was told has it of the row, unless it was changed since.
            kind: word(opened, "type").or_else(|| row.kind.clone().filter(|_| was_kept("type"))),
            category: word(opened, "category_id"),
            language: word(opened, "language"),
            team: None,
            assignee: None,
            is_restricted: false,
            tags: tags.unwrap_or_else(|| if was_kept("tags") { row.tags.clone() } else { Vec::new() }),
            fields_since: last_change("fields"),
            subject_since: last_change("subject"),
            tags_since,
            kind_since: last_silent(events, data, "type", "type"),
            language_since: last_silent(events, data, "language", "language"),
            row,
        };
        past.place(opened.get("to"));
        Some(past)
    }

    /// Goes on to the moment after an event.
    pub fn apply(&mut self, event: &SealedEvent, data: &Value, backdrop: &Backdrop) {
        self.place(data.get("to"));
        match event.kind.as_str() {
            "ticket.message_added" => self.add_message(event, data),
            "ticket.status_changed" => self.waiting_on = word(data, "waiting_on"),
            "ticket.updated" => self.update(data, backdrop),
            "ticket.category_moved" => self.category = word(data, "category_id"),
            "ticket.deleted" => self.is_deleted = true,
            "ticket.restored" => self.is_deleted = false,
            _ => {}
        }
    }

    fn place(&mut self, to: Option<&Value>) {
        let Some(to) = to.filter(|to| to.get("status").is_some()) else { return };
        self.status = word(to, "status").unwrap_or_default();
        self.team = word(to, "team");
        self.assignee = word(to, "assignee");
        self.is_restricted = to.get("restricted").and_then(Value::as_bool).unwrap_or(false);
    }

    fn add_message(&mut self, event: &SealedEvent, data: &Value) {
        if word(data, "message_kind").as_deref() != Some("reply") {
            return;
        }
        self.last_message_at = event.occurred_at;
        self.is_answered = data.get("is_from_customer").and_then(Value::as_bool) != Some(true);
        if !self.is_answered {
            self.asked = word(data, "message_id").and_then(|id| id.parse().ok());
        }
    }

    fn update(&mut self, data: &Value, backdrop: &Backdrop) {
        self.priority = word(data, "priority").unwrap_or_else(|| self.priority.clone());
        self.category = word(data, "category_id");
        // Null was emptied; what an earlier release changed without telling is taken from the row.
        if changes(data, "type") {
            self.kind = if data.get("type").is_some() { word(data, "type") } else { self.row.kind.clone() };
        }
        if changes(data, "language") {
            let is_told = data.get("language").is_some();
            self.language = if is_told { word(data, "language") } else { self.row.language.clone() };
        }
        if let Some(ids) = data.get("tag_ids") {
            self.tags = named(ids, backdrop);
        } else if changes(data, "tags") {
            self.tags.clone_from(&self.row.tags);
        }
    }

    /// Whether a condition may have been answered with something that was not so then.
    pub fn is_unsure(&self, source: &str, seq: i64) -> bool {
        let asks = |word: &str, since: i64| seq < since && source.contains(word);
        asks("fields", self.fields_since)
            || asks("subject", self.subject_since)
            || asks("tags", self.tags_since)
            || asks("type", self.kind_since)
            || asks("language", self.language_since)
    }

    /// Whether it lay in the bin.
    pub fn is_deleted(&self) -> bool {
        self.is_deleted
    }

    /// What a rule may ask at an instant, because of an event.
    pub fn facts(&self, at: Time, occasion: (&SealedEvent, bool), backdrop: &Backdrop) -> Facts {
        let mut facts = self.opened.clone();
        let minutes = |since: Time| Fact::Whole(at.micros_since(since).div_euclid(60_000_000));
        let name = |id: &Option<String>| Fact::text(id.as_deref().and_then(|id| backdrop.name(id)));
        let mut set = |field, fact| facts.set("ticket", field, fact);
        set("id", Fact::Text(base::Id::<trust::nouns::Ticket>::from_uuid(self.ticket).to_string()));
        set("number", Fact::Whole(self.number));
        set("status", Fact::Text(self.status.clone()));
        set("waiting_on", Fact::text(self.waiting_on.clone()));
        set("priority", Fact::Text(self.priority.clone()));
        set("type", Fact::text(self.kind.clone()));
        set("category", name(&self.category));
        set("category_id", Fact::text(self.category.clone()));
        set("language", Fact::text(self.language.clone()));
        set("team", name(&self.team));
        set("team_id", Fact::text(self.team.clone()));
        set("assignee_id", Fact::text(self.assignee.clone()));
        set("is_assigned", Fact::Truth(self.assignee.is_some()));
        set("is_restricted", Fact::Truth(self.is_restricted));
        set("is_answered", Fact::Truth(self.is_answered));
        set("last_message_from", Fact::Text(if self.is_answered { "us" } else { "customer" }.to_owned()));
        set("age_minutes", minutes(self.opened_at));
        set("quiet_minutes", minutes(self.last_message_at));
        set("subject", Fact::Text(self.row.subject.clone()));
        set("text", self.text(backdrop));
        set("tags", Fact::Texts(self.tags.clone()));
        set("fields", Fact::Open(self.row.fields.iter().map(|(key, value)| (key.clone(), fact(value))).collect()));
        facts.set("customer", "id", Fact::text(self.row.customer.map(|id| id.to_string())));
        facts.set("customer", "is_new", Fact::Truth(self.row.is_new));
        facts.set("customer", "age_days", self.row.customer_since.map_or(Fact::Nothing, |since| days(since, at)));
        facts.set("customer", "earlier_tickets", Fact::Whole(self.row.earlier));
        told(&mut facts, occasion.0, occasion.1);
        facts
    }

    /// What a routing rule may ask of it as it arrived.
    pub fn arriving(&self, backdrop: &Backdrop) -> Facts {
        self.opened
            .clone()
            .with("ticket", "type", Fact::text(self.kind.clone()))
            .with("ticket", "category", Fact::text(self.category.clone()))
            .with("ticket", "subject", Fact::Text(self.row.subject.clone()))
            .with("ticket", "body", Fact::text(self.asked.and_then(|message| backdrop.body(self.ticket, message))))
            .with("ticket", "tags", Fact::Texts(self.tags.clone()))
            .with("customer", "is_new", Fact::Truth(self.row.is_new))
    }

    /// What the customer had said last.
    fn text(&self, backdrop: &Backdrop) -> Fact {
        Fact::text(self.asked.and_then(|message| backdrop.text(self.ticket, message)))
    }

    /// The team it was with.
    pub fn team(&self) -> Option<&str> {
        self.team.as_deref()
    }

    /// Whom it belonged to.
    pub fn assignee(&self) -> Option<&str> {
        self.assignee.as_deref()
    }

    /// Sets the priority, and says whether it was another one. This and those below are for what would have been.
    pub fn set_priority(&mut self, priority: String) -> bool {
        replace(&mut self.priority, priority)
    }

    /// Sets the status.
    pub fn set_status(&mut self, status: Status, waiting_on: Option<WaitingOn>) -> bool {
        let is_new = replace(&mut self.status, status.to_string());
        replace(&mut self.waiting_on, waiting_on.map(|word| word.to_string())) || is_new
    }

    /// Sets the type.
    pub fn set_kind(&mut self, kind: String) -> bool {
        replace(&mut self.kind, Some(kind))
    }

    /// Sets the category.
    pub fn set_category(&mut self, category: String) -> bool {
        replace(&mut self.category, Some(category))
    }

    /// Sets a custom field; null empties it.
    pub fn set_field(&mut self, key: &str, value: &Value) -> bool {
        let before = self.row.fields.insert(key.to_owned(), value.clone());
        before.unwrap_or_default() != *value
    }

    /// Gives it to a team, a member or both, as the desk does: a new team takes it from whoever had it.
    pub fn assign(&mut self, team: Option<String>, assignee: Option<String>) -> bool {
        let moves = team.is_some() && team != self.team;
        let assignee = if moves { assignee } else { assignee.or_else(|| self.assignee.clone()) };
        let team = team.or_else(|| self.team.clone());
        replace(&mut self.team, team) | replace(&mut self.assignee, assignee)
    }

    /// Takes it from whoever had it.
    pub fn unassign(&mut self) -> bool {
        self.assignee.take().is_some()
    }

    /// The tags, for adding to them and taking from them.
    pub fn tags(&mut self) -> &mut Vec<String> {
        &mut self.tags
    }
}

fn replace<T: PartialEq>(place: &mut T, value: T) -> bool {
    let is_new = *place != value;
    *place = value;
    is_new
}

fn named(ids: &Value, backdrop: &Backdrop) -> Vec<String> {
    let ids = ids.as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut names: Vec<String> = ids.filter_map(|id| backdrop.tag(id)).map(str::to_owned).collect();
    names.sort_unstable();
    names
}

/// The last event that changed something without telling it, as events did not at first: until then it is not known.
fn last_silent(events: &[SealedEvent], data: &[Value], name: &str, told: &str) -> i64 {
    let silent = events.iter().zip(data).filter(|(_, data)| changes(data, name) && data.get(told).is_none());
    silent.map(|(event, _)| event.subject_seq).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use trust::access::Audience;
    use trust::log::Origin;

    use super::*;

    fn event(seq: i64, kind: &str, data: &Value) -> SealedEvent {
        let at = Time::from_micros(seq);
        SealedEvent {
            seq,
            kind: kind.to_owned(),
            version: 1,
            subject: Uuid::from_u128(7),
            subject_seq: seq,
            occurred_at: at,
            recorded_at: at,
            origin: Origin::Live,
            actor_kind: "member".to_owned(),
            actor: None,
            on_behalf_of: None,
            via: "api".to_owned(),
            data: data.to_string(),
            audience: Audience::default(),
        }
    }

    /// A ticket after a change; its row says that it is a task in German today.
    fn after(change: &Value) -> Past {
        let opened =
            json!({"number": 1, "priority": "low", "type": "problem", "language": "fr", "to": {"status": "open"}});
        let events = [event(1, "ticket.opened", &opened), event(2, "ticket.updated", change)];
        let data: Vec<Value> = events.iter().map(parsed).collect();
        let row = Row { kind: Some("task".to_owned()), language: Some("de".to_owned()), ..Row::default() };
        let backdrop = Backdrop::of_row(Uuid::from_u128(7), row);
        let mut past = Past::opened(&events, &data, &backdrop).unwrap();
        past.apply(&events[1], &data[1], &backdrop);
        past
    }

    #[test]
    fn what_was_changed_without_being_told_is_as_it_is_today_and_not_sure_before() {
        let silent = after(&json!({"number": 1, "changed": ["type", "language"], "priority": "low"}));
        assert_eq!((silent.kind.as_deref(), silent.language.as_deref()), (Some("task"), Some("de")));
        assert!(silent.is_unsure(r#"ticket.type == "task""#, 1) && silent.is_unsure("ticket.language == 'de'", 1));
        assert!(!silent.is_unsure("ticket.type == 'task'", 2), "from then on it is known");
        let told = after(
            &json!({"number": 1, "changed": ["type", "language"], "priority": "low", "type": null, "language": "it"}),
        );
        assert_eq!((told.kind.as_deref(), told.language.as_deref()), (None, Some("it")));
        assert!(!told.is_unsure("ticket.type == 'task' || ticket.language == 'it'", 1));
    }
}
