//! Down you call, up you tell: a crate depends only on lower floors, neighbours on one floor never.

use tidy::manifests::crates;
use tidy::none;

/// Crate and floor. Floors below 0 are steps of the ground, where tools build on tools; tidy reads, and may use nothing.
const FLOORS: &[(&str, i32)] = &[
    ("base", -4),
    ("bus", -3),
    ("db", -3),
    ("ml", -3),
    ("redact", -3),
    ("rules", -3),
    ("search", -3),
    ("jobs", -2),
    ("mail", -2),
    ("web", -1),
    ("trust", 0),
    ("people", 1),
    ("taxonomy", 1),
    ("knowledge", 2),
    ("signals", 2),
    ("desk", 3),
    ("live", 4),
    ("success", 5),
    ("assist", 5),
    ("reports", 5),
    ("governance", 6),
    ("connect", 6),
    ("server", 9),
    ("tidy", -9),
];

#[test]
fn crates_depend_on_lower_floors_only() {
    let mut findings = Vec::new();
    for manifest in crates() {
        let Some(floor) = floor(&manifest.name) else {
            findings.push(format!("crates/{}: has no floor", manifest.name));
            continue;
        };
        for used in &manifest.uses {
            if floor_of_used(used, &manifest.name).is_none_or(|below| below >= floor) {
                findings.push(format!("crates/{} (floor {floor}) uses {used}", manifest.name));
            }
        }
    }
    none(
        "A crate depends only on lower floors, and never on a neighbour.",
        "write an event in the same transaction and let the upper crate listen, or move the shared part down",
        &findings,
    );
}

/// A crate may name itself in its tests' dependencies to switch on a feature of its own.
fn floor_of_used(used: &str, by: &str) -> Option<i32> {
    if used == by { Some(i32::MIN) } else { floor(used) }
}

fn floor(name: &str) -> Option<i32> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}
