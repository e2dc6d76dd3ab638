//! The doors of the widget and of the page's own script: contexts, articles, search, votes.
//! Rule: these shapes have no field for drafts, owners or counts, so that none can leak.

use base::text::Line;
use base::{Result, Time};
use db::Tx;
use serde::{Deserialize, Serialize};
use taxonomy::CategoryId;
use trust::Cx;
use trust::access::{Guest, Who};
use trust::nouns::CustomerId;
use utoipa::{IntoParams, ToSchema};
use web::{Access, Class, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::pages::article_path;
use super::visitor::AtHelp;
use crate::articles::{Live, Locale, Sight, Titled, gone, in_context, titled_many};
use crate::feedback::{NewVote, VoteReason, vote};
use crate::finding::{self, Hit, Wanted};
use crate::gaps::{self, AskedVia};
use crate::nouns::{self, ArticleId, QueryId};
use crate::places::One;
use crate::state::Library;

/// Articles of an answer when nothing is asked for, and at most.
const USUAL: usize = 8;
const MOST: usize = 50;

pub(super) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/help/context/{name}", "listHelpOfContext", Access::Widget, context)
            .about("The articles for a place of the host app, the most read first.")
            .query::<LocaleQuery>()
            .gives::<HelpList>(200),
        Op::new(Method::Get, "/api/v1/help/articles/{id}", "readHelpArticle", Access::Widget, read)
            .about("A live article, in the wanted language or the one it was written in.")
            .query::<LocaleQuery>()
            .gives::<HelpArticleOut>(200),
        Op::new(Method::Post, "/api/v1/help/articles/{id}/votes", "voteOnArticle", Access::Widget, cast)
            .about("Says whether a live article helped; a second vote replaces the first.")
            .takes::<NewHelpVote>()
            .gives_nothing(204),
        Op::new(Method::Get, "/api/v1/help/search", "searchHelp", Access::Widget, search)
            .about("Finds live articles by what is asked.")
            .class(Class::Search)
            .query::<SearchQuery>()
            .gives::<HelpFound>(200),
        Op::new(Method::Post, "/api/v1/help/searches/{id}/click", "clickHelpSearch", Access::Widget, click)
            .about("Notes that an article a search found was opened.")
            .takes::<Clicked>()
            .gives_nothing(204),
        Op::new(Method::Get, "/help/api/search", "searchHelpCentre", Access::Public, search_page)
            .about("Finds articles that are open to anybody, for the help centre's own script.")
            .class(Class::Search)
            .query::<SearchQuery>()
            .gives::<HelpFound>(200),
    ]
}

/// A live article in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct HelpItemOut {
    /// The id.
    id: ArticleId,
    /// Its id in another system.
    external_id: Option<String>,
    /// The title.
    title: String,
    /// A sentence about it.
    excerpt: String,
    /// The language of the text.
    locale: Locale,
    /// Its address in the help centre, without the host.
    path: String,
}

/// Live articles.
#[derive(Serialize, ToSchema)]
struct HelpList {
    /// The articles.
    items: Vec<HelpItemOut>,
    /// Always null.
    next: Option<String>,
}

/// A live article.
#[derive(Serialize, ToSchema)]
struct HelpArticleOut {
    /// The article.
    article: HelpItemOut,
    /// Its words as safe HTML.
    html: String,
    /// When these words were written.
    updated_at: Time,
    /// The languages it can be read in.
    locales: Vec<Locale>,
}

fn item(live: &Live) -> HelpItemOut {
    HelpItemOut {
        id: live.article.id,
        external_id: live.article.external_id.clone(),
        title: live.version.title.clone(),
        excerpt: live.version.excerpt.clone(),
        locale: live.version.locale.clone(),
        path: article_path(live.version.locale.as_str(), &live.slug),
    }
}

fn line(titled: Titled) -> HelpItemOut {
    HelpItemOut {
        path: article_path(titled.locale.as_str(), &titled.slug),
        id: titled.id,
        external_id: titled.external_id,
        title: titled.title,
        excerpt: titled.excerpt,
        locale: titled.locale,
    }
}

/// The language of a reader.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct LocaleQuery {
    /// The language; the one an article was written in when absent.
    #[param(value_type = Option<String>)]
    locale: Option<Locale>,
}

async fn context(cx: Cx, One(name): One, Query(asked): Query<LocaleQuery>) -> web::Result<Reply<HelpList>> {
    let items = cx.read(move |tx, cx| {
        let ids = in_context(tx, cx, &name)?;
        let found = titled_many(tx, cx, Sight::of(cx), &ids, asked.locale.as_ref().map(Locale::as_str))?;
        Ok(found.into_iter().map(line).collect())
    });
    Ok(Reply::new(HelpList { items: items.await?, next: None }))
}

async fn read(
    cx: Cx,
    library: Library,
    PathId(id): PathId<nouns::Article>,
    Query(asked): Query<LocaleQuery>,
) -> web::Result<Reply<HelpArticleOut>> {
    let found = cx.read(move |tx, cx| {
        let locale = asked.locale.as_ref().map(Locale::as_str);
        let live = Live::find(tx, cx, Sight::of(cx), id, locale)?.ok_or_else(gone)?;
        let locales = Live::languages(tx, cx, id)?.into_iter().map(|(locale, _)| locale).collect();
        let origin = cx.house().settings.public_url.trim_end_matches('/');
        let html = live.html(origin);
        Ok(HelpArticleOut { article: item(&live), html, updated_at: live.version.created_at, locales })
    });
    let found = found.await?;
    library.views().count(cx.workspace(), id);
    Ok(Reply::new(found))
}

/// What a reader says of an article.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHelpVote {
    /// Whether it helped.
    helpful: bool,
    /// Why not.
    reason: Option<VoteReason>,
    /// In the reader's words.
    comment: Option<Line<1000>>,
    /// The language that was read; the one it was written in when absent.
    locale: Option<Locale>,
}

async fn cast(
    cx: Cx,
    PathId(id): PathId<nouns::Article>,
    headers: http::HeaderMap,
    peer: Option<axum::extract::Extension<web::Peer>>,
    Json { value: new, .. }: Json<NewHelpVote>,
) -> web::Result<NoContent> {
    let browser = headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let peer = peer.map(|peer| peer.0);
    let stranger = super::visitor::voter(&cx, peer, browser);
    // Only the host app's signature makes a reader somebody; devices cost nothing.
    let is_vouched_for = matches!(cx.actor.who, Who::Guest(Guest::Identified(_)));
    let origin = super::visitor::origin(&cx, peer);
    let written = cx.write(move |tx, cx| {
        let live = Live::find(tx, cx, Sight::of(cx), id, new.locale.as_ref().map(Locale::as_str))?.ok_or_else(gone)?;
        let customer = customer_of(tx, cx);
        let own = |id: CustomerId| cx.house().secrets.mac(&[b"article vote", id.uuid().as_bytes()]);
        let new = NewVote {
            is_helpful: new.helpful,
            reason: new.reason.filter(|_| !new.helpful),
            comment: new.comment.clone(),
            voter: customer.map_or(stranger, own),
            origin: origin.filter(|_| !is_vouched_for || customer.is_none()),
            customer,
        };
        vote(tx, cx, Sight::of(cx), &live, &new).map(drop)
    });
    written.await?;
    Ok(NoContent)
}

/// The customer behind a request of the widget, when there is one already.
fn customer_of(tx: &mut Tx<'_>, cx: &Cx) -> Option<CustomerId> {
    match cx.actor.who {
        Who::Guest(Guest::Nobody) => None,
        _ => people::customers::guest(tx, cx).ok().flatten().map(|(_, account)| account.customer),
    }
}

/// What is asked.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    /// The words; at most 1,000 characters count.
    q: String,
    /// How many, 1 to 50; 8 when absent.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<usize>,
    /// The language of the reader, which an article is shown in when it has it.
    #[param(value_type = Option<String>)]
    locale: Option<Locale>,
    /// Only articles of this category and those below it.
    #[param(value_type = Option<String>)]
    category: Option<CategoryId>,
    /// Whether somebody meant it: a settled search is kept and searched by meaning, a keystroke is neither.
    settled: Option<bool>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
struct HelpFound {
    /// The articles, best first.
    items: Vec<HelpHitOut>,
    /// Always null: searches have one page.
    next: Option<String>,
    /// What names a settled search, for saying what was opened.
    query_id: Option<QueryId>,
    /// Whether meaning took part, or words alone.
    by_meaning: bool,
}

/// An article that was found.
#[derive(Serialize, ToSchema)]
struct HelpHitOut {
    /// The id.
    id: ArticleId,
    /// Its id in another system.
    external_id: Option<String>,
    /// The title.
    title: String,
    /// Where the words are, as safe HTML with `mark` around them.
    snippet: String,
    /// How well it fits; higher is better, comparable within one answer only.
    score: f32,
    /// The language of the text.
    locale: Locale,
    /// Its address in the help centre, without the host.
    path: String,
}

fn hit(hit: &Hit) -> HelpHitOut {
    let item = item(&hit.live);
    HelpHitOut {
        id: item.id,
        external_id: item.external_id,
        title: item.title,
        snippet: hit.snippet.clone(),
        score: hit.score,
        locale: item.locale,
        path: item.path,
    }
}

async fn search(cx: Cx, library: Library, Query(asked): Query<SearchQuery>) -> web::Result<Reply<HelpFound>> {
    let sight = Sight::of(&cx);
    let customer = cx.read(|tx, cx| Ok(customer_of(tx, cx))).await?;
    found(&cx, &library, sight, (asked, AskedVia::Widget, customer)).await
}

async fn search_page(
    AtHelp(cx): AtHelp,
    library: Library,
    Query(asked): Query<SearchQuery>,
) -> web::Result<Reply<HelpFound>> {
    found(&cx, &library, Sight::Public, (asked, AskedVia::Help, None)).await
}

async fn found(
    cx: &Cx,
    library: &Library,
    sight: Sight,
    (asked, via, customer): (SearchQuery, AskedVia, Option<CustomerId>),
) -> web::Result<Reply<HelpFound>> {
    let limit = limit_of(asked.limit)?;
    let is_settled = asked.settled.unwrap_or(false);
    let wanted = Wanted { locale: asked.locale, limit, is_typing: !is_settled, ..Wanted::new(sight, asked.q) };
    let wanted = wanted.within(cx, asked.category, None).await?;
    let (answer, query_id) = if is_settled {
        let found = finding::find_and_log(cx, library, wanted, via, customer).await?;
        (found.answer, found.query)
    } else {
        (finding::find(cx, library, wanted).await?, None)
    };
    let items = answer.hits.iter().map(hit).collect();
    Ok(Reply::new(HelpFound { items, next: None, query_id, by_meaning: answer.by_meaning }))
}

fn limit_of(asked: Option<usize>) -> Result<usize> {
    let limit = asked.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) { Ok(limit) } else { Err(web::INVALID_QUERY.because("`limit` takes 1 to 50.")) }
}

/// What was opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Clicked {
    /// The article.
    article_id: ArticleId,
}

async fn click(
    cx: Cx,
    PathId(id): PathId<nouns::SearchQuery>,
    Json { value: clicked, .. }: Json<Clicked>,
) -> web::Result<NoContent> {
    cx.write(move |tx, cx| {
        Live::find(tx, cx, Sight::of(cx), clicked.article_id, None)?.ok_or_else(gone)?;
        gaps::click(tx, cx, id, clicked.article_id)
    })
    .await?;
    Ok(NoContent)
}
