//! The names a rule may use about a ticket as it is now, and about what just happened to it.

use rules::{Kind, Name, Vocabulary};

pub(super) const STATUSES: &[&str] = &["open", "pending", "in_progress", "resolved", "closed"];
pub(super) const WAITING_ON: &[&str] = &["customer", "third_party", "internal"];
pub(super) const PRIORITIES: &[&str] = &["low", "normal", "high", "urgent"];
pub(super) const TYPES: &[&str] = &["question", "problem", "incident", "task"];
pub(super) const CHANNELS: &[&str] = &["api", "widget", "email", "chat", "phone", "form"];
pub(super) const BANDS: &[&str] = &["under_1k", "1k_5k", "5k_25k", "25k_up"];
const SIDES: &[&str] = &["customer", "us"];
const DOERS: &[&str] = &["customer", "member", "token", "rule", "house"];

const fn name(root: &'static str, field: &'static str, kind: Kind) -> Name {
    Name { root, field, kind }
}

/// What a rule may ask.
pub static TICKET: Vocabulary = Vocabulary(&[
    name("ticket", "id", Kind::Text),
    name("ticket", "number", Kind::Number),
    name("ticket", "status", Kind::Word(STATUSES)),
    name("ticket", "waiting_on", Kind::Word(WAITING_ON)),
    name("ticket", "priority", Kind::Word(PRIORITIES)),
    name("ticket", "type", Kind::Word(TYPES)),
    name("ticket", "category", Kind::Text),
    name("ticket", "category_id", Kind::Text),
    name("ticket", "channel", Kind::Word(CHANNELS)),
    name("ticket", "language", Kind::Text),
    name("ticket", "team", Kind::Text),
    name("ticket", "team_id", Kind::Text),
    name("ticket", "assignee_id", Kind::Text),
    name("ticket", "is_assigned", Kind::Truth),
    name("ticket", "is_restricted", Kind::Truth),
    name("ticket", "is_answered", Kind::Truth),
    name("ticket", "last_message_from", Kind::Word(SIDES)),
    name("ticket", "age_minutes", Kind::Number),
    name("ticket", "quiet_minutes", Kind::Number),
    name("ticket", "subject", Kind::Text),
    name("ticket", "text", Kind::Text),
    name("ticket", "tags", Kind::Texts),
    name("ticket", "fields", Kind::Open),
    name("company", "id", Kind::Text),
    name("company", "plan", Kind::Text),
    name("company", "tier", Kind::Text),
    name("company", "revenue_band", Kind::Word(BANDS)),
    name("customer", "id", Kind::Text),
    name("customer", "is_new", Kind::Truth),
    name("customer", "age_days", Kind::Number),
    name("customer", "earlier_tickets", Kind::Number),
    name("event", "kind", Kind::Text),
    name("event", "by", Kind::Word(DOERS)),
    name("event", "before", Kind::Text),
    name("event", "after", Kind::Text),
    name("event", "changed", Kind::Texts),
    name("event", "is_first_response", Kind::Truth),
    name("event", "metric", Kind::Text),
    name("event", "threshold", Kind::Text),
]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tickets::{Channel, Priority, Status, TicketType, WaitingOn};

    fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Vec<&'static str> {
        all.iter().map(|one| word(*one)).collect()
    }

    #[test]
    fn the_words_are_those_of_tickets() {
        assert_eq!(STATUSES, words(Status::ALL, Status::word));
        assert_eq!(WAITING_ON, words(WaitingOn::ALL, WaitingOn::word));
        assert_eq!(PRIORITIES, words(Priority::ALL, Priority::word));
        assert_eq!(TYPES, words(TicketType::ALL, TicketType::word));
        assert_eq!(CHANNELS, words(Channel::ALL, Channel::word));
    }
}
