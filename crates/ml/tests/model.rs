//! The model's file from outside: absent, wrong, truncated, installed; and, where it is at hand, what it says.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use ml::{Embedder, FILE, Status, Stop};

const SOON: Duration = Duration::from_secs(20);

#[test]
fn without_a_file_every_call_says_so_and_where_it_looked() {
    let folder = tempfile::tempdir().unwrap();
    let places = ml::places(None, None, folder.path(), Some(folder.path()));
    let embedder = Embedder::new(places.clone());
    assert_eq!(embedder.status(), Status::Absent { looked_in: places });
    assert!(!embedder.is_there());
    assert_eq!(embedder.embed("hello", SOON).unwrap_err().name(), "model_absent");
    let batch = embedder.embed_all(&["hello".into()], 2, &Stop::default(), &|_| {});
    assert_eq!(batch.unwrap_err().name(), "model_absent");
    assert!(embedder.rest(Duration::ZERO));
}

#[test]
fn places_are_looked_at_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let (named, data) = (folder.path().join("own.onnx"), folder.path().join("data"));
    let places = ml::places(Some(&named), Some(folder.path()), &data, None);
    assert_eq!(places, [named, folder.path().join(FILE), data.join("models").join(FILE)]);
}

#[test]
fn a_wrong_or_truncated_file_is_said_and_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let embedder = Embedder::new(vec![path.clone()]);
    fs::write(&path, b"half a model").unwrap();
    assert!(matches!(embedder.status(), Status::Wrong { .. }));
    assert_eq!(embedder.check().unwrap_err().name(), "model_wrong");
    // The right length is not enough.
    fs::write(&path, vec![7; 22_928_619]).unwrap();
    assert!(embedder.is_there());
    assert_eq!(embedder.embed("hello", SOON).unwrap_err().name(), "model_wrong");
    assert!(matches!(embedder.status(), Status::Wrong { cause, .. } if cause.contains("SHA-256")));
}

#[test]
fn only_the_model_is_installed() {
    let folder = tempfile::tempdir().unwrap();
    let (file, models) = (folder.path().join("file"), folder.path().join("models"));
    for bytes in [
        &b"no model"[..],
        b"PK",
        b"PK\x03\x04 a broken archive",
        b"PK\x05\x06\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    ] {
        fs::write(&file, bytes).unwrap();
        assert_eq!(ml::install(&file, &models).unwrap_err().name(), "model_wrong");
    }
    assert!(ml::install(&folder.path().join("nowhere"), &models).is_err());
    assert!(!models.join(FILE).exists());
}

/// The model where `cargo xtask model` puts it, or `MAINSTAY_MODEL`; these tests have nothing to say without it.
#[expect(clippy::disallowed_methods, reason = "a test has no settings to read the place from")]
fn at_hand() -> Option<PathBuf> {
    let named = std::env::var_os("MAINSTAY_MODEL").map(PathBuf::from);
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    let places = ml::places(named.as_deref(), None, "data".as_ref(), cache.as_deref());
    places.into_iter().find(|place| place.is_file())
}

#[test]
fn the_model_puts_the_same_meaning_together_alone_and_in_a_batch() {
    let Some(path) = at_hand() else { return };
    let embedder = Embedder::new(vec![path]);
    let texts = ["How can I delete my account?", "Ways of removing my profile for good", "Invoices are sent monthly"];
    let texts: Vec<String> = texts.map(str::to_owned).to_vec();
    let told = std::sync::atomic::AtomicUsize::new(0);
    let count = |_| {
        told.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    };
    let vectors = embedder.embed_all(&texts, 2, &Stop::default(), &count).unwrap();
    assert_eq!(told.into_inner(), 3);
    let (near, far) = (vectors[0].cosine(&vectors[1]), vectors[0].cosine(&vectors[2]));
    assert!(near > far + 0.25, "{near} {far}");
    assert_eq!(embedder.embed(&texts[1], SOON).unwrap(), vectors[1]);
    assert!(embedder.embed(&"word ".repeat(100_000), SOON).is_ok() && embedder.embed("", SOON).is_ok());
    let stopped = Stop::default();
    stopped.stop();
    assert_eq!(embedder.embed_all(&texts, 2, &stopped, &|_| {}).unwrap_err().name(), "embedding_stopped");
    assert!(!embedder.rest(Duration::from_secs(3600)) && embedder.rest(Duration::ZERO));
    assert!(embedder.embed(&texts[0], SOON).is_ok(), "loaded again");
}
