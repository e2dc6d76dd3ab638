//! The doors of routing: settings, skills, what is known of members, the next ticket, and why a ticket went where it did.

use axum::response::{IntoResponse, Response};
use base::Page;
use serde::Deserialize;
use trust::nouns::{Member, Team, TeamId, Ticket as TicketNoun, TicketId};
use trust::{Cx, PageQuery};
use utoipa::ToSchema;
use web::{Access, Created, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::general::{self, GeneralIn, RoutingOut, TeamQueueIn, TeamQueueOut};
use super::pulling::pull;
use super::rule_routes;
use super::skills::{self, MemberSkills, SkillName, SkillOut};
use super::staff::{self, CapacityIn, RoutedMemberOut, ShiftsIn};
use super::why::{self, DecisionOut, TicketRoutingOut};
use super::words::Skill;
use crate::tickets::{TicketOut, ticket_outs};

const SEE: Access = Access::Member("settings:read");
const SET: Access = Access::Member("settings:write");
const STAFF: Access = Access::Member("members:read");
const WORK: Access = Access::Member("tickets:write");

pub(crate) fn operations() -> Vec<Op> {
    let mut ops = setting_operations();
    ops.extend(skill_operations());
    ops.extend(member_operations());
    ops.extend(ticket_operations());
    ops.extend(rule_routes::operations());
    ops
}

fn setting_operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/routing", "getRouting", SEE, read)
            .about("What is set for routing: weights, capacity, and how each team shares its tickets, with its queue.")
            .gives::<RoutingOut>(200),
        Op::new(Method::Put, "/api/v1/routing", "setRouting", SET, set)
            .about("Sets weights, the default capacity and the default team.")
            .takes::<GeneralIn>()
            .gives::<RoutingOut>(200),
        Op::new(Method::Put, "/api/v1/routing/teams/{id}", "setTeamQueue", SET, set_team)
            .about("Sets how a team shares its tickets.")
            .takes::<TeamQueueIn>()
            .gives::<TeamQueueOut>(200),
        Op::new(Method::Post, "/api/v1/routing/preview", "previewRouting", SET, preview)
            .about("Says who would get a ticket as things are, and why, without giving it.")
            .takes::<PreviewIn>()
            .gives::<RoutingPreviewOut>(200),
    ]
}

fn skill_operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/skills", "listSkills", STAFF, list_skills)
            .about("The skills of the workspace.")
            .query::<PageQuery>()
            .gives::<Page<SkillOut>>(200),
        Op::new(Method::Post, "/api/v1/skills", "createSkill", SET, create_skill)
            .about("Makes a skill.")
            .takes::<SkillName>()
            .gives::<SkillOut>(201),
        Op::new(Method::Patch, "/api/v1/skills/{id}", "renameSkill", SET, rename_skill)
            .about("Renames a skill.")
            .takes::<SkillName>()
            .gives::<SkillOut>(200),
        Op::new(Method::Delete, "/api/v1/skills/{id}", "deleteSkill", SET, delete_skill)
            .about("Takes a skill away from everybody; refused while a rule asks for it."),
    ]
}

fn member_operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/routing/members", "listRoutedMembers", STAFF, list_members)
            .about(
                "The active members as routing sees them: availability, what they carry and can carry, skills, shifts.",
            )
            .query::<PageQuery>()
            .gives::<Page<RoutedMemberOut>>(200),
        Op::new(Method::Get, "/api/v1/members/{id}/skills", "getMemberSkills", STAFF, member_skills)
            .about("What a member can do.")
            .gives::<MemberSkills>(200),
        Op::new(Method::Put, "/api/v1/members/{id}/skills", "setMemberSkills", SET, set_member_skills)
            .about("Sets what a member can do.")
            .takes::<MemberSkills>()
            .gives::<MemberSkills>(200),
        Op::new(Method::Put, "/api/v1/members/{id}/capacity", "setMemberCapacity", SET, set_capacity)
            .about("Sets how much a member can carry, and whether routing gives them tickets.")
            .takes::<CapacityIn>()
            .gives::<RoutedMemberOut>(200),
        Op::new(Method::Put, "/api/v1/members/{id}/shifts", "setMemberShifts", SET, set_shifts)
            .about("Sets when a member takes tickets: the hours of a week, or a calendar.")
            .takes::<ShiftsIn>()
            .gives::<RoutedMemberOut>(200),
        Op::new(Method::Delete, "/api/v1/members/{id}/shifts", "clearMemberShifts", SET, clear_shifts)
            .about("Takes a member's shifts away: any hour is theirs."),
    ]
}

fn ticket_operations() -> Vec<Op> {
    vec![
        Op::new(Method::Post, "/api/v1/routing/next", "takeNextTicket", WORK, next)
            .about("Gives you the ticket that presses most and has waited longest; 204 when there is none.")
            .takes::<NextIn>()
            .gives::<TicketOut>(200)
            .or_nothing(),
        Op::new(Method::Get, "/api/v1/tickets/{id}/routing", "ticketRouting", Access::Member("tickets:read"), ticket)
            .about("Why a ticket went where it did, with everybody who was looked at, and what it waits for.")
            .gives::<TicketRoutingOut>(200),
        Op::new(Method::Put, "/api/v1/tickets/{id}/offer", "answerOffer", WORK, answer)
            .about("Takes up a ticket that is offered to you, or declines it.")
            .takes::<OfferAnswer>()
            .gives::<TicketRoutingOut>(200),
    ]
}

/// Which ticket to try, and for which team.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewIn {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The team; the ticket's own when absent.
    pub team_id: Option<TeamId>,
}

/// What routing would do.
#[derive(serde::Serialize, ToSchema)]
pub(crate) struct RoutingPreviewOut {
    /// The decision; absent when the ticket has no team.
    pub decision: Option<DecisionOut>,
}

/// Of which team the next ticket is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NextIn {
    /// The team; any of yours when absent.
    pub team_id: Option<TeamId>,
}

/// An answer to an offer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfferAnswer {
    /// Whether you take the ticket.
    pub accept: bool,
}

async fn read(cx: Cx) -> web::Result<Reply<RoutingOut>> {
    Ok(Reply::new(cx.read(general::read).await?))
}

async fn set(cx: Cx, Json { value: new, .. }: Json<GeneralIn>) -> web::Result<Reply<RoutingOut>> {
    Ok(Reply::new(cx.write(move |tx, cx| general::set(tx, cx, &new)).await?))
}

async fn set_team(
    cx: Cx,
    PathId(id): PathId<Team>,
    Json { value: new, .. }: Json<TeamQueueIn>,
) -> web::Result<Reply<TeamQueueOut>> {
    Ok(Reply::new(cx.write(move |tx, cx| general::set_team(tx, cx, id, &new)).await?))
}

async fn preview(cx: Cx, Json { value: asked, .. }: Json<PreviewIn>) -> web::Result<Reply<RoutingPreviewOut>> {
    let decision = cx.read(move |tx, cx| why::would_go_to(tx, cx, asked.ticket_id, asked.team_id)).await?;
    Ok(Reply::new(RoutingPreviewOut { decision }))
}

async fn list_skills(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<SkillOut>>> {
    Ok(Reply::new(cx.read(move |tx, cx| skills::list(tx, cx, &page)).await?))
}

async fn create_skill(cx: Cx, Json { value: new, .. }: Json<SkillName>) -> web::Result<Created<SkillOut>> {
    Ok(Created(Reply::new(cx.write(move |tx, cx| skills::create(tx, cx, &new.name)).await?)))
}

async fn rename_skill(
    cx: Cx,
    PathId(id): PathId<Skill>,
    Json { value: new, .. }: Json<SkillName>,
) -> web::Result<Reply<SkillOut>> {
    Ok(Reply::new(cx.write(move |tx, cx| skills::rename(tx, cx, id, &new.name)).await?))
}

async fn delete_skill(cx: Cx, PathId(id): PathId<Skill>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| skills::delete(tx, cx, id)).await?;
    Ok(NoContent)
}

async fn list_members(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<RoutedMemberOut>>> {
    Ok(Reply::new(cx.read(move |tx, cx| staff::list(tx, cx, &page)).await?))
}

async fn member_skills(cx: Cx, PathId(id): PathId<Member>) -> web::Result<Reply<MemberSkills>> {
    Ok(Reply::new(cx.read(move |tx, cx| skills::of_member(tx, cx, id)).await?))
}

async fn set_member_skills(
    cx: Cx,
    PathId(id): PathId<Member>,
    Json { value: new, .. }: Json<MemberSkills>,
) -> web::Result<Reply<MemberSkills>> {
    Ok(Reply::new(cx.write(move |tx, cx| skills::set_of_member(tx, cx, id, &new)).await?))
}

async fn set_capacity(
    cx: Cx,
    PathId(id): PathId<Member>,
    Json { value: new, .. }: Json<CapacityIn>,
) -> web::Result<Reply<RoutedMemberOut>> {
    Ok(Reply::new(cx.write(move |tx, cx| staff::set_capacity(tx, cx, id, &new)).await?))
}

async fn set_shifts(
    cx: Cx,
    PathId(id): PathId<Member>,
    Json { value: new, .. }: Json<ShiftsIn>,
) -> web::Result<Reply<RoutedMemberOut>> {
    Ok(Reply::new(cx.write(move |tx, cx| staff::set_shifts(tx, cx, id, &new)).await?))
}

async fn clear_shifts(cx: Cx, PathId(id): PathId<Member>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| staff::clear_shifts(tx, cx, id)).await?;
    Ok(NoContent)
}

async fn next(cx: Cx, Json { value: asked, .. }: Json<NextIn>) -> web::Result<Response> {
    let taken = cx.write(move |tx, cx| {
        let taken = pull(tx, cx, asked.team_id)?;
        Ok(ticket_outs(tx, cx, taken.into_iter().collect())?.pop())
    });
    Ok(match taken.await? {
        Some(ticket) => Reply::versioned(ticket.clone(), ticket.version).into_response(),
        None => NoContent.into_response(),
    })
}

async fn ticket(cx: Cx, PathId(id): PathId<TicketNoun>) -> web::Result<Reply<TicketRoutingOut>> {
    Ok(Reply::new(cx.read(move |tx, cx| why::of_ticket(tx, cx, id)).await?))
}

async fn answer(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    Json { value: answer, .. }: Json<OfferAnswer>,
) -> web::Result<Reply<TicketRoutingOut>> {
    Ok(Reply::new(cx.write(move |tx, cx| why::answer(tx, cx, id, answer.accept)).await?))
}
