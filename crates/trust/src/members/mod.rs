//! Members: a workspace's own staff, from invitation to leaving, with their teams and territories.
//! Rule: somebody active always owns the workspace, and nobody hands out more than they hold themselves.

mod changing;
mod group;
mod inviting;
mod link;
mod member;
mod resetting;
pub(crate) mod routes;
mod shapes;

pub use changing::{change, set_availability, set_availability_of};
pub use group::{Group, Grouping, create as create_group, list as list_groups, rename as rename_group};
pub use inviting::{Invited, accept, invite};
pub use link::forget_ended as forget_ended_links;
pub use member::{Availability, Member};
pub use resetting::{issue_reset, use_reset};
pub use shapes::{AvailabilityIn, MemberOut, MemberPatch, NewInvitation, TeamOut, TerritoryOut};

use base::{Code, Kind};

/// Only owners may touch owners.
pub static OWNERS_ONLY: Code = Code::new(
    Kind::Forbidden,
    "owners_only",
    "Only an owner may make, change or reset an owner.",
    "Ask an owner of the workspace.",
);
/// The caller would hand out more than they hold.
pub static BEYOND_YOUR_RIGHTS: Code = Code::new(
    Kind::Forbidden,
    "beyond_your_rights",
    "You may not give or change a role, or make a token, that holds more rights than you do.",
    "Choose less, or ask somebody who holds the rights in `beyond`.",
);
/// The workspace would be left without an owner.
pub static LAST_OWNER: Code = Code::new(
    Kind::Conflict,
    "last_owner",
    "This is the last active owner of the workspace.",
    "Make another member an owner first.",
);
/// The person is a member already.
pub static ALREADY_MEMBER: Code = Code::new(
    Kind::Conflict,
    "already_member",
    "Somebody with this address is a member already.",
    "Change the existing member instead.",
);
/// The member is not active.
pub static MEMBER_INACTIVE: Code = Code::new(
    Kind::Conflict,
    "member_inactive",
    "This member is not active.",
    "Invite the member again; the invitation sets a password.",
);
/// The person signs in to other workspaces too.
pub static ACCOUNT_ELSEWHERE: Code = Code::new(
    Kind::Conflict,
    "account_elsewhere",
    "This person signs in to other workspaces too, so that no single workspace may reset the password.",
    "Deactivate the member here, or let the person use the password they have.",
);
/// The link does not hold.
pub static LINK_INVALID: Code = Code::new(
    Kind::NotFound,
    "link_invalid",
    "This link was used, has expired, or never was.",
    "Ask an administrator for a new one.",
);
/// The account has a password, and another one was given.
pub static ACCOUNT_PASSWORD: Code = Code::new(
    Kind::Conflict,
    "account_password",
    "This address has an account already, and this is not its password.",
    "Give the password you use with this address.",
);
/// Another team has the name.
pub static TEAM_NAME_TAKEN: Code = Code::new(
    Kind::Conflict,
    "team_name_taken",
    "Another team has this name.",
    "Choose another name; upper and lower case count as the same.",
);
/// Another territory has the name.
pub static TERRITORY_NAME_TAKEN: Code = Code::new(
    Kind::Conflict,
    "territory_name_taken",
    "Another territory has this name.",
    "Choose another name; upper and lower case count as the same.",
);

/// The codes of this slice.
pub static CODES: &[&Code] = &[
    &OWNERS_ONLY,
    &BEYOND_YOUR_RIGHTS,
    &LAST_OWNER,
    &ALREADY_MEMBER,
    &MEMBER_INACTIVE,
    &ACCOUNT_ELSEWHERE,
    &LINK_INVALID,
    &ACCOUNT_PASSWORD,
    &TEAM_NAME_TAKEN,
    &TERRITORY_NAME_TAKEN,
];
