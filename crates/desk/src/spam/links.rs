//! Messages that are little but links.

/// Words beside links that make a message one of its own.
const WORDS: usize = 4;

/// Whether a text has a link and next to no words of its own.
pub(super) fn is_link_only(text: &str) -> bool {
    let (links, words): (Vec<&str>, Vec<&str>) = text.split_whitespace().partition(|part| is_link(part));
    let has_letters = |word: &&&str| word.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    !links.is_empty() && words.iter().filter(has_letters).count() < WORDS
}

fn is_link(part: &str) -> bool {
    let part = part.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let part = part.as_str();
    part.contains("://") || part.starts_with("www.") || has_domain(part)
}

/// A bare domain with a path, as `cheap-pills.example/now`.
fn has_domain(part: &str) -> bool {
    let Some((host, _)) = part.split_once('/') else { return false };
    host.contains('.')
        && host.split('.').all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'))
}

#[cfg(test)]
mod tests {
    use super::is_link_only;

    #[test]
    fn a_link_alone_is_told_from_a_question_about_one() {
        for spam in [
            "https://x.example/a",
            "look: http://x.example",
            "win.example/prize !!! ok",
            "<www.x.example> click here now",
        ] {
            assert!(is_link_only(spam), "{spam}");
        }
        for fine in [
            "I cannot open https://shop.test/cart on my phone",
            "and/or",
            "Hi",
            "",
            "Error 1/2 at step 3.4/5 of the import",
        ] {
            assert!(!is_link_only(fine), "{fine}");
        }
    }
}
