//! Times of the text path and of the bombs: `cargo run --release -p mainstay-redact --example measure`.

#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::hint::black_box;
use std::time::Instant;

use redact::{Format, derive};

mod bombs;

fn main() {
    let message = "Hello, since this morning our export fails with ERR_CONN-42 & a blank page.\nSteps:\n1. open \
                   https://app.example.com/exports?id=5&x=1\n2. press <Export>\n\nIt worked yesterday: nothing changed.\n\n";
    let message: String = message.chars().cycle().take(500).collect();
    for (name, format, rounds) in
        [("text", Format::Text, 200_000_u32), ("markdown", Format::Markdown, 2_000), ("html", Format::Html, 2_000)]
    {
        let start = Instant::now();
        for _ in 0..rounds {
            black_box(derive(black_box(&message), format));
        }
        println!("{name}: {:.2} us per message of 500 bytes", start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds));
    }
    let mail = "<div><p>Hello <b>there</b>, <a href=\"https://a.example/x\">see</a></p><table><tr><td>a</td></tr></table></div>\n";
    let mail = mail.repeat(1_000);
    time("mail of 100 KB", &mail, Format::Html);
    time("mail of 400 KB", &mail.repeat(4), Format::Html);
    for (name, source) in bombs::all(1_000_000) {
        for format in [Format::Text, Format::Markdown, Format::Html] {
            time(name, &source, format);
        }
    }
    for (name, source) in bombs::all(5_000_000).into_iter().take(8) {
        time(name, &source, Format::Html);
    }
}

fn time(name: &str, source: &str, format: Format) {
    let start = Instant::now();
    let safe = black_box(derive(black_box(source), format));
    let took = start.elapsed().as_secs_f64() * 1e3;
    let mark = if took > 1_000.0 { "SLOW" } else { "" };
    println!("{took:8.1} ms  {format:?} {name}: {} -> {} bytes {mark}", source.len(), safe.html.len());
}
