//! Just enough of the protobuf wire format to rewrite a message field by field, leaving what is not known as it is.

/// One field of a message.
pub(crate) struct Field<'a> {
    /// Its number.
    pub number: u64,
    /// All its bytes, key included.
    pub whole: &'a [u8],
    value: Value<'a>,
}

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Fixed,
}

impl<'a> Field<'a> {
    /// What a length-delimited field holds.
    pub(crate) fn bytes(&self) -> Option<&'a [u8]> {
        match self.value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The numbers of a field, packed or not.
    pub(crate) fn numbers(&self) -> std::vec::IntoIter<u64> {
        let mut found = Vec::new();
        match self.value {
            Value::Number(number) => found.push(number),
            Value::Bytes(mut rest) => {
                while let Some((number, after)) = varint(rest) {
                    found.push(number);
                    rest = after;
                }
            }
            Value::Fixed => {}
        }
        found.into_iter()
    }
}

/// The fields of a message in order; a `None` where it is broken, and then the end.
pub(crate) fn fields(message: &[u8]) -> impl Iterator<Item = Option<Field<'_>>> {
    let mut rest = message;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let read = field(rest);
        rest = read.as_ref().map_or(&[], |(_, after)| after);
        Some(read.map(|(field, _)| field))
    })
}

/// The strings of one field of a message.
pub(crate) fn strings(message: &[u8], number: u64) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    for field in fields(message) {
        let field = field?;
        if field.number == number {
            found.push(std::str::from_utf8(field.bytes()?).ok()?);
        }
    }
    Some(found)
}

/// Appends a length-delimited field.
pub(crate) fn put_bytes(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    put_varint(out, number << 3 | 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends a field that is one number.
pub(crate) fn put_number(out: &mut Vec<u8>, number: u64, value: u64) {
    put_varint(out, number << 3);
    put_varint(out, value);
}

fn field(message: &[u8]) -> Option<(Field<'_>, &[u8])> {
    let (key, rest) = varint(message)?;
    let (value, rest) = match key & 7 {
        0 => varint(rest).map(|(number, rest)| (Value::Number(number), rest))?,
        1 => (Value::Fixed, rest.get(8..)?),
        2 => {
            let (length, rest) = varint(rest)?;
            let (bytes, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            (Value::Bytes(bytes), rest)
        }
        5 => (Value::Fixed, rest.get(4..)?),
        _ => return None,
    };
    let whole = message.get(..message.len() - rest.len())?;
    Some((Field { number: key >> 3, whole, value }, rest))
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f).checked_shl(7 * at as u32)?;
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_as_they_were_put() {
        let mut message = Vec::new();
        put_number(&mut message, 3, 300);
        put_bytes(&mut message, 20, b"text");
        let all: Vec<_> = fields(&message).map(Option::unwrap).collect();
        assert_eq!((all[0].number, all[0].numbers().collect::<Vec<_>>()), (3, vec![300]));
        assert_eq!(strings(&message, 20), Some(vec!["text"]));
        assert_eq!(all.iter().flat_map(|field| field.whole).copied().collect::<Vec<u8>>(), message);
        assert!(fields(&message[..4]).any(|field| field.is_none()));
    }
}
