//! The doors of companies and of belonging to them.

use axum::extract::{FromRequestParts, Path};
use base::Page;
use http::request::Parts;
use trust::Cx;
use trust::nouns::CustomerId;
use web::{Access, Class, Created, IfMatch, Json, Method, NoContent, Op, PathId, Problem, Query, Reply};

use super::company::{self, Company};
use super::membership;
use super::shapes::{CompanyOut, CompanyPatch, MembershipIn, NewCompany};
use crate::customers::routes::ListQuery;
use crate::nouns::{self, CompanyId};

const READ: Access = Access::Member("customers:read");
const WRITE: Access = Access::Member("customers:write");
const COMPANIES: &str = "/api/v1/companies";
const COMPANY: &str = "/api/v1/companies/{id}";
const MEMBERSHIP: &str = "/api/v1/customers/{id}/companies/{company_id}";

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, COMPANIES, "listCompanies", READ, list)
            .about("Companies within your reach, newest first; `q` is the start of a name.")
            .query::<ListQuery>()
            .class(Class::Search)
            .gives::<Page<CompanyOut>>(200),
        Op::new(Method::Post, COMPANIES, "createCompany", WRITE, create)
            .about("Makes a company.")
            .takes::<NewCompany>()
            .gives::<CompanyOut>(201),
        Op::new(Method::Get, COMPANY, "getCompany", READ, get).about("A company.").gives::<CompanyOut>(200),
        Op::new(Method::Patch, COMPANY, "updateCompany", WRITE, update)
            .about("Changes a company; attributes are merged (RFC 7396).")
            .takes::<CompanyPatch>()
            .versioned()
            .gives::<CompanyOut>(200),
        Op::new(Method::Put, MEMBERSHIP, "joinCompany", WRITE, join)
            .about("Makes a customer a member of a company.")
            .takes::<MembershipIn>()
            .gives_nothing(204),
        Op::new(Method::Delete, MEMBERSHIP, "leaveCompany", WRITE, leave).about("Ends a membership."),
    ]
}

/// The customer and the company in a path; anything else is simply not there.
struct Membership(CustomerId, CompanyId);

impl<S: Send + Sync> FromRequestParts<S> for Membership {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Membership, Problem> {
        let found = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((customer, company)) = found.map_err(|_| web::NOT_FOUND.error())?;
        let ids = customer.parse().ok().zip(company.parse().ok());
        ids.map(|(customer, company)| Membership(customer, company)).ok_or_else(|| web::NOT_FOUND.error().into())
    }
}

async fn list(cx: Cx, Query(asked): Query<ListQuery>) -> web::Result<Reply<Page<CompanyOut>>> {
    let (page, q) = asked.split();
    let found = cx.read(move |tx, cx| company::list(tx, cx, &page, q.as_ref())).await?;
    Ok(Reply::new(found.map(CompanyOut::from)))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewCompany>) -> web::Result<Created<CompanyOut>> {
    let made = cx.write(move |tx, cx| company::create(tx, cx, &new)).await?;
    let version = made.version;
    Ok(Created(Reply::versioned(made.into(), version)))
}

async fn get(cx: Cx, PathId(id): PathId<nouns::Company>) -> web::Result<Reply<CompanyOut>> {
    let found = cx.read(move |tx, cx| Company::find(tx, cx, id)).await?;
    let version = found.version;
    Ok(Reply::versioned(found.into(), version))
}

async fn update(
    cx: Cx,
    PathId(id): PathId<nouns::Company>,
    version: IfMatch,
    Json { value: patch, .. }: Json<CompanyPatch>,
) -> web::Result<Reply<CompanyOut>> {
    let changed = cx.write(move |tx, cx| company::change(tx, cx, id, version, &patch)).await?;
    let version = changed.version;
    Ok(Reply::versioned(changed.into(), version))
}

async fn join(
    cx: Cx,
    Membership(customer, company): Membership,
    Json { value: asked, .. }: Json<MembershipIn>,
) -> web::Result<NoContent> {
    cx.write(move |tx, cx| membership::join(tx, cx, customer, company, asked.primary)).await?;
    Ok(NoContent)
}

async fn leave(cx: Cx, Membership(customer, company): Membership) -> web::Result<NoContent> {
    cx.write(move |tx, cx| membership::leave(tx, cx, customer, company)).await?;
    Ok(NoContent)
}
