//! Rights: what an operation asks for and a role or token carries.

use base::{Code, Kind, Result};

/// The caller lacks a right.
pub static MISSING_RIGHT: Code = Code::new(
    Kind::Forbidden,
    "missing_right",
    "You may not do this.",
    "Ask an administrator for the right named in `right`.",
);

/// The access of an operation that takes everybody who is signed in, whatever their rights.
pub const ANYBODY: web::Access = web::Access::Member("anybody");

base::words! {
    /// One right.
    pub enum Right {
        /// See tickets and their messages.
        TicketsRead = "tickets:read",
        /// Open tickets and change them.
        TicketsWrite = "tickets:write",
        /// Reply to customers.
        TicketsReply = "tickets:reply",
        /// Write internal notes.
        TicketsNote = "tickets:note",
        /// Delete and restore tickets.
        TicketsDelete = "tickets:delete",
        /// See customers and companies.
        CustomersRead = "customers:read",
        /// Change customers and companies.
        CustomersWrite = "customers:write",
        /// Export and erase a person.
        CustomersErase = "customers:erase",
        /// See every article, drafts included, and what readers said and looked for.
        KnowledgeRead = "knowledge:read",
        /// Write articles and translations.
        KnowledgeWrite = "knowledge:write",
        /// Publish articles and take them away.
        KnowledgePublish = "knowledge:publish",
        /// See members and teams.
        MembersRead = "members:read",
        /// Invite members, change roles and teams.
        MembersWrite = "members:write",
        /// See settings.
        SettingsRead = "settings:read",
        /// Change settings, widget and identity keys, taxonomy.
        SettingsWrite = "settings:write",
        /// Make and revoke one's own API tokens.
        TokensOwn = "tokens:own",
        /// Make and revoke the workspace's API tokens.
        TokensWorkspace = "tokens:workspace",
        /// Read the event feed.
        EventsRead = "events:read",
        /// Read the access log.
        AuditRead = "audit:read",
    }
}

/// A set of rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Rights(u32);

impl Rights {
    /// No rights.
    pub const NONE: Rights = Rights(0);

    /// Every right there is.
    pub fn all() -> Rights {
        Right::ALL.iter().copied().collect()
    }

    /// Whether the set holds a right.
    pub fn has(self, right: Right) -> bool {
        self.0 & bit(right) != 0
    }

    /// The rights in both sets.
    #[must_use]
    pub fn and(self, other: Rights) -> Rights {
        Rights(self.0 & other.0)
    }

    /// Whether every right of this set is in the other.
    pub fn within(self, other: Rights) -> bool {
        self.0 & !other.0 == 0
    }

    /// Refuses when the right is missing.
    pub fn require(self, right: Right) -> Result<()> {
        if self.has(right) { Ok(()) } else { Err(MISSING_RIGHT.error().with("right", right.word().into())) }
    }

    /// The words of the set, in order.
    pub fn words(self) -> Vec<&'static str> {
        Right::ALL.iter().filter(|right| self.has(**right)).map(|right| right.word()).collect()
    }

    /// The rights of the set, in order.
    pub fn list(self) -> Vec<Right> {
        Right::ALL.iter().copied().filter(|right| self.has(*right)).collect()
    }

    /// The rights of this set that the other lacks.
    #[must_use]
    pub fn without(self, other: Rights) -> Rights {
        Rights(self.0 & !other.0)
    }

    /// Reads a list of words separated by spaces; unknown words are skipped.
    pub fn from_words(words: &str) -> Rights {
        words.split(' ').filter_map(Right::from_word).collect()
    }
}

fn bit(right: Right) -> u32 {
    1 << (right as u32)
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Rights {
        Rights(rights.into_iter().fold(0, |bits, right| bits | bit(right)))
    }
}
