//! Texts with variables: `{{customer.name}}`, or `{{customer.name|there}}` with words for when there is no value.

/// The variables there are; beside them `field.KEY` is the value of a custom field.
pub(super) const VARIABLES: &[&str] = &[
    "customer.name",
    "customer.first_name",
    "customer.email",
    "company.name",
    "company.plan",
    "ticket.number",
    "ticket.subject",
    "ticket.status",
    "ticket.priority",
    "ticket.category",
    "agent.name",
    "agent.first_name",
    "workspace.name",
];

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Words as they are.
    Words(&'t str),
    /// A variable, the words for when it has no value, and how it was written.
    Variable { name: &'t str, otherwise: Option<&'t str>, written: &'t str },
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The character it begins at, counted from 1.
    pub(super) at: usize,
    /// What was written there.
    pub(super) written: String,
    /// The variable that was probably meant.
    pub(super) nearest: Option<&'static str>,
}

/// The parts of a text; braces that are not closed are words.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, behind)) = after.split_once("}}") else { break };
        if !before.is_empty() {
            pieces.push(Piece::Words(before));
        }
        let (name, otherwise) = match inside.split_once('|') {
            Some((name, words)) => (name.trim(), Some(words.trim()).filter(|words| !words.is_empty())),
            None => (inside.trim(), None),
        };
        pieces.push(Piece::Variable { name, otherwise, written: inside });
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// The first variable that there is not.
pub(super) fn check(text: &str) -> Result<(), Fault> {
    let mut at = 1;
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => at += words.chars().count(),
            Piece::Variable { name, written, .. } => {
                if !is_known(name) {
                    return Err(Fault { at, written: format!("{{{{{written}}}}}"), nearest: nearest(name) });
                }
                at += written.chars().count() + 4;
            }
        }
    }
    Ok(())
}

fn is_known(name: &str) -> bool {
    let key = name.strip_prefix("field.");
    VARIABLES.contains(&name) || key.is_some_and(|key| !key.is_empty() && key.len() <= 60)
}

/// The variable that differs least, when it differs little.
fn nearest(name: &str) -> Option<&'static str> {
    let close = VARIABLES.iter().map(|known| (distance(name, known), *known)).min();
    close.filter(|(distance, known)| *distance <= known.len() / 3).map(|(_, known)| known)
}

/// The Levenshtein distance of two short texts.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().take(60).enumerate() {
        let mut next = vec![line + 1];
        for ((at, known), pair) in other.iter().enumerate().zip(row.windows(2)) {
            let [diagonal, above] = pair else { continue };
            let left = next.get(at).copied().unwrap_or(0);
            next.push((above + 1).min(left + 1).min(diagonal + usize::from(letter != *known)));
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_words_and_variables() {
        let found = pieces("Hi {{ customer.first_name | there }}, #{{ticket.number}} is {{open");
        assert_eq!(found.len(), 5);
        let first = Piece::Variable {
            name: "customer.first_name",
            otherwise: Some("there"),
            written: " customer.first_name | there ",
        };
        assert_eq!((&found[1], &found[4]), (&first, &Piece::Words(" is {{open")));
        assert_eq!(pieces(""), []);
        assert_eq!(pieces("plain"), [Piece::Words("plain")]);
    }

    #[test]
    fn an_unknown_variable_is_named_with_its_place_and_the_nearest_one() {
        let fault = check("Dear {{custommer.name}}").unwrap_err();
        let expected = Fault { at: 6, written: "{{custommer.name}}".to_owned(), nearest: Some("customer.name") };
        assert_eq!(fault, expected);
        assert_eq!(check("ü {{x}}").unwrap_err(), Fault { at: 3, written: "{{x}}".to_owned(), nearest: None });
        assert!(check("{{field.order}} {{agent.name|us}}").is_ok());
        assert!(check("{{field.}}").is_err());
    }
}
