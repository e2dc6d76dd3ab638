//! What a search of articles costs: `search_cost CORPUS.jsonl.gz MODEL`. Prints a row a line, what and figure divided by a
//! tab. Vectors of passages are drawn, as embedding them takes hours; a question's is real.

#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use ml::Embedder;
use search::{
    Article, ArticleChange, ArticleIndex, ArticleQuery, Codes, Facts, Filter, Id, Vector, VectorsOf, passages,
};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query as Tree, TermQuery};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, TokenStream};
use tantivy::{Index, IndexReader, TantivyDocument, Term};

const WORKSPACE: Id = [1; 16];
const PASSAGES: usize = 100_000;
const QUESTIONS: usize = 150;
const ROUNDS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(5);

/// A line of the corpus.
#[derive(serde::Deserialize)]
struct Line {
    title: String,
    text: String,
}

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [corpus, model] = arguments.as_slice() else { anyhow::bail!("search_cost CORPUS.jsonl.gz MODEL") };
    let folder = std::env::temp_dir().join(format!("mainstay-cost-{}", std::process::id()));
    let done = measure(corpus, model, &folder);
    fs::remove_dir_all(&folder)?;
    done
}

fn measure(corpus: &Path, model: &Path, folder: &Path) -> Result<()> {
    let lines = read(corpus)?;
    let questions = questions(&lines);
    let ours = fill_ours(&lines, &folder.join("ours"))?;
    let bare = Bare::fill(&lines, &folder.join("bare"))?;
    let embedder = Embedder::new(vec![model.to_owned()]);
    embedder.check()?;

    let library = clock(&questions, |question| bare.ask(question, Occur::Should));
    let all = clock(&questions, |question| bare.ask(question, Occur::Must));
    let embedding = clock(&questions, |question| Ok(embedder.embed(question, PATIENCE).map(|_| 1)?));
    row("bare library, any of the words", millis(library));
    row("bare library, all of the words", millis(all));
    row("bare embedding of the question", millis(embedding));
    let words = clock(&questions, |question| ask(&ours, question, None));
    row("our words alone", millis(words));
    let vector = embedder.embed(questions.first().context("no question")?, PATIENCE)?;
    let vector = Vector::from_bytes(&vector.to_bytes()).context("no vector")?;
    let meaning = clock(&questions, |_| ask(&ours, "", Some(&vector)));
    row("our meaning alone", millis(meaning));
    let full = clock(&questions, |question| {
        let vector = embedder.embed(question, PATIENCE)?;
        ask(&ours, question, Vector::from_bytes(&vector.to_bytes()).as_ref())
    });
    let ratio = full.as_secs_f64() / (library + embedding).as_secs_f64();
    row(
        "our full search, embedding included",
        format!("{}, {ratio:.2} × (bare library + bare embedding)", millis(full)),
    );
    for (name, share) in [("half of a question", 0.5), ("a whole question", 1.0)] {
        let typed: Vec<String> = questions.iter().map(|question| beginning(question, share)).collect();
        let any = clock(&typed, |question| bare.ask(question, Occur::Should));
        let time = clock(&typed, |question| Ok(ours.complete(&query(question, None))?.hits.len()));
        let ratio = time.as_secs_f64() / any.as_secs_f64();
        row(&format!("typing, {name}"), format!("{}, {ratio:.2} × bare library", millis(time)));
    }
    let start = Instant::now();
    ours.apply(vec![change(0, lines.first().context("an empty corpus")?)])?;
    ours.commit("2")?;
    row("a change and its commit", format!("{:.0} ms", start.elapsed().as_secs_f64() * 1e3));
    Ok(())
}

fn row(what: &str, figure: impl std::fmt::Display) {
    println!("{what}\t{figure}");
}

fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

fn read(corpus: &Path) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let mut count = 0;
    for line in BufReader::new(GzDecoder::new(File::open(corpus)?)).lines() {
        let line: Line = serde_json::from_str(&line?)?;
        count += passages(&line.text).len();
        lines.push(line);
        if count >= PASSAGES {
            break;
        }
    }
    Ok(lines)
}

/// What people might ask of this corpus: its titles, without filler that we leave out and the bare library would not.
fn questions(lines: &[Line]) -> Vec<String> {
    let step = (lines.len() / QUESTIONS).max(1);
    let titles = lines.iter().step_by(step).map(|line| line.title.trim()).filter(|title| title.len() > 8);
    titles.map(str::to_owned).collect()
}

/// The first share of a text, as somebody who types it.
fn beginning(text: &str, share: f64) -> String {
    let count = (text.chars().count() as f64 * share) as usize;
    text.chars().take(count.max(3)).collect()
}

/// CPU time of the process per question, after a first round that counts for nothing.
fn clock(questions: &[String], mut ask: impl FnMut(&str) -> Result<usize>) -> Duration {
    let mut round = |questions: &[String]| questions.iter().for_each(|question| drop(black_box(ask(question))));
    round(questions);
    let start = cpu();
    (0..ROUNDS).for_each(|_| round(questions));
    (cpu() - start) / u32::try_from(questions.len() * ROUNDS).unwrap_or(1)
}

/// CPU time of the process, in steps of 10 ms.
fn cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let numbers = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    Duration::from_millis(numbers.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10)
}

/// Memory that is the process's own, in MB.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1e3
}

fn query<'a>(text: &'a str, meaning: Option<&'a Vector>) -> ArticleQuery<'a> {
    let filter = Filter {
        audiences: Codes::of(&[0]),
        visibilities: Codes::of(&[0]),
        statuses: Codes::of(&[0]),
        locales: &[],
        categories: None,
    };
    ArticleQuery {
        workspace: WORKSPACE,
        text,
        meaning,
        filter,
        locale: Some("en"),
        synonyms: None,
        limit: 10,
        offset: 0,
    }
}

fn ask(index: &ArticleIndex, text: &str, meaning: Option<&Vector>) -> Result<usize> {
    Ok(index.search(&query(text, meaning))?.hits.len())
}

fn id(number: usize) -> Id {
    (number as u128).to_be_bytes()
}

fn facts() -> Facts {
    Facts { locale: "en".into(), ..Facts::default() }
}

fn change(number: usize, line: &Line) -> ArticleChange {
    ArticleChange::Put(Box::new(Article {
        workspace: WORKSPACE,
        article: id(number),
        translation: id(number),
        facts: facts(),
        title: line.title.clone(),
        keywords: String::new(),
        body: line.text.clone(),
        stamp: 0,
    }))
}

fn fill_ours(lines: &[Line], folder: &Path) -> Result<ArticleIndex> {
    let index = ArticleIndex::open(folder, 0)?.index;
    let (start, before) = (cpu(), resident());
    for (number, line) in lines.iter().enumerate() {
        index.apply(vec![change(number, line)])?;
        if number % 500 == 499 {
            index.commit("1")?;
        }
    }
    index.commit("1")?;
    let spent = (cpu() - start).as_secs_f64();
    let count = index.passage_count();
    row("indexed", format!("{} articles, {count} passages", lines.len()));
    row("indexing", format!("{spent:.1} s CPU, {:.0} passages a CPU second", count as f64 / spent));
    index.rest()?;
    row("on disk", format!("{:.0} MB", index.size_on_disk()? as f64 / 1e6));
    row("memory after indexing, at rest", format!("{:.0} MB more", resident() - before));
    let before = resident();
    let mut draw = Draw(7);
    for (number, line) in lines.iter().enumerate() {
        let vectors = (0..=passages(&line.text).len()).filter_map(|_| draw.vector()).collect();
        index.put_vectors(VectorsOf {
            workspace: WORKSPACE,
            article: id(number),
            translation: id(number),
            facts: facts(),
            vectors,
        });
    }
    row("memory of the vectors", format!("{:.0} MB for {}", resident() - before, index.vector_count(WORKSPACE)));
    Ok(index)
}

/// A small generator, so that every run draws the same vectors.
struct Draw(u64);

impl Draw {
    fn vector(&mut self) -> Option<Vector> {
        let mut bytes = [0_u8; ml::BYTES];
        for byte in bytes.iter_mut().take(ml::DIMENSIONS) {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 40) as u8;
        }
        // Numbers spread evenly over −128 to 127 have a length of about 74 · √384.
        let scale = 1.0 / (74.0 * (ml::DIMENSIONS as f32).sqrt());
        bytes.iter_mut().skip(ml::DIMENSIONS).zip(scale.to_le_bytes()).for_each(|(place, byte)| *place = byte);
        Vector::from_bytes(&bytes)
    }
}

/// The library with nothing around it: one field of English stems over title and text, one filter, one number.
struct Bare {
    reader: IndexReader,
    analyzer: TextAnalyzer,
    workspace: Field,
    body: Field,
}

impl Bare {
    fn fill(lines: &[Line], folder: &Path) -> Result<Bare> {
        fs::create_dir_all(folder)?;
        let mut schema = Schema::builder();
        let workspace = schema.add_text_field("workspace", STRING);
        let indexing =
            TextFieldIndexing::default().set_tokenizer("en_stem").set_index_option(IndexRecordOption::WithFreqs);
        let body = schema.add_text_field("body", TextOptions::default().set_indexing_options(indexing));
        let number = schema.add_u64_field("number", FAST | INDEXED);
        let index = Index::create_in_dir(folder, schema.build())?;
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 15_000_000)?;
        for (count, line) in (0_u64..).zip(lines) {
            for passage in passages(&line.text) {
                let mut document = TantivyDocument::default();
                document.add_text(workspace, "one");
                document.add_text(body, format!("{}\n{}\n{}", line.title, passage.heading, passage.text));
                document.add_u64(number, count);
                writer.add_document(document)?;
            }
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        let reader = index.reader()?;
        let analyzer = index.tokenizers().get("en_stem").context("the library's own stems")?;
        Ok(Bare { reader, analyzer, workspace, body })
    }

    fn ask(&self, text: &str, occur: Occur) -> Result<usize> {
        let mut words: Vec<(Occur, Box<dyn Tree>)> = Vec::new();
        let mut analyzer = self.analyzer.clone();
        let mut stream = analyzer.token_stream(text);
        while stream.advance() {
            let term = Term::from_field_text(self.body, &stream.token().text);
            words.push((occur, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))));
        }
        let wall = TermQuery::new(Term::from_field_text(self.workspace, "one"), IndexRecordOption::Basic);
        let wall: Box<dyn Tree> = Box::new(ConstScoreQuery::new(Box::new(wall), 0.0));
        let all = vec![(Occur::Must, wall), (Occur::Must, Box::new(BooleanQuery::new(words)) as Box<dyn Tree>)];
        let searcher = self.reader.searcher();
        let found = searcher.search(&BooleanQuery::new(all), &TopDocs::with_limit(10).order_by_score())?;
        let mut sum = 0;
        for (_, address) in &found {
            let numbers = searcher.segment_reader(address.segment_ord).fast_fields().u64("number")?;
            sum += numbers.first(address.doc_id).map_or(0, |_| 1);
        }
        Ok(sum)
    }
}
