//! The doors of customers, for staff and tokens.

use base::Page;
use base::text::Line;
use serde::Deserialize;
use trust::nouns::Customer as Noun;
use trust::{Cx, PageQuery};
use web::{Access, Class, Created, IfMatch, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::customer::{self, Customer};
use super::shapes::{CustomerOut, CustomerPatch, MergeOut, NewCustomer, NewMerge, out, outs};
use super::{merging, patching};

const READ: Access = Access::Member("customers:read");
const WRITE: Access = Access::Member("customers:write");
const CUSTOMERS: &str = "/api/v1/customers";
const CUSTOMER: &str = "/api/v1/customers/{id}";
const MERGES: &str = "/api/v1/customers/{id}/merges";

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, CUSTOMERS, "listCustomers", READ, list)
            .about("Customers within your reach, newest first.")
            .query::<ListQuery>()
            .class(Class::Search)
            .gives::<Page<CustomerOut>>(200),
        Op::new(Method::Post, CUSTOMERS, "createCustomer", WRITE, create)
            .about("Makes a customer.")
            .takes::<NewCustomer>()
            .gives::<CustomerOut>(201),
        Op::new(Method::Get, CUSTOMER, "getCustomer", READ, get).about("A customer.").gives::<CustomerOut>(200),
        Op::new(Method::Patch, CUSTOMER, "updateCustomer", WRITE, update)
            .about("Changes a customer; attributes are merged (RFC 7396), addresses are added and removed.")
            .takes::<CustomerPatch>()
            .versioned()
            .gives::<CustomerOut>(200),
        Op::new(Method::Post, MERGES, "mergeCustomer", WRITE, merge)
            .about("Merges this customer into another one; nothing is moved, so that it can be taken back.")
            .takes::<NewMerge>()
            .gives::<MergeOut>(201),
        Op::new(Method::Delete, MERGES, "unmergeCustomer", WRITE, unmerge)
            .about("Takes the merge of this customer back."),
    ]
}

/// The query parameters of the list.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// How many items, 1 to 100; 50 when not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[param(max_length = 200)]
    after: Option<String>,
    /// The start of a name, or a whole e-mail address.
    #[param(value_type = Option<String>, max_length = 200)]
    q: Option<Line<200>>,
}

impl ListQuery {
    /// The page, and what to look for.
    pub(crate) fn split(self) -> (PageQuery, Option<Line<200>>) {
        (PageQuery { limit: self.limit, after: self.after }, self.q)
    }
}

async fn list(cx: Cx, Query(asked): Query<ListQuery>) -> web::Result<Reply<Page<CustomerOut>>> {
    let (page, q) = asked.split();
    let found = cx.read(move |tx, cx| {
        let Page { items, next } = customer::list(tx, cx, &page, q.as_ref())?;
        Ok(Page { items: outs(tx, cx.workspace(), items)?, next })
    });
    Ok(Reply::new(found.await?))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewCustomer>) -> web::Result<Created<CustomerOut>> {
    let made = cx.write(move |tx, cx| {
        let made = customer::create(tx, cx, &new)?;
        out(tx, cx.workspace(), made)
    });
    let made = made.await?;
    let version = made.version;
    Ok(Created(Reply::versioned(made, version)))
}

async fn get(cx: Cx, PathId(id): PathId<Noun>) -> web::Result<Reply<CustomerOut>> {
    let found = cx.read(move |tx, cx| {
        let found = Customer::find(tx, cx, id)?;
        cx.note_read("customer.read", Some(id.uuid()));
        out(tx, cx.workspace(), found)
    });
    versioned(found.await?)
}

async fn update(
    cx: Cx,
    PathId(id): PathId<Noun>,
    version: IfMatch,
    Json { value: patch, .. }: Json<CustomerPatch>,
) -> web::Result<Reply<CustomerOut>> {
    let changed = cx.write(move |tx, cx| {
        let changed = patching::change(tx, cx, id, version, &patch)?;
        out(tx, cx.workspace(), changed)
    });
    versioned(changed.await?)
}

fn versioned(customer: CustomerOut) -> web::Result<Reply<CustomerOut>> {
    let version = customer.version;
    Ok(Reply::versioned(customer, version))
}

async fn merge(
    cx: Cx,
    PathId(id): PathId<Noun>,
    Json { value: new, .. }: Json<NewMerge>,
) -> web::Result<Created<MergeOut>> {
    let merged = cx.write(move |tx, cx| merging::merge(tx, cx, id, new.into)).await?;
    Ok(Created(Reply::new(merged.into())))
}

async fn unmerge(cx: Cx, PathId(id): PathId<Noun>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| merging::unmerge(tx, cx, id)).await?;
    Ok(NoContent)
}
