//! A statement built in pieces, its values numbered as they are added.

use base::{Cursor, ToValue, Value};

/// Text and values of a statement under construction.
#[derive(Clone, Debug, Default)]
pub struct Query {
    text: String,
    values: Vec<Value<'static>>,
}

impl Query {
    /// Starts with a text without values.
    pub fn new(text: &str) -> Query {
        Query { text: text.to_owned(), values: Vec::new() }
    }

    /// A whole statement with its values.
    #[cfg(debug_assertions)]
    pub(crate) fn of(text: String, values: Vec<Value<'static>>) -> Query {
        Query { text, values }
    }

    /// Adds text.
    pub fn push(&mut self, text: &str) -> &mut Query {
        self.text.push_str(text);
        self
    }

    /// Adds a value.
    pub fn bind(&mut self, value: impl ToValue) -> &mut Query {
        self.values.push(value.to_value().into_owned());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Adds a list of values separated by commas; an empty list becomes NULL, which matches nothing.
    pub fn bind_list<T: ToValue>(&mut self, values: impl IntoIterator<Item = T>) -> &mut Query {
        let mut is_first = true;
        for value in values {
            if !is_first {
                self.push(", ");
            }
            is_first = false;
            self.bind(value);
        }
        if is_first {
            self.push("NULL");
        }
        self
    }

    /// Goes on after a place of a list; `order` as `(opened_at, id) <`. At the start of the list it adds nothing.
    pub fn after(&mut self, order: &str, place: Option<Cursor>) -> &mut Query {
        if let Some(Cursor { key, id }) = place {
            self.push(" AND ").push(order).push(" (").bind(key).push(", ").bind(id).push(")");
        }
        self
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The values so far.
    pub fn values(&self) -> &[Value<'static>] {
        &self.values
    }
}
