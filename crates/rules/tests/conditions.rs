//! Conditions as people write them: what holds, what is refused and where, and what a form says.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests stop at what should not be")]

use proptest::prelude::*;
use rules::{Condition, Fact, Facts, Fault, Form, Held, Kind, Name, Vocabulary};

const fn name(root: &'static str, field: &'static str, kind: Kind) -> Name {
    Name { root, field, kind }
}

static NAMES: &[Name] = &[
    name("ticket", "priority", Kind::Word(&["low", "normal", "high", "urgent"])),
    name("ticket", "subject", Kind::Text),
    name("ticket", "tags", Kind::Texts),
    name("ticket", "age_minutes", Kind::Number),
    name("ticket", "is_restricted", Kind::Truth),
    name("ticket", "fields", Kind::Open),
    name("company", "plan", Kind::Text),
    name("company", "revenue", Kind::Number),
];
static WORDS: Vocabulary = Vocabulary(NAMES);

fn facts() -> Facts {
    let fields = [("order-no".to_owned(), Fact::Text("A-17".to_owned())), ("seats".to_owned(), Fact::Number(12.5))];
    Facts::default()
        .with("ticket", "priority", Fact::Text("high".to_owned()))
        .with("ticket", "subject", Fact::Text("Invoice 2291 is wrong".to_owned()))
        .with("ticket", "tags", Fact::Texts(vec!["billing".to_owned(), "vip".to_owned()]))
        .with("ticket", "age_minutes", Fact::Whole(90))
        .with("ticket", "is_restricted", Fact::Truth(false))
        .with("ticket", "fields", Fact::Open(fields.into_iter().collect()))
        .with("company", "plan", Fact::Text("gold".to_owned()))
}

fn holds(source: &str) -> Held {
    Condition::compile(source, &WORDS).unwrap_or_else(|fault| panic!("{source}: {fault}")).holds(&facts())
}

fn refused(source: &str) -> Fault {
    Condition::compile(source, &WORDS).expect_err(source)
}

#[test]
fn what_people_write_holds_or_does_not() {
    let yes = [
        "true",
        "ticket.priority == 'high' && 'vip' in ticket.tags",
        "ticket.priority in ['high', 'urgent']",
        "ticket.subject.contains('Invoice') && ticket.subject.matches('[0-9]{4}')",
        "ticket.age_minutes >= 60 && ticket.age_minutes < 2 * 60",
        "ticket.tags.exists(tag, tag.startsWith('bill'))",
        "ticket.tags.all(tag, size(tag) > 2)",
        "size(ticket.tags) == 2 && !ticket.is_restricted",
        "ticket.fields['order-no'] == 'A-17' && ticket.fields.seats > 12",
        "company.plan != null && company.revenue == null",
        "ticket.age_minutes > 60 ? company.plan == 'gold' : false",
    ];
    let no = [
        "false",
        "ticket.priority == 'low'",
        "company.revenue >= 5000",
        "company.plan == null",
        "ticket.fields.unknown == 'x'",
    ];
    for source in yes {
        assert_eq!(holds(source), Held::Yes, "{source}");
    }
    for source in no {
        assert_eq!(holds(source), Held::No, "{source}");
    }
}

#[test]
fn what_errs_does_not_match_and_says_why() {
    let Held::Erred(fault) = holds("ticket.age_minutes / (ticket.age_minutes - 90) > 1") else { panic!("it held") };
    assert_eq!(fault.reason, "It divides by zero.");
    assert!(matches!(holds("ticket.fields.seats.contains('x')"), Held::Erred(_)));
}

#[test]
fn what_would_not_run_is_refused_with_its_place() {
    let places = [
        ("ticket.prio == 'high'", (1, 1), "ticket.priority"),
        ("true &&\n  ticket.priority == 'hihg'", (2, 22), "low, normal, high, urgent"),
        ("ticket.subject > 5", (1, 1), "a number is needed"),
        ("ticket.tags == 'vip'", (1, 1), "never equals"),
        ("lowerAscii(ticket.subject) == 'x'", (1, 1), "no function"),
        ("ticket.subject.matches('(')", (1, 24), "pattern"),
        ("ticket == 5", (1, 1), "write `ticket.`"),
        ("company.plan", (1, 1), "gives a text"),
        ("ticket.priority ==", (1, 19), "cannot be read"),
    ];
    for (source, (line, column), reason) in places {
        let fault = refused(source);
        assert!(fault.reason.contains(reason), "{source}: {fault}");
        assert_eq!(fault.line, Some(line), "{source}: {fault}");
        assert!(fault.column.is_some_and(|found| found.abs_diff(column) <= 12), "{source}: {fault}, expected {column}");
    }
    assert!(refused("has(company.plan)").reason.contains("!= null"));
}

#[test]
fn too_much_of_anything_is_refused_quickly() {
    let deep = format!("{}true{}", "(".repeat(500), ")".repeat(500));
    let wide = vec!["ticket.age_minutes > 1"; 90].join(" && ");
    let nested = "ticket.tags.exists(a, ticket.tags.exists(b, a == b))".to_owned();
    let long = format!("ticket.subject == '{}'", "x".repeat(3_000));
    let pattern = "ticket.subject.matches('(((a{1,900}){1,900}){1,900})')".to_owned();
    for source in [deep, wide, nested, long, pattern, String::new(), "a\0b".to_owned()] {
        assert!(Condition::compile(&source, &WORDS).is_err(), "{source:.60}");
    }
}

#[test]
fn a_long_list_is_looked_at_to_its_limit() {
    let tags = (0..10_000).map(|number| format!("tag-{number}")).collect();
    let facts = facts().with("ticket", "tags", Fact::Texts(tags));
    let asks = |source: &str| Condition::compile(source, &WORDS).unwrap().holds(&facts);
    assert_eq!(asks("'tag-199' in ticket.tags"), Held::Yes);
    assert_eq!(asks("'tag-200' in ticket.tags"), Held::No);
}

#[test]
fn a_form_is_the_same_condition() {
    let written = r#"{"all": [
        {"fact": "ticket.priority", "is": "one_of", "value": ["high", "urgent"]},
        {"any": [{"fact": "ticket.tags", "is": "includes", "value": "vip"}, {"fact": "company.revenue", "is": "at_least", "value": 5000}]},
        {"not": {"fact": "ticket.subject", "is": "contains", "value": "say \"hi\""}},
        {"fact": "ticket.fields.order-no", "is": "set"}
    ]}"#;
    let form: Form = serde_json::from_str(written).unwrap();
    let condition = Condition::compile(&form.to_source(), &WORDS).unwrap();
    assert_eq!(condition.holds(&facts()), Held::Yes);
    assert_eq!(condition.as_form(), Some(form));
    let free = Condition::compile("ticket.tags.exists(tag, tag == 'vip')", &WORDS).unwrap();
    assert_eq!(free.as_form(), None, "a loop is no form");
}

fn leaf() -> impl Strategy<Value = Form> {
    let made = |json: serde_json::Value| serde_json::from_value::<Form>(json).unwrap();
    prop_oneof![
        prop::sample::select(vec!["low", "normal", "high", "urgent"]).prop_map(move |word| {
            made(serde_json::json!({"fact": "ticket.priority", "is": "equal", "value": word}))
        }),
        (-200_i64..200)
            .prop_map(move |n| made(serde_json::json!({"fact": "ticket.age_minutes", "is": "more_than", "value": n}))),
        "[a-z\"\\\\ é\n]{0,6}".prop_map(move |text| {
            made(serde_json::json!({"fact": "ticket.subject", "is": "contains", "value": text}))
        }),
        prop::collection::vec("[a-z'\"]{1,4}", 0..3).prop_map(move |list| {
            made(serde_json::json!({"fact": "company.plan", "is": "none_of", "value": list}))
        }),
        Just(made(serde_json::json!({"fact": "company.revenue", "is": "not_set"}))),
    ]
}

fn any_form() -> impl Strategy<Value = Form> {
    leaf().prop_recursive(3, 16, 3, |inner| {
        let parts = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            parts.clone().prop_map(|all| Form::All { all }),
            parts.prop_map(|any| Form::Any { any }),
            inner.prop_map(|not| Form::Not { not: Box::new(not) }),
        ]
    })
}

/// What a form says, worked out the slow way.
fn says(form: &Form) -> bool {
    match form {
        Form::All { all } => all.iter().all(says),
        Form::Any { any } => any.iter().any(says),
        Form::Not { not } => !says(not),
        Form::Fact(one) => {
            let value = serde_json::to_value(&one.value).unwrap();
            match one.fact.to_string().as_str() {
                "ticket.priority" => value == "high",
                "ticket.age_minutes" => 90 > value.as_i64().unwrap(),
                "ticket.subject" => "Invoice 2291 is wrong".contains(value.as_str().unwrap()),
                "company.plan" => !value.as_array().unwrap().iter().any(|one| one == "gold"),
                _ => true,
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_form_holds_when_its_text_does_and_is_read_back(form in any_form()) {
        let source = form.to_source();
        prop_assume!(source.len() < 2_000);
        let condition = Condition::compile(&source, &WORDS);
        // More parts than a condition may have is the one way it is refused.
        if let Ok(condition) = condition {
            prop_assert_eq!(condition.holds(&facts()).is_yes(), says(&form), "{}", source);
            let again = condition.as_form().map(|form| form.to_source());
            let same = again.and_then(|text| Condition::compile(&text, &WORDS).ok()).map(|one| one.holds(&facts()).is_yes());
            prop_assert_eq!(same, Some(says(&form)), "{}", source);
        }
    }

    #[test]
    fn nothing_that_is_typed_breaks_the_reader(source in "[a-z.()\\[\\]{}'\"!&|<>=+*/?:, 0-9\\\\é\u{0}-\u{2f}-]{0,120}") {
        if let Ok(condition) = Condition::compile(&source, &WORDS) {
            let _ = condition.holds(&facts());
        }
    }
}

#[test]
fn patterns_go_over_so_much_text_and_no_more() {
    let long = |tags: usize| {
        let subject = Fact::Text("a".repeat(64 * 1024));
        let tags = Fact::Texts((0..tags).map(|tag| format!("tag-{tag}")).collect());
        facts().with("ticket", "subject", subject).with("ticket", "tags", tags)
    };
    let source = "ticket.tags.exists(tag, ticket.subject.matches('b$'))";
    let condition = Condition::compile(source, &WORDS).unwrap();
    assert_eq!(condition.holds(&long(25)), Held::No);
    let Held::Erred(fault) = condition.holds(&long(200)) else { panic!("it went over everything") };
    assert_eq!(fault.reason, "Its patterns would go over too much text.");
    assert_eq!(condition.holds(&long(25)), Held::No, "each run has its own");
}

#[test]
fn words_are_looked_for_in_so_much_text_and_no_more() {
    let long = |tags: usize, bytes: usize| {
        let tags = Fact::Texts((0..tags).map(|tag| format!("tag-{tag}")).collect());
        facts().with("ticket", "subject", Fact::Text("a".repeat(bytes))).with("ticket", "tags", tags)
    };
    let looks = |count: usize| vec!["ticket.subject.contains(tag)"; count].join(" || ");
    let source = format!("ticket.tags.exists(tag, {})", looks(20));
    let condition = Condition::compile(&source, &WORDS).unwrap();
    assert_eq!(condition.holds(&long(10, 64 * 1024)), Held::No);
    assert_eq!(condition.holds(&long(200, 1_000)), Held::No, "short texts may be looked into often");
    let Held::Erred(fault) = condition.holds(&long(200, 64 * 1024)) else { panic!("it went over everything") };
    assert_eq!(fault.reason, "It would look for words in too much text.");
    // The list may be written out, and the text be counted.
    let list = (0..40).map(|number| format!("'w{number}'")).collect::<Vec<_>>().join(", ");
    let sizes = vec!["size(ticket.subject) == 1"; 20].join(" || ");
    let condition = Condition::compile(&format!("[{list}].exists(word, {sizes})"), &WORDS).unwrap();
    assert!(matches!(condition.holds(&long(0, 64 * 1024)), Held::Erred(_)));
    let outside = format!("{} || ticket.subject.startsWith('b')", looks(30).replace("tag", "'b'"));
    assert_eq!(
        Condition::compile(&outside, &WORDS).unwrap().holds(&long(200, 64 * 1024)),
        Held::No,
        "no loop is too long"
    );
}
