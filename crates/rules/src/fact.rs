//! What is known at the moment a condition is asked: values by name.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use cel::Value;

use crate::limits::{LIST, TEXT};

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// Nothing is known, or there is nothing.
    Nothing,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Number(f64),
    /// True or false.
    Truth(bool),
    /// Several texts; what is past the limit of a list is left out.
    Texts(Vec<String>),
    /// Values by the workspace's own keys.
    Open(BTreeMap<String, Fact>),
}

impl Fact {
    /// A text that may be absent.
    pub fn text(text: Option<impl Into<String>>) -> Fact {
        text.map_or(Fact::Nothing, |text| Fact::Text(text.into()))
    }

    /// A whole number that may be absent.
    pub fn whole(number: Option<i64>) -> Fact {
        number.map_or(Fact::Nothing, Fact::Whole)
    }

    fn value(&self) -> Value {
        match self {
            Fact::Nothing => Value::Null,
            Fact::Text(text) => Value::String(Arc::new(cut(text))),
            Fact::Whole(number) => Value::Int(*number),
            Fact::Number(number) => Value::Float(*number),
            Fact::Truth(truth) => Value::Bool(*truth),
            Fact::Texts(texts) => {
                Value::List(Arc::new(texts.iter().take(LIST).map(|text| Value::String(Arc::new(cut(text)))).collect()))
            }
            Fact::Open(values) => {
                let values = values.iter().take(LIST).map(|(key, fact)| (key.clone(), fact.value()));
                Value::from(values.collect::<HashMap<_, _>>())
            }
        }
    }
}

/// The start of a long text: conditions look at so much.
fn cut(text: &str) -> String {
    if text.len() <= TEXT {
        return text.to_owned();
    }
    let end = (0..=TEXT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default().to_owned()
}

/// How much text there is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extent {
    /// Bytes of the longest text.
    pub longest: usize,
    /// Bytes of all texts of one list.
    pub listed: usize,
    /// Entries of the longest list.
    pub entries: usize,
}

impl Extent {
    fn add(&mut self, fact: &Fact) {
        match fact {
            Fact::Text(text) => self.longest = self.longest.max(text.len().min(TEXT)),
            Fact::Texts(texts) => {
                let sizes = || texts.iter().take(LIST).map(|text| text.len().min(TEXT));
                self.longest = self.longest.max(sizes().max().unwrap_or(0));
                self.listed = self.listed.max(sizes().sum());
                self.entries = self.entries.max(texts.len().min(LIST));
            }
            Fact::Open(values) => {
                self.entries = self.entries.max(values.len().min(LIST));
                values.values().take(LIST).for_each(|value| self.add(value));
            }
            Fact::Nothing | Fact::Whole(_) | Fact::Number(_) | Fact::Truth(_) => {}
        }
    }
}

/// Values by root and field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts(BTreeMap<&'static str, BTreeMap<&'static str, Fact>>);

impl Facts {
    /// Adds a value; a later one of the same name replaces it.
    #[must_use]
    pub fn with(mut self, root: &'static str, field: &'static str, fact: Fact) -> Facts {
        self.set(root, field, fact);
        self
    }

    /// Sets a value.
    pub fn set(&mut self, root: &'static str, field: &'static str, fact: Fact) {
        self.0.entry(root).or_default().insert(field, fact);
    }

    /// The value of a name.
    pub fn get(&self, root: &str, field: &str) -> Option<&Fact> {
        self.0.get(root)?.get(field)
    }

    /// How much text there is below some roots: bytes of the longest one, bytes of all that are in the largest list, and the
    /// entries of the longest list.
    pub(crate) fn text(&self, roots: &[&'static str]) -> Extent {
        let mut extent = Extent::default();
        for fact in roots.iter().filter_map(|root| self.0.get(root)).flat_map(BTreeMap::values) {
            extent.add(fact);
        }
        extent
    }

    /// The value of a root: its fields, those of `names` that are not known being nothing.
    pub(crate) fn root<'a>(&self, root: &str, names: impl Iterator<Item = &'a str>) -> Value {
        let known = self.0.get(root);
        let value = |name: &str| known.and_then(|fields| fields.get(name)).map_or(Value::Null, Fact::value);
        Value::from(names.map(|name| (name.to_owned(), value(name))).collect::<HashMap<_, _>>())
    }
}
