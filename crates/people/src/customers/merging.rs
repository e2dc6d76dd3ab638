//! Merging two customers who are one person, and taking it back.
//! Rule: nothing moves; the absorbed customer points to the kept one, so that taking it back restores exactly what was.

use base::{Result, Time};
use db::{Query, Tx};
use serde::Serialize;
use trust::Cx;
use trust::access::Right;
use trust::log::record;
use trust::nouns::CustomerId;

use super::customer::Customer;
use super::{NOT_MERGED, SAME_CUSTOMER, events};

/// A merge as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Merge {
    pub(super) loser: CustomerId,
    pub(super) winner: CustomerId,
    pub(super) at: Time,
}

#[derive(Serialize)]
struct Merged {
    customer_id: CustomerId,
    into: CustomerId,
}

/// Merges `loser` into `winner`.
pub fn merge(tx: &mut Tx<'_>, cx: &Cx, loser: CustomerId, winner: CustomerId) -> Result<Merge> {
    cx.require(Right::CustomersWrite)?;
    if loser == winner {
        return Err(SAME_CUSTOMER.error().field("/into", "invalid", "is the customer itself"));
    }
    let (lost, kept) = both(tx, cx, loser, winner)?;
    lost.check_changeable()?;
    kept.check_changeable()?;
    let (merge, by) = (Merge { loser, winner, at: cx.env().now() }, cx.actor.named());
    tx.exec(
        "INSERT INTO customer_alias (workspace_id, loser_id, winner_id, at, actor_kind, actor_id) VALUES ($1, $2, $3, $4, $5, $6)",
        &[&cx.workspace(), &loser, &winner, &merge.at, &by.0, &by.1],
    )?;
    tx.exec(
        "UPDATE customer SET merged_into = $1 WHERE workspace_id = $2 AND (id = $3 OR merged_into = $3)",
        &[&winner, &cx.workspace(), &loser],
    )?;
    tell(tx, cx, "customer.merged", &lost, &kept)?;
    Ok(merge)
}

/// Takes a merge back; who had been merged into the absorbed customer before stays with it.
pub fn unmerge(tx: &mut Tx<'_>, cx: &Cx, loser: CustomerId) -> Result<()> {
    cx.require(Right::CustomersWrite)?;
    // Outside the reach a customer is not there, merged or not.
    Customer::find(tx, cx, loser)?;
    let winner = alias(tx, cx, loser)?.ok_or_else(|| NOT_MERGED.error())?;
    let (lost, kept) = both(tx, cx, loser, winner)?;
    let gone = tx.exec(
        "DELETE FROM customer_alias WHERE workspace_id = $1 AND loser_id = $2 AND winner_id = $3",
        &[&cx.workspace(), &loser, &kept.id],
    )?;
    if gone == 0 {
        return Err(NOT_MERGED.error());
    }
    for below in below(tx, cx, loser)? {
        tx.exec(
            "UPDATE customer SET merged_into = $1 WHERE workspace_id = $2 AND id = $3",
            &[&loser, &cx.workspace(), &below],
        )?;
    }
    tx.exec("UPDATE customer SET merged_into = NULL WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &loser])?;
    tell(tx, cx, "customer.unmerged", &lost, &kept)
}

/// Both rows, locked in the order of their keys.
fn both(tx: &mut Tx<'_>, cx: &Cx, loser: CustomerId, winner: CustomerId) -> Result<(Customer, Customer)> {
    let first = Customer::find_locked(tx, cx, loser.min(winner))?;
    let second = Customer::find_locked(tx, cx, loser.max(winner))?;
    Ok(if first.id == loser { (first, second) } else { (second, first) })
}

fn alias(tx: &mut Tx<'_>, cx: &Cx, loser: CustomerId) -> Result<Option<CustomerId>> {
    tx.first(
        "SELECT winner_id FROM customer_alias WHERE workspace_id = $1 AND loser_id = $2",
        &[&cx.workspace(), &loser],
        |row| row.get(0),
    )
}

/// Everybody who was merged into a customer, directly or through others.
fn below(tx: &mut Tx<'_>, cx: &Cx, top: CustomerId) -> Result<Vec<CustomerId>> {
    let (mut all, mut layer) = (Vec::new(), vec![top]);
    while !layer.is_empty() {
        let mut query = Query::new("SELECT loser_id FROM customer_alias WHERE workspace_id = ");
        query.bind(cx.workspace()).push(" AND winner_id IN (").bind_list(&layer).push(")");
        layer = tx.all_of(&query, |row| row.get(0))?;
        all.extend(layer.iter().copied());
    }
    Ok(all)
}

/// A new version and an event for each of the two.
fn tell(tx: &mut Tx<'_>, cx: &Cx, kind: &'static str, lost: &Customer, kept: &Customer) -> Result<()> {
    tx.exec(
        "UPDATE customer SET version = version + 1 WHERE workspace_id = $1 AND id IN ($2, $3)",
        &[&cx.workspace(), &lost.id, &kept.id],
    )?;
    let data = Merged { customer_id: lost.id, into: kept.id };
    let merged = events::event(cx, kind, lost.id, lost.version + 1, lost.territory, &data);
    let updated = events::updated(cx, kept.id, kept.version + 1, kept.territory, &["merged_customers"]);
    record(tx, cx, &[merged, updated])
}
