//! Signing in: the password is checked off the database threads, failures are counted in rows.

use std::sync::Arc;

use base::Result;
use base::text::Email;
use db::Tx;

use super::session::{Session, hash_secret};
use super::{SIGN_IN_FAILED, SIGN_IN_PAUSED, WORKSPACE_CHOICE, verify_password};
use crate::access::Via;
use crate::house::House;
use crate::nouns::{AccountId, MemberId, WorkspaceId};

/// The stretch in which failures are counted.
const WINDOW_SECONDS: i64 = 900;
/// A refused sign-in in the access log.
const REFUSED: &str = "session.refused";

/// A new session and its secret.
pub struct SignedIn {
    /// The secret for the cookie.
    pub secret: String,
    /// The session.
    pub session: Session,
}

struct Membership {
    workspace: WorkspaceId,
    name: String,
    member: MemberId,
}

/// Checks an address and a password, and opens a session in the chosen workspace; a refusal is in the access log.
pub async fn sign_in(
    house: &Arc<House>,
    email: Email,
    password: String,
    wanted: Option<WorkspaceId>,
) -> Result<SignedIn> {
    let folded = email.folded().to_owned();
    let outcome = enter(house, email, password, wanted).await;
    if let Err(error) = &outcome
        && [&SIGN_IN_FAILED, &SIGN_IN_PAUSED].contains(&error.code())
    {
        note_refused(house, folded).await;
    }
    outcome
}

/// Notes a refused sign-in where the address belongs to a member; one that belongs to nobody is the house's to know.
async fn note_refused(house: &Arc<House>, folded: String) {
    let found = house.db.read(uuid::Uuid::nil(), move |tx| {
        let account = tx.first("SELECT id FROM account WHERE email_folded = $1", &[&folded], |row| row.get(0))?;
        account.map_or(Ok(Vec::new()), |account| memberships(tx, account))
    });
    let known = found.await.unwrap_or_default();
    if known.is_empty() {
        house.access_log.refused(WorkspaceId::from_uuid(uuid::Uuid::nil()), Via::Console, REFUSED, None);
    }
    for membership in known {
        house.access_log.refused(membership.workspace, Via::Console, REFUSED, Some(membership.member.uuid()));
    }
}

async fn enter(house: &Arc<House>, email: Email, password: String, wanted: Option<WorkspaceId>) -> Result<SignedIn> {
    let subject = hash_secret(email.folded());
    let nowhere = uuid::Uuid::nil();
    let (reader, folded) = (house.clone(), email.folded().to_owned());
    let account = house.db.read(nowhere, move |tx| {
        check_failures(tx, &reader, &subject)?;
        tx.first("SELECT id, password_hash FROM account WHERE email_folded = $1", &[&folded], |row| {
            Ok((row.get::<AccountId>(0)?, row.get::<Option<String>>(1)?))
        })
    });
    let account = account.await?;
    let stored = account.as_ref().and_then(|(_, hash)| hash.clone());
    let fits = verify_password(password, stored).await;
    let Some((account, _)) = account.filter(|_| fits) else {
        note_failure(house, subject).await?;
        return Err(SIGN_IN_FAILED.error());
    };
    let writer = house.clone();
    house
        .db
        .write(nowhere, move |tx| {
            let chosen = choose(memberships(tx, account)?, wanted)?;
            forget_failures(tx, &subject)?;
            let (secret, session) = Session::open(tx, &writer, account, chosen.workspace, chosen.member)?;
            Ok(SignedIn { secret, session })
        })
        .await
}

/// Counts a failed attempt on an address, named by its hash.
pub(crate) async fn note_failure(house: &Arc<House>, subject: [u8; 32]) -> Result<()> {
    let writer = house.clone();
    let count = move |tx: &mut Tx<'_>| count_failure(tx, &writer, &subject);
    house.db.write(uuid::Uuid::nil(), count).await
}

/// Forgets the failed attempts on an address.
pub(crate) fn forget_failures(tx: &mut Tx<'_>, subject: &[u8; 32]) -> Result<()> {
    tx.exec("DELETE FROM sign_in_attempt WHERE subject = $1", &[subject])?;
    Ok(())
}

fn memberships(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<Membership>> {
    tx.all(
        "SELECT m.workspace_id, w.name, m.id FROM member m JOIN workspace w ON w.id = m.workspace_id \
         WHERE m.account_id = $1 AND m.is_active = 1 ORDER BY w.name",
        &[&account],
        |row| Ok(Membership { workspace: row.get(0)?, name: row.get(1)?, member: row.get(2)? }),
    )
}

fn choose(memberships: Vec<Membership>, wanted: Option<WorkspaceId>) -> Result<Membership> {
    let is_single = memberships.len() == 1;
    let list: Vec<_> = memberships.iter().map(|m| serde_json::json!({"id": m.workspace, "name": m.name})).collect();
    let mut fitting = memberships.into_iter().filter(|m| wanted.is_none_or(|wanted| wanted == m.workspace));
    match (fitting.next(), wanted, is_single) {
        (Some(membership), Some(_), _) | (Some(membership), None, true) => Ok(membership),
        (Some(_), None, false) => Err(WORKSPACE_CHOICE.error().with("workspaces", list.into())),
        (None, _, _) => Err(SIGN_IN_FAILED.error()),
    }
}

/// Refuses while an address has too many failed attempts.
pub(crate) fn check_failures(tx: &mut Tx<'_>, house: &House, subject: &[u8; 32]) -> Result<()> {
    let found = tx.first("SELECT failures, first_at FROM sign_in_attempt WHERE subject = $1", &[subject], |row| {
        Ok((row.get::<i64>(0)?, row.get::<base::Time>(1)?))
    })?;
    let now = house.env.now();
    match found {
        Some((failures, first)) if failures >= house.settings.sign_in_failures => {
            let left = first.plus_seconds(WINDOW_SECONDS).micros_since(now).div_euclid(1_000_000) + 1;
            if left > 0 { Err(SIGN_IN_PAUSED.error().retry_in(u32::try_from(left).unwrap_or(1))) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

fn count_failure(tx: &mut Tx<'_>, house: &House, subject: &[u8; 32]) -> Result<()> {
    let now = house.env.now();
    let start = now.plus_seconds(-WINDOW_SECONDS);
    tx.exec("DELETE FROM sign_in_attempt WHERE subject = $1 AND first_at < $2", &[subject, &start])?;
    tx.exec(
        "INSERT INTO sign_in_attempt (subject, failures, first_at) VALUES ($1, 1, $2) \
         ON CONFLICT (subject) DO UPDATE SET failures = sign_in_attempt.failures + 1",
        &[subject, &now],
    )?;
    Ok(())
}
