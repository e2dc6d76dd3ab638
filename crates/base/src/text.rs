//! Texts that come from outside, checked where they are read: length in characters, no NUL, no stray controls.
//! Rule: a type that holds a text has already checked it.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{FromValue, ToValue, Value};

/// One line of 1 to `MAX` characters: trimmed, without control or direction-changing characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Line<const MAX: usize>(String);

/// A label of 1 to `MAX` letters, digits, dashes and underscores: a word that many share and that describes nobody.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Label<const MAX: usize>(String);

/// A text of 1 to `MAX` bytes with line breaks and tabs, without other control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Block<const MAX: usize>(String);

/// An e-mail address: as typed, and folded for finding it again.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email {
    typed: String,
    folded: String,
}

/// Lower-cases and trims a text for comparing.
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Characters that reorder text around them and so can disguise it.
pub fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
}

impl<const MAX: usize> Line<MAX> {
    /// Checks a line.
    pub fn new(text: &str) -> Result<Line<MAX>, String> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err("must not be empty".to_owned()),
            n if n > MAX => Err(format!("has {n} characters; at most {MAX} are allowed")),
            _ if text.chars().any(|c| c.is_control() || is_direction(c)) => {
                Err("has control characters or line breaks".to_owned())
            }
            _ => Ok(Line(text.to_owned())),
        }
    }
}

impl<const MAX: usize> Label<MAX> {
    /// Checks a label.
    pub fn new(text: &str) -> Result<Label<MAX>, String> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err("must not be empty".to_owned()),
            n if n > MAX => Err(format!("has {n} characters; at most {MAX} are allowed")),
            _ if !text.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_') => {
                Err("takes letters, digits, dashes and underscores".to_owned())
            }
            _ => Ok(Label(text.to_owned())),
        }
    }
}

impl<const MAX: usize> Block<MAX> {
    /// Checks a block.
    pub fn new(text: &str) -> Result<Block<MAX>, String> {
        match text.len() {
            n if n > MAX => Err(format!("has {n} bytes; at most {MAX} are allowed")),
            _ if text.trim().is_empty() => Err("must not be empty".to_owned()),
            _ if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) => {
                Err("has control characters".to_owned())
            }
            _ => Ok(Block(text.to_owned())),
        }
    }
}

impl Email {
    /// Checks the shape of an address (RFC 5321 lengths; international letters allowed).
    pub fn new(text: &str) -> Result<Email, String> {
        let typed = text.trim();
        let wrong = || Err("is not an e-mail address".to_owned());
        let Some((local, domain)) = typed.rsplit_once('@') else {
            return wrong();
        };
        let has_bad = |c: char| c.is_control() || c.is_whitespace() || is_direction(c) || "<>(),;:\\\"[]".contains(c);
        let labels_fit = domain
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-'));
        if typed.len() > 254
            || local.is_empty()
            || local.len() > 64
            || typed.chars().any(has_bad)
            || local.contains('@')
            || !labels_fit
            || !domain.contains('.')
        {
            return wrong();
        }
        Ok(Email { typed: typed.to_owned(), folded: typed.to_lowercase() })
    }

    /// The address as it was typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The address lower-cased, for finding it again.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

impl Serialize for Email {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.typed)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Email, D::Error> {
        Email::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Email {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .max_length(Some(254))
            .description(Some("An e-mail address."))
            .into()
    }
}

impl utoipa::ToSchema for Email {}

macro_rules! checked_text {
    ($type:ident, $describe:literal) => {
        impl<const MAX: usize> Deref for $type<MAX> {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> fmt::Display for $type<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<const MAX: usize> From<$type<MAX>> for String {
            fn from(text: $type<MAX>) -> String {
                text.0
            }
        }

        impl<'de, const MAX: usize> Deserialize<'de> for $type<MAX> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $type::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }

        impl<const MAX: usize> ToValue for $type<MAX> {
            fn to_value(&self) -> Value<'_> {
                self.0.to_value()
            }
        }

        impl<const MAX: usize> FromValue for $type<MAX> {
            fn from_value(value: Value<'_>) -> Option<Self> {
                String::from_value(value).map($type)
            }
        }

        impl<const MAX: usize> utoipa::PartialSchema for $type<MAX> {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .min_length(Some(1))
                    .max_length(Some(MAX))
                    .description(Some($describe))
                    .into()
            }
        }

        impl<const MAX: usize> utoipa::ToSchema for $type<MAX> {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Owned(format!("{}{}", stringify!($type), MAX))
            }
        }
    };
}

checked_text!(Line, "One line of text.");
checked_text!(Label, "A label: letters, digits, dashes and underscores.");
checked_text!(Block, "A text; the limit is in bytes.");
