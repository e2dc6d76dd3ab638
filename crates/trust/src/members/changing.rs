//! Changing a member: name, role, teams, territories, leaving and coming back; and a member's own availability.
//! Rule: leaving ends sessions, personal tokens and open links at once; any other change ends nothing.

use base::Result;
use db::Tx;
use serde_json::json;
use web::IfMatch;

use super::group;
use super::link;
use super::member::{Availability, Member, check_other_owner, check_rank, write_belongings};
use super::shapes::{AvailabilityIn, MemberPatch};
use crate::access::{Audience, Right};
use crate::accounts::{sign_out_everywhere, workspace};
use crate::house::Cx;
use crate::log::{NewEvent, record};
use crate::nouns::{MemberId, Team, Territory};
use crate::tokens;

/// Changes a member.
pub fn change(tx: &mut Tx<'_>, cx: &Cx, id: MemberId, read: IfMatch, patch: &MemberPatch) -> Result<Member> {
    cx.require(Right::MembersWrite)?;
    // Before the member's row, always: two owners who demote each other must meet here.
    workspace::lock(tx, cx)?;
    let before = Member::find_locked(tx, cx, id)?;
    read.check(before.version)?;
    check_rank(cx, before.role)?;
    let after = patched(tx, cx, &before, patch)?;
    check_rank(cx, after.role)?;
    if before.is_acting_owner() && !after.is_acting_owner() {
        check_other_owner(tx, cx, id)?;
    }
    if patch.active == Some(false) {
        link::void_all(tx, cx, id)?;
    }
    if after == before {
        return Ok(before);
    }
    let after = store(tx, cx, after)?;
    if before.is_active && !after.is_active {
        sign_out_everywhere(tx, cx.workspace(), id)?;
        tokens::revoke_all_of(tx, cx, id)?;
    }
    tell(tx, cx, &before, &after)?;
    Ok(after)
}

fn patched(tx: &mut Tx<'_>, cx: &Cx, before: &Member, patch: &MemberPatch) -> Result<Member> {
    let mut after = before.clone();
    if let Some(name) = &patch.name {
        after.name = base::Personal::new(name.to_string());
    }
    if let Some(teams) = &patch.teams {
        after.teams = group::known::<Team>(tx, cx, teams, "/teams")?;
    }
    if let Some(territories) = &patch.territories {
        after.territories = group::known::<Territory>(tx, cx, territories, "/territories")?;
    }
    after.role = patch.role.unwrap_or(before.role);
    after.ticket_scope = patch.ticket_scope.unwrap_or(before.ticket_scope);
    after.is_active = patch.active.unwrap_or(before.is_active);
    Ok(after)
}

/// Writes a member's row with the next version.
pub(super) fn store(tx: &mut Tx<'_>, cx: &Cx, mut member: Member) -> Result<Member> {
    member.version += 1;
    tx.exec(
        "UPDATE member SET name = $1, role = $2, ticket_scope = $3, availability = $4, is_active = $5, version = $6, \
         away_message = $7 WHERE workspace_id = $8 AND id = $9",
        &[
            &member.name,
            &member.role,
            &member.ticket_scope,
            &member.availability,
            &member.is_active,
            &member.version,
            &member.away_message,
            &cx.workspace(),
            &member.id,
        ],
    )?;
    write_belongings(tx, cx, &member)?;
    Ok(member)
}

fn tell(tx: &mut Tx<'_>, cx: &Cx, before: &Member, after: &Member) -> Result<()> {
    let data = json!({
        "member_id": after.id, "role": after.role, "ticket_scope": after.ticket_scope, "active": after.is_active,
        "teams": after.teams, "territories": after.territories, "renamed": before.name != after.name,
    });
    let mut event = event("member.updated", cx, after, &data);
    if before.name != after.name {
        event = event.details(&json!({"name": after.name.reveal()}));
    }
    record(tx, cx, &[event])
}

/// Says whether the acting member takes work now.
pub fn set_availability(tx: &mut Tx<'_>, cx: &Cx, stated: &AvailabilityIn) -> Result<Member> {
    let own = cx.actor.member().ok_or_else(|| web::NOT_FOUND.error())?;
    state(tx, cx, own.id, stated)
}

/// Says whether somebody else takes work now, as somebody who may change members.
pub fn set_availability_of(tx: &mut Tx<'_>, cx: &Cx, id: MemberId, stated: &AvailabilityIn) -> Result<Member> {
    cx.require(Right::MembersWrite)?;
    state(tx, cx, id, stated)
}

fn state(tx: &mut Tx<'_>, cx: &Cx, id: MemberId, stated: &AvailabilityIn) -> Result<Member> {
    let availability = stated.availability;
    let message = stated.message.as_ref().filter(|_| availability != Availability::Online).map(ToString::to_string);
    let mut member = Member::find_locked(tx, cx, id)?;
    if (member.availability, &member.away_message) == (availability, &message) {
        return Ok(member);
    }
    member.availability = availability;
    member.away_message = message;
    let member = store(tx, cx, member)?;
    let data = json!({"member_id": member.id, "availability": availability});
    let event = event("member.availability_changed", cx, &member, &data);
    record(tx, cx, &[event])?;
    Ok(member)
}

/// An event about a member, numbered by the row's version.
pub(super) fn event(kind: &'static str, cx: &Cx, member: &Member, data: &serde_json::Value) -> NewEvent {
    NewEvent::new(kind, member.id.uuid(), member.version, cx.env().now(), Audience::staff(), data)
}
