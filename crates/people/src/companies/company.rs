//! The row of a company: finding and listing within a reach, making and changing one.

use base::text::{Line, fold};
use base::{Cursor, Page, Result, Time};
use db::{Query, Row, Tx};
use serde::Serialize;
use serde_json::{Map, Value, json};
use trust::access::{Audience, Right};
use trust::log::{NewEvent, record};
use trust::nouns::{MemberId, TerritoryId, WorkspaceId};
use trust::{Cx, PageQuery};
use web::IfMatch;

use super::EXTERNAL_ID_TAKEN;
use super::shapes::{CompanyPatch, NewCompany, Revenue};
use crate::customers::{attributes, starting};
use crate::nouns::CompanyId;

/// A company.
#[derive(Clone, Debug, PartialEq)]
pub struct Company {
    pub(super) id: CompanyId,
    pub(super) external_id: Option<String>,
    pub(super) name: String,
    pub(super) plan: Option<String>,
    pub(super) tier: Option<String>,
    pub(super) revenue: Option<Revenue>,
    pub(super) csm: Option<MemberId>,
    pub(super) territory: Option<TerritoryId>,
    pub(super) attributes: String,
    pub(super) created_at: Time,
    pub(super) version: i64,
}

const COLUMNS: &str =
    "id, external_id, name, plan, tier, revenue_minor, currency, csm_id, territory_id, attributes, created_at, version";

impl Company {
    fn read(row: &Row<'_>) -> Result<Company> {
        let revenue = row.get::<Option<i64>>(5)?.zip(row.get::<Option<String>>(6)?);
        Ok(Company {
            id: row.get(0)?,
            external_id: row.get(1)?,
            name: row.get(2)?,
            plan: row.get(3)?,
            tier: row.get(4)?,
            revenue: revenue.map(|(amount_minor, currency)| Revenue::stored(amount_minor, currency)),
            csm: row.get(7)?,
            territory: row.get(8)?,
            attributes: row.get(9)?,
            created_at: row.get(10)?,
            version: row.get(11)?,
        })
    }

    /// The company of an id, within the reach.
    pub fn find(tx: &mut Tx<'_>, cx: &Cx, id: CompanyId) -> Result<Company> {
        let found = tx.first(
            &format!("SELECT {COLUMNS} FROM company WHERE workspace_id = $1 AND id = $2"),
            &[&cx.workspace(), &id],
            Company::read,
        )?;
        found.filter(|company| cx.reach.in_territory(company.territory)).ok_or_else(|| web::NOT_FOUND.error())
    }

    fn find_locked(tx: &mut Tx<'_>, cx: &Cx, id: CompanyId) -> Result<Company> {
        let found = tx.first_locked(
            &format!("SELECT {COLUMNS} FROM company WHERE workspace_id = $1 AND id = $2"),
            &[&cx.workspace(), &id],
            Company::read,
        )?;
        found.filter(|company| cx.reach.in_territory(company.territory)).ok_or_else(|| web::NOT_FOUND.error())
    }
}

/// Refuses a company that a request names at `pointer` and that is not within the reach.
pub fn check_named(tx: &mut Tx<'_>, cx: &Cx, id: CompanyId, pointer: &str) -> Result<()> {
    let unknown = || web::INVALID_FIELD.error().field(pointer, "unknown", "is no company within your reach");
    Company::find(tx, cx, id)
        .map(|_| ())
        .map_err(|error| if error.code() == &web::NOT_FOUND { unknown() } else { error })
}

/// Companies within the reach, newest first; `q` is the start of a name.
pub fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery, q: Option<&Line<200>>) -> Result<Page<Company>> {
    let limit = page.limit()?;
    let mut query = Query::new(&format!("SELECT {COLUMNS} FROM company WHERE workspace_id = "));
    query.bind(cx.workspace());
    cx.reach.limit_territory(&mut query, "territory_id");
    if let Some(q) = q {
        query.push(" AND ");
        starting(&mut query, "name_key", q);
    }
    query.after("(created_at, id) <", page.cursor()?);
    query.push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(1));
    let found = tx.all_of(&query, Company::read)?;
    Ok(Page::cut(found, limit, |last| Cursor { key: last.created_at.micros(), id: last.id.uuid() }.encode()))
}

/// Makes a company.
pub fn create(tx: &mut Tx<'_>, cx: &Cx, new: &NewCompany) -> Result<Company> {
    cx.require(Right::CustomersWrite)?;
    let company = new.company(cx.new_id(), cx.env().now());
    check_places(tx, cx, &company)?;
    let inserted = tx.exec(
        "INSERT INTO company (workspace_id, id, external_id, name, name_key, plan, tier, revenue_minor, currency, csm_id, \
         territory_id, attributes, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1) \
         ON CONFLICT DO NOTHING",
        &[
            &cx.workspace(),
            &company.id,
            &company.external_id,
            &company.name,
            &fold(&company.name).into_bytes(),
            &company.plan,
            &company.tier,
            &company.revenue.as_ref().map(Revenue::amount_minor),
            &company.revenue.as_ref().map(Revenue::currency),
            &company.csm,
            &company.territory,
            &attributes::stored(&new.attributes)?,
            &company.created_at,
        ],
    )?;
    if inserted == 0 {
        return Err(taken());
    }
    tell(tx, cx, "company.created", &company, &[], new)?;
    Company::find(tx, cx, company.id)
}

/// Changes a company.
pub fn change(tx: &mut Tx<'_>, cx: &Cx, id: CompanyId, read: IfMatch, patch: &CompanyPatch) -> Result<Company> {
    cx.require(Right::CustomersWrite)?;
    let before = Company::find_locked(tx, cx, id)?;
    read.check(before.version)?;
    let mut after = patch.over(&before)?;
    let changed = differences(&before, &after);
    if changed.is_empty() {
        return Ok(before);
    }
    check_places(tx, cx, &after)?;
    after.version += 1;
    store(tx, cx, &after)?;
    tell(tx, cx, "company.updated", &after, &changed, &typed(&after, &changed))?;
    Ok(after)
}

fn differences(before: &Company, after: &Company) -> Vec<&'static str> {
    let fields = [
        ("external_id", before.external_id != after.external_id),
        ("name", before.name != after.name),
        ("plan", before.plan != after.plan),
        ("tier", before.tier != after.tier),
        ("revenue", before.revenue != after.revenue),
        ("csm_id", before.csm != after.csm),
        ("territory_id", before.territory != after.territory),
        ("attributes", before.attributes != after.attributes),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// Refuses a CSM or territory that is not there, and a territory outside one's own.
fn check_places(tx: &mut Tx<'_>, cx: &Cx, company: &Company) -> Result<()> {
    if let Some(csm) = company.csm {
        let sql = "SELECT 1 FROM member WHERE workspace_id = $1 AND id = $2 AND is_active = 1";
        let found = tx.first(sql, &[&cx.workspace(), &csm], |_| Ok(()))?;
        found.ok_or_else(|| unknown("/csm_id", "is no active member of this workspace"))?;
    }
    if let Some(territory) = company.territory {
        let sql = "SELECT 1 FROM territory WHERE workspace_id = $1 AND id = $2";
        let found = tx.first(sql, &[&cx.workspace(), &territory], |_| Ok(()))?;
        let found = found.filter(|()| cx.reach.in_territory(company.territory));
        found.ok_or_else(|| unknown("/territory_id", "is no territory of yours"))?;
    }
    Ok(())
}

fn unknown(pointer: &str, words: &str) -> base::Error {
    web::INVALID_FIELD.error().field(pointer, "unknown", words)
}

fn store(tx: &mut Tx<'_>, cx: &Cx, after: &Company) -> Result<()> {
    let stored = tx.exec(
        "UPDATE company SET external_id = $1, name = $2, name_key = $3, plan = $4, tier = $5, revenue_minor = $6, \
         currency = $7, csm_id = $8, territory_id = $9, attributes = $10, version = $11 \
         WHERE workspace_id = $12 AND id = $13",
        &[
            &after.external_id,
            &after.name,
            &fold(&after.name).into_bytes(),
            &after.plan,
            &after.tier,
            &after.revenue.as_ref().map(Revenue::amount_minor),
            &after.revenue.as_ref().map(Revenue::currency),
            &after.csm,
            &after.territory,
            &after.attributes,
            &after.version,
            &cx.workspace(),
            &after.id,
        ],
    );
    stored.map(|_| ()).map_err(|error| if db::is_duplicate(&error) { taken() } else { error })
}

fn taken() -> base::Error {
    EXTERNAL_ID_TAKEN.error().field("/external_id", "taken", "belongs to another company")
}

/// The new values of what changed, for the erasable details.
fn typed(after: &Company, changed: &[&'static str]) -> Map<String, Value> {
    let value = |field: &str| match field {
        "external_id" => json!(after.external_id),
        "name" => json!(after.name),
        "plan" => json!(after.plan),
        "tier" => json!(after.tier),
        "revenue" => json!(after.revenue),
        "csm_id" => json!(after.csm),
        "territory_id" => json!(after.territory),
        _ => json!(attributes::read(&after.attributes)),
    };
    changed.iter().map(|field| ((*field).to_owned(), value(field))).collect()
}

#[derive(Serialize)]
struct Told<'c> {
    company_id: CompanyId,
    csm_id: Option<MemberId>,
    territory_id: Option<TerritoryId>,
    changed: &'c [&'static str],
}

fn tell(
    tx: &mut Tx<'_>,
    cx: &Cx,
    kind: &'static str,
    company: &Company,
    changed: &[&'static str],
    typed: &impl Serialize,
) -> Result<()> {
    let audience = Audience { territory: company.territory, ..Audience::staff() };
    let data = Told { company_id: company.id, csm_id: company.csm, territory_id: company.territory, changed };
    let event = NewEvent::new(kind, company.id.uuid(), company.version, cx.env().now(), audience, &data);
    record(tx, cx, &[event.details(typed)])
}

/// The revenue a month of a company, where it is known.
pub fn revenue(tx: &mut Tx<'_>, workspace: WorkspaceId, id: CompanyId) -> Result<Option<Revenue>> {
    let sql = "SELECT revenue_minor, currency FROM company WHERE workspace_id = $1 AND id = $2";
    let found =
        tx.first(sql, &[&workspace, &id], |row| Ok(row.get::<Option<i64>>(0)?.zip(row.get::<Option<String>>(1)?)))?;
    Ok(found.flatten().map(|(amount_minor, currency)| Revenue::stored(amount_minor, currency)))
}
