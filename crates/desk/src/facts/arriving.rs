//! What a routing rule may ask: the ticket's own words as it arrives, and the account behind it.

use rules::{Kind, Name, Vocabulary};

const fn name(root: &'static str, field: &'static str, kind: Kind) -> Name {
    Name { root, field, kind }
}

/// What a routing rule may ask.
pub static ARRIVING: Vocabulary = Vocabulary(&[
    name("ticket", "channel", Kind::Word(&["api", "widget", "email", "chat", "phone", "form"])),
    name("ticket", "priority", Kind::Word(&["low", "normal", "high", "urgent"])),
    name("ticket", "type", Kind::Word(&["question", "problem", "incident", "task"])),
    name("ticket", "category", Kind::Text),
    name("ticket", "language", Kind::Text),
    name("ticket", "subject", Kind::Text),
    name("ticket", "body", Kind::Text),
    name("ticket", "tags", Kind::Texts),
    name("company", "plan", Kind::Text),
    name("company", "tier", Kind::Text),
    name("company", "revenue_band", Kind::Text),
    name("customer", "is_new", Kind::Truth),
]);
