//! Values of custom fields, checked against their definitions and typed for their columns.
//! Rule: what is stored is text, number, time or option id; every mistake names its field.

use base::text::{Block, fold};
use base::{Error, Result, Time};
use db::Tx;
use serde_json::{Map, Value};
use trust::Cx;

use super::field::{Definition, FieldKind, by_keys};
use crate::nouns::{FieldId, OptionId};

/// The longest text of a field, in bytes.
const TEXT_LIMIT: usize = 8000;
/// The most fields and options one request may set.
const MOST: usize = 100;

/// One value for one row. A field set to null gives one without any value; several options give several.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldValue {
    /// The field.
    pub field: FieldId,
    /// Its key.
    pub key: String,
    /// The text of a text field.
    pub text: Option<String>,
    /// The number of a number field; 1 and 0 for yes and no.
    pub number: Option<f64>,
    /// The time of a date field; a day is its first instant in UTC.
    pub time: Option<Time>,
    /// The option of a select field.
    pub option: Option<OptionId>,
}

/// Checks what a request sets; costs nothing without values, else one statement.
pub fn check_fields(tx: &mut Tx<'_>, cx: &Cx, values: &Map<String, Value>) -> Result<Vec<FieldValue>> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    if values.len() > MOST {
        return Err(web::INVALID_FIELD.error().field("/fields", "too_many", format!("takes at most {MOST} fields")));
    }
    let definitions = by_keys(tx, cx.workspace(), values.keys())?;
    check(&definitions, values)
}

fn check(definitions: &[Definition], values: &Map<String, Value>) -> Result<Vec<FieldValue>> {
    let mut checked = Vec::with_capacity(values.len());
    let mut problems: Vec<(String, &'static str, String)> = Vec::new();
    for (key, value) in values {
        let definition = definitions.iter().find(|definition| definition.key == *key);
        let read = definition.map(|definition| typed(definition, value));
        match read {
            Some(Ok(typed)) => checked.extend(typed),
            Some(Err(takes)) => problems.push((pointer(key), "invalid", takes)),
            None => problems.push((pointer(key), "unknown", "is not a field of this workspace".to_owned())),
        }
    }
    if problems.is_empty() { Ok(checked) } else { Err(refused(problems)) }
}

fn refused(problems: Vec<(String, &'static str, String)>) -> Error {
    let refused =
        |error: Error, (pointer, code, words): (String, &'static str, String)| error.field(pointer, code, words);
    problems.into_iter().fold(web::INVALID_FIELD.error(), refused)
}

fn pointer(key: &str) -> String {
    format!("/fields/{}", key.replace('~', "~0").replace('/', "~1"))
}

pub(super) fn typed(definition: &Definition, value: &Value) -> Result<Vec<FieldValue>, String> {
    let empty = FieldValue {
        field: definition.id,
        key: definition.key.clone(),
        text: None,
        number: None,
        time: None,
        option: None,
    };
    if value.is_null() {
        return Ok(vec![empty]);
    }
    let one = match definition.kind {
        FieldKind::Text => FieldValue { text: Some(text(value)?), ..empty },
        FieldKind::Number => FieldValue { number: Some(number(value)?), ..empty },
        FieldKind::Boolean => FieldValue { number: Some(flag(value)?), ..empty },
        FieldKind::Date => FieldValue { time: Some(date(value)?), ..empty },
        FieldKind::Select => FieldValue { option: Some(choice(definition, value)?), ..empty },
        FieldKind::MultiSelect => return choices(definition, value, &empty),
    };
    Ok(vec![one])
}

fn text(value: &Value) -> Result<String, String> {
    let text = value.as_str().ok_or("takes a text")?;
    Block::<TEXT_LIMIT>::new(text).map(String::from)
}

fn number(value: &Value) -> Result<f64, String> {
    value.as_f64().filter(|number| number.is_finite()).ok_or_else(|| "takes a number".to_owned())
}

fn flag(value: &Value) -> Result<f64, String> {
    value.as_bool().map(|flag| f64::from(u8::from(flag))).ok_or_else(|| "takes true or false".to_owned())
}

fn date(value: &Value) -> Result<Time, String> {
    let takes = || "takes a day as in 2026-01-31 or a time as in 2026-01-31T09:30:00Z".to_owned();
    let text = value.as_str().ok_or_else(takes)?;
    let instant = text.parse().or_else(|_| format!("{text}T00:00:00Z").parse());
    instant.map_err(|_| takes())
}

fn choice(definition: &Definition, value: &Value) -> Result<OptionId, String> {
    let takes = || "takes the id or the label of one of its options".to_owned();
    let text = value.as_str().ok_or_else(takes)?;
    let (id, folded) = (text.parse::<OptionId>().ok(), fold(text));
    let mut fitting = definition.options.iter().filter(|option| Some(option.id) == id || option.folded == folded);
    fitting.next().map(|option| option.id).ok_or_else(takes)
}

fn choices(definition: &Definition, value: &Value, empty: &FieldValue) -> Result<Vec<FieldValue>, String> {
    let list = value.as_array().filter(|list| list.len() <= MOST).ok_or("takes a list of options")?;
    if list.is_empty() {
        return Ok(vec![empty.clone()]);
    }
    let mut chosen: Vec<OptionId> = Vec::with_capacity(list.len());
    for value in list {
        let option = choice(definition, value)?;
        if !chosen.contains(&option) {
            chosen.push(option);
        }
    }
    Ok(chosen.into_iter().map(|option| FieldValue { option: Some(option), ..empty.clone() }).collect())
}
