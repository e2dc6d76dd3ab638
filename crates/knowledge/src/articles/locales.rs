//! The languages an article can be in (BCP 47, such as `en`, `de-AT`, `zh-Hant`).
//! Rule: a locale that names no language is refused, so that a typing error does not become a language of its own.

use std::fmt;

use base::{FromValue, ToValue, Value};
use serde::{Deserialize, Deserializer, Serialize};

/// The two-letter languages of ISO 639-1.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de \
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it \
    iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd \
    ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su \
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Languages written from right to left.
const RIGHT_TO_LEFT: &str = "ar dv fa he ks ku ps sd ug ur yi";

/// A locale of an article, in its usual spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Locale(String);

impl Locale {
    /// Checks a locale and gives it its usual spelling: `DE_at` is `de-AT`.
    pub fn new(text: &str) -> Result<Locale, String> {
        let unknown = || Err(format!("`{}` is not a language; write it as in `en`, `de-AT` or `zh-Hant`", cut(text)));
        let parts: Vec<&str> = text.trim().split(['-', '_']).collect();
        let Some((language, rest)) = parts.split_first() else { return unknown() };
        let language = language.to_lowercase();
        let is_word =
            |part: &&str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if rest.len() > 3 || !LANGUAGES.split(' ').any(|known| known == language) || !rest.iter().all(is_word) {
            return unknown();
        }
        let mut usual = language;
        for part in rest {
            usual.push('-');
            usual.push_str(&spelt(part));
        }
        Ok(Locale(usual))
    }

    /// A locale that was checked before it was stored.
    pub(crate) fn stored(text: &str) -> Locale {
        Locale(text.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn cut(text: &str) -> String {
    text.chars().take(20).collect()
}

fn spelt(part: &str) -> String {
    match part.len() {
        2 => part.to_uppercase(),
        4 => {
            let (first, rest) = part.split_at(1);
            first.to_uppercase() + &rest.to_lowercase()
        }
        _ => part.to_lowercase(),
    }
}

/// The language of a locale, without its region and script.
pub fn language(locale: &str) -> &str {
    locale.split('-').next().unwrap_or_default()
}

/// The place of the locale that whoever wants one reads best: that very one, else one of its language, as whoever reads
/// British English reads English.
pub fn closest<'l>(wanted: &Locale, known: impl Iterator<Item = &'l Locale> + Clone) -> Option<usize> {
    let own = language(wanted.as_str());
    let exact = known.clone().position(|locale| locale == wanted);
    exact.or_else(|| known.map(Locale::as_str).position(|locale| language(locale) == own))
}

/// The direction a language is written in, for the page's `dir`.
pub fn direction(locale: &str) -> &'static str {
    let language = language(locale);
    if RIGHT_TO_LEFT.split(' ').any(|known| known == language) { "rtl" } else { "ltr" }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Locale, D::Error> {
        Locale::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl ToValue for Locale {
    fn to_value(&self) -> Value<'_> {
        self.0.to_value()
    }
}

impl FromValue for Locale {
    fn from_value(value: Value<'_>) -> Option<Locale> {
        String::from_value(value).map(Locale)
    }
}

impl utoipa::PartialSchema for Locale {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .max_length(Some(35))
            .description(Some("A language as in `en`, `de-AT` or `zh-Hant` (BCP 47)."))
            .into()
    }
}

impl utoipa::ToSchema for Locale {
    fn name() -> std::borrow::Cow<'static, str> {
        "ArticleLocale".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_get_their_usual_spelling() {
        for (typed, usual) in [("en", "en"), ("DE_at", "de-AT"), ("zh-hant", "zh-Hant"), (" pt-BR ", "pt-BR")] {
            assert_eq!(Locale::new(typed).unwrap().as_str(), usual);
        }
    }

    #[test]
    fn what_names_no_language_is_refused() {
        for wrong in ["", "xx", "english", "en-", "en-a", "e", "en/../de", "de-AT-1996-foo-bar", "🦀"] {
            assert!(Locale::new(wrong).is_err(), "{wrong}");
        }
    }
}
