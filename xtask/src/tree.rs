//! Where things are: the clone, the target folder, the cache folder, temporary folders.
//! Every other file asks here, so that no path of a machine is written anywhere.

use anyhow::{Context, Result};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// The clone this command was started in.
pub struct Tree {
    root: PathBuf,
}

impl Tree {
    /// The clone that holds this package.
    pub fn here() -> Result<Self> {
        let package = env::var_os("CARGO_MANIFEST_DIR").context("start this as `cargo xtask …`")?;
        let root = Path::new(&package).parent().context("xtask has no parent folder")?;
        Ok(Self { root: root.to_path_buf() })
    }

    /// The root of the clone.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the clone.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// Whether something is at that path of the clone.
    pub fn has(&self, inside: &str) -> bool {
        self.path(inside).exists()
    }

    /// Cargo's target folder: `CARGO_TARGET_DIR`, else `target/`.
    pub fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.path("target"), |dir| self.root.join(dir))
    }

    /// The built server of a profile folder (`debug` or `release`).
    pub fn binary(&self, profile: &str) -> PathBuf {
        self.target().join(profile).join("mainstay")
    }

    /// Where downloads are kept between runs: `MAINSTAY_CACHE`, else the user's cache folder.
    pub fn cache(&self) -> PathBuf {
        let own = env::var_os("MAINSTAY_CACHE").map(PathBuf::from);
        let xdg = env::var_os("XDG_CACHE_HOME").map(|dir| Path::new(&dir).join("mainstay"));
        let home = env::var_os("HOME").map(|dir| Path::new(&dir).join(".cache/mainstay"));
        own.or(xdg).or(home).unwrap_or_else(|| self.path("target/cache"))
    }
}

/// A folder that vanishes with this value.
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// A new empty folder under the system's temporary folder.
    pub fn new(purpose: &str) -> Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let count = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("mainstay-{purpose}-{}-{count}", process::id());
        let path = env::temp_dir().join(name);
        fs::create_dir_all(&path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self { path })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path inside the folder.
    pub fn join(&self, inside: &str) -> PathBuf {
        self.path.join(inside)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A folder that cannot be removed is left to the system's own cleaning of /tmp.
        let _ = fs::remove_dir_all(&self.path);
    }
}
