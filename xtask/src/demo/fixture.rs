//! The sample company as `demo/*.json` tells it: people, companies, tickets. Read strictly, so that a typing error
//! in the content is found here and not on a screen.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::path::Path;

/// The whole sample company.
pub struct Company {
    /// The workspace's name.
    pub name: String,
    /// The names of the teams.
    pub teams: Vec<String>,
    /// The owner, made by `mainstay init`.
    pub owner: Member,
    /// Everybody else of the staff.
    pub members: Vec<Member>,
    /// The accounts.
    pub companies: Vec<Account>,
    /// The people we help.
    pub customers: Vec<Customer>,
    /// The tickets, oldest first.
    pub tickets: Vec<Ticket>,
    /// The articles of the help centre.
    pub articles: Vec<Article>,
    /// Macros and rules, as the API takes them.
    pub promises: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Staff {
    workspace: String,
    teams: Vec<String>,
    owner: Member,
    members: Vec<Member>,
}

/// One of the staff.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Full name.
    pub name: String,
    /// Sign-in.
    pub email: String,
    /// Role on the wire.
    pub role: String,
    /// Names of teams.
    #[serde(default)]
    pub teams: Vec<String>,
}

/// A company that pays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The key customers refer to; also its `external_id`.
    pub key: String,
    /// Name.
    pub name: String,
    /// Plan.
    pub plan: String,
    /// Tier.
    pub tier: String,
    /// Monthly revenue in minor units.
    pub revenue_minor: i64,
    /// Currency of the revenue.
    pub currency: String,
}

/// Somebody we help.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The id in the host app.
    pub external_id: String,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Key of the company; none for a person on their own.
    #[serde(default)]
    pub company: Option<String>,
    /// Locale.
    pub locale: String,
    /// Time zone.
    pub zone: String,
}

/// One conversation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    /// Subject.
    pub subject: String,
    /// The requester's `external_id`.
    pub customer: String,
    /// `widget`, `email`, `phone` or `api`.
    pub channel: String,
    /// Priority.
    #[serde(default = "normal")]
    pub priority: String,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Language, when it is not English.
    #[serde(default)]
    pub language: Option<String>,
    /// Name of the team.
    #[serde(default)]
    pub team: Option<String>,
    /// E-mail of the assignee.
    #[serde(default)]
    pub assignee: Option<String>,
    /// Status at the end.
    #[serde(default = "open")]
    pub status: String,
    /// What a pending ticket waits on.
    #[serde(default)]
    pub waiting_on: Option<String>,
    /// The conversation; the first message opens the ticket.
    pub messages: Vec<Message>,
}

/// One article of the help centre.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// What other articles call it; also its `external_id`.
    pub key: String,
    /// Title.
    pub title: String,
    /// Name of the category.
    pub category: String,
    /// Markdown.
    pub body: String,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Places of the host app where it helps.
    #[serde(default)]
    pub contexts: Vec<String>,
    /// Keys of related articles.
    #[serde(default)]
    pub related: Vec<String>,
    /// Whom it is for; everybody when absent.
    #[serde(default)]
    pub audience: Option<String>,
    /// Who may open it; anybody when absent.
    #[serde(default)]
    pub visibility: Option<String>,
    /// Title and body in German.
    #[serde(default)]
    pub de: Option<(String, String)>,
}

/// One message of a conversation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// `customer`, or the e-mail of a member.
    pub from: String,
    /// Whether it is an internal note.
    #[serde(default)]
    pub note: bool,
    /// The text.
    pub body: String,
}

impl Company {
    /// Reads `staff.json`, `companies.json`, `customers.json`, `tickets/*.json`, `articles/articles.json` and `promises.json` of that folder.
    pub fn read(folder: &Path) -> Result<Self> {
        let Staff { workspace, teams, owner, members } = json(&folder.join("staff.json"))?;
        let companies = json(&folder.join("companies.json"))?;
        let customers = json(&folder.join("customers.json"))?;
        let tickets = tickets(&folder.join("tickets"))?;
        let articles = json(&folder.join("articles/articles.json"))?;
        let promises = json(&folder.join("promises.json"))?;
        Ok(Self { name: workspace, teams, owner, members, companies, customers, tickets, articles, promises })
    }
}

fn tickets(folder: &Path) -> Result<Vec<Ticket>> {
    let mut files: Vec<_> = fs::read_dir(folder)?.flatten().map(|file| file.path()).collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        all.extend(json::<Vec<Ticket>>(&file)?);
    }
    Ok(all)
}

fn json<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not as expected", file.display()))
}

fn normal() -> String {
    "normal".into()
}

fn open() -> String {
    "open".into()
}

#[cfg(test)]
mod tests {
    use super::Company;
    use std::collections::HashSet;
    use std::path::Path;

    #[test]
    fn the_sample_company_is_whole() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo");
        let company = Company::read(&folder).expect("the content is readable");
        assert_eq!(company.tickets.len(), 40);
        let customers: HashSet<_> = company.customers.iter().map(|one| one.external_id.as_str()).collect();
        let accounts: HashSet<_> = company.companies.iter().map(|one| one.key.as_str()).collect();
        let staff = std::iter::once(&company.owner).chain(&company.members);
        let staff: HashSet<_> = staff.map(|one| one.email.as_str()).collect();
        for customer in &company.customers {
            assert!(customer.company.as_deref().is_none_or(|key| accounts.contains(key)), "{}", customer.name);
        }
        for ticket in &company.tickets {
            assert!(customers.contains(ticket.customer.as_str()), "{}: {}", ticket.subject, ticket.customer);
            assert!(ticket.assignee.as_deref().is_none_or(|one| staff.contains(one)), "{}", ticket.subject);
            assert!(ticket.team.as_ref().is_none_or(|one| company.teams.contains(one)), "{}", ticket.subject);
            assert!((2..=6).contains(&ticket.messages.len()) || ticket.status == "open", "{}", ticket.subject);
            assert_eq!(ticket.messages.first().map(|first| first.from.as_str()), Some("customer"));
            for message in &ticket.messages {
                let known = message.from == "customer" || staff.contains(message.from.as_str());
                assert!(known && !(message.note && message.from == "customer"), "{}", ticket.subject);
            }
        }
    }
}
