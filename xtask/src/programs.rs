//! Running other programs: always with a visible command line and an error that names it.

use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Runs a program to its end with our own output, and fails when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", line(command));
    let status = command.status().with_context(|| format!("cannot start {}", line(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", line(command));
    }
    Ok(())
}

/// Cargo, as if it had been called from a shell: what `cargo run` says of this program would make it build dependencies
/// anew that look at those variables, each time that somebody calls it by hand in between.
pub fn cargo() -> Command {
    let mut cargo = Command::new("cargo");
    let is_ours = |name: &String| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    env::vars_os().filter_map(|(name, _)| name.into_string().ok()).filter(is_ours).for_each(|name| {
        cargo.env_remove(name);
    });
    cargo
}

/// Runs a program quietly; its output is shown only when it fails.
pub fn quiet(command: &mut Command) -> Result<Output> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {}", line(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let printed = String::from_utf8_lossy(&output.stdout);
        bail!("{} ended with {}\n{printed}{said}", line(command), output.status);
    }
    Ok(output)
}

/// What a program prints, trimmed; `None` when it cannot be run or fails.
pub fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = quiet(Command::new(program).args(arguments)).ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first of these programs that `PATH` knows.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| on_path(name))
}

/// Whether this process may install system packages.
pub fn is_root() -> bool {
    answer("id", &["-u"]).is_some_and(|id| id == "0")
}

/// Installs Debian packages when we are root and have apt; else says the one command to run.
pub fn install(packages: &[&str]) -> Result<()> {
    let wanted = packages.join(" ");
    if !is_root() || find(&["apt-get"]).is_none() {
        bail!("missing: {wanted}. Run: sudo apt-get install -y {wanted}");
    }
    println!("installing {wanted}");
    quiet(Command::new("apt-get").args(["update", "-qq"]))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages);
    quiet(install.env("DEBIAN_FRONTEND", "noninteractive")).map(drop)
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
