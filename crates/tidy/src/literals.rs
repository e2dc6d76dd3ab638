//! The string literals of a Rust file with their lines, and the code without comments and strings. A lexer of one
//! screen: enough for comments, raw strings, escapes and lifetimes, and for nothing else.

/// A string literal.
pub struct Literal {
    /// The line it starts on.
    pub line: usize,
    /// What stands between the quotes, escapes untouched.
    pub text: String,
}

/// What the lexer found.
#[derive(Default)]
pub struct Lexed {
    /// All string literals.
    pub literals: Vec<Literal>,
    /// The text with comments and the insides of strings blanked; lines keep their numbers.
    pub code: String,
}

/// Reads a Rust file.
pub fn lex(text: &str) -> Lexed {
    let mut lexed = Lexed::default();
    let mut rest = text;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (length, kind) = token(rest, first);
        let (taken, after) = rest.split_at(length);
        match kind {
            Kind::Code => lexed.code.push_str(taken),
            Kind::Comment => lexed.code.extend(taken.chars().filter(|char| *char == '\n')),
            Kind::Text { quote } => {
                let inside = taken.get(quote..taken.len().saturating_sub(quote.saturating_sub(usize::from(quote > 1))));
                lexed.literals.push(Literal { line, text: inside.unwrap_or_default().to_owned() });
                lexed.code.push_str("\"\"");
                lexed.code.extend(taken.chars().filter(|char| *char == '\n'));
            }
        }
        line += taken.matches('\n').count();
        rest = after;
    }
    lexed
}

/// The code of a file up to its `#[cfg(test)]` module, which by habit stands last.
pub fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod ").and_then(|end| text.get(..end)).unwrap_or(text)
}

enum Kind {
    Code,
    Comment,
    Text { quote: usize },
}

/// Length in bytes and kind of the token that starts here.
fn token(rest: &str, first: char) -> (usize, Kind) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), Kind::Comment);
    }
    if rest.starts_with("/*") {
        return (rest.find("*/").map_or(rest.len(), |end| end + 2), Kind::Comment);
    }
    if let Some(length) = raw(rest) {
        return length;
    }
    match first {
        '"' => (quoted(rest), Kind::Text { quote: 1 }),
        '\'' => (character(rest), Kind::Code),
        _ if first.is_alphanumeric() || first == '_' => (word(rest), Kind::Code),
        _ => (first.len_utf8(), Kind::Code),
    }
}

/// A raw string `r#"…"#`, with any number of signs.
fn raw(rest: &str) -> Option<(usize, Kind)> {
    let inner = rest.strip_prefix('r').or_else(|| rest.strip_prefix("br"))?;
    let signs = inner.len() - inner.trim_start_matches('#').len();
    if !inner.get(signs..)?.starts_with('"') {
        return None;
    }
    let open = rest.len() - inner.len() + signs + 1;
    let close = format!("\"{}", "#".repeat(signs));
    let end = rest.get(open..)?.find(&close)?;
    Some((open + end + close.len(), Kind::Text { quote: open }))
}

fn quoted(rest: &str) -> usize {
    let mut is_escaped = false;
    for (index, char) in rest.char_indices().skip(1) {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return index + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character literal; a lifetime is only its quote.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => rest.get(3..).and_then(|tail| tail.find('\'')).map_or(1, |end| end + 4),
        (Some(_), Some((index, '\''))) => index + 1,
        _ => 1,
    }
}

fn word(rest: &str) -> usize {
    rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::lex;

    #[test]
    fn literals_are_found_where_they_stand_and_comments_are_not_code() {
        let text = "// \"no\"\nlet a = \"one \\\" two\"; let c = '\"';\nlet b: &'a str = r#\"raw \"three\"\"#;\n";
        let lexed = lex(text);
        let found: Vec<_> = lexed.literals.iter().map(|one| (one.line, one.text.as_str())).collect();
        assert_eq!(found, [(2, "one \\\" two"), (3, "raw \"three\"")]);
        assert!(!lexed.code.contains("no") && lexed.code.contains("&'a str"));
    }
}
