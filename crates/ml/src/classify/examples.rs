//! What a classifier is taught: texts with their labels, read from JSON lines and refused with the line and the reason.

use std::collections::BTreeMap;

use base::{Code, Kind, Result};
use serde::Deserialize;

/// Rows of a set at most.
pub const ROWS: usize = 200_000;
/// Classes of a set at most.
pub const CLASSES: usize = 5_000;
/// Characters of a text that are looked at.
pub const LONGEST_TEXT: usize = 20_000;
/// Characters of a label at most.
pub const LONGEST_LABEL: usize = 200;

/// A set nothing can be learned from.
pub static TRAINING_SET: Code = Code::new(
    Kind::Unprocessable,
    "training_set",
    "Nothing can be learned from these examples.",
    "Correct what is named: each line is an object with `text` and `label`, and there are at least two labels.",
);

/// A text and the class it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The text.
    pub text: String,
    /// The name of its class.
    pub label: String,
}

/// Examples that something can be learned from.
#[derive(Clone, Debug)]
pub struct Set {
    /// The texts, in their order.
    pub texts: Vec<String>,
    /// For each text, its place in `labels`.
    pub classes: Vec<usize>,
    /// The names of the classes, sorted.
    pub labels: Vec<String>,
    /// How many of the texts, the last ones, only say what a class is called: they are taught, never asked about.
    pub names: usize,
}

impl Set {
    /// A set for training: two classes at least, and no empty text.
    pub fn new(examples: Vec<Example>) -> Result<Set> {
        let mut labels: BTreeMap<String, usize> = BTreeMap::new();
        for (line, example) in (1..).zip(&examples) {
            check(line, example)?;
            labels.insert(example.label.clone(), 0);
        }
        match (examples.len(), labels.len()) {
            (0, _) => return Err(TRAINING_SET.because("There are no examples.")),
            (_, 0 | 1) => return Err(TRAINING_SET.because("All examples have one label; at least two are needed.")),
            (rows, _) if rows > ROWS => return Err(TRAINING_SET.because(format!("There are more than {ROWS} lines."))),
            (_, classes) if classes > CLASSES => {
                return Err(TRAINING_SET.because(format!("There are {classes} labels; {CLASSES} at most are taken.")));
            }
            _ => {}
        }
        labels.values_mut().zip(0..).for_each(|(at, place)| *at = place);
        let classes = examples.iter().map(|example| labels.get(&example.label).copied().unwrap_or(0)).collect();
        let texts = examples.into_iter().map(|example| example.text).collect();
        Ok(Set { texts, classes, labels: labels.into_keys().collect(), names: 0 })
    }

    /// The same, with what its classes are called; what belongs to no class of the set is passed over.
    #[must_use]
    pub fn called<'n>(mut self, names: impl IntoIterator<Item = (&'n str, String)>) -> Set {
        for (label, name) in names {
            let Ok(class) = self.labels.binary_search_by(|known| known.as_str().cmp(label)) else { continue };
            if !name.trim().is_empty() {
                self.texts.push(name);
                self.classes.push(class);
                self.names += 1;
            }
        }
        self
    }

    /// The same, called by its labels where those are words: `card_lost` is "card lost".
    #[must_use]
    pub fn called_by_labels(self) -> Set {
        let labels = self.labels.clone();
        self.called(labels.iter().filter_map(|label| Some((label.as_str(), spoken(label)?))))
    }

    /// The same without what its classes are called.
    #[must_use]
    pub fn nameless(mut self) -> Set {
        let examples = self.len() - self.names;
        self.texts.truncate(examples);
        self.classes.truncate(examples);
        self.names = 0;
        self
    }

    /// The examples of JSON lines; empty lines are passed over.
    pub fn lines(text: &str) -> Result<Vec<Example>> {
        let mut examples = Vec::new();
        for (number, line) in (1_usize..).zip(text.lines()) {
            if line.trim().is_empty() {
                continue;
            }
            let example: Example = serde_json::from_str(line)
                .map_err(|error| TRAINING_SET.because(format!("Line {number} cannot be read: {error}.")))?;
            check(number, &example)?;
            if examples.len() >= ROWS {
                return Err(TRAINING_SET.because(format!("Line {number} is one too many: {ROWS} at most are taken.")));
            }
            examples.push(example);
        }
        Ok(examples)
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

/// A label as it would be said; nothing where it is hardly a word.
fn spoken(label: &str) -> Option<String> {
    let mut said = String::new();
    for letter in label.chars() {
        let starts = letter.is_uppercase() && said.chars().last().is_some_and(char::is_lowercase);
        if starts || !letter.is_alphanumeric() {
            said.push(' ');
        }
        if letter.is_alphanumeric() {
            said.extend(letter.to_lowercase());
        }
    }
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    (said.chars().filter(|letter| letter.is_alphabetic()).count() >= 3).then_some(said)
}

fn check(line: usize, example: &Example) -> Result<()> {
    let wrong = |why: String| Err(TRAINING_SET.because(format!("Line {line} {why}.")));
    match (example.text.trim().is_empty(), example.label.trim().is_empty()) {
        (true, _) => wrong("has an empty text".into()),
        (_, true) => wrong("has an empty label".into()),
        _ if example.label.chars().count() > LONGEST_LABEL => {
            wrong(format!("has a label of more than {LONGEST_LABEL} characters"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Set::lines(text).and_then(Set::new).unwrap_err().message().to_owned()
    }

    #[test]
    fn classes_are_called_by_their_labels_where_those_are_words() {
        assert_eq!(spoken("Refund_not_showing-up?").as_deref(), Some("refund not showing up"));
        assert_eq!(spoken("cardLost").as_deref(), Some("card lost"));
        assert_eq!(spoken("ÜberweisungFehlt").as_deref(), Some("überweisung fehlt"));
        assert_eq!((spoken("17"), spoken("c_3")), (None, None));
        let example = |text: &str, label: &str| Example { text: text.into(), label: label.into() };
        let set = Set::new(vec![example("a", "card_lost"), example("b", "7")]).unwrap().called_by_labels();
        assert_eq!((set.len(), set.names, set.texts[2].as_str(), set.classes[2]), (3, 1, "card lost", 1));
        assert_eq!(set.called([("unknown", "x".to_owned()), ("7", " ".to_owned())]).nameless().len(), 2);
    }

    #[test]
    fn what_cannot_be_learned_from_is_refused_with_its_line() {
        assert!(refused("{\"text\":\"a\",\"label\":\"x\"}\n\n{\"text\":\" \",\"label\":\"x\"}").contains("Line 3"));
        assert!(refused("{\"text\":\"a\",\"label\":\"x\"}\nno json").contains("Line 2 cannot be read"));
        assert!(refused("{\"text\":\"a\",\"label\":7}").contains("Line 1 cannot be read"));
        assert!(refused("{\"text\":\"a\",\"label\":\"\"}").contains("empty label"));
        assert!(refused("").contains("no examples"));
        assert!(refused("{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":\"x\"}").contains("one label"));
        let many: Vec<Example> = (0..100_000).map(|at| Example { text: "t".into(), label: at.to_string() }).collect();
        assert!(Set::new(many).unwrap_err().message().contains("100000 labels"));
    }
}
