//! What is found out of a text before its ticket is opened, outside the transaction and by a deadline.
//! Rule: language and intent to leave are always there; what is learned may be late, and then a job makes up for it.

use std::sync::Arc;
use std::time::Duration;

use base::Result;
use ml::Vector;
use ml::classify::Answer;
use trust::Cx;

use super::called::Spoken;
use super::language;
use super::leaving::{Leaving, leaving};
use super::report::Near;
use super::room::Room;
use super::settings::Known;

/// How long a door waits for what is learned.
const DEADLINE: Duration = Duration::from_millis(80);
/// How long a job waits for its turn at the embedding model.
const PATIENCE: Duration = Duration::from_secs(20);
/// Characters of a text that are looked at.
const LONGEST: usize = 20_000;

/// What was found out.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    pub(crate) text: String,
    pub(crate) leaving: Leaving,
    pub(crate) language: Option<String>,
    pub(crate) known: Option<Arc<Known>>,
    pub(crate) learned: Option<Learned>,
    /// The categories whose names it speaks of, where nothing was learned.
    pub(crate) spoken: Vec<Spoken>,
    /// What is learned did not come in time.
    pub(crate) is_late: bool,
}

impl Prepared {
    /// The same, without what is learned: a job makes up for it.
    pub(crate) fn late(mut self) -> Prepared {
        self.is_late = true;
        self
    }

    /// True when the ticket gets a tag by what its text says.
    pub(crate) fn adds_a_tag(&self) -> bool {
        self.leaving.is_leaving()
    }

    /// The language of the text, as `de`, when it is sure.
    pub(crate) fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }
}

/// What a model says.
#[derive(Clone, Debug)]
pub(crate) struct Learned {
    pub answer: Option<Answer>,
    pub vector: Option<Vector>,
    pub near: Vec<Near>,
}

/// What a text says by itself: language, and whether somebody is leaving.
pub(crate) fn read(subject: &str, body: &str) -> Prepared {
    alone(joined(subject, body))
}

/// Finds out what can be learned in time of a text that was read.
pub(crate) async fn prepare(cx: &Cx, mut prepared: Prepared) -> Prepared {
    let Some(room) = cx.house().rooms.find::<Room>() else { return prepared };
    let known = match room.known(cx).await {
        Ok(known) => known,
        Err(error) => {
            tracing::warn!(code = error.name(), "the settings of triage could not be read");
            return prepared.late();
        }
    };
    prepared.known = Some(known.clone());
    if !known.settings.is_on || known.current.is_none() {
        prepared.spoken = known.names.spoken_of(&prepared.text);
        return prepared;
    }
    // On a task of its own, so that a model that is still being read is there for the next one.
    let (own, text) = (cx.clone(), prepared.text.clone());
    let looked = tokio::spawn(async move { learned(&own, &room, text, DEADLINE).await });
    match tokio::time::timeout(DEADLINE, looked).await {
        Ok(Ok(Ok(learned))) => prepared.learned = learned,
        _ => prepared.is_late = true,
    }
    prepared
}

/// The same without a deadline, for jobs and previews.
pub(crate) async fn in_peace(cx: &Cx, subject: &str, body: &str) -> Result<Prepared> {
    let mut prepared = read(subject, body);
    let Some(room) = cx.house().rooms.find::<Room>() else { return Ok(prepared) };
    let known = room.known(cx).await?;
    prepared.known = Some(known.clone());
    if known.settings.is_on {
        prepared.spoken = known.names.spoken_of(&prepared.text);
        prepared.learned = learned(cx, &room, prepared.text.clone(), PATIENCE).await?;
    }
    Ok(prepared)
}

/// Subject and body as one text, as models read and learn it.
pub(crate) fn joined(subject: &str, body: &str) -> String {
    let body = if body.trim_start().starts_with('<') {
        redact::derive(body, redact::Format::Html).text
    } else {
        body.to_owned()
    };
    let mut text = format!("{}\n{}", subject.trim(), body.trim());
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
    }
    text.trim().to_owned()
}

/// What needs no model.
fn alone(text: String) -> Prepared {
    Prepared { leaving: leaving(&text), language: language::of(&text), text, ..Prepared::default() }
}

/// What the current model says, and which tickets are near.
async fn learned(cx: &Cx, room: &Arc<Room>, text: String, patience: Duration) -> Result<Option<Learned>> {
    let known = room.known(cx).await?;
    let classifier = match &known.current {
        Some(current) => room.classifier(cx, current.id).await?,
        None => None,
    };
    let Some(_turn) = room.turn().await else { return Ok(None) };
    let own = room.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let embedder = own.library().embedder();
        let vector = embedder.is_there().then(|| embedder.embed(&text, patience).ok()).flatten();
        let answer = classifier.map(|classifier| classifier.answer(&text, vector.as_ref()));
        (answer, vector)
    });
    let (answer, vector) = looked.await.map_err(|error| web::INTERNAL.error().caused_by(error))?;
    let near = match &vector {
        Some(vector) => room.near(cx, vector).await?,
        None => Vec::new(),
    };
    Ok(Some(Learned { answer, vector, near }))
}
