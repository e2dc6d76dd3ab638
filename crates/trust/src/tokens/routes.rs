//! The doors of API tokens.

use base::Page;
use web::{Created, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::shapes::{NewToken, TokenMadeOut, TokenOut};
use super::token;
use crate::access::ANYBODY;
use crate::house::Cx;
use crate::nouns;
use crate::paging::PageQuery;

const TOKENS: &str = "/api/v1/tokens";

/// The operations of this slice; which right is needed depends on the token, so the verbs ask for it.
pub fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, TOKENS, "listTokens", ANYBODY, list)
            .about("Your tokens; with `tokens:workspace`, every token of the workspace.")
            .query::<PageQuery>()
            .gives::<Page<TokenOut>>(200),
        Op::new(Method::Post, TOKENS, "createToken", ANYBODY, create)
            .about("Makes a token and shows its secret once. Needs `tokens:own`, or `tokens:workspace` for the workspace's.")
            .takes::<NewToken>()
            .gives::<TokenMadeOut>(201),
        Op::new(Method::Delete, "/api/v1/tokens/{id}", "revokeToken", ANYBODY, revoke)
            .about("Revokes a token for good. Needs `tokens:own`, or `tokens:workspace` for those of others."),
    ]
}

async fn list(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<TokenOut>>> {
    let found = cx.read(move |tx, cx| token::list(tx, cx, &page)).await?;
    Ok(Reply::new(found.map(TokenOut::from)))
}

async fn create(cx: Cx, body: Json<NewToken>) -> web::Result<Created<TokenMadeOut>> {
    let made = cx.write(move |tx, cx| token::create(tx, cx, &body.value));
    let (made, token) = made.await?;
    Ok(Created(Reply::new(TokenMadeOut { made: made.into(), token })))
}

async fn revoke(cx: Cx, PathId(id): PathId<nouns::Token>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| token::revoke(tx, cx, id)).await?;
    Ok(NoContent)
}
