//! The help centre of the sample company: categories, articles, translations, what belongs together.

use std::collections::HashMap;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::fill::{text, version};
use super::fixture::Article;
use crate::http::Client;

/// Writes and publishes every article.
pub(super) fn fill(owner: &mut Client, articles: &[Article]) -> Result<()> {
    let mut categories = HashMap::new();
    let mut ids = HashMap::new();
    for article in articles {
        if !categories.contains_key(article.category.as_str()) {
            let made = owner.json("POST", "/api/v1/categories", &json!({"name": article.category}))?;
            categories.insert(article.category.as_str(), text(&made, "id")?);
        }
        let category = categories.get(article.category.as_str());
        let id = write(owner, article, category).with_context(|| format!("article “{}”", article.title))?;
        ids.insert(article.key.as_str(), id);
    }
    for article in articles.iter().filter(|article| !article.related.is_empty()) {
        let related: Vec<&String> = article.related.iter().filter_map(|key| ids.get(key.as_str())).collect();
        let id = ids.get(article.key.as_str()).context("an article without an id")?;
        put(owner, id, "related", &json!({"article_ids": related}))?;
    }
    Ok(())
}

fn write(owner: &mut Client, article: &Article, category: Option<&String>) -> Result<String> {
    let new = json!({
        "external_id": article.key, "title": article.title, "body": article.body, "category_id": category,
        "tags": article.tags, "audience": article.audience, "visibility": article.visibility,
    });
    let id = text(&owner.json("POST", "/api/v1/articles", &new)?, "id")?;
    if let Some((title, body)) = &article.de {
        put(owner, &id, "translations/de", &json!({"title": title, "body": body}))?;
    }
    if !article.contexts.is_empty() {
        put(owner, &id, "contexts", &json!({"names": article.contexts}))?;
    }
    put(owner, &id, "status", &json!({"status": "published"}))?;
    Ok(id)
}

/// Puts a part of an article with the version it has now.
fn put(owner: &mut Client, id: &str, part: &str, body: &Value) -> Result<()> {
    let path = format!("/api/v1/articles/{id}");
    let version = version(owner, &path)?;
    owner.json_with("PUT", &format!("{path}/{part}"), &version, body)?;
    Ok(())
}
