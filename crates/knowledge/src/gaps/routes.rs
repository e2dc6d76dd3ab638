//! The doors of gaps.

use base::{Cursor, Page, Time};
use db::Tx;
use serde::{Deserialize, Serialize};
use trust::access::Right;
use trust::{Cx, PageQuery};
use utoipa::{IntoParams, ToSchema};
use web::{Access, Created, Method, NoContent, Op, PathId, Query, Reply};

use super::gap::{self, AskedBy, Ranked};
use crate::articles::{
    Article, ArticleOut, Audience, Locale, Prepared, Sight, Visibility, Writing, article_outs, create, gone,
};
use crate::nouns::{self, ArticleId, GapId};

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/gaps", "listGaps", Access::Member("knowledge:read"), list)
            .about("What people look for and do not find, the dearest first.")
            .query::<GapQuery>()
            .gives::<Page<GapOut>>(200),
        Op::new(
            Method::Post,
            "/api/v1/gaps/{id}/article",
            "startArticleFromGap",
            Access::Member("knowledge:write"),
            start,
        )
        .about("Starts an article that is to fill a gap, as a draft with the phrase as its title.")
        .gives::<ArticleOut>(201),
        Op::new(Method::Delete, "/api/v1/gaps/{id}", "dismissGap", Access::Member("knowledge:write"), dismiss)
            .about("Says that a gap is none; it leaves the list."),
    ]
}

/// What the list of gaps takes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct GapQuery {
    /// Whose searches are ranked; those of customers when absent.
    #[param(inline)]
    asked_by: Option<AskedBy>,
    /// How many items, 1 to 100; 50 when not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[param(max_length = 200)]
    after: Option<String>,
}

/// Something people look for and do not find.
#[derive(Serialize, ToSchema)]
struct GapOut {
    /// The id.
    id: GapId,
    /// The phrase as it was first typed.
    text: String,
    /// The language it was typed in.
    locale: String,
    /// How often customers searched for it.
    queries: i64,
    /// How often nothing was found.
    without_results: i64,
    /// How often nothing was opened.
    without_click: i64,
    /// How often a ticket followed within half an hour.
    tickets: i64,
    /// How often members searched for it in the console.
    agent_queries: i64,
    /// How often they found nothing.
    agent_without_results: i64,
    /// What orders the list of customers' gaps: 5 for a ticket, 2 for a search without results, 1 for one without a click.
    score: i64,
    /// The article that is to fill it.
    article_id: Option<ArticleId>,
    /// When it last counted.
    last_at: Time,
}

impl From<Ranked> for GapOut {
    fn from(gap: Ranked) -> GapOut {
        GapOut {
            id: gap.id,
            text: gap.text,
            locale: gap.locale,
            queries: gap.queries,
            without_results: gap.without_results,
            without_click: gap.without_click,
            tickets: gap.tickets,
            agent_queries: gap.agent_queries,
            agent_without_results: gap.agent_without_results,
            score: gap.score,
            article_id: gap.article,
            last_at: gap.last_at,
        }
    }
}

async fn list(cx: Cx, Query(asked): Query<GapQuery>) -> web::Result<Reply<Page<GapOut>>> {
    let page = PageQuery { limit: asked.limit, after: asked.after };
    let (limit, after, by) = (page.limit()?, page.cursor()?, asked.asked_by.unwrap_or(AskedBy::Customers));
    let found = cx.read(move |tx, cx| gap::list(tx, cx, by, after, limit)).await?;
    let place = |last: &Ranked| Cursor { key: by.score_of(last), id: last.id.uuid() }.encode();
    Ok(Reply::new(Page::cut(found, limit, place).map(GapOut::from)))
}

async fn start(cx: Cx, PathId(id): PathId<nouns::Gap>) -> web::Result<Created<ArticleOut>> {
    let made = cx.write(move |tx, cx| {
        let gap = gap::find_locked(tx, cx, id)?;
        // Whoever asks again, or at the same time, gets the article that is there.
        if let Some(article) = started(tx, cx, &gap)? {
            return article_outs(tx, cx, vec![article])?.pop().ok_or_else(gone);
        }
        let title = base::text::Line::<200>::new(&gap.text).map(String::from).unwrap_or_else(|_| "…".to_owned());
        let locale = match Locale::new(&gap.locale) {
            Ok(locale) => locale,
            Err(_) => crate::help::site::default_locale(tx, cx)?,
        };
        let body = "Say here what people look for under these words.".to_owned();
        let writing = Writing {
            text: Prepared::now(title, body, None),
            locale,
            slug: None,
            external_id: None,
            audience: Audience::Both,
            visibility: Visibility::Public,
            category: None,
            tags: Vec::new(),
            owner: None,
            review_by: None,
            gap: Some(id),
            content_hash: None,
        };
        let article = create(tx, cx, &writing)?;
        article_outs(tx, cx, vec![article])?.pop().ok_or_else(gone)
    });
    let made = made.await?;
    let version = made.version;
    Ok(Created(Reply::versioned(made, version)))
}

/// The article that was written for a gap, unless it was deleted since.
fn started(tx: &mut Tx<'_>, cx: &Cx, gap: &Ranked) -> base::Result<Option<Article>> {
    cx.require(Right::KnowledgeWrite)?;
    let Some(id) = gap.article else { return Ok(None) };
    Ok(Article::find_many(tx, cx, Sight::of(cx), &[id])?.pop())
}

async fn dismiss(cx: Cx, PathId(id): PathId<nouns::Gap>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| gap::dismiss(tx, cx, id)).await?;
    Ok(NoContent)
}
