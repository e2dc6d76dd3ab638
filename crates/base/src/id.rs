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

    /// This id, or one just after `other` when it is not greater: what is written later sorts later, whatever clocks say.
    #[must_use]
    pub fn after(self, other: Option<Id<N>>, random: [u8; 10]) -> Id<N> {
        match other {
            Some(other) if self <= other => {
                Id::at(Time::from_micros(other.time().micros().saturating_add(1)), self.cell(), random)
            }
            _ => self,
        }
    }

    /// The instant it names.
    pub fn time(self) -> Time {
        let (high, _) = self.uuid.as_u64_pair();
        let (millis, fraction) = (high >> 16, (high >> 2) & 0x3ff);
        Time::from_micros(i64::try_from(millis * 1000 + fraction).unwrap_or(i64::MAX))
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

#[cfg(test)]
mod tests {
    use super::*;

    struct Thing;
    impl Noun for Thing {
        const PREFIX: &'static str = "thg";
        const SCHEMA: &'static str = "ThingId";
    }

    #[test]
    fn an_id_says_its_instant_and_comes_after_another_whatever_the_clock_says() {
        let cell = CellNumber::new(7);
        let at = |micros: i64, random: u8| Id::<Thing>::at(Time::from_micros(micros), cell, [random; 10]);
        for micros in [0, 999, 1_000, 1_772_442_000_000_999, 1_772_442_000_001_000] {
            assert_eq!(at(micros, 0xff).time(), Time::from_micros(micros));
        }
        let newest = at(1_772_442_000_000_999, 0xff);
        assert_eq!(at(5, 1).after(None, [2; 10]), at(5, 1));
        assert_eq!(at(1_772_442_000_001_000, 1).after(Some(newest), [2; 10]), at(1_772_442_000_001_000, 1));
        for behind in [at(5, 1), newest] {
            let after = behind.after(Some(newest), [0; 10]);
            assert!(after > newest && after.cell() == cell);
        }
    }
}
