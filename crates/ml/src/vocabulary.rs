//! The 30,522 word pieces of the model (bert-base-uncased, Apache-2.0), kept compressed in the binary and unpacked with
//! the model.

use std::collections::HashMap;
use std::io::Read;

/// One piece a line; the line's number is its id.
static PACKED: &[u8] = include_bytes!("vocab.txt.zz");

/// The pieces and their ids.
pub(crate) struct Vocabulary(HashMap<Box<str>, i32>);

impl Vocabulary {
    /// Unpacks the pieces.
    pub(crate) fn unpack() -> std::io::Result<Vocabulary> {
        let mut text = String::with_capacity(240_000);
        flate2::read::ZlibDecoder::new(PACKED).read_to_string(&mut text)?;
        Ok(Vocabulary(text.lines().map(Box::from).zip(0..).collect()))
    }

    /// The id of a piece.
    pub(crate) fn id(&self, piece: &str) -> Option<i32> {
        self.0.get(piece).copied()
    }
}
