//! The promises of the sample company: the usual targets, what is not pressing by its office hours; answers agents write
//! often; and a rule to look at.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::http::Client;

/// Sets what the fixture says, through the public API.
pub(super) fn fill(owner: &mut Client, promises: &Value) -> Result<()> {
    let calendar = owner.json("POST", "/api/v1/calendars", promises.get("calendar").context("no calendar")?)?;
    let mut promise = promises.get("promise").and_then(Value::as_object).context("no promise")?.clone();
    promise.insert("calendar_id".to_owned(), calendar.get("id").cloned().context("a calendar without an id")?);
    owner.json("POST", "/api/v1/sla/policies", &json!({"name": "Our promise to everybody", "promise": promise}))?;
    for (list, path) in [("macros", "/api/v1/macros"), ("rules", "/api/v1/automation/rules")] {
        for one in promises.get(list).and_then(Value::as_array).context("promises without a list")? {
            owner.json("POST", path, one).with_context(|| format!("one of {list}"))?;
        }
    }
    Ok(())
}
