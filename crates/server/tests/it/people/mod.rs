//! Stories of people: who a request belongs to, what joins them, what erases them.

mod companies;
mod customers;
mod erasing;
mod identities;
mod merging;
mod requesters;

use base::text::Email;
use trust::Cx;
use trust::access::{Actor, Guest, Identity, Rights, Via, Who};

use crate::harness::World;

/// Somebody at Acme's widget.
fn at_widget(world: &World, guest: Guest) -> Cx {
    let actor = Actor { workspace: world.acme, who: Who::Guest(guest), rights: Rights::NONE, via: Via::Widget };
    Cx::new(world.house().clone(), actor)
}

/// What the host app signs.
fn identity(subject: &str, email: Option<&str>) -> Guest {
    let email = email.map(|email| Email::new(email).unwrap());
    Guest::Identified(Identity { subject: subject.to_owned(), email, name: Some("Carla".to_owned()) })
}

/// Acme itself.
fn acme(world: &World) -> Cx {
    Cx::of_house(world.house(), world.acme, Via::Api)
}
