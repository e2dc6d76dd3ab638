//! Variables in the texts of rules: `{{customer.name}}`, with words for when there is none: `{{customer.name|there}}`.
//! Rule: an unknown variable is refused when the rule is saved, and a missing value keeps the text from being sent.

/// The variables there are.
pub(super) const VARIABLES: [&str; 6] =
    ["ticket.number", "ticket.subject", "customer.name", "customer.email", "assignee.name", "team.name"];

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Plain(&'a str),
    Variable { name: &'a str, otherwise: Option<&'a str> },
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, behind)) = after.split_once("}}") else { break };
        pieces.push(Piece::Plain(before));
        let (name, otherwise) = match inside.split_once('|') {
            Some((name, otherwise)) => (name, Some(otherwise.trim())),
            None => (inside, None),
        };
        pieces.push(Piece::Variable { name: name.trim(), otherwise });
        rest = behind;
    }
    pieces.push(Piece::Plain(rest));
    pieces
}

/// The first variable of a text that there is not.
pub(super) fn unknown(text: &str) -> Option<&str> {
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Variable { name, .. } if !VARIABLES.contains(&name) => Some(name),
        _ => None,
    })
}

/// Whether a text has variables at all.
pub(super) fn has_any(text: &str) -> bool {
    pieces(text).len() > 1
}

/// The text with its variables filled in, or the names of those that have no value.
pub(super) fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, Vec<String>> {
    let (mut filled, mut missing) = (String::with_capacity(text.len()), Vec::new());
    for piece in pieces(text) {
        match piece {
            Piece::Plain(plain) => filled.push_str(plain),
            Piece::Variable { name, otherwise } => {
                let found = value(name).filter(|value| !value.trim().is_empty());
                match found.or_else(|| otherwise.map(str::to_owned)) {
                    Some(value) => filled.push_str(&value),
                    None => missing.push(name.to_owned()),
                }
            }
        }
    }
    if missing.is_empty() { Ok(filled) } else { Err(missing) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lia(name: &str) -> Option<String> {
        (name == "customer.name").then(|| "Lia {{team.name}}".to_owned())
    }

    #[test]
    fn values_are_put_in_and_never_read_as_text_again() {
        assert_eq!(fill("Hello {{ customer.name }}!", lia).unwrap(), "Hello Lia {{team.name}}!");
        assert_eq!(fill("Hello {{assignee.name|there}}", lia).unwrap(), "Hello there");
        assert_eq!(fill("No variable, {{ not closed", lia).unwrap(), "No variable, {{ not closed");
    }

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        assert_eq!(fill("{{team.name}} {{customer.name}}", lia).unwrap_err(), ["team.name"]);
        assert_eq!(unknown("{{customer.name}} {{customer.nam}}"), Some("customer.nam"));
        assert_eq!(unknown("{{customer.name|x}}"), None);
    }
}
