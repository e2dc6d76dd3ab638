//! Articles as they go over the wire to staff.

use std::collections::HashMap;

use base::text::Line;
use base::{Patch, Result, Time};
use db::Tx;
use serde::{Deserialize, Serialize};
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::nouns::MemberId;
use utoipa::ToSchema;

use super::article::Article;
use super::body::{BodyText, Excerpt, Title};
use super::diff::Change;
use super::locales::Locale;
use super::relating::{contexts_of, related_to};
use super::tagging::tags_of;
use super::text::{ArticleText, Version};
use super::words::{ArticleStatus, Audience, Visibility};
use crate::feedback::Verdict;
use crate::nouns::{ArticleId, GapId};

/// An article to write.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewArticle {
    /// The title.
    pub title: Title,
    /// The body as Markdown, at most 1 MiB; links to other articles as `article:ID`, pictures as `cid:…`.
    #[schema(value_type = String, min_length = 1, max_length = 1_048_576)]
    pub body: BodyText,
    /// The language it is written in; the help centre's own when absent.
    pub locale: Option<Locale>,
    /// The address; made of the title when absent.
    pub slug: Option<Line<200>>,
    /// A sentence for lists; made of the body when absent.
    pub excerpt: Option<Excerpt>,
    /// Its id in another system.
    pub external_id: Option<Line<200>>,
    /// Whom it is for; everybody when absent.
    pub audience: Option<Audience>,
    /// Who may open it; anybody when absent.
    pub visibility: Option<Visibility>,
    /// The category.
    pub category_id: Option<CategoryId>,
    /// The tags by name.
    #[serde(default)]
    pub tags: Vec<Line<60>>,
    /// Who answers for it; whoever writes it when absent.
    pub owner_id: Option<MemberId>,
    /// When it is to be looked at again.
    pub review_by: Option<Time>,
    /// The gap it is to fill.
    pub gap_id: Option<GapId>,
}

/// A change of an article: what is absent stays, null empties.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArticlePatch {
    /// The title of the source.
    pub title: Option<Title>,
    /// The body of the source.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1_048_576)]
    pub body: Option<BodyText>,
    /// The excerpt of the source; null makes it out of the body.
    #[serde(default)]
    #[schema(value_type = Option<Excerpt>)]
    pub excerpt: Patch<Excerpt>,
    /// Why the words changed, for the list of versions.
    pub note: Option<Line<300>>,
    /// The address; the old one leads here from now on.
    pub slug: Option<Line<200>>,
    /// Whom it is for.
    pub audience: Option<Audience>,
    /// Who may open it.
    pub visibility: Option<Visibility>,
    /// The category.
    #[serde(default)]
    #[schema(value_type = Option<CategoryId>)]
    pub category_id: Patch<CategoryId>,
    /// All tags by name.
    pub tags: Option<Vec<Line<60>>>,
    /// Who answers for it.
    #[serde(default)]
    #[schema(value_type = Option<MemberId>)]
    pub owner_id: Patch<MemberId>,
    /// When it is to be looked at again.
    #[serde(default)]
    #[schema(value_type = Option<Time>)]
    pub review_by: Patch<Time>,
}

/// A translation to write.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTranslation {
    /// The title.
    pub title: Title,
    /// The body as Markdown.
    #[schema(value_type = String, min_length = 1, max_length = 1_048_576)]
    pub body: BodyText,
    /// The address; made of the title when absent.
    pub slug: Option<Line<200>>,
    /// A sentence for lists; made of the body when absent.
    pub excerpt: Option<Excerpt>,
    /// Why the words changed.
    pub note: Option<Line<300>>,
}

/// An article.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ArticleOut {
    /// The id.
    pub id: ArticleId,
    /// Its id in another system.
    pub external_id: Option<String>,
    /// Where it is in its life.
    pub status: ArticleStatus,
    /// Whom it is for.
    pub audience: Audience,
    /// Who may open it.
    pub visibility: Visibility,
    /// The language it was written in.
    pub source_locale: String,
    /// The title of the source.
    pub title: String,
    /// The address of the source.
    pub slug: String,
    /// A sentence for lists.
    pub excerpt: String,
    /// The category.
    pub category_id: Option<CategoryId>,
    /// The tags by name.
    pub tags: Vec<String>,
    /// Who answers for it.
    pub owner_id: Option<MemberId>,
    /// Its languages, the source among them.
    pub translations: Vec<TranslationState>,
    /// Whether it is published and has words that are not.
    pub has_changes: bool,
    /// When it is to be published.
    pub scheduled_at: Option<Time>,
    /// When it was first published.
    pub published_at: Option<Time>,
    /// When somebody last found it right.
    pub reviewed_at: Option<Time>,
    /// When it is to be looked at again.
    pub review_by: Option<Time>,
    /// How often it was read.
    pub views: i64,
    /// What readers said of the live version of the source.
    pub votes: VotesOut,
    /// The places of the host app where it helps.
    pub contexts: Vec<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// The version, for `If-Match`.
    pub version: i64,
}

/// An article in one language, without its words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TranslationState {
    /// The language.
    pub locale: Locale,
    /// The title.
    pub title: String,
    /// The address.
    pub slug: String,
    /// The number of its newest version.
    pub number: i64,
    /// The number of the version that readers see.
    pub live_number: Option<i64>,
    /// Whether it is the language the article was written in.
    pub is_source: bool,
    /// Whether the source changed since this was translated.
    pub source_changed: bool,
    /// When it last changed.
    pub updated_at: Time,
}

/// What readers said of one version.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct VotesOut {
    /// Votes that say it helped.
    pub helpful: i64,
    /// Votes that say it did not.
    pub unhelpful: i64,
    /// The share that it helped, 0 to 1; null without votes.
    pub share: Option<f64>,
    /// The lower end of the 95 % Wilson interval of that share.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl From<Verdict> for VotesOut {
    fn from(verdict: Verdict) -> VotesOut {
        let interval = verdict.interval();
        VotesOut {
            helpful: verdict.helpful,
            unhelpful: verdict.unhelpful,
            share: verdict.share(),
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
        }
    }
}

/// One version of a text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct VersionOut {
    /// The language.
    pub locale: Locale,
    /// Its number, from 1.
    pub number: i64,
    /// The title.
    pub title: String,
    /// Why the words changed.
    pub note: Option<String>,
    /// Who wrote it: `member`, `token` or `house`.
    pub author_kind: String,
    /// The id of the member who wrote it.
    pub author_id: Option<MemberId>,
    /// What readers said of it.
    pub votes: VotesOut,
    /// When it was written.
    pub created_at: Time,
}

/// One version of a text with its words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TextOut {
    /// The version.
    pub version: VersionOut,
    /// The sentence for lists.
    pub excerpt: String,
    /// The body as Markdown.
    pub body: String,
    /// Safe HTML derived from it.
    pub html: String,
}

/// What changed between two versions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DiffOut {
    /// The older version.
    pub from: VersionOut,
    /// The newer version.
    pub to: VersionOut,
    /// The lines of both bodies in reading order.
    pub lines: Vec<DiffLine>,
}

/// A line of a comparison.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DiffLine {
    /// What became of it.
    pub change: Change,
    /// The line.
    pub text: String,
}

pub(crate) fn version_out(version: &Version) -> VersionOut {
    let is_member = version.author_kind == "member";
    VersionOut {
        locale: version.locale.clone(),
        number: version.number,
        title: version.title.clone(),
        note: version.note.clone(),
        author_kind: version.author_kind.clone(),
        author_id: version.author.filter(|_| is_member).map(MemberId::from_uuid),
        votes: Verdict { helpful: version.helpful, unhelpful: version.unhelpful }.into(),
        created_at: version.created_at,
    }
}

pub(crate) fn text_out(cx: &Cx, article: ArticleId, version: &Version) -> TextOut {
    let origin = cx.house().settings.public_url.trim_end_matches('/');
    let html = version.safe_html();
    TextOut {
        version: version_out(version),
        excerpt: version.excerpt.clone(),
        body: version.body.clone(),
        html: super::with_addresses(&html, origin, version.locale.as_str(), super::Pictures::OfStaff(article)),
    }
}

/// The shape of one article.
pub(crate) fn article_out(tx: &mut Tx<'_>, cx: &Cx, article: Article) -> Result<ArticleOut> {
    article_outs(tx, cx, vec![article])?.pop().ok_or_else(super::gone)
}

/// The shapes of articles, in a fixed number of queries.
pub(crate) fn article_outs(tx: &mut Tx<'_>, cx: &Cx, articles: Vec<Article>) -> Result<Vec<ArticleOut>> {
    if articles.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ArticleId> = articles.iter().map(|article| article.id).collect();
    let mut texts: HashMap<ArticleId, Vec<ArticleText>> = HashMap::new();
    for text in ArticleText::of_many(tx, cx, &ids)? {
        texts.entry(text.article).or_default().push(text);
    }
    let mut tags = tags_of(tx, cx, &ids)?;
    let mut contexts = contexts_of(tx, cx, &ids)?;
    let verdicts = crate::feedback::verdicts(tx, cx, &ids)?;
    let draw = |article: Article| {
        let id = article.id;
        let mut out = draw(article, &texts.remove(&id).unwrap_or_default());
        out.tags = tags.remove(&id).unwrap_or_default();
        out.contexts = contexts.remove(&id).unwrap_or_default();
        out.votes = verdicts.get(&id).copied().unwrap_or_default().into();
        out
    };
    Ok(articles.into_iter().map(draw).collect())
}

fn draw(article: Article, texts: &[ArticleText]) -> ArticleOut {
    let source = texts.iter().find(|text| text.locale.as_str() == article.source_locale);
    let head = source.map_or(0, |source| source.head);
    let is_behind = |text: &ArticleText| text.live != Some(text.head);
    ArticleOut {
        id: article.id,
        has_changes: article.status == ArticleStatus::Published && texts.iter().any(is_behind),
        title: source.map(|text| text.title.clone()).unwrap_or_default(),
        slug: source.map(|text| text.slug.clone()).unwrap_or_default(),
        excerpt: source.map(|text| text.excerpt.clone()).unwrap_or_default(),
        translations: texts.iter().map(|text| state(text, &article, head)).collect(),
        external_id: article.external_id,
        status: article.status,
        audience: article.audience,
        visibility: article.visibility,
        source_locale: article.source_locale,
        category_id: article.category,
        tags: Vec::new(),
        owner_id: article.owner,
        scheduled_at: article.scheduled_at,
        published_at: article.published_at,
        reviewed_at: article.reviewed_at,
        review_by: article.review_by,
        views: article.views,
        votes: VotesOut::default(),
        contexts: Vec::new(),
        created_at: article.created_at,
        updated_at: article.updated_at,
        version: article.version,
    }
}

fn state(text: &ArticleText, article: &Article, head: i64) -> TranslationState {
    TranslationState {
        locale: text.locale.clone(),
        title: text.title.clone(),
        slug: text.slug.clone(),
        number: text.head,
        live_number: text.live,
        is_source: text.locale.as_str() == article.source_locale,
        source_changed: text.source_number.is_some_and(|number| number != head),
        updated_at: text.updated_at,
    }
}

/// The articles related to one.
pub(crate) fn related_outs(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId) -> Result<Vec<ArticleOut>> {
    let ids = related_to(tx, cx, article)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = Article::find_many(tx, cx, super::Sight::of(cx), &ids)?;
    article_outs(tx, cx, found)
}
