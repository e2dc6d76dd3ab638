//! Looking a rule over before it is saved: everything it names exists, and its condition can be asked.
//! Rule: what is refused is named with its place; what is in force stays in force.

use base::{Code, Error, Kind, Result};
use db::Tx;
use rules::{Condition, Fault};
use trust::Cx;

use super::action::Action;
use super::definition::{Definition, When};
use super::filling::{VARIABLES, has_any, unknown};
use crate::facts::TICKET;
use crate::macros::MacroId;
use crate::tickets::{Status, check_target};

/// Minutes in 366 days.
const LONGEST_WAIT: i64 = 527_040;
const MOST_ACTIONS: usize = 20;
const MOST_TAGS: usize = 20;
const MOST_MEMBERS: usize = 50;
const MOST_PER_HOUR: i64 = 100_000;

/// The rule would not do what it says.
pub static BAD_RULE: Code = Code::new(
    Kind::Unprocessable,
    "bad_rule",
    "The rule cannot be saved as it is.",
    "See `errors` for the places; what was saved before stays in force.",
);

/// Refuses a rule that would not run.
pub(crate) fn check(tx: &mut Tx<'_>, cx: &Cx, definition: &Definition) -> Result<()> {
    let mut problems = Problems::default();
    check_when(&definition.when, &mut problems);
    if let Err(fault) = condition(&definition.condition) {
        problems.fault = Some(fault);
    }
    if !(1..=MOST_PER_HOUR).contains(&definition.per_hour) {
        problems.add("/per_hour", "out_of_range", format!("takes 1 to {MOST_PER_HOUR}"));
    }
    if !(1..=MOST_ACTIONS).contains(&definition.actions.len()) {
        problems.add("/actions", "out_of_range", format!("takes 1 to {MOST_ACTIONS} actions"));
    }
    for (index, action) in definition.actions.iter().take(MOST_ACTIONS).enumerate() {
        check_action(tx, cx, action, &format!("/actions/{index}"), &mut problems)?;
    }
    problems.refuse()
}

/// Compiles a condition; an empty one holds always.
pub(super) fn condition(source: &str) -> Result<Option<Condition>, Fault> {
    if source.is_empty() { Ok(None) } else { Condition::compile(source, &TICKET).map(Some) }
}

#[derive(Default)]
struct Problems {
    fields: Vec<(String, &'static str, String)>,
    fault: Option<Fault>,
}

impl Problems {
    fn add(&mut self, pointer: impl Into<String>, code: &'static str, words: impl Into<String>) {
        self.fields.push((pointer.into(), code, words.into()));
    }

    fn refuse(self) -> Result<()> {
        if self.fields.is_empty() && self.fault.is_none() {
            return Ok(());
        }
        let mut error = BAD_RULE.error();
        if let Some(fault) = self.fault {
            let told = serde_json::to_value(&fault).unwrap_or_default();
            error = error.field("/condition", "condition", fault.to_string()).with("fault", told);
        }
        let add =
            |error: Error, (pointer, code, words): (String, &'static str, String)| error.field(pointer, code, words);
        Err(self.fields.into_iter().fold(error, add))
    }
}

fn check_when(when: &When, problems: &mut Problems) {
    match when {
        When::Events { events } if events.is_empty() => {
            problems.add("/when/events", "empty", "needs at least one event");
        }
        When::Later { minutes, .. } if !(1..=LONGEST_WAIT).contains(minutes) => {
            problems.add("/when/minutes", "out_of_range", format!("takes 1 to {LONGEST_WAIT}, which is 366 days"));
        }
        _ => {}
    }
}

fn check_action(tx: &mut Tx<'_>, cx: &Cx, action: &Action, at: &str, problems: &mut Problems) -> Result<()> {
    match action {
        Action::SetStatus { status, waiting_on } if waiting_on.is_some() && *status != Status::Pending => {
            problems.add(format!("{at}/waiting_on"), "misplaced", "goes with `pending` only");
        }
        Action::SetCategory { category_id } if !taxonomy::category_exists(tx, cx.workspace(), *category_id)? => {
            problems.add(format!("{at}/category_id"), "unknown", "is no category of this workspace");
        }
        Action::SetField { key, value } => {
            let values = serde_json::Map::from_iter([(key.to_string(), value.clone())]);
            let checked = refusal(taxonomy::check_fields(tx, cx, &values))?;
            if let Some(words) = checked {
                problems.add(format!("{at}/value"), "invalid", words);
            }
        }
        Action::AddTags { tags } | Action::RemoveTags { tags } if !(1..=MOST_TAGS).contains(&tags.len()) => {
            problems.add(format!("{at}/tags"), "out_of_range", format!("takes 1 to {MOST_TAGS} tags"));
        }
        Action::Assign { team_id: None, assignee_id: None } => {
            problems.add(at, "empty", "names neither a team nor a member");
        }
        Action::Assign { team_id, assignee_id } => {
            if let Some(words) = refusal(check_target(tx, cx, *team_id, *assignee_id))? {
                problems.add(at, "unknown", words);
            }
        }
        Action::RunMacro { macro_id } if !is_shared(tx, cx, *macro_id)? => {
            problems.add(format!("{at}/macro_id"), "unknown", "is no shared macro in use");
        }
        Action::Escalate { reason, .. } => check_text(reason, &format!("{at}/reason"), problems),
        Action::Reply { body } | Action::Note { body } => check_text(body, &format!("{at}/body"), problems),
        Action::Notify { to, member_ids, text } => {
            // Kept beside the ticket and not erased with it, so nothing of a person goes into it.
            if has_any(text) {
                problems.add(format!("{at}/text"), "no_variables", "takes no variables: the notice names the ticket");
            }
            if to.is_empty() && member_ids.is_empty() || member_ids.len() > MOST_MEMBERS {
                problems.add(at, "out_of_range", format!("tells somebody, and at most {MOST_MEMBERS} members by name"));
            }
            for member in member_ids.iter().take(MOST_MEMBERS) {
                if let Some(words) = refusal(check_target(tx, cx, None, Some(*member)))? {
                    problems.add(format!("{at}/member_ids"), "unknown", words);
                }
            }
        }
        Action::Snooze { minutes } if !(1..=LONGEST_WAIT).contains(minutes) => {
            problems.add(
                format!("{at}/minutes"),
                "out_of_range",
                format!("takes 1 to {LONGEST_WAIT}, which is 366 days"),
            );
        }
        Action::Webhook { url } if !is_address(url) => {
            problems.add(
                format!("{at}/url"),
                "invalid",
                "takes an address that starts with https:// or http://, without a password in it",
            );
        }
        _ => {}
    }
    Ok(())
}

fn check_text(text: &str, at: &str, problems: &mut Problems) {
    if let Some(name) = unknown(text) {
        let known = VARIABLES.join(", ");
        problems.add(at, "unknown_variable", format!("there is no variable `{name}`; there are {known}"));
    }
}

/// The words of a refusal; what the database got wrong stays an error.
fn refusal<T>(checked: Result<T>) -> Result<Option<String>> {
    match checked {
        Ok(_) => Ok(None),
        Err(error) if error.kind() == Kind::Unprocessable => {
            let first = error.fields().first().map(|field| field.message.to_string());
            Ok(Some(first.unwrap_or_else(|| error.message().to_owned())))
        }
        Err(error) => Err(error),
    }
}

fn is_address(url: &str) -> bool {
    let Ok(uri) = url.parse::<http::Uri>() else { return false };
    let has_scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    has_scheme && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
}

/// Whether a macro is there that rules may run: no personal one, none that is archived.
fn is_shared(tx: &mut Tx<'_>, cx: &Cx, id: MacroId) -> Result<bool> {
    let sql =
        "SELECT 1 FROM macro WHERE workspace_id = $1 AND id = $2 AND visibility <> 'personal' AND is_archived = 0";
    Ok(tx.first(sql, &[&cx.workspace(), &id], |_| Ok(()))?.is_some())
}
