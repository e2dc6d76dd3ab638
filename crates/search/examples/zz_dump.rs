//! scratch
use search::*;
fn id(n: usize) -> Id {
    (n as u128 + 1).to_be_bytes()
}
fn main() {
    let set = std::env::args().nth(1).unwrap();
    let d = "/tmp/vec-cache/";
    let s = std::fs::read_to_string(format!("{d}{set}.in")).unwrap();
    let p: Vec<&str> = s.split('\0').collect();
    let f = tempdir();
    let ix = ArticleIndex::open(&f, 100_000_000).unwrap().index;
    let ws = [1; 16];
    let t = std::time::Instant::now();
    for (n, c) in p.chunks_exact(2).enumerate() {
        ix.apply(vec![ArticleChange::Put(Box::new(Article {
            workspace: ws,
            article: id(n),
            translation: id(n),
            facts: Facts { locale: "en".into(), ..Facts::default() },
            title: c[0].into(),
            keywords: String::new(),
            body: c[1].into(),
            stamp: 0,
        }))])
        .unwrap();
    }
    ix.commit("1").unwrap();
    ix.rest().unwrap();
    eprintln!("{} passages, {:?}, {} MB", ix.passage_count(), t.elapsed(), ix.size_on_disk().unwrap() / 1_000_000);
    let q = std::fs::read_to_string(format!("{d}{set}.q")).unwrap();
    let mut out = String::new();
    let t = std::time::Instant::now();
    for q in q.split('\0').filter(|q| !q.is_empty()) {
        let r = ix
            .search(&ArticleQuery {
                workspace: ws,
                text: q,
                meaning: None,
                filter: Filter {
                    audiences: Codes::ALL,
                    visibilities: Codes::ALL,
                    statuses: Codes::ALL,
                    locales: &[],
                    categories: None,
                },
                locale: Some("en"),
                synonyms: None,
                limit: 300,
                offset: 0,
            })
            .unwrap();
        let g = r.reading;
        out += &format!("{}\t{}\t{}\t{}\t", g.coverage, g.terms, g.codes, g.slipped as u8);
        out += &r
            .hits
            .iter()
            .map(|h| format!("{}:{}:{}", u128::from_be_bytes(h.article) - 1, h.passage, h.explain.words.unwrap().score))
            .collect::<Vec<_>>()
            .join(",");
        out += "\n";
    }
    eprintln!("{:?}", t.elapsed());
    std::fs::write(format!("{d}{set}.dump"), out).unwrap();
    std::fs::remove_dir_all(f).unwrap();
}
fn tempdir() -> std::path::PathBuf {
    let p = std::env::temp_dir().join(format!("zz-{}", std::process::id()));
    std::fs::create_dir_all(&p).unwrap();
    p
}
