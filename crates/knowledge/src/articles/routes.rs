//! The doors of articles for staff.

use base::text::Line;
use base::{Page, Patch, Time};
use serde::{Deserialize, Serialize};
use taxonomy::nouns::CategoryId;
use trust::nouns::MemberId;
use trust::{Cx, IdempotencyKey, PageQuery, created_once};
use utoipa::{IntoParams, ToSchema};
use web::{Access, Class, Created, IfMatch, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::article::{Article, gone};
use super::body::Prepared;
use super::images::{self, Picture};
use super::listing::{self, Filter};
use super::locales::Locale;
use super::relating::ContextName;
use super::shapes::*;
use super::sight::Sight;
use super::text::Version;
use super::translating;
use super::words::{ArticleStatus, Audience, Visibility};
use super::writing::{self, Changes, Writing};
use super::{deleting, publishing, relating};
use crate::help::site;
use crate::nouns::{self, ArticleId};
use crate::places::Two;

pub(super) const READ: Access = Access::Member("knowledge:read");
pub(super) const WRITE: Access = Access::Member("knowledge:write");
const PUBLISH: Access = Access::Member("knowledge:publish");
const ARTICLES: &str = "/api/v1/articles";
const ARTICLE: &str = "/api/v1/articles/{id}";

pub(crate) fn operations() -> Vec<Op> {
    let mut ops = vec![
        Op::new(Method::Get, ARTICLES, "listArticles", READ, list)
            .about("Lists articles, last changed first.")
            .query::<ListQuery>()
            .gives::<Page<ArticleOut>>(200),
        Op::new(Method::Post, ARTICLES, "createArticle", WRITE, create)
            .about("Writes an article, as a draft.")
            .takes::<NewArticle>()
            .idempotent()
            .gives::<ArticleOut>(201),
        Op::new(Method::Get, ARTICLE, "getArticle", READ, get).about("Reads an article.").gives::<ArticleOut>(200),
        Op::new(Method::Patch, ARTICLE, "updateArticle", WRITE, update)
            .about("Changes an article; changed words are its next version.")
            .takes::<ArticlePatch>()
            .versioned()
            .gives::<ArticleOut>(200),
        Op::new(Method::Delete, ARTICLE, "deleteArticle", PUBLISH, delete)
            .about("Deletes an article that is not published, for good.")
            .versioned(),
    ];
    ops.extend(states());
    ops.extend(super::text_routes::operations());
    ops
}

fn states() -> Vec<Op> {
    vec![
        Op::new(Method::Put, "/api/v1/articles/{id}/status", "setArticleStatus", WRITE, set_status)
            .about("Moves an article through its life; publishing and archiving ask `knowledge:publish`.")
            .takes::<NewStatus>()
            .versioned()
            .gives::<ArticleOut>(200),
        Op::new(Method::Put, "/api/v1/articles/{id}/schedule", "scheduleArticle", PUBLISH, schedule)
            .about("Publishes an article at a time to come.")
            .takes::<Schedule>()
            .versioned()
            .gives::<ArticleOut>(200),
        Op::new(Method::Delete, "/api/v1/articles/{id}/schedule", "unscheduleArticle", PUBLISH, unschedule)
            .about("Forgets the time an article was to be published.")
            .versioned()
            .gives::<ArticleOut>(200),
        Op::new(Method::Get, "/api/v1/articles/{id}/related", "listRelatedArticles", READ, related)
            .about("The articles related to one.")
            .gives::<RelatedOut>(200),
        Op::new(Method::Put, "/api/v1/articles/{id}/related", "relateArticle", WRITE, relate)
            .about("Sets the related articles, at most 20, in their order.")
            .takes::<Related>()
            .versioned()
            .gives::<ArticleOut>(200),
        Op::new(Method::Put, "/api/v1/articles/{id}/contexts", "placeArticle", WRITE, place)
            .about("Sets the places of the host app where the article helps, at most 20.")
            .takes::<Contexts>()
            .versioned()
            .gives::<ArticleOut>(200),
        Op::new(Method::Get, "/api/v1/article-contexts", "listArticleContexts", READ, contexts)
            .about("The places of the host app that have articles.")
            .gives::<ContextsOut>(200),
        Op::new(Method::Post, "/api/v1/articles/{id}/images", "addArticleImage", WRITE, add_image)
            .about("Keeps a picture of an article and answers the Markdown that shows it.")
            .takes_raw("application/octet-stream")
            .header("X-Filename", "The picture's name.")
            .class(Class::Upload)
            .gives::<ImageOut>(201),
        Op::new(Method::Get, "/api/v1/articles/{id}/images/{image}", "showArticleImage", READ, show_image)
            .about("A picture of an article as staff sees it, published or not.")
            .gives_raw(200, "image/*"),
        Op::new(Method::Post, "/api/v1/articles/preview", "previewArticle", WRITE, preview)
            .about("Renders Markdown as an article would show it, and keeps nothing.")
            .takes::<Preview>()
            .gives::<PreviewOut>(200),
    ]
}

/// What a list of articles takes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// The status.
    #[param(inline)]
    status: Option<ArticleStatus>,
    /// Whom it is for.
    #[param(inline)]
    audience: Option<Audience>,
    /// The category.
    #[param(value_type = Option<String>)]
    category: Option<CategoryId>,
    /// Who answers for it.
    #[param(value_type = Option<String>)]
    owner: Option<MemberId>,
    /// A language it has words in; the list is then ordered by when those words last changed.
    #[param(value_type = Option<String>)]
    locale: Option<Locale>,
    /// How many items, 1 to 100; 50 when not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[param(max_length = 200)]
    after: Option<String>,
}

async fn list(cx: Cx, Query(asked): Query<ListQuery>) -> web::Result<Reply<Page<ArticleOut>>> {
    let page = PageQuery { limit: asked.limit, after: asked.after };
    let (limit, after) = (page.limit()?, page.cursor()?);
    let ListQuery { status, audience, category, owner, locale, .. } = asked;
    let filter = Filter { status, audience, category, owner, locale };
    let found = cx.read(move |tx, cx| {
        let found = listing::list(tx, cx, &filter, after, limit)?;
        let page = Page::cut(found, limit, |listed| listing::place_after(listed).encode());
        let articles = page.items.into_iter().map(|listed| listed.article).collect();
        Ok(Page { items: article_outs(tx, cx, articles)?, next: page.next })
    });
    Ok(Reply::new(found.await?))
}

async fn create(
    cx: Cx,
    key: IdempotencyKey,
    Json { value: new, hash }: Json<NewArticle>,
) -> web::Result<axum::response::Response> {
    let text = Prepared::new(new.title, new.body, new.excerpt).await?;
    let own = match new.locale {
        Some(locale) => locale,
        None => cx.read(site::default_locale).await?,
    };
    let writing = Writing {
        text,
        locale: own,
        slug: new.slug.map(String::from),
        external_id: new.external_id.map(String::from),
        audience: new.audience.unwrap_or(Audience::Both),
        visibility: new.visibility.unwrap_or(Visibility::Public),
        category: new.category_id,
        tags: new.tags,
        owner: new.owner_id,
        review_by: new.review_by,
        gap: new.gap_id,
        content_hash: None,
    };
    created_once(&cx, "createArticle", key, hash, move |tx, cx| {
        let made = writing::create(tx, cx, &writing)?;
        let (version, id) = (Some(made.version), Some(made.id.uuid()));
        Ok(trust::Made { shape: article_out(tx, cx, made)?, version, id })
    })
    .await
}

pub(super) fn versioned(out: ArticleOut) -> Reply<ArticleOut> {
    let version = out.version;
    Reply::versioned(out, version)
}

async fn get(cx: Cx, PathId(id): PathId<nouns::Article>) -> web::Result<Reply<ArticleOut>> {
    let found = cx.read(move |tx, cx| {
        let article = Article::find(tx, cx, Sight::of(cx), id)?;
        article_out(tx, cx, article)
    });
    Ok(versioned(found.await?))
}

async fn update(
    cx: Cx,
    PathId(id): PathId<nouns::Article>,
    seen: IfMatch,
    Json { value: patch, .. }: Json<ArticlePatch>,
) -> web::Result<Reply<ArticleOut>> {
    let mut changes = changes_of(patch);
    if changes.has_words() {
        changes = prepare(&cx, id, changes).await?;
    }
    let changed = cx.write(move |tx, cx| {
        let article = writing::patch(tx, cx, id, seen, &changes)?;
        article_out(tx, cx, article)
    });
    Ok(versioned(changed.await?))
}

fn changes_of(patch: ArticlePatch) -> Changes {
    Changes {
        title: patch.title.map(String::from),
        body: patch.body.map(String::from),
        excerpt: match patch.excerpt {
            Patch::Set(text) => Patch::Set(text.into()),
            Patch::Clear => Patch::Clear,
            Patch::Keep => Patch::Keep,
        },
        note: patch.note.map(String::from),
        slug: patch.slug.map(String::from),
        audience: patch.audience,
        visibility: patch.visibility,
        category: patch.category_id,
        tags: patch.tags,
        owner: patch.owner_id,
        review_by: patch.review_by,
        prepared: None,
    }
}

/// Renders the new words against the head they change; `If-Match` sees to it that it is still the head.
async fn prepare(cx: &Cx, id: ArticleId, mut changes: Changes) -> base::Result<Changes> {
    let head = cx.read(move |tx, cx| {
        let article = Article::find(tx, cx, Sight::of(cx), id)?;
        let source = translating::source_of(tx, cx, &article)?;
        Version::find(tx, cx, id, &source.locale, source.head)?.ok_or_else(gone)
    });
    let head = head.await?;
    let prepared = tokio::task::spawn_blocking(move || {
        changes.prepared = Some(changes.words_over(&head));
        changes
    });
    prepared.await.map_err(|error| web::INTERNAL.error().caused_by(error))
}

async fn delete(cx: Cx, PathId(id): PathId<nouns::Article>, seen: IfMatch) -> web::Result<NoContent> {
    cx.write(move |tx, cx| deleting::delete(tx, cx, id, seen)).await?;
    Ok(NoContent)
}

/// A status to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStatus {
    /// The status.
    status: ArticleStatus,
}

async fn set_status(
    cx: Cx,
    PathId(id): PathId<nouns::Article>,
    seen: IfMatch,
    Json { value: new, .. }: Json<NewStatus>,
) -> web::Result<Reply<ArticleOut>> {
    let changed = cx.write(move |tx, cx| {
        let article = publishing::set_status(tx, cx, id, seen, new.status)?;
        article_out(tx, cx, article)
    });
    Ok(versioned(changed.await?))
}

/// A time to publish at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Schedule {
    /// The time.
    publish_at: Time,
}

async fn schedule(
    cx: Cx,
    PathId(id): PathId<nouns::Article>,
    seen: IfMatch,
    Json { value: new, .. }: Json<Schedule>,
) -> web::Result<Reply<ArticleOut>> {
    let changed = cx.write(move |tx, cx| {
        let article = publishing::schedule(tx, cx, id, seen, new.publish_at)?;
        article_out(tx, cx, article)
    });
    Ok(versioned(changed.await?))
}

async fn unschedule(cx: Cx, PathId(id): PathId<nouns::Article>, seen: IfMatch) -> web::Result<Reply<ArticleOut>> {
    let changed = cx.write(move |tx, cx| {
        let article = publishing::unschedule(tx, cx, id, seen)?;
        article_out(tx, cx, article)
    });
    Ok(versioned(changed.await?))
}

/// Related articles.
#[derive(Serialize, ToSchema)]
struct RelatedOut {
    /// The articles, in their order.
    items: Vec<ArticleOut>,
    /// Always null: there are at most 20.
    next: Option<String>,
}

/// Related articles to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Related {
    /// Their ids, in their order.
    article_ids: Vec<ArticleId>,
}

async fn related(cx: Cx, PathId(id): PathId<nouns::Article>) -> web::Result<Reply<RelatedOut>> {
    let items = cx.read(move |tx, cx| {
        Article::find(tx, cx, Sight::of(cx), id)?;
        related_outs(tx, cx, id)
    });
    Ok(Reply::new(RelatedOut { items: items.await?, next: None }))
}

async fn relate(
    cx: Cx,
    PathId(id): PathId<nouns::Article>,
    seen: IfMatch,
    Json { value: new, .. }: Json<Related>,
) -> web::Result<Reply<ArticleOut>> {
    let changed = cx.write(move |tx, cx| {
        let article = relating::relate(tx, cx, id, seen, &new.article_ids)?;
        article_out(tx, cx, article)
    });
    Ok(versioned(changed.await?))
}

/// Places of the host app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Contexts {
    /// Their names, such as `billing.invoices`.
    names: Vec<ContextName>,
}

async fn place(
    cx: Cx,
    PathId(id): PathId<nouns::Article>,
    seen: IfMatch,
    Json { value: new, .. }: Json<Contexts>,
) -> web::Result<Reply<ArticleOut>> {
    let changed = cx.write(move |tx, cx| {
        let article = relating::place(tx, cx, id, seen, &new.names)?;
        article_out(tx, cx, article)
    });
    Ok(versioned(changed.await?))
}

/// Places of the host app that have articles.
#[derive(Serialize, ToSchema)]
struct ContextsOut {
    /// The places by name, at most 500.
    items: Vec<ContextOut>,
    /// Always null.
    next: Option<String>,
}

/// A place of the host app.
#[derive(Serialize, ToSchema)]
struct ContextOut {
    /// Its name.
    name: String,
    /// How many articles it has.
    articles: i64,
}

async fn contexts(cx: Cx) -> web::Result<Reply<ContextsOut>> {
    let found = cx.read(relating::context_names).await?;
    let items = found.into_iter().map(|(name, articles)| ContextOut { name, articles }).collect();
    Ok(Reply::new(ContextsOut { items, next: None }))
}

/// A picture that was kept.
#[derive(Serialize, ToSchema)]
struct ImageOut {
    /// What names it.
    id: String,
    /// The Markdown that shows it.
    markdown: String,
}

async fn add_image(
    cx: Cx,
    PathId(id): PathId<nouns::Article>,
    headers: http::HeaderMap,
    body: axum::body::Body,
) -> web::Result<Created<ImageOut>> {
    cx.read(move |tx, cx| Article::find(tx, cx, Sight::of(cx), id).map(drop)).await?;
    let too_large = |error| images::NOT_A_PICTURE.error().caused_by(error);
    let bytes = axum::body::to_bytes(body, images::IMAGE_LIMIT + 1).await.map_err(too_large)?;
    let picture = Picture::new(bytes.to_vec())?;
    let name = headers.get("x-filename").and_then(|name| name.to_str().ok()).unwrap_or_default();
    let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned();
    let name = Line::<200>::new(&name).map(String::from).unwrap_or_else(|_| "picture".to_owned());
    let out = ImageOut { id: picture.id.clone(), markdown: format!("![](cid:{})", picture.id) };
    cx.write(move |tx, cx| images::keep(tx, cx, id, &name, &picture)).await?;
    Ok(Created(Reply::new(out)))
}

async fn show_image(cx: Cx, Two(article, image): Two) -> web::Result<axum::response::Response> {
    let id: ArticleId = article.parse().map_err(|()| web::NOT_FOUND.error())?;
    let shown = cx.read(move |tx, cx| images::show(tx, cx, Sight::of(cx), id, &image)).await?;
    Ok(images::answer(shown))
}

/// Markdown to look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Preview {
    /// The body as Markdown.
    #[schema(value_type = String, min_length = 1, max_length = 1_048_576)]
    body: super::BodyText,
    /// The article it belongs to, whose pictures it shows.
    article_id: Option<ArticleId>,
}

/// How it would look.
#[derive(Serialize, ToSchema)]
struct PreviewOut {
    /// Safe HTML.
    html: String,
    /// The excerpt that would be made of it.
    excerpt: String,
}

async fn preview(cx: Cx, Json { value: new, .. }: Json<Preview>) -> web::Result<Reply<PreviewOut>> {
    let rendered = tokio::task::spawn_blocking(move || Prepared::now(String::new(), new.body.into(), None));
    let rendered = rendered.await.map_err(|error| web::INTERNAL.error().caused_by(error))?;
    let article = new.article_id.unwrap_or(ArticleId::from_uuid(uuid::Uuid::nil()));
    let origin = cx.house().settings.public_url.trim_end_matches('/').to_owned();
    let html = super::with_addresses(&rendered.html, &origin, "en", super::Pictures::OfStaff(article));
    Ok(Reply::new(PreviewOut { html, excerpt: rendered.excerpt }))
}
