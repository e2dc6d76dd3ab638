//! The roof: boot, the list of domains, the application, the commands of the one binary.
//! Rule: it puts the parts together and decides nothing that belongs to a domain.

pub mod admin;
pub mod app;
pub mod archive;
pub mod audit;
pub mod beats;
pub mod boot;
pub mod commands;
mod contact;
pub mod domains;
pub mod erasures;
mod faces;
pub mod finder;
pub mod lock;
mod logs;
pub mod person;
mod pulse;
pub mod sealing;
pub mod settings;
pub mod verbs;
