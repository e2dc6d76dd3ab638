//! The model itself: the file checked byte by byte, then run. One text per call: a text's vector never depends on its
//! neighbours.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use base::Result;
use rten::{ModelOptions, NodeId, RunOptions, ThreadPool, Value};
use sha2::{Digest, Sha256};

use crate::codes::MODEL_WRONG;
use crate::requantise::requantise;
use crate::vector::{DIMENSIONS, Vector};
use crate::vocabulary::Vocabulary;
use crate::wordpiece::tokens;

/// The name of the model: vectors of another one are never compared with its own.
pub const MODEL: &str = "minilm-l6-v2-int8-1";
/// Bytes of the file.
pub(crate) const LENGTH: u64 = 22_928_619;
/// SHA-256 of the file.
const HASH: [u8; 32] = [
    0x81, 0x99, 0xbe, 0x6f, 0x69, 0x9a, 0x39, 0x5f, 0x99, 0xf8, 0x9d, 0xf9, 0x73, 0xf9, 0xdc, 0x52, 0x85, 0xfb, 0xcf,
    0xcd, 0xb2, 0xae, 0x1a, 0x4e, 0x12, 0x01, 0xda, 0xb0, 0x14, 0xf3, 0xd2, 0xa6,
];

/// The key under which the vector of `text` is kept: the hash of model and text.
pub fn key(text: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(MODEL);
    hash.update([0]);
    hash.update(text);
    hash.finalize().into()
}

/// A model in memory.
pub(crate) struct Model {
    network: rten::Model,
    inputs: [NodeId; 3],
    output: NodeId,
    vocabulary: Vocabulary,
}

impl Model {
    /// Reads, checks and builds the model of a file.
    pub(crate) fn load(path: &Path) -> Result<Model> {
        let bytes = fs::read(path).map_err(|cause| MODEL_WRONG.error().caused_by(cause))?;
        check(&bytes)?;
        let bytes = requantise(&bytes).ok_or_else(|| MODEL_WRONG.error())?;
        Model::build(bytes).ok_or_else(|| MODEL_WRONG.error())
    }

    fn build(bytes: Vec<u8>) -> Option<Model> {
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let network = options.load(bytes).ok()?;
        let node = |name: &str| network.find_node(name);
        let inputs = [node("input_ids")?, node("attention_mask")?, node("token_type_ids")?];
        let output = node("last_hidden_state")?;
        Some(Model { inputs, output, network, vocabulary: Vocabulary::unpack().ok()? })
    }

    /// The meaning of a text; only its first 256 tokens count.
    pub(crate) fn embed(&self, text: &str, pool: &Arc<ThreadPool>) -> Result<Vector> {
        let ids = tokens(&self.vocabulary, text);
        self.run(ids, pool).ok_or_else(|| MODEL_WRONG.error())
    }

    fn run(&self, ids: Vec<i32>, pool: &Arc<ThreadPool>) -> Option<Vector> {
        let count = ids.len();
        let row = |values: Vec<i32>| Value::from_shape([1, count], values).ok();
        let [words, mask, kinds] = self.inputs;
        let inputs =
            vec![(words, row(ids)?.into()), (mask, row(vec![1; count])?.into()), (kinds, row(vec![0; count])?.into())];
        let options = RunOptions::default().with_thread_pool(Some(pool.clone()));
        let [states] = self.network.run_n(inputs, [self.output], Some(options)).ok()?;
        let (shape, states) = states.into_shape_vec::<f32, 3>().ok()?;
        (shape == [1, count, DIMENSIONS]).then(|| Vector::pooled(&states)).flatten()
    }
}

/// True words about the bytes of a model file.
pub(crate) fn check(bytes: &[u8]) -> Result<()> {
    if bytes.len() as u64 != LENGTH {
        return Err(MODEL_WRONG.because(format!("The model's file has {} bytes instead of {LENGTH}.", bytes.len())));
    }
    if Sha256::digest(bytes).as_slice() != HASH {
        return Err(MODEL_WRONG.because("The model's file has another SHA-256 than this release knows."));
    }
    Ok(())
}
