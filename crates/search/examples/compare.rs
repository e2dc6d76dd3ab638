//! Our search beside a bare query of the library on the same texts:
//! `cargo run --release -p mainstay-search --example compare`.

#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use search::{Change, Document, Id, Kind, Query, TextIndex};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query as Tree, TermQuery};
use tantivy::schema::{FAST, INDEXED, IndexRecordOption, STRING, Schema, TEXT};
use tantivy::{Index, TantivyDocument, Term};

const DOCUMENTS: u32 = 100_000;
const WORKSPACE: Id = [1; 16];

/// A small generator, so that every run writes the same texts.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// A word of a vocabulary of 20,000, common ones far more often than rare ones.
    fn word(&mut self) -> String {
        let share = (self.next() % 1_000_000) as f64 / 1_000_000.0;
        spell((20_000_f64.powf(share) as u64).saturating_sub(1))
    }

    fn text(&mut self, words: usize) -> String {
        (0..words).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

fn spell(mut number: u64) -> String {
    let mut word = String::new();
    for _ in 0..4 {
        word.extend("bdfgklmnprst".chars().nth((number % 12) as usize));
        word.extend("aeiou".chars().nth((number / 12 % 5) as usize));
        number /= 12;
    }
    word
}

fn id(number: u32) -> Id {
    u128::from(number).to_be_bytes()
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("mainstay-compare-{}", std::process::id()));
    let ours = fill_ours(&folder.join("ours"))?;
    println!("resident after filling and resting: {:.1} MB", resident());
    let bare = fill_bare(&folder.join("bare"))?;
    println!("{} documents, {:.1} MB on disk", ours.doc_count(), ours.size_on_disk()? as f64 / 1e6);
    for words in [1, 2, 3] {
        compare(&format!("{words} words of one text"), &together(words), &ours, &bare);
    }
    let mut numbers = Numbers(99);
    let apart: Vec<String> = (0..400).map(|_| numbers.text(3)).collect();
    compare("3 words that seldom meet", &apart, &ours, &bare);
    let slips: Vec<String> = (0..200).map(|_| format!("{}q", numbers.word())).collect();
    println!("with a slip: {:.1?}", clock(&slips, |question| ask(&ours, question, &Kind::ALL)));
    let start = Instant::now();
    ours.apply(vec![Change::Put(document(0, "one more".into()))])?;
    ours.commit("2")?;
    println!("one change and its commit: {:.1?}", start.elapsed());
    let start = Instant::now();
    ours.erase(WORKSPACE, id(0))?;
    println!("erasing one owner: {:.1?}", start.elapsed());
    let start = Instant::now();
    drop(ours);
    let opened = TextIndex::open(&folder.join("ours"), 0)?;
    println!("opening: {:.1?}, rebuilt: {}", start.elapsed(), opened.rebuilt);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Questions as people ask them: neighbouring words of a text that exists.
fn together(words: usize) -> Vec<String> {
    let mut numbers = Numbers(7);
    let texts = (0..400).map(|_| numbers.text(60));
    texts.map(|text| text.split(' ').take(words).collect::<Vec<_>>().join(" ")).collect()
}

fn compare(name: &str, questions: &[String], ours: &TextIndex, bare: &Bare) {
    let public = [Kind::Public];
    let bare_time = clock(questions, |question| bare.ask(question));
    let closed = clock(questions, |question| ask(ours, &format!("{question} "), &Kind::ALL));
    let typed = clock(questions, |question| ask(ours, question, &Kind::ALL));
    let public = clock(questions, |question| ask(ours, &format!("{question} "), &public));
    let ratio = |time: Duration| time.as_secs_f64() / bare_time.as_secs_f64();
    println!(
        "{name}: bare {bare_time:.1?}; whole words {closed:.1?} ({:.2}x); still typing {typed:.1?} ({:.2}x); \
         public only {public:.1?} ({:.2}x)",
        ratio(closed),
        ratio(typed),
        ratio(public)
    );
}

/// CPU time per question: one thread asks, so the processor's time is the thread's.
fn clock(questions: &[String], ask: impl Fn(&str) -> usize) -> Duration {
    for question in questions {
        black_box(ask(question));
    }
    let start = cpu();
    for _ in 0..3 {
        for question in questions {
            black_box(ask(question));
        }
    }
    (cpu() - start) / (questions.len() as u32 * 3)
}

/// CPU time of this thread in nanoseconds, from the scheduler.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split_whitespace().next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1e3
}

fn ask(index: &TextIndex, text: &str, kinds: &[Kind]) -> usize {
    let query = Query { workspace: WORKSPACE, text, kinds, limit: 10, offset: 0 };
    index.search(&query).map_or(0, |hits| hits.len())
}

fn document(number: u32, body: String) -> Document {
    Document {
        workspace: WORKSPACE,
        owner: id(number),
        part: id(number),
        kind: if number.is_multiple_of(5) { Kind::Internal } else { Kind::Public },
        title: String::new(),
        body,
        stamp: i64::from(number),
    }
}

fn fill_ours(folder: &std::path::Path) -> Result<TextIndex, Box<dyn Error>> {
    let index = TextIndex::open(folder, 0)?.index;
    let mut numbers = Numbers(7);
    let start = Instant::now();
    for number in 0..DOCUMENTS {
        index.apply(vec![Change::Put(document(number, numbers.text(60)))])?;
    }
    index.commit("1")?;
    println!("filling {DOCUMENTS} documents of 60 words: {:.1?}", start.elapsed());
    index.rest()?;
    Ok(index)
}

/// The library with nothing around it: one text field, one filter, one number to find the row.
struct Bare {
    index: Index,
    reader: tantivy::IndexReader,
}

fn fill_bare(folder: &std::path::Path) -> Result<Bare, Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let mut schema = Schema::builder();
    let workspace = schema.add_text_field("workspace", STRING);
    let body = schema.add_text_field("body", TEXT);
    let number = schema.add_u64_field("number", FAST | INDEXED);
    let index = Index::create_in_dir(folder, schema.build())?;
    let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 15_000_000)?;
    let mut numbers = Numbers(7);
    for count in 0..DOCUMENTS {
        let mut document = TantivyDocument::default();
        document.add_text(workspace, "one");
        document.add_text(body, numbers.text(60));
        document.add_u64(number, u64::from(count));
        writer.add_document(document)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    let reader = index.reader()?;
    reader.reload()?;
    Ok(Bare { index, reader })
}

impl Bare {
    fn ask(&self, text: &str) -> usize {
        self.try_ask(text).unwrap_or(0)
    }

    fn try_ask(&self, text: &str) -> tantivy::Result<usize> {
        let schema = self.index.schema();
        let (workspace, body) = (schema.get_field("workspace")?, schema.get_field("body")?);
        let filter = TermQuery::new(Term::from_field_text(workspace, "one"), IndexRecordOption::Basic);
        let mut all: Vec<(Occur, Box<dyn Tree>)> =
            vec![(Occur::Must, Box::new(ConstScoreQuery::new(Box::new(filter), 0.0)))];
        for word in text.split(' ') {
            let term = TermQuery::new(Term::from_field_text(body, word), IndexRecordOption::WithFreqs);
            all.push((Occur::Must, Box::new(term)));
        }
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
