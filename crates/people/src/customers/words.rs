//! Words about a customer that have a form of their own: languages and time zones.

use std::borrow::Cow;

use base::{ToValue, Value};
use serde::{Deserialize, Deserializer, Serialize};

/// A language tag (BCP 47), such as `de-CH`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Locale(String);

/// A time zone of the IANA database, such as `Europe/Zurich`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Zone(String);

impl Locale {
    /// Checks the form: parts of 1 to 8 letters and digits, the first of letters alone.
    pub fn new(text: &str) -> Result<Locale, &'static str> {
        let is_part =
            |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let first = text.split('-').next().unwrap_or_default();
        let is_tag = text.len() <= 35
            && text.split('-').all(is_part)
            && first.len() >= 2
            && first.bytes().all(|byte| byte.is_ascii_alphabetic());
        if is_tag { Ok(Locale(text.to_owned())) } else { Err("is not a language tag as in de-CH") }
    }
}

impl Locale {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Zone {
    /// Checks that the zone exists.
    pub fn new(text: &str) -> Result<Zone, &'static str> {
        let zone = jiff::tz::TimeZone::get(text).ok();
        let name = zone.as_ref().and_then(|zone| zone.iana_name());
        name.map(|name| Zone(name.to_owned())).ok_or("is not a time zone as in Europe/Zurich")
    }
}

macro_rules! worded {
    ($type:ident, $about:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                $type::new(&text).map_err(serde::de::Error::custom)
            }
        }

        impl From<$type> for String {
            fn from(word: $type) -> String {
                word.0
            }
        }

        impl ToValue for $type {
            fn to_value(&self) -> Value<'_> {
                self.0.to_value()
            }
        }

        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .max_length(Some(64))
                    .description(Some($about))
                    .into()
            }
        }

        impl utoipa::ToSchema for $type {}
    };
}

worded!(Locale, "A language tag, as `de-CH`.");
worded!(Zone, "A time zone of the IANA database, as `Europe/Zurich`.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_are_told_from_texts() {
        for good in ["de", "de-CH", "zh-Hant-TW", "es-419"] {
            assert!(Locale::new(good).is_ok(), "{good}");
        }
        for bad in ["", "d", "de_CH", "de-", "419", "de-verylongpart"] {
            assert!(Locale::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn zones_must_exist() {
        assert!(Zone::new("Europe/Zurich").is_ok());
        assert!(Zone::new("Mars/Olympus").is_err());
    }
}
