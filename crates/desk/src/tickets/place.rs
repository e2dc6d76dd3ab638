//! Where a ticket counts, and the counts that sealing keeps: per status, team, assignee, territory and restriction.
//! Rule: only the fold writes counts, from sealed events, so that they equal a recount at every cursor.

use std::collections::BTreeMap;

use base::Result;
use db::{Query, Tx};
use serde::{Deserialize, Serialize};
use trust::access::Reach;
use trust::log::SealedEvent;
use trust::nouns::{MemberId, TeamId, TerritoryId, WorkspaceId};
use uuid::Uuid;

use super::words::Status;

/// Where a ticket counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its status.
    pub status: Status,
    /// Its team.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team: Option<TeamId>,
    /// Its assignee.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assignee: Option<MemberId>,
    /// Its territory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub territory: Option<TerritoryId>,
    /// Whether it is restricted.
    #[serde(rename = "restricted", skip_serializing_if = "std::ops::Not::not", default)]
    pub is_restricted: bool,
}

impl Place {
    /// The bytes of the place, its key in the table.
    fn key(&self) -> Vec<u8> {
        let id = |id: Option<Uuid>| id.unwrap_or(Uuid::nil()).into_bytes();
        let mut key = vec![self.status as u8, u8::from(self.is_restricted)];
        key.extend(id(self.team.map(base::Id::uuid)));
        key.extend(id(self.assignee.map(base::Id::uuid)));
        key.extend(id(self.territory.map(base::Id::uuid)));
        key
    }
}

/// The part of a ticket event that moves counts.
#[derive(Deserialize)]
struct Move {
    from: Option<Place>,
    to: Option<Place>,
}

/// Adds the moves of sealed events to the counts.
pub(crate) fn fold(tx: &mut Tx<'_>, workspace: WorkspaceId, events: &[SealedEvent]) -> Result<()> {
    let mut deltas: BTreeMap<Vec<u8>, (Place, i64)> = BTreeMap::new();
    for event in events.iter().filter(|event| event.kind.starts_with("ticket.")) {
        let Ok(moved) = serde_json::from_str::<Move>(&event.data) else { continue };
        for (place, step) in [(moved.from, -1), (moved.to, 1)] {
            if let Some(place) = place {
                deltas.entry(place.key()).or_insert((place, 0)).1 += step;
            }
        }
    }
    for (key, (place, step)) in deltas.iter().filter(|(_, (_, step))| *step != 0) {
        tx.exec(
            "INSERT INTO ticket_count (workspace_id, place, status, team_id, assignee_id, territory_id, restricted, n) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (workspace_id, place) DO UPDATE SET n = ticket_count.n + excluded.n",
            &[
                &workspace,
                key,
                &place.status,
                &place.team,
                &place.assignee,
                &place.territory,
                &place.is_restricted,
                step,
            ],
        )?;
    }
    Ok(())
}

/// Exact counts within a reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Per status, in the order of `Status::ALL`.
    pub statuses: Vec<(Status, i64)>,
    /// Open ones assigned to the reader.
    pub mine: i64,
    /// Open ones assigned to nobody.
    pub unassigned: i64,
    /// The number of the last event that is counted.
    pub as_of: i64,
}

/// Sums the counts over a reach.
pub(crate) fn counts(tx: &mut Tx<'_>, reach: &Reach, cell: i64, me: Option<MemberId>) -> Result<Counts> {
    // In the same statement as the counts, so that it says exactly what they count.
    let mut query = Query::new("SELECT c.status, c.assignee_id, CAST(SUM(c.n) AS BIGINT), ");
    query.push("(SELECT h.seq FROM log_head h WHERE h.workspace_id = ").bind(reach.workspace());
    query.push(" AND h.cell = ").bind(cell).push(") FROM ticket_count c WHERE c.workspace_id = ");
    query.bind(reach.workspace());
    reach.limit(&mut query, "c");
    query.push(" GROUP BY c.status, c.assignee_id");
    let mut counts = Counts { statuses: Status::ALL.iter().map(|status| (*status, 0)).collect(), ..Counts::default() };
    let rows = tx.all_of(&query, |row| {
        counts.as_of = row.get::<Option<i64>>(3)?.unwrap_or(0);
        Ok((row.get::<Status>(0)?, row.get::<Option<MemberId>>(1)?, row.get::<i64>(2)?))
    })?;
    for (status, assignee, n) in rows {
        counts.statuses.iter_mut().filter(|(known, _)| *known == status).for_each(|(_, sum)| *sum += n);
        if status.is_open() && assignee.is_none() {
            counts.unassigned += n;
        }
        if status.is_open() && assignee.is_some() && assignee == me {
            counts.mine += n;
        }
    }
    Ok(counts)
}

impl Counts {
    /// How many have work left.
    pub(crate) fn open(&self) -> i64 {
        self.statuses.iter().filter(|(status, _)| status.is_open()).map(|(_, n)| n).sum()
    }

    /// How many there are.
    pub(crate) fn all(&self) -> i64 {
        self.statuses.iter().map(|(_, n)| n).sum()
    }
}
