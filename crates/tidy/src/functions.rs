//! Where functions start and end, by the layout that rustfmt guarantees: the closing brace stands under the `fn` line.

use crate::files::File;

/// A function of a Rust file.
pub struct Function {
    /// The line of its `fn`.
    pub line: usize,
    /// Its first line, trimmed.
    pub head: String,
    /// Lines from head to closing brace.
    pub length: usize,
}

/// The functions of a file, in order.
pub fn functions(file: &File) -> Vec<Function> {
    let lines: Vec<&str> = file.text.lines().collect();
    let starts = lines.iter().enumerate().filter(|(_, line)| is_head(line.trim_start()));
    starts.filter_map(|(index, head)| measure(&lines, index, head)).collect()
}

fn is_head(line: &str) -> bool {
    let words = line.split(' ').take_while(|word| !word.contains("fn("));
    let mut before = words.take_while(|word| *word != "fn");
    let is_prefix = |word: &str| ["pub", "async", "const", "unsafe"].contains(&word) || word.starts_with("pub(");
    line.split(' ').any(|word| word == "fn") && before.all(is_prefix)
}

fn measure(lines: &[&str], start: usize, head: &str) -> Option<Function> {
    let indent = head.len() - head.trim_start().len();
    let close = format!("{}}}", " ".repeat(indent));
    let length = if head.ends_with('}') || head.ends_with(';') {
        1
    } else {
        lines.iter().skip(start).position(|line| *line == close)? + 1
    };
    Some(Function { line: start + 1, head: head.trim().to_owned(), length })
}

#[cfg(test)]
mod tests {
    use super::functions;
    use crate::files::File;

    #[test]
    fn a_function_reaches_from_its_head_to_the_brace_below_it() {
        let text = "pub fn one() {\n    if x {\n    }\n}\n\nimpl A {\n    fn two(&self) -> u8 { 2 }\n}\n";
        let file = File { path: "a.rs".into(), text: text.into() };
        let found: Vec<_> = functions(&file).iter().map(|one| (one.line, one.length)).collect();
        assert_eq!(found, [(1, 4), (7, 1)]);
    }
}
