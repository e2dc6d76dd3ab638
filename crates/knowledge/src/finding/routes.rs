//! The doors of article search for staff: searching with reasons, synonyms, and how far the index is.

use base::Result;
use search::{Leg, Reading};
use serde::{Deserialize, Serialize};
use taxonomy::CategoryId;
use trust::Cx;
use utoipa::{IntoParams, ToSchema};
use web::{Access, Class, Created, IfMatch, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::search::{Answer, Hit, Wanted, find, find_and_log};
use super::synonyms::{self, Group, Word};
use crate::articles::{Audience, Locale, Sight, Visibility};
use crate::gaps::AskedVia;
use crate::nouns::{self, ArticleId, SynonymId};
use crate::state::Library;

const READ: Access = Access::Member("knowledge:read");
const WRITE: Access = Access::Member("knowledge:write");
/// Hits of an answer when nothing is asked for, and at most.
const USUAL: usize = 10;
const MOST: usize = 100;

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/search/articles", "searchArticles", READ, search)
            .about("Finds published articles by words and meaning, best first.")
            .class(Class::Search)
            .query::<SearchQuery>()
            .gives::<FoundArticles>(200),
        Op::new(Method::Get, "/api/v1/article-index", "getArticleIndex", READ, progress)
            .about("How far the index of articles is, and whether there is a model.")
            .gives::<IndexOut>(200),
        Op::new(Method::Get, "/api/v1/synonyms", "listSynonyms", READ, list)
            .about("The groups of words that mean the same, at most 1,000.")
            .gives::<SynonymList>(200),
        Op::new(Method::Post, "/api/v1/synonyms", "createSynonym", WRITE, create)
            .about("Makes a group of words that mean the same.")
            .takes::<NewSynonym>()
            .gives::<SynonymOut>(201),
        Op::new(Method::Put, "/api/v1/synonyms/{id}", "updateSynonym", WRITE, change)
            .about("Sets the words of a group.")
            .takes::<NewSynonym>()
            .versioned()
            .gives::<SynonymOut>(200),
        Op::new(Method::Delete, "/api/v1/synonyms/{id}", "deleteSynonym", WRITE, delete)
            .about("Deletes a group of synonyms."),
    ]
}

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    /// The question; at most 4,000 characters count.
    q: String,
    /// How many, 1 to 100; 10 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Only articles for these, and those for both.
    #[param(inline)]
    audience: Option<Audience>,
    /// Only articles of this category and those below it.
    #[param(value_type = Option<String>)]
    category: Option<CategoryId>,
    /// Only texts in this language.
    #[param(value_type = Option<String>)]
    locale: Option<Locale>,
    /// The language of whoever asks, which an article is shown in when it has it; that of `locale` when absent.
    #[param(value_type = Option<String>)]
    reader_locale: Option<Locale>,
    /// Whether somebody meant it: a settled search is kept as one of an agent, which counts for no gap of customers.
    settled: Option<bool>,
    /// Whether each hit says why it stands where it does.
    explain: Option<bool>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
struct FoundArticles {
    /// The articles, best first.
    items: Vec<FoundArticle>,
    /// Always null: searches have one page.
    next: Option<String>,
    /// Whether meaning took part, or words alone.
    by_meaning: bool,
    /// How the question was read and weighed, when asked for.
    reading: Option<ReadingOut>,
}

/// An article that was found.
#[derive(Serialize, ToSchema)]
struct FoundArticle {
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
    /// Whom it is for.
    audience: Audience,
    /// Who may open it.
    visibility: Visibility,
    /// Its address in the help centre, without the host.
    path: String,
    /// Why it stands where it does, when asked for.
    explain: Option<ExplainOut>,
}

/// Why a hit stands where it does.
#[derive(Serialize, ToSchema)]
struct ExplainOut {
    /// What its words say.
    words: Option<LegOut>,
    /// What its meaning says.
    meaning: Option<LegOut>,
}

/// A place in one leg of the search.
#[derive(Serialize, ToSchema)]
struct LegOut {
    /// From 1.
    rank: u32,
    /// As the leg measures: BM25 or cosine.
    score: f32,
}

/// How a question was read and weighed.
#[derive(Serialize, ToSchema)]
struct ReadingOut {
    /// The share of meaning in the score, 0 to 1.
    weight: f32,
    /// Why.
    why: &'static str,
    /// Terms that carry something.
    terms: u32,
    /// Identifiers, codes and phrases among them.
    codes: u32,
    /// How much of the question the best article by words holds, 0 to 1.
    coverage: f32,
    /// The highest cosine.
    closeness: f32,
    /// How far the best article by words stands above the others.
    margin_words: f32,
    /// The same by meaning.
    margin_meaning: f32,
    /// How far both legs agree, 0 to 1.
    agreement: f32,
    /// Whether words were found only with a slip or in part.
    slipped: bool,
}

fn reading_out(reading: &Reading) -> ReadingOut {
    ReadingOut {
        weight: reading.weight,
        why: reading.why,
        terms: reading.terms,
        codes: reading.codes,
        coverage: reading.coverage,
        closeness: reading.closeness,
        margin_words: reading.margin_words,
        margin_meaning: reading.margin_meaning,
        agreement: reading.agreement,
        slipped: reading.slipped,
    }
}

/// The same as JSON, for the log of searches.
pub(super) fn reading_json(reading: &Reading) -> String {
    serde_json::to_string(&reading_out(reading)).unwrap_or_default()
}

fn hit_out(hit: &Hit, is_explained: bool) -> FoundArticle {
    let leg = |leg: Option<Leg>| leg.map(|leg| LegOut { rank: leg.rank, score: leg.score });
    let explained = || ExplainOut { words: leg(hit.explain.words), meaning: leg(hit.explain.meaning) };
    FoundArticle {
        id: hit.live.article.id,
        external_id: hit.live.article.external_id.clone(),
        title: hit.live.version.title.clone(),
        snippet: hit.snippet.clone(),
        score: hit.score,
        locale: hit.live.version.locale.clone(),
        audience: hit.live.article.audience,
        visibility: hit.live.article.visibility,
        path: crate::help::article_path(hit.live.version.locale.as_str(), &hit.live.slug),
        explain: is_explained.then(explained),
    }
}

async fn search(cx: Cx, library: Library, Query(asked): Query<SearchQuery>) -> web::Result<Reply<FoundArticles>> {
    let limit = asked.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(web::INVALID_QUERY.because("`limit` takes 1 to 100.").into());
    }
    let is_explained = asked.explain.unwrap_or(false);
    let reader = asked.locale.clone().or(asked.reader_locale);
    let wanted = Wanted { limit, audience: asked.audience, locale: reader, ..Wanted::new(Sight::of(&cx), asked.q) };
    let wanted = wanted.within(&cx, asked.category, asked.locale).await?;
    let answer = if asked.settled.unwrap_or(false) {
        find_and_log(&cx, &library, wanted, AskedVia::Console, None).await?.answer
    } else {
        find(&cx, &library, wanted).await?
    };
    let Answer { hits, by_meaning, reading } = answer;
    let items = hits.iter().map(|hit| hit_out(hit, is_explained)).collect();
    let reading = is_explained.then(|| reading_out(&reading));
    Ok(Reply::new(FoundArticles { items, next: None, by_meaning, reading }))
}

/// How far an index is that is being built again.
#[derive(Serialize, ToSchema)]
struct RebuildOut {
    /// Articles that were looked at.
    done: i64,
    /// Articles there are.
    total: i64,
}

/// How far the index is.
#[derive(Serialize, ToSchema)]
struct IndexOut {
    /// Passages that can be found by words, of all workspaces of this node.
    passages: u64,
    /// Vectors in memory: a title and its passages count each.
    vectors: usize,
    /// Articles that wait for their vectors.
    waiting: usize,
    /// Texts embedded since this node started.
    embedded: u64,
    /// How far the index is while it is built from the articles again; null when it is not.
    rebuild: Option<RebuildOut>,
    /// `ready`, `absent` or `wrong`; without a model searches go by words alone.
    model: &'static str,
    /// What is wrong with the model's file, or where it was looked for.
    model_note: Option<String>,
}

async fn progress(cx: Cx, library: Library) -> web::Result<Reply<IndexOut>> {
    let workspace = cx.workspace();
    let looked = tokio::task::spawn_blocking(move || index_out(&library, workspace));
    Ok(Reply::new(looked.await.map_err(super::index_problem)?))
}

fn index_out(library: &Library, workspace: trust::nouns::WorkspaceId) -> IndexOut {
    let (model, model_note) = match library.embedder().status() {
        ml::Status::Ready { .. } => ("ready", None),
        ml::Status::Absent { .. } => ("absent", Some("Install one with `mainstay model install FILE`.".to_owned())),
        ml::Status::Wrong { cause, .. } => ("wrong", Some(cause)),
    };
    IndexOut {
        passages: library.index().passage_count(),
        vectors: library.index().vector_count(workspace.uuid().into_bytes()),
        waiting: library.meaning().waiting(workspace),
        embedded: library.meaning().embedded(),
        rebuild: library
            .rebuilds()
            .of(workspace)
            .map(|rebuild| RebuildOut { done: rebuild.done, total: rebuild.total }),
        model,
        model_note,
    }
}

/// A group of words that mean the same.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSynonym {
    /// The words, 2 to 16; phrases are allowed.
    words: Vec<Word>,
}

/// A group of words that mean the same.
#[derive(Serialize, ToSchema)]
struct SynonymOut {
    /// The id.
    id: SynonymId,
    /// The words.
    words: Vec<String>,
    /// The version, for `If-Match`.
    version: i64,
}

/// The groups of a workspace.
#[derive(Serialize, ToSchema)]
struct SynonymList {
    /// The groups.
    items: Vec<SynonymOut>,
    /// Always null: there are at most 1,000.
    next: Option<String>,
}

impl From<Group> for SynonymOut {
    fn from(group: Group) -> SynonymOut {
        SynonymOut { id: group.id, words: group.words, version: group.version }
    }
}

async fn list(cx: Cx) -> web::Result<Reply<SynonymList>> {
    let groups = cx.read(synonyms::list).await?;
    Ok(Reply::new(SynonymList { items: groups.into_iter().map(SynonymOut::from).collect(), next: None }))
}

async fn create(
    cx: Cx,
    library: Library,
    Json { value: new, .. }: Json<NewSynonym>,
) -> web::Result<Created<SynonymOut>> {
    let made = cx.write(move |tx, cx| synonyms::create(tx, cx, &new.words)).await?;
    Ok(Created(forgotten(&cx, &library, made)))
}

async fn change(
    cx: Cx,
    library: Library,
    PathId(id): PathId<nouns::Synonym>,
    seen: IfMatch,
    Json { value: new, .. }: Json<NewSynonym>,
) -> web::Result<Reply<SynonymOut>> {
    let changed = cx.write(move |tx, cx| synonyms::change(tx, cx, id, seen, &new.words)).await?;
    Ok(forgotten(&cx, &library, changed))
}

fn forgotten(cx: &Cx, library: &Library, group: Group) -> Reply<SynonymOut> {
    library.synonyms().forget(cx.workspace());
    let version = group.version;
    Reply::versioned(group.into(), version)
}

async fn delete(cx: Cx, library: Library, PathId(id): PathId<nouns::Synonym>) -> web::Result<NoContent> {
    let deleted: Result<()> = cx.write(move |tx, cx| synonyms::delete(tx, cx, id)).await;
    deleted?;
    library.synonyms().forget(cx.workspace());
    Ok(NoContent)
}
