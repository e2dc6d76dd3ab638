//! Typed ids: UUIDv7 in 16 bytes, shown as `tkt_01j…` (TypeID: a prefix and Crockford base 32 of the 128 bits).
//! Rule: ten bits after the variant name the cell, so that an id says where its row lives.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::{Env, Time};

/// The number of a cell, 0 to 1023.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct CellNumber(u16);

impl CellNumber {
    /// A cell number from its ten bits; higher bits are dropped.
    pub const fn new(number: u16) -> CellNumber {
        CellNumber(number & 0x3ff)
    }

    /// The ten bits.
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// A kind of thing that has ids.
pub trait Noun: 'static {
    /// The prefix shown before the id, such as `tkt`.
    const PREFIX: &'static str;
    /// The name of the id's schema, such as `TicketId`.
    const SCHEMA: &'static str;
}

/// The id of one `N`.
pub struct Id<N> {
    uuid: Uuid,
    noun: PhantomData<fn() -> N>,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl<N> Id<N> {
    /// A new id of this instant in this cell.
    pub fn new(env: &Env, cell: CellNumber) -> Id<N> {
        Id::at(env.now(), cell, env.random())
    }

    /// The id of an instant, a cell and ten random bytes.
    pub fn at(time: Time, cell: CellNumber, random: [u8; 10]) -> Id<N> {
        let millis = u64::try_from(time.micros().div_euclid(1000)).unwrap_or(0) & 0xffff_ffff_ffff;
        // Twelve bits of the microsecond keep ids of one millisecond in order.
        let fraction = u64::try_from(time.micros().rem_euclid(1000)).unwrap_or(0) << 2;
        let high = (millis << 16) | 0x7000 | fraction | u64::from(random[8] & 3);
        let mut low = [0; 8];
        low.copy_from_slice(&random[..8]);
        let low = (u64::from_be_bytes(low) >> 12) | (u64::from(cell.get()) << 52) | (0b10 << 62);
        Id::from_uuid(Uuid::from_u64_pair(high, low))
    }

    /// An id from its 16 bytes.
    pub const fn from_uuid(uuid: Uuid) -> Id<N> {
        Id { uuid, noun: PhantomData }
    }

    /// The 16 bytes.
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }

    /// The cell the row lives in.
    pub fn cell(self) -> CellNumber {
        let (_, low) = self.uuid.as_u64_pair();
        CellNumber::new(((low >> 52) & 0x3ff) as u16)
    }
}

impl<N: Noun> fmt::Display for Id<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.uuid.as_u128();
        let mut text = [0_u8; 26];
        for (place, letter) in text.iter_mut().enumerate() {
            let shift = 125 - 5 * place;
            let index = usize::try_from((bits >> shift) & 31).unwrap_or(0);
            *letter = ALPHABET.get(index).copied().unwrap_or(b'0');
        }
        write!(f, "{}_{}", N::PREFIX, std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl<N: Noun> FromStr for Id<N> {
    type Err = ();

    fn from_str(text: &str) -> Result<Id<N>, ()> {
        let letters = text.strip_prefix(N::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or(())?;
        if letters.len() != 26 || !letters.starts_with(['0', '1', '2', '3', '4', '5', '6', '7']) {
            return Err(());
        }
        let mut bits = 0_u128;
        for letter in letters.bytes() {
            let digit = ALPHABET.iter().position(|known| *known == letter).ok_or(())?;
            bits = (bits << 5) | digit as u128;
        }
        Ok(Id::from_uuid(Uuid::from_u128(bits)))
    }
}

impl<N> Clone for Id<N> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<N> Copy for Id<N> {}
impl<N> PartialEq for Id<N> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<N> Eq for Id<N> {}
impl<N> PartialOrd for Id<N> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<N> Ord for Id<N> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<N> Hash for Id<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
impl<N: Noun> fmt::Debug for Id<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<N: Noun> Serialize for Id<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, N: Noun> Deserialize<'de> for Id<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id<N>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|()| serde::de::Error::custom(format_args!("expected an id as in {}_01j…", N::PREFIX)))
    }
}

impl<N: Noun> utoipa::PartialSchema for Id<N> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some(format!("^{}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$", N::PREFIX)))
            .description(Some(format!("An id with the prefix `{}_`.", N::PREFIX)))
            .into()
    }
}

impl<N: Noun> utoipa::ToSchema for Id<N> {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed(N::SCHEMA)
    }
}
