//! Rules about senders: whom to hold back and whom to let in, by whom, why, and until when.
//! Rule: the narrowest rule decides: an address before a visitor, before a domain, before a network.

use std::net::IpAddr;

use base::text::{Email, Line};
use base::{Cursor, Page, Result, Time};
use db::{Query, Row, Tx};
use trust::Cx;
use trust::access::Right;
use trust::nouns::{CustomerId, MemberId};
use uuid::Uuid;

use super::cause::SpamCause;
use super::{BAD_SENDER, SENDER_RULE_TAKEN, SenderRuleId, TOO_MANY_SENDER_RULES};

/// Rules a workspace may have.
const MOST: i64 = 5_000;

base::words! {
    /// What a rule names senders by.
    pub enum RuleKind {
        /// An e-mail address.
        Address = "address",
        /// A visitor's or customer's id.
        Visitor = "visitor",
        /// A domain and those below it.
        Domain = "domain",
        /// A network of addresses.
        Network = "network",
    }
}

/// A rule about senders.
#[derive(Clone, Debug)]
pub struct SenderRule {
    pub(super) id: SenderRuleId,
    pub(super) kind: RuleKind,
    pub(super) value: String,
    pub(super) is_blocked: bool,
    pub(super) reason: Option<String>,
    pub(super) until: Option<Time>,
    pub(super) author: Option<MemberId>,
    pub(super) hits: i64,
    pub(super) last_hit_at: Option<Time>,
    pub(super) created_at: Time,
}

const COLUMNS: &str = "id, kind, value, is_blocked, reason, until, author_id, hits, last_hit_at, created_at";

fn read(row: &Row<'_>) -> Result<SenderRule> {
    Ok(SenderRule {
        id: row.get(0)?,
        kind: row.get(1)?,
        value: row.get(2)?,
        is_blocked: row.get(3)?,
        reason: row.get(4)?,
        until: row.get(5)?,
        author: row.get(6)?,
        hits: row.get(7)?,
        last_hit_at: row.get(8)?,
        created_at: row.get(9)?,
    })
}

/// Every rule, for looking senders up.
pub(super) fn all(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<SenderRule>> {
    let sql = format!("SELECT {COLUMNS} FROM sender_rule WHERE workspace_id = $1 ORDER BY id LIMIT {MOST}");
    tx.all(&sql, &[&cx.workspace()], read)
}

/// A page of the rules, in the order they were made.
pub(super) fn list(tx: &mut Tx<'_>, cx: &Cx, after: Uuid, limit: usize) -> Result<Page<SenderRule>> {
    let mut query = Query::new(&format!("SELECT {COLUMNS} FROM sender_rule WHERE workspace_id = "));
    query.bind(cx.workspace()).push(" AND id > ").bind(after).push(" ORDER BY id LIMIT ");
    query.bind(i64::try_from(limit + 1).unwrap_or(1));
    let found = tx.all_of(&query, read)?;
    Ok(Page::cut(found, limit, |last| Cursor { key: 0, id: last.id.uuid() }.encode()))
}

/// A rule to be made.
pub(super) struct NewRule<'n> {
    pub(super) kind: RuleKind,
    pub(super) value: &'n str,
    pub(super) is_blocked: bool,
    pub(super) reason: Option<&'n Line<300>>,
    pub(super) until: Option<Time>,
}

/// Makes a rule.
pub(super) fn create(tx: &mut Tx<'_>, cx: &Cx, new: &NewRule<'_>) -> Result<SenderRule> {
    cx.require(Right::SettingsWrite)?;
    let value = usual(new.kind, new.value)
        .ok_or_else(|| BAD_SENDER.error().field("/value", "invalid", "does not fit `kind`"))?;
    if new.until.is_some_and(|until| until <= cx.env().now()) {
        return Err(web::INVALID_FIELD.error().field("/until", "past", "lies in the past"));
    }
    let sql = "SELECT COUNT(*) FROM sender_rule WHERE workspace_id = $1";
    if tx.first(sql, &[&cx.workspace()], |row| row.get::<i64>(0))?.unwrap_or(0) >= MOST {
        return Err(TOO_MANY_SENDER_RULES.error());
    }
    let rule = SenderRule {
        id: cx.new_id(),
        kind: new.kind,
        value,
        is_blocked: new.is_blocked,
        reason: new.reason.map(|reason| reason.to_string()),
        until: new.until,
        author: cx.actor.member().map(|member| member.id),
        hits: 0,
        last_hit_at: None,
        created_at: cx.env().now(),
    };
    if insert(tx, cx, &rule, "ON CONFLICT DO NOTHING")? == 0 {
        return Err(SENDER_RULE_TAKEN.error().field("/value", "taken", "has a rule"));
    }
    Ok(rule)
}

fn insert(tx: &mut Tx<'_>, cx: &Cx, rule: &SenderRule, otherwise: &str) -> Result<u64> {
    let made = tx.exec(
        &format!(
            "INSERT INTO sender_rule (workspace_id, id, kind, value, is_blocked, reason, until, author_id, hits, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) {otherwise}"
        ),
        &[
            &cx.workspace(), &rule.id, &rule.kind, &rule.value, &rule.is_blocked, &rule.reason, &rule.until, &rule.author,
            &rule.created_at,
        ],
    )?;
    cx.forget_settings(tx);
    Ok(made)
}

/// Takes a rule away.
pub(super) fn remove(tx: &mut Tx<'_>, cx: &Cx, id: SenderRuleId) -> Result<()> {
    cx.require(Right::SettingsWrite)?;
    let removed = tx.exec("DELETE FROM sender_rule WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &id])?;
    cx.forget_settings(tx);
    if removed == 1 { Ok(()) } else { Err(web::NOT_FOUND.error()) }
}

/// Lets a sender in from now on: by address when there is one, else by id; a rule that held them back is turned.
pub(crate) fn allow(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, address: Option<&str>) -> Result<()> {
    turn(tx, cx, customer, address, false)
}

/// Holds a sender back from now on, in the same way.
pub(super) fn block(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, address: Option<&str>) -> Result<()> {
    turn(tx, cx, customer, address, true)
}

fn turn(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, address: Option<&str>, is_blocked: bool) -> Result<()> {
    let by_address =
        address.and_then(|address| usual(RuleKind::Address, address)).map(|value| (RuleKind::Address, value));
    let (kind, value) = by_address.unwrap_or_else(|| (RuleKind::Visitor, customer.to_string()));
    let rule = SenderRule {
        id: cx.new_id(),
        kind,
        value,
        is_blocked,
        reason: None,
        until: None,
        author: cx.actor.member().map(|member| member.id),
        hits: 0,
        last_hit_at: None,
        created_at: cx.env().now(),
    };
    let turned = "ON CONFLICT (workspace_id, kind, value) DO UPDATE SET is_blocked = excluded.is_blocked, until = NULL";
    insert(tx, cx, &rule, turned).map(drop)
}

/// Counts that a rule held something back.
pub(super) fn hit(tx: &mut Tx<'_>, cx: &Cx, id: SenderRuleId) -> Result<()> {
    tx.exec(
        "UPDATE sender_rule SET hits = hits + 1, last_hit_at = $1 WHERE workspace_id = $2 AND id = $3",
        &[&cx.env().now(), &cx.workspace(), &id],
    )
    .map(drop)
}

/// What is known of a sender.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender<'s> {
    pub(super) address: Option<&'s str>,
    pub(super) claimed: Option<&'s str>,
    pub(super) customer: CustomerId,
    pub(super) network: Option<IpAddr>,
}

/// The rule that decides about a sender: the narrowest, and of the address that belongs to them before one they typed.
pub(super) fn deciding<'r>(rules: &'r [SenderRule], sender: Sender<'_>, now: Time) -> Option<&'r SenderRule> {
    let holds = |rule: &&SenderRule| {
        // Who may be let in is known by an address that is theirs; who is held back, by any they use.
        let addresses = [sender.address, sender.claimed.filter(|_| rule.is_blocked)];
        rule.until.is_none_or(|until| now < until)
            && match rule.kind {
                RuleKind::Address => {
                    addresses.into_iter().flatten().any(|address| address.to_lowercase() == rule.value)
                }
                RuleKind::Domain => addresses.into_iter().flatten().any(|address| is_below(address, &rule.value)),
                RuleKind::Visitor => sender.customer.to_string() == rule.value,
                RuleKind::Network => sender.network.is_some_and(|address| is_within(address, &rule.value)),
            }
    };
    rules.iter().filter(holds).min_by_key(|rule| rule.kind)
}

impl SenderRule {
    /// Why a message is held back by it.
    pub(super) fn cause(&self) -> SpamCause {
        match self.kind {
            RuleKind::Address => SpamCause::BlockedAddress,
            RuleKind::Domain => SpamCause::BlockedDomain,
            RuleKind::Network => SpamCause::BlockedNetwork,
            RuleKind::Visitor => SpamCause::BlockedVisitor,
        }
    }
}

/// The usual spelling of a value, when it fits the kind.
fn usual(kind: RuleKind, value: &str) -> Option<String> {
    let value = value.trim();
    match kind {
        RuleKind::Address => Email::new(value).ok().map(|email| email.folded().to_owned()),
        RuleKind::Domain => {
            let domain = value.trim_start_matches('@').to_lowercase();
            Email::new(&format!("a@{domain}")).ok().map(|_| domain)
        }
        RuleKind::Network => {
            let (address, bits) = network(value)?;
            Some(format!("{address}/{bits}"))
        }
        RuleKind::Visitor => value.parse::<CustomerId>().ok().map(|id| id.to_string()),
    }
}

fn is_below(address: &str, domain: &str) -> bool {
    let of = address.rsplit('@').next().unwrap_or_default().to_lowercase();
    of == domain || of.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// The first address of a network and its length in bits.
fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address.parse::<IpAddr>().ok()?, Some(bits.parse::<u8>().ok()?)),
        None => (text.parse::<IpAddr>().ok()?, None),
    };
    let address = address.to_canonical();
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    // A network that holds everybody is a mistake.
    (1..=most).contains(&bits).then(|| (masked(address, bits), bits))
}

fn masked(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
            IpAddr::V4((u32::from(address) & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
            IpAddr::V6((u128::from(address) & mask).into())
        }
    }
}

fn is_within(address: IpAddr, value: &str) -> bool {
    let address = address.to_canonical();
    network(value).is_some_and(|(first, bits)| first.is_ipv4() == address.is_ipv4() && masked(address, bits) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_are_written_one_way_and_mistakes_are_refused() {
        let usual = |kind, value| super::usual(kind, value);
        assert_eq!(usual(RuleKind::Address, " Lia@Shop.TEST ").as_deref(), Some("lia@shop.test"));
        assert_eq!(usual(RuleKind::Domain, "@Spam.Example").as_deref(), Some("spam.example"));
        assert_eq!(usual(RuleKind::Network, "203.0.113.77/24").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(usual(RuleKind::Network, "::ffff:10.1.2.3").as_deref(), Some("10.1.2.3/32"));
        for (kind, value) in [
            (RuleKind::Network, "0.0.0.0/0"),
            (RuleKind::Network, "10.0.0.0/33"),
            (RuleKind::Network, "x"),
            (RuleKind::Domain, "nodot"),
            (RuleKind::Domain, ""),
            (RuleKind::Address, "lia"),
            (RuleKind::Visitor, "lia"),
        ] {
            assert_eq!(usual(kind, value), None, "{value}");
        }
    }

    #[test]
    fn a_domain_holds_those_below_it_and_a_network_its_addresses() {
        assert!(is_below("a@spam.example", "spam.example") && is_below("a@mail.Spam.example", "spam.example"));
        assert!(!is_below("a@notspam.example", "spam.example") && !is_below("a@example", "spam.example"));
        assert!(is_within("203.0.113.200".parse().unwrap(), "203.0.113.0/24"));
        assert!(!is_within("203.0.114.1".parse().unwrap(), "203.0.113.0/24"));
        assert!(
            is_within("2001:db8::7".parse().unwrap(), "2001:db8::/64")
                && !is_within("::1".parse().unwrap(), "10.0.0.0/8")
        );
    }
}
