//! `mainstay config`: every setting with its default.

use std::process::ExitCode;

use crate::settings::DEFAULTS;

pub(super) fn run() -> ExitCode {
    print!("{DEFAULTS}");
    ExitCode::SUCCESS
}
