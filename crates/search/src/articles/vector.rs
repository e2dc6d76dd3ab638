//! The vector of a text, as whoever embeds it stores it: 384 whole numbers and the worth of one step.

/// Numbers in a vector.
pub const DIMENSIONS: usize = 384;

/// A vector of length one: element `i` is `values[i] * scale`.
#[derive(Debug, Clone, PartialEq)]
pub struct Vector {
    /// The numbers, each −127 to 127.
    pub values: [i8; DIMENSIONS],
    /// What one step of a number is worth.
    pub scale: f32,
}

impl Vector {
    /// Reads the stored form: 384 bytes, then the scale as a little-endian `f32`. `None` when it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Vector> {
        let (values, scale) = bytes.split_first_chunk::<DIMENSIONS>()?;
        let scale = f32::from_le_bytes(scale.try_into().ok()?);
        scale.is_finite().then(|| Vector { values: values.map(u8::cast_signed), scale })
    }
}
