//! What a workspace has set for routing, read at once and remembered for a second: queues, rules, skills, shifts, weights.
//! Rule: a workspace that has set nothing costs a glance at what is remembered; every change here forgets it.

use std::collections::HashMap;
use std::sync::Arc;

use base::Result;
use db::{Row, Tx};
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::nouns::{MemberId, TeamId};
use utoipa::ToSchema;

use super::rule::{self, Rule};
use super::shifts::{Shift, ShiftHours};
use super::words::{SkillId, Sticky, Strategy};
use crate::calendars::{CalendarId, Calendars};
use crate::tickets::Channel;

/// What a ticket of each channel weighs; whole numbers from 1 to 100, so that a chat can be two e-mails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// From the API.
    #[schema(minimum = 1, maximum = 100)]
    pub api: i64,
    /// From the widget.
    #[schema(minimum = 1, maximum = 100)]
    pub widget: i64,
    /// E-mail.
    #[schema(minimum = 1, maximum = 100)]
    pub email: i64,
    /// Live chat.
    #[schema(minimum = 1, maximum = 100)]
    pub chat: i64,
    /// The telephone.
    #[schema(minimum = 1, maximum = 100)]
    pub phone: i64,
    /// A form on a page.
    #[schema(minimum = 1, maximum = 100)]
    pub form: i64,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights { api: 1, widget: 1, email: 1, chat: 2, phone: 2, form: 1 }
    }
}

impl Weights {
    /// The weight of a channel's tickets.
    pub(crate) fn of(&self, channel: Channel) -> i64 {
        match channel {
            Channel::Api => self.api,
            Channel::Widget => self.widget,
            Channel::Email => self.email,
            Channel::Chat => self.chat,
            Channel::Phone => self.phone,
            Channel::Form => self.form,
        }
    }

    /// The channels with their weights.
    pub(crate) fn each(&self) -> impl Iterator<Item = (Channel, i64)> + '_ {
        Channel::ALL.iter().map(|channel| (*channel, self.of(*channel)))
    }
}

/// How a team shares its tickets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Queue {
    pub strategy: Strategy,
    pub sticky: Sticky,
    pub accept_seconds: Option<i64>,
}

impl Queue {
    /// How a team that has set nothing does it.
    pub(crate) fn unset() -> Queue {
        Queue { strategy: Strategy::Manual, sticky: Sticky::None, accept_seconds: None }
    }

    /// Whether the house gives its tickets out.
    pub(crate) fn is_automatic(&self) -> bool {
        self.strategy != Strategy::Manual
    }
}

/// The row that says routing was set up, and what holds for the whole workspace.
#[derive(Clone, Debug)]
pub(crate) struct General {
    pub weights: Weights,
    pub capacity: i64,
    pub default_team: Option<TeamId>,
    /// Minutes after which somebody who is away no longer gets their reopened tickets back.
    pub return_minutes: i64,
    pub version: i64,
}

impl General {
    /// What holds when nothing was set.
    pub(crate) fn unset() -> General {
        General { weights: Weights::default(), capacity: 20, default_team: None, return_minutes: 60, version: 0 }
    }

    fn read(row: &Row<'_>) -> Result<General> {
        let weights: String = row.get(0)?;
        Ok(General {
            weights: serde_json::from_str(&weights).unwrap_or_default(),
            capacity: row.get(1)?,
            default_team: row.get(2)?,
            return_minutes: row.get(3)?,
            version: row.get(4)?,
        })
    }

    /// What the workspace has set, if it has.
    pub(crate) fn find(tx: &mut Tx<'_>, cx: &Cx) -> Result<Option<General>> {
        tx.first(
            "SELECT weights, capacity, default_team_id, return_minutes, version FROM routing_setting WHERE workspace_id = $1",
            &[&cx.workspace()],
            General::read,
        )
    }
}

/// Everything that decides where a ticket goes, but for what changes with every ticket.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Whether anything was set at all.
    pub is_on: bool,
    pub general: General,
    pub queues: HashMap<TeamId, Queue>,
    pub rules: Vec<Rule>,
    pub skills: HashMap<MemberId, Vec<(SkillId, i64)>>,
    pub shifts: HashMap<MemberId, Shift>,
}

impl Settings {
    /// The workspace's settings, as they were within the last second.
    pub(crate) fn of(tx: &mut Tx<'_>, cx: &Cx) -> Result<Arc<Settings>> {
        cx.remembered(tx, |tx| Settings::load(tx, cx))
    }

    fn load(tx: &mut Tx<'_>, cx: &Cx) -> Result<Settings> {
        let Some(general) = General::find(tx, cx)? else { return Ok(Settings::off()) };
        Ok(Settings {
            is_on: true,
            general,
            queues: queues(tx, cx)?.into_iter().collect(),
            rules: rule::active(tx, cx)?,
            skills: skills(tx, cx)?,
            shifts: shifts(tx, cx)?,
        })
    }

    fn off() -> Settings {
        Settings {
            is_on: false,
            general: General::unset(),
            queues: HashMap::new(),
            rules: Vec::new(),
            skills: HashMap::new(),
            shifts: HashMap::new(),
        }
    }

    /// How a team shares its tickets.
    pub(crate) fn queue(&self, team: TeamId) -> Queue {
        self.queues.get(&team).copied().unwrap_or_else(Queue::unset)
    }

    /// Whether any team waits for its tickets to be taken up.
    pub(crate) fn asks_for_acceptance(&self) -> bool {
        self.queues.values().any(|queue| queue.accept_seconds.is_some())
    }

    /// The skills of a member.
    pub(crate) fn skills_of(&self, member: MemberId) -> &[(SkillId, i64)] {
        self.skills.get(&member).map_or(&[], Vec::as_slice)
    }
}

/// How teams that have set something share their tickets.
pub(crate) fn queues(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<(TeamId, Queue)>> {
    tx.all(
        "SELECT team_id, strategy, sticky, accept_seconds FROM routing_team WHERE workspace_id = $1",
        &[&cx.workspace()],
        |row| {
            let queue = Queue { strategy: row.get(1)?, sticky: row.get(2)?, accept_seconds: row.get(3)? };
            Ok((row.get(0)?, queue))
        },
    )
}

fn skills(tx: &mut Tx<'_>, cx: &Cx) -> Result<HashMap<MemberId, Vec<(SkillId, i64)>>> {
    let rows = tx.all(
        "SELECT member_id, skill_id, level FROM member_skill WHERE workspace_id = $1",
        &[&cx.workspace()],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut of: HashMap<MemberId, Vec<(SkillId, i64)>> = HashMap::new();
    rows.into_iter().for_each(|(member, skill, level)| of.entry(member).or_default().push((skill, level)));
    Ok(of)
}

fn shifts(tx: &mut Tx<'_>, cx: &Cx) -> Result<HashMap<MemberId, Shift>> {
    let rows: Vec<(MemberId, String, String, Option<CalendarId>)> = tx.all(
        "SELECT member_id, zone, intervals, calendar_id FROM member_shift WHERE workspace_id = $1",
        &[&cx.workspace()],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let calendars = match rows.iter().any(|(.., calendar)| calendar.is_some()) {
        true => Calendars::lately(tx, cx.workspace())?,
        false => Calendars::default(),
    };
    let calendars = Arc::new(calendars);
    let shift = |(member, zone, hours, calendar): (MemberId, String, String, Option<CalendarId>)| {
        let shift = match calendar {
            Some(id) => Shift::Calendar(calendars.clone(), id),
            None => Shift::read(&zone, &serde_json::from_str::<Vec<ShiftHours>>(&hours).ok()?).ok()?,
        };
        Some((member, shift))
    };
    Ok(rows.into_iter().filter_map(shift).collect())
}
