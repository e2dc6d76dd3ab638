//! The rows of policies: made, changed by a new version, put in order, switched off.
//! Rule: a version is never changed; a ticket keeps the version it was pinned to until somebody re-applies.

use base::text::{Line, fold};
use base::{Code, Kind, Result, Time};
use db::{Row, Tx};
use trust::Cx;
use trust::access::Right;
use trust::nouns::{MemberId, WorkspaceId};
use web::IfMatch;

use super::checking::{BAD_POLICY, check};
use super::words::{Measure, Metric, PolicyId, Promise, Target, Threshold};
use crate::tickets::Priority;

/// The name is taken.
pub static POLICY_TAKEN: Code = Code::new(
    Kind::Conflict,
    "policy_taken",
    "There is a policy of this name.",
    "Change that policy, or choose another name.",
);
/// The order does not name every policy once.
pub static BAD_ORDER: Code = Code::new(
    Kind::Unprocessable,
    "bad_policy_order",
    "The order names every policy once.",
    "Read the policies again, then send all their ids.",
);
/// Policies a workspace has at most.
const MOST_POLICIES: usize = 100;

/// A policy with its newest version.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(super) id: PolicyId,
    pub(super) name: String,
    pub(super) place: i64,
    pub(super) is_active: bool,
    pub(super) number: i64,
    pub(super) version: i64,
    pub(super) promise: Promise,
}

/// One version of a policy.
pub(crate) struct PolicyVersion {
    pub(super) number: i64,
    pub(super) promise: Promise,
    pub(super) made_at: Time,
    pub(super) made_by: Option<MemberId>,
}

/// Changes to a policy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    pub(super) name: Option<Line<120>>,
    pub(super) promise: Option<Promise>,
    pub(super) is_active: Option<bool>,
}

fn read(row: &Row<'_>) -> Result<Policy> {
    Ok(Policy {
        id: row.get(0)?,
        name: row.get(1)?,
        place: row.get(2)?,
        is_active: row.get(3)?,
        number: row.get(4)?,
        version: row.get(5)?,
        promise: parse(&row.get::<String>(6)?)?,
    })
}

/// Whether a policy is there.
pub(crate) fn is_policy(tx: &mut Tx<'_>, cx: &Cx, id: PolicyId) -> Result<bool> {
    let sql = "SELECT 1 FROM sla_policy WHERE workspace_id = $1 AND id = $2";
    Ok(tx.first(sql, &[&cx.workspace(), &id], |_| Ok(()))?.is_some())
}

pub(super) fn parse(text: &str) -> Result<Promise> {
    serde_json::from_str(text).map_err(|error| db::CORRUPT_ROW.error().caused_by(error))
}

/// The policies of a workspace in their order.
pub(crate) fn list(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<Policy>> {
    tx.all(
        "SELECT p.id, p.name, p.place, p.is_active, p.number, p.version, v.definition FROM sla_policy p \
         JOIN sla_policy_version v ON v.workspace_id = p.workspace_id AND v.policy_id = p.id AND v.number = p.number \
         WHERE p.workspace_id = $1 ORDER BY p.place, p.id",
        &[&workspace],
        read,
    )
}

/// One of them.
pub(crate) fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: PolicyId) -> Result<Policy> {
    let found = list(tx, workspace)?.into_iter().find(|policy| policy.id == id);
    found.ok_or_else(|| web::NOT_FOUND.error())
}

/// Makes a policy, the last in the order.
pub(crate) fn create(tx: &mut Tx<'_>, cx: &Cx, name: &Line<120>, promise: Promise, is_active: bool) -> Result<Policy> {
    cx.require(Right::SettingsWrite)?;
    check(tx, cx, &promise)?;
    let known = list(tx, cx.workspace())?;
    if known.len() >= MOST_POLICIES {
        return Err(BAD_POLICY.error().field("", "too_many", "a workspace has 100 policies at most"));
    }
    let place = known.last().map_or(1, |last| last.place + 1);
    let policy = Policy { id: cx.new_id(), name: name.to_string(), place, is_active, number: 1, version: 1, promise };
    let made = tx.exec(
        "INSERT INTO sla_policy (workspace_id, id, name, name_folded, place, is_active, number, version) \
         VALUES ($1, $2, $3, $4, $5, $6, 1, 1) ON CONFLICT (workspace_id, name_folded) DO NOTHING",
        &[&cx.workspace(), &policy.id, name, &fold(name), &place, &is_active],
    )?;
    if made == 0 {
        return Err(taken());
    }
    write_version(tx, cx, &policy)?;
    cx.forget_settings(tx);
    Ok(policy)
}

/// Renames a policy, switches it, or gives it a new version.
pub(crate) fn change(tx: &mut Tx<'_>, cx: &Cx, id: PolicyId, seen: IfMatch, changes: &Changes) -> Result<Policy> {
    cx.require(Right::SettingsWrite)?;
    let locked = tx.first_locked(
        "SELECT version FROM sla_policy WHERE workspace_id = $1 AND id = $2",
        &[&cx.workspace(), &id],
        |row| row.get::<i64>(0),
    )?;
    seen.check(locked.ok_or_else(|| web::NOT_FOUND.error())?)?;
    let mut policy = find(tx, cx.workspace(), id)?;
    if let Some(name) = &changes.name {
        policy.name = name.to_string();
    }
    policy.is_active = changes.is_active.unwrap_or(policy.is_active);
    if let Some(promise) = &changes.promise
        && *promise != policy.promise
    {
        check(tx, cx, promise)?;
        policy.promise = promise.clone();
        policy.number += 1;
        write_version(tx, cx, &policy)?;
    }
    policy.version += 1;
    let changed = tx.exec(
        "UPDATE sla_policy SET name = $1, name_folded = $2, is_active = $3, number = $4, version = $5 \
         WHERE workspace_id = $6 AND id = $7",
        &[&policy.name, &fold(&policy.name), &policy.is_active, &policy.number, &policy.version, &cx.workspace(), &id],
    );
    changed.map_err(|error| if db::is_duplicate(&error) { taken() } else { error })?;
    cx.forget_settings(tx);
    Ok(policy)
}

/// Puts the policies in this order.
pub(crate) fn arrange(tx: &mut Tx<'_>, cx: &Cx, ids: &[PolicyId]) -> Result<Vec<Policy>> {
    cx.require(Right::SettingsWrite)?;
    let mut known: Vec<PolicyId> = list(tx, cx.workspace())?.into_iter().map(|policy| policy.id).collect();
    let mut named = ids.to_vec();
    known.sort_unstable();
    named.sort_unstable();
    if known != named {
        return Err(BAD_ORDER.error().field("/ids", "incomplete", "has to name every policy once"));
    }
    // Locks are taken in the order of the keys.
    for id in known {
        let place = ids.iter().position(|named| *named == id).and_then(|at| i64::try_from(at + 1).ok()).unwrap_or(1);
        tx.exec(
            "UPDATE sla_policy SET place = $1, version = version + 1 WHERE workspace_id = $2 AND id = $3 AND place <> $4",
            &[&place, &cx.workspace(), &id, &place],
        )?;
    }
    cx.forget_settings(tx);
    list(tx, cx.workspace())
}

/// The versions of a policy, newest first, 100 at most.
pub(crate) fn versions(tx: &mut Tx<'_>, workspace: WorkspaceId, id: PolicyId) -> Result<Vec<PolicyVersion>> {
    find(tx, workspace, id)?;
    tx.all(
        "SELECT number, definition, made_at, made_by FROM sla_policy_version WHERE workspace_id = $1 AND policy_id = $2 \
         ORDER BY number DESC LIMIT 100",
        &[&workspace, &id],
        |row| {
            let promise = parse(&row.get::<String>(1)?)?;
            Ok(PolicyVersion { number: row.get(0)?, promise, made_at: row.get(2)?, made_by: row.get(3)? })
        },
    )
}

fn write_version(tx: &mut Tx<'_>, cx: &Cx, policy: &Policy) -> Result<()> {
    let text = serde_json::to_string(&policy.promise).unwrap_or_default();
    let by = cx.actor.member().map(|member| member.id);
    tx.exec(
        "INSERT INTO sla_policy_version (workspace_id, policy_id, number, definition, made_at, made_by) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[&cx.workspace(), &policy.id, &policy.number, &text, &cx.env().now(), &by],
    )?;
    Ok(())
}

fn taken() -> base::Error {
    POLICY_TAKEN.error().field("/name", "taken", "is the name of another policy")
}

/// The promise a workspace starts from: first response and solution around the clock.
pub(crate) fn template() -> Promise {
    let minutes = [
        (Priority::Urgent, 30, 240),
        (Priority::High, 120, 480),
        (Priority::Normal, 480, 1_440),
        (Priority::Low, 1_440, 4_320),
    ];
    let target = |metric, priority, minutes| Target { metric, priority, minutes, hours: Measure::Calendar };
    let targets = minutes.into_iter().flat_map(|(priority, first, solved)| {
        [target(Metric::FirstResponse, priority, first), target(Metric::Resolution, priority, solved)]
    });
    Promise {
        condition: None,
        calendar_id: None,
        targets: targets.collect(),
        thresholds: [50, 75, 90, 100].map(Threshold::Percent).to_vec(),
        pauses_on_third_party: false,
        pauses_on_internal: false,
    }
}
