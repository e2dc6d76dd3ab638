//! The doors of signing in and out, and of the workspace's own settings.
//! Rule: a sign-in always makes a new secret; the one the request came with ends.

use std::sync::Arc;

use axum::Extension;
use axum::response::{AppendHeaders, IntoResponse};
use http::{HeaderMap, HeaderName, header};
use web::{Access, Class, Created, IfMatch, Json, Method, NoContent, Op, Reply};

use super::session::{Session, cookie, hash_secret, secret_of};
use super::shapes::{NewSession, SessionOut, SessionVia, WorkspaceOut, WorkspacePatch};
use super::{sign_in, sign_out, workspace};
use crate::access::{ANYBODY, Right};
use crate::doors::{Proof, actor_of_member};
use crate::house::{Cx, House};
use crate::log::Outcome;

const SESSION: &str = "/api/v1/session";
const WORKSPACE: &str = "/api/v1/workspace";

/// The operations of this slice.
pub fn operations() -> Vec<Op> {
    let write = Access::Member(Right::SettingsWrite.word());
    vec![
        Op::new(Method::Post, SESSION, "signIn", Access::Public, open)
            .about("Signs in and sets the session cookie.")
            .takes::<NewSession>()
            .gives::<SessionOut>(201)
            .class(Class::SignIn),
        Op::new(Method::Get, SESSION, "getSession", ANYBODY, show)
            .about("Says who is signed in, where, and with which rights.")
            .gives::<SessionOut>(200),
        Op::new(Method::Delete, SESSION, "signOut", ANYBODY, close)
            .about("Ends the session and clears its cookie; a token is left as it is."),
        Op::new(Method::Get, WORKSPACE, "getWorkspace", ANYBODY, workspace_show)
            .about("The workspace.")
            .gives::<WorkspaceOut>(200),
        Op::new(Method::Patch, WORKSPACE, "updateWorkspace", write, workspace_rename)
            .about("Renames the workspace.")
            .takes::<WorkspacePatch>()
            .gives::<WorkspaceOut>(200)
            .versioned(),
    ]
}

/// A `Set-Cookie` header beside an answer.
type WithCookie<T> = (AppendHeaders<[(HeaderName, String); 1]>, T);

fn with_cookie<T: IntoResponse>(secret: &str, seconds: i64, answer: T) -> WithCookie<T> {
    (AppendHeaders([(header::SET_COOKIE, cookie(secret, seconds))]), answer)
}

async fn open(
    Extension(house): Extension<Arc<House>>,
    headers: HeaderMap,
    body: Json<NewSession>,
) -> web::Result<WithCookie<Created<SessionOut>>> {
    let NewSession { email, password, workspace_id } = body.value;
    let signed_in = sign_in(&house, email, password, workspace_id).await?;
    end_former(&house, &headers).await?;
    answer(&house, &signed_in.secret, signed_in.session).await
}

/// The answer to somebody whose session has just been opened: who they are, and the cookie.
pub(crate) async fn answer(
    house: &Arc<House>,
    secret: &str,
    session: Session,
) -> web::Result<WithCookie<Created<SessionOut>>> {
    let reader = house.clone();
    let read = house.db.read(session.workspace.uuid(), move |tx| {
        let found = actor_of_member(tx, &reader, session.workspace, session.member)?;
        let actor = found.ok_or_else(|| super::SIGN_IN_FAILED.error())?;
        let cx = Cx::new(reader.clone(), actor);
        let out = SessionOut::read(tx, &cx, SessionVia::Session, Some(session.expires_at))?;
        Ok((cx, out))
    });
    let (cx, out) = read.await?;
    let member = Some(session.member.uuid());
    house.access_log.note(&cx.actor, "session.opened", member, Outcome::Allowed);
    let seconds = house.settings.session_days * 86_400;
    Ok(with_cookie(secret, seconds, Created(Reply::new(out))))
}

async fn end_former(house: &Arc<House>, headers: &HeaderMap) -> base::Result<()> {
    let Some(former) = secret_of(headers).map(hash_secret) else {
        return Ok(());
    };
    house.db.write(uuid::Uuid::nil(), move |tx| sign_out(tx, &former)).await
}

async fn show(cx: Cx, proof: Proof) -> web::Result<Reply<SessionOut>> {
    let read = move |tx: &mut db::Tx<'_>, cx: &Cx| SessionOut::read(tx, cx, proof.kind.into(), proof.expires_at);
    Ok(Reply::new(cx.read(read).await?))
}

async fn close(cx: Cx, headers: HeaderMap) -> web::Result<WithCookie<NoContent>> {
    end_former(cx.house(), &headers).await?;
    Ok(with_cookie("", 0, NoContent))
}

async fn workspace_show(cx: Cx) -> web::Result<Reply<WorkspaceOut>> {
    let found = cx.read(workspace::find).await?;
    let version = found.version;
    Ok(Reply::versioned(found.into(), version))
}

async fn workspace_rename(cx: Cx, version: IfMatch, body: Json<WorkspacePatch>) -> web::Result<Reply<WorkspaceOut>> {
    let renamed = cx.write(move |tx, cx| workspace::rename(tx, cx, version, &body.value.name)).await?;
    let version = renamed.version;
    Ok(Reply::versioned(renamed.into(), version))
}
