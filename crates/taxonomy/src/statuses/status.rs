//! The fixed statuses.

base::words! {
    /// Where a ticket stands.
    pub enum Status {
        /// Somebody of ours has to act.
        Open = "open",
        /// It waits for somebody; `waiting_on` says for whom.
        Pending = "pending",
        /// Somebody of ours is at it.
        InProgress = "in_progress",
        /// Solved; a reply of the customer opens it again.
        Resolved = "resolved",
        /// Done for good; a reply opens a follow-up.
        Closed = "closed",
    }
}

impl Status {
    /// Whether work is left.
    pub fn is_open(self) -> bool {
        !matches!(self, Status::Resolved | Status::Closed)
    }
}
