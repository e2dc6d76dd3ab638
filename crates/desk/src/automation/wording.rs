//! Help for whoever writes a condition: the facts there are, and whether a condition can be asked, while it is typed.

use rules::{Condition, Fault, Form, Kind, Vocabulary};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Access, Json, Method, Op, Query, Reply};

use super::shapes::written;
use crate::facts::{ARRIVING, OPENED, TICKET};

const READ: Access = Access::Member("settings:read");

pub(super) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/automation/facts", "listFacts", READ, facts)
            .about("What a condition may ask, and what sort of answer there is.")
            .query::<WhichFacts>()
            .gives::<FactList>(200),
        Op::new(Method::Post, "/api/v1/automation/checks", "checkCondition", READ, check)
            .about("Looks a condition over without saving anything; gives it as text and as a form.")
            .takes::<ConditionIn>()
            .gives::<CheckedCondition>(200),
    ]
}

base::words! {
    /// What sort of answer a fact is.
    pub enum FactKind {
        /// A text.
        Text = "text",
        /// One of a few words.
        Word = "word",
        /// A number.
        Number = "number",
        /// True or false.
        Truth = "truth",
        /// Several texts.
        Texts = "texts",
        /// Values by the workspace's own keys, asked as `ticket.fields.key`.
        Open = "open",
    }
}

base::words! {
    /// What a condition decides.
    pub enum Deciding {
        /// Whether a rule runs.
        Rule = "rule",
        /// Which team a ticket goes to as it arrives.
        Routing = "routing",
        /// Which policy a ticket is promised.
        Policy = "policy",
    }
}

impl Deciding {
    fn vocabulary(self) -> &'static Vocabulary {
        match self {
            Deciding::Rule => &TICKET,
            Deciding::Routing => &ARRIVING,
            Deciding::Policy => &OPENED,
        }
    }
}

/// Of which facts.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct WhichFacts {
    /// What the condition decides; a rule when absent.
    #[param(inline)]
    decides: Option<Deciding>,
}

/// The facts there are.
#[derive(Serialize, ToSchema)]
struct FactList {
    /// The facts.
    items: Vec<FactOut>,
    /// Always null.
    next: Option<String>,
}

/// A fact.
#[derive(Serialize, ToSchema)]
struct FactOut {
    /// The name, as `ticket.priority`.
    name: String,
    /// What sort of answer it is.
    kind: FactKind,
    /// The words it can be, when they are few.
    words: Vec<&'static str>,
}

/// A condition, in one of its two ways.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConditionIn {
    /// As CEL.
    #[schema(value_type = Option<String>, max_length = 2_048)]
    condition: Option<String>,
    /// As a form.
    form: Option<Form>,
    /// What it decides, which says what it may ask; a rule when absent.
    #[schema(inline)]
    decides: Option<Deciding>,
}

/// A condition that was looked over.
#[derive(Serialize, ToSchema)]
struct CheckedCondition {
    /// What is wrong with it; null when it can be asked.
    fault: Option<Fault>,
    /// As CEL.
    condition: String,
    /// As a form, when it has the shape of one.
    form: Option<Form>,
}

async fn facts(Query(which): Query<WhichFacts>) -> web::Result<Reply<FactList>> {
    let drawn = which.decides.unwrap_or(Deciding::Rule).vocabulary().0.iter().map(|name| {
        let (kind, words) = match name.kind {
            Kind::Text => (FactKind::Text, Vec::new()),
            Kind::Word(words) => (FactKind::Word, words.to_vec()),
            Kind::Number => (FactKind::Number, Vec::new()),
            Kind::Truth => (FactKind::Truth, Vec::new()),
            Kind::Texts => (FactKind::Texts, Vec::new()),
            Kind::Open => (FactKind::Open, Vec::new()),
        };
        FactOut { name: format!("{}.{}", name.root, name.field), kind, words }
    });
    Ok(Reply::new(FactList { items: drawn.collect(), next: None }))
}

async fn check(Json { value: asked, .. }: Json<ConditionIn>) -> web::Result<Reply<CheckedCondition>> {
    let source = match (&asked.form, asked.condition) {
        (Some(form), _) => form.to_source(),
        (None, source) => written(&source.unwrap_or_default())?,
    };
    let vocabulary = asked.decides.unwrap_or(Deciding::Rule).vocabulary();
    let (fault, form) = match Condition::compile(&source, vocabulary) {
        _ if source.is_empty() => (None, None),
        Ok(condition) => (None, condition.as_form()),
        Err(fault) => (Some(fault), None),
    };
    Ok(Reply::new(CheckedCondition { fault, condition: source, form }))
}
