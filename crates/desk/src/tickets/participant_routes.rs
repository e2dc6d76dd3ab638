//! The doors of participants: who takes part in a ticket, naming somebody, and taking them away.

use axum::extract::{FromRequestParts, Path};
use base::Page;
use http::request::Parts;
use people::customers::Requester;
use trust::Cx;
use trust::nouns::{CustomerId, Ticket as TicketNoun, TicketId};
use web::{Access, Created, Json, Method, NoContent, Op, PathId, Problem, Reply};

use super::participants::{self, ParticipantOut};

const PARTICIPANTS: &str = "/api/v1/tickets/{id}/participants";
const PARTICIPANT: &str = "/api/v1/tickets/{id}/participants/{customer_id}";
const READ: Access = Access::Member("tickets:read");
const WRITE: Access = Access::Member("tickets:write");

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, PARTICIPANTS, "listParticipants", READ, list)
            .about("Lists the customers whom a ticket concerns beside its own; 50 at most.")
            .gives::<Page<ParticipantOut>>(200),
        Op::new(Method::Post, PARTICIPANTS, "addParticipant", WRITE, add)
            .about("Names a customer as participant, by id, external id or address; one who is not known yet is made.")
            .takes::<Requester>()
            .gives::<ParticipantOut>(201),
        Op::new(Method::Delete, PARTICIPANT, "removeParticipant", WRITE, remove).about("Takes a participant away."),
    ]
}

/// The ticket and the customer in a path; anything else is simply not there.
struct Participation(TicketId, CustomerId);

impl<S: Send + Sync> FromRequestParts<S> for Participation {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Participation, Problem> {
        let found = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((ticket, customer)) = found.map_err(|_| web::NOT_FOUND.error())?;
        let ids = ticket.parse().ok().zip(customer.parse().ok());
        ids.map(|(ticket, customer)| Participation(ticket, customer)).ok_or_else(|| web::NOT_FOUND.error().into())
    }
}

async fn list(cx: Cx, PathId(id): PathId<TicketNoun>) -> web::Result<Reply<Page<ParticipantOut>>> {
    Ok(Reply::new(cx.read(move |tx, cx| participants::list(tx, cx, id)).await?))
}

async fn add(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    Json { value: who, .. }: Json<Requester>,
) -> web::Result<Created<ParticipantOut>> {
    Ok(Created(Reply::new(cx.write(move |tx, cx| participants::add(tx, cx, id, &who)).await?)))
}

async fn remove(cx: Cx, Participation(ticket, customer): Participation) -> web::Result<NoContent> {
    cx.write(move |tx, cx| participants::remove(tx, cx, ticket, customer)).await?;
    Ok(NoContent)
}
