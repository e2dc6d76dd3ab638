//! Conditions of rules, policies and queues: CEL over a small vocabulary, with limits that hold when a condition is saved
//! and when it is run, and the same condition as a form of all and any.
//! Rule: what could be refused when saved never surprises at run time; what errs at run time does not match, and says so.

mod condition;
mod fact;
mod fault;
mod form;
mod limits;
mod parsing;
mod reading;
mod typing;
mod vocabulary;

pub use condition::{Condition, Held};
pub use fact::{Fact, Facts};
pub use fault::Fault;
pub use form::{Comparison, Form, Operand, Operator};
pub use limits::{LIST, NODES, SOURCE};
pub use vocabulary::{Kind, Name, Vocabulary};
