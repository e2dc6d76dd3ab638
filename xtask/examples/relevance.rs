//! Runs of the retrieval sets as TREC files, for words alone, meaning alone, and both: what `cargo xtask bench relevance`
//! measures. One configuration for every set, and the same calls that the product makes.
//! `relevance SETS MODEL CACHE OUT`: SETS has a folder per set, CACHE keeps vectors by the hash of their text.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ml::{Embedder, Stop};
use search::{
    Article, ArticleChange, ArticleIndex, ArticleQuery, Codes, Facts, Filter, Found, Id, Vector, VectorsOf,
    texts_to_embed,
};

const WORKSPACE: Id = [1; 16];
const DEPTH: usize = 100;
/// Texts between two writes of the cache.
const CHUNK: usize = 64;

/// A line of a corpus or of questions.
#[derive(serde::Deserialize)]
struct Line {
    id: String,
    #[serde(default)]
    title: String,
    text: String,
}

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [sets, model, cache, out] = arguments.as_slice() else { anyhow::bail!("relevance SETS MODEL CACHE OUT") };
    let mut vectors = Vectors::open(cache, Embedder::new(vec![model.clone()]))?;
    for entry in fs::read_dir(sets)? {
        let folder = entry?.path();
        if folder.join("qrels.tsv").is_file() {
            run(&folder, &mut vectors, out)?;
        }
    }
    Ok(())
}

/// One set: indexed, asked, written.
fn run(folder: &Path, vectors: &mut Vectors, out: &Path) -> Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (corpus, questions) = (lines(&folder.join("corpus.jsonl"))?, lines(&folder.join("queries.jsonl"))?);
    let index_folder = out.join(format!("{name}.index"));
    let index = ArticleIndex::open(&index_folder, 100_000_000)?.index;
    for (number, line) in corpus.iter().enumerate() {
        index.apply(vec![ArticleChange::Put(Box::new(article(number, line)))])?;
        let texts = texts_to_embed(&line.title, &line.text);
        let of = VectorsOf {
            workspace: WORKSPACE,
            article: id(number),
            translation: id(number),
            facts: facts(),
            vectors: vectors.of(&texts)?,
        };
        index.put_vectors(of);
    }
    index.commit("1")?;
    let mut runs = [("words", String::new()), ("meaning", String::new()), ("both", String::new())];
    let mut readings = String::from("question\tweight\tcoverage\tcloseness\tterms\tcodes\tagreement\twhy\n");
    for question in &questions {
        let meaning = vectors.of(std::slice::from_ref(&question.text))?.pop();
        let both = ask(&index, &question.text, meaning.as_ref())?;
        let r = both.reading;
        writeln!(
            readings,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            question.id, r.weight, r.coverage, r.closeness, r.terms, r.codes, r.agreement, r.why
        )?;
        let found = [ask(&index, &question.text, None)?, ask(&index, "", meaning.as_ref())?, both];
        for ((kind, text), found) in runs.iter_mut().zip(&found) {
            write_run(text, kind, &question.id, found, &corpus)?;
        }
    }
    for (kind, text) in &runs {
        fs::write(out.join(format!("{name}.{kind}.trec")), text)?;
    }
    fs::write(out.join(format!("{name}.readings.tsv")), readings)?;
    println!("{name}: {} articles, {} passages, {} questions", corpus.len(), index.passage_count(), questions.len());
    Ok(())
}

fn ask(index: &ArticleIndex, text: &str, meaning: Option<&Vector>) -> Result<Found> {
    let filter = Filter {
        audiences: Codes::ALL,
        visibilities: Codes::ALL,
        statuses: Codes::ALL,
        locales: &[],
        categories: None,
    };
    let query = ArticleQuery {
        workspace: WORKSPACE,
        text,
        meaning,
        filter,
        locale: Some("en"),
        synonyms: None,
        limit: DEPTH,
        offset: 0,
    };
    Ok(index.search(&query)?)
}

fn write_run(out: &mut String, kind: &str, question: &str, found: &Found, corpus: &[Line]) -> Result<()> {
    for (rank, hit) in (1..).zip(&found.hits) {
        let number = usize::try_from(u128::from_be_bytes(hit.article))?;
        let line = corpus.get(number).context("a hit outside the corpus")?;
        writeln!(out, "{question} Q0 {} {rank} {} {kind}", line.id, hit.score)?;
    }
    Ok(())
}

fn article(number: usize, line: &Line) -> Article {
    Article {
        workspace: WORKSPACE,
        article: id(number),
        translation: id(number),
        facts: facts(),
        title: line.title.clone(),
        keywords: String::new(),
        body: line.text.clone(),
        stamp: 0,
    }
}

fn facts() -> Facts {
    Facts { locale: "en".into(), ..Facts::default() }
}

fn id(number: usize) -> Id {
    (number as u128).to_be_bytes()
}

fn lines(path: &Path) -> Result<Vec<Line>> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    BufReader::new(file).lines().map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

/// Vectors by the hash of their text, kept in a file from one run to the next.
struct Vectors {
    known: HashMap<[u8; 32], Vector>,
    file: File,
    embedder: Embedder,
}

impl Vectors {
    fn open(path: &Path, embedder: Embedder) -> Result<Vectors> {
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let records = bytes.chunks_exact(32 + ml::BYTES);
        let known = records.filter_map(|record| {
            let (key, vector) = record.split_first_chunk::<32>()?;
            Some((*key, Vector::from_bytes(vector)?))
        });
        Ok(Vectors { known: known.collect(), file, embedder })
    }

    /// The vectors of some texts; what is not known is embedded and kept.
    fn of(&mut self, texts: &[String]) -> Result<Vec<Vector>> {
        let missing: Vec<String> =
            texts.iter().filter(|text| !self.known.contains_key(&ml::key(text))).cloned().collect();
        let threads = std::thread::available_parallelism()?.get();
        for chunk in missing.chunks(CHUNK) {
            let made = self.embedder.embed_all(chunk, threads, &Stop::default(), &|_| {})?;
            for (text, vector) in chunk.iter().zip(made) {
                let (key, bytes) = (ml::key(text), vector.to_bytes());
                self.file.write_all(&[key.as_slice(), bytes.as_slice()].concat())?;
                self.known.extend(Vector::from_bytes(&bytes).map(|vector| (key, vector)));
            }
        }
        texts.iter().map(|text| self.known.get(&ml::key(text)).cloned().context("a vector is missing")).collect()
    }
}
