//! The front matter of a Markdown file: `key: value` lines between two rules, as most generators of pages write it.
//! Rule: keys nobody knows are passed over, because every generator has its own; what cannot be read is said.

use std::collections::HashMap;

/// A value of front matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// One text.
    One(String),
    /// Several texts.
    Many(Vec<String>),
}

impl Value {
    /// The text; the first of several.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::One(text) => Some(text.as_str()),
            Value::Many(texts) => texts.first().map(String::as_str),
        }
        .filter(|text| !text.is_empty())
    }

    /// All texts; one with commas is several.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Value::One(text) => {
                text.split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
            }
            Value::Many(texts) => texts.clone(),
        }
    }
}

/// The fields of a file, by key in lower case, and the text below them.
pub fn split(source: &str) -> Result<(HashMap<String, Value>, &str), String> {
    let source = source.trim_start_matches('\u{feff}');
    let Some((rule, rest)) = ["---", "+++"].iter().find_map(|rule| Some((*rule, after_rule(source, rule)?))) else {
        return Ok((HashMap::new(), source));
    };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == rule {
            let fields = fields(rest.get(..at).unwrap_or_default(), if rule == "+++" { '=' } else { ':' })?;
            return Ok((fields, rest.get(at + line.len()..).unwrap_or_default()));
        }
        at += line.len();
    }
    Err(format!("the front matter has no closing `{rule}`"))
}

/// What follows an opening rule on a line of its own.
fn after_rule<'s>(source: &'s str, rule: &str) -> Option<&'s str> {
    let (line, rest) = source.split_once('\n')?;
    (line.trim_end() == rule).then_some(rest)
}

fn fields(text: &str, sign: char) -> Result<HashMap<String, Value>, String> {
    let mut fields = HashMap::new();
    let mut open: Option<String> = None;
    for (number, line) in (2..).zip(text.lines()) {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') || bare.starts_with('[') {
            continue;
        }
        if let Some(item) = bare.strip_prefix("- ").or((bare == "-").then_some("")) {
            if let Some(Value::Many(items)) = open.as_ref().and_then(|key| fields.get_mut(key)) {
                items.push(unquoted(item, number)?);
            }
            continue;
        }
        // What is indented belongs to a field we do not read.
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let (key, value) = bare.split_once(sign).ok_or_else(|| format!("line {number} is no `key{sign} value`"))?;
        let key = key.trim().trim_matches('"').to_lowercase();
        fields.insert(key.clone(), value_of(value.trim(), number)?);
        open = Some(key);
    }
    Ok(fields)
}

fn value_of(text: &str, line: usize) -> Result<Value, String> {
    if text.is_empty() {
        return Ok(Value::Many(Vec::new()));
    }
    match text.strip_prefix('[') {
        Some(list) => {
            let list = list.strip_suffix(']').ok_or_else(|| format!("line {line} has a list without an end"))?;
            let items = list.split(',').map(str::trim).filter(|item| !item.is_empty());
            items.map(|item| unquoted(item, line)).collect::<Result<_, _>>().map(Value::Many)
        }
        None => unquoted(text, line).map(Value::One),
    }
}

fn unquoted(text: &str, line: usize) -> Result<String, String> {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some(rest) = text.strip_prefix(quote) {
            let end = rest.rfind(quote).ok_or_else(|| format!("line {line} has a quote without an end"))?;
            let inner = rest.get(..end).unwrap_or_default();
            return Ok(if quote == '"' { inner.replace("\\\"", "\"") } else { inner.replace("''", "'") });
        }
    }
    Ok(text.split(" #").next().unwrap_or_default().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_the_rest_is_the_text() {
        let source = "---\ntitle: \"A: b\"\nTags: [one, 'two']\nmore:\n  - three\n  - four\nnested:\n  a: b\nempty:\n---\n# Text\n";
        let (fields, text) = split(source).unwrap();
        assert_eq!(fields["title"], Value::One("A: b".into()));
        assert_eq!(fields["tags"], Value::Many(vec!["one".into(), "two".into()]));
        assert_eq!(fields["more"].texts(), ["three", "four"]);
        assert_eq!(text, "# Text\n");
        let (fields, text) = split("+++\ntitle = \"T\"\n+++\nx").unwrap();
        assert_eq!((fields["title"].text(), text), (Some("T"), "x"));
        assert_eq!(split("no front matter\n---\n").unwrap().1, "no front matter\n---\n");
    }

    #[test]
    fn what_is_broken_is_said() {
        for (source, why) in [
            ("---\ntitle: x\n", "closing"),
            ("---\ntitle\n---\n", "line 2"),
            ("---\ntags: [a, b\n---\n", "list"),
            ("---\ntitle: \"x\n---\n", "quote"),
        ] {
            assert!(split(source).unwrap_err().contains(why), "{source}");
        }
    }
}
