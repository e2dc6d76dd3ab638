//! The index through its public verbs: what is found, by whom, and what a crash, damage and
//! erasing leave behind.

#![expect(clippy::unwrap_used, reason = "a failing step fails the test")]

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use search::{Change, Document, Hit, Id, Kind, Opened, Query, TextIndex};

const ACME: Id = [1; 16];
const OTHER: Id = [2; 16];

fn id(number: u32) -> Id {
    let mut id = [7; 16];
    id[12..].copy_from_slice(&number.to_be_bytes());
    id
}

fn message(workspace: Id, owner: u32, part: u32, kind: Kind, body: &str) -> Change {
    Change::Put(Document {
        workspace,
        owner: id(owner),
        part: id(part),
        kind,
        title: String::new(),
        body: body.into(),
        stamp: i64::from(part),
    })
}

fn subject(owner: u32, title: &str) -> Change {
    Change::Put(Document {
        workspace: ACME,
        owner: id(owner),
        part: id(owner),
        kind: Kind::Public,
        title: title.into(),
        body: String::new(),
        stamp: 0,
    })
}

fn open(folder: &Path) -> Opened {
    TextIndex::open(folder, 0).unwrap()
}

fn fresh(changes: Vec<Change>) -> (tempfile::TempDir, TextIndex) {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path()).index;
    index.apply(changes).unwrap();
    index.commit("1").unwrap();
    (folder, index)
}

fn hits(index: &TextIndex, text: &str) -> Vec<Hit> {
    index.search(&Query { workspace: ACME, text, kinds: &Kind::ALL, limit: 10, offset: 0 }).unwrap()
}

fn owners(index: &TextIndex, text: &str) -> Vec<Id> {
    hits(index, text).into_iter().map(|hit| hit.owner).collect()
}

#[test]
fn a_committed_message_is_found_at_once_and_points_at_its_part() {
    let (_folder, index) = fresh(vec![message(ACME, 1, 10, Kind::Public, "Resetting my password fails")]);
    let found = hits(&index, "password reset");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].owner, found[0].part, found[0].kind, found[0].stamp), (id(1), id(10), Kind::Public, 10));
    index.apply(vec![message(ACME, 2, 20, Kind::Public, "another password")]).unwrap();
    assert_eq!(owners(&index, "password").len(), 1, "not before the commit");
    index.commit("2").unwrap();
    assert_eq!(owners(&index, "password").len(), 2);
    assert_eq!(index.doc_count(), 2);
}

#[test]
fn a_ticket_is_one_hit_and_its_subject_weighs_more() {
    let mut changes: Vec<Change> = (0..50)
        .map(|part| message(ACME, 1, 100 + part, Kind::Public, "about the invoice export and much else"))
        .collect();
    changes.push(subject(2, "Invoice export"));
    changes.push(message(ACME, 3, 200, Kind::Public, "invoice"));
    let (_folder, index) = fresh(changes);
    let found = owners(&index, "invoice ");
    assert_eq!(found.len(), 3);
    assert_eq!(found[0], id(2));
    let page = Query { workspace: ACME, text: "invoice ", kinds: &Kind::ALL, limit: 1, offset: 2 };
    assert_eq!(index.search(&page).unwrap()[0].owner, found[2]);
}

#[test]
fn readers_find_only_the_kinds_they_may_see() {
    let (_folder, index) = fresh(vec![
        message(ACME, 1, 10, Kind::Internal, "customer is angry"),
        message(ACME, 2, 20, Kind::Public, "I am angry"),
    ]);
    let ask = |kinds: &[Kind]| {
        let query = Query { workspace: ACME, text: "angry", kinds, limit: 10, offset: 0 };
        index.search(&query).unwrap().into_iter().map(|hit| hit.owner).collect::<Vec<_>>()
    };
    assert_eq!(ask(&[Kind::Public]), [id(2)]);
    assert_eq!(ask(&[Kind::Internal]), [id(1)]);
    assert_eq!(ask(&Kind::ALL).len(), 2);
    assert!(ask(&[]).is_empty());
}

#[test]
fn words_phrases_beginnings_codes_slips_and_scripts_are_found() {
    let (_folder, index) = fresh(vec![
        message(ACME, 1, 10, Kind::Public, "The export fails with ERR_CONN-42 for order #1234"),
        message(ACME, 2, 20, Kind::Public, "Mail to jane.doe@example.com bounces; ERR_CONN-4"),
        message(ACME, 3, 30, Kind::Public, "Die Rückerstattung für Müller ist überfällig"),
        message(ACME, 4, 40, Kind::Public, "パスワードを忘れました。日本語で"),
        message(ACME, 5, 50, Kind::Public, "password reset page is blank"),
        message(ACME, 6, 60, Kind::Public, "reset the page then password"),
    ]);
    assert_eq!(owners(&index, "ERR_CONN-42")[0], id(1));
    assert_eq!(owners(&index, "err_conn-4 ")[0], id(2));
    assert_eq!(owners(&index, "#1234"), [id(1)]);
    assert_eq!(owners(&index, "jane.doe@example.com"), [id(2)]);
    assert_eq!(owners(&index, "jane.d"), [id(2)]);
    assert_eq!(owners(&index, "ruckerstattung"), [id(3)]);
    assert_eq!(owners(&index, "MÜLLER überfäll"), [id(3)]);
    assert_eq!(owners(&index, "パスワード"), [id(4)]);
    assert_eq!(owners(&index, "日本語"), [id(4)]);
    assert_eq!(owners(&index, "日"), [id(4)]);
    assert_eq!(owners(&index, "\"password reset\""), [id(5)]);
    assert_eq!(owners(&index, "\"blank password\"").len(), 2, "no such phrase, so its words");
    assert_eq!(owners(&index, "boun"), [id(2)]);
    assert_eq!(owners(&index, "pasword").len(), 2, "one slip");
    assert_eq!(owners(&index, "how is the export")[0], id(1));
}

#[test]
fn any_text_is_a_question() {
    let (_folder, index) = fresh(vec![message(ACME, 1, 10, Kind::Public, "hello world")]);
    let long = "word ".repeat(20_000);
    let wide = "漢".repeat(5_000);
    for text in [
        "",
        " ",
        "\"",
        "\"\"",
        "AND OR NOT",
        "a AND (b",
        "title:x",
        "*",
        "hello*",
        "/(a+)+$/",
        "[a TO b]",
        "~3",
        "^^",
        "\\",
        "hello~9",
        "+-!(){}[]^\"~*?:\\/",
        "'; DROP TABLE x; --",
        "🙂🙂",
        "مرحبا hello мир 世界",
        "\u{0}\u{202e}",
        &long,
        &wide,
        "-hello",
        "hello -world",
        "{\"a\":1}",
        "<script>",
        "%00",
        "e\u{301}",
        "a.b.c.d.e.f",
        "@",
        "#",
    ] {
        index.search(&Query { workspace: ACME, text, kinds: &Kind::ALL, limit: 10, offset: 0 }).unwrap();
    }
    assert_eq!(owners(&index, "hello -world"), [id(1)]);
    assert_eq!(owners(&index, "title:hello"), [id(1)]);
    let far = Query { workspace: ACME, text: "hello", kinds: &Kind::ALL, limit: usize::MAX, offset: 0 };
    assert_eq!(index.search(&far).unwrap().len(), 1);
    let beyond = Query { offset: usize::MAX, ..far };
    assert!(index.search(&beyond).unwrap().is_empty());
}

#[test]
fn a_crash_before_the_commit_loses_nothing_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let batch = || vec![message(ACME, 1, 10, Kind::Public, "first"), message(ACME, 1, 11, Kind::Public, "second")];
    let Opened { index, cursor, rebuilt } = open(folder.path());
    assert_eq!((cursor, rebuilt), (None, false));
    index.apply(batch()).unwrap();
    index.commit("a").unwrap();
    index.apply(vec![message(ACME, 2, 20, Kind::Public, "third")]).unwrap();
    drop(index);

    let Opened { index, cursor, rebuilt } = open(folder.path());
    assert_eq!((cursor.as_deref(), rebuilt), (Some("a"), false));
    assert!(owners(&index, "third").is_empty());
    index.apply(batch()).unwrap();
    index.apply(vec![message(ACME, 2, 20, Kind::Public, "third")]).unwrap();
    index.commit("b").unwrap();
    assert_eq!(index.doc_count(), 3);
    assert_eq!(owners(&index, "third"), [id(2)]);
    assert!(index.rest().unwrap());
    drop(index);
    assert_eq!(open(folder.path()).cursor.as_deref(), Some("b"));
}

#[test]
fn changes_replace_and_remove() {
    let (_folder, index) = fresh(vec![
        message(ACME, 1, 10, Kind::Public, "alpha"),
        message(ACME, 1, 11, Kind::Public, "beta"),
        message(OTHER, 1, 10, Kind::Public, "alpha"),
    ]);
    index.apply(vec![message(ACME, 1, 10, Kind::Public, "gamma")]).unwrap();
    index.apply(vec![Change::RemovePart { workspace: ACME, part: id(11) }]).unwrap();
    assert!(!index.rest().unwrap(), "changes wait");
    index.commit("2").unwrap();
    assert!(owners(&index, "alpha ").is_empty() && owners(&index, "beta ").is_empty());
    assert_eq!(owners(&index, "gamma"), [id(1)]);
    index.apply(vec![Change::RemoveOwner { workspace: ACME, owner: id(1) }]).unwrap();
    index.commit("3").unwrap();
    assert_eq!(index.doc_count(), 1, "the other workspace keeps its own");
}

/// The same change for a part that is new.
fn added(change: Change) -> Change {
    match change {
        Change::Put(document) => Change::Add(document),
        other => other,
    }
}

#[test]
fn a_part_that_was_added_is_replaced_and_removed_like_any_other() {
    let alpha = || added(message(ACME, 1, 10, Kind::Public, "alpha"));
    let (_folder, index) = fresh(vec![alpha(), added(message(ACME, 2, 20, Kind::Public, "beta"))]);
    assert_eq!(owners(&index, "alpha "), [id(1)]);
    index.apply(vec![alpha().again(), message(ACME, 2, 20, Kind::Public, "gamma")]).unwrap();
    index.commit("2").unwrap();
    assert_eq!(index.doc_count(), 2, "what comes again stands once");
    assert!(owners(&index, "beta ").is_empty());
    index.apply(vec![Change::RemoveOwner { workspace: ACME, owner: id(1) }]).unwrap();
    // Added and removed between two commits.
    index.apply(vec![added(message(ACME, 3, 30, Kind::Public, "delta"))]).unwrap();
    index.apply(vec![Change::RemoveOwner { workspace: ACME, owner: id(3) }]).unwrap();
    index.commit("3").unwrap();
    assert!(owners(&index, "alpha ").is_empty() && owners(&index, "delta ").is_empty());
    assert_eq!(index.doc_count(), 1);
}

#[test]
fn a_damaged_index_is_thrown_away_and_says_so() {
    for damage in ["meta", "segment", "truncated", "missing", "foreign"] {
        let (folder, index) = fresh(vec![message(ACME, 1, 10, Kind::Public, "alpha")]);
        index.rest().unwrap();
        drop(index);
        let segment = || {
            let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
            files.into_iter().find(|path| path.extension().is_some_and(|end| end == "term")).unwrap()
        };
        match damage {
            "meta" => fs::write(folder.path().join("meta.json"), "{half").unwrap(),
            "segment" => {
                let path = segment();
                let mut bytes = fs::read(&path).unwrap();
                bytes.iter_mut().take(40).for_each(|byte| *byte ^= 0x5a);
                fs::write(&path, bytes).unwrap();
            }
            "truncated" => fs::write(segment(), "x").unwrap(),
            "missing" => fs::remove_file(segment()).unwrap(),
            _ => {
                fs::remove_file(folder.path().join("meta.json")).unwrap();
            }
        }
        let Opened { index, cursor, rebuilt } = open(folder.path());
        assert_eq!((cursor, rebuilt, index.doc_count()), (None, true, 0), "{damage}");
        index.apply(vec![message(ACME, 1, 10, Kind::Public, "alpha")]).unwrap();
        index.commit("1").unwrap();
        assert_eq!(owners(&index, "alpha"), [id(1)]);
        index.verify().unwrap();
    }
}

/// True when any file of the folder holds the bytes of `canary`.
fn is_on_disk(folder: &Path, canary: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let bytes = fs::read(entry.unwrap().path()).unwrap_or_default();
        bytes.windows(canary.len()).any(|window| window == canary.as_bytes())
    })
}

/// Segments whose dictionaries hold a term with `canary` in it. Dictionaries are automata in
/// which a word need not stand as a row of bytes, so they are read as what they are.
fn segments_with(folder: &Path, canary: &str) -> Vec<String> {
    let index = tantivy::Index::open_in_dir(folder).unwrap();
    let fields: Vec<_> =
        index.schema().fields().filter(|(_, entry)| entry.is_indexed()).map(|(field, _)| field).collect();
    let searcher = index.reader().unwrap().searcher();
    let holds = |segment: &tantivy::SegmentReader| {
        fields.iter().any(|field| {
            let inverted = segment.inverted_index(*field).unwrap();
            let mut stream = inverted.terms().stream().unwrap();
            let mut found = false;
            while stream.advance() {
                found |= stream.key().windows(canary.len()).any(|window| window == canary.as_bytes());
            }
            found
        })
    };
    let found = searcher.segment_readers().iter().filter(|segment| holds(segment));
    found.map(|segment| segment.segment_id().uuid_string()).collect()
}

/// Names of the segments that have any file in the folder.
fn segments_on_disk(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter_map(|name| name.split_once('.').map(|(stem, _)| stem.to_owned()))
        .filter(|stem| stem.len() == 32)
        .collect()
}

#[test]
fn erasing_leaves_no_byte_of_the_words() {
    let (folder, index) = fresh(vec![
        message(ACME, 1, 10, Kind::Public, "my name is zyxcanaryqwv and canary@zyx.example"),
        message(ACME, 2, 20, Kind::Public, "keep this"),
    ]);
    index.apply(vec![message(ACME, 1, 11, Kind::Internal, "zyxcanaryqwv again"), subject(3, "third")]).unwrap();
    index.commit("2").unwrap();
    // An earlier wording that was replaced lies in a segment as a deleted document.
    index.apply(vec![message(ACME, 1, 10, Kind::Public, "nothing here")]).unwrap();
    index.commit("3").unwrap();
    let holders = segments_with(folder.path(), "canary");
    assert_eq!(holders.len(), 2, "the replaced wording and the note");

    index.erase(ACME, id(1)).unwrap();

    assert!(segments_with(folder.path(), "canary").is_empty());
    let left = segments_on_disk(folder.path());
    assert!(holders.iter().all(|holder| !left.contains(holder)), "old files are gone");
    assert!(!is_on_disk(folder.path(), "zyxcanaryqwv") && !is_on_disk(folder.path(), "canary@zyx"));
    assert!(owners(&index, "zyxcanaryqwv").is_empty());
    assert_eq!(owners(&index, "keep"), [id(2)]);
    assert_eq!(index.cursor().as_deref(), Some("3"));
    assert_eq!(index.doc_count(), 2);
    drop(index);
    let again = open(folder.path());
    assert_eq!((again.cursor.as_deref(), again.rebuilt), (Some("3"), false));
}

#[test]
fn erasing_the_last_owner_leaves_an_empty_index() {
    let (folder, index) = fresh(vec![message(ACME, 1, 10, Kind::Public, "zyxcanaryqwv")]);
    index.erase(ACME, id(1)).unwrap();
    assert!(segments_with(folder.path(), "canary").is_empty() && segments_on_disk(folder.path()).is_empty());
    assert_eq!(index.doc_count(), 0);
    index.erase(ACME, id(1)).unwrap();
    index.apply(vec![message(ACME, 2, 20, Kind::Public, "after")]).unwrap();
    index.commit("2").unwrap();
    assert_eq!(owners(&index, "after"), [id(2)]);
    assert!(index.size_on_disk().unwrap() > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_question_crosses_the_wall_of_a_workspace(
        texts in prop::collection::vec(("[a-e]{1,3}( [a-e]{1,3}){0,5}", any::<bool>()), 1..40),
        questions in prop::collection::vec("[a-e]{1,3}( [a-e]{1,4}){0,3}|\\PC{0,12}", 1..12),
    ) {
        let changes = texts.iter().enumerate().map(|(number, (text, mine))| {
            let number = number as u32;
            // Owners of one workspace are even, of the other odd.
            let (workspace, owner) = if *mine { (ACME, number * 2) } else { (OTHER, number * 2 + 1) };
            message(workspace, owner, owner, Kind::Public, text)
        });
        let (_folder, index) = fresh(changes.collect());
        for question in &questions {
            for hit in hits(&index, question) {
                prop_assert_eq!(hit.owner[15] % 2, 0);
            }
        }
    }
}
