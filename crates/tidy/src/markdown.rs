//! What a Markdown file points at: links, and paths in backticks.

/// The targets of inline links `[text](target)`, with their lines, code blocks left out.
pub fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, content) in prose(text) {
        let targets = content.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        found.extend(targets.map(|target| (line, target.to_owned())));
    }
    found
}

/// What stands between single backticks, with its line, code blocks left out.
pub fn code_words(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, content) in prose(text) {
        let words = content.split('`').skip(1).step_by(2);
        found.extend(words.map(|word| (line, word.to_owned())));
    }
    found
}

/// The anchors of its headings, as GitHub and GitLab make them.
pub fn anchors(text: &str) -> Vec<String> {
    prose(text).filter(|(_, line)| line.starts_with('#')).map(|(_, line)| anchor(line)).collect()
}

fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        (!is_code && !is_fence).then_some((index + 1, line))
    })
}

fn anchor(heading: &str) -> String {
    let title = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = title.chars().filter(|char| char.is_alphanumeric() || " -_".contains(*char));
    kept.map(|char| if char == ' ' { '-' } else { char }).collect()
}
