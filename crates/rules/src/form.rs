//! The same condition as a form: all of these, any of these, none of these, and comparisons of one fact.
//! Rule: a form says nothing that CEL does not say; it is rendered to CEL and run as that.

use base::text::Line;
use serde::{Deserialize, Serialize};

/// A condition as a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
#[schema(as = ConditionForm)]
pub enum Form {
    /// Every part holds; none at all holds too.
    All {
        /// The parts.
        #[schema(no_recursion)]
        all: Vec<Form>,
    },
    /// At least one part holds.
    Any {
        /// The parts.
        #[schema(no_recursion)]
        any: Vec<Form>,
    },
    /// The part does not hold.
    Not {
        /// The part.
        #[schema(no_recursion)]
        not: Box<Form>,
    },
    /// One fact, compared.
    Fact(Comparison),
}

/// One fact, compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConditionComparison)]
pub struct Comparison {
    /// The name: `ticket.priority`, or `ticket.fields.order_no`.
    #[schema(value_type = String, max_length = 120)]
    pub fact: Line<120>,
    /// How it is compared.
    pub is: Operator,
    /// With what; nothing for `set` and `not_set`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Operand>,
}

base::words! {
    /// How a fact is compared.
    pub enum Operator {
        /// The same.
        Equal = "equal",
        /// Something else.
        NotEqual = "not_equal",
        /// One of several.
        OneOf = "one_of",
        /// None of several.
        NoneOf = "none_of",
        /// A text that has this in it; of a list: has this entry.
        Contains = "contains",
        /// A list that has this entry.
        Includes = "includes",
        /// A text that starts so.
        StartsWith = "starts_with",
        /// A text that fits a pattern.
        Matches = "matches",
        /// Greater than.
        MoreThan = "more_than",
        /// At least.
        AtLeast = "at_least",
        /// Less than.
        LessThan = "less_than",
        /// At most.
        AtMost = "at_most",
        /// There is one.
        Set = "set",
        /// There is none.
        NotSet = "not_set",
    }
}

/// What a fact is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
#[schema(as = ConditionOperand)]
pub enum Operand {
    /// True or false.
    Truth(bool),
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Number(f64),
    /// A text.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
}

impl Form {
    /// The form as CEL.
    pub fn to_source(&self) -> String {
        match self {
            Form::All { all } => joined(all, " && ", "true"),
            Form::Any { any } => joined(any, " || ", "false"),
            Form::Not { not } => format!("!({})", not.to_source()),
            Form::Fact(comparison) => comparison.to_source(),
        }
    }
}

fn joined(parts: &[Form], with: &str, empty: &str) -> String {
    let within = |part: &Form| match part {
        Form::All { all: inner } | Form::Any { any: inner } if inner.len() > 1 => format!("({})", part.to_source()),
        _ => part.to_source(),
    };
    match parts {
        [] => empty.to_owned(),
        parts => parts.iter().map(within).collect::<Vec<_>>().join(with),
    }
}

impl Comparison {
    fn to_source(&self) -> String {
        let fact = path(&self.fact);
        let value = self.value.as_ref().map_or_else(|| "null".to_owned(), Operand::to_source);
        match self.is {
            Operator::Equal => format!("{fact} == {value}"),
            Operator::NotEqual => format!("{fact} != {value}"),
            Operator::OneOf => format!("{fact} in {value}"),
            Operator::NoneOf => format!("!({fact} in {value})"),
            Operator::Contains => format!("{fact}.contains({value})"),
            Operator::Includes => format!("{value} in {fact}"),
            Operator::StartsWith => format!("{fact}.startsWith({value})"),
            Operator::Matches => format!("{fact}.matches({value})"),
            Operator::MoreThan => format!("{fact} > {value}"),
            Operator::AtLeast => format!("{fact} >= {value}"),
            Operator::LessThan => format!("{fact} < {value}"),
            Operator::AtMost => format!("{fact} <= {value}"),
            Operator::Set => format!("{fact} != null"),
            Operator::NotSet => format!("{fact} == null"),
        }
    }
}

/// A name whose later parts are no identifiers is written with quotes: `ticket.fields["order-no"]`.
fn path(name: &str) -> String {
    let is_plain = |part: &str| {
        let mut chars = part.chars();
        chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && chars.all(|char| char.is_ascii_alphanumeric() || char == '_')
    };
    let mut parts = name.splitn(3, '.');
    let start: Vec<&str> = parts.by_ref().take(2).collect();
    match parts.next() {
        None => start.join("."),
        Some(key) if is_plain(key) => format!("{}.{key}", start.join(".")),
        Some(key) => format!("{}[{}]", start.join("."), quoted(key)),
    }
}

impl Operand {
    fn to_source(&self) -> String {
        match self {
            Operand::Truth(truth) => truth.to_string(),
            Operand::Whole(number) => number.to_string(),
            Operand::Number(number) => format!("{number:?}"),
            Operand::Text(text) => quoted(text),
            Operand::Texts(texts) => {
                format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// A text in quotes, as CEL reads it.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        match char {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            char if char.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}
