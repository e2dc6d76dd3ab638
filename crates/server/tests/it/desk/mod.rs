//! Stories of the desk.

mod uploads;
