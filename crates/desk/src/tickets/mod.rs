//! Tickets: a customer's request, its messages, and who has it.
//! A ticket opens with its first message, moves between members and teams, waits, is solved, and is closed for good
//! seven days later. Invariants: `version` grows by one with every event; counts equal a recount at every cursor;
//! a closed ticket never changes; nothing is read or written outside the actor's reach.

mod assigning;
mod body;
mod deleting;
mod events;
mod fields;
mod import_run;
mod importing;
mod jobs;
mod listing;
mod lists;
mod message;
mod mine;
mod numbers;
mod opening;
mod patching;
mod personal;
mod place;
mod purging;
mod replying;
mod routes;
mod shapes;
mod status;
mod telling;
mod ticket;
mod timeline;
mod walking;
mod words;

pub use assigning::{Target, UNKNOWN_ASSIGNEE, UNKNOWN_TEAM, assign, unassign};
pub use body::{BodyText, Prepared};
pub use deleting::{NOT_DELETED, delete, restore};
pub use import_run::{Imported, NumberedLine, import_lines};
pub use importing::{BAD_LINE, ImportedTicket, Source, import};
pub(crate) use jobs::{SCHEDULES, kinds};
pub use listing::{Filter, View};
pub use listing::{count_query, query as list_query};
pub use message::Message;
pub(crate) use mine::{MyMessageOut, MyTicketOut, gone, known, my_messages, my_ticket};
pub use numbers::{Numbers, reserve};
pub use opening::{Along, Also, EXTERNAL_ID_TAKEN, Opening, UNKNOWN_CATEGORY, open_along, open_for};
pub use patching::{Changes, patch};
pub(crate) use personal::PERSONAL;
pub use personal::erasure_query;
pub(crate) use place::fold;
pub use purging::{due_query as purge_query, due_to_purge, purge};
pub use replying::{Added, NEWER_MESSAGES, NewReply, add, add_from_customer};
pub(crate) use routes::{check_lengths, limit as page_limit, operations};
pub(crate) use shapes::{NewTicket, TicketOut, opened_ticket_out, ticket_outs};
pub use status::{WAITING_ON, close_resolved, due_to_close, set as set_status};
pub(crate) use telling::tell_of;
pub(crate) use ticket::COLUMNS as TICKET_COLUMNS;
pub use ticket::{TICKET_CLOSED, TICKET_NOT_FOUND, Ticket};
pub use walking::Trail;
pub use words::*;
