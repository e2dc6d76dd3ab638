//! Claims: what a visitor types about themselves. Staff see them, nobody is found or joined by them.

use base::text::{Email, Line};
use base::{Patch, Result};
use db::Tx;
use trust::Cx;
use trust::log::record;
use trust::nouns::CustomerId;

use super::events;
use super::requester::Typed;

/// Notes the name and address a visitor typed, when they differ from what was typed before.
pub fn claim(
    tx: &mut Tx<'_>,
    cx: &Cx,
    customer: CustomerId,
    name: Option<&Line<200>>,
    email: Option<&Email>,
) -> Result<()> {
    if name.is_none() && email.is_none() {
        return Ok(());
    }
    let named = |text: Option<&str>| text.map_or(Patch::Keep, |text| Patch::Set(text.to_owned()));
    change(tx, cx, customer, named(name.map(|name| &**name)), named(email.map(Email::typed)))
}

/// Changes the claims; a claim that is cleared is gone.
pub(super) fn change(
    tx: &mut Tx<'_>,
    cx: &Cx,
    customer: CustomerId,
    name: Patch<String>,
    email: Patch<String>,
) -> Result<()> {
    let before = tx.first_locked(
        "SELECT claimed_name, claimed_email, version FROM customer WHERE workspace_id = $1 AND id = $2",
        &[&cx.workspace(), &customer],
        |row| Ok((row.get::<Option<String>>(0)?, row.get::<Option<String>>(1)?, row.get::<i64>(2)?)),
    )?;
    let Some((name_before, email_before, version)) = before else {
        return Ok(());
    };
    let after = (name.over(name_before.clone()), email.over(email_before.clone()));
    if after == (name_before, email_before) {
        return Ok(());
    }
    tx.exec(
        "UPDATE customer SET claimed_name = $1, claimed_email = $2, version = $3 WHERE workspace_id = $4 AND id = $5",
        &[&after.0, &after.1, &(version + 1), &cx.workspace(), &customer],
    )?;
    let typed = Typed { name: after.0.as_deref(), external_id: None, email: after.1.as_deref() };
    let event = events::updated(cx, customer, version + 1, None, &["claims"]).details(&typed);
    record(tx, cx, &[event])
}
