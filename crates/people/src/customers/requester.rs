//! The customer that a member or a token names as requester: found, or made on the spot.
//! Rule: one statement when there is one; three when not; two at once make one customer and no error.

use std::fmt;

use base::text::{Email, Line, fold};
use base::{Error, Result};
use db::Tx;
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::log::{NewEvent, record};
use trust::nouns::CustomerId;

use super::finding::{self, Account, Found};
use super::{CUSTOMER_ERASED, UNKNOWN_CUSTOMER, addresses, events};

/// Times a race is looked at again before giving up.
const TRIES: u32 = 4;

/// Who asks: by id, else by external id, else by e-mail address. The last two are made when there is none.
#[derive(Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Requester {
    /// The customer's id.
    pub customer_id: Option<CustomerId>,
    /// The customer's id in your own system.
    pub external_id: Option<Line<200>>,
    /// An address; it belongs to the customer from now on.
    pub email: Option<Email>,
    /// The name, when the customer is new.
    pub name: Option<Line<200>>,
}

impl fmt::Debug for Requester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Requester(•••)")
    }
}

/// What somebody typed about a new customer.
#[derive(Serialize)]
pub(super) struct Typed<'t> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) external_id: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'t str>,
}

/// Finds or makes the customer, and records the event of a new one.
pub fn requester(tx: &mut Tx<'_>, cx: &Cx, who: &Requester) -> Result<Account> {
    let mut events = Vec::new();
    let account = requester_with(tx, cx, who, &mut events)?;
    record(tx, cx, &events)?;
    Ok(account)
}

/// The same for a verb that records events of its own: they go into `events`, to be recorded in one statement.
pub fn requester_with(tx: &mut Tx<'_>, cx: &Cx, who: &Requester, events: &mut Vec<NewEvent>) -> Result<Account> {
    for _ in 0..TRIES {
        let found = look(tx, cx, who)?;
        let account = match found {
            Some(found) if !cx.reach.in_territory(found.account.territory) => return Err(unknown(who)),
            Some(found) => accept(tx, cx, who, found, events)?,
            None => create(tx, cx, who, who.email.as_ref(), events)?,
        };
        if let Some(account) = account {
            if !account.is_new {
                stays(tx, cx, account.customer)?;
            }
            return Ok(account);
        }
    }
    Err(db::DUPLICATE.error().caused_by("the requester kept changing hands"))
}

/// Nobody erases the customer before this unit is committed: an erasure waits, and then finds what the unit wrote. Whoever
/// writes down words or files of the customer calls it.
pub fn stays(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<()> {
    tx.keep_later(
        "SELECT id FROM customer WHERE workspace_id = $1 AND id = $2 AND erased_by IS NULL",
        &[&cx.workspace(), &customer],
    )
}

/// The same for what staff write about the customer: refused while the customer is being erased, and possible again when
/// that is done, because what is written then is no part of it.
pub fn stays_for_staff(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<()> {
    tx.keep_later("SELECT id FROM customer WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &customer])?;
    let is_being_erased = tx.first(
        "SELECT 1 FROM customer c JOIN erasure_run r ON r.workspace_id = c.workspace_id AND r.id = c.erased_by \
         WHERE c.workspace_id = $1 AND c.id = $2",
        &[&cx.workspace(), &customer],
        |_| Ok(()),
    )?;
    if is_being_erased.is_some() { Err(CUSTOMER_ERASED.error()) } else { Ok(()) }
}

fn look(tx: &mut Tx<'_>, cx: &Cx, who: &Requester) -> Result<Option<Found>> {
    match who.customer_id {
        Some(id) => finding::by_id(tx, cx.workspace(), id)?.ok_or_else(|| unknown(who)).map(Some),
        None if who.external_id.is_none() && who.email.is_none() => Err(nobody()),
        None => finding::by_keys(tx, cx.workspace(), who.external_id.as_deref(), who.email.as_ref()),
    }
}

/// Takes the customer that was found; one found by address gets the external id it lacked.
/// `None` means that somebody else was faster, and that looking again will show it.
fn accept(
    tx: &mut Tx<'_>,
    cx: &Cx,
    who: &Requester,
    found: Found,
    events: &mut Vec<NewEvent>,
) -> Result<Option<Account>> {
    let wanted = who.external_id.as_deref().filter(|_| who.customer_id.is_none());
    match (wanted, found.own_external.as_deref()) {
        (Some(wanted), Some(own)) if wanted != own => create(tx, cx, who, None, events),
        (Some(wanted), None) => {
            let adopted = adopt(tx, cx, &found, wanted)?;
            let is_adopted = adopted.is_some();
            events.extend(adopted);
            Ok(is_adopted.then_some(found.account))
        }
        _ => Ok(Some(found.account)),
    }
}

/// Gives an external id to a customer that has none; `None` when it got one in the meantime.
pub(super) fn adopt(tx: &mut Tx<'_>, cx: &Cx, found: &Found, external: &str) -> Result<Option<NewEvent>> {
    let version = tx.first(
        "UPDATE customer SET external_id = $1, version = version + 1 \
         WHERE workspace_id = $2 AND id = $3 AND external_id IS NULL RETURNING version",
        &[&external, &cx.workspace(), &found.own],
        |row| row.get::<i64>(0),
    )?;
    Ok(version.map(|version| {
        let typed = Typed { name: None, external_id: Some(external), email: None };
        events::updated(cx, found.own, version, found.account.territory, &["external_id"]).details(&typed)
    }))
}

/// Makes the customer, address first: whoever waits for the address finds the customer when the wait is over.
fn create(
    tx: &mut Tx<'_>,
    cx: &Cx,
    who: &Requester,
    email: Option<&Email>,
    events: &mut Vec<NewEvent>,
) -> Result<Option<Account>> {
    let id: CustomerId = cx.new_id();
    if let Some(email) = email
        && !addresses::give(tx, cx, id, email, None)?
    {
        return Ok(None);
    }
    let typed =
        Typed { name: who.name.as_deref(), external_id: who.external_id.as_deref(), email: email.map(Email::typed) };
    if !insert(tx, cx, id, &typed)? {
        let found = finding::by_keys(tx, cx.workspace(), who.external_id.as_deref(), None)?;
        if let (Some(email), Some(found)) = (email, &found) {
            addresses::hand_over(tx, cx, email, found.own)?;
        }
        return Ok(found.map(|found| found.account));
    }
    events.push(events::created(cx, id, false, None, &typed));
    Ok(Some(Account::new(id, typed.name, typed.email)))
}

/// Inserts a customer and says whether its external id was free.
pub(super) fn insert(tx: &mut Tx<'_>, cx: &Cx, id: CustomerId, typed: &Typed<'_>) -> Result<bool> {
    let name_key = typed.name.map(|name| fold(name).into_bytes());
    let inserted = tx.exec(
        "INSERT INTO customer (workspace_id, id, external_id, name, name_key, attributes, is_visitor, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, '{}', 0, $6, 1) ON CONFLICT DO NOTHING",
        &[&cx.workspace(), &id, &typed.external_id, &typed.name, &name_key, &cx.env().now()],
    )?;
    Ok(inserted == 1)
}

fn unknown(who: &Requester) -> Error {
    let field = match (who.customer_id, &who.external_id) {
        (Some(_), _) => "customer_id",
        (None, Some(_)) => "external_id",
        (None, None) => "email",
    };
    UNKNOWN_CUSTOMER.error().field(format!("/requester/{field}"), "unknown", "names nobody within your reach")
}

fn nobody() -> Error {
    web::INVALID_FIELD.error().field("/requester", "missing", "takes a customer_id, an external_id or an email")
}
