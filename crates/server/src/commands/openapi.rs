//! `mainstay openapi`: the document of the API, as `/openapi.json` answers it.

use std::process::ExitCode;

use base::Result;

use crate::app;

pub(super) fn run() -> Result<ExitCode> {
    print!("{}", app::document()?);
    Ok(ExitCode::SUCCESS)
}
