//! `cargo xtask demo`: the sample company on 127.0.0.1:8080, filled through the public API as a customer's own script
//! would do it. `--check` lets Chromium play customer and agent once, and ends.

mod articles;
mod fill;
mod fixture;
mod identity;
mod promises;

use crate::browser;
use crate::model;
use crate::programs::{cargo, run as run_program};
use crate::server::{Founding, Server, Site};
use crate::tree::{Scratch, Tree};
use crate::web;
use anyhow::{Context, Result};
use clap::Args;
use fill::Filled;
use fixture::Company;
use std::fs;
use std::net::SocketAddr;
use std::time::Instant;

/// The password of everybody in the demo, which listens on loopback only.
const PASSWORD: &str = "rota-demo-password";

/// Everybody signs in from one address here, often within a second.
/// This machine is taken for a proxy, so that many readers can be played on it.
const CONFIG: &str =
    "demo = true\n[http]\ntrusted_proxies = [\"127.0.0.1\"]\n[limits]\nsign_in = { per_second = 10, burst = 100 }\n";

/// How the demo runs.
#[derive(Args)]
pub struct Options {
    /// Play the round trip from customer to agent and back in headless Chromium, then end.
    #[arg(long)]
    check: bool,
    /// The loopback port.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Build with optimisation: slower to build, quicker to use.
    #[arg(long)]
    release: bool,
}

/// A filled, running demo.
pub struct Demo {
    server: Server,
    company: Company,
    filled: Filled,
    // After the server, so that the folder outlives it.
    _data: Option<Scratch>,
}

/// Builds, starts and fills the demo, then waits for Ctrl-C or plays the check.
pub fn run(tree: &Tree, options: &Options) -> Result<()> {
    let start = Instant::now();
    web::build(tree)?;
    model::try_fetch(tree);
    let profile = build(tree, options.release)?;
    let demo = self::start(tree, profile, Some(options.port))?;
    println!("ready after {:.0} s", start.elapsed().as_secs_f64());
    demo.print();
    if options.check {
        browser::against(tree, &demo, "roundtrip")?;
        println!("round trip: passed");
        return Ok(());
    }
    println!("\nCtrl-C ends it. The data is in .data/demo and is made anew by the next start.");
    demo.server.wait()
}

/// Starts a filled demo: on a given port with its data in `.data/demo`, else anywhere with data that vanishes.
pub fn start(tree: &Tree, profile: &str, port: Option<u16>) -> Result<Demo> {
    let company = Company::read(&tree.path("demo"))?;
    let scratch = if port.is_none() { Some(Scratch::new("demo")?) } else { None };
    let data = scratch.as_ref().map_or_else(|| tree.path(".data/demo"), |scratch| scratch.join("data"));
    if data.exists() {
        fs::remove_dir_all(&data).context("cannot clear the demo's old data")?;
    }
    let binary = tree.binary(profile);
    let site = Site { binary, data, database: None, config: CONFIG.into() };
    let founding = site.init(&company.name, &company.owner.email, PASSWORD)?;
    let server = match port {
        Some(port) => site.serve(SocketAddr::from(([127, 0, 0, 1], port)))?,
        None => site.serve_anywhere()?,
    };
    let filled = fill::fill(server.address, &founding.token, &company, PASSWORD)?;
    Ok(Demo { server, company, filled, _data: scratch })
}

/// Founds a site, serves it anywhere and fills it with the sample company; returns the widget's key beside the server.
pub fn filled(tree: &Tree, site: &Site) -> Result<(Server, Founding, String)> {
    let company = Company::read(&tree.path("demo"))?;
    let founding = site.init(&company.name, &company.owner.email, PASSWORD)?;
    let server = site.serve_anywhere()?;
    let filled = fill::fill(server.address, &founding.token, &company, PASSWORD)?;
    Ok((server, founding, filled.widget_key))
}

impl Demo {
    /// The server's address.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// What the browser scripts need to sign in.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("MAINSTAY_EMAIL", self.company.owner.email.clone()),
            ("MAINSTAY_PASSWORD", PASSWORD.into()),
            ("MAINSTAY_WIDGET_KEY", self.filled.widget_key.clone()),
        ]
    }

    /// Prints the addresses and the sign-ins.
    fn print(&self) {
        let url = self.url();
        println!("\n{} is running, with {} tickets.\n", self.company.name, self.filled.tickets);
        println!("  console      {url}/");
        println!("  help centre  {url}/help");
        println!("  host app     {url}/demo-app   (the customers' side, with the widget)");
        println!("  API          {url}/api/v1   (document: {url}/openapi.json)");
        println!("\n  {:<32} {:<8} {:<16} password", "sign in as", "role", "teams");
        for member in std::iter::once(&self.company.owner).chain(&self.company.members) {
            let teams = member.teams.join(", ");
            println!("  {:<32} {:<8} {teams:<16} {PASSWORD}", member.email, member.role);
        }
    }
}

/// Builds the server and returns the name of its profile folder.
fn build(tree: &Tree, is_release: bool) -> Result<&'static str> {
    let mut build = cargo();
    build.args(["build", "--package", "mainstay-server"]).current_dir(tree.root());
    if is_release {
        build.arg("--release");
    }
    run_program(&mut build)?;
    Ok(if is_release { "release" } else { "debug" })
}
