//! Articles through their public verbs: what is found by words and by meaning, for whom, and what a crash, damage and
//! erasing leave behind.

#![expect(clippy::unwrap_used, reason = "a failing step fails the test")]

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use search::{
    Article, ArticleChange, ArticleHit, ArticleIndex, ArticleQuery, Codes, Facts, Filter, Id, OpenedArticles, Synonyms,
    Vector, VectorsOf,
};

const ACME: Id = [1; 16];
const OTHER: Id = [2; 16];
const ANYTHING: Filter<'static> =
    Filter { audiences: Codes::ALL, visibilities: Codes::ALL, statuses: Codes::ALL, locales: &[], categories: None };

fn id(number: u32) -> Id {
    let mut id = [7; 16];
    id[12..].copy_from_slice(&number.to_be_bytes());
    id
}

fn article(workspace: Id, number: u32, title: &str, body: &str) -> Article {
    Article {
        workspace,
        article: id(number),
        translation: id(number + 10_000),
        facts: Facts { locale: "en".into(), ..Facts::default() },
        title: title.into(),
        keywords: String::new(),
        body: body.into(),
        stamp: i64::from(number),
    }
}

fn put(number: u32, title: &str, body: &str) -> ArticleChange {
    ArticleChange::Put(Box::new(article(ACME, number, title, body)))
}

fn open(folder: &Path) -> OpenedArticles {
    ArticleIndex::open(folder, 0).unwrap()
}

fn fresh(changes: Vec<ArticleChange>) -> (tempfile::TempDir, ArticleIndex) {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path()).index;
    index.apply(changes).unwrap();
    index.commit("1").unwrap();
    (folder, index)
}

fn query(text: &str) -> ArticleQuery<'_> {
    ArticleQuery {
        workspace: ACME,
        text,
        meaning: None,
        filter: ANYTHING,
        locale: Some("en"),
        synonyms: None,
        limit: 10,
        offset: 0,
    }
}

fn numbers(hits: &[ArticleHit]) -> Vec<u32> {
    hits.iter().map(|hit| u32::from_be_bytes(hit.article[12..].try_into().unwrap())).collect()
}

fn found(index: &ArticleIndex, text: &str) -> Vec<u32> {
    numbers(&index.search(&query(text)).unwrap().hits)
}

fn typed(index: &ArticleIndex, text: &str) -> Vec<u32> {
    numbers(&index.complete(&query(text)).unwrap().hits)
}

/// A vector that points along one axis.
fn along(axis: usize) -> Vector {
    let values = (0..384).map(|at| if at == axis { 127 } else { 0 });
    let bytes: Vec<u8> = values.chain((1.0_f32 / 127.0).to_le_bytes()).collect();
    Vector::from_bytes(&bytes).unwrap()
}

fn vectors(number: u32, axes: &[usize]) -> VectorsOf {
    VectorsOf {
        workspace: ACME,
        article: id(number),
        translation: id(number + 10_000),
        facts: Facts { locale: "en".into(), ..Facts::default() },
        vectors: axes.iter().map(|axis| along(*axis)).collect(),
    }
}

#[test]
fn words_codes_phrases_slips_and_scripts_are_found() {
    let (_folder, index) = fresh(vec![
        put(1, "Resetting your password", "Open the settings and choose *reset*."),
        put(2, "Connection errors", "The client shows ERR_CONN-42 or `0x80070005` since v2.3.1."),
        put(3, "Invoices", "Where invoices are, and how the invoice export works."),
        put(4, "パスワードの再設定", "パスワードを忘れた場合は、設定を開いてください。"),
        put(5, "Teams", "A team export page for the invoice."),
    ]);
    assert_eq!(found(&index, "how do I reset passwords?")[0], 1);
    assert_eq!(found(&index, "err_conn-42"), [2]);
    assert_eq!(found(&index, "what is 0x80070005"), [2]);
    assert_eq!(found(&index, "since v2.3.1"), [2]);
    assert_eq!(found(&index, "\"invoice export\""), [3]);
    assert_eq!(found(&index, "pasword"), [1], "one slip");
    assert_eq!(found(&index, "パスワードを忘れた"), [4]);
    assert_eq!(found(&index, "再設定"), [4]);
    assert!(index.search(&query("pasword")).unwrap().reading.slipped);
    assert!(!index.search(&query("password")).unwrap().reading.slipped);
}

#[test]
fn typing_finds_beginnings_and_wants_every_word() {
    let (_folder, index) = fresh(vec![
        put(1, "Resetting your password", "Open the settings."),
        put(2, "Billing", "Reset the billing cycle."),
    ]);
    assert_eq!(typed(&index, "pass"), [1]);
    assert_eq!(typed(&index, "reset bil"), [2]);
    assert_eq!(typed(&index, "reset"), [1, 2], "the title weighs more");
    assert_eq!(typed(&index, "pasword "), [1], "a slip when nothing else is found");
    assert_eq!(typed(&index, ""), [] as [u32; 0]);
}

#[test]
fn stems_follow_the_language_of_the_article() {
    let mut german = article(ACME, 1, "Rechnungen bezahlen", "So bezahlen Sie eine Rechnung.");
    german.facts.locale = "de-AT".into();
    let mut russian = article(ACME, 2, "Возврат средств", "Как вернуть деньги за покупку.");
    russian.facts.locale = "ru".into();
    let (_folder, index) = fresh(vec![ArticleChange::Put(Box::new(german)), ArticleChange::Put(Box::new(russian))]);
    let ask = |text: &str, locale: &str| {
        let query = ArticleQuery { locale: Some(locale), ..query(text) };
        numbers(&index.search(&query).unwrap().hits)
    };
    assert_eq!(ask("bezahlte Rechnungen", "de"), [1]);
    assert_eq!(ask("возвраты", "ru"), [2]);
    let german_only = ["de-AT".to_owned()];
    let filter = Filter { locales: &german_only, ..ANYTHING };
    assert!(index.search(&ArticleQuery { filter, locale: Some("ru"), ..query("возвраты") }).unwrap().hits.is_empty());
}

#[test]
fn the_best_passage_stands_for_its_article() {
    let filler = "Something else entirely about other matters. ".repeat(40);
    let body = format!("# Start\n\n{filler}\n\n# Refunds\n\nA refund takes five days.\n\n{filler}");
    let (_folder, index) = fresh(vec![put(1, "Payments", &body), put(2, "Other", &filler)]);
    let hits = index.search(&query("refund days")).unwrap().hits;
    assert_eq!(numbers(&hits), [1]);
    assert!(search::article_snippet(&body, hits[0].passage, "refund days").contains("<mark>refund</mark>"));
    assert!(index.passage_count() > 4);
}

#[test]
fn synonyms_of_a_workspace_lead_to_the_same_article() {
    let (_folder, index) = fresh(vec![
        put(1, "Two-factor authentication", "Turn it on in your profile."),
        put(2, "Profile", "Your name."),
    ]);
    let synonyms = Synonyms::new(&[vec!["2fa".into(), "two-factor authentication".into()]]);
    assert!(found(&index, "2fa").is_empty());
    let query = ArticleQuery { synonyms: Some(&synonyms), ..query("2fa") };
    assert_eq!(numbers(&index.search(&query).unwrap().hits), [1]);
}

#[test]
fn a_synonym_counts_more_than_a_word_that_is_written_alike() {
    let (_folder, index) = fresh(vec![
        put(1, "Travelling by coach", "The coach leaves at nine."),
        put(2, "Cleaning a sofa", "A sofa wants a soft brush."),
    ]);
    let synonyms = Synonyms::new(&[vec!["couch".into(), "sofa".into()]]);
    let query = ArticleQuery { synonyms: Some(&synonyms), ..query("couch") };
    assert_eq!(numbers(&index.search(&query).unwrap().hits)[0], 2);
}

#[test]
fn what_has_no_vectors_yet_is_judged_by_words_alone() {
    let (_folder, index) = fresh(vec![put(1, "Getting money back", "Refunds."), put(2, "Heron", "A grey bird.")]);
    index.put_vectors(vectors(1, &[0, 5]));
    let meaning = along(5);
    let asked = ArticleQuery { meaning: Some(&meaning), ..query("grey money heron colours") };
    let answer = index.search(&asked).unwrap();
    assert!(answer.reading.weight > 0.5, "{:?}", answer.reading);
    let waiting = answer.hits.iter().find(|hit| hit.article == id(2)).unwrap();
    assert!((waiting.score - 1.0).abs() < 0.01, "the best by words is not pushed down: {waiting:?}");
}

#[test]
fn meaning_finds_what_words_do_not_and_says_why() {
    let (_folder, index) = fresh(vec![put(1, "Getting money back", "Refunds."), put(2, "Teams", "People.")]);
    assert!(!index.has_vectors(ACME));
    index.put_vectors(vectors(1, &[0, 5]));
    index.put_vectors(vectors(2, &[9, 9]));
    index.vectors_complete(ACME, true);
    assert!(index.has_vectors(ACME) && index.vector_count(ACME) == 4);
    let meaning = along(5);
    let answer = index.search(&ArticleQuery { meaning: Some(&meaning), ..query("reimbursement") }).unwrap();
    let first = &answer.hits[0];
    assert_eq!((first.article, first.passage), (id(1), 0));
    assert!(first.explain.words.is_none() && first.explain.meaning.is_some_and(|leg| leg.rank == 1));
    assert!(answer.reading.weight > 0.0 && !answer.reading.why.is_empty());
    let by_words = index.search(&query("teams")).unwrap();
    assert_eq!((by_words.reading.weight, by_words.reading.coverage), (0.0, 1.0));
    index.drop_vectors(ACME);
    assert_eq!(index.vector_count(ACME), 0);
}

#[test]
fn vectors_follow_what_happens_to_their_article() {
    let (_folder, index) = fresh(vec![put(1, "One", ""), put(2, "Two", ""), put(3, "Three", "")]);
    (1..=3).for_each(|number| index.put_vectors(vectors(number, &[number as usize])));
    let near = |axis: usize| {
        let meaning = along(axis);
        let hits = index.search(&ArticleQuery { meaning: Some(&meaning), ..query("zzz") }).unwrap().hits;
        hits.iter().any(|hit| hit.article == id(axis as u32))
    };
    assert!(near(1) && near(2) && near(3));
    index.apply(vec![ArticleChange::RemoveArticle { workspace: ACME, article: id(1) }]).unwrap();
    let internal = Facts { audience: 1, locale: "en".into(), ..Facts::default() };
    let hidden = Article { facts: internal, ..article(ACME, 2, "Two", "") };
    index.apply(vec![ArticleChange::Put(Box::new(hidden))]).unwrap();
    assert!(!near(1) && near(3) && index.vector_count(ACME) == 2, "before any commit");
    let meaning = along(2);
    let filter = Filter { audiences: Codes::of(&[0]), ..ANYTHING };
    let answer = index.search(&ArticleQuery { meaning: Some(&meaning), filter, ..query("zzz") }).unwrap();
    assert_eq!(numbers(&answer.hits), [3]);
    index.apply(vec![ArticleChange::RemoveWorkspace { workspace: ACME }]).unwrap();
    index.commit("2").unwrap();
    assert_eq!((index.vector_count(ACME), index.passage_count()), (0, 0));
}

#[test]
fn any_text_is_a_question_and_costs_little() {
    let (_folder, index) = fresh(vec![put(1, "hello world", "body")]);
    index.put_vectors(vectors(1, &[0, 1]));
    let meaning = along(0);
    let long = "word another third ".repeat(600);
    let (wide, mixed) = ("漢".repeat(10_000), "مرحبا hello мир 世界 🙂 ".repeat(400));
    let strange = [
        "",
        " ",
        "\"",
        "\"\"",
        "AND OR NOT",
        "a AND (b",
        "title:x",
        "*",
        "hello*",
        "/(a+)+$/",
        "[a TO b]",
        "~3",
        "^^",
        "\\",
        "hello~9",
        "+-!(){}[]^\"~*?:\\/",
        "'; DROP TABLE x; --",
        "🙂🙂",
        "\u{0}\u{202e}",
        &long,
        &wide,
        &mixed,
        "-hello",
        "{\"a\":1}",
        "<script>",
        "%00",
        "e\u{301}",
        "a.b.c.d.e.f",
        "@",
        "#",
        "\"a\" \"b\" \"c",
        "ＦＵＬＬ",
        "\u{feff}",
    ];
    for text in strange {
        for meaning in [None, Some(&meaning)] {
            let asked = ArticleQuery { meaning, ..query(text) };
            assert!(index.search(&asked).unwrap().hits.iter().all(|hit| hit.score.is_finite()));
            index.complete(&asked).unwrap();
        }
    }
    assert_eq!(found(&index, "hello -world"), [1]);
    let far = ArticleQuery { limit: usize::MAX, ..query("hello") };
    assert_eq!(index.search(&far).unwrap().hits.len(), 1);
    assert!(index.search(&ArticleQuery { offset: usize::MAX, ..far }).unwrap().hits.is_empty());
}

#[test]
fn a_crash_before_the_commit_loses_nothing_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let OpenedArticles { index, cursor, rebuilt } = open(folder.path());
    assert_eq!((cursor, rebuilt), (None, false));
    index.apply(vec![put(1, "first", "")]).unwrap();
    index.commit("a").unwrap();
    index.apply(vec![put(1, "renamed", ""), put(2, "second", "")]).unwrap();
    drop(index);

    let OpenedArticles { index, cursor, rebuilt } = open(folder.path());
    assert_eq!((cursor.as_deref(), rebuilt), (Some("a"), false));
    assert!(found(&index, "second").is_empty());
    index.apply(vec![put(1, "renamed", ""), put(2, "second", "")]).unwrap();
    index.commit("b").unwrap();
    assert!(found(&index, "first").is_empty());
    assert_eq!((found(&index, "renamed"), index.passage_count()), (vec![1], 2));
    assert!(index.rest().unwrap() && index.uncommitted() == 0);
    drop(index);
    assert_eq!(open(folder.path()).cursor.as_deref(), Some("b"));
}

#[test]
fn a_damaged_index_is_thrown_away_and_says_so() {
    for damage in ["meta.json", "segment"] {
        let (folder, index) = fresh(vec![put(1, "alpha", "")]);
        index.rest().unwrap();
        drop(index);
        let files = || fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let named = |path: &Path| path.to_string_lossy().ends_with(if damage == "segment" { ".term" } else { damage });
        fs::write(files().find(|path| named(path)).unwrap(), "x").unwrap();
        let OpenedArticles { index, cursor, rebuilt } = open(folder.path());
        assert_eq!((cursor, rebuilt, index.passage_count()), (None, true, 0), "{damage}");
        index.apply(vec![put(1, "alpha", "")]).unwrap();
        index.commit("1").unwrap();
        assert_eq!(found(&index, "alpha"), [1]);
        index.verify().unwrap();
    }
}

#[test]
fn erasing_leaves_no_word_and_no_vector() {
    let (folder, index) = fresh(vec![put(1, "zyxcanaryqwv", "about zyxcanaryqwv"), put(2, "keep", "")]);
    index.put_vectors(vectors(1, &[0, 1]));
    index.erase(ACME, id(1)).unwrap();
    assert!(found(&index, "zyxcanaryqwv").is_empty());
    assert_eq!((found(&index, "keep"), index.vector_count(ACME)), (vec![2], 0));
    let holds = |path: &Path| fs::read(path).unwrap_or_default().windows(12).any(|window| window == b"zyxcanaryqwv");
    assert!(fs::read_dir(folder.path()).unwrap().all(|entry| !holds(&entry.unwrap().path())));
}

/// What others wrote changes nothing of how a word is read: it is neither suggested nor keeps one from being corrected.
#[test]
fn words_of_texts_that_are_not_for_the_reader_stand_for_nothing() {
    let hidden = |number, workspace, body: &str| {
        let facts = Facts { locale: "en".into(), audience: 2, ..Facts::default() };
        ArticleChange::Put(Box::new(Article { facts, ..article(workspace, number, "Notes", body) }))
    };
    let own = || vec![put(1, "Heron", "The invoice of the heron."), put(2, "Herons", "Invoicing begins.")];
    let (_alone, alone) = fresh(own());
    let mut with_others = own();
    for (workspace, from) in [(OTHER, 100), (ACME, 200)] {
        // A slip from what is asked, the word that is asked itself, and more beginnings than are looked for.
        with_others.push(hidden(from, workspace, "invoike invoixe herom pasword"));
        with_others
            .extend((1..40).map(|at| hidden(from + at, workspace, &format!("invoice{at} heronry{at} pasword{at}"))));
    }
    let (_folder, index) = fresh(with_others);
    let filter = Filter { audiences: Codes::of(&[0, 1]), ..ANYTHING };
    for text in ["invoixe", "invoike ", "herom", "pasword", "invoicx", "inv", "her", "heronr", "pass", "invoice1"] {
        let asked = ArticleQuery { filter: filter.clone(), ..query(text) };
        let (with, without) = (index.search(&asked).unwrap(), alone.search(&asked).unwrap());
        assert_eq!(numbers(&with.hits), numbers(&without.hits), "{text}");
        assert_eq!(with.reading.slipped, without.reading.slipped, "{text}");
        let (with, without) = (index.complete(&asked).unwrap(), alone.complete(&asked).unwrap());
        assert_eq!(numbers(&with.hits), numbers(&without.hits), "{text} while typing");
        assert_eq!(with.reading.slipped, without.reading.slipped, "{text} while typing");
    }
}

/// A canary: who it is for, and where.
#[derive(Debug, Clone)]
struct Canary {
    mine: bool,
    audience: u8,
    visibility: u8,
    status: u8,
    german: bool,
    category: Option<u8>,
}

fn canary() -> impl Strategy<Value = Canary> {
    (any::<bool>(), 0..3_u8, 0..3_u8, 0..3_u8, any::<bool>(), prop::option::of(0..3_u8)).prop_map(
        |(mine, audience, visibility, status, german, category)| Canary {
            mine,
            audience,
            visibility,
            status,
            german,
            category,
        },
    )
}

impl Canary {
    fn facts(&self) -> Facts {
        Facts {
            audience: self.audience,
            visibility: self.visibility,
            status: self.status,
            locale: if self.german { "de".into() } else { "en".into() },
            category: self.category.map(|category| [category; 16]),
        }
    }

    fn article(&self, number: u32) -> Article {
        let workspace = if self.mine { ACME } else { OTHER };
        Article { facts: self.facts(), ..article(workspace, number, "canary", "the canary sings in every text") }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_finds_what_is_not_for_them_and_everybody_finds_what_is(
        canaries in prop::collection::vec(canary(), 1..40),
        moved in prop::collection::vec(canary(), 0..6),
        codes in (prop::collection::vec(0..3_u8, 0..3), prop::collection::vec(0..3_u8, 0..3), prop::collection::vec(0..3_u8, 0..3)),
        in_german in any::<bool>(),
        category in prop::option::of(0..3_u8),
    ) {
        let (_folder, index) = fresh(Vec::new());
        let mut now = canaries.clone();
        let put = |number: usize, canary: &Canary| {
            let article = canary.article(number as u32);
            let of = VectorsOf {
                workspace: article.workspace, article: article.article, translation: article.translation,
                facts: article.facts.clone(), vectors: vec![along(1), along(2)],
            };
            index.apply(vec![ArticleChange::Put(Box::new(article))]).unwrap();
            index.put_vectors(of);
        };
        canaries.iter().enumerate().for_each(|(number, canary)| put(number, canary));
        index.commit("2").unwrap();
        // Some change their facts later, within their workspace.
        for (number, canary) in moved.iter().enumerate().take(canaries.len()) {
            now[number] = Canary { mine: now[number].mine, ..canary.clone() };
            put(number, &now[number]);
        }
        index.commit("3").unwrap();
        let locales = if in_german { vec!["de".to_owned()] } else { Vec::new() };
        let categories: Vec<Id> = category.into_iter().map(|category| [category; 16]).collect();
        let filter = Filter {
            audiences: Codes::of(&codes.0), visibilities: Codes::of(&codes.1), statuses: Codes::of(&codes.2),
            locales: &locales, categories: category.map(|_| categories.as_slice()),
        };
        let may = |canary: &Canary| canary.mine
            && codes.0.contains(&canary.audience) && codes.1.contains(&canary.visibility) && codes.2.contains(&canary.status)
            && (!in_german || canary.german) && category.is_none_or(|wanted| canary.category == Some(wanted));
        let wanted: Vec<u32> = (0..).zip(&now).filter(|(_, canary)| may(canary)).map(|(number, _)| number).collect();
        let meaning = along(2);
        for (text, meaning) in [("canary sings", None), ("canary sings", Some(&meaning)), ("unheard", Some(&meaning)), ("\"every text\"", None)] {
            let asked = ArticleQuery { meaning, filter: filter.clone(), limit: 100, ..query(text) };
            let mut got = numbers(&index.search(&asked).unwrap().hits);
            got.sort_unstable();
            prop_assert_eq!(&got, &wanted, "{}", text);
        }
        for text in ["can", "canary s", "canarx "] {
            let mut got = numbers(&index.complete(&ArticleQuery { filter: filter.clone(), limit: 100, ..query(text) }).unwrap().hits);
            got.sort_unstable();
            prop_assert_eq!(&got, &wanted, "{}", text);
        }
    }
}
