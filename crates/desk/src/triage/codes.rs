//! What can go wrong with triage, each with a stable code and the next step.

use base::{Code, Kind};

/// The ticket was not triaged.
pub static NO_TRIAGE: Code = Code::new(
    Kind::NotFound,
    "no_triage",
    "Nothing was found out about this ticket.",
    "Tickets are looked at when they arrive, once triage is on; this one came before or was imported.",
);
/// There is too little to learn from.
pub static NOT_ENOUGH: Code = Code::new(
    Kind::Unprocessable,
    "not_enough_examples",
    "There is too little to learn from.",
    "At least two categories need two texts each: give examples, or resolve tickets with a category.",
);
/// Somebody trains already.
pub static ALREADY_TRAINING: Code = Code::new(
    Kind::Conflict,
    "already_training",
    "This workspace is being trained already.",
    "Wait for it; the list of models shows the result.",
);
/// A refused model cannot be used.
pub static MODEL_REFUSED: Code = Code::new(
    Kind::Conflict,
    "model_refused",
    "This model did worse than the current one by more than chance.",
    "Choose a model that was in use before, or train again with more examples.",
);
/// A category has its share of examples.
pub static TOO_MANY_EXAMPLES: Code = Code::new(
    Kind::Conflict,
    "too_many_examples",
    "This category has as many examples as it may have.",
    "Delete some, or let it learn from resolved tickets.",
);
/// The rate table is wrong.
pub static TRIAGE_RATES: Code = Code::new(
    Kind::Unprocessable,
    "triage_rates",
    "The rate table cannot be used.",
    "A rate says how much one unit of a currency is worth in the workspace's own: a number above zero.",
);

/// The codes of this part.
pub(crate) static CODES: &[&Code] = &[
    &NO_TRIAGE,
    &NOT_ENOUGH,
    &ALREADY_TRAINING,
    &MODEL_REFUSED,
    &TOO_MANY_EXAMPLES,
    &TRIAGE_RATES,
    &ml::classify::TRAINING_SET,
];
