//! The personal data in votes and searches: what a customer said of articles and what they looked for.

use base::Result;
use db::Tx;
use serde_json::{Value, json};
use trust::nouns::CustomerId;
use trust::{Cx, Erased, PersonalData};

/// What this domain declares.
pub(crate) static PERSONAL: PersonalData = PersonalData { name: "knowledge", export, erase };

fn export(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<Value> {
    let votes = tx.all(
        "SELECT article_id, is_helpful, reason, comment, created_at FROM article_vote \
         WHERE workspace_id = $1 AND customer_id = $2",
        &[&cx.workspace(), &customer],
        |row| {
            Ok(json!({
                "article_id": row.get::<crate::nouns::ArticleId>(0)?, "helpful": row.get::<bool>(1)?,
                "reason": row.get::<Option<String>>(2)?, "comment": row.get::<Option<String>>(3)?,
                "created_at": row.get::<base::Time>(4)?,
            }))
        },
    )?;
    let searches = tx.all(
        "SELECT text, locale, created_at FROM search_query WHERE workspace_id = $1 AND customer_id = $2",
        &[&cx.workspace(), &customer],
        |row| {
            let (text, locale): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(json!({"text": text, "locale": locale, "created_at": row.get::<base::Time>(2)?}))
        },
    )?;
    Ok(json!({"votes": votes, "searches": searches}))
}

fn erase(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, _: Option<&str>) -> Result<Erased> {
    let votes = tx.exec(
        "UPDATE article_vote SET comment = NULL, customer_id = NULL WHERE workspace_id = $1 AND customer_id = $2",
        &[&cx.workspace(), &customer],
    )?;
    Ok(Erased { rows: votes + crate::gaps::forget_customer(tx, cx, customer)?, next: None })
}
