//! What a workspace has set for triage: whether it is on, automatic answers, from which confidence a category is set, and
//! the rate table by which revenues in other currencies are compared.

use std::collections::BTreeMap;

use base::Result;
use db::{Row, Tx};
use knowledge::nouns::ArticleId;
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::access::Right;
use web::IfMatch;

use super::called::Names;
use super::codes::TRIAGE_RATES;
use super::models::Current;

/// Revenue a month, in the workspace's currency, from which a ticket presses one step more.
const HIGH_REVENUE: f64 = 5_000.0;
/// Currencies of the rate table at most.
const MOST_RATES: usize = 200;

/// The settings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    pub is_on: bool,
    /// Whether customers are answered without a person.
    pub answers: bool,
    /// The confidence from which a category is set, 0.5 to 1.
    pub apply_above: f64,
    /// The workspace's currency (ISO 4217).
    pub currency: String,
    /// What one unit of a currency is worth in the workspace's.
    pub rates: BTreeMap<String, f64>,
    /// 0 before anything was set.
    pub version: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            is_on: true,
            answers: false,
            apply_above: 0.7,
            currency: "USD".to_owned(),
            rates: BTreeMap::new(),
            version: 0,
        }
    }
}

/// Everything triage wants to know of a workspace before a ticket comes.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub settings: Settings,
    pub current: Option<Current>,
    pub answers: BTreeMap<CategoryId, ArticleId>,
    /// What categories are called, where nothing was learned yet.
    pub names: Names,
}

impl Known {
    /// True once somebody set or taught something.
    pub(crate) fn is_set_up(&self) -> bool {
        self.settings.version > 0 || self.current.is_some()
    }
}

fn read(row: &Row<'_>) -> Result<Settings> {
    let rates: String = row.get(4)?;
    Ok(Settings {
        is_on: row.get(0)?,
        answers: row.get(1)?,
        apply_above: row.get(2)?,
        currency: row.get(3)?,
        rates: serde_json::from_str(&rates).unwrap_or_default(),
        version: row.get(5)?,
    })
}

const SELECT: &str =
    "SELECT is_on, answers, apply_above, currency, rates, version FROM triage_settings WHERE workspace_id = $1";

/// The settings as they are.
pub(crate) fn find(tx: &mut Tx<'_>, cx: &Cx) -> Result<Settings> {
    Ok(tx.first(SELECT, &[&cx.workspace()], read)?.unwrap_or_default())
}

/// The settings, the current model, and which articles answer.
pub(crate) fn known(tx: &mut Tx<'_>, cx: &Cx) -> Result<Known> {
    let answers: Vec<(CategoryId, ArticleId)> = tx.all(
        "SELECT category_id, article_id FROM triage_answer WHERE workspace_id = $1 ORDER BY category_id LIMIT 500",
        &[&cx.workspace()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let current = super::models::current(tx, cx)?;
    Ok(Known { settings: find(tx, cx)?, current, answers: answers.into_iter().collect(), names: Names::default() })
}

/// The same for reading texts: with what categories are called, where there is no model.
pub(crate) fn known_with_names(tx: &mut Tx<'_>, cx: &Cx) -> Result<Known> {
    let mut known = known(tx, cx)?;
    if known.settings.is_on && known.current.is_none() {
        known.names = Names::read(tx, cx)?;
    }
    Ok(known)
}

/// Sets them.
pub(crate) fn set(tx: &mut Tx<'_>, cx: &Cx, seen: IfMatch, mut new: Settings) -> Result<Settings> {
    cx.require(Right::SettingsWrite)?;
    check(&new)?;
    let before = tx.first_locked(SELECT, &[&cx.workspace()], read)?.unwrap_or_default();
    seen.check(before.version)?;
    new.version = before.version + 1;
    let rates = serde_json::to_string(&new.rates).unwrap_or_default();
    tx.exec(
        "INSERT INTO triage_settings (workspace_id, is_on, answers, apply_above, currency, rates, taught_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7) ON CONFLICT (workspace_id) DO UPDATE SET is_on = excluded.is_on, \
         answers = excluded.answers, apply_above = excluded.apply_above, currency = excluded.currency, \
         rates = excluded.rates, version = excluded.version",
        &[&cx.workspace(), &new.is_on, &new.answers, &new.apply_above, &new.currency, &rates, &new.version],
    )?;
    cx.forget_settings(tx);
    Ok(new)
}

fn check(new: &Settings) -> Result<()> {
    let wrong = |pointer: &str, why: &str| Err(web::INVALID_FIELD.error().field(pointer, "out_of_range", why));
    if !(0.5..=1.0).contains(&new.apply_above) {
        return wrong("/apply_above", "takes 0.5 to 1");
    }
    if !is_currency(&new.currency) {
        return wrong("/currency", "is not a currency as in EUR");
    }
    if new.rates.len() > MOST_RATES {
        return wrong("/rates", "takes at most 200 currencies");
    }
    for (currency, rate) in &new.rates {
        let pointer = format!("/rates/{currency}");
        if !is_currency(currency) {
            return Err(TRIAGE_RATES.error().field(&pointer, "unknown", "is not a currency as in EUR"));
        }
        if !rate.is_finite() || *rate <= 0.0 || *rate > 1e9 {
            return Err(TRIAGE_RATES.error().field(&pointer, "out_of_range", "takes a number above 0"));
        }
    }
    Ok(())
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

impl Settings {
    /// Whether a revenue a month, in minor units of a currency, is high; nothing when its currency has no rate.
    pub(crate) fn is_high(&self, minor: i64, currency: &str) -> Option<bool> {
        let rate = if currency == self.currency { 1.0 } else { *self.rates.get(currency)? };
        // Currencies differ in their minor units (ISO 4217).
        let units = match currency {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
            | "XAF" | "XOF" | "XPF" => 1.0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 1_000.0,
            _ => 100.0,
        };
        Some(minor as f64 / units * rate >= HIGH_REVENUE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revenue_is_compared_in_the_currency_of_the_workspace() {
        let rates = BTreeMap::from([("JPY".to_owned(), 0.006), ("USD".to_owned(), 0.9)]);
        let settings = Settings { currency: "EUR".into(), rates, ..Settings::default() };
        assert_eq!(settings.is_high(500_000, "EUR"), Some(true));
        assert_eq!(settings.is_high(499_999, "EUR"), Some(false));
        assert_eq!(settings.is_high(500_000, "USD"), Some(false));
        assert_eq!(settings.is_high(560_000, "USD"), Some(true));
        assert_eq!(settings.is_high(900_000, "JPY"), Some(true));
        assert_eq!(settings.is_high(900_000, "CHF"), None);
    }
}
