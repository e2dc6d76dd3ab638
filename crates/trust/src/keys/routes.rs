//! The doors of widget keys and identity keys.

use base::Page;
use web::{Access, Created, IfMatch, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::shapes::{IdentityKeyOut, NewIdentityKey, NewWidgetKey, WidgetKeyOut, WidgetKeyPatch};
use super::widget_key::WidgetKeyRow;
use super::{identity_key, widget_key};
use crate::access::Right;
use crate::house::Cx;
use crate::nouns;
use crate::paging::PageQuery;

const WIDGET: &str = "/api/v1/widget-keys";
const WIDGET_ONE: &str = "/api/v1/widget-keys/{id}";
const IDENTITY: &str = "/api/v1/identity-keys";
const IDENTITY_ONE: &str = "/api/v1/identity-keys/{id}";

/// The operations of this slice.
pub fn operations() -> Vec<Op> {
    let read = Access::Member(Right::SettingsRead.word());
    let write = Access::Member(Right::SettingsWrite.word());
    vec![
        Op::new(Method::Get, WIDGET, "listWidgetKeys", read, list_widget)
            .about("The widget keys that hold.")
            .query::<PageQuery>()
            .gives::<Page<WidgetKeyOut>>(200),
        Op::new(Method::Post, WIDGET, "createWidgetKey", write, create_widget)
            .about("Makes a widget key.")
            .takes::<NewWidgetKey>()
            .gives::<WidgetKeyOut>(201),
        Op::new(Method::Patch, WIDGET_ONE, "updateWidgetKey", write, change_widget)
            .about("Changes a widget key's name or origins.")
            .takes::<WidgetKeyPatch>()
            .gives::<WidgetKeyOut>(200)
            .versioned(),
        Op::new(Method::Delete, WIDGET_ONE, "revokeWidgetKey", write, revoke_widget)
            .about("Revokes a widget key for good."),
        Op::new(Method::Get, IDENTITY, "listIdentityKeys", read, list_identity)
            .about("The identity keys that hold; the keys themselves are never shown.")
            .query::<PageQuery>()
            .gives::<Page<IdentityKeyOut>>(200),
        Op::new(Method::Post, IDENTITY, "createIdentityKey", write, create_identity)
            .about("Adds a key that the host app signs identities with; earlier keys go on holding.")
            .takes::<NewIdentityKey>()
            .gives::<IdentityKeyOut>(201),
        Op::new(Method::Delete, IDENTITY_ONE, "revokeIdentityKey", write, revoke_identity)
            .about("Revokes an identity key for good."),
    ]
}

fn versioned(key: WidgetKeyRow) -> Reply<WidgetKeyOut> {
    let version = key.version;
    Reply::versioned(key.into(), version)
}

async fn list_widget(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<WidgetKeyOut>>> {
    let found = cx.read(move |tx, cx| widget_key::list(tx, cx, &page)).await?;
    Ok(Reply::new(found.map(WidgetKeyOut::from)))
}

async fn create_widget(cx: Cx, body: Json<NewWidgetKey>) -> web::Result<Created<WidgetKeyOut>> {
    let made = cx.write(move |tx, cx| widget_key::create(tx, cx, &body.value));
    Ok(Created(versioned(made.await?)))
}

async fn change_widget(
    cx: Cx,
    PathId(id): PathId<nouns::WidgetKey>,
    version: IfMatch,
    body: Json<WidgetKeyPatch>,
) -> web::Result<Reply<WidgetKeyOut>> {
    let changed = cx.write(move |tx, cx| widget_key::change(tx, cx, id, version, &body.value));
    Ok(versioned(changed.await?))
}

async fn revoke_widget(cx: Cx, PathId(id): PathId<nouns::WidgetKey>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| widget_key::revoke(tx, cx, id)).await?;
    Ok(NoContent)
}

async fn list_identity(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<IdentityKeyOut>>> {
    let found = cx.read(move |tx, cx| identity_key::list(tx, cx, &page)).await?;
    Ok(Reply::new(found.map(IdentityKeyOut::from)))
}

async fn create_identity(cx: Cx, body: Json<NewIdentityKey>) -> web::Result<Created<IdentityKeyOut>> {
    let made = cx.write(move |tx, cx| identity_key::create(tx, cx, &body.value)).await?;
    Ok(Created(Reply::new(made.into())))
}

async fn revoke_identity(cx: Cx, PathId(id): PathId<nouns::IdentityKey>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| identity_key::revoke(tx, cx, id)).await?;
    Ok(NoContent)
}
