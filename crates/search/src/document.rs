//! What goes into the index: one document per part of an owner (a message of a ticket; the first one carries its subject).

/// Sixteen bytes of an id.
pub type Id = [u8; 16];

/// Who may read a part; searches name the kinds their reader may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Text that the customer sees too.
    Public,
    /// Text for members only.
    Internal,
}

impl Change {
    /// The same change where it may have been applied before.
    #[must_use]
    pub fn again(self) -> Change {
        match self {
            Change::Add(document) => Change::Put(document),
            other => other,
        }
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 2] = [Kind::Public, Kind::Internal];

    pub(crate) fn code(self) -> u8 {
        match self {
            Kind::Public => 1,
            Kind::Internal => 2,
        }
    }

    pub(crate) fn from_code(code: u64) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| u64::from(kind.code()) == code)
    }
}

/// One part with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The workspace it belongs to; no search of another one finds it.
    pub workspace: Id,
    /// What a hit leads to: the ticket.
    pub owner: Id,
    /// The message. Unique in the workspace.
    pub part: Id,
    /// Who may read it.
    pub kind: Kind,
    /// Words that weigh double; may be empty.
    pub title: String,
    /// The words; may be empty. What exceeds 256 KiB is not indexed.
    pub body: String,
    /// When it was written, microseconds since 1970 UTC.
    pub stamp: i64,
}

/// A change of the index. Applying the same change twice leaves the same index, unless it is an `Add`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Adds a part that the index cannot hold yet. Cheaper than `Put`, which has every segment looked through for the
    /// part it replaces.
    Add(Document),
    /// Adds the part or replaces what stood there.
    Put(Document),
    /// Takes out every part of an owner.
    RemoveOwner {
        /// Its workspace.
        workspace: Id,
        /// The owner.
        owner: Id,
    },
    /// Takes out one part.
    RemovePart {
        /// Its workspace.
        workspace: Id,
        /// The part.
        part: Id,
    },
}
