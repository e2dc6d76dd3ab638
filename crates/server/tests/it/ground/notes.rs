//! A small operation for stories about the edge: it keeps a line of text as an event.

use axum::response::Response;
use base::text::Line;
use serde::{Deserialize, Serialize};
use trust::access::Audience;
use trust::log::{NewEvent, record};
use trust::{Cx, IdempotencyKey, Made, created_once};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Access, Json, Method, Op};

pub const PATH: &str = "/api/v1/notes";

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNote {
    text: Line<200>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct NoteOut {
    id: String,
    tags: usize,
}

/// `POST /api/v1/notes`.
pub fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Post, PATH, "keepNote", Access::Member("tickets:write"), keep)
            .takes::<NewNote>()
            .gives::<NoteOut>(201)
            .idempotent(),
    ]
}

async fn keep(cx: Cx, key: IdempotencyKey, note: Json<NewNote>) -> web::Result<Response> {
    let new = note.value;
    created_once(&cx, "keepNote", key, note.hash, move |tx, cx| {
        let subject = Uuid::from_bytes(cx.env().random());
        let data = serde_json::json!({"tags": new.tags.len()});
        let event = NewEvent::new("note.kept", subject, 1, cx.env().now(), Audience::default(), &data)
            .details(&serde_json::json!({"text": &*new.text}));
        record(tx, cx, &[event])?;
        let out = NoteOut { id: subject.to_string(), tags: new.tags.len() };
        Ok(Made { shape: out, version: None, id: None })
    })
    .await
}
