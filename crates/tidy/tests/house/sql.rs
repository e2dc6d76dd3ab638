//! SQL stands beside its verb, engines stay in `db`, and every statement on a tenant's table names the workspace.

use std::collections::BTreeMap;
use tidy::files;
use tidy::literals::lex;
use tidy::none;
use tidy::statements::{self, Statement};

/// Crates that may hold SQL: what they own are rows.
const OWNERS: [&str; 16] = [
    "db",
    "jobs",
    "trust",
    "people",
    "taxonomy",
    "knowledge",
    "signals",
    "desk",
    "live",
    "success",
    "assist",
    "reports",
    "governance",
    "connect",
    "server",
    "search",
];

/// Tables whose key `workspace_id` does not lead, and why.
const GLOBAL: &[(&str, &str)] = &[
    ("account", "sign-in is global, membership is per workspace"),
    ("job_schedule", "a schedule is the house's; the jobs it enqueues name their workspace"),
    ("migration", "the schema is one for all workspaces"),
    ("secret_link", "whoever holds the link is not signed in yet: it is found by the hash of its secret"),
    ("session", "a cookie says nothing but its secret: it is found by the hash, and names the workspace"),
    ("sign_in_attempt", "attempts are counted before anybody is known"),
    ("workspace", "its own id is the workspace's"),
];

/// Statements on tenants' tables that may cross workspaces: where, on which table, and why.
const ACROSS: &[(&str, &str, &str)] = &[
    ("crates/desk/src/finding/indexer.rs", "log_head", "the index of a node follows all workspaces of its cell"),
    ("crates/desk/src/automation/forgetting.rs", "automation_run", "a schedule of the house forgets old runs"),
    (
        "crates/desk/src/automation/timers.rs",
        "automation_timer",
        "a timer of the house sees to what is due in any workspace",
    ),
    ("crates/desk/src/notifications/forgetting.rs", "notification", "a schedule of the house forgets old notices"),
    ("crates/desk/src/sla/ringing.rs", "ticket_clock", "a timer of the house sees to what is due in any workspace"),
    ("crates/desk/src/sla/schema_pressing.sql", "ticket_clock", "a new column begins with what every workspace has"),
    ("crates/desk/src/sla/ringing.rs", "clock_mark", "a timer of the house tells what passed in any workspace"),
    ("crates/desk/src/spam/purging.rs", "quarantined", "a schedule of the house purges what was held long ago"),
    ("crates/desk/src/tickets/snoozing.rs", "ticket_snooze", "a timer of the house wakes what is due in any workspace"),
    (
        "crates/desk/src/triage/jobs.rs",
        "triage_settings",
        "a schedule of the house teaches the workspaces that want it",
    ),
    (
        "crates/knowledge/src/feedback/schema_confirmed.sql",
        "article_review",
        "a new column begins with what every workspace has",
    ),
    ("crates/knowledge/src/finding/forgetting.rs", "embedding", "a schedule of the house forgets vectors nobody uses"),
    ("crates/desk/src/tickets/status.rs", "ticket", "a schedule of the house closes what was resolved long ago"),
    ("crates/desk/src/tickets/purging.rs", "ticket", "a schedule of the house removes what was deleted long ago"),
    ("crates/desk/src/routing/jobs.rs", "ticket_route", "a timer of the house sleeps to the earliest of any workspace"),
    ("crates/desk/src/routing/waiting.rs", "ticket_route", "a timer of the house sees to what is due in any workspace"),
    ("crates/desk/src/escalation/alarms.rs", "escalation", "a timer of the house sees to what is due in any workspace"),
    ("crates/knowledge/src/finding/indexer.rs", "log_head", "the index of a node follows all workspaces of its cell"),
    ("crates/knowledge/src/gaps/query.rs", "search_query", "a schedule of the house forgets old searches"),
    ("crates/knowledge/src/help/site.rs", "help_site", "the host is what names the workspace"),
    ("crates/jobs/src/queue.rs", "job", "a worker claims, counts and sleeps to what is due in any workspace"),
    ("crates/desk/src/uploads/forgetting.rs", "upload", "a schedule of the house forgets what nobody attached"),
    ("crates/server/src/faces.rs", "widget_key", "the demo's page takes the first key there is"),
    ("crates/server/src/pulse.rs", "log_head", "one figure for the whole house, without a tenant in it"),
    ("crates/server/src/sealing.rs", "log_head", "the house signs the heads of all workspaces"),
    ("crates/trust/src/accounts/sign_in.rs", "member", "an account asks for its own memberships"),
    ("crates/trust/src/doors/identity.rs", "widget_key", "the public key is what names the workspace"),
    (
        "crates/trust/src/members/resetting.rs",
        "member",
        "whether the account signs in elsewhere decides who may reset it",
    ),
    ("crates/trust/src/idempotency.rs", "idempotency", "a schedule of the house forgets old keys"),
    ("crates/trust/src/log/seal.rs", "event", "one figure for the whole house, without a tenant in it"),
];

#[test]
fn sql_stands_beside_its_verb() {
    let mut findings = Vec::new();
    for statement in statements::all() {
        let owner = statement.path.strip_prefix("crates/").and_then(|rest| rest.split('/').next());
        let is_edge = statement.path.ends_with("/routes.rs") || statement.path.ends_with("/shapes.rs");
        if is_edge || owner.is_none_or(|owner| !OWNERS.contains(&owner)) {
            findings.push(place(&statement));
        }
    }
    none(
        "SQL stands beside the verb that needs it.",
        "move the statement into the slice's verb and call that",
        &findings,
    );
}

#[test]
fn engines_are_named_in_db_only() {
    let mut findings = Vec::new();
    for file in files::with_extension(&["rs"]) {
        // Tests make their own databases.
        if file.is_test() || ["db", "tidy"].contains(&file.crate_name().unwrap_or("tidy")) {
            continue;
        }
        for (index, line) in lex(&file.text).code.lines().enumerate() {
            let words = line.split(|char: char| !char.is_alphanumeric() && char != '_' && char != ':');
            let named = words.filter(|word| word.starts_with("rusqlite::") || word.starts_with("postgres::"));
            findings.extend(named.map(|word| format!("{}:{}: {word}", file.path, index + 1)));
        }
    }
    none("Engine libraries are used inside crates/db only.", "use the portable layer of `db`, or extend it", &findings);
}

#[test]
fn every_table_belongs_to_a_tenant_or_says_why_not() {
    let tables = statements::tables(&statements::all());
    let mut findings = Vec::new();
    for (table, is_tenants) in &tables {
        if *is_tenants == is_global(table) {
            let what = if *is_tenants {
                "is led by workspace_id, but stands in GLOBAL"
            } else {
                "workspace_id does not lead its key"
            };
            findings.push(format!("{table}: {what}"));
        }
    }
    let gone = GLOBAL.iter().filter(|(table, _)| !tables.contains_key(*table));
    findings.extend(gone.map(|(table, _)| format!("{table}: stands in GLOBAL, but nothing creates it")));
    none(
        "Every table has a workspace_id, or stands in GLOBAL with a reason.",
        "add the column, or the line",
        &findings,
    );
}

#[test]
fn every_statement_on_a_tenants_table_names_the_workspace() {
    let statements = statements::all();
    let tables = statements::tables(&statements);
    let findings: Vec<_> = statements.iter().filter_map(|one| unscoped(one, &tables)).collect();
    none(
        "Every statement on a tenant's table is bound to its workspace_id.",
        "add `workspace_id = …` to the condition; a deliberate crossing goes into ACROSS with a reason",
        &findings,
    );
}

fn unscoped(statement: &Statement, tables: &BTreeMap<String, bool>) -> Option<String> {
    if statement.is_scoped() || statement.is_definition() {
        return None;
    }
    let touched = statements::touched(&statement.text);
    let table = touched.into_iter().find(|name| tables.get(*name) == Some(&true))?;
    let is_known = ACROSS.iter().any(|(path, name, _)| statement.path == *path && *name == table);
    (!is_known).then(|| format!("{} ({table})", place(statement)))
}

fn is_global(table: &str) -> bool {
    GLOBAL.iter().any(|(name, _)| *name == table)
}

fn place(statement: &Statement) -> String {
    let start: String = statement.text.chars().take(60).collect();
    format!("{}:{}: {}", statement.path, statement.line, start.replace('\n', " "))
}

#[test]
fn exceptions_are_still_needed() {
    let statements = statements::all();
    let is_used = |path: &str, table: &str| {
        statements
            .iter()
            .any(|one| one.path == path && !one.is_scoped() && statements::touched(&one.text).contains(&table))
    };
    let unused = ACROSS.iter().filter(|(path, table, _)| !is_used(path, table));
    let findings: Vec<_> = unused.map(|(path, table, _)| format!("{path} ({table})")).collect();
    none("An exception that nothing needs is a hole.", "delete the line from ACROSS", &findings);
}
