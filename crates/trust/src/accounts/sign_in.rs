//! Signing in: the password is checked off the database threads, failures are counted in rows.
//! Rule: an attempt is counted before its password is looked at, so that no number of attempts at once passes the limit.

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
    count_attempt(house, subject).await?;
    let account = house.db.read(nowhere, move |tx| {
        tx.first("SELECT id, password_hash FROM account WHERE email_folded = $1", &[&email.folded()], |row| {
            Ok((row.get::<AccountId>(0)?, row.get::<Option<String>>(1)?))
        })
    });
    let account = match account.await {
        Ok(account) => account,
        Err(error) => return Err(not_counted(house, subject, error).await),
    };
    let stored = account.as_ref().and_then(|(_, hash)| hash.clone());
    let fits = match verify_password(password, stored).await {
        Ok(fits) => fits,
        Err(error) => return Err(not_counted(house, subject, error).await),
    };
    let (account, _) = account.filter(|_| fits).ok_or_else(|| SIGN_IN_FAILED.error())?;
    let writer = house.clone();
    let opened = house.db.write(nowhere, move |tx| {
        let chosen = choose(memberships(tx, account)?, wanted)?;
        forget_failures(tx, &subject)?;
        let (secret, session) = Session::open(tx, &writer, account, chosen.workspace, chosen.member)?;
        Ok(SignedIn { secret, session })
    });
    match opened.await {
        Ok(opened) => Ok(opened),
        Err(error) => Err(not_counted(house, subject, error).await),
    }
}

/// Counts an attempt on an address, named by its hash, as failed until it succeeds; refuses while there were too many.
pub(crate) async fn count_attempt(house: &Arc<House>, subject: [u8; 32]) -> Result<()> {
    let writer = house.clone();
    house.db.write(uuid::Uuid::nil(), move |tx| count(tx, &writer, &subject)).await
}

/// Takes an attempt back whose password was not looked at, or was right: it ended for another reason.
pub(crate) async fn not_counted(house: &Arc<House>, subject: [u8; 32], reason: base::Error) -> base::Error {
    let give_back = move |tx: &mut Tx<'_>| {
        tx.exec("UPDATE sign_in_attempt SET failures = failures - 1 WHERE subject = $1 AND failures > 0", &[&subject])
    };
    if let Err(error) = house.db.write(uuid::Uuid::nil(), give_back).await {
        tracing::warn!(cause = ?error, "an attempt stays counted");
    }
    reason
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

fn count(tx: &mut Tx<'_>, house: &House, subject: &[u8; 32]) -> Result<()> {
    let now = house.env.now();
    let start = now.plus_seconds(-WINDOW_SECONDS);
    tx.exec("DELETE FROM sign_in_attempt WHERE subject = $1 AND first_at < $2", &[subject, &start])?;
    let counted = tx.exec(
        "INSERT INTO sign_in_attempt (subject, failures, first_at) VALUES ($1, 1, $2) \
         ON CONFLICT (subject) DO UPDATE SET failures = sign_in_attempt.failures + 1 WHERE sign_in_attempt.failures < $3",
        &[subject, &now, &house.settings.sign_in_failures],
    )?;
    if counted > 0 {
        return Ok(());
    }
    check_failures(tx, house, subject)?;
    // The window ended between the two statements.
    Err(SIGN_IN_PAUSED.error().retry_in(1))
}
