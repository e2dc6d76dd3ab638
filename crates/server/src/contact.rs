//! The contact form of the help centre: a ticket that carries what was read and looked for before.
//! Rule: what is typed here is a claim; nobody is known by it, and what was read goes into a note for staff.

use axum::response::Response;
use base::Result;
use base::text::{Email, Line};
use db::Tx;
use desk::Desk;
use desk::arrival::{Arrived, Draft, Findings, prepare, receive};
use desk::spam::Signs;
use desk::tickets::{BodyText, Channel, MessageKind, NewReply, Opening, Prepared, add};
use knowledge::gaps;
use knowledge::help::{AtHelp, ContactForm, contact_page, lead, titles, without_contact};
use knowledge::nouns::{ArticleId, QueryId};
use knowledge::places::{One, Sent};
use trust::Cx;
use trust::access::{Guest, Via, Who};
use trust::accounts::session::hash_secret;
use web::{Access, Class, Method, Op};

/// The doors of the form.
pub fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Post, "/help/{locale}/contact", "sendHelpContact", Access::Public, send)
            .about("Opens a ticket by the contact form, and leads to its number.")
            .class(Class::SignIn)
            .takes_raw("application/x-www-form-urlencoded")
            .gives_nothing(303),
    ]
}

/// A form that was filled in well.
struct Filled {
    name: Option<Line<200>>,
    email: Email,
    subject: Option<Line<300>>,
    message: BodyText,
    read: Vec<ArticleId>,
    searches: Vec<QueryId>,
}

fn check(form: &ContactForm) -> Option<Filled> {
    let line = |text: &str| Line::new(text).ok();
    let ids = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
    Some(Filled {
        name: line(&form.name),
        email: Email::new(&form.email).ok()?,
        subject: Line::new(&form.subject).ok(),
        message: BodyText::new(&form.message).ok()?,
        read: ids(&form.read).iter().filter_map(|id| id.parse().ok()).take(10).collect(),
        searches: ids(&form.searches).iter().filter_map(|id| id.parse().ok()).take(20).collect(),
    })
}

async fn send(
    AtHelp(cx): AtHelp,
    desk: Desk,
    peer: Option<axum::Extension<web::Peer>>,
    One(locale): One,
    Sent(form): Sent<ContactForm>,
) -> web::Result<Response> {
    if let Some(missing) = without_contact(&cx, &locale).await? {
        return Ok(missing);
    }
    let Some(filled) = check(&form) else {
        return contact_page(&cx, &locale, form).await;
    };
    // A field that people do not see was filled in by a program, which need not know.
    if !form.website.is_empty() {
        return Ok(lead(&format!("/help/{locale}/contact?received=0")));
    }
    let number = desk.numbers().next(&cx).await?;
    let body = Prepared::text(filled.message.to_string());
    let subject = filled.subject.as_deref().map_or_else(|| redact::preview(&filled.message, 80), str::to_owned);
    let opening = Opening::plain(number, subject, body, Channel::Form);
    let findings = prepare(&cx, &desk, Draft::of(&opening)).await;
    let signs = Signs::of(&cx, peer.map(|peer| peer.0), Some(&filled.email)).count(&cx, desk.brakes()).await;
    cx.write(move |tx, cx| write(tx, cx, &opening, &findings, &signs, &filled)).await?;
    Ok(lead(&format!("/help/{locale}/contact?received={number}")))
}

fn write(
    tx: &mut Tx<'_>,
    cx: &Cx,
    opening: &Opening,
    findings: &Findings,
    signs: &Signs,
    filled: &Filled,
) -> Result<()> {
    let device = people::customers::new_device(tx, cx)?;
    let mut visitor = cx.clone();
    visitor.actor.who = Who::Guest(Guest::Device(hash_secret(&device)));
    let (acting, account) = people::customers::guest_or_create(tx, &visitor)?;
    people::customers::claim(tx, &acting, account.customer, filled.name.as_ref(), Some(&filled.email))?;
    // Who is held back gets the number all the same.
    let Arrived::Ticket(opened) = receive(tx, &acting, &account, opening, findings, signs)? else { return Ok(()) };
    let ticket = opened.0;
    gaps::ticket_opened_after(tx, cx, &filled.searches, ticket.id(), cx.env().now())?;
    let read = titles(tx, cx, &filled.read)?;
    if read.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = read.iter().map(|(title, path)| format!("- {title} ({path})")).collect();
    let note = NewReply {
        kind: MessageKind::Note,
        body: Prepared::text(format!("Read before writing:\n{}", lines.join("\n"))),
        last_seen: None,
        client_id: None,
        attachments: Vec::new(),
    };
    let house = Cx::of_house(cx.house(), cx.workspace(), Via::Widget);
    add(tx, &house, ticket.id(), &note).map(drop)
}
