//! Who sees which articles: one predicate, rendered as SQL, as filter of the index, and as a check on one row.
//! Rule: every path that reads articles goes through here, so that what is not for somebody is nowhere for them.

use db::Query;
use trust::Cx;
use trust::access::{Guest, Right, Who};

use super::words::{ArticleStatus, Audience, OpenTo, Visibility};

/// What one reader sees of a workspace's articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sight {
    /// Published articles that are open to anybody.
    Public,
    /// The same, and those for customers whose identity the host app signed.
    Customers,
    /// Everything, drafts included.
    Staff,
}

impl Sight {
    /// What whoever acts in this context sees. A device token is nobody's signature.
    pub fn of(cx: &Cx) -> Sight {
        match &cx.actor.who {
            Who::House => Sight::Staff,
            Who::Member(_) | Who::Token(_) if cx.actor.rights.has(Right::KnowledgeRead) => Sight::Staff,
            Who::Guest(Guest::Identified(_)) => Sight::Customers,
            _ => Sight::Public,
        }
    }

    /// Adds ` AND …` over the columns `status` and `open_to` of `table`.
    pub fn limit(self, query: &mut Query, table: &str) {
        let open_to = match self {
            Sight::Staff => return,
            Sight::Customers => "IN ('public', 'customers')",
            Sight::Public => "= 'public'",
        };
        query.push(&format!(" AND {table}.status = 'published' AND {table}.open_to {open_to}"));
    }

    /// Whether an article of this status, audience and visibility is seen.
    pub fn sees(self, status: ArticleStatus, audience: Audience, visibility: Visibility) -> bool {
        let is_open = match (OpenTo::of(audience, visibility), self) {
            (_, Sight::Staff) => return true,
            (OpenTo::Public, _) => true,
            (OpenTo::Customers, sight) => sight == Sight::Customers,
            (OpenTo::Staff, _) => false,
        };
        is_open && status == ArticleStatus::Published
    }

    /// The audiences the index may answer with.
    pub fn audiences(self) -> &'static [Audience] {
        if self == Sight::Staff { Audience::ALL } else { &[Audience::Customer, Audience::Both] }
    }

    /// The visibilities the index may answer with.
    pub fn visibilities(self) -> &'static [Visibility] {
        match self {
            Sight::Public => &[Visibility::Public],
            Sight::Customers => &[Visibility::Public, Visibility::Authenticated],
            Sight::Staff => Visibility::ALL,
        }
    }
}
