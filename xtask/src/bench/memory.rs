//! Start-up time and resident memory: on a large database, 60 s after start, and with 1,000 open event streams.

use super::{Options, Table, lists};
use crate::load::{self, resident_mib};
use crate::server::Server;
use crate::tree::Tree;
use anyhow::{Context, Result};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

const STREAMS: usize = 1000;

/// Measures on the embedded engine.
pub fn measure(tree: &Tree, options: &Options) -> Result<Table> {
    let mut table = Table::new(&["what", "figure"]);
    let (bed, founding) = lists::filled(tree, options, options.rows)?;
    // The first start may still build the search index; the second is the one people wait for.
    let first = bed.site.serve_anywhere()?;
    load::settle(first.pid())?;
    drop(first);
    let start = Instant::now();
    let server = bed.site.serve_anywhere()?;
    table
        .row(vec![format!("ready after, {} tickets", options.rows), format!("{:.2} s", start.elapsed().as_secs_f64())]);
    thread::sleep(Duration::from_secs(60));
    table.row(vec!["resident, 60 s after start".into(), format!("{:.0} MiB", resident_mib(server.pid())?)]);
    let streams = open(&server, &founding.token)?;
    thread::sleep(Duration::from_secs(10));
    table.row(vec![format!("resident, {STREAMS} open streams"), format!("{:.0} MiB", resident_mib(server.pid())?)]);
    drop(streams);
    Ok(table)
}

/// Opens the streams and reads the first bytes of each, so that all of them are really served.
fn open(server: &Server, token: &str) -> Result<Vec<TcpStream>> {
    let request = format!(
        "GET /api/v1/events/stream HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\r\n",
        server.address
    );
    let one = |_| -> Result<TcpStream> {
        let mut stream = TcpStream::connect(server.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.write_all(request.as_bytes())?;
        let mut first = [0_u8; 12];
        stream.read_exact(&mut first).context("a stream was not answered")?;
        anyhow::ensure!(first.ends_with(b"200"), "a stream was refused: {}", String::from_utf8_lossy(&first));
        Ok(stream)
    };
    (0..STREAMS).map(one).collect()
}
