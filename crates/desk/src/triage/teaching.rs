//! Training a workspace's model: texts are gathered from examples, category names and resolved tickets, a new model is
//! trained, and it takes the current one's place only if it is not worse on texts neither had seen.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use base::Result;
use db::Tx;
use ml::classify::{self, Example, Figures, Set, Training};
use ml::{Classifier, Stop, Vector};
use taxonomy::nouns::CategoryId;
use trust::access::Via;
use trust::nouns::{TeamId, TicketId, WorkspaceId};
use trust::{Cx, House};

use super::codes::{ALREADY_TRAINING, NOT_ENOUGH};
use super::models::{self, CategoryFigures, CurveBin, Model, NewModel, Standing, TriageFigures, Usual};
use super::preparing::joined;
use super::room::Room;
use crate::tickets::Priority;

/// Tickets that are learned from, the newest.
const MOST: usize = 20_000;
/// Tickets read in one go.
const PAGE: i64 = 200;
/// Characters of a ticket that are learned from.
const LONGEST: usize = 8_000;

/// A text to learn from.
struct Lesson {
    category: CategoryId,
    text: String,
    /// It only says what the category is called.
    is_name: bool,
    ticket: Option<(TicketId, Option<TeamId>, Priority)>,
}

/// Trains a workspace and says what came of it.
pub(crate) async fn teach(house: &Arc<House>, workspace: WorkspaceId) -> Result<Model> {
    let room = house.rooms.find::<Room>().ok_or_else(|| web::INTERNAL.error().caused_by("triage has no room"))?;
    let place = room.start_training(workspace).ok_or_else(|| ALREADY_TRAINING.error())?;
    let taught = train(&Cx::of_house(house, workspace, Via::Job), &room).await;
    drop(place);
    room.forget(workspace);
    taught
}

async fn train(cx: &Cx, room: &Arc<Room>) -> Result<Model> {
    let lessons = gather(cx).await?;
    let set = set_of(&lessons)?;
    let usual = usual(&lessons);
    let vectors = meanings(cx, room, &set).await?;
    let current = cx.read(models::current).await?;
    let rival = match &current {
        Some(current) => Some(rival(cx, room, current.id).await?),
        None => None,
    };
    let trained = tokio::task::spawn_blocking(move || trained(&set, vectors.as_deref(), rival)).await;
    let (classifier, figures, held_out) = trained.map_err(|error| web::INTERNAL.error().caused_by(error))??;
    let may_replace = figures.won >= figures.lost || figures.p_value >= 0.05;
    let standing = if may_replace { Standing::Current } else { Standing::Refused };
    let new = NewModel { standing, figures, usual, model: classifier.to_bytes(), held_out };
    cx.write(move |tx, cx| models::keep(tx, cx, &new)).await
}

/// Everything there is to learn from.
async fn gather(cx: &Cx) -> Result<Vec<Lesson>> {
    let mut lessons = cx.read(given).await?;
    let mut before = None;
    while lessons.len() < MOST {
        let page = cx.read(move |tx, cx| resolved(tx, cx, before)).await?;
        let Some(last) = page.last().and_then(|lesson| lesson.ticket).map(|(ticket, ..)| ticket) else { break };
        before = Some(last);
        lessons.extend(page);
    }
    Ok(lessons)
}

/// What categories are called, and the examples of them.
fn given(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<Lesson>> {
    let names = taxonomy::category_names(tx, cx.workspace())?;
    let live: Vec<CategoryId> = names.iter().map(|(id, ..)| *id).collect();
    let synonyms = taxonomy::categories::category_synonyms(tx, cx.workspace())?;
    let called = names.into_iter().map(|(category, text, _)| (category, text)).chain(synonyms);
    let mut lessons: Vec<Lesson> =
        called.map(|(category, text)| Lesson { category, text, is_name: true, ticket: None }).collect();
    let examples: Vec<(CategoryId, String)> = tx.all(
        "SELECT category_id, text FROM triage_example WHERE workspace_id = $1 ORDER BY id LIMIT 20000",
        &[&cx.workspace()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let is_live = |(category, _): &(CategoryId, String)| live.contains(category);
    lessons.extend(examples.into_iter().filter(is_live).map(|(category, text)| Lesson {
        category,
        text,
        is_name: false,
        ticket: None,
    }));
    Ok(lessons)
}

/// Tickets with a category that were resolved, or whose category somebody corrected, newest first.
fn resolved(tx: &mut Tx<'_>, cx: &Cx, before: Option<TicketId>) -> Result<Vec<Lesson>> {
    let before = before.map_or(uuid::Uuid::max(), TicketId::uuid);
    tx.all(
        "SELECT t.id, t.category_id, t.team_id, t.priority, t.subject, m.body FROM ticket t \
         JOIN message m ON m.workspace_id = t.workspace_id AND m.ticket_id = t.id AND m.id = \
         (SELECT f.id FROM message f WHERE f.workspace_id = t.workspace_id AND f.ticket_id = t.id ORDER BY f.id LIMIT 1) \
         JOIN category c ON c.workspace_id = t.workspace_id AND c.id = t.category_id AND c.is_archived = 0 \
         LEFT JOIN ticket_triage g ON g.workspace_id = t.workspace_id AND g.ticket_id = t.id \
         WHERE t.workspace_id = $1 AND t.id < $2 AND t.deleted_at IS NULL AND t.restricted = 0 \
         AND m.body_format <> 'sealed' AND (t.status IN ('resolved', 'closed') OR g.corrected_category_id IS NOT NULL) \
         ORDER BY t.id DESC LIMIT $3",
        &[&cx.workspace(), &before, &PAGE],
        |row| {
            let (subject, body): (String, String) = (row.get(4)?, row.get(5)?);
            let text = joined(&subject, &body).chars().take(LONGEST).collect();
            Ok(Lesson { category: row.get(1)?, text, is_name: false, ticket: Some((row.get(0)?, row.get(2)?, row.get(3)?)) })
        },
    )
}

/// The categories with a text and a name, or two texts; erased tickets have none.
fn set_of(lessons: &[Lesson]) -> Result<Set> {
    let mut counts: BTreeMap<CategoryId, usize> = BTreeMap::new();
    let told = |lesson: &&Lesson| !lesson.text.trim().is_empty();
    lessons.iter().filter(told).for_each(|lesson| *counts.entry(lesson.category).or_default() += 1);
    let is_enough = |lesson: &&Lesson| counts.get(&lesson.category).is_some_and(|count| *count >= 2);
    let example = |lesson: &Lesson| Example { text: lesson.text.clone(), label: lesson.category.to_string() };
    let (names, texts): (Vec<&Lesson>, Vec<&Lesson>) =
        lessons.iter().filter(told).filter(is_enough).partition(|lesson| lesson.is_name);
    let set = Set::new(texts.into_iter().map(example).collect())
        .map_err(|error| NOT_ENOUGH.error().caused_by(error.message()))?;
    let labels: Vec<String> = names.iter().map(|lesson| lesson.category.to_string()).collect();
    Ok(set.called(labels.iter().map(String::as_str).zip(names.iter().map(|lesson| lesson.text.clone()))))
}

/// What tickets of each category usually had.
fn usual(lessons: &[Lesson]) -> Vec<Usual> {
    let mut by_category: BTreeMap<CategoryId, Vec<(Option<TeamId>, Priority)>> = BTreeMap::new();
    for lesson in lessons {
        if let Some((_, team, priority)) = lesson.ticket {
            by_category.entry(lesson.category).or_default().push((team, priority));
        }
    }
    let of = |(category, had): (CategoryId, Vec<(Option<TeamId>, Priority)>)| {
        let (team, teams) = most(had.iter().map(|(team, _)| *team))?;
        let (priority, priorities) = most(had.iter().map(|(_, priority)| *priority))?;
        let total = had.len() as f64;
        Some(Usual {
            category,
            team,
            team_share: teams as f64 / total,
            priority,
            priority_share: priorities as f64 / total,
            tickets: i64::try_from(had.len()).unwrap_or(i64::MAX),
        })
    };
    by_category.into_iter().filter_map(of).collect()
}

/// What occurs most, and how often.
fn most<T: Copy + Ord>(of: impl Iterator<Item = T>) -> Option<(T, usize)> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    of.for_each(|one| *counts.entry(one).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count)
}

/// The meanings of the texts, when there is a model for it; equal texts are read once.
async fn meanings(_: &Cx, room: &Arc<Room>, set: &Set) -> Result<Option<Vec<Vector>>> {
    if !room.library().embedder().is_there() {
        return Ok(None);
    }
    let mut each: Vec<String> = set.texts.clone();
    each.sort_unstable();
    each.dedup();
    let (own, texts) = (room.clone(), each.clone());
    let embedded =
        tokio::task::spawn_blocking(move || own.library().embedder().embed_all(&texts, 1, &Stop::default(), &|_| {}));
    let vectors = embedded.await.map_err(|error| web::INTERNAL.error().caused_by(error))??;
    let by_text: HashMap<&str, &Vector> = each.iter().map(String::as_str).zip(&vectors).collect();
    Ok(Some(set.texts.iter().filter_map(|text| by_text.get(text.as_str()).map(|vector| (*vector).clone())).collect()))
}

/// The model that is in use, with what it answered when texts were held out.
struct Rival {
    classifier: Option<Arc<Classifier>>,
    held_out: HashMap<u64, bool>,
}

async fn rival(cx: &Cx, room: &Arc<Room>, id: super::ModelId) -> Result<Rival> {
    let classifier = room.classifier(cx, id).await?;
    let held_out = cx.read(move |tx, cx| models::held_out(tx, cx, id)).await?;
    Ok(Rival { classifier, held_out: held_out.into_iter().collect() })
}

impl Rival {
    /// Whether it was right about a text: as held out when it was taught with it, else as it answers now.
    fn is_right(&self, key: u64, text: &str, vector: Option<&Vector>, truth: &str) -> bool {
        if let Some(is_right) = self.held_out.get(&key) {
            return *is_right;
        }
        let answer = self.classifier.as_ref().map(|classifier| classifier.answer(text, vector));
        answer.is_some_and(|answer| answer.ranked.first().is_some_and(|first| first.label == truth))
    }
}

fn trained(
    set: &Set,
    vectors: Option<&[Vector]>,
    rival: Option<Rival>,
) -> Result<(Classifier, TriageFigures, Vec<u8>)> {
    let (classifier, figures) = classify::train(set, vectors, Training { threads: 1 })?;
    let new: HashMap<u64, bool> = figures.held_out.iter().copied().collect();
    let compared = rival.map(|rival| {
        let pairs = set.texts.iter().enumerate().filter_map(|(at, text)| {
            let key = classify::held_out_key(text);
            let truth = set.classes.get(at).and_then(|class| set.labels.get(*class))?;
            let vector = vectors.and_then(|vectors| vectors.get(at));
            Some((*new.get(&key)?, rival.is_right(key, text, vector, truth)))
        });
        classify::compare(pairs)
    });
    let figures_out = drawn(set, &figures, compared, vectors.is_some());
    Ok((classifier, figures_out, models::pack(&figures.held_out)))
}

fn drawn(set: &Set, figures: &Figures, compared: Option<classify::Comparison>, by_meaning: bool) -> TriageFigures {
    let bin = |bin: &classify::Bin| CurveBin {
        count: bin.count,
        confidence: f64::from(bin.confidence),
        accuracy: f64::from(bin.accuracy),
    };
    let class = |(label, (count, accuracy)): (&String, &(usize, f64))| {
        let category_id = label.parse().ok()?;
        Some(CategoryFigures { category_id, examples: i64::try_from(*count).unwrap_or(0), accuracy: *accuracy })
    };
    TriageFigures {
        examples: i64::try_from(figures.examples).unwrap_or(0),
        accuracy: figures.accuracy,
        macro_f1: figures.macro_f1,
        calibration_error: f64::from(figures.calibration_error),
        curve: figures.curve.iter().map(bin).collect(),
        categories: set.labels.iter().zip(&figures.by_class).filter_map(class).collect(),
        by_meaning,
        compared: compared.map_or(0, |compared| i64::from(compared.examples)),
        won: compared.map_or(0, |compared| i64::from(compared.won)),
        lost: compared.map_or(0, |compared| i64::from(compared.lost)),
        p_value: compared.map_or(1.0, |compared| compared.p_value),
    }
}
