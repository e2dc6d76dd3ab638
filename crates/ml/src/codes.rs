//! What can go wrong with the model, each with a stable code and the next step.

use base::{Code, Kind};

/// No model file in any of the places.
pub(crate) static MODEL_ABSENT: Code = Code::new(
    Kind::Unavailable,
    "model_absent",
    "The embedding model is not installed, so search goes by words alone.",
    "Run `mainstay model install FILE`; `mainstay model status` says where it is looked for.",
);

/// The file is not the one that this release knows.
pub(crate) static MODEL_WRONG: Code = Code::new(
    Kind::Unavailable,
    "model_wrong",
    "The embedding model's file is damaged or another one, so it is not used.",
    "Install it again with `mainstay model install FILE`.",
);

/// Every slot is taken for longer than the caller waits.
pub(crate) static MODEL_BUSY: Code = Code::new(
    Kind::Unavailable,
    "model_busy",
    "The embedding model has too much to do.",
    "Search by words for the moment, or try again.",
);

/// Somebody stopped the batch.
pub(crate) static EMBEDDING_STOPPED: Code = Code::new(
    Kind::Conflict,
    "embedding_stopped",
    "The embedding of texts was stopped before its end.",
    "Start it again; what was embedded is kept.",
);
