//! `mainstay export articles`: every article in every language, in the form an import takes; runs beside a server.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base::{Env, Result};
use clap::{Args, Subcommand};
use knowledge::articles::images::Picture;
use knowledge::articles::linking::renamed;
use knowledge::articles::{ImportedArticle, pack, slug_of};

use super::bad_argument;
use crate::boot::Opened;
use crate::settings::Place;
use crate::verbs::acting;

/// What is exported.
#[derive(Subcommand)]
pub(super) enum Export {
    /// Articles: a file of JSON lines, or a folder of Markdown.
    Articles(Target),
}

/// Where it goes.
#[derive(Args)]
pub(super) struct Target {
    /// A file whose name ends in `.jsonl`, or a folder.
    target: PathBuf,
    /// The workspace; not needed when there is one.
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
}

pub(super) fn run(place: &Place, Export::Articles(wanted): &Export, env: &Env) -> Result<ExitCode> {
    let opened = Opened::for_reading(place, env.clone())?;
    let cx = acting(&opened.house, wanted.workspace.as_deref())?;
    let is_file = wanted.target.extension().is_some_and(|ending| ending == "jsonl");
    let unwritable = |error: std::io::Error| bad_argument("TARGET", &format!("cannot be written: {error}"));
    let mut file = match is_file {
        true => Some(std::io::BufWriter::new(std::fs::File::create(&wanted.target).map_err(unwritable)?)),
        false => None,
    };
    let (mut after, mut count) = (None, 0);
    loop {
        let own = cx.clone();
        let page = opened.house.db.read_now(cx.workspace().uuid(), move |tx| pack(tx, &own, after))?;
        for article in &page.articles {
            count += 1;
            match &mut file {
                Some(file) => writeln!(file, "{}", serde_json::to_string(article).unwrap_or_default()),
                None => markdown(&wanted.target, article),
            }
            .map_err(unwritable)?;
        }
        match page.last {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    file.map_or(Ok(()), |mut file| file.flush()).map_err(unwritable)?;
    opened.close();
    println!("{count} texts written to {}.", wanted.target.display());
    Ok(ExitCode::SUCCESS)
}

/// Writes one text as Markdown with front matter, and its pictures beside it.
fn markdown(folder: &Path, article: &ImportedArticle) -> std::io::Result<()> {
    let locale = article.locale.as_deref().unwrap_or("en");
    let name = slug_of(article.slug.as_deref().unwrap_or(&article.title));
    let place = folder.join(locale);
    std::fs::create_dir_all(place.join("images"))?;
    for image in &article.images {
        use base64::Engine;
        let bytes = base64::engine::general_purpose::STANDARD.decode(&image.content).unwrap_or_default();
        if let Ok(picture) = Picture::new(bytes) {
            std::fs::write(place.join("images").join(&picture.id), &picture.bytes)?;
        }
    }
    let body = renamed(&article.body, |link| link.target.strip_prefix("cid:").map(|id| format!("images/{id}")));
    std::fs::write(place.join(format!("{name}.md")), format!("{}{body}\n", front(article)))
}

fn front(article: &ImportedArticle) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\\\""));
    let mut lines =
        vec![format!("external_id: {}", quoted(&article.external_id)), format!("title: {}", quoted(&article.title))];
    let mut add = |key: &str, value: Option<String>| lines.extend(value.map(|value| format!("{key}: {value}")));
    add("locale", article.locale.clone());
    add("source_locale", article.source_locale.clone());
    add("slug", article.slug.as_deref().map(quoted));
    add("category", article.category.as_deref().map(quoted));
    add("excerpt", article.excerpt.as_deref().map(quoted));
    add("audience", article.audience.map(|word| word.to_string()));
    add("visibility", article.visibility.map(|word| word.to_string()));
    add("status", article.status.map(|word| word.to_string()));
    if !article.tags.is_empty() {
        let tags: Vec<String> = article.tags.iter().map(|tag| quoted(tag)).collect();
        add("tags", Some(format!("[{}]", tags.join(", "))));
    }
    format!("---\n{}\n---\n\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_which_language_was_first() {
        let folder = tempfile::tempdir().unwrap();
        let text = |locale: &str, title: &str, source: Option<&str>| -> ImportedArticle {
            let article = serde_json::json!({"external_id": "a", "title": title, "body": "b", "locale": locale, "source_locale": source});
            serde_json::from_value(article).unwrap()
        };
        for article in [text("de", "Preise", Some("en")), text("en", "Prices", None), text("fr", "Prix", Some("en"))] {
            markdown(folder.path(), &article).unwrap();
        }
        let read = super::super::folder::read(folder.path()).unwrap();
        assert_eq!(read.refused.len(), 0);
        let locales: Vec<String> = read.in_order().filter_map(|article| article.locale).collect();
        assert_eq!(locales, ["en", "de", "fr"]);
    }
}
