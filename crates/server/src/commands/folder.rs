//! A folder of Markdown as articles: front matter becomes fields, links between files become links between articles,
//! pictures come along. Rule: a file that cannot be read is named with its reason, and the others go on.

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};

use base64::Engine;
use knowledge::articles::front::{self, Value};
use knowledge::articles::images::Picture;
use knowledge::articles::linking::{Link, renamed};
use knowledge::articles::{ArticleStatus, Audience, ImportedArticle, ImportedImage, Visibility};

/// Folders that hold what programs made.
const PASSED_OVER: [&str; 3] = ["node_modules", "target", "dist"];
/// Files of a folder at most.
const MOST: usize = 200_000;

/// What was read of a folder.
#[derive(Default)]
pub(super) struct Folder {
    /// The articles, by the path of their file.
    pub articles: BTreeMap<String, ImportedArticle>,
    /// Files that cannot be articles, with the reason.
    pub refused: Vec<(String, String)>,
    /// Links that lead to no file of the folder.
    pub loose: Vec<(String, String)>,
}

impl Folder {
    /// The articles, translations last: they find the article they belong to, whatever the folders are called.
    pub(super) fn in_order(self) -> impl Iterator<Item = ImportedArticle> {
        let (later, first): (Vec<_>, Vec<_>) = self.articles.into_values().partition(ImportedArticle::is_translation);
        first.into_iter().chain(later)
    }
}

/// Reads a folder with everything below it.
pub(super) fn read(root: &Path) -> std::io::Result<Folder> {
    let mut paths = Vec::new();
    walk(root, Path::new(""), &mut paths)?;
    paths.sort();
    let known: HashMap<String, String> = paths.iter().map(|path| (without_ending(path), path.clone())).collect();
    let mut folder = Folder::default();
    for path in &paths {
        match article(root, path, &known, &mut folder.loose) {
            Ok(article) => drop(folder.articles.insert(path.clone(), article)),
            Err(why) => folder.refused.push((path.clone(), why)),
        }
    }
    Ok(folder)
}

fn walk(root: &Path, below: &Path, paths: &mut Vec<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = below.join(&name);
        if name.starts_with('.') || PASSED_OVER.contains(&name.as_str()) || paths.len() >= MOST {
            continue;
        }
        // A link could lead out of the folder, or round in a circle.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(root, &path, paths)?;
        } else if kind.is_file() && [".md", ".mdx", ".markdown"].iter().any(|ending| name.ends_with(ending)) {
            paths.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}

/// The path that links name: without its ending, and a folder for its index.
fn without_ending(path: &str) -> String {
    let bare = [".mdx", ".md", ".markdown"].iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path);
    let folder = ["/index", "/README", "/readme"].iter().find_map(|index| bare.strip_suffix(index));
    folder.unwrap_or(bare).to_owned()
}

fn article(
    root: &Path,
    path: &str,
    known: &HashMap<String, String>,
    loose: &mut Vec<(String, String)>,
) -> Result<ImportedArticle, String> {
    let bytes = std::fs::read(root.join(path)).map_err(|error| format!("cannot be read: {error}"))?;
    let source = String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let (fields, text) = front::split(&source)?;
    let text = if path.ends_with(".mdx") { without_modules(text) } else { text.to_owned() };
    let (heading, text) = first_heading(&text);
    let field = |names: &[&str]| names.iter().find_map(|name| fields.get(*name));
    let word = |names: &[&str]| field(names).and_then(Value::text).map(str::to_owned);
    let title = word(&["title"]).or(heading).unwrap_or_else(|| words_of(path));
    let mut images = Vec::new();
    let body = renamed(&text, |link| match rename(root, path, link, known, &mut images) {
        Target::Same => None,
        Target::Named(name) => Some(name),
        Target::Loose => {
            loose.push((path.to_owned(), link.target.clone()));
            None
        }
    });
    let is_draft = word(&["draft"]).is_some_and(|draft| draft == "true");
    let status = word(&["status"]).map(|status| unknown("status", &status, ArticleStatus::from_word)).transpose()?;
    Ok(ImportedArticle {
        external_id: word(&["external_id", "id"]).unwrap_or_else(|| path.to_owned()),
        title,
        body: if body.trim().is_empty() { "…".to_owned() } else { body },
        locale: word(&["locale", "lang", "language"]),
        source_locale: word(&["source_locale"]),
        category: word(&["category"]).or_else(|| folder_of(path)),
        tags: field(&["tags", "keywords"]).map(Value::texts).unwrap_or_default(),
        audience: word(&["audience"]).map(|word| unknown("audience", &word, Audience::from_word)).transpose()?,
        visibility: word(&["visibility"])
            .map(|word| unknown("visibility", &word, Visibility::from_word))
            .transpose()?,
        slug: word(&["slug"]),
        excerpt: word(&["excerpt", "description"]).map(|text| text.chars().take(300).collect()),
        status: status.or(is_draft.then_some(ArticleStatus::Draft)),
        images,
    })
}

fn unknown<T>(field: &str, word: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, String> {
    read(word).ok_or_else(|| format!("`{field}: {word}` is not known"))
}

/// The text without the lines by which a page takes in and gives out modules.
fn without_modules(text: &str) -> String {
    let mut is_code = false;
    let kept = text.split_inclusive('\n').filter(|line| {
        is_code ^= line.trim_start().starts_with("```");
        is_code || !(line.starts_with("import ") || line.starts_with("export "))
    });
    kept.collect()
}

/// The heading a text starts with, which is its title, and the rest.
fn first_heading(text: &str) -> (Option<String>, String) {
    let trimmed = text.trim_start();
    let (line, rest) = trimmed.split_once('\n').unwrap_or((trimmed, ""));
    match line.strip_prefix("# ") {
        Some(heading) => (Some(heading.trim().trim_end_matches('#').trim().to_owned()), rest.to_owned()),
        None => (None, text.to_owned()),
    }
}

fn words_of(path: &str) -> String {
    let name = without_ending(path);
    let name = name.rsplit('/').next().unwrap_or(&name).replace(['-', '_'], " ");
    let mut letters = name.chars();
    letters.next().map_or_else(|| "…".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

/// The first two folders of a path, as words.
fn folder_of(path: &str) -> Option<String> {
    let (folder, _) = path.rsplit_once('/')?;
    Some(folder.split('/').take(2).map(words_of).collect::<Vec<_>>().join("/"))
}

/// What becomes of the target of a link.
enum Target {
    Same,
    Named(String),
    Loose,
}

fn rename(
    root: &Path,
    from: &str,
    link: &Link,
    known: &HashMap<String, String>,
    images: &mut Vec<ImportedImage>,
) -> Target {
    let target = link.target.as_str();
    if target.contains(':') || target.starts_with('#') || target.starts_with("//") {
        return Target::Same;
    }
    let (path, rest) = target.split_at(target.find(['#', '?']).unwrap_or(target.len()));
    let path = percent_decoded(path);
    let candidates = [beside(from, &path), beside("", &path)];
    if link.is_picture {
        let picture = candidates.iter().flatten().find_map(|path| picture(root, path));
        return match picture {
            Some((name, image)) => {
                images.push(image);
                Target::Named(format!("cid:{name}"))
            }
            None => Target::Loose,
        };
    }
    let found = candidates.iter().flatten().find_map(|path| known.get(&without_ending(path)));
    found.map_or(Target::Loose, |path| Target::Named(format!("article:{}{rest}", path.replace(' ', "%20"))))
}

fn percent_decoded(path: &str) -> String {
    path.replace("%20", " ")
}

/// A path as it is from the root, when it stays inside.
fn beside(from: &str, target: &str) -> Option<String> {
    let start = if target.starts_with('/') { Path::new("") } else { Path::new(from).parent().unwrap_or(Path::new("")) };
    let mut inside = PathBuf::new();
    for part in start.join(target.trim_start_matches('/')).components() {
        match part {
            Component::Normal(name) => inside.push(name),
            Component::ParentDir => drop(inside.pop().then_some(())?),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(inside.to_string_lossy().replace('\\', "/"))
}

fn picture(root: &Path, path: &str) -> Option<(String, ImportedImage)> {
    let file = root.join(path);
    // A link could lead out of the folder.
    let inside = file.canonicalize().ok()?.starts_with(root.canonicalize().ok()?);
    let bytes = inside.then(|| std::fs::read(&file).ok()).flatten()?;
    let picture = Picture::new(bytes).ok()?;
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    let content = base64::engine::general_purpose::STANDARD.encode(&picture.bytes);
    Some((picture.id, ImportedImage { name, content }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_becomes_articles_that_know_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &[u8]| {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        write(
            "start.md",
            b"# Start here\n\n[set up](guide/set-up.md#now) ![p](img/p.png) [out](../../etc/passwd) [no](gone.md)\n",
        );
        write(
            "guide/set-up.mdx",
            b"---\ntitle: Set up\ntags: [a]\n---\nimport X from 'x'\n\n[back](../start) [root](/start.md)\n",
        );
        write("guide/broken.md", b"---\ntitle: x\n");
        write("latin.md", b"\xff\xfe");
        write("img/p.png", b"\x89PNG\r\n\x1a\n0000");
        let read = read(folder.path()).unwrap();
        assert_eq!(read.articles.keys().collect::<Vec<_>>(), ["guide/set-up.mdx", "start.md"]);
        let start = &read.articles["start.md"];
        assert_eq!(start.title, "Start here");
        assert!(
            start.body.contains("](article:guide/set-up.mdx#now)") && start.body.contains("](cid:"),
            "{}",
            start.body
        );
        assert_eq!(start.images.len(), 1);
        let guide = &read.articles["guide/set-up.mdx"];
        assert_eq!((guide.category.as_deref(), guide.tags.concat()), (Some("Guide"), "a".to_owned()));
        assert!(
            guide.body.contains("[back](article:start.md) [root](article:start.md)") && !guide.body.contains("import")
        );
        assert_eq!(read.refused.len(), 2);
        assert_eq!(read.loose.len(), 2);
    }
}
