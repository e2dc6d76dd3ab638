//! Personal data in memory: it can be stored and shown on purpose, never printed by accident.

use std::fmt;

use crate::{FromValue, ToValue, Value};

/// A value that describes a person; its `Debug` prints dots.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Personal<T> {
        Personal(value)
    }

    /// The value, for showing or storing it on purpose.
    pub fn reveal(&self) -> &T {
        &self.0
    }

    /// The value, unwrapped on purpose.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

impl<T: ToValue> ToValue for Personal<T> {
    fn to_value(&self) -> Value<'_> {
        self.0.to_value()
    }
}

impl<T: FromValue> FromValue for Personal<T> {
    fn from_value(value: Value<'_>) -> Option<Personal<T>> {
        T::from_value(value).map(Personal)
    }
}
