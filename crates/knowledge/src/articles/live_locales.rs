//! The languages that published articles are in, which the help centre offers: one comes with its first article and goes
//! with its last.
//! Rule: whoever publishes or takes away holds the language's row, so that of two at once neither overlooks the other.

use base::Result;
use db::Tx;
use trust::Cx;

use super::locales::Locale;

/// Whether any published article is in a language.
pub(crate) fn has_locale(tx: &mut Tx<'_>, cx: &Cx, locale: &Locale) -> Result<bool> {
    let sql = "SELECT 1 FROM article_locale WHERE workspace_id = $1 AND locale = $2";
    Ok(tx.first(sql, &[&cx.workspace(), locale], |_| Ok(()))?.is_some())
}

/// Notes that an article is published in a language.
pub(super) fn gained(tx: &mut Tx<'_>, cx: &Cx, locale: &Locale) -> Result<()> {
    // The row may be on its way out when it is looked for, and is written anew then.
    while !hold(tx, cx, locale)? {
        tx.exec(
            "INSERT INTO article_locale (workspace_id, locale) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[&cx.workspace(), locale],
        )?;
    }
    Ok(())
}

/// Notes that an article is not published in a language any more, after it was written down.
pub(super) fn lost(tx: &mut Tx<'_>, cx: &Cx, locale: &Locale) -> Result<()> {
    if !hold(tx, cx, locale)? {
        return Ok(());
    }
    tx.exec(
        "DELETE FROM article_locale WHERE workspace_id = $1 AND locale = $2 AND NOT EXISTS (SELECT 1 FROM article_text t \
         JOIN article a ON a.workspace_id = t.workspace_id AND a.id = t.article_id WHERE t.workspace_id = $1 \
         AND t.locale = $2 AND t.live IS NOT NULL AND a.status = 'published')",
        &[&cx.workspace(), locale],
    )?;
    Ok(())
}

fn hold(tx: &mut Tx<'_>, cx: &Cx, locale: &Locale) -> Result<bool> {
    let sql = "SELECT locale FROM article_locale WHERE workspace_id = $1 AND locale = $2";
    Ok(tx.first_locked(sql, &[&cx.workspace(), locale], |row| row.get::<String>(0))?.is_some())
}
