//! Every door of the generated document, tried as everybody who must not pass it.
//! Rule: a door that is missing from the table, or a row whose door is gone, fails the house.

mod reach;
mod scene;
mod table;
mod walk;
