//! The hash of an event over the one before: SHA-256 of the previous hash and every field, each with its length.

use base::{Result, Value};
use db::Row;
use sha2::{Digest, Sha256};

/// The columns the chain covers, in their order; `details` is covered by its salted hash.
pub(super) const COVERED: &str = "subject_id, subject_seq, kind, version, occurred_at, recorded_at, origin, actor_kind, \
    actor_id, on_behalf_of, via, data, details_hash, team_id, assignee_id, customer_id, territory_id, restricted, internal";
/// How many they are.
pub(super) const COVERED_WIDTH: usize = 19;

/// The hash before the first event.
pub(super) const GENESIS: [u8; 32] = [0; 32];

/// The hash of a link: number `seq`, with the values of the covered columns.
pub(super) fn link<'v, 'e: 'v>(before: &[u8], seq: i64, covered: impl Iterator<Item = &'v Value<'e>>) -> [u8; 32] {
    let mut hash = Sha256::new().chain_update(before).chain_update(seq.to_be_bytes());
    for value in covered {
        feed(&mut hash, value);
    }
    hash.finalize().into()
}

/// The covered columns of a row, from column `first` on.
pub(super) fn covered(row: &Row<'_>, first: usize) -> Result<Vec<Value<'static>>> {
    (first..first + COVERED_WIDTH).map(|index| row.value(index).map(Value::into_owned)).collect()
}

fn feed(hash: &mut Sha256, value: &Value<'_>) {
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    match value {
        Value::Null => hash.update([0xff; 8]),
        Value::Int(number) => part(&number.to_be_bytes()),
        Value::Real(number) => part(&number.to_be_bytes()),
        Value::Text(text) => part(text.as_bytes()),
        Value::Bytes(bytes) => part(bytes),
        // One engine gives ids back as bytes, the other as ids: both hash alike.
        Value::Uuid(uuid) => part(uuid.as_bytes()),
    }
}
