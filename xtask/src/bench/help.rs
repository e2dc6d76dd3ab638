//! What a page of the help centre costs: home, category, article and search of a release server with 2,000 articles, each
//! request another page, so that nothing but the rows' own cache helps.

use super::{Bed, Engine, Options, Table};
use crate::http::Client;
use crate::load;
use crate::programs::quiet;
use crate::server::{Founding, Server, Site};
use crate::tree::Tree;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::time::{Duration, Instant};

const ARTICLES: u64 = 2_000;
const CATEGORIES: u64 = 10;
const WORDS: [&str; 8] = ["export", "invoice", "rota", "sign-in", "calendar", "payroll", "webhook", "holiday"];

/// Measures both engines.
pub fn measure(tree: &Tree, options: &Options) -> Result<Table> {
    let mut table = Table::new(&["engine", "page", "CPU ms", "p50 ms", "p99 ms", "bytes"]);
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if !options.wants(engine) {
            continue;
        }
        let bed = match engine {
            Engine::Sqlite => Bed::sqlite(tree)?,
            Engine::Postgres => Bed::postgres(tree, "postgres", &[])?,
        };
        let founding = fill(&bed.site)?;
        let server = bed.site.serve_anywhere()?;
        indexed(&server)?;
        load::settle(server.pid())?;
        let categories = categories(&server, &founding)?;
        page(&bed, &server, options, &mut table, "home", &|_| "/help/en".into())?;
        let of_category = |at: u64| {
            let id = usize::try_from(at).ok().and_then(|at| categories.get(at % categories.len().max(1)));
            format!("/help/en/categories/{}", id.map_or("", String::as_str))
        };
        page(&bed, &server, options, &mut table, "category", &of_category)?;
        let of_article = |at: u64| format!("/help/en/articles/{}", slug(at * 7 % ARTICLES));
        page(&bed, &server, options, &mut table, "article", &of_article)?;
        let of_search = |at: u64| format!("/help/en/search?q=the+{}+disagrees+{}", word(at), at % 97);
        page(&bed, &server, options, &mut table, "search", &of_search)?;
    }
    table.remark(
        "CPU of the server and of PostgreSQL, per request. A search is settled, so that it is written down too.".into(),
    );
    Ok(table)
}

/// Asks one kind of page for as long as a measurement takes.
fn page(
    bed: &Bed,
    server: &Server,
    options: &Options,
    table: &mut Table,
    name: &str,
    path: &(dyn Fn(u64) -> String + Sync),
) -> Result<()> {
    let address = server.address;
    let make = || Client::new(address);
    let request = |worker: &mut load::Worker| {
        let path = path(worker.sent);
        let answer = worker.client.send("GET", &path, "", b"")?;
        ensure!(answer.status == 200, "{path} answered {}", answer.status);
        Ok(())
    };
    let bytes = Client::new(address).send("GET", &path(0), "", b"")?.body.len();
    let (cost, measured) = bed.per_request(server.pid(), options.seconds, make, request)?;
    let (p50, p99) = (measured.latency_ms(0.5), measured.latency_ms(0.99));
    let figures = [format!("{cost:.2}"), format!("{p50:.2}"), format!("{p99:.2}"), bytes.to_string()];
    table.row([bed.engine.to_owned(), name.to_owned()].into_iter().chain(figures).collect());
    Ok(())
}

/// Writes articles and imports them into an empty site.
fn fill(site: &Site) -> Result<Founding> {
    let founding = site.init("Bench", "owner@bench.example", "a long enough password")?;
    let file = site.data.join("articles.jsonl");
    let mut out = BufWriter::new(File::create(&file)?);
    for at in 0..ARTICLES {
        let section = |step: u64| {
            let (one, other) = (word(at * step), word(at * step + 3));
            format!(
                "## About the {one}\n\nSince the change the {one} and the [{other}](article:bench-{}) disagree.\n\n1. Open the **{one}**.\n2. Choose `{other}`.\n",
                (at + step) % ARTICLES
            )
        };
        let article = json!({
            "external_id": format!("bench-{at}"), "title": format!("The {} at row {at}", word(at)), "slug": slug(at),
            "body": (1..7).map(section).collect::<Vec<_>>().join("\n"), "locale": "en",
            "category": format!("Category {}", at % CATEGORIES), "tags": [word(at * 3)],
        });
        writeln!(out, "{article}")?;
    }
    out.flush()?;
    quiet(site.command(&["import", "articles"])?.arg(&file))?;
    fs::remove_file(file)?;
    Ok(founding)
}

/// Waits until the last article can be found.
fn indexed(server: &Server) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(120);
    let path = format!("/help/api/search?q=row+{}&limit=1", ARTICLES - 1);
    while Instant::now() < deadline {
        let found: Value = Client::new(server.address).get(&path)?;
        if found.pointer("/items/0").is_some() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    anyhow::bail!("the articles were not indexed within two minutes")
}

fn categories(server: &Server, founding: &Founding) -> Result<Vec<String>> {
    let found = Client::with_token(server.address, &founding.token).get("/api/v1/categories?limit=100")?;
    let items = found.get("items").and_then(Value::as_array).context("no categories")?;
    let named = |category: &&Value| {
        category.get("name").and_then(Value::as_str).is_some_and(|name| name.starts_with("Category "))
    };
    Ok(items.iter().filter(named).filter_map(|category| category.get("id")?.as_str().map(str::to_owned)).collect())
}

fn slug(at: u64) -> String {
    format!("bench-article-{at}")
}

fn word(at: u64) -> &'static str {
    WORDS.get(usize::try_from(at % 8).unwrap_or(0)).copied().unwrap_or_default()
}
