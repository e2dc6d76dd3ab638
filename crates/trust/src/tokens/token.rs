//! A token's row: making it, listing what one may see, and revoking it for good.

use base::text::Line;
use base::{Page, Result, Time};
use db::{Query, Row, Tx};
use serde_json::json;

use super::PERSONAL_NEEDS_MEMBER;
use super::shapes::NewToken;
use crate::access::{Audience, MISSING_RIGHT, Right, Rights};
use crate::accounts::session::new_secret;
use crate::house::Cx;
use crate::log::{NewEvent, record};
use crate::members::BEYOND_YOUR_RIGHTS;
use crate::nouns::{MemberId, TokenId};
use crate::paging::{PageQuery, id_cursor};

base::words! {
    /// Whom a token acts as.
    pub enum TokenKind {
        /// Its member, with that member's reach.
        Personal = "personal",
        /// Itself, seeing the whole workspace.
        Workspace = "workspace",
    }
}

/// A token, without its secret.
#[derive(Clone, Debug)]
pub struct ApiToken {
    /// The id.
    pub id: TokenId,
    /// Whom it acts as.
    pub kind: TokenKind,
    /// What its maker calls it.
    pub name: Line<80>,
    /// What it may do at most.
    pub rights: Rights,
    /// The member it acts as.
    pub member: Option<MemberId>,
    /// When it was made.
    pub created_at: Time,
    /// When it ends; never when absent.
    pub expires_at: Option<Time>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// When it was last used, to the hour.
    pub used_at: Option<Time>,
}

const SELECT: &str = "SELECT id, kind, name, rights, member_id, created_at, expires_at, revoked_at, used_at \
    FROM api_token WHERE workspace_id = ";

fn read(row: &Row<'_>) -> Result<ApiToken> {
    Ok(ApiToken {
        id: row.get(0)?,
        kind: row.get(1)?,
        name: row.get(2)?,
        rights: Rights::from_words(&row.get::<String>(3)?),
        member: row.get(4)?,
        created_at: row.get(5)?,
        expires_at: row.get(6)?,
        revoked_at: row.get(7)?,
        used_at: row.get(8)?,
    })
}

/// Adds the condition that leaves what the actor may see: all tokens with the right to, else one's own.
fn limit_to_visible(query: &mut Query, cx: &Cx) {
    if !cx.actor.rights.has(Right::TokensWorkspace) {
        query.push(" AND member_id = ").bind(cx.actor.member().map(|member| member.id));
    }
}

/// The tokens the actor may see that were not revoked, oldest first.
pub fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<ApiToken>> {
    let limit = page.limit()?;
    let mut query = Query::new(SELECT);
    query.bind(cx.workspace()).push(" AND revoked_at IS NULL");
    limit_to_visible(&mut query, cx);
    query.push(" AND id > ").bind(page.after_id()?);
    query.push(" ORDER BY id LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(1));
    Ok(Page::cut(tx.all_of(&query, read)?, limit, |token| id_cursor(token.id)))
}

/// Makes a token and gives its secret, which is nowhere else.
pub fn create(tx: &mut Tx<'_>, cx: &Cx, new: &NewToken) -> Result<(ApiToken, String)> {
    let rights: Rights = new.rights.iter().copied().collect();
    check_rights(rights, cx.actor.rights)?;
    let member = match new.kind {
        TokenKind::Workspace => {
            cx.require(Right::TokensWorkspace)?;
            None
        }
        TokenKind::Personal => {
            cx.require(Right::TokensOwn)?;
            Some(cx.actor.member().ok_or_else(|| PERSONAL_NEEDS_MEMBER.error())?.id)
        }
    };
    let now = cx.env().now();
    let token = ApiToken {
        id: cx.new_id(),
        kind: new.kind,
        name: new.name.clone(),
        rights,
        member,
        created_at: now,
        expires_at: ends_at(new, now)?,
        revoked_at: None,
        used_at: None,
    };
    let secret = insert(tx, cx, &token)?;
    let data = json!({"kind": token.kind, "member_id": token.member, "rights": rights.words(), "expires_at": token.expires_at});
    let event = NewEvent::new("token.created", token.id.uuid(), 1, now, Audience::staff(), &data)
        .details(&json!({"name": token.name}));
    record(tx, cx, &[event])?;
    Ok((token, secret))
}

/// Refuses rights that the maker lacks.
fn check_rights(asked: Rights, held: Rights) -> Result<()> {
    if asked == Rights::NONE {
        return Err(web::INVALID_FIELD.error().field("/rights", "too_few", "needs at least one right"));
    }
    if asked.within(held) {
        return Ok(());
    }
    Err(BEYOND_YOUR_RIGHTS.error().with("beyond", asked.without(held).words().into()))
}

fn ends_at(new: &NewToken, now: Time) -> Result<Option<Time>> {
    match new.expires_in_days {
        None => Ok(None),
        Some(days @ 1..=3650) => Ok(Some(now.plus_days(days))),
        Some(_) => Err(web::INVALID_FIELD.error().field("/expires_in_days", "out_of_range", "takes 1 to 3650")),
    }
}

fn insert(tx: &mut Tx<'_>, cx: &Cx, token: &ApiToken) -> Result<String> {
    let (secret, hash) = new_secret(cx.env(), "ms_");
    tx.exec(
        "INSERT INTO api_token (workspace_id, id, token_hash, member_id, kind, name, rights, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            &cx.workspace(),
            &token.id,
            &hash,
            &token.member,
            &token.kind,
            &token.name,
            &token.rights.words().join(" "),
            &token.created_at,
            &token.expires_at,
        ],
    )?;
    Ok(secret)
}

/// Revokes a token; one that was revoked before stays so.
pub fn revoke(tx: &mut Tx<'_>, cx: &Cx, id: TokenId) -> Result<()> {
    if !cx.actor.rights.has(Right::TokensOwn) && !cx.actor.rights.has(Right::TokensWorkspace) {
        return Err(MISSING_RIGHT.error().with("right", Right::TokensOwn.word().into()));
    }
    let mut query = Query::new(SELECT);
    query.bind(cx.workspace()).push(" AND id = ").bind(id);
    limit_to_visible(&mut query, cx);
    let found = tx.all_of(&query, read)?.pop().ok_or_else(|| web::NOT_FOUND.error())?;
    revoke_one(tx, cx, found.id)
}

/// Revokes every personal token of a member who leaves.
pub fn revoke_all_of(tx: &mut Tx<'_>, cx: &Cx, member: MemberId) -> Result<()> {
    let tokens: Vec<TokenId> = tx.all(
        "SELECT id FROM api_token WHERE workspace_id = $1 AND member_id = $2 AND revoked_at IS NULL ORDER BY id",
        &[&cx.workspace(), &member],
        |row| row.get(0),
    )?;
    tokens.into_iter().try_for_each(|token| revoke_one(tx, cx, token))
}

fn revoke_one(tx: &mut Tx<'_>, cx: &Cx, id: TokenId) -> Result<()> {
    let now = cx.env().now();
    let revoked = tx.exec(
        "UPDATE api_token SET revoked_at = $1 WHERE workspace_id = $2 AND id = $3 AND revoked_at IS NULL",
        &[&now, &cx.workspace(), &id],
    )?;
    if revoked == 0 {
        return Ok(());
    }
    let event = NewEvent::new("token.revoked", id.uuid(), 2, now, Audience::staff(), &json!({}));
    record(tx, cx, &[event])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(words: &str) -> Rights {
        Rights::from_words(words)
    }

    #[test]
    fn a_token_holds_no_right_its_maker_lacks() {
        let held = rights("tickets:read tickets:write tokens:own");
        assert!(check_rights(rights("tickets:read"), held).is_ok());
        let refused = check_rights(rights("tickets:read members:write"), held).unwrap_err();
        assert_eq!(refused.name(), "beyond_your_rights");
        let beyond = refused.extra().and_then(|extra| extra.get("beyond"));
        assert_eq!(beyond, Some(&json!(["members:write"])));
    }

    #[test]
    fn a_token_without_rights_is_refused() {
        assert_eq!(check_rights(Rights::NONE, Rights::all()).unwrap_err().name(), "invalid_field");
    }
}
