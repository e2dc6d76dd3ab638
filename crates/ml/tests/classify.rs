//! Classifiers from outside: taught with words alone, asked, stored, compared; German, long, and strange texts.

#![expect(clippy::unwrap_used, reason = "a failing step fails the test")]

use ml::Classifier;
use ml::classify::{BINS, Example, Set, Training, compare, train};

const TRAINING: Training = Training { threads: 1 };

/// Texts about three things, in the words given for each.
fn texts(of: [(&str, [&str; 8], [&str; 6]); 3]) -> Vec<Example> {
    let mut all = Vec::new();
    for (label, subjects, verbs) in of {
        for subject in subjects {
            for verb in verbs {
                all.push(Example { text: format!("{subject} {verb}"), label: label.to_owned() });
            }
        }
    }
    all
}

fn english() -> Vec<Example> {
    texts([
        (
            "card",
            ["my card", "the new card", "a card", "our card", "this card", "that card", "the debit card", "one card"],
            ["did not arrive", "is lost", "was stolen", "is late", "came broken", "went to another house"],
        ),
        (
            "invoice",
            [
                "the invoice",
                "my bill",
                "this invoice",
                "the bill",
                "an invoice",
                "our bill",
                "that bill",
                "the last invoice",
            ],
            ["is too high", "is wrong", "has no tax", "was paid twice", "shows an old address", "is missing"],
        ),
        (
            "login",
            [
                "my password",
                "the login",
                "our login",
                "this password",
                "a password",
                "the sign-in",
                "my code",
                "the code",
            ],
            ["does not work", "was forgotten", "is refused", "expired", "is locked", "needs a reset"],
        ),
    ])
}

fn taught(examples: Vec<Example>) -> (Set, Classifier, ml::classify::Figures) {
    let set = Set::new(examples).unwrap();
    let (classifier, figures) = train(&set, None, TRAINING).unwrap();
    (set, classifier, figures)
}

#[test]
fn a_classifier_answers_with_reasons_and_knows_what_it_does_not_know() {
    let (_, classifier, figures) = taught(english());
    assert!(figures.accuracy > 0.9 && figures.calibration_error < 0.1, "{figures:?}");
    assert_eq!((figures.curve.len(), figures.by_class.len()), (BINS, 3));
    let answer = classifier.answer("Hello, the invoice of this month is wrong", None);
    assert_eq!(answer.ranked[0].label, "invoice");
    assert!(answer.is_known && answer.words.iter().any(|word| word.text == "invoice"), "{answer:?}");
    let sum: f32 = answer.ranked.iter().map(|candidate| candidate.confidence).sum();
    assert!((sum - 1.0).abs() < 1e-4);
    let strange = classifier.answer("qqq zzz", None);
    assert!(!strange.is_known && strange.in_scope < answer.in_scope, "{strange:?}");
    assert!(!classifier.answer("", None).is_known);
}

#[test]
fn training_twice_is_the_same_and_what_is_stored_answers_the_same() {
    let (_, one, figures) = taught(english());
    let (_, two, again) = taught(english());
    assert_eq!((one.to_bytes(), figures), (two.to_bytes(), again));
    let stored = Classifier::from_bytes(&one.to_bytes()).unwrap();
    for text in ["my card is lost", "the login expired", "bill"] {
        let (live, read) = (one.answer(text, None), stored.answer(text, None));
        assert_eq!(live.ranked[0].label, read.ranked[0].label);
        assert!((live.ranked[0].confidence - read.ranked[0].confidence).abs() < 0.02);
    }
}

#[test]
fn broken_bytes_are_no_classifier() {
    let (_, classifier, _) = taught(english());
    let bytes = classifier.to_bytes();
    for end in [0, 7, 20, bytes.len() / 2, bytes.len() - 1] {
        assert_eq!(Classifier::from_bytes(&bytes[..end]), None);
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(Classifier::from_bytes(&longer), None);
    let mut wrong = bytes;
    wrong[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
    assert_eq!(Classifier::from_bytes(&wrong), None);
}

#[test]
fn german_and_very_long_texts_are_sorted_by_their_words() {
    let german = texts([
        (
            "karte",
            [
                "meine Karte",
                "die neue Karte",
                "eine Karte",
                "unsere Karte",
                "diese Karte",
                "jene Karte",
                "die Bankkarte",
                "Karten",
            ],
            [
                "ist nicht angekommen",
                "ging verloren",
                "wurde gestohlen",
                "kommt zu spät",
                "ist kaputt",
                "ging an die falsche Adresse",
            ],
        ),
        (
            "rechnung",
            [
                "die Rechnung",
                "meine Rechnung",
                "diese Rechnung",
                "eine Rechnung",
                "unsere Rechnung",
                "Rechnungen",
                "der Beleg",
                "jeder Beleg",
            ],
            [
                "ist zu hoch",
                "ist falsch",
                "hat keine Steuer",
                "wurde doppelt bezahlt",
                "zeigt die alte Anschrift",
                "fehlt",
            ],
        ),
        (
            "anmeldung",
            [
                "mein Passwort",
                "die Anmeldung",
                "unsere Anmeldung",
                "das Passwort",
                "ein Passwort",
                "der Zugang",
                "mein Code",
                "der Code",
            ],
            [
                "geht nicht",
                "wurde vergessen",
                "wird abgelehnt",
                "ist abgelaufen",
                "ist gesperrt",
                "muss neu gesetzt werden",
            ],
        ),
    ]);
    let (_, classifier, figures) = taught(german);
    assert!(figures.accuracy > 0.9, "{}", figures.accuracy);
    // Compounds are found by their letters.
    assert_eq!(classifier.answer("Die Sammelrechnung ist falsch", None).ranked[0].label, "rechnung");
    let long = format!("{} meine Karte ging verloren", "Guten Tag und vielen Dank. ".repeat(20_000));
    assert_eq!(classifier.answer(&long, None).ranked.len(), 3);
}

#[test]
fn equal_texts_under_two_labels_and_lonely_classes_break_nothing() {
    let mut examples = english();
    examples.push(Example { text: "my card is lost".into(), label: "login".into() });
    examples.push(Example { text: "something else entirely".into(), label: "other".into() });
    let (set, classifier, figures) = taught(examples);
    assert_eq!((set.labels.len(), figures.held_out.len()), (4, set.len()));
    assert_eq!(classifier.answer("my card is lost", None).ranked[0].label, "card");
}

#[test]
fn a_better_one_may_replace_a_worse_one_and_not_the_other_way_round() {
    let (set, _, good) = taught(english());
    // Half the labels are wrong.
    let spoiled: Vec<Example> = english()
        .into_iter()
        .enumerate()
        .map(|(at, example)| {
            let label = if at % 2 == 0 { ["card", "invoice", "login"][at / 2 % 3].to_owned() } else { example.label };
            Example { label, ..example }
        })
        .collect();
    let (_, bad, _) = taught(spoiled);
    let is_right = |at: usize| bad.answer(&set.texts[at], None).ranked[0].label == set.labels[set.classes[at]];
    let pairs: Vec<(bool, bool)> =
        good.held_out.iter().enumerate().map(|(at, (_, is_good))| (*is_good, is_right(at))).collect();
    assert!(compare(pairs.iter().copied()).may_replace());
    assert!(!compare(pairs.into_iter().map(|(new, current)| (current, new))).may_replace());
}

#[test]
fn who_was_taught_with_few_texts_is_never_certain() {
    let few: Vec<Example> = english().into_iter().step_by(12).collect();
    let count = few.len() as f32;
    let (_, classifier, figures) = taught(few.clone());
    let most = (count + 2.0 / 3.0) / (count + 2.0) + 1e-4;
    for example in few.iter().chain(&english()) {
        let sure = classifier.answer(&example.text, None).ranked[0].confidence;
        assert!(sure <= most, "{sure} of {}", example.text);
    }
    assert!(figures.curve.iter().all(|bin| bin.confidence <= most), "{figures:?}");
    // And stays so where it is stored.
    let stored = Classifier::from_bytes(&classifier.to_bytes()).unwrap();
    assert!(few.iter().all(|example| stored.answer(&example.text, None).ranked[0].confidence <= most));
}
