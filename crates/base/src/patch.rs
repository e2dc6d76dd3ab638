//! A field of a patch: absent, set to null, or set to a value. Absent is not null.

use serde::{Deserialize, Deserializer};

/// What a patch says about one field; use with `#[serde(default)]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The field was not named: leave it.
    #[default]
    Keep,
    /// The field is null: empty it.
    Clear,
    /// The field has a new value.
    Set(T),
}

impl<T> Patch<T> {
    /// The value after the patch, given the value before.
    pub fn over(self, before: Option<T>) -> Option<T> {
        match self {
            Patch::Keep => before,
            Patch::Clear => None,
            Patch::Set(value) => Some(value),
        }
    }

    /// Whether the field was named at all.
    pub fn is_named(&self) -> bool {
        !matches!(self, Patch::Keep)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Patch<T>, D::Error> {
        Option::<T>::deserialize(deserializer).map(|value| value.map_or(Patch::Clear, Patch::Set))
    }
}
