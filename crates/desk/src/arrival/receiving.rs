//! Receiving a message of a customer: it becomes a ticket, or it is held back with a cause.
//! Rule: either way its sender gets the same answer.

use base::Result;
use db::Tx;
use people::customers::Account;
use trust::Cx;

use super::{Findings, opening};
use crate::spam::{self, Entry, Signs};
use crate::tickets::{Message, Opening, Ticket};

/// What became of a message.
pub enum Arrived {
    /// It is a ticket.
    Ticket(Box<(Ticket, Message)>),
    /// It is held back.
    Held(Box<Entry>),
}

/// Receives a message of an account.
pub fn receive(
    tx: &mut Tx<'_>,
    cx: &Cx,
    account: &Account,
    opening: &Opening,
    findings: &Findings,
    signs: &Signs,
) -> Result<Arrived> {
    match spam::judge(tx, cx, account, opening, signs)? {
        Some(verdict) => {
            let entry = spam::hold(tx, cx, account.customer, opening, signs, verdict)?;
            Ok(Arrived::Held(Box::new(entry)))
        }
        None => Ok(Arrived::Ticket(Box::new(opening::open(tx, cx, account, opening, findings)?))),
    }
}
