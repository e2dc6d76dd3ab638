//! Stories of the ground floor and of trust's log: engines, edge, sealing.

mod backups;
mod edge;
mod engines;
mod jobs;
mod log;
mod notes;
mod privacy;
mod retention;
