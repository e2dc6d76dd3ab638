//! What answers always have: a field that is null is there, so that "may be null" and "may be absent" stay two things.
//! Rule: a shape that no request takes has all of its fields; what may be null says so in its type.

use std::collections::BTreeSet;

use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Components, Schema};
use utoipa::openapi::{Ref, RefOr};

/// Says of every shape that only answers have that its fields are always there.
pub(crate) fn complete(components: &mut Components, taken: BTreeSet<String>) {
    let taken = reached(components, taken);
    for (name, schema) in &mut components.schemas {
        // A problem is drawn by hand, because some of its fields are there only when they say something.
        if taken.contains(name) || name == "Problem" {
            continue;
        }
        if let RefOr::T(Schema::Object(object)) = schema {
            object.required = object.properties.keys().cloned().collect();
        }
    }
}

/// Everything that some shapes are made of, themselves included.
fn reached(components: &Components, from: BTreeSet<String>) -> BTreeSet<String> {
    let (mut all, mut new) = (BTreeSet::new(), from);
    while let Some(name) = new.pop_first() {
        if let Some(schema) = components.schemas.get(&name) {
            names(schema, &mut |found| {
                if found != name && !all.contains(found) {
                    new.insert(found.to_owned());
                }
            });
        }
        all.insert(name);
    }
    all
}

/// Calls `found` with the names a schema refers to.
fn names(schema: &RefOr<Schema>, found: &mut dyn FnMut(&str)) {
    match schema {
        RefOr::Ref(Ref { ref_location, .. }) => {
            if let Some(name) = ref_location.rsplit('/').next() {
                found(name);
            }
        }
        RefOr::T(Schema::Object(object)) => {
            object.properties.values().for_each(|property| names(property, found));
            if let Some(AdditionalProperties::RefOr(schema)) = object.additional_properties.as_deref() {
                names(schema, found);
            }
        }
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &array.items {
                names(items, found);
            }
        }
        RefOr::T(Schema::OneOf(one)) => one.items.iter().for_each(|item| names(item, found)),
        RefOr::T(Schema::AllOf(all)) => all.items.iter().for_each(|item| names(item, found)),
        RefOr::T(Schema::AnyOf(any)) => any.items.iter().for_each(|item| names(item, found)),
        RefOr::T(_) => {}
    }
}
