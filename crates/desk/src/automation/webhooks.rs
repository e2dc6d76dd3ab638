//! Calling other systems when a rule says so: signed as Standard Webhooks describe it, through the one outbound client.
//! Rule: a call has one id through all its tries, so that a receiver can tell a repetition from a second call.

use std::sync::Arc;

use base::{Code, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use db::Tx;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use jobs::{Job, Kind, Run};
use serde_json::json;
use sha2::Sha256;
use trust::access::Via;
use trust::nouns::WorkspaceId;
use trust::{Cx, House};
use web::OutboundRequest;

use super::RuleId;
use super::acting::EffectOutcome;
use super::action::Action;
use super::definition::Definition;
use super::runs::Errand;
use crate::tickets::{Ticket, ticket_outs};

pub(super) const KIND: &str = "call_webhook";

/// The receiver did not take it.
pub(super) static WEBHOOK_REFUSED: Code = Code::new(
    base::Kind::Unavailable,
    "webhook_refused",
    "The receiver of a webhook answered with an error.",
    "See the receiver's own logs; the call is tried again, and given up after ten tries.",
);

/// How often a call is tried.
const TRIES: i64 = 10;

/// Which call: its address is read from the version of the rule that made it.
pub(super) type Call = Errand;

/// The job of one call.
pub(super) fn kind() -> Kind<Arc<House>> {
    Kind { name: KIND, tries: TRIES, run: Run::Outside(|house, job| Box::pin(deliver(house, job))) }
}

/// Calls, and says in the run what became of it: when it is given up, and when a call that was given up succeeds after all.
async fn deliver(house: Arc<House>, job: Job) -> Result<()> {
    let call: Call = job.payload()?;
    let cx = Cx::of_house(&house, WorkspaceId::from_uuid(job.workspace), Via::Job);
    let is_last = job.attempts >= TRIES;
    let outcome = send(&house, &cx, call).await;
    match &outcome {
        Err(error) if is_last => {
            let code = error.name().to_owned();
            cx.write(move |tx, cx| call.settle(tx, cx, Some(&code))).await?;
        }
        // A dead job that somebody ran again, or a try that was counted as the last.
        Ok(()) => cx.write(move |tx, cx| unrefuse(tx, cx, call)).await?,
        Err(_) => {}
    }
    outcome
}

fn unrefuse(tx: &mut Tx<'_>, cx: &Cx, call: Call) -> Result<()> {
    let is_refused = call.effect(tx, cx)?.is_some_and(|effect| effect.outcome == EffectOutcome::Refused);
    if is_refused { call.settle(tx, cx, None) } else { Ok(()) }
}

async fn send(house: &House, cx: &Cx, call: Call) -> Result<()> {
    let Some((url, body)) = cx.read(move |tx, cx| prepare(tx, cx, call)).await? else { return Ok(()) };
    let headers = signed(cx, call, &body)?;
    let request = OutboundRequest { method: http::Method::POST, url, headers, body: body.into() };
    let answer = house.outbound.send(request).await?;
    if answer.status.is_success() {
        Ok(())
    } else {
        Err(WEBHOOK_REFUSED.error().caused_by(format!("status {}", answer.status.as_u16())))
    }
}

/// The address and the body of a call; nothing when the ticket is gone.
fn prepare(tx: &mut Tx<'_>, cx: &Cx, call: Call) -> Result<Option<(String, String)>> {
    let found = tx.first(
        "SELECT definition, made_at FROM automation_version WHERE workspace_id = $1 AND rule_id = $2 AND version = $3",
        &[&cx.workspace(), &call.rule, &call.version],
        |row| row.get::<String>(0),
    )?;
    let definition: Option<Definition> = found.and_then(|text| serde_json::from_str(&text).ok());
    let action = definition.and_then(|definition| definition.actions.into_iter().nth(call.index));
    let Some(Action::Webhook { url }) = action else { return Ok(None) };
    let Some(ticket) = Ticket::find_many(tx, &cx.reach, &[call.ticket])?.pop() else { return Ok(None) };
    let ticket = if ticket.is_restricted() {
        json!({"id": ticket.id(), "number": ticket.number()})
    } else {
        serde_json::to_value(ticket_outs(tx, cx, vec![ticket])?.pop()).unwrap_or_default()
    };
    let data = json!({"rule_id": call.rule, "rule_version": call.version, "ticket": ticket});
    let body = json!({"type": "ticket.rule_ran", "timestamp": cx.env().now(), "data": data});
    Ok(Some((url.to_string(), body.to_string())))
}

/// The headers of the specification: id, time, and the signature over both and the body.
fn signed(cx: &Cx, call: Call, body: &str) -> Result<HeaderMap> {
    let id = format!("{}.{}.{}.{}", call.rule, call.ticket, call.root, call.index);
    let time = cx.env().now().micros().div_euclid(1_000_000).to_string();
    let signature = format!("v1,{}", signature(&secret(cx, call.rule), &format!("{id}.{time}.{body}")));
    let mut headers = HeaderMap::new();
    for (name, value) in [("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", signature)] {
        let value = HeaderValue::from_str(&value).map_err(|error| web::INTERNAL.error().caused_by(error))?;
        headers.insert(HeaderName::from_static(name), value);
    }
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(headers)
}

fn signature(secret: &[u8; 32], text: &str) -> String {
    // HMAC takes keys of any length, so making one cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The secret that a rule's calls are signed with: derived, so that nothing of it is stored.
fn secret(cx: &Cx, rule: RuleId) -> [u8; 32] {
    cx.house().secrets.mac(&[b"webhook of a rule", cx.workspace().uuid().as_bytes(), rule.uuid().as_bytes()])
}

/// The secret as receivers enter it.
pub(super) fn shown_secret(cx: &Cx, rule: RuleId) -> String {
    format!("whsec_{}", STANDARD.encode(secret(cx, rule)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        // The example of the Standard Webhooks libraries, with a key of 32 bytes.
        let key = [7_u8; 32];
        let first = super::signature(&key, "msg_1.1.{}");
        assert_eq!(first.len(), 44);
        assert_ne!(first, super::signature(&key, "msg_2.1.{}"));
    }
}
