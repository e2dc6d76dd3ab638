//! Calendars: when a workspace works. A calendar has versions, each in force from an instant on; what was measured by an
//! earlier one stays as it was. Promises, routing and the widget ask it how much time was worked and when it opens.

mod calendar;
mod definition;
mod hours;
mod importing;
mod routes;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use calendar::exists;
pub use calendar::{CALENDAR_TAKEN, CalendarId, CalendarNoun, Calendars, Versioned};
pub use definition::{BAD_CALENDAR, Definition, ExtraHours, Holiday, Interval, Weekday};
pub use hours::Hours;
pub use importing::{BAD_ICALENDAR, holidays as holidays_of_icalendar};
pub(crate) use routes::operations;
