//! Reads the tags of HTML that our own serialiser wrote.
//! There `<` and `>` occur only as the ends of a tag and values stand in double quotes, so a
//! few splits are a full parser. Never used on anything that a person sent.

/// A piece of serialised HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text between tags, still escaped.
    Text(&'a str),
    /// `<name attributes>`; the attributes are read with [`attributes`].
    Open { name: &'a str, attributes: &'a str },
    /// `</name>`.
    Close(&'a str),
}

/// The pieces of `html` in order.
pub(crate) fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = match rest.strip_prefix('<') {
            Some(_) => rest.find('>').map_or(rest.len(), |end| end + 1),
            None => rest.find('<').unwrap_or(rest.len()),
        };
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(read(piece))
    })
}

fn read(piece: &str) -> Piece<'_> {
    let Some(tag) = piece.strip_prefix('<') else {
        return Piece::Text(piece);
    };
    let tag = tag.strip_suffix('>').unwrap_or(tag);
    match tag.strip_prefix('/') {
        Some(name) => Piece::Close(name),
        None => {
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            Piece::Open { name, attributes }
        }
    }
}

/// Names and values (still escaped) of a tag's attributes.
pub(crate) fn attributes(source: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = source;
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        rest = after;
        Some((name.trim_start(), value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_attributes_come_apart() {
        let found: Vec<_> = pieces("a<img src=\"x y\" alt=\"\">b</p>").collect();
        assert_eq!(
            found,
            [
                Piece::Text("a"),
                Piece::Open { name: "img", attributes: "src=\"x y\" alt=\"\"" },
                Piece::Text("b"),
                Piece::Close("p")
            ]
        );
        let found: Vec<_> = attributes("src=\"x y\" alt=\"\"").collect();
        assert_eq!(found, [("src", "x y"), ("alt", "")]);
    }
}
