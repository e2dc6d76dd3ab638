//! Trained models: one is current; those that were in use before can be put back; one that did worse by more than chance
//! was refused and stays out. Rule: whoever makes one current makes the other previous, in the same transaction.

use base::{Result, Time};
use db::{Row, Tx};
use serde::{Deserialize, Serialize};
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::access::Right;
use trust::nouns::TeamId;

use super::ModelId;
use super::codes::MODEL_REFUSED;
use crate::tickets::Priority;

/// Models that are kept.
const KEPT: usize = 5;

base::words! {
    /// How a model stands.
    pub enum Standing {
        /// It answers.
        Current = "current",
        /// It answered before.
        Previous = "previous",
        /// It did worse than the current one by more than chance.
        Refused = "refused",
    }
}

/// What tickets of a category usually had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Usual {
    pub category: CategoryId,
    pub team: Option<TeamId>,
    /// The share of the category's tickets that this team had, 0 to 1.
    pub team_share: f64,
    pub priority: Priority,
    /// The share of the category's tickets of this priority, 0 to 1.
    pub priority_share: f64,
    pub tickets: i64,
}

/// One bin of the reliability curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CurveBin {
    /// Answers in it.
    pub count: u32,
    /// Their mean confidence, 0 to 1.
    pub confidence: f64,
    /// The share of them that was right, 0 to 1.
    pub accuracy: f64,
}

/// How one category does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CategoryFigures {
    /// The category.
    pub category_id: CategoryId,
    /// Its texts.
    pub examples: i64,
    /// The share of them that was answered right when held out, 0 to 1.
    pub accuracy: f64,
}

/// How good a model is, by answers to texts it had not seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TriageFigures {
    /// Texts it was taught with.
    pub examples: i64,
    /// The share that was right, 0 to 1.
    pub accuracy: f64,
    /// The mean over the categories of the harmonic mean of precision and recall.
    pub macro_f1: f64,
    /// Expected calibration error in 15 bins, 0 to 1.
    pub calibration_error: f64,
    /// Confidence against accuracy.
    pub curve: Vec<CurveBin>,
    /// By category.
    pub categories: Vec<CategoryFigures>,
    /// Whether meaning takes part, or words alone.
    pub by_meaning: bool,
    /// Texts that both this one and the one before answered.
    pub compared: i64,
    /// Of those, right by this one alone.
    pub won: i64,
    /// Of those, right by the one before alone.
    pub lost: i64,
    /// The chance of such a difference between equals, 0 to 1.
    pub p_value: f64,
}

/// A model without its weights.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub id: ModelId,
    pub standing: Standing,
    pub trained_at: Time,
    pub figures: TriageFigures,
}

/// What arrival wants to know of the current model.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    pub id: ModelId,
    pub usual: Vec<Usual>,
}

/// A model about to be kept.
pub(crate) struct NewModel {
    pub standing: Standing,
    pub figures: TriageFigures,
    pub usual: Vec<Usual>,
    pub model: Vec<u8>,
    pub held_out: Vec<u8>,
}

fn read(row: &Row<'_>) -> Result<Option<Model>> {
    let figures: String = row.get(3)?;
    let (id, standing, trained_at) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(serde_json::from_str(&figures).ok().map(|figures| Model { id, standing, trained_at, figures }))
}

/// The models, newest first.
pub(crate) fn list(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<Model>> {
    let found = tx.all(
        "SELECT id, standing, trained_at, figures FROM triage_model WHERE workspace_id = $1 ORDER BY id DESC LIMIT 20",
        &[&cx.workspace()],
        read,
    )?;
    Ok(found.into_iter().flatten().collect())
}

/// The current model.
pub(crate) fn current(tx: &mut Tx<'_>, cx: &Cx) -> Result<Option<Current>> {
    tx.first(
        "SELECT id, teams FROM triage_model WHERE workspace_id = $1 AND standing = 'current'",
        &[&cx.workspace()],
        |row| {
            let usual: String = row.get(1)?;
            Ok(Current { id: row.get(0)?, usual: serde_json::from_str(&usual).unwrap_or_default() })
        },
    )
}

/// The weights of a model.
pub(crate) fn weights(tx: &mut Tx<'_>, cx: &Cx, id: ModelId) -> Result<Option<Vec<u8>>> {
    tx.first("SELECT model FROM triage_model WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &id], |row| {
        row.get(0)
    })
}

/// What a model answered when texts were held out: the key of each, and whether it was right.
pub(crate) fn held_out(tx: &mut Tx<'_>, cx: &Cx, id: ModelId) -> Result<Vec<(u64, bool)>> {
    let sql = "SELECT held_out FROM triage_model WHERE workspace_id = $1 AND id = $2";
    let bytes: Vec<u8> = tx.first(sql, &[&cx.workspace(), &id], |row| row.get(0))?.unwrap_or_default();
    let read = |nine: &[u8]| Some((u64::from_le_bytes(*nine.first_chunk()?), nine.last() == Some(&1)));
    Ok(bytes.chunks_exact(9).filter_map(read).collect())
}

/// The stored form of held-out answers.
pub(crate) fn pack(held_out: &[(u64, bool)]) -> Vec<u8> {
    held_out.iter().flat_map(|(key, is_right)| key.to_le_bytes().into_iter().chain([u8::from(*is_right)])).collect()
}

/// Keeps a model, and lets the oldest go.
pub(crate) fn keep(tx: &mut Tx<'_>, cx: &Cx, new: &NewModel) -> Result<Model> {
    if new.standing == Standing::Current {
        step_down(tx, cx)?;
    }
    let (id, now): (ModelId, Time) = (cx.new_id(), cx.env().now());
    let (figures, usual) = (json(&new.figures), json(&new.usual));
    tx.exec(
        "INSERT INTO triage_model (workspace_id, id, standing, trained_at, figures, teams, model, held_out) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[&cx.workspace(), &id, &new.standing, &now, &figures, &usual, &new.model, &new.held_out],
    )?;
    for old in list(tx, cx)?.into_iter().skip(KEPT).filter(|model| model.standing != Standing::Current) {
        tx.exec("DELETE FROM triage_model WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &old.id])?;
    }
    cx.forget_settings(tx);
    Ok(Model { id, standing: new.standing, trained_at: now, figures: new.figures.clone() })
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Puts a model back that was in use before.
pub(crate) fn put_back(tx: &mut Tx<'_>, cx: &Cx, id: ModelId) -> Result<Model> {
    cx.require(Right::SettingsWrite)?;
    let found = list(tx, cx)?.into_iter().find(|model| model.id == id);
    let mut model = found.ok_or_else(|| web::NOT_FOUND.error())?;
    if model.standing == Standing::Refused {
        return Err(MODEL_REFUSED.error());
    }
    step_down(tx, cx)?;
    tx.exec(
        "UPDATE triage_model SET standing = 'current' WHERE workspace_id = $1 AND id = $2",
        &[&cx.workspace(), &id],
    )?;
    model.standing = Standing::Current;
    cx.forget_settings(tx);
    Ok(model)
}

fn step_down(tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
    tx.exec(
        "UPDATE triage_model SET standing = 'previous' WHERE workspace_id = $1 AND standing = 'current'",
        &[&cx.workspace()],
    )?;
    Ok(())
}
