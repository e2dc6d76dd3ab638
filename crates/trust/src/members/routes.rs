//! The doors of members, invitations, resets, teams and territories.

use std::sync::Arc;

use axum::Extension;
use axum::response::IntoResponse;
use base::Page;
use web::{Access, Class, Created, IfMatch, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::group::{self, Group, Grouping};
use super::member::Member;
use super::shapes::*;
use super::{accept, change, invite, issue_reset, set_availability, set_availability_of, use_reset};
use crate::access::{ANYBODY, Right};
use crate::accounts::SessionOut;
use crate::accounts::routes::answer;
use crate::house::{Cx, House};
use crate::nouns;
use crate::paging::PageQuery;

const MEMBERS: &str = "/api/v1/members";
const MEMBER: &str = "/api/v1/members/{id}";
const INVITATIONS: &str = "/api/v1/invitations";

/// The operations of this slice.
pub fn operations() -> Vec<Op> {
    let mut all = member_operations();
    all.extend(link_operations());
    all.extend(team_operations());
    all.extend(territory_operations());
    all
}

fn read() -> Access {
    Access::Member(Right::MembersRead.word())
}

fn write() -> Access {
    Access::Member(Right::MembersWrite.word())
}

fn member_operations() -> Vec<Op> {
    let availability = "/api/v1/members/me/availability";
    vec![
        Op::new(Method::Get, MEMBERS, "listMembers", read(), list)
            .about("The members of the workspace, invited ones included.")
            .query::<PageQuery>()
            .gives::<Page<MemberOut>>(200),
        Op::new(Method::Get, MEMBER, "getMember", read(), show).about("One member.").gives::<MemberOut>(200),
        Op::new(Method::Patch, MEMBER, "updateMember", write(), update)
            .about("Changes a member's name, role, teams, territories, scope, or whether they may sign in.")
            .takes::<MemberPatch>()
            .gives::<MemberOut>(200)
            .versioned(),
        Op::new(Method::Put, availability, "setAvailability", ANYBODY, set_own_availability)
            .about("Says whether you take work now; a token of the workspace has no availability.")
            .takes::<AvailabilityIn>()
            .gives::<MemberOut>(200),
        Op::new(
            Method::Put,
            "/api/v1/members/{id}/availability",
            "setAvailabilityOf",
            write(),
            set_others_availability,
        )
        .about("Says whether a member takes work now.")
        .takes::<AvailabilityIn>()
        .gives::<MemberOut>(200),
    ]
}

fn link_operations() -> Vec<Op> {
    let (acceptances, resets) = ("/api/v1/invitations/accept", "/api/v1/password-resets");
    let issue = "/api/v1/members/{id}/password-reset";
    vec![
        Op::new(Method::Post, INVITATIONS, "inviteMember", write(), invite_member)
            .about("Invites somebody and gives the link to hand over.")
            .takes::<NewInvitation>()
            .gives::<InvitationOut>(201),
        Op::new(Method::Post, acceptances, "acceptInvitation", Access::Public, accept_invitation)
            .about("Joins by an invitation's link, sets the password, and signs in.")
            .takes::<Acceptance>()
            .gives::<SessionOut>(201)
            .class(Class::SignIn),
        Op::new(Method::Post, issue, "issuePasswordReset", write(), issue_password_reset)
            .about("Makes a link that sets a new password for a member.")
            .gives::<ResetLinkOut>(201),
        Op::new(Method::Post, resets, "resetPassword", Access::Public, reset_password)
            .about("Sets a new password by a link and ends every session of the account.")
            .takes::<NewPassword>()
            .gives_nothing(204)
            .class(Class::SignIn),
    ]
}

fn team_operations() -> Vec<Op> {
    let (all, one) = ("/api/v1/teams", "/api/v1/teams/{id}");
    vec![
        Op::new(Method::Get, all, "listTeams", read(), list_of::<nouns::Team, TeamOut>)
            .about("The teams of the workspace.")
            .query::<PageQuery>()
            .gives::<Page<TeamOut>>(200),
        Op::new(Method::Post, all, "createTeam", write(), create_one::<nouns::Team, TeamOut>)
            .about("Makes a team.")
            .takes::<GroupName>()
            .gives::<TeamOut>(201),
        Op::new(Method::Patch, one, "updateTeam", write(), rename_one::<nouns::Team, TeamOut>)
            .about("Renames a team.")
            .takes::<GroupName>()
            .gives::<TeamOut>(200)
            .versioned(),
    ]
}

fn territory_operations() -> Vec<Op> {
    let (all, one) = ("/api/v1/territories", "/api/v1/territories/{id}");
    vec![
        Op::new(Method::Get, all, "listTerritories", read(), list_of::<nouns::Territory, TerritoryOut>)
            .about("The territories of the workspace.")
            .query::<PageQuery>()
            .gives::<Page<TerritoryOut>>(200),
        Op::new(Method::Post, all, "createTerritory", write(), create_one::<nouns::Territory, TerritoryOut>)
            .about("Makes a territory.")
            .takes::<GroupName>()
            .gives::<TerritoryOut>(201),
        Op::new(Method::Patch, one, "updateTerritory", write(), rename_one::<nouns::Territory, TerritoryOut>)
            .about("Renames a territory.")
            .takes::<GroupName>()
            .gives::<TerritoryOut>(200)
            .versioned(),
    ]
}

fn versioned(member: Member) -> Reply<MemberOut> {
    let version = member.version;
    Reply::versioned(member.into(), version)
}

async fn list(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<MemberOut>>> {
    let found = cx.read(move |tx, cx| Member::list(tx, cx, &page)).await?;
    Ok(Reply::new(found.map(MemberOut::from)))
}

async fn show(cx: Cx, PathId(id): PathId<nouns::Member>) -> web::Result<Reply<MemberOut>> {
    Ok(versioned(cx.read(move |tx, cx| Member::find(tx, cx, id)).await?))
}

async fn update(
    cx: Cx,
    PathId(id): PathId<nouns::Member>,
    read: IfMatch,
    body: Json<MemberPatch>,
) -> web::Result<Reply<MemberOut>> {
    let changed = cx.write(move |tx, cx| change(tx, cx, id, read, &body.value));
    Ok(versioned(changed.await?))
}

async fn set_own_availability(cx: Cx, body: Json<AvailabilityIn>) -> web::Result<Reply<MemberOut>> {
    let changed = cx.write(move |tx, cx| set_availability(tx, cx, &body.value));
    Ok(versioned(changed.await?))
}

async fn set_others_availability(
    cx: Cx,
    PathId(id): PathId<nouns::Member>,
    body: Json<AvailabilityIn>,
) -> web::Result<Reply<MemberOut>> {
    let changed = cx.write(move |tx, cx| set_availability_of(tx, cx, id, &body.value));
    Ok(versioned(changed.await?))
}

async fn invite_member(cx: Cx, body: Json<NewInvitation>) -> web::Result<Created<InvitationOut>> {
    let invited = cx.write(move |tx, cx| invite(tx, cx, &body.value)).await?;
    Ok(Created(Reply::new(InvitationOut {
        id: invited.member,
        link: invited.link.address,
        expires_at: invited.link.expires_at,
    })))
}

async fn accept_invitation(
    Extension(house): Extension<Arc<House>>,
    body: Json<Acceptance>,
) -> web::Result<impl IntoResponse> {
    let Acceptance { token, password, name } = body.value;
    let signed_in = accept(&house, token, password, name).await?;
    answer(&house, &signed_in.secret, signed_in.session).await
}

async fn issue_password_reset(cx: Cx, PathId(id): PathId<nouns::Member>) -> web::Result<Created<ResetLinkOut>> {
    let link = issue_reset(&cx, id).await?;
    Ok(Created(Reply::new(link.into())))
}

async fn reset_password(Extension(house): Extension<Arc<House>>, body: Json<NewPassword>) -> web::Result<NoContent> {
    use_reset(&house, body.value.token, body.value.password).await?;
    Ok(NoContent)
}

async fn list_of<N: Grouping, O: From<Group<N>>>(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<O>>> {
    let found = cx.read(move |tx, cx| group::list::<N>(tx, cx, &page)).await?;
    Ok(Reply::new(found.map(O::from)))
}

async fn create_one<N: Grouping, O: From<Group<N>>>(cx: Cx, body: Json<GroupName>) -> web::Result<Created<O>> {
    let made = cx.write(move |tx, cx| group::create::<N>(tx, cx, &body.value.name)).await?;
    let version = made.version;
    Ok(Created(Reply::versioned(made.into(), version)))
}

async fn rename_one<N: Grouping, O: From<Group<N>>>(
    cx: Cx,
    PathId(id): PathId<N>,
    version: IfMatch,
    body: Json<GroupName>,
) -> web::Result<Reply<O>> {
    let renamed = cx.write(move |tx, cx| group::rename::<N>(tx, cx, id, version, &body.value.name));
    let renamed = renamed.await?;
    let version = renamed.version;
    Ok(Reply::versioned(renamed.into(), version))
}
