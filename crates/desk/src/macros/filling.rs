//! Filling variables with values, and choosing the text of a language.
//! Rule: a variable without a value stays as it was written and is named, so that nobody sends it unseen.

use super::VARIABLES_MISSING;
use super::action::LocaleText;
use super::template::{Piece, pieces};
use super::values::Values;

/// A text with its variables filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) text: String,
    /// Variables without a value, in their order, each once.
    pub(super) missing: Vec<String>,
}

/// Fills a text.
pub(super) fn fill(text: &str, values: &Values) -> Filled {
    let mut filled = Filled { text: String::with_capacity(text.len()), missing: Vec::new() };
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => filled.text.push_str(words),
            Piece::Variable { name, otherwise, written } => match values.get(name).map(String::as_str).or(otherwise) {
                Some(value) => filled.text.push_str(value),
                None => {
                    filled.text.push_str(&format!("{{{{{written}}}}}"));
                    if !filled.missing.iter().any(|known| known == name) {
                        filled.missing.push(name.to_owned());
                    }
                }
            },
        }
    }
    filled
}

impl Filled {
    /// The text, unless a value is missing.
    pub(super) fn whole(self, pointer: &str) -> base::Result<String> {
        if self.missing.is_empty() {
            return Ok(self.text);
        }
        let names = self.missing.join(", ");
        let error = VARIABLES_MISSING.error().with("missing", self.missing.into());
        Err(error.field(pointer, "missing", format!("has no value for {names}")))
    }
}

/// The text of a language: the language itself, then its base, then the workspace's own, then the first.
pub(super) fn choose<'t>(texts: &'t [LocaleText], wanted: Option<&str>, own: &str) -> Option<&'t LocaleText> {
    let find = |locale: &str| texts.iter().find(|text| text.locale.as_str().eq_ignore_ascii_case(locale));
    let related = |locale: &str| {
        let base = base_of(locale);
        find(locale)
            .or_else(|| find(base))
            .or_else(|| texts.iter().find(|text| base_of(text.locale.as_str()).eq_ignore_ascii_case(base)))
    };
    wanted.and_then(related).or_else(|| related(own)).or_else(|| texts.first())
}

fn base_of(locale: &str) -> &str {
    locale.split(['-', '_']).next().unwrap_or(locale)
}

#[cfg(test)]
mod tests {
    use base::text::Block;
    use people::customers::Locale;

    use super::*;

    #[test]
    fn a_missing_value_stays_and_is_named_once() {
        let values = Values::from([("customer.name".to_owned(), "Lia {{x}}".to_owned())]);
        let filled = fill("{{customer.name}}, {{agent.name}} and {{agent.name}} or {{company.name|you}}", &values);
        assert_eq!(filled.text, "Lia {{x}}, {{agent.name}} and {{agent.name}} or you");
        assert_eq!(filled.missing, ["agent.name"]);
        assert_eq!(filled.whole("/texts").unwrap_err().name(), "variables_missing");
    }

    #[test]
    fn the_nearest_language_is_taken() {
        let texts: Vec<LocaleText> = ["en", "de", "pt-BR"]
            .map(|locale| LocaleText { locale: Locale::new(locale).unwrap(), text: Block::new(locale).unwrap() })
            .into();
        let chosen = |wanted, own| choose(&texts, wanted, own).map(|text| text.text.to_string()).unwrap();
        assert_eq!(chosen(Some("de-CH"), "en"), "de");
        assert_eq!(chosen(Some("PT"), "en"), "pt-BR");
        assert_eq!(chosen(Some("fr"), "de"), "de");
        assert_eq!(chosen(None, "fr"), "en");
        assert!(choose(&[], Some("de"), "en").is_none());
    }
}
