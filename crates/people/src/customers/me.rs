//! The doors of customers and visitors about themselves.
//! Rule: what is typed here is a claim; only the host app's signature says who somebody is.

use base::text::{Email, Line};
use base::{Patch, Result};
use db::Tx;
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::access::{Guest, Who};
use trust::accounts::workspace_name;
use trust::nouns::CustomerId;
use web::{Access, Class, Created, Json, Method, Op, Reply};

use super::customer::Customer;
use super::{addresses, claims, device, guest, guest_or_create};

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Post, "/api/v1/me/device", "createDevice", Access::Widget, create_device)
            .about("Makes an anonymous visitor and shows the device token once.")
            .class(Class::Device)
            .gives::<DeviceOut>(201),
        Op::new(Method::Get, "/api/v1/me", "getMe", Access::Customer, get_me)
            .about("Who you are to this workspace.")
            .gives::<MeOut>(200),
        Op::new(Method::Patch, "/api/v1/me", "updateMe", Access::Customer, update_me)
            .about("Says your name and address; a typed address stays a claim and joins nobody.")
            .takes::<MePatch>()
            .gives::<MeOut>(200),
    ]
}

/// A device that was just made known.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DeviceOut {
    /// The device token, `dv_…`; shown this once.
    pub token: String,
}

/// What a visitor says about themselves: what is absent stays, null empties.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MePatch {
    /// A name.
    #[serde(default)]
    #[schema(value_type = Option<Line<200>>)]
    name: Patch<Line<200>>,
    /// An address.
    #[serde(default)]
    #[schema(value_type = Option<Email>)]
    email: Patch<Email>,
}

/// Who somebody at the widget is.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MeOut {
    /// The person.
    pub customer: MyselfOut,
    /// The workspace.
    pub workspace: MyWorkspaceOut,
}

/// A customer, for themselves.
#[derive(Default, Serialize, utoipa::ToSchema)]
pub struct MyselfOut {
    /// The id; null before the first message of an identified customer.
    pub id: Option<CustomerId>,
    /// The name.
    pub name: Option<String>,
    /// The address; when it is not verified, the one that was typed.
    pub email: Option<String>,
    /// Whether the address is verified.
    pub verified: bool,
}

/// The workspace a widget belongs to.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MyWorkspaceOut {
    /// Its name.
    pub name: String,
}

async fn create_device(cx: Cx) -> web::Result<Created<DeviceOut>> {
    let token = cx.write(device::new_device).await?;
    Ok(Created(Reply::new(DeviceOut { token })))
}

async fn get_me(cx: Cx) -> web::Result<Reply<MeOut>> {
    let me = cx.read(|tx, cx| {
        let acting = guest(tx, cx)?.map(|(_, account)| account.customer);
        out(tx, cx, acting)
    });
    Ok(Reply::new(me.await?))
}

async fn update_me(cx: Cx, Json { value: patch, .. }: Json<MePatch>) -> web::Result<Reply<MeOut>> {
    let me = cx.write(move |tx, cx| {
        let (acting, account) = guest_or_create(tx, cx)?;
        let (name, email) = patch.clone().texts();
        claims::change(tx, &acting, account.customer, name, email)?;
        out(tx, cx, Some(account.customer))
    });
    Ok(Reply::new(me.await?))
}

impl MePatch {
    fn texts(self) -> (Patch<String>, Patch<String>) {
        let name = match self.name {
            Patch::Set(name) => Patch::Set(name.into()),
            Patch::Clear => Patch::Clear,
            Patch::Keep => Patch::Keep,
        };
        let email = match self.email {
            Patch::Set(email) => Patch::Set(email.typed().to_owned()),
            Patch::Clear => Patch::Clear,
            Patch::Keep => Patch::Keep,
        };
        (name, email)
    }
}

fn out(tx: &mut Tx<'_>, cx: &Cx, customer: Option<CustomerId>) -> Result<MeOut> {
    let name = workspace_name(tx, cx.workspace())?.unwrap_or_default();
    let customer = match (customer, &cx.actor.who) {
        (Some(id), _) => myself(tx, cx, id)?,
        (None, Who::Guest(Guest::Identified(identity))) => MyselfOut {
            id: None,
            name: identity.name.clone(),
            email: identity.email.as_ref().map(|email| email.typed().to_owned()),
            verified: identity.email.is_some(),
        },
        (None, _) => MyselfOut::default(),
    };
    Ok(MeOut { customer, workspace: MyWorkspaceOut { name } })
}

fn myself(tx: &mut Tx<'_>, cx: &Cx, id: CustomerId) -> Result<MyselfOut> {
    let customer = Customer::find_self(tx, cx, id)?;
    let addresses = addresses::of(tx, cx.workspace(), &[id])?;
    // What staff noted about a visitor is not shown to whoever holds the device; a verified address is their own.
    let verified = addresses.into_iter().find(|address| address.verified_at.is_some());
    Ok(MyselfOut {
        id: Some(id),
        name: customer.claimed_name.into_inner().or(customer.name.into_inner()),
        verified: verified.is_some(),
        email: verified.map(|address| address.value).or(customer.claimed_email.into_inner()),
    })
}
