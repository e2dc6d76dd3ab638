//! Writing articles: making one, and changing its words and its facts.
//! Rule: changed words are the next version of the source; what readers see changes when it is published.

use base::text::Line;
use base::{Code, Kind, Patch, Result, Time};
use db::Tx;
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::access::Right;
use trust::nouns::MemberId;
use web::IfMatch;

use super::article::Article;
use super::body::Prepared;
use super::events::{Facts, tell};
use super::locales::Locale;
use super::tagging;
use super::text::{ArticleText, Version};
use super::words::{ArticleStatus, Audience, Visibility};
use crate::nouns::{ArticleId, GapId};

/// The external id is taken.
pub static ARTICLE_EXTERNAL_ID_TAKEN: Code = Code::new(
    Kind::Conflict,
    "article_external_id_taken",
    "An article with this `external_id` exists.",
    "Read that article, or choose another id.",
);
/// The category does not exist.
pub static UNKNOWN_ARTICLE_CATEGORY: Code = Code::new(
    Kind::Unprocessable,
    "unknown_article_category",
    "There is no such category.",
    "List them at `/api/v1/categories`.",
);
/// The owner is no member.
pub static UNKNOWN_OWNER: Code =
    Code::new(Kind::Unprocessable, "unknown_owner", "There is no such member.", "List them at `/api/v1/members`.");

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// Everything a new article is made of.
#[derive(Clone, Debug)]
pub struct Writing {
    /// Its first text.
    pub text: Prepared,
    /// The language of that text.
    pub locale: Locale,
    /// Its address; made of the title when absent.
    pub slug: Option<String>,
    /// Its id in another system.
    pub external_id: Option<String>,
    /// Whom it is for.
    pub audience: Audience,
    /// Who may open it.
    pub visibility: Visibility,
    /// Its category.
    pub category: Option<CategoryId>,
    /// Its tags by name.
    pub tags: Vec<Line<60>>,
    /// Who answers for it; the acting member when absent.
    pub owner: Option<MemberId>,
    /// When it is to be looked at again.
    pub review_by: Option<Time>,
    /// The gap it is to fill.
    pub gap: Option<GapId>,
    /// What names its content, for imports that go on.
    pub content_hash: Option<Vec<u8>>,
}

/// Makes an article, as a draft.
pub fn create(tx: &mut Tx<'_>, cx: &Cx, new: &Writing) -> Result<Article> {
    cx.require(Right::KnowledgeWrite)?;
    check(tx, cx, new.category, new.owner)?;
    let now = cx.env().now();
    let article = Article {
        id: cx.new_id(),
        external_id: new.external_id.clone(),
        status: ArticleStatus::Draft,
        audience: new.audience,
        visibility: new.visibility,
        source_locale: new.locale.as_str().to_owned(),
        category: new.category,
        owner: new.owner.or_else(|| cx.actor.member().map(|member| member.id)),
        scheduled_at: None,
        published_at: None,
        reviewed_at: None,
        review_by: new.review_by,
        views: 0,
        content_hash: new.content_hash.clone(),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    if !article.insert(tx, cx)? {
        return Err(ARTICLE_EXTERNAL_ID_TAKEN.error().field("/external_id", "taken", "belongs to another article"));
    }
    ArticleText::start(tx, cx, article.id, &new.locale, (new.slug.as_deref(), None), &new.text)?;
    tagging::tag(tx, cx, article.id, &new.tags)?;
    if let Some(gap) = new.gap {
        crate::gaps::filled_by(tx, cx, gap, article.id)?;
    }
    let facts = Facts { locale: Some(new.locale.as_str()), number: Some(1), ..Facts::default() };
    tell(tx, cx, &article, "article.created", &facts)?;
    Ok(article)
}

fn check(tx: &mut Tx<'_>, cx: &Cx, category: Option<CategoryId>, owner: Option<MemberId>) -> Result<()> {
    if let Some(category) = category
        && !taxonomy::category_exists(tx, cx.workspace(), category)?
    {
        let wrong = UNKNOWN_ARTICLE_CATEGORY.error();
        return Err(wrong.field("/category_id", "unknown", "is no category of this workspace"));
    }
    if let Some(owner) = owner
        && trust::members::Member::find(tx, cx, owner).is_err()
    {
        return Err(UNKNOWN_OWNER.error().field("/owner_id", "unknown", "is no member of this workspace"));
    }
    Ok(())
}

/// What a patch says of each field.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The title of the source.
    pub title: Option<String>,
    /// The body of the source.
    pub body: Option<String>,
    /// The excerpt of the source; null makes it out of the body.
    pub excerpt: Patch<String>,
    /// Why the words changed.
    pub note: Option<String>,
    /// The address of the source.
    pub slug: Option<String>,
    /// Whom it is for.
    pub audience: Option<Audience>,
    /// Who may open it.
    pub visibility: Option<Visibility>,
    /// The category.
    pub category: Patch<CategoryId>,
    /// All tags by name.
    pub tags: Option<Vec<Line<60>>>,
    /// Who answers for it.
    pub owner: Patch<MemberId>,
    /// When it is to be looked at again.
    pub review_by: Patch<Time>,
    /// The new words, rendered before the transaction against the source this version had.
    pub prepared: Option<Prepared>,
}

impl Changes {
    /// Whether the words change, so that they have to be rendered first.
    pub fn has_words(&self) -> bool {
        self.title.is_some() || self.body.is_some() || self.excerpt.is_named()
    }

    /// The words after the change, given those before; renders them.
    pub(crate) fn words_over(&self, before: &Version) -> Prepared {
        let excerpt = match &self.excerpt {
            Patch::Set(text) => Some(text.clone()),
            // An excerpt made of the old body says the old body's start; one that was chosen stays.
            Patch::Keep if self.body.is_none() => Some(before.excerpt.clone()),
            Patch::Keep | Patch::Clear => None,
        };
        let title = self.title.clone().unwrap_or_else(|| before.title.clone());
        Prepared::now(title, self.body.clone().unwrap_or_else(|| before.body.clone()), excerpt)
    }
}

/// Changes an article.
pub fn patch(tx: &mut Tx<'_>, cx: &Cx, id: ArticleId, seen: IfMatch, changes: &Changes) -> Result<Article> {
    let mut article = Article::find_locked(tx, cx, id)?;
    cx.require(Right::KnowledgeWrite)?;
    seen.check(article.version)?;
    let before = article.clone();
    let mut changed = apply(tx, cx, &mut article, changes)?;
    // Who may not publish may not open wider either what is published, or will be by itself.
    let will_be_seen = before.status == ArticleStatus::Published || before.scheduled_at.is_some();
    if will_be_seen && before.open_to() != article.open_to() {
        cx.require(Right::KnowledgePublish)?;
    }
    let number = words(tx, cx, &article, changes, &mut changed)?;
    if changed.is_empty() {
        return Ok(article);
    }
    article.store(tx, cx)?;
    if before.owner != article.owner {
        crate::feedback::hand_over(tx, cx, id, article.owner)?;
    }
    let facts = Facts { changed: &changed, number, ..Facts::default() };
    tell(tx, cx, &article, "article.updated", &facts)?;
    Ok(article)
}

fn apply(tx: &mut Tx<'_>, cx: &Cx, article: &mut Article, changes: &Changes) -> Result<Vec<&'static str>> {
    let set = |patch: &Patch<CategoryId>| if let Patch::Set(id) = patch { Some(*id) } else { None };
    let owner = if let Patch::Set(owner) = changes.owner { Some(owner) } else { None };
    check(tx, cx, set(&changes.category), owner)?;
    let before = article.clone();
    article.audience = changes.audience.unwrap_or(article.audience);
    article.visibility = changes.visibility.unwrap_or(article.visibility);
    article.category = changes.category.clone().over(article.category);
    article.owner = changes.owner.clone().over(article.owner);
    article.review_by = changes.review_by.clone().over(article.review_by);
    if let Some(tags) = &changes.tags {
        tagging::retag(tx, cx, article.id, tags)?;
    }
    let all = [
        ("audience", before.audience != article.audience),
        ("visibility", before.visibility != article.visibility),
        ("category_id", before.category != article.category),
        ("owner_id", before.owner != article.owner),
        ("review_by", before.review_by != article.review_by),
        ("tags", changes.tags.is_some()),
    ];
    Ok(all.into_iter().filter(|(_, is_changed)| *is_changed).map(|(name, _)| name).collect())
}

/// Writes the next version of the source when its words change, and renames it when its address does.
fn words(
    tx: &mut Tx<'_>,
    cx: &Cx,
    article: &Article,
    changes: &Changes,
    changed: &mut Vec<&'static str>,
) -> Result<Option<i64>> {
    let source = super::locale_of(article);
    let Some(mut text) = ArticleText::find(tx, cx, article.id, &source)? else { return Ok(None) };
    if let Some(slug) = &changes.slug
        && text.rename(tx, cx, slug)?
    {
        changed.push("slug");
    }
    let Some(prepared) = changes.prepared.as_ref().filter(|_| changes.has_words()) else { return Ok(None) };
    text.advance(tx, cx, prepared, changes.note.as_deref(), None)?;
    changed.push("text");
    Ok(Some(text.head))
}

/// Notes that somebody looked at an article and found it right. A date to look again that is kept and has passed moves on
/// by as long as it was set for, a day to a year.
pub(crate) fn mark_reviewed(
    tx: &mut Tx<'_>,
    cx: &Cx,
    id: ArticleId,
    seen: IfMatch,
    review_by: &Patch<Time>,
) -> Result<Article> {
    let mut article = Article::find_locked(tx, cx, id)?;
    seen.check(article.version)?;
    let now = cx.env().now();
    let since = article.reviewed_at.or(article.published_at).unwrap_or(article.created_at);
    let next = article.review_by.map(|date| {
        let span = (date.micros() - since.micros()).clamp(DAY, 366 * DAY);
        if date > now { date } else { Time::from_micros(now.micros().saturating_add(span)) }
    });
    article.reviewed_at = Some(now);
    article.review_by = review_by.clone().over(next);
    article.store(tx, cx)?;
    tell(tx, cx, &article, "article.reviewed", &Facts::default())?;
    Ok(article)
}
