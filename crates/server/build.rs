//! Looks whether the built faces are there, so that a build without Node still compiles.

use std::path::Path;

fn main() {
    for (name, folder, file) in [
        ("has_console", "../../web/console/dist", "index.html"),
        ("has_widget", "../../web/widget/dist", "loader.js"),
        ("has_demo", "../../demo/app", "index.html"),
    ] {
        println!("cargo::rustc-check-cfg=cfg({name})");
        // A folder that is missing is watched too: building the faces later builds this crate again.
        println!("cargo::rerun-if-changed={folder}");
        if Path::new(folder).join(file).exists() {
            println!("cargo::rustc-cfg={name}");
        }
    }
    println!("cargo::rerun-if-changed=build.rs");
}
