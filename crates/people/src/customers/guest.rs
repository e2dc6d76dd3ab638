//! The customer behind a request of a widget: known by the host app's signature, or by a device token.
//! Rule: only an address that the host app verified and that was verified before joins an existing customer.

use base::Result;
use base::text::Email;
use db::Tx;
use trust::Cx;
use trust::access::{Guest, Identity, Who};
use trust::accounts::SIGN_IN_FIRST;
use trust::log::record;
use trust::nouns::CustomerId;

use super::finding::{self, Account, Found};
use super::refs::merged_ids;
use super::requester::{Typed, adopt, insert};
use super::{addresses, events};

/// The customer behind the request, with a context that acts as them; `None` when an identified one was not seen yet.
pub fn guest(tx: &mut Tx<'_>, cx: &Cx) -> Result<Option<(Cx, Account)>> {
    let workspace = cx.workspace();
    let found = match &cx.actor.who {
        Who::Guest(Guest::Identified(identity)) => {
            let found = identified(tx, cx, identity)?;
            return found.map(|found| acting(tx, cx, found.account)).transpose();
        }
        Who::Guest(Guest::Device(hash)) => finding::by_device(tx, workspace, hash)?,
        Who::Customer(customer) => finding::by_id(tx, workspace, *customer)?,
        _ => None,
    };
    let found = found.ok_or_else(|| SIGN_IN_FIRST.error())?;
    acting(tx, cx, found.account).map(Some)
}

/// The same, making an identified customer on first sight.
pub fn guest_or_create(tx: &mut Tx<'_>, cx: &Cx) -> Result<(Cx, Account)> {
    if let Who::Guest(Guest::Identified(identity)) = &cx.actor.who {
        let account = welcome(tx, cx, identity)?;
        return acting(tx, cx, account);
    }
    guest(tx, cx)?.ok_or_else(|| SIGN_IN_FIRST.error())
}

/// Holds the customer until the commit, so that what somebody sends twice at once is looked at in turn.
pub fn hold(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<()> {
    tx.first_locked(
        "SELECT id FROM customer WHERE workspace_id = $1 AND id = $2",
        &[&cx.workspace(), &customer],
        |_| Ok(()),
    )?;
    Ok(())
}

/// Acts as the person, with what is about everybody merged into them.
fn acting(tx: &mut Tx<'_>, cx: &Cx, account: Account) -> Result<(Cx, Account)> {
    let person =
        if account.is_new { vec![account.customer] } else { merged_ids(tx, cx.workspace(), account.customer)? };
    Ok((cx.as_person(account.customer, person), account))
}

fn identified(tx: &mut Tx<'_>, cx: &Cx, identity: &Identity) -> Result<Option<Found>> {
    let known = finding::by_keys(tx, cx.workspace(), Some(&identity.subject), None)?;
    match (known, &identity.email) {
        (None, Some(email)) => finding::by_verified(tx, cx.workspace(), email),
        (known, _) => Ok(known),
    }
}

/// Finds, joins or makes the customer of an identity, and notes the address the host app vouches for.
fn welcome(tx: &mut Tx<'_>, cx: &Cx, identity: &Identity) -> Result<Account> {
    let Some(found) = identified(tx, cx, identity)? else {
        return make(tx, cx, identity);
    };
    if found.own_external.is_none() {
        let joined = adopt(tx, cx, &found, &identity.subject)?;
        // Somebody gave the customer another external id in between: then this identity is somebody else.
        return match joined {
            Some(event) => record(tx, cx, &[event]).map(|()| found.account),
            None => make(tx, cx, identity),
        };
    }
    if let Some(email) = &identity.email {
        vouch(tx, cx, &found, email)?;
    }
    Ok(found.account)
}

fn make(tx: &mut Tx<'_>, cx: &Cx, identity: &Identity) -> Result<Account> {
    let id: CustomerId = cx.new_id();
    let typed = Typed {
        name: identity.name.as_deref(),
        external_id: Some(&identity.subject),
        email: identity.email.as_ref().map(Email::typed),
    };
    // Address first, as everywhere, so that two ways to the same customer never wait for each other in a circle.
    let given = match &identity.email {
        Some(email) => addresses::give(tx, cx, id, email, Some(cx.env().now()))?.then_some(email),
        None => None,
    };
    if !insert(tx, cx, id, &typed)? {
        let found = finding::by_keys(tx, cx.workspace(), Some(&identity.subject), None)?;
        let found = found.ok_or_else(|| db::DUPLICATE.error())?;
        if let Some(email) = given {
            addresses::hand_over(tx, cx, email, found.own)?;
        }
        return Ok(found.account);
    }
    let event = events::created(cx, id, false, None, &typed);
    record(tx, &cx.as_customer(id), &[event])?;
    Ok(Account::new(id, typed.name, given.map(Email::typed)))
}

fn vouch(tx: &mut Tx<'_>, cx: &Cx, found: &Found, email: &Email) -> Result<()> {
    if !addresses::confirm(tx, cx, found.own, email)? {
        return Ok(());
    }
    let version = tx.first(
        "UPDATE customer SET version = version + 1 WHERE workspace_id = $1 AND id = $2 RETURNING version",
        &[&cx.workspace(), &found.own],
        |row| row.get::<i64>(0),
    )?;
    let typed = Typed { name: None, external_id: None, email: Some(email.typed()) };
    let event = events::updated(cx, found.own, version.unwrap_or(1), found.account.territory, &["addresses"]);
    record(tx, cx, &[event.details(&typed)])
}
