//! Programs that write: told by their headers, and never answered automatically again and again.

use base::{Code, Kind, Result};
use db::Tx;
use trust::Cx;
use trust::nouns::{CustomerId, TicketId};

/// The sender got an automatic reply to this ticket already.
pub static REPLIED_ALREADY: Code = Code::new(
    Kind::Conflict,
    "automatic_reply_spent",
    "The customer got an automatic reply to this ticket within the last day.",
    "Answer as a person, or let one rule say all of it in one reply.",
);

/// Hours in which a sender gets one automatic reply to a ticket.
const HOURS: i64 = 24;

/// Whether headers say that a program sent a message (RFC 3834 and what senders use beside it).
pub fn is_automatic<'h>(headers: impl IntoIterator<Item = (&'h str, &'h str)>) -> bool {
    headers.into_iter().any(|(name, value)| {
        let (name, value) = (name.to_ascii_lowercase(), value.trim().to_ascii_lowercase());
        match name.as_str() {
            "auto-submitted" => !value.is_empty() && !value.starts_with("no"),
            "precedence" => matches!(value.as_str(), "bulk" | "junk" | "list" | "auto_reply"),
            "x-autoreply" | "x-autorespond" | "x-autoresponder" | "list-id" | "feedback-id" => !value.is_empty(),
            "return-path" => value == "<>",
            "from" => value.contains("mailer-daemon@") || value.contains("postmaster@"),
            _ => false,
        }
    })
}

/// Whether a sender may get an automatic reply to a ticket now, and notes that they did: once a day. Whoever sends one
/// asks first, in the transaction that sends it.
pub fn may_reply_automatically(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, customer: CustomerId) -> Result<bool> {
    let now = cx.env().now();
    let sent = tx.exec(
        "INSERT INTO automatic_reply (workspace_id, ticket_id, customer_id, sent_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (workspace_id, ticket_id, customer_id) DO UPDATE SET sent_at = $5 WHERE automatic_reply.sent_at <= $6",
        &[&cx.workspace(), &ticket, &customer, &now, &now, &now.plus_seconds(-HOURS * 3_600)],
    )?;
    Ok(sent == 1)
}

/// Refuses when the sender may not get one now.
pub(crate) fn check_automatic_reply(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, customer: CustomerId) -> Result<()> {
    if may_reply_automatically(tx, cx, ticket, customer)? { Ok(()) } else { Err(REPLIED_ALREADY.error()) }
}

#[cfg(test)]
mod tests {
    use super::is_automatic;

    #[test]
    fn programs_are_told_by_their_headers() {
        for header in [
            ("Auto-Submitted", "auto-replied"),
            ("Precedence", "bulk"),
            ("X-Autoreply", "yes"),
            ("Return-Path", "<>"),
            ("From", "MAILER-DAEMON@mx.example"),
            ("List-Id", "<news.example>"),
            ("auto-submitted", "auto-generated; x"),
        ] {
            assert!(is_automatic([("Subject", "Hi"), header]), "{header:?}");
        }
        for header in [
            ("Auto-Submitted", "no"),
            ("Precedence", "first-class"),
            ("From", "lia@shop.test"),
            ("Return-Path", "<a@b.c>"),
        ] {
            assert!(!is_automatic([header]), "{header:?}");
        }
    }
}
