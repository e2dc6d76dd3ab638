//! The promises of the sample company: the usual targets, what is not pressing by its office hours; answers agents write
//! often; and a rule to look at.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::http::Client;

/// Sets what the fixture says, through the public API.
pub(super) fn fill(owner: &mut Client, promises: &Value) -> Result<()> {
    let calendar = owner.json("POST", "/api/v1/calendars", &promises["calendar"])?;
    let mut promise = owner.get("/api/v1/sla/template")?;
    promise["calendar_id"] = calendar["id"].clone();
    for target in promise["targets"].as_array_mut().context("a template without targets")? {
        if target["priority"] == "normal" || target["priority"] == "low" {
            target["hours"] = json!("business");
        }
    }
    owner.json("POST", "/api/v1/sla/policies", &json!({"name": "Our promise to everybody", "promise": promise}))?;
    for (list, path) in [("macros", "/api/v1/macros"), ("rules", "/api/v1/automation/rules")] {
        for one in promises.get(list).and_then(Value::as_array).context("promises without a list")? {
            owner.json("POST", path, one).with_context(|| format!("one of {list}"))?;
        }
    }
    Ok(())
}
