//! scratch
use std::io::{Read, Write};
fn main() {
    let mut s = String::new();
    std::io::stdin().read_to_string(&mut s).ok();
    let mut o = std::io::BufWriter::new(std::io::stdout());
    let p: Vec<&str> = s.split('\0').collect();
    for c in p.chunks_exact(2) {
        for t in search::texts_to_embed(c[0], c[1]) {
            o.write_all(t.as_bytes()).ok();
            o.write_all(b"\0").ok();
        }
    }
}
