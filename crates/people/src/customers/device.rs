//! Anonymous visitors: a device token makes one, and is all that leads back to them.

use base::Result;
use db::Tx;
use trust::Cx;
use trust::accounts::session::new_secret;
use trust::log::record;
use trust::nouns::CustomerId;

use super::events;
use super::requester::Typed;

/// Makes a visitor and gives the device token, `dv_…`; only its hash is kept.
pub fn new_device(tx: &mut Tx<'_>, cx: &Cx) -> Result<String> {
    let id: CustomerId = cx.new_id();
    let (token, hash) = new_secret(cx.env(), "dv_");
    tx.exec(
        "INSERT INTO customer (workspace_id, id, attributes, is_visitor, device_hash, created_at, version) \
         VALUES ($1, $2, '{}', 1, $3, $4, 1)",
        &[&cx.workspace(), &id, &hash, &cx.env().now()],
    )?;
    let nothing = Typed { name: None, external_id: None, email: None };
    let event = events::created(cx, id, true, None, &nothing);
    record(tx, &cx.as_customer(id), &[event])?;
    Ok(token)
}
