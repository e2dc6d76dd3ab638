//! The help centre: pages for readers, drawn on the server, and the doors of the widget.
//! Rule: whoever is here sees live articles through their sight; nothing here writes but votes and searches.

mod colours;
mod pages;
mod routes;
mod settings;
mod shelves;
pub mod site;
mod sitemap;
mod visitor;
mod widget;
mod words;

pub use pages::article_path;
pub use routes::{ContactForm, contact_page, lead, without_contact};
pub use shelves::titles;
pub use site::{HELP_HOST_TAKEN, NO_HELP_CENTRE};
pub use visitor::AtHelp;

/// The codes of this part.
pub static CODES: &[&base::Code] = &[&HELP_HOST_TAKEN, &NO_HELP_CENTRE];

pub(crate) fn operations() -> Vec<web::Op> {
    let mut ops = routes::operations();
    ops.extend(sitemap::operations());
    ops.extend(widget::operations());
    ops.extend(settings::operations());
    ops
}
