//! Triage: what a ticket is about, how much it presses, in which language, and whether somebody is leaving; with how
//! sure that is and why. Learned per workspace from resolved tickets, corrections and examples; where nothing was
//! learned, rules and the names of categories speak. Rule: an unsure answer is a proposal, never a fact; a late one is made
//! up for by a job.

mod again;
mod answering;
mod called;
mod codes;
mod deciding;
mod examples;
mod incidents;
mod jobs;
mod language;
mod learning;
mod leaving;
mod models;
mod near;
mod personal;
mod preparing;
mod reading;
mod report;
mod room;
mod routes;
mod settings;
mod shapes;
mod teaching;

pub(crate) use codes::CODES;
pub use codes::{ALREADY_TRAINING, MODEL_REFUSED, NO_TRIAGE, NOT_ENOUGH, TOO_MANY_EXAMPLES, TRIAGE_RATES};
pub use deciding::Decided;
pub(crate) use deciding::decide;
pub use incidents::incidents_query;
pub use jobs::train_later;
pub(crate) use jobs::{SCHEDULES, kinds};
pub(crate) use learning::listen;
pub use leaving::{Leaving, leaving};
pub(crate) use personal::PERSONAL;
pub use preparing::Prepared;
pub(crate) use preparing::{prepare, read};
pub(crate) use reading::kept_of;
pub(crate) use report::TriageReason;
pub use room::Room;
pub(crate) use routes::operations;

base::noun! {
    /// An example of a category.
    TriageExample, ExampleId, "tex"
}
base::noun! {
    /// A trained model.
    TriageModel, ModelId, "tmo"
}
