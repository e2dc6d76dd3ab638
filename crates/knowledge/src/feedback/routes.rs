//! The doors of votes and reviews for staff.

use base::{Cursor, Page, Patch, Time};
use serde::{Deserialize, Serialize};
use trust::nouns::{CustomerId, MemberId};
use trust::{Cx, PageQuery};
use utoipa::{IntoParams, ToSchema};
use web::{Access, IfMatch, Json, Method, Op, PathId, Query, Reply};

use super::reviews::{self, Review, ReviewReason};
use super::voting::{self, VoteReason};
use crate::articles::{Article, ArticleOut, Sight, article_outs, gone};
use crate::nouns::{self, ReviewId};

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(
            Method::Get,
            "/api/v1/articles/{id}/votes",
            "listArticleVotes",
            Access::Member("knowledge:read"),
            votes,
        )
        .about("The newest 200 votes on an article, with their reasons.")
        .gives::<VoteList>(200),
        Op::new(Method::Get, "/api/v1/article-reviews", "listArticleReviews", Access::Member("knowledge:read"), list)
            .about("The articles to look at again, the longest waiting first.")
            .query::<ReviewQuery>()
            .gives::<Page<ReviewOut>>(200),
        Op::new(
            Method::Put,
            "/api/v1/articles/{id}/review",
            "confirmArticle",
            Access::Member("knowledge:write"),
            confirm,
        )
        .about("Says that an article is right as it is, and when to look again; closes its reviews.")
        .takes::<Confirmation>()
        .versioned()
        .gives::<ArticleOut>(200),
    ]
}

/// Votes on an article.
#[derive(Serialize, ToSchema)]
struct VoteList {
    /// The votes, newest first.
    items: Vec<VoteOut>,
    /// Always null.
    next: Option<String>,
}

/// A vote.
#[derive(Serialize, ToSchema)]
struct VoteOut {
    /// Whether it helped.
    helpful: bool,
    /// Why not.
    reason: Option<VoteReason>,
    /// In the reader's words.
    comment: Option<String>,
    /// The language that was read.
    locale: String,
    /// The version that was read.
    number: i64,
    /// The customer, when it is a known one.
    customer_id: Option<CustomerId>,
    /// When.
    created_at: Time,
}

async fn votes(cx: Cx, PathId(id): PathId<nouns::Article>) -> web::Result<Reply<VoteList>> {
    let found = cx.read(move |tx, cx| {
        Article::find(tx, cx, Sight::of(cx), id)?;
        voting::newest(tx, cx, id, 200)
    });
    let draw = |vote: voting::Vote| VoteOut {
        helpful: vote.is_helpful,
        reason: vote.reason,
        comment: vote.comment,
        locale: vote.locale,
        number: vote.number,
        customer_id: vote.customer,
        created_at: vote.created_at,
    };
    Ok(Reply::new(VoteList { items: found.await?.into_iter().map(draw).collect(), next: None }))
}

/// What the list of reviews takes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ReviewQuery {
    /// Who answers for the article.
    #[param(value_type = Option<String>)]
    owner: Option<MemberId>,
    /// How many items, 1 to 100; 50 when not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[param(max_length = 200)]
    after: Option<String>,
}

/// A task to look at an article again.
#[derive(Serialize, ToSchema)]
struct ReviewOut {
    /// The id.
    id: ReviewId,
    /// Why.
    reason: ReviewReason,
    /// Votes that say it helped, when votes are the reason.
    helpful: i64,
    /// Votes that say it did not.
    unhelpful: i64,
    /// The lower end of the 95 % Wilson interval of the helpful share.
    low: Option<f64>,
    /// The upper end.
    high: Option<f64>,
    /// The language that was voted on.
    locale: Option<String>,
    /// The version that was voted on.
    number: Option<i64>,
    /// Who is to look.
    owner_id: Option<MemberId>,
    /// Since when.
    opened_at: Time,
    /// The article.
    article: ArticleOut,
}

async fn list(cx: Cx, Query(asked): Query<ReviewQuery>) -> web::Result<Reply<Page<ReviewOut>>> {
    let page = PageQuery { limit: asked.limit, after: asked.after };
    let (limit, after) = (page.limit()?, page.cursor()?);
    let found = cx.read(move |tx, cx| {
        let found = reviews::list(tx, cx, asked.owner, after, limit)?;
        let place = |last: &Review| Cursor { key: last.opened_at.micros(), id: last.id.uuid() }.encode();
        let page = Page::cut(found, limit, place);
        let ids: Vec<_> = page.items.iter().map(|review| review.article).collect();
        let articles = if ids.is_empty() { Vec::new() } else { Article::find_many(tx, cx, Sight::of(cx), &ids)? };
        let articles = article_outs(tx, cx, articles)?;
        let items = page.items.into_iter().filter_map(|review| draw(review, &articles)).collect();
        Ok(Page { items, next: page.next })
    });
    Ok(Reply::new(found.await?))
}

fn draw(review: Review, articles: &[ArticleOut]) -> Option<ReviewOut> {
    let article = articles.iter().find(|article| article.id == review.article)?.clone();
    let interval = review.verdict.interval();
    Some(ReviewOut {
        id: review.id,
        reason: review.reason,
        helpful: review.verdict.helpful,
        unhelpful: review.verdict.unhelpful,
        low: interval.map(|(low, _)| low),
        high: interval.map(|(_, high)| high),
        locale: review.locale,
        number: review.number,
        owner_id: review.owner,
        opened_at: review.opened_at,
        article,
    })
}

/// That an article is right as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    /// When to look again; never when null. When absent a date to come stays, and one that has passed moves on by as long
    /// as it was set for.
    #[serde(default)]
    #[schema(value_type = Option<Time>)]
    review_by: Patch<Time>,
}

async fn confirm(
    cx: Cx,
    PathId(id): PathId<nouns::Article>,
    seen: IfMatch,
    Json { value: confirmation, .. }: Json<Confirmation>,
) -> web::Result<Reply<ArticleOut>> {
    let confirmed = cx.write(move |tx, cx| {
        let article = reviews::confirm(tx, cx, id, seen, &confirmation.review_by)?;
        article_outs(tx, cx, vec![article])?.pop().ok_or_else(gone)
    });
    let out = confirmed.await?;
    let version = out.version;
    Ok(Reply::versioned(out, version))
}
