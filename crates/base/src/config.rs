//! Reading settings: one TOML text over commented defaults; an unknown key is an error that names the nearest one.

use serde::de::DeserializeOwned;

use crate::{Code, Kind, Result};

/// A setting that does not exist or has the wrong type.
pub static BAD_SETTING: Code = Code::new(
    Kind::Unprocessable,
    "bad_setting",
    "A setting is wrong.",
    "Compare the configuration file with `mainstay config`, which prints every setting with its default.",
);

/// Reads settings from `text`, laid over `defaults`; both are TOML.
pub fn read<T: DeserializeOwned>(defaults: &str, text: &str) -> Result<T> {
    let bad = |error: toml::de::Error| BAD_SETTING.because(format!("The configuration cannot be read: {error}"));
    let mut settings: toml::Table = defaults.parse().map_err(bad)?;
    let given: toml::Table = text.parse().map_err(bad)?;
    lay_over(&mut settings, given, "")?;
    settings.try_into().map_err(bad)
}

fn lay_over(settings: &mut toml::Table, given: toml::Table, path: &str) -> Result<()> {
    for (key, value) in given {
        let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (settings.get_mut(&key), value) {
            (None, _) => return Err(unknown(settings, &key, &name)),
            (Some(toml::Value::Table(inner)), toml::Value::Table(value)) => lay_over(inner, value, &name)?,
            (Some(slot), value) if slot.same_type(&value) => *slot = value,
            (Some(slot), value) => {
                let message = format!("`{name}` takes a {}, not a {}.", slot.type_str(), value.type_str());
                return Err(BAD_SETTING.because(message));
            }
        }
    }
    Ok(())
}

fn unknown(settings: &toml::Table, key: &str, name: &str) -> crate::Error {
    let nearest = settings.keys().max_by(|a, b| strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key)));
    let hint = nearest.map(|nearest| format!(" The nearest is `{nearest}`.")).unwrap_or_default();
    BAD_SETTING.because(format!("There is no setting `{name}`.{hint}"))
}
