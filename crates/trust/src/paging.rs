//! What every list takes: how many, and after which item.

use base::{Cursor, Result};
use serde::Deserialize;

use crate::log::BAD_CURSOR;

/// Items of a page when nothing is asked for.
const USUAL: u32 = 50;
/// Items of a page at most.
const MOST: u32 = 100;

/// The query parameters of a list.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// How many items, 1 to 100; 50 when not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[param(max_length = 200)]
    pub after: Option<String>,
}

impl PageQuery {
    /// How many items are wanted.
    pub fn limit(&self) -> Result<usize> {
        bounded(self.limit, USUAL, MOST)
    }

    /// The place after which the page starts.
    pub fn cursor(&self) -> Result<Option<Cursor>> {
        let read = |text: &String| Cursor::decode(text).ok_or_else(|| BAD_CURSOR.error());
        self.after.as_ref().map(read).transpose()
    }

    /// The place of a list that is ordered by id alone; the nil id at its start.
    pub(crate) fn after_id(&self) -> Result<uuid::Uuid> {
        Ok(self.cursor()?.map_or(uuid::Uuid::nil(), |cursor| cursor.id))
    }
}

/// A number of items between 1 and `most`.
pub(crate) fn bounded(asked: Option<u32>, usual: u32, most: u32) -> Result<usize> {
    let limit = asked.unwrap_or(usual);
    if !(1..=most).contains(&limit) {
        return Err(web::INVALID_QUERY.because(format!("`limit` takes 1 to {most}.")));
    }
    Ok(usize::try_from(limit).unwrap_or(1))
}

/// The cursor of an item in a list that is ordered by id alone.
pub(crate) fn id_cursor<N>(id: base::Id<N>) -> String {
    Cursor { key: 0, id: id.uuid() }.encode()
}
