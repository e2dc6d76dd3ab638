//! One search: the question, what the index says, and the hits as they are now.

use std::collections::HashMap;
use std::time::Duration;

use base::{Code, Kind, Result};
use db::Tx;
use search::{ArticleHit, ArticleQuery, Codes, Explain, Filter, Found, Reading};
use taxonomy::CategoryId;
use trust::Cx;
use trust::nouns::{CustomerId, WorkspaceId};

use super::indexer::{PUBLISHED, index_problem, translation_id};
use super::meaning::may_speak;
use super::synonyms;
use crate::articles::{self, Audience, Live, Locale, Sight, live_all};
use crate::gaps::{self, Asked, AskedVia};
use crate::nouns::{ArticleId, QueryId};
use crate::state::Library;

/// No article can be read in the language.
pub static UNKNOWN_ARTICLE_LOCALE: Code = Code::new(
    Kind::Unprocessable,
    "unknown_article_locale",
    "No published article is in this language.",
    "Leave `locale` out to search in all of them, or publish a translation first.",
);

/// Characters of a question that are looked at.
pub const LONGEST: usize = 4_000;
/// How long a question may wait for its meaning.
const PATIENCE: Duration = Duration::from_millis(150);
/// Hits asked for beyond those wanted, because a stale index may name what is gone.
const SPARE: usize = 10;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What the reader sees.
    pub sight: Sight,
    /// The question.
    pub text: String,
    /// The language of the reader.
    pub locale: Option<Locale>,
    /// How many.
    pub limit: usize,
    /// Only what is written for these.
    pub audience: Option<Audience>,
    /// Only articles of these categories; any, and those without one, when absent.
    pub categories: Option<Vec<search::Id>>,
    /// Only texts in these languages; any when empty.
    pub locales: Vec<String>,
    /// Whether the last word may be unfinished; such a question costs little and is not kept.
    pub is_typing: bool,
}

impl Wanted {
    /// Ten articles in any language.
    pub fn new(sight: Sight, text: String) -> Wanted {
        // A control character says nothing, and some databases take none.
        let text = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
        Wanted {
            sight,
            text,
            locale: None,
            limit: 10,
            audience: None,
            categories: None,
            locales: Vec::new(),
            is_typing: false,
        }
    }

    /// Only articles of a category and those below it, and only texts in a language, as far as they are named; what is
    /// neither is refused.
    pub async fn within(mut self, cx: &Cx, category: Option<CategoryId>, locale: Option<Locale>) -> Result<Wanted> {
        if category.is_none() && locale.is_none() {
            return Ok(self);
        }
        let (categories, locales) = cx.read(move |tx, cx| narrowed(tx, cx, category, locale.as_ref())).await?;
        (self.categories, self.locales) = (categories, locales);
        Ok(self)
    }

    /// What this asks of the index: no more than the reader sees.
    fn filter(&self) -> Filter<'_> {
        let audiences: Vec<u8> =
            self.sight.audiences().iter().filter(|one| self.is_for(**one)).map(|one| one.code()).collect();
        let narrowed =
            if self.audience == Some(Audience::Customer) { self.sight.min(Sight::Customers) } else { self.sight };
        let visibilities: Vec<u8> = narrowed.visibilities().iter().map(|one| one.code()).collect();
        Filter {
            audiences: Codes::of(&audiences),
            visibilities: Codes::of(&visibilities),
            statuses: Codes::of(&[PUBLISHED]),
            locales: &self.locales,
            categories: self.categories.as_deref(),
        }
    }

    /// Whether an article for this audience is wanted; what is for both is for each.
    fn is_for(&self, audience: Audience) -> bool {
        self.audience.is_none_or(|wanted| audience == wanted || audience == Audience::Both)
    }
}

/// What the index is asked for of a category and a language.
type Narrowed = (Option<Vec<search::Id>>, Vec<String>);

fn narrowed(tx: &mut Tx<'_>, cx: &Cx, category: Option<CategoryId>, locale: Option<&Locale>) -> Result<Narrowed> {
    if let Some(locale) = locale
        && !articles::has_locale(tx, cx, locale)?
    {
        return Err(UNKNOWN_ARTICLE_LOCALE.because(format!("No published article is in `{locale}`.")));
    }
    let Some(category) = category else { return Ok((None, locale.into_iter().map(Locale::to_string).collect())) };
    let below = taxonomy::categories::Tree::load(tx, cx)?.below(category);
    if below.is_empty() {
        return Err(articles::UNKNOWN_ARTICLE_CATEGORY.error());
    }
    let ids = below.iter().map(|category| category.uuid().into_bytes()).collect();
    Ok((Some(ids), locale.into_iter().map(Locale::to_string).collect()))
}

/// An article that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The article as it is now.
    pub live: Live,
    /// Where the words are, as safe HTML.
    pub snippet: String,
    /// How well it fits.
    pub score: f32,
    /// What each leg said.
    pub explain: Explain,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The articles, best first.
    pub hits: Vec<Hit>,
    /// Whether meaning took part.
    pub by_meaning: bool,
    /// How the question was read and weighed.
    pub reading: Reading,
}

/// What was found, and the search as it was kept.
pub struct Logged {
    /// What was found.
    pub answer: Answer,
    /// What names the search.
    pub query: Option<QueryId>,
}

/// Finds articles.
pub async fn find(cx: &Cx, library: &Library, wanted: Wanted) -> Result<Answer> {
    if wanted.text.trim().is_empty() {
        return Ok(Answer::default());
    }
    let synonyms = synonyms::of(cx, library).await?;
    library.meaning().wanted(cx.workspace());
    let (workspace, own, asked) = (cx.workspace(), library.clone(), wanted.clone());
    let looked = tokio::task::spawn_blocking(move || look(&own, workspace, &asked, &synonyms));
    let (found, by_meaning) = looked.await.map_err(index_problem)??;
    let reading = found.reading;
    let hits = cx.read(move |tx, cx| draw(tx, cx, &wanted, &found.hits)).await?;
    Ok(Answer { hits, by_meaning, reading })
}

/// Asks the index; on a thread that may block.
fn look(
    library: &Library,
    workspace: WorkspaceId,
    wanted: &Wanted,
    synonyms: &search::Synonyms,
) -> Result<(Found, bool)> {
    let embedder = library.embedder();
    let is_asked = !wanted.is_typing && embedder.is_there() && may_speak(library, workspace);
    let meaning = is_asked.then(|| embedder.embed(&wanted.text, PATIENCE).ok()).flatten();
    let meaning = meaning.and_then(|vector| search::Vector::from_bytes(&vector.to_bytes()));
    let query = ArticleQuery {
        workspace: workspace.uuid().into_bytes(),
        text: &wanted.text,
        meaning: meaning.as_ref(),
        filter: wanted.filter(),
        locale: wanted.locale.as_ref().map(Locale::as_str),
        synonyms: Some(synonyms),
        limit: (wanted.limit + SPARE).min(search::MAX_HITS),
        offset: 0,
    };
    let index = library.index();
    let found = if wanted.is_typing { index.complete(&query) } else { index.search(&query) };
    let found = found.map_err(index_problem)?;
    let by_meaning = found.reading.weight > 0.0;
    Ok((found, by_meaning))
}

/// Reads the hits again within the reader's sight, best first, up to the limit.
fn draw(tx: &mut Tx<'_>, cx: &Cx, wanted: &Wanted, hits: &[ArticleHit]) -> Result<Vec<Hit>> {
    let mut drawn = Vec::new();
    for some in hits.chunks(50) {
        let ids: Vec<ArticleId> = some.iter().map(article_of).collect();
        let mut by_article: HashMap<ArticleId, Vec<Live>> = HashMap::new();
        for live in live_all(tx, cx, wanted.sight, &ids)? {
            by_article.entry(live.article.id).or_default().push(live);
        }
        for hit in some {
            let Some(texts) = by_article.remove(&article_of(hit)) else { continue };
            drawn.extend(choose(hit, texts, wanted));
            if drawn.len() == wanted.limit {
                return Ok(drawn);
            }
        }
    }
    Ok(drawn)
}

fn article_of(hit: &ArticleHit) -> ArticleId {
    ArticleId::from_uuid(uuid::Uuid::from_bytes(hit.article))
}

/// The text in the reader's language when there is one, else the one that was found.
fn choose(hit: &ArticleHit, mut texts: Vec<Live>, wanted: &Wanted) -> Option<Hit> {
    let is_found = |live: &Live| translation_id(live.article.id, live.version.locale.as_str()) == hit.translation;
    let own = wanted.locale.as_ref().and_then(|read| articles::closest(read, texts.iter().map(Live::locale)));
    let place = own.or_else(|| texts.iter().position(is_found)).unwrap_or(0);
    let live = (place < texts.len()).then(|| texts.swap_remove(place))?;
    // An index that lags behind may still say that an internal article is for customers.
    if !wanted.is_for(live.article.audience) {
        return None;
    }
    let passage = if is_found(&live) { hit.passage } else { 0 };
    let snippet = search::article_snippet(&live.version.body, passage, &wanted.text);
    Some(Hit { live, snippet, score: hit.score, explain: hit.explain })
}

/// Finds articles for somebody who meant it, and keeps the search.
pub async fn find_and_log(
    cx: &Cx,
    library: &Library,
    wanted: Wanted,
    via: AskedVia,
    customer: Option<CustomerId>,
) -> Result<Logged> {
    let locale = wanted.locale.as_ref().map_or("en", Locale::as_str).to_owned();
    let text = wanted.text.clone();
    let answer = find(cx, library, wanted).await?;
    let results = i64::try_from(answer.hits.len()).unwrap_or(0);
    let reading = Some(super::routes::reading_json(&answer.reading));
    let asked = Asked { text, locale, via, results, reading, customer };
    let query = cx.write(move |tx, cx| gaps::ask(tx, cx, &asked)).await?;
    Ok(Logged { answer, query })
}
