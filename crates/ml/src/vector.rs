//! A text's meaning: 384 whole numbers and one scale, of length one.

/// Numbers in a vector.
pub const DIMENSIONS: usize = 384;
/// Bytes of a stored vector: the numbers, then the scale as a little-endian `f32`.
pub const BYTES: usize = DIMENSIONS + 4;

/// A vector of length one: element `i` is `values[i] * scale`.
#[derive(Clone, Debug, PartialEq)]
pub struct Vector {
    /// The numbers, each −127 to 127.
    pub values: [i8; DIMENSIONS],
    /// What one step of a number is worth.
    pub scale: f32,
}

impl Vector {
    /// The mean over the tokens of `states` (tokens × 384), brought to length one and to whole numbers.
    /// `None` when it is of another shape or has no direction.
    pub(crate) fn pooled(states: &[f32]) -> Option<Vector> {
        let mut sum = [0_f32; DIMENSIONS];
        let tokens = states.chunks_exact(DIMENSIONS);
        if states.is_empty() || !tokens.remainder().is_empty() {
            return None;
        }
        for token in tokens {
            sum.iter_mut().zip(token).for_each(|(total, value)| *total += value);
        }
        Vector::quantised(&sum)
    }

    fn quantised(direction: &[f32; DIMENSIONS]) -> Option<Vector> {
        let length = direction.iter().map(|value| value * value).sum::<f32>().sqrt();
        let largest = direction.iter().fold(0_f32, |largest, value| largest.max(value.abs()));
        if !length.is_finite() || largest <= 0.0 {
            return None;
        }
        let step = largest / 127.0;
        Some(Vector { values: direction.map(|value| (value / step).round() as i8), scale: step / length })
    }

    /// The form that is stored: [`BYTES`] bytes.
    pub fn to_bytes(&self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        let all = self.values.iter().map(|value| value.cast_unsigned()).chain(self.scale.to_le_bytes());
        bytes.iter_mut().zip(all).for_each(|(place, byte)| *place = byte);
        bytes
    }

    /// Reads the stored form; `None` when it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Vector> {
        let (values, scale) = bytes.split_first_chunk::<DIMENSIONS>()?;
        let scale = f32::from_le_bytes(scale.try_into().ok()?);
        scale.is_finite().then(|| Vector { values: values.map(u8::cast_signed), scale })
    }

    /// The cosine between two vectors, −1 to 1.
    pub fn cosine(&self, other: &Vector) -> f32 {
        let products = self.values.iter().zip(&other.values).map(|(a, b)| i32::from(*a) * i32::from(*b));
        products.sum::<i32>() as f32 * self.scale * other.scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_keeps_its_direction_and_its_bytes() {
        let states: Vec<f32> = (0..DIMENSIONS * 3).map(|at| ((at * 7 % 31) as f32) - 15.0).collect();
        let vector = Vector::pooled(&states).unwrap();
        assert!((vector.cosine(&vector) - 1.0).abs() < 0.01);
        assert_eq!(Vector::from_bytes(&vector.to_bytes()), Some(vector));
    }

    #[test]
    fn what_is_no_vector_is_none() {
        assert_eq!(Vector::pooled(&[]), None);
        assert_eq!(Vector::pooled(&[0.0; DIMENSIONS]), None);
        assert_eq!(Vector::pooled(&[1.0; 5]), None);
        assert_eq!(Vector::from_bytes(&[0; 387]), None);
        assert_eq!(Vector::from_bytes(&[255; BYTES]), None);
    }
}
