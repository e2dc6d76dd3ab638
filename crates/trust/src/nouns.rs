//! The ids that every floor above names.
//! Customers and tickets are named here because reach and audience columns speak of them; their rows live above.

base::noun! {
    /// A workspace.
    Workspace, WorkspaceId, "wsp"
}
base::noun! {
    /// An account: a sign-in, with a membership in each of its workspaces.
    Account, AccountId, "acc"
}
base::noun! {
    /// A member of a workspace's staff.
    Member, MemberId, "mem"
}
base::noun! {
    /// A team.
    Team, TeamId, "tea"
}
base::noun! {
    /// A territory.
    Territory, TerritoryId, "ter"
}
base::noun! {
    /// An API token.
    Token, TokenId, "tok"
}
base::noun! {
    /// A widget key.
    WidgetKey, WidgetKeyId, "wdg"
}
base::noun! {
    /// A key the host app signs identities with.
    IdentityKey, IdentityKeyId, "idk"
}
base::noun! {
    /// A customer.
    Customer, CustomerId, "cus"
}
base::noun! {
    /// A ticket.
    Ticket, TicketId, "tkt"
}
