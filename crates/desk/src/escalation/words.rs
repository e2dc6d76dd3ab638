//! The words of escalation: what set it off, and how it ended.

base::noun! {
    /// An escalation.
    EscalationNoun, EscalationId, "esc"
}

base::words! {
    /// What set an escalation off.
    pub enum EscalationCause {
        /// Somebody, by hand.
        Hand = "hand",
        /// A rule.
        Rule = "rule",
        /// A promise that is close to its end, or past it.
        Promise = "promise",
        /// The tier below did not act in time.
        Overdue = "overdue",
    }
}

base::words! {
    /// How an escalation ended.
    pub enum Ended {
        /// The tier found the answer; the ticket goes back with it.
        Answered = "answered",
        /// The tier needs to know more first.
        NeedsMore = "needs_more",
        /// It did not belong there.
        Declined = "declined",
        /// It went on to the next tier.
        WentOn = "went_on",
        /// The ticket was solved there.
        Solved = "solved",
    }
}

impl Ended {
    /// Whether somebody may say it when giving a ticket back.
    pub(crate) fn is_said(self) -> bool {
        matches!(self, Ended::Answered | Ended::NeedsMore | Ended::Declined)
    }
}
