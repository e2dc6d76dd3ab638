//! The doors of rules about senders.

use base::text::Line;
use base::{Page, Time};
use serde::{Deserialize, Serialize};
use trust::nouns::MemberId;
use trust::{Cx, PageQuery};
use utoipa::ToSchema;
use web::{Access, Created, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::rules::{self, NewRule, RuleKind, SenderRule};
use super::{Rule, SenderRuleId};

const RULES: &str = "/api/v1/sender-rules";

pub(super) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, RULES, "listSenderRules", Access::Member("settings:read"), list)
            .about("Whom to hold back and whom to let in, in the order the rules were made.")
            .query::<PageQuery>()
            .gives::<Page<SenderRuleOut>>(200),
        Op::new(Method::Post, RULES, "createSenderRule", Access::Member("settings:write"), create)
            .about("Makes a rule about senders.")
            .takes::<NewSenderRule>()
            .gives::<SenderRuleOut>(201),
        Op::new(
            Method::Delete,
            "/api/v1/sender-rules/{id}",
            "deleteSenderRule",
            Access::Member("settings:write"),
            remove,
        )
        .about("Takes a rule about senders away."),
    ]
}

/// A rule to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSenderRule {
    /// What it names senders by.
    kind: RuleKind,
    /// The address, the domain, the network as `203.0.113.0/24`, or the visitor's id.
    value: Line<254>,
    /// Whether it holds senders back; when false it lets them in.
    blocked: bool,
    /// Why.
    reason: Option<Line<300>>,
    /// Until when; for good when absent.
    until: Option<Time>,
}

/// A rule about senders.
#[derive(Serialize, ToSchema)]
pub(super) struct SenderRuleOut {
    id: SenderRuleId,
    /// What it names senders by.
    kind: RuleKind,
    value: String,
    /// Whether it holds senders back; when false it lets them in.
    blocked: bool,
    reason: Option<String>,
    /// Until when; for good when null.
    until: Option<Time>,
    /// Who made it.
    author_id: Option<MemberId>,
    /// How often it held something back.
    hits: i64,
    last_hit_at: Option<Time>,
    created_at: Time,
}

impl From<SenderRule> for SenderRuleOut {
    fn from(rule: SenderRule) -> SenderRuleOut {
        SenderRuleOut {
            id: rule.id,
            kind: rule.kind,
            value: rule.value,
            blocked: rule.is_blocked,
            reason: rule.reason,
            until: rule.until,
            author_id: rule.author,
            hits: rule.hits,
            last_hit_at: rule.last_hit_at,
            created_at: rule.created_at,
        }
    }
}

async fn list(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<SenderRuleOut>>> {
    let (limit, after) = (page.limit()?, page.cursor()?.map_or(uuid::Uuid::nil(), |cursor| cursor.id));
    let found = cx.read(move |tx, cx| rules::list(tx, cx, after, limit)).await?;
    Ok(Reply::new(found.map(SenderRuleOut::from)))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewSenderRule>) -> web::Result<Created<SenderRuleOut>> {
    let made = cx.write(move |tx, cx| {
        let (value, reason) = (&*new.value, new.reason.as_ref());
        rules::create(tx, cx, &NewRule { kind: new.kind, value, is_blocked: new.blocked, reason, until: new.until })
    });
    Ok(Created(Reply::new(made.await?.into())))
}

async fn remove(cx: Cx, PathId(id): PathId<Rule>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| rules::remove(tx, cx, id)).await?;
    Ok(NoContent)
}
