//! Measures triage on the intent sets: `triage SETS MODEL CACHE`; rows with tabs, remarks without.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use ml::classify::{
    Answer, Example, Figures, Set, Training, accuracy, area_under_curve, expected_error, held_out_key, macro_f1,
    reliability, train,
};
use ml::{BYTES, Classifier, Embedder, Stop, Vector};

/// Examples with their meanings.
type Rows = Vec<(Example, Vector)>;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &str| arguments.next().with_context(|| format!("name {what}"));
    let (sets, model, cache) = (next("the sets")?, next("the model")?, next("the cache")?);
    let embedder = Embedder::new(vec![model.into()]);
    let sets = Path::new(&sets);
    let read = |path: &str| rows(&embedder, &sets.join(path), Path::new(&cache));
    let banking = read("banking77/train.jsonl")?;
    let names = |rows: &Rows| named(&embedder, rows);
    full("Banking77", &banking, &names(&banking)?)?;
    for of_each in [10, 5] {
        let (few, others) = some(&banking, of_each);
        tested(&format!("Banking77, {of_each} per class"), "the rest", (&few, &names(&few)?), &others, None)?;
    }
    let (clinc, val) = (read("clinc150/train.jsonl")?, read("clinc150/val.jsonl")?);
    let outside = read("clinc150/oos_val.jsonl")?;
    full("CLINC150", &clinc, &names(&clinc)?)?;
    tested("CLINC150", "validation half", (&clinc, &names(&clinc)?), &val, Some(&outside))?;
    for of_each in [10, 5] {
        let (few, _) = some(&clinc, of_each);
        let name = format!("CLINC150, {of_each} per class");
        tested(&name, "validation half", (&few, &names(&few)?), &val, Some(&outside))?;
    }
    let (few, _) = some(&clinc, 10);
    cost(&embedder, (&few, &names(&few)?))
}

/// Baselines and ours by five folds on one set.
fn full(name: &str, rows: &Rows, names: &[Vector]) -> Result<()> {
    let (_, figures) = trained(rows, names)?;
    for (leg, reached) in &figures.legs {
        println!("{name}\t{leg} (5 folds)\t{reached:.3}\t\t");
    }
    println!(
        "{name}\tours (5 folds)\t{:.3}\t{:.3}\t{:.3}",
        figures.accuracy, figures.macro_f1, figures.calibration_error
    );
    Ok(())
}

fn set_of(rows: &Rows) -> Result<Set> {
    let examples = rows.iter().map(|(example, _)| example.clone()).collect();
    Ok(Set::new(examples).map_err(|error| anyhow!("{error}"))?.called_by_labels())
}

/// The meanings of what the classes of these rows are called.
fn named(embedder: &Embedder, rows: &Rows) -> Result<Vec<Vector>> {
    let set = set_of(rows)?;
    let names = set.texts.get(rows.len()..).unwrap_or(&[]);
    embedder.embed_all(names, 2, &Stop::default(), &|_| {}).map_err(|error| anyhow!("{error}"))
}

fn trained(rows: &Rows, names: &[Vector]) -> Result<(Classifier, Figures)> {
    let set = if names.is_empty() { set_of(rows)?.nameless() } else { set_of(rows)? };
    let vectors: Vec<Vector> = rows.iter().map(|(_, vector)| vector).chain(names).cloned().collect();
    train(&set, Some(&vectors), Training { threads: 2 }).map_err(|error| anyhow!("{error}"))
}

fn answers(classifier: &Classifier, rows: &Rows) -> Vec<Answer> {
    rows.iter().map(|(example, vector)| classifier.answer(&example.text, Some(vector))).collect()
}

fn first(answer: &Answer) -> (&str, f32) {
    answer.ranked.first().map_or(("", 0.0), |first| (first.label.as_str(), first.confidence))
}

/// Ours, taught with some rows and asked about others; and about what is out of scope.
fn tested(
    name: &str,
    where_: &str,
    (taught, names): (&Rows, &[Vector]),
    asked: &Rows,
    outside: Option<&Rows>,
) -> Result<()> {
    // The published baseline, taught the same texts and asked the same ones: it knows nothing of what classes are called.
    let (plain, figures) = trained(taught, &[])?;
    let by_leg = |(example, vector): &(Example, Vector)| {
        plain.by_leg(&example.text, Some(vector)).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let alone: Vec<Vec<String>> = asked.iter().map(by_leg).collect();
    for (at, (leg, _)) in figures.legs.iter().enumerate() {
        let pairs: Vec<(&str, &str)> = alone
            .iter()
            .zip(asked)
            .map(|(said, (example, _))| (said.get(at).map_or("", String::as_str), example.label.as_str()))
            .collect();
        println!("{name}\t{leg} ({where_})\t{:.3}\t{:.3}\t", accuracy(&pairs), macro_f1(&pairs));
    }
    let (classifier, _) = trained(taught, names)?;
    let said = answers(&classifier, asked);
    let pairs: Vec<(&str, &str)> =
        said.iter().zip(asked).map(|(answer, (example, _))| (first(answer).0, example.label.as_str())).collect();
    let curve = reliability(said.iter().zip(&pairs).map(|(answer, (label, truth))| (first(answer).1, label == truth)));
    println!(
        "{name}\tours ({where_})\t{:.3}\t{:.3}\t{:.3}",
        accuracy(&pairs),
        macro_f1(&pairs),
        expected_error(&curve)
    );
    let Some(outside) = outside else { return Ok(()) };
    let strange = answers(&classifier, outside);
    let inside: Vec<f32> = said.iter().map(|answer| answer.in_scope).collect();
    let mut beyond: Vec<f32> = strange.iter().map(|answer| answer.in_scope).collect();
    let area = area_under_curve(&inside, &beyond);
    beyond.sort_by(f32::total_cmp);
    let threshold = beyond.get(beyond.len() * 946 / 1000).copied().unwrap_or(1.0);
    let right = |is_in: &dyn Fn(&Answer) -> bool| {
        let hits = said.iter().zip(&pairs).filter(|(answer, (label, truth))| is_in(answer) && label == truth).count();
        hits as f64 / said.len().max(1) as f64
    };
    let found = strange.iter().filter(|answer| !answer.is_known).count() as f64 / strange.len().max(1) as f64;
    println!(
        "{name}, out of scope: AUROC {area:.3}; with the threshold at recall .946 in-scope accuracy {:.3}; with the model's own \
         threshold recall {found:.3}, in-scope accuracy {:.3}.",
        right(&|answer| answer.in_scope > threshold),
        right(&|answer| answer.is_known)
    );
    Ok(())
}

/// The same number of rows of every class, and the others.
fn some(rows: &Rows, of_each: usize) -> (Rows, Rows) {
    let mut order: Vec<&(Example, Vector)> = rows.iter().collect();
    order.sort_by_key(|(example, _)| held_out_key(&example.text));
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut taken, mut rest) = (Rows::new(), Rows::new());
    for row in order {
        let count = seen.entry(row.0.label.as_str()).or_default();
        *count += 1;
        if *count <= of_each { taken.push(row.clone()) } else { rest.push(row.clone()) }
    }
    (taken, rest)
}

/// CPU of one text, meaning included.
fn cost(embedder: &Embedder, (taught, names): (&Rows, &[Vector])) -> Result<()> {
    let (classifier, _) = trained(taught, names)?;
    let short = "how do I reset the password of my other account please tell me";
    let long = format!("{short} ").repeat(20);
    for (tokens, text, rounds) in [(16, short, 100_u32), (256, long.as_str(), 20)] {
        let start = cpu();
        for _ in 0..rounds {
            let vector = embedder.embed(text, Duration::from_secs(60)).map_err(|error| anyhow!("{error}"))?;
            let answer = classifier.answer(text, Some(&vector));
            anyhow::ensure!(!answer.ranked.is_empty(), "an answer has a class");
        }
        let each = (cpu() - start) / rounds;
        println!("A text of about {tokens} tokens costs {:.1} ms of CPU, meaning included.", each.as_secs_f64() * 1e3);
    }
    Ok(())
}

/// CPU time of the process, in steps of 10 ms.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let numbers = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = numbers.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// The rows of a file with their meanings; those that were embedded before come from the cache.
fn rows(embedder: &Embedder, path: &Path, cache: &Path) -> Result<Rows> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let examples = Set::lines(&text).map_err(|error| anyhow!("{error}"))?;
    let bytes = std::fs::read(cache).unwrap_or_default();
    let entry =
        |entry: &[u8]| Some((<[u8; 32]>::try_from(entry.get(..32)?).ok()?, Vector::from_bytes(entry.get(32..)?)?));
    let mut known: HashMap<[u8; 32], Vector> = bytes.chunks_exact(32 + BYTES).filter_map(entry).collect();
    let missing: Vec<String> = examples
        .iter()
        .map(|example| example.text.clone())
        .filter(|text| !known.contains_key(&ml::key(text)))
        .collect();
    if !missing.is_empty() {
        let vectors = embedder.embed_all(&missing, 2, &Stop::default(), &|_| {}).map_err(|error| anyhow!("{error}"))?;
        let mut bytes = bytes;
        for (text, vector) in missing.iter().zip(vectors) {
            bytes.extend(ml::key(text));
            bytes.extend(vector.to_bytes());
            known.insert(ml::key(text), vector);
        }
        std::fs::write(cache, bytes)?;
    }
    let find = |example: Example| known.get(&ml::key(&example.text)).cloned().map(|vector| (example, vector));
    Ok(examples.into_iter().filter_map(find).collect())
}
