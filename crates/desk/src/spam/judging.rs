//! Judging a message before it becomes a ticket.
//! Rule: rules of the workspace come first; guesses never hold back who has an open ticket or was answered before.

use std::net::IpAddr;

use base::text::Email;
use base::{Result, Time};
use db::{Query, Tx};
use people::customers::Account;
use sha2::{Digest, Sha256};
use trust::Cx;
use trust::access::{Guest, Who};
use trust::nouns::{CustomerId, TicketId};
use web::Peer;

use super::WRITTEN_ENOUGH;
use super::bayes::{self, Seen};
use super::brakes::{Brakes, Pressure};
use super::cause::{SpamCause, Verdict};
use super::links::is_link_only;
use super::rules::{Sender, deciding, hit};
use super::settings::{Guard, guard};
use crate::tickets::Opening;

/// Recipients of one message that are too many.
const RECIPIENTS: usize = 48;
/// Messages that a sender may add within an hour for each new ticket that they may open.
const MESSAGES: i64 = 10;

/// What a door knows of a message beside its words.
#[derive(Clone, Debug, Default)]
pub struct Signs {
    /// Where it came from.
    pub address: Option<IpAddr>,
    /// An address the sender typed.
    pub claimed: Option<String>,
    /// What stands for the sender when counting; the customer when absent.
    pub sender: Option<[u8; 16]>,
    /// How hard the sender presses, as far as the door has counted.
    pub pressure: Pressure,
    /// Whether its headers say that a program sent it.
    pub is_automatic: bool,
    /// To how many it went.
    pub recipients: usize,
}

/// Says whether a message is held back, and why.
pub fn judge(tx: &mut Tx<'_>, cx: &Cx, account: &Account, opening: &Opening, signs: &Signs) -> Result<Option<Verdict>> {
    let guard = guard(tx, cx)?;
    let sender = Sender {
        address: account.named.email.as_deref(),
        claimed: signs.claimed.as_deref(),
        customer: account.customer,
        network: signs.address,
    };
    if let Some(rule) = deciding(&guard.rules, sender, cx.env().now()) {
        if rule.is_blocked {
            hit(tx, cx, rule.id)?;
        }
        return Ok(rule.is_blocked.then(|| rule.cause().into()));
    }
    if !guard.settings.is_on {
        return Ok(None);
    }
    let Some(verdict) = suspicion(tx, cx, &guard, (&opening.subject, opening.body.source()), signs)? else {
        return Ok(None);
    };
    // Whoever presses hard has open tickets by that alone.
    let is_pressing = matches!(verdict.cause, SpamCause::Burst | SpamCause::Suspended);
    let before = cx.env().now().plus_seconds(if is_pressing { -3_600 } else { 0 });
    let is_known = !account.is_new && is_known(tx, cx, account.customer, before, None)?;
    Ok(if is_known { None } else { Some(verdict) })
}

/// Refuses a further message to a ticket from whom a rule blocks, or who presses too hard.
pub(crate) fn check_more(tx: &mut Tx<'_>, cx: &Cx, account: &Account, signs: &Signs) -> Result<()> {
    let guard = guard(tx, cx)?;
    let sender = Sender {
        address: account.named.email.as_deref(),
        claimed: None,
        customer: account.customer,
        network: signs.address,
    };
    let is_refused = match deciding(&guard.rules, sender, cx.env().now()) {
        Some(rule) => rule.is_blocked,
        None => signs.is_suspended(),
    };
    if is_refused { Err(WRITTEN_ENOUGH.error().retry_in(3_600)) } else { Ok(()) }
}

/// What speaks against a message.
pub(super) fn suspicion(
    tx: &mut Tx<'_>,
    cx: &Cx,
    guard: &Guard,
    (subject, body): (&str, &str),
    signs: &Signs,
) -> Result<Option<Verdict>> {
    let cause = match signs.pressure {
        Pressure::Suspended => Some(SpamCause::Suspended),
        Pressure::Burst => Some(SpamCause::Burst),
        Pressure::Usual if signs.is_automatic => Some(SpamCause::Automatic),
        Pressure::Usual if signs.recipients > RECIPIENTS => Some(SpamCause::TooManyRecipients),
        Pressure::Usual if is_link_only(body) => Some(SpamCause::LinkOnly),
        Pressure::Usual => None,
    };
    if let Some(cause) = cause {
        return Ok(Some(cause.into()));
    }
    let score = score(tx, cx, guard, subject, body)?.filter(|score| *score >= guard.settings.threshold);
    Ok(score.map(|score| Verdict { cause: SpamCause::Content, score: Some(score) }))
}

/// How much the words are those of spam; costs nothing before anything was learned.
pub(super) fn score(tx: &mut Tx<'_>, cx: &Cx, guard: &Guard, subject: &str, body: &str) -> Result<Option<f64>> {
    let (spam, fine) = (guard.settings.spam_learned, guard.settings.fine_learned);
    if bayes::score(spam, fine, &[]).is_none() {
        return Ok(None);
    }
    let words = bayes::words(subject, body);
    let mut query = Query::new("SELECT spam, fine FROM spam_word WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND word IN (").bind_list(words.iter()).push(")");
    let seen = tx.all_of(&query, |row| Ok(Seen { spam: row.get(0)?, fine: row.get(1)? }))?;
    Ok(bayes::score(spam, fine, &seen))
}

/// Whether the customer has an open ticket from before then, or was answered ever; one ticket aside.
pub(super) fn is_known(
    tx: &mut Tx<'_>,
    cx: &Cx,
    customer: CustomerId,
    before: Time,
    aside: Option<TicketId>,
) -> Result<bool> {
    let mut query = Query::new("SELECT 1 FROM ticket WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND customer_id = ").bind(customer);
    if let Some(aside) = aside {
        query.push(" AND id <> ").bind(aside);
    }
    query.push(" AND deleted_at IS NULL AND (first_response_at IS NOT NULL OR (is_open = 1 AND opened_at <= ");
    query.bind(before).push(")) LIMIT 1");
    Ok(!tx.all_of(&query, |_| Ok(()))?.is_empty())
}

impl Signs {
    /// What a request of a customer says: where it came from, and who stands for its sender.
    pub fn of(cx: &Cx, peer: Option<Peer>, claimed: Option<&Email>) -> Signs {
        let hash = |text: &[u8]| Sha256::digest(text).first_chunk::<16>().copied();
        let sender = match &cx.actor.who {
            Who::Guest(Guest::Device(device)) => device.first_chunk::<16>().copied(),
            Who::Guest(Guest::Identified(identity)) => hash(identity.subject.as_bytes()),
            Who::Customer(customer) => Some(*customer.uuid().as_bytes()),
            _ => peer.and_then(|peer| hash(peer.network().to_string().as_bytes())),
        };
        let (address, claimed) = (peer.map(|peer| peer.0), claimed.map(|email| email.typed().to_owned()));
        Signs { address, claimed, sender, ..Signs::default() }
    }

    /// Counts a new ticket at the brakes, before its transaction, so that trying again does not count twice.
    pub async fn count(self, cx: &Cx, brakes: &Brakes) -> Signs {
        let sender = self.sender;
        self.press(cx, brakes, sender, 1).await
    }

    /// Counts a further message to a ticket; of these there may be more.
    pub(crate) async fn count_more(self, cx: &Cx, brakes: &Brakes) -> Signs {
        let sender =
            self.sender.and_then(|sender| Sha256::digest([&sender[..], b"more"].concat()).first_chunk().copied());
        self.press(cx, brakes, sender, MESSAGES).await
    }

    /// Whether the sender is not heard for now.
    pub(crate) fn is_suspended(&self) -> bool {
        self.pressure == Pressure::Suspended
    }

    async fn press(mut self, cx: &Cx, brakes: &Brakes, sender: Option<[u8; 16]>, times: i64) -> Signs {
        let Some(sender) = sender else { return self };
        let per_hour = match cx.read(guard).await {
            Ok(guard) if guard.settings.is_on => guard.settings.per_hour,
            _ => return self,
        };
        self.pressure = brakes.press(cx.workspace().uuid(), sender, cx.env().now(), per_hour.saturating_mul(times));
        self
    }
}
