//! The `mainstay` binary.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Huge pages make a resting server hold more than twice of what it uses, and answer no sooner.
#[cfg(target_os = "linux")]
fn take_small_pages() {
    // A kernel that does not know the setting leaves things as they are.
    drop(nix::sys::prctl::set_thp_disable(true));
}

#[cfg(not(target_os = "linux"))]
fn take_small_pages() {}

fn main() -> ExitCode {
    take_small_pages();
    server::commands::run()
}
