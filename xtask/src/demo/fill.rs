//! Fills a fresh workspace through the public API only: what works here works for a customer's own script.
//! Staff accept their invitations, customers write with identity tokens, so that every author is the real one.

use super::articles;
use super::fixture::{Company, Customer, Member, Message, Ticket};
use super::identity;
use super::promises;
use crate::http::Client;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;

const SECRET: &str = "demo-secret-of-the-host-app-0123456789";

/// What the fill made that others need.
pub struct Filled {
    /// The public key of the widget.
    pub widget_key: String,
    /// How many tickets there are.
    pub tickets: usize,
}

/// Ids by the names the fixture uses, and a signed-in client for every author.
struct Filler<'a> {
    address: SocketAddr,
    owner: Client,
    staff: HashMap<&'a str, Client>,
    members: HashMap<&'a str, String>,
    teams: HashMap<&'a str, String>,
    companies: HashMap<&'a str, String>,
    customers: HashMap<&'a str, &'a Customer>,
    identity_key: String,
    widget_key: String,
}

/// Fills the workspace of that owner token.
pub fn fill(address: SocketAddr, token: &str, company: &Company, password: &str) -> Result<Filled> {
    let mut filler = Filler::new(address, token);
    filler.make_keys()?;
    for name in &company.teams {
        let made = filler.owner.json("POST", "/api/v1/teams", &json!({"name": name}))?;
        filler.teams.insert(name, text(&made, "id")?);
    }
    filler.sign_in_owner(&company.owner, password)?;
    for member in &company.members {
        filler.invite(member, password).with_context(|| format!("member {}", member.name))?;
    }
    filler.make_companies(company)?;
    for customer in &company.customers {
        filler.make_customer(customer).with_context(|| format!("customer {}", customer.name))?;
    }
    articles::fill(&mut filler.owner, &company.articles)?;
    promises::fill(&mut filler.owner, &company.promises)?;
    for ticket in &company.tickets {
        filler.play(ticket).with_context(|| format!("ticket “{}”", ticket.subject))?;
    }
    Ok(Filled { widget_key: filler.widget_key, tickets: company.tickets.len() })
}

impl<'a> Filler<'a> {
    fn new(address: SocketAddr, token: &str) -> Self {
        Self {
            address,
            owner: Client::with_token(address, token),
            staff: HashMap::new(),
            members: HashMap::new(),
            teams: HashMap::new(),
            companies: HashMap::new(),
            customers: HashMap::new(),
            identity_key: String::new(),
            widget_key: String::new(),
        }
    }

    fn make_keys(&mut self) -> Result<()> {
        let origin = format!("http://{}", self.address);
        let localhost = format!("http://localhost:{}", self.address.port());
        let widget = json!({"name": "Host app", "allowed_origins": [origin, localhost]});
        let made = self.owner.json("POST", "/api/v1/widget-keys", &widget)?;
        self.widget_key = text(&made, "key")?;
        let key = json!({"algorithm": "hs256", "secret": SECRET});
        self.identity_key = text(&self.owner.json("POST", "/api/v1/identity-keys", &key)?, "id")?;
        Ok(())
    }

    fn sign_in_owner(&mut self, owner: &'a Member, password: &str) -> Result<()> {
        let body = json!({"email": owner.email, "password": password});
        self.sign_in(owner, "/api/v1/session", &body)?;
        // `init` knows only the address.
        let id = self.members.get(owner.email.as_str()).context("the owner is not signed in")?;
        let session = self.owner.get("/api/v1/session")?;
        let version = session.pointer("/member/version").context("a member without a version")?;
        let extra = format!("If-Match: \"{version}\"\r\n");
        let name = json!({"name": owner.name});
        self.owner.json_with("PATCH", &format!("/api/v1/members/{id}"), &extra, &name)?;
        Ok(())
    }

    fn invite(&mut self, member: &'a Member, password: &str) -> Result<()> {
        let teams: Vec<_> = member.teams.iter().filter_map(|team| self.teams.get(team.as_str())).collect();
        let invitation = json!({"email": member.email, "name": member.name, "role": member.role, "teams": teams});
        let made = self.owner.json("POST", "/api/v1/invitations", &invitation)?;
        let link = text(&made, "link")?;
        let (_, token) = link.split_once('#').context("the invitation's link carries no token")?;
        self.sign_in(member, "/api/v1/invitations/accept", &json!({"token": token, "password": password}))
    }

    /// Keeps a client with the session cookie of that member.
    fn sign_in(&mut self, member: &'a Member, path: &str, body: &Value) -> Result<()> {
        let origin = format!("http://{}", self.address);
        let mut client = Client::new(self.address).header("Origin", &origin);
        let answer = client.send("POST", path, "", &serde_json::to_vec(body)?)?;
        let session = answer.expect_ok("POST", path)?;
        let cookie = answer.header("set-cookie").context("no session cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default();
        let id = session.pointer("/member/id").and_then(Value::as_str).context("no member in the session")?;
        self.members.insert(&member.email, id.to_owned());
        self.staff.insert(&member.email, client.header("Cookie", cookie));
        Ok(())
    }

    fn make_companies(&mut self, company: &'a Company) -> Result<()> {
        for account in &company.companies {
            let revenue = json!({"amount_minor": account.revenue_minor, "currency": account.currency});
            let body = json!({"name": account.name, "external_id": account.key, "plan": account.plan,
                              "tier": account.tier, "revenue": revenue});
            let made = self.owner.json("POST", "/api/v1/companies", &body)?;
            self.companies.insert(&account.key, text(&made, "id")?);
        }
        Ok(())
    }

    fn make_customer(&mut self, customer: &'a Customer) -> Result<()> {
        let address = json!({"value": customer.email, "verified": true});
        let mut body = json!({"name": customer.name, "external_id": customer.external_id,
                              "addresses": [address], "locale": customer.locale, "zone": customer.zone});
        if let Some(key) = &customer.company {
            set(&mut body, "company_id", json!(self.companies.get(key.as_str()).context("unknown company")?));
        }
        self.owner.json("POST", "/api/v1/customers", &body)?;
        self.customers.insert(&customer.external_id, customer);
        Ok(())
    }

    /// Plays one conversation: opening, assignment, the messages by their authors, the status at the end.
    fn play(&mut self, ticket: &'a Ticket) -> Result<()> {
        let id = self.open(ticket)?;
        self.assign(ticket, &id)?;
        for message in ticket.messages.iter().skip(1) {
            self.say(ticket, &id, message)?;
        }
        if ticket.status != "open" {
            let mut body = json!({"status": ticket.status});
            if let Some(waiting_on) = &ticket.waiting_on {
                set(&mut body, "waiting_on", json!(waiting_on));
            }
            self.change(ticket, &id, "status", &body)?;
        }
        Ok(())
    }

    fn open(&mut self, ticket: &'a Ticket) -> Result<String> {
        let first = ticket.messages.first().context("a ticket starts with a message")?;
        let customer = self.customer(ticket)?;
        let made = if ticket.channel == "widget" {
            let body = json!({"subject": ticket.subject, "body": first.body});
            self.as_customer(customer)?.json("POST", "/api/v1/me/tickets", &body)?
        } else {
            let requester = json!({"external_id": customer.external_id, "email": customer.email,
                                   "name": customer.name});
            let body = json!({"subject": ticket.subject, "body": first.body, "requester": requester,
                              "channel": ticket.channel});
            self.owner.json("POST", "/api/v1/tickets", &body)?
        };
        let id = text(&made, "id")?;
        self.describe(ticket, &id)?;
        Ok(id)
    }

    /// What the triage of a real desk would have set.
    fn describe(&mut self, ticket: &'a Ticket, id: &str) -> Result<()> {
        let mut patch = json!({"priority": ticket.priority, "tags": ticket.tags});
        if let Some(language) = &ticket.language {
            set(&mut patch, "language", json!(language));
        }
        let path = format!("/api/v1/tickets/{id}");
        let version = version(&mut self.owner, &path)?;
        self.owner.json_with("PATCH", &path, &version, &patch)?;
        Ok(())
    }

    fn assign(&mut self, ticket: &'a Ticket, id: &str) -> Result<()> {
        let mut body = json!({});
        if let Some(team) = &ticket.team {
            set(&mut body, "team_id", json!(self.teams.get(team.as_str()).context("unknown team")?));
        }
        if let Some(member) = &ticket.assignee {
            set(&mut body, "assignee_id", json!(self.members.get(member.as_str()).context("unknown member")?));
        }
        if body.as_object().is_some_and(|fields| !fields.is_empty()) {
            self.change(ticket, id, "assignment", &body)?;
        }
        Ok(())
    }

    fn say(&mut self, ticket: &'a Ticket, id: &str, message: &'a Message) -> Result<()> {
        if message.from == "customer" {
            let path = format!("/api/v1/me/tickets/{id}/messages");
            let customer = self.customer(ticket)?;
            self.as_customer(customer)?.json("POST", &path, &json!({"body": message.body}))?;
            return Ok(());
        }
        let kind = if message.note { "note" } else { "reply" };
        let client = self.staff.get_mut(message.from.as_str()).context("unknown author")?;
        let path = format!("/api/v1/tickets/{id}/messages");
        client.json("POST", &path, &json!({"kind": kind, "body": message.body}))?;
        Ok(())
    }

    /// Puts a sub-resource of a ticket as its assignee, else as the owner.
    fn change(&mut self, ticket: &'a Ticket, id: &str, what: &str, body: &Value) -> Result<()> {
        let assignee = ticket.assignee.as_deref().and_then(|email| self.staff.get_mut(email));
        let client = assignee.unwrap_or(&mut self.owner);
        let path = format!("/api/v1/tickets/{id}");
        let version = version(client, &path)?;
        client.json_with("PUT", &format!("{path}/{what}"), &version, body)?;
        Ok(())
    }

    fn customer(&self, ticket: &Ticket) -> Result<&'a Customer> {
        self.customers.get(ticket.customer.as_str()).copied().context("unknown customer")
    }

    fn as_customer(&self, customer: &Customer) -> Result<Client> {
        let Customer { external_id, email, name, .. } = customer;
        let token = identity::token(SECRET, &self.identity_key, external_id, email, name)?;
        let origin = format!("http://{}", self.address);
        let client = Client::with_token(self.address, &token);
        Ok(client.header("X-Widget-Key", &self.widget_key).header("Origin", &origin))
    }
}

/// The `If-Match` line for the current version of a ticket.
pub(super) fn version(client: &mut Client, path: &str) -> Result<String> {
    let ticket = client.get(path)?;
    let version = ticket.get("version").context("a ticket without a version")?;
    Ok(format!("If-Match: \"{version}\"\r\n"))
}

pub(super) fn text(value: &Value, key: &str) -> Result<String> {
    match value.get(key).and_then(Value::as_str) {
        Some(text) => Ok(text.to_owned()),
        None => bail!("the answer has no `{key}`: {value}"),
    }
}

fn set(body: &mut Value, key: &str, value: Value) {
    if let Some(fields) = body.as_object_mut() {
        fields.insert(key.into(), value);
    }
}
