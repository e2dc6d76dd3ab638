//! Skills: what members can do, so that tickets that need it find them; a name is taken once, whatever its case.

use base::text::{Line, fold};
use base::{Code, Kind, Page, Result};
use db::Tx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use trust::nouns::MemberId;
use trust::{Cx, PageQuery};
use utoipa::ToSchema;

use super::change::{begin, changed, member, within};
use super::words::SkillId;

/// The name is taken.
pub static SKILL_TAKEN: Code =
    Code::new(Kind::Conflict, "skill_taken", "There is a skill of this name.", "Use that skill, or another name.");
/// The skill does not exist.
pub static UNKNOWN_SKILL: Code =
    Code::new(Kind::Unprocessable, "unknown_skill", "There is no such skill.", "List them at `/api/v1/skills`.");
/// A rule asks for the skill.
pub static SKILL_NEEDED: Code = Code::new(
    Kind::Conflict,
    "skill_needed",
    "A routing rule asks for this skill.",
    "Take it out of the rules named in `rules` first.",
);

/// The most skills a member has.
const MOST: usize = 50;

/// A name for a skill.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SkillName {
    /// The name.
    pub name: Line<60>,
}

/// A skill.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SkillOut {
    pub id: SkillId,
    pub name: String,
    /// How many members have it.
    pub members: i64,
}

/// A member's skill.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SkillLevel {
    /// The skill.
    pub skill_id: SkillId,
    /// How well, from 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub level: i64,
}

/// Everything a member can do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberSkills {
    /// The skills; at most 50.
    pub skills: Vec<SkillLevel>,
}

const SELECT: &str = "SELECT s.id, s.name, (SELECT COUNT(*) FROM member_skill m WHERE m.workspace_id = s.workspace_id \
    AND m.skill_id = s.id) FROM skill s WHERE s.workspace_id = $1";

fn read(row: &db::Row<'_>) -> Result<SkillOut> {
    Ok(SkillOut { id: row.get(0)?, name: row.get(1)?, members: row.get(2)? })
}

/// The skills in the order they were made.
pub(crate) fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<SkillOut>> {
    let limit = page.limit()?;
    let after = page.cursor()?.map_or(uuid::Uuid::nil(), |cursor| cursor.id);
    let sql = format!("{SELECT} AND s.id > $2 ORDER BY s.id LIMIT $3");
    let found = tx.all(&sql, &[&cx.workspace(), &after, &i64::try_from(limit + 1).unwrap_or(1)], read)?;
    Ok(Page::cut(found, limit, |last| base::Cursor { key: 0, id: last.id.uuid() }.encode()))
}

/// Makes a skill.
pub(crate) fn create(tx: &mut Tx<'_>, cx: &Cx, name: &Line<60>) -> Result<SkillOut> {
    begin(cx)?;
    let id: SkillId = cx.new_id();
    let made = tx.exec(
        "INSERT INTO skill (workspace_id, id, name, name_folded, created_at, version) VALUES ($1, $2, $3, $4, $5, 1) \
         ON CONFLICT (workspace_id, name_folded) DO NOTHING",
        &[&cx.workspace(), &id, name, &fold(name), &cx.env().now()],
    )?;
    if made == 0 {
        return Err(taken());
    }
    changed(tx, cx, "skill_created", json!({"skill_id": id}))?;
    Ok(SkillOut { id, name: name.to_string(), members: 0 })
}

/// Renames a skill.
pub(crate) fn rename(tx: &mut Tx<'_>, cx: &Cx, id: SkillId, name: &Line<60>) -> Result<SkillOut> {
    begin(cx)?;
    let found =
        tx.first_locked("SELECT id FROM skill WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &id], |_| {
            Ok(())
        })?;
    found.ok_or_else(|| web::NOT_FOUND.error())?;
    let renamed = tx.exec(
        "UPDATE skill SET name = $1, name_folded = $2, version = version + 1 WHERE workspace_id = $3 AND id = $4",
        &[name, &fold(name), &cx.workspace(), &id],
    );
    renamed.map_err(|error| if db::is_duplicate(&error) { taken() } else { error })?;
    changed(tx, cx, "skill_renamed", json!({"skill_id": id}))?;
    let sql = format!("{SELECT} AND s.id = $2");
    tx.first(&sql, &[&cx.workspace(), &id], read)?.ok_or_else(|| web::NOT_FOUND.error())
}

/// Takes a skill away from everybody, unless a rule asks for it.
pub(crate) fn delete(tx: &mut Tx<'_>, cx: &Cx, id: SkillId) -> Result<()> {
    begin(cx)?;
    let rules = super::rule::asking_for(tx, cx, id)?;
    if !rules.is_empty() {
        return Err(SKILL_NEEDED.error().with("rules", json!(rules)));
    }
    let gone = tx.exec("DELETE FROM skill WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &id])?;
    if gone == 0 {
        return Err(web::NOT_FOUND.error());
    }
    tx.exec("DELETE FROM member_skill WHERE workspace_id = $1 AND skill_id = $2", &[&cx.workspace(), &id])?;
    changed(tx, cx, "skill_deleted", json!({"skill_id": id}))
}

/// What a member can do.
pub(crate) fn of_member(tx: &mut Tx<'_>, cx: &Cx, id: MemberId) -> Result<MemberSkills> {
    member(tx, cx, id)?;
    let skills = tx.all(
        "SELECT skill_id, level FROM member_skill WHERE workspace_id = $1 AND member_id = $2 ORDER BY skill_id",
        &[&cx.workspace(), &id],
        |row| Ok(SkillLevel { skill_id: row.get(0)?, level: row.get(1)? }),
    )?;
    Ok(MemberSkills { skills })
}

/// Sets what a member can do.
pub(crate) fn set_of_member(tx: &mut Tx<'_>, cx: &Cx, id: MemberId, new: &MemberSkills) -> Result<MemberSkills> {
    begin(cx)?;
    member(tx, cx, id)?;
    if new.skills.len() > MOST {
        return Err(web::INVALID_FIELD.error().field("/skills", "too_many", format!("takes at most {MOST}")));
    }
    for (index, skill) in new.skills.iter().enumerate() {
        within(&format!("/skills/{index}/level"), skill.level, 1, 5)?;
        check(tx, cx, skill.skill_id, &format!("/skills/{index}/skill_id"))?;
        if new.skills.iter().take(index).any(|other| other.skill_id == skill.skill_id) {
            let place = format!("/skills/{index}/skill_id");
            return Err(web::INVALID_FIELD.error().field(place, "twice", "is named before"));
        }
    }
    tx.exec("DELETE FROM member_skill WHERE workspace_id = $1 AND member_id = $2", &[&cx.workspace(), &id])?;
    for skill in &new.skills {
        tx.exec(
            "INSERT INTO member_skill (workspace_id, member_id, skill_id, level) VALUES ($1, $2, $3, $4)",
            &[&cx.workspace(), &id, &skill.skill_id, &skill.level],
        )?;
    }
    changed(tx, cx, "member_skills", json!({"member_id": id, "skills": new.skills}))?;
    of_member(tx, cx, id)
}

/// Refuses a skill that is not there.
pub(crate) fn check(tx: &mut Tx<'_>, cx: &Cx, id: SkillId, pointer: &str) -> Result<()> {
    let found =
        tx.first("SELECT 1 FROM skill WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &id], |_| Ok(()))?;
    found.ok_or_else(|| UNKNOWN_SKILL.error().field(pointer, "unknown", "is no skill of this workspace"))
}

fn taken() -> base::Error {
    SKILL_TAKEN.error().field("/name", "taken", "is the name of another skill")
}
