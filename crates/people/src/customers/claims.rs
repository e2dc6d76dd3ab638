//! What a visitor says of themselves: kept as a claim, shown as one, joined to nobody until it is verified.

use base::Result;
use base::text::{Email, Line};
use db::Tx;
use trust::Cx;
use trust::nouns::CustomerId;

/// Keeps a name and an address that a visitor typed; what was not typed stays as it was.
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
    tx.exec(
        "UPDATE customer SET claimed_name = COALESCE($1, claimed_name), claimed_email = COALESCE($2, claimed_email) \
         WHERE workspace_id = $3 AND id = $4",
        &[&name, &email.map(Email::typed), &cx.workspace(), &customer],
    )?;
    Ok(())
}
