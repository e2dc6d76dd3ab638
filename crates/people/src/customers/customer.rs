//! The row of a customer: finding and listing within a reach, and making one on purpose.

use base::text::{Email, Line, fold};
use base::{Cursor, Page, Personal, Result, Time};
use db::{Query, Row, Tx};
use serde_json::json;
use trust::access::Right;
use trust::log::record;
use trust::nouns::{CustomerId, TerritoryId};
use trust::{Cx, PageQuery};

use super::shapes::NewCustomer;
use super::{ADDRESS_TAKEN, CUSTOMER_ERASED, CUSTOMER_MERGED, EXTERNAL_ID_TAKEN, addresses, attributes, events};
use crate::companies;
use crate::nouns::CompanyId;

/// A customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Customer {
    pub(super) id: CustomerId,
    pub(super) external_id: Option<String>,
    pub(super) name: Personal<Option<String>>,
    pub(super) locale: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) plan: Option<String>,
    pub(super) company: Option<CompanyId>,
    pub(super) attributes: Personal<String>,
    pub(super) is_visitor: bool,
    pub(super) claimed_name: Personal<Option<String>>,
    pub(super) claimed_email: Personal<Option<String>>,
    pub(super) merged_into: Option<CustomerId>,
    pub(super) is_erased: bool,
    pub(super) created_at: Time,
    pub(super) version: i64,
    pub(super) territory: Option<TerritoryId>,
}

const COLUMNS: &str = "c.id, c.external_id, c.name, c.locale, c.zone, c.plan, c.company_id, c.attributes, c.is_visitor, \
    c.claimed_name, c.claimed_email, c.merged_into, c.erased_by, c.created_at, c.version, co.territory_id";
const FROM: &str = "FROM customer c LEFT JOIN company co ON co.workspace_id = c.workspace_id AND co.id = c.company_id";

impl Customer {
    fn read(row: &Row<'_>) -> Result<Customer> {
        Ok(Customer {
            id: row.get(0)?,
            external_id: row.get(1)?,
            name: Personal::new(row.get(2)?),
            locale: row.get(3)?,
            zone: row.get(4)?,
            plan: row.get(5)?,
            company: row.get(6)?,
            attributes: row.get(7)?,
            is_visitor: row.get(8)?,
            claimed_name: Personal::new(row.get(9)?),
            claimed_email: Personal::new(row.get(10)?),
            merged_into: row.get(11)?,
            is_erased: row.get::<Option<uuid::Uuid>>(12)?.is_some(),
            created_at: row.get(13)?,
            version: row.get(14)?,
            territory: row.get(15)?,
        })
    }

    /// The customer of an id, within the reach.
    pub fn find(tx: &mut Tx<'_>, cx: &Cx, id: CustomerId) -> Result<Customer> {
        let mut query = Query::new(&format!("SELECT {COLUMNS} {FROM} WHERE c.workspace_id = "));
        query.bind(cx.workspace()).push(" AND c.id = ").bind(id);
        cx.reach.limit_territory(&mut query, "co.territory_id");
        tx.all_of(&query, Customer::read)?.pop().ok_or_else(|| web::NOT_FOUND.error())
    }

    /// A customer reading about themselves, whatever the territory.
    pub(super) fn find_self(tx: &mut Tx<'_>, cx: &Cx, id: CustomerId) -> Result<Customer> {
        let sql = format!("SELECT {COLUMNS} {FROM} WHERE c.workspace_id = $1 AND c.id = $2");
        tx.first(&sql, &[&cx.workspace(), &id], Customer::read)?.ok_or_else(|| web::NOT_FOUND.error())
    }

    /// The same as `find`, with its row locked until the commit, for changing it.
    pub(super) fn find_locked(tx: &mut Tx<'_>, cx: &Cx, id: CustomerId) -> Result<Customer> {
        tx.first_locked(
            "SELECT version FROM customer WHERE workspace_id = $1 AND id = $2",
            &[&cx.workspace(), &id],
            |row| row.get::<i64>(0),
        )?;
        Customer::find(tx, cx, id)
    }

    /// The customer of an id within the reach, locked, who can still be changed.
    pub(crate) fn find_changeable(tx: &mut Tx<'_>, cx: &Cx, id: CustomerId) -> Result<Customer> {
        let customer = Customer::find_locked(tx, cx, id)?;
        customer.check_changeable().map(|()| customer)
    }

    /// The id.
    pub fn id(&self) -> CustomerId {
        self.id
    }

    /// The customer that is kept: this one, or the one it was merged into.
    pub fn kept(&self) -> CustomerId {
        self.merged_into.unwrap_or(self.id)
    }

    /// The primary company.
    pub fn company(&self) -> Option<CompanyId> {
        self.company
    }

    /// Refuses a change of somebody who was merged away or erased.
    pub(super) fn check_changeable(&self) -> Result<()> {
        match (self.merged_into, self.is_erased) {
            (_, true) => Err(CUSTOMER_ERASED.error()),
            (Some(winner), _) => Err(CUSTOMER_MERGED.error().with("merged_into", json!(winner))),
            (None, false) => Ok(()),
        }
    }
}

/// Customers within the reach, newest first; `q` is the start of a name or a whole e-mail address.
pub fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery, q: Option<&Line<200>>) -> Result<Page<Customer>> {
    let limit = page.limit()?;
    let mut query = Query::new(&format!("SELECT {COLUMNS} {FROM} WHERE c.workspace_id = "));
    query.bind(cx.workspace()).push(" AND c.merged_into IS NULL AND c.erased_by IS NULL");
    cx.reach.limit_territory(&mut query, "co.territory_id");
    if let Some(q) = q {
        matching(&mut query, cx, q);
    }
    query.after("(c.created_at, c.id) <", page.cursor()?);
    query.push(" ORDER BY c.created_at DESC, c.id DESC LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(1));
    let found = tx.all_of(&query, Customer::read)?;
    Ok(Page::cut(found, limit, |last| Cursor { key: last.created_at.micros(), id: last.id.uuid() }.encode()))
}

fn matching(query: &mut Query, cx: &Cx, q: &Line<200>) {
    query.push(" AND (");
    starting(query, "c.name_key", q);
    if let Ok(email) = Email::new(q) {
        query.push(" OR c.id IN (SELECT a.customer_id FROM customer_address a WHERE a.workspace_id = ");
        query.bind(cx.workspace()).push(" AND a.kind = 'email' AND a.value_folded = ").bind(email.folded()).push(")");
    }
    query.push(")");
}

/// Adds the range of folded names that start with a text; no UTF-8 text holds the byte that ends the range.
pub(crate) fn starting(query: &mut Query, column: &str, text: &str) {
    let from = fold(text).into_bytes();
    let mut to = from.clone();
    to.push(0xff);
    query.push(&format!("({column} >= ")).bind(from).push(&format!(" AND {column} < ")).bind(to).push(")");
}

/// Makes a customer on purpose.
pub fn create(tx: &mut Tx<'_>, cx: &Cx, new: &NewCustomer) -> Result<Customer> {
    cx.require(Right::CustomersWrite)?;
    let id: CustomerId = cx.new_id();
    if let Some(company) = new.company_id {
        companies::check_named(tx, cx, company, "/company_id")?;
    }
    for (place, address) in new.addresses.iter().enumerate() {
        let verified_at = address.verified.then(|| cx.env().now());
        if !addresses::give(tx, cx, id, &address.value, verified_at)? {
            return Err(address_taken(&format!("/addresses/{place}/value")));
        }
    }
    insert(tx, cx, id, new)?;
    if let Some(company) = new.company_id {
        companies::enter(tx, cx, id, company)?;
    }
    let customer = Customer::find(tx, cx, id)?;
    let event = events::created(cx, id, false, customer.territory, new);
    record(tx, cx, &[event])?;
    Ok(customer)
}

fn insert(tx: &mut Tx<'_>, cx: &Cx, id: CustomerId, new: &NewCustomer) -> Result<()> {
    let name_key = new.name.as_deref().map(|name| fold(name).into_bytes());
    let inserted = tx.exec(
        "INSERT INTO customer (workspace_id, id, external_id, name, name_key, locale, zone, plan, company_id, attributes, \
         is_visitor, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, 1) ON CONFLICT DO NOTHING",
        &[
            &cx.workspace(),
            &id,
            &new.external_id,
            &new.name,
            &name_key,
            &new.locale,
            &new.zone,
            &new.plan,
            &new.company_id,
            &attributes::stored(&new.attributes)?,
            &cx.env().now(),
        ],
    )?;
    if inserted == 1 { Ok(()) } else { Err(external_taken()) }
}

pub(super) fn external_taken() -> base::Error {
    EXTERNAL_ID_TAKEN.error().field("/external_id", "taken", "belongs to somebody else")
}

pub(super) fn address_taken(pointer: &str) -> base::Error {
    ADDRESS_TAKEN.error().field(pointer, "taken", "belongs to somebody else")
}
