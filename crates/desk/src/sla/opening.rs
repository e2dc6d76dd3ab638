//! Whether somebody is there, for whoever asks through the widget: the hours that are promised to everybody.
//! Rule: a workspace that promises no hours says nothing, so that nobody is told a time that nobody meant.

use base::Time;
use serde::Serialize;
use trust::Cx;
use utoipa::ToSchema;
use web::{Access, Method, Op, Reply};

use super::policies::Policies;

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/me/opening", "getOpening", Access::Widget, opening)
            .about("Whether the desk is open now by the hours that are promised to everybody, and when it opens next.")
            .gives::<DeskOpeningOut>(200),
    ]
}

/// Whether the desk is open.
#[derive(Serialize, ToSchema)]
struct DeskOpeningOut {
    /// Whether it is open now; null when no hours are promised to everybody.
    is_open: Option<bool>,
    /// When it opens next; null while it is open.
    opens_at: Option<Time>,
    /// When it closes next; null when it is closed, or works around the clock.
    closes_at: Option<Time>,
}

async fn opening(cx: Cx) -> web::Result<Reply<DeskOpeningOut>> {
    let now = cx.env().now();
    let policies = cx.read(Policies::of).await?;
    let Some(hours) = policies.hours_for_all(now) else {
        return Ok(Reply::new(DeskOpeningOut { is_open: None, opens_at: None, closes_at: None }));
    };
    let is_open = hours.is_open(now);
    let opens_at = if is_open { None } else { hours.opens_at(now) };
    Ok(Reply::new(DeskOpeningOut { is_open: Some(is_open), opens_at, closes_at: hours.closes_at(now) }))
}
