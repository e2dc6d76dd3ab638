//! Why a message was held back.

base::words! {
    /// Why a message was held back.
    pub enum SpamCause {
        /// The address is blocked.
        BlockedAddress = "blocked_address",
        /// The domain is blocked.
        BlockedDomain = "blocked_domain",
        /// The network is blocked.
        BlockedNetwork = "blocked_network",
        /// The visitor is blocked.
        BlockedVisitor = "blocked_visitor",
        /// A new sender wrote much at once.
        Burst = "burst",
        /// The sender wrote too much in an hour and is not heard for one.
        Suspended = "suspended",
        /// There is little but links in it.
        LinkOnly = "link_only",
        /// A program sent it.
        Automatic = "automatic",
        /// It went to very many at once.
        TooManyRecipients = "too_many_recipients",
        /// Its words are those of spam.
        Content = "content",
    }
}

/// That a message is held back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// Why.
    pub cause: SpamCause,
    /// How sure the filter is, 0 to 1, when its words are the cause.
    pub score: Option<f64>,
}

impl From<SpamCause> for Verdict {
    fn from(cause: SpamCause) -> Verdict {
        Verdict { cause, score: None }
    }
}
