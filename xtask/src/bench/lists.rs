//! Lists: the 50 newest open tickets of a view must cost the same from a million tickets as from ten thousand.
//! The tickets arrive by `mainstay import tickets`, as a customer's would.

use super::{Bed, Engine, Options, Table};
use crate::load;
use crate::programs::quiet;
use crate::server::{Founding, Site};
use crate::tree::Tree;
use anyhow::Result;
use serde_json::json;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

const SMALL: u64 = 10_000;

const PATHS: [(&str, &str); 3] = [
    ("open", "/api/v1/tickets?view=open&limit=50"),
    ("all", "/api/v1/tickets?view=all&limit=50"),
    ("search", "/api/v1/search/tickets?q=export+row&limit=20"),
];

/// Measures both engines at both sizes.
pub fn measure(tree: &Tree, options: &Options) -> Result<Table> {
    let mut table = Table::new(&["engine", "request", "tickets", "CPU ms", "p50 ms", "p99 ms", "against small"]);
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if !options.wants(engine) {
            continue;
        }
        let mut small = Vec::new();
        for rows in [SMALL, options.rows] {
            let start = Instant::now();
            let (bed, founding) = match engine {
                Engine::Sqlite => filled(tree, options, rows)?,
                Engine::Postgres => {
                    let bed = Bed::postgres(tree, "postgres", &[])?;
                    let founding = fill(&bed.site, rows)?;
                    (bed, founding)
                }
            };
            let took = start.elapsed().as_secs_f64();
            table.remark(format!("{}: {rows} tickets imported in {took:.0} s (or kept from before).", bed.engine));
            let costs = size(&bed, &founding, rows, options.seconds, &mut table, &small)?;
            small = if small.is_empty() { costs } else { small };
        }
    }
    table.remark("One connection; CPU of the server and of PostgreSQL, per request.".into());
    Ok(table)
}

/// Measures every request; returns the CPU milliseconds of each.
fn size(bed: &Bed, founding: &Founding, rows: u64, seconds: u64, table: &mut Table, small: &[f64]) -> Result<Vec<f64>> {
    let server = bed.site.serve_anywhere()?;
    load::settle(server.pid())?;
    let mut costs = Vec::new();
    for (index, (name, path)) in PATHS.iter().enumerate() {
        let make = load::with_token(server.address, &founding.token);
        // The answer is not read as JSON: its cost is not the server's.
        let request = |worker: &mut load::Worker| {
            let answer = worker.client.send("GET", path, "", b"")?;
            anyhow::ensure!(answer.status == 200, "{path} answered {}", answer.status);
            Ok(())
        };
        let (cost, measured) = bed.per_request(server.pid(), seconds, make, request)?;
        let against = small.get(index).map_or_else(String::new, |small| format!("{:.2} ×", cost / small));
        let (p50, p99) = (measured.latency_ms(0.5), measured.latency_ms(0.99));
        let figures = [format!("{cost:.2}"), format!("{p50:.2}"), format!("{p99:.2}"), against];
        let names = [bed.engine.to_owned(), (*name).to_owned(), rows.to_string()];
        table.row(names.into_iter().chain(figures).collect());
        costs.push(cost);
    }
    Ok(costs)
}

/// A site on the embedded engine with so many tickets: made anew, or the one that an earlier run kept.
pub fn filled(tree: &Tree, options: &Options, rows: u64) -> Result<(Bed, Founding)> {
    let Some(keep) = &options.keep else {
        let bed = Bed::sqlite(tree)?;
        let founding = fill(&bed.site, rows)?;
        return Ok((bed, founding));
    };
    let bed = Bed::kept(tree, &keep.join(format!("sqlite-{rows}")))?;
    // Written when the import was through: a folder without it was left half-way.
    let token = bed.site.data.join("bench-token");
    if let Ok(token) = fs::read_to_string(&token) {
        return Ok((bed, Founding { token }));
    }
    drop(fs::remove_dir_all(&bed.site.data));
    let founding = fill(&bed.site, rows)?;
    fs::write(token, &founding.token)?;
    Ok((bed, founding))
}

/// Writes tickets of the last year, one in ten open, and imports them into an empty site.
pub fn fill(site: &Site, rows: u64) -> Result<Founding> {
    let founding = site.init("Bench", "owner@bench.example", "a long enough password")?;
    let file = site.data.join("tickets.jsonl");
    write(&file, rows)?;
    quiet(site.command(&["import", "tickets"])?.arg(&file))?;
    fs::remove_file(file)?;
    Ok(founding)
}

fn write(file: &Path, rows: u64) -> Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    let words = ["export", "invoice", "rota", "sign-in", "calendar", "payroll", "webhook", "holiday"];
    for row in 0..rows {
        let pick = |step: u64| words.get((row * step % 8) as usize).copied().unwrap_or_default();
        let (day, month) = (row % 28 + 1, row % 12 + 1);
        let created = format!("2025-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", row % 24, row % 60, row / 7 % 60);
        let status = if row % 10 == 0 { "open" } else { "closed" };
        let ticket = json!({
            "external_id": format!("bench-{row}"), "subject": format!("The {} stops at row {row}", pick(1)),
            "body": format!("Since this morning the {} and the {} disagree.", pick(3), pick(5)),
            "requester": {"email": format!("p{}@bench.example", row % 5000), "name": format!("Person {}", row % 5000)},
            "created_at": created, "status": status,
        });
        writeln!(out, "{ticket}")?;
    }
    Ok(out.flush()?)
}
