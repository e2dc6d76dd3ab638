//! The members a ticket of a team could go to: what is known of each, and what is said of each for one ticket.

use base::{Result, Time};
use db::{Row, Tx};
use trust::Cx;
use trust::access::{Actor, Audience, MemberActor, Right, Role, TicketScope, Via, Who};
use trust::members::Availability;
use trust::nouns::{MemberId, TeamId, TerritoryId, TicketId};

use super::needs::Needs;
use super::settings::Settings;
use super::words::Verdict;

/// The most members of a team that are looked at.
const MOST: i64 = 500;

/// A member of a team, as routing sees one.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub member: MemberId,
    pub role: Role,
    pub scope: TicketScope,
    pub availability: Availability,
    pub is_routed: bool,
    /// What they can carry.
    pub capacity: i64,
    /// What they carry.
    pub carried: i64,
    /// How many tickets routing gave them.
    pub turns: i64,
    /// When routing last gave them one.
    pub taken_at: Time,
    pub territories: Vec<TerritoryId>,
}

/// One ticket looking for somebody.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    pub team: TeamId,
    pub weight: i64,
    pub needs: Needs<'a>,
    pub audience: Audience,
    /// Who declined it or let its time pass, each until when.
    pub passed: &'a [(MemberId, Time)],
}

/// The active members of a team.
pub(crate) fn of_team(tx: &mut Tx<'_>, cx: &Cx, settings: &Settings, wanted: &Wanted<'_>) -> Result<Vec<Candidate>> {
    let default = settings.general.capacity;
    let mut found = tx.all(
        "SELECT m.id, m.role, m.ticket_scope, m.availability, l.capacity, l.is_routed, l.carried, l.turns, l.taken_at \
         FROM team_member tm JOIN member m ON m.workspace_id = tm.workspace_id AND m.id = tm.member_id \
         LEFT JOIN member_load l ON l.workspace_id = tm.workspace_id AND l.member_id = tm.member_id \
         WHERE tm.workspace_id = $1 AND tm.team_id = $2 AND m.is_active = 1 ORDER BY m.id LIMIT $3",
        &[&cx.workspace(), &wanted.team, &MOST],
        |row| Candidate::read(row, default),
    )?;
    if wanted.audience.territory.is_some() {
        add_territories(tx, cx, wanted.team, &mut found)?;
    }
    Ok(found)
}

fn add_territories(tx: &mut Tx<'_>, cx: &Cx, team: TeamId, found: &mut [Candidate]) -> Result<()> {
    let pairs: Vec<(MemberId, TerritoryId)> = tx.all(
        "SELECT tm.member_id, t.territory_id FROM team_member tm JOIN territory_member t ON t.workspace_id = tm.workspace_id \
         AND t.member_id = tm.member_id WHERE tm.workspace_id = $1 AND tm.team_id = $2",
        &[&cx.workspace(), &team],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (member, territory) in pairs {
        let own = found.iter_mut().filter(|candidate| candidate.member == member);
        own.for_each(|candidate| candidate.territories.push(territory));
    }
    found.iter_mut().for_each(|candidate| candidate.territories.sort_unstable());
    Ok(())
}

impl Candidate {
    fn read(row: &Row<'_>, default: i64) -> Result<Candidate> {
        Ok(Candidate {
            member: row.get(0)?,
            role: row.get(1)?,
            scope: row.get(2)?,
            availability: row.get(3)?,
            capacity: row.get::<Option<i64>>(4)?.unwrap_or(default),
            is_routed: row.get::<Option<bool>>(5)?.unwrap_or(true),
            carried: row.get::<Option<i64>>(6)?.unwrap_or(0),
            turns: row.get::<Option<i64>>(7)?.unwrap_or(0),
            taken_at: row.get::<Option<Time>>(8)?.unwrap_or_default(),
            territories: Vec::new(),
        })
    }

    /// What is said of them for one ticket; the first that holds.
    pub(crate) fn verdict(&self, cx: &Cx, settings: &Settings, wanted: &Wanted<'_>) -> Verdict {
        let now = wanted.needs.now;
        let rights = cx.house().policy.rights(self.role);
        let is_on_shift = settings.shifts.get(&self.member).is_none_or(|shift| shift.is_on(now));
        match self.availability {
            _ if !self.is_routed || !rights.has(Right::TicketsReply) => Verdict::NotRouted,
            Availability::Offline => Verdict::Offline,
            Availability::Away => Verdict::Away,
            Availability::Online if !is_on_shift => Verdict::OffShift,
            Availability::Online if self.carried + wanted.weight > self.capacity => Verdict::Full,
            Availability::Online if !self.may_see(cx, wanted) => Verdict::NoReach,
            Availability::Online if !wanted.needs.allow(settings.skills_of(self.member)) => Verdict::SkillMissing,
            Availability::Online if wanted.passed.iter().any(|(who, until)| *who == self.member && now < *until) => {
                Verdict::Passed
            }
            Availability::Online => Verdict::Able,
        }
    }

    /// Whether the ticket is within what they may see: as theirs, and a restricted one even before it is.
    fn may_see(&self, cx: &Cx, wanted: &Wanted<'_>) -> bool {
        let who = Who::Member(MemberActor {
            id: self.member,
            role: self.role,
            scope: self.scope,
            teams: [wanted.team].into(),
            territories: self.territories.clone().into(),
        });
        let rights = cx.house().policy.rights(self.role);
        let reach = Actor { workspace: cx.workspace(), who, rights, via: Via::Job }.reach();
        let before = Audience { assignee: None, is_internal: true, ..wanted.audience };
        let after = Audience { assignee: Some(self.member), ..before };
        if before.is_restricted { reach.sees(&before) } else { reach.sees(&after) }
    }
}

/// Writes that a member is given a ticket: only if nobody gave them one since they were looked at, and only if they
/// can carry it. The row stays locked until the commit, so that no other process gives them one meanwhile.
pub(crate) fn claim(
    tx: &mut Tx<'_>,
    cx: &Cx,
    settings: &Settings,
    candidate: &Candidate,
    (weight, taken_at): (i64, Time),
) -> Result<bool> {
    let claimed = tx.exec(
        "INSERT INTO member_load (workspace_id, member_id, is_routed, carried, turns, taken_at) VALUES ($1, $2, 1, 0, 1, $3) \
         ON CONFLICT (workspace_id, member_id) DO UPDATE SET turns = member_load.turns + 1, taken_at = excluded.taken_at \
         WHERE member_load.turns = $4 AND member_load.is_routed = 1 \
         AND member_load.carried + $5 <= COALESCE(member_load.capacity, $6)",
        &[
            &cx.workspace(),
            &candidate.member,
            &taken_at,
            &candidate.turns,
            &weight,
            &settings.general.capacity,
        ],
    )?;
    Ok(claimed == 1)
}

/// Who had the customer's last ticket, among the last few.
pub(crate) fn last_agent(
    tx: &mut Tx<'_>,
    cx: &Cx,
    customer: trust::nouns::CustomerId,
    but: Option<TicketId>,
) -> Result<Option<MemberId>> {
    let but = but.map_or(uuid::Uuid::nil(), base::Id::uuid);
    tx.first(
        "SELECT r.assignee_id FROM (SELECT assignee_id, opened_at, id FROM ticket WHERE workspace_id = $1 AND customer_id = $2 \
         AND deleted_at IS NULL AND id <> $3 ORDER BY opened_at DESC, id DESC LIMIT 20) r WHERE r.assignee_id IS NOT NULL \
         ORDER BY r.opened_at DESC, r.id DESC LIMIT 1",
        &[&cx.workspace(), &customer, &but],
        |row| row.get(0),
    )
}

/// Who looks after a company.
pub(crate) fn owner(tx: &mut Tx<'_>, cx: &Cx, company: people::nouns::CompanyId) -> Result<Option<MemberId>> {
    let csm = tx.first(
        "SELECT csm_id FROM company WHERE workspace_id = $1 AND id = $2",
        &[&cx.workspace(), &company],
        |row| row.get::<Option<MemberId>>(0),
    )?;
    Ok(csm.flatten())
}
