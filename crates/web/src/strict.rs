//! Objects are read by name, at every depth: a list where an object belongs is refused.
//! Without this a derived reader takes a list as the object's fields in their order of declaration, which is nobody's
//! contract. A NUL in a text or a key is refused too: no column takes one, and not every reader looks at its texts itself.
//! So is a key that comes twice where any key may come: a map would keep the last one and say nothing.
//! Rule: everything else is handed on as it comes.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

/// A reader whose objects are read by name.
pub(crate) struct Strict<D>(pub(crate) D);

/// What is being read, and whether it is an object with known fields.
struct Reading<V> {
    inner: V,
    is_object: bool,
}

/// Seeds and accesses hand the reader on to whatever is below.
struct Below<A>(A);

/// The entries of an object with any keys, each of which may come once. (Known fields are looked after by their reader.)
struct Entries<A> {
    below: A,
    seen: HashSet<String>,
}

macro_rules! hand_on {
    ($($name:ident),* $(,)?) => {
        $(fn $name<V: Visitor<'de>>(self, inner: V) -> Result<V::Value, D::Error> {
            self.0.$name(Reading { inner, is_object: false })
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    hand_on!(
        deserialize_any,
        deserialize_bool,
        deserialize_i8,
        deserialize_i16,
        deserialize_i32,
        deserialize_i64,
        deserialize_i128,
        deserialize_u8,
        deserialize_u16,
        deserialize_u32,
        deserialize_u64,
        deserialize_u128,
        deserialize_f32,
        deserialize_f64,
        deserialize_char,
        deserialize_str,
        deserialize_string,
        deserialize_bytes,
        deserialize_byte_buf,
        deserialize_option,
        deserialize_unit,
        deserialize_seq,
        deserialize_map,
        deserialize_identifier,
        deserialize_ignored_any,
    );

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        inner: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, Reading { inner, is_object: true })
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, inner: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, Reading { inner, is_object: false })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, inner: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Reading { inner, is_object: false })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, inner: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, Reading { inner, is_object: false })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        inner: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, Reading { inner, is_object: false })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        inner: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, Reading { inner, is_object: false })
    }
}

macro_rules! visit_on {
    ($($name:ident: $type:ty),* $(,)?) => {
        $(fn $name<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.inner.$name(value)
        })*
    };
}

fn without_nul<E: Error>(text: &str) -> Result<(), E> {
    if text.as_bytes().contains(&0) { Err(E::custom("has a NUL character")) } else { Ok(()) }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Reading<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit_on!(
        visit_bool: bool, visit_i8: i8, visit_i16: i16, visit_i32: i32, visit_i64: i64, visit_i128: i128, visit_u8: u8,
        visit_u16: u16, visit_u32: u32, visit_u64: u64, visit_u128: u128, visit_f32: f32, visit_f64: f64,
        visit_char: char, visit_bytes: &[u8], visit_borrowed_bytes: &'de [u8], visit_byte_buf: Vec<u8>,
    );

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        without_nul(text)?;
        self.inner.visit_str(text)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<V::Value, E> {
        without_nul(text)?;
        self.inner.visit_borrowed_str(text)
    }

    fn visit_string<E: Error>(self, text: String) -> Result<V::Value, E> {
        without_nul(&text)?;
        self.inner.visit_string(text)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, below: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Strict(below))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, below: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Strict(below))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, below: A) -> Result<V::Value, A::Error> {
        match self.is_object {
            true => Err(Error::invalid_type(Unexpected::Seq, &"an object")),
            false => self.inner.visit_seq(Below(below)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, below: A) -> Result<V::Value, A::Error> {
        match self.is_object {
            true => self.inner.visit_map(Below(below)),
            false => self.inner.visit_map(Entries { below, seen: HashSet::new() }),
        }
    }

    fn visit_enum<A: EnumAccess<'de>>(self, below: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(Below(below))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Below<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, below: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(below))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Below<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Below(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Below<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(Below(seed))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Below(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        let Some(key) = self.below.next_key_seed(PhantomData::<String>)? else {
            return Ok(None);
        };
        without_nul(&key)?;
        if !self.seen.insert(key.clone()) {
            return Err(A::Error::custom(format_args!("duplicate field `{key}`")));
        }
        seed.deserialize(key.into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.below.next_value_seed(Below(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.below.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Below<A> {
    type Error = A::Error;
    type Variant = Below<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Below<A::Variant>), A::Error> {
        let (value, variant) = self.0.variant_seed(seed)?;
        Ok((value, Below(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Below<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Below(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, inner: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Reading { inner, is_object: false })
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], inner: V) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Reading { inner, is_object: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Point {
        x: i64,
        y: Option<i64>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Shape {
        name: Option<String>,
        points: Vec<Point>,
        middle: Option<Point>,
        marks: BTreeMap<String, Point>,
        pair: (u8, u8),
    }

    fn read(text: &str) -> Result<Shape, serde_json::Error> {
        Shape::deserialize(Strict(&mut serde_json::Deserializer::from_str(text)))
    }

    #[test]
    fn objects_and_lists_are_read_as_what_they_are() {
        let text = r#"{"name": "a", "points": [{"x": 1, "y": 2}, {"x": 3}], "middle": {"x": 4, "y": null},
                       "marks": {"m": {"x": 5}}, "pair": [6, 7]}"#;
        let shape = read(text).unwrap();
        assert_eq!((shape.points.len(), shape.middle, shape.pair), (2, Some(Point { x: 4, y: None }), (6, 7)));
    }

    #[test]
    fn a_nul_is_refused_in_texts_and_in_keys() {
        for wrong in [
            r#"{"name": "a\u0000b", "points": [], "marks": {}, "pair": [6, 7]}"#,
            r#"{"points": [], "marks": {"\u0000": {"x": 5}}, "pair": [6, 7]}"#,
        ] {
            assert!(read(wrong).unwrap_err().to_string().contains("NUL"), "{wrong}");
        }
        let any: Result<serde_json::Value, _> = serde_json::Value::deserialize(Strict(
            &mut serde_json::Deserializer::from_str(r#"{"a": [{"\u0000": 1}]}"#),
        ));
        assert!(any.unwrap_err().to_string().contains("NUL"));
    }

    #[test]
    fn a_key_that_comes_twice_is_refused_wherever_any_key_may_come() {
        let wrong = r#"{"points": [], "marks": {"m": {"x": 5}, "m": {"x": 6}}, "pair": [6, 7]}"#;
        assert!(read(wrong).unwrap_err().to_string().contains("duplicate field `m`"));
        for wrong in [r#"{"a": 1, "a": 2}"#, r#"{"a": [{"b": {"c": 1, "c": 1}}]}"#] {
            let any = serde_json::Value::deserialize(Strict(&mut serde_json::Deserializer::from_str(wrong)));
            assert!(any.unwrap_err().to_string().contains("duplicate field"), "{wrong}");
        }
    }

    #[test]
    fn a_list_where_an_object_belongs_is_refused_at_every_depth() {
        for wrong in [
            r#"["a", [], null, {}, [6, 7]]"#,
            r#"{"points": [[1, 2]], "marks": {}, "pair": [6, 7]}"#,
            r#"{"points": [], "middle": [1, 2], "marks": {}, "pair": [6, 7]}"#,
            r#"{"points": [], "marks": {"m": [1, 2]}, "pair": [6, 7]}"#,
        ] {
            assert!(read(wrong).unwrap_err().to_string().contains("expected an object"), "{wrong}");
        }
    }
}
