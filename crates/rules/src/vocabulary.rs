//! The names a condition may use, and what sort of thing each stands for.

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text, or nothing.
    Text,
    /// One of a few words, or nothing.
    Word(&'static [&'static str]),
    /// A number, or nothing.
    Number,
    /// True or false, or nothing.
    Truth,
    /// Several texts.
    Texts,
    /// Values by the workspace's own keys: `ticket.fields.order_no`. What they are is known at run time only.
    Open,
}

/// One name: `ticket.priority`.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// What stands before the dot.
    pub root: &'static str,
    /// What stands after it.
    pub field: &'static str,
    /// What it stands for.
    pub kind: Kind,
}

/// The names that one sort of condition may use.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary(pub &'static [Name]);

impl Vocabulary {
    /// What a dotted name stands for.
    pub fn kind(&self, root: &str, field: &str) -> Option<Kind> {
        self.0.iter().find(|name| name.root == root && name.field == field).map(|name| name.kind)
    }

    /// Whether anything stands behind a first word.
    pub(crate) fn has_root(&self, root: &str) -> bool {
        self.0.iter().any(|name| name.root == root)
    }

    /// The known name that looks most like this one.
    pub(crate) fn nearest(&self, wanted: &str) -> Option<String> {
        let names = self.0.iter().map(|name| format!("{}.{}", name.root, name.field));
        names
            .map(|name| (strsim::damerau_levenshtein(&name, wanted), name))
            .filter(|(distance, name)| *distance <= name.len() / 2)
            .min()
            .map(|(_, name)| name)
    }
}
