//! Manifests and lock files: a reason for every dependency, one licence, no machine's registry.

use tidy::files;
use tidy::manifests::manifests;
use tidy::none;

const LICENCE: &str = "Apache-2.0";

#[test]
fn every_dependency_carries_its_reason() {
    let root = manifests().into_iter().find(|file| file.path == "Cargo.toml").expect("a root manifest");
    let section = root.lines().skip_while(|(_, line)| *line != "[workspace.dependencies]").skip(1);
    let lines = section.take_while(|(_, line)| !line.starts_with('['));
    let bare = lines.filter(|(_, line)| {
        let is_ours = line.starts_with("mainstay-");
        line.contains('=') && !line.starts_with('#') && !is_ours && !line.contains(" # ")
    });
    let findings: Vec<_> = bare.map(|(number, line)| format!("Cargo.toml:{number}: {line}")).collect();
    none("Every dependency carries its reason on its line.", "add `# why it is here`", &findings);
}

#[test]
fn crates_take_their_dependencies_from_the_workspace() {
    let mut findings = Vec::new();
    for file in manifests().iter().filter(|file| file.path != "Cargo.toml") {
        let sections = file.text.split("\n[").filter(|part| part.contains("dependencies]\n"));
        let lines = sections.flat_map(str::lines).filter(|line| line.contains('='));
        let own = lines.filter(|line| !line.contains("workspace"));
        findings.extend(own.map(|line| format!("{}: {line}", file.path)));
    }
    none("Versions stand in the root manifest only.", "write `name.workspace = true`", &findings);
}

#[test]
fn everything_is_under_one_licence() {
    let mut findings = Vec::new();
    for file in manifests() {
        let is_ours =
            file.text.contains("license.workspace = true") || file.text.contains(&format!("license = \"{LICENCE}\""));
        if !is_ours {
            findings.push(file.path);
        }
    }
    for file in files::with_extension(&["json"]).into_iter().filter(|file| file.name() == "package.json") {
        if !file.text.contains(&format!("\"license\": \"{LICENCE}\"")) {
            findings.push(file.path);
        }
    }
    none(
        "Every package is under Apache-2.0.",
        "add `license.workspace = true` or `\"license\": \"Apache-2.0\"`",
        &findings,
    );
}

#[test]
fn lock_files_name_no_registry_of_a_machine() {
    let mut findings = Vec::new();
    for file in files::all().into_iter().filter(|file| file.name() == "package-lock.json" || file.name() == ".npmrc") {
        let hosts =
            file.lines().filter(|(_, line)| line.contains("\"resolved\": \"http") || line.starts_with("registry"));
        findings.extend(hosts.map(|(number, _)| format!("{}:{number}", file.path)));
    }
    for (number, line) in files::all().iter().filter(|file| file.path == "Cargo.lock").flat_map(|file| file.lines()) {
        if line.starts_with("source = ") && !line.contains("github.com/rust-lang/crates.io-index") {
            findings.push(format!("Cargo.lock:{number}: {line}"));
        }
    }
    findings.truncate(10);
    none(
        "Lock files name no registry host.",
        "lock with `omit-lockfile-registry-resolved=true` in web/.npmrc",
        &findings,
    );
}
