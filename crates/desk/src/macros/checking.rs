//! Checking what a macro is to do before it is kept: every mistake names its step.

use base::{Error, Result};
use db::Tx;
use trust::Cx;
use trust::access::Right;

use super::action::Action;
use super::kept::{Content, MacroKind, MacroVisibility};
use super::template::{VARIABLES, check as check_text};
use super::{NOBODYS_MACRO, UNKNOWN_VARIABLE};
use crate::tickets::{check_target, settable_status};

/// The most steps of a macro.
const STEPS: usize = 20;
/// The most languages of a reply.
const LOCALES: usize = 30;
/// The most tags of a step.
const TAGS: usize = 20;

/// Refuses what does not hold together.
pub(super) fn check(tx: &mut Tx<'_>, cx: &Cx, content: &Content) -> Result<()> {
    check_visibility(tx, cx, content)?;
    check_shape(content)?;
    content
        .actions
        .iter()
        .enumerate()
        .try_for_each(|(at, action)| check_action(tx, cx, &format!("/actions/{at}"), action))
}

fn wrong(pointer: impl Into<String>, code: &'static str, why: impl Into<String>) -> Error {
    web::INVALID_FIELD.error().field(pointer, code, why)
}

fn check_visibility(tx: &mut Tx<'_>, cx: &Cx, content: &Content) -> Result<()> {
    match (content.visibility, content.team) {
        (MacroVisibility::Team, None) => return Err(wrong("/team_id", "missing", "is needed for a macro of a team")),
        (MacroVisibility::All | MacroVisibility::Personal, Some(_)) => {
            return Err(wrong("/team_id", "misplaced", "goes with the visibility `team` only"));
        }
        _ => check_target(tx, cx, content.team, None)?,
    }
    match content.visibility {
        MacroVisibility::Personal if cx.actor.member().is_none() => Err(NOBODYS_MACRO.error()),
        MacroVisibility::Personal => Ok(()),
        MacroVisibility::All | MacroVisibility::Team => cx.require(Right::SettingsWrite),
    }
}

fn check_shape(content: &Content) -> Result<()> {
    let count = |word: &str| content.actions.iter().filter(|action| action.word() == word).count();
    if content.actions.is_empty() || content.actions.len() > STEPS {
        return Err(wrong("/actions", "count", format!("takes 1 to {STEPS} steps")));
    }
    if content.kind == MacroKind::Reply && (count("reply") != 1 || content.actions.len() != 1) {
        return Err(wrong("/actions", "not_a_reply", "is one reply and nothing else for a canned reply"));
    }
    if count("reply") > 1 || count("note") > 1 {
        return Err(wrong("/actions", "twice", "takes one reply and one note at most"));
    }
    Ok(())
}

fn check_action(tx: &mut Tx<'_>, cx: &Cx, at: &str, action: &Action) -> Result<()> {
    match action {
        Action::Reply { texts } => {
            if texts.is_empty() || texts.len() > LOCALES {
                return Err(wrong(format!("{at}/texts"), "count", format!("takes 1 to {LOCALES} languages")));
            }
            let same = |one: usize, locale: &str| texts.iter().take(one).any(|text| text.locale.as_str() == locale);
            for (place, text) in texts.iter().enumerate() {
                if same(place, text.locale.as_str()) {
                    return Err(wrong(format!("{at}/texts/{place}/locale"), "twice", "stands there twice"));
                }
                check_words(&format!("{at}/texts/{place}/text"), &text.text)?;
            }
            Ok(())
        }
        Action::Note { text } => check_words(&format!("{at}/text"), text),
        Action::SetStatus { status, waiting_on, status_id } => {
            settable_status(tx, cx, *status, *waiting_on, *status_id).map_err(|error| below(at, &error))
        }
        Action::SetCategory { category_id } => {
            let is_there = taxonomy::category_exists(tx, cx.workspace(), *category_id)?;
            let unknown = || wrong(format!("{at}/category_id"), "unknown", "is no category of this workspace");
            if is_there { Ok(()) } else { Err(unknown()) }
        }
        Action::SetFields { fields } => {
            if fields.is_empty() {
                return Err(wrong(format!("{at}/fields"), "count", "names at least one field"));
            }
            taxonomy::check_fields(tx, cx, fields).map(drop).map_err(|error| below(at, &error))
        }
        Action::AddTags { tags } | Action::RemoveTags { tags } => match tags.len() {
            1..=TAGS => Ok(()),
            _ => Err(wrong(format!("{at}/tags"), "count", format!("takes 1 to {TAGS} tags"))),
        },
        Action::Assign { team_id, assignee_id, to_me } => {
            if *to_me == assignee_id.is_some() && (*to_me || team_id.is_none()) {
                return Err(wrong(at, "whom", "goes to a team, to a member, or with `to_me` to whoever runs it"));
            }
            check_target(tx, cx, *team_id, *assignee_id).map_err(|error| below(at, &error))
        }
        Action::Snooze { minutes } => match minutes {
            1..=525_600 => Ok(()),
            _ => Err(wrong(format!("{at}/minutes"), "range", "takes 1 to 525600")),
        },
        Action::SetPriority { .. } | Action::Unassign {} => Ok(()),
    }
}

fn check_words(pointer: &str, text: &str) -> Result<()> {
    check_text(text).map_err(|fault| {
        let meant = fault.nearest.map(|name| format!("; did you mean {{{{{name}}}}}?")).unwrap_or_default();
        let why = format!("names {} at character {}, which there is not{meant}", fault.written, fault.at);
        UNKNOWN_VARIABLE.error().with("variables", VARIABLES.into()).field(pointer, "unknown_variable", why)
    })
}

/// The same mistakes, below a step.
fn below(at: &str, error: &Error) -> Error {
    let mut moved = error.code().error();
    for field in error.fields() {
        moved = moved.field(format!("{at}{}", field.pointer), field.code, field.message.clone());
    }
    moved
}
