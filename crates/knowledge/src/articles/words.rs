//! The words of an article's life, and the codes under which the index knows them.

base::words! {
    /// Where an article is in its life.
    pub enum ArticleStatus {
        /// Being written.
        Draft = "draft",
        /// Written, waiting for somebody to read it.
        Review = "review",
        /// Its readers see it.
        Published = "published",
        /// Kept, and shown to nobody but staff.
        Archived = "archived",
    }
}

base::words! {
    /// Whom an article is written for.
    pub enum Audience {
        /// Customers.
        Customer = "customer",
        /// Staff.
        Internal = "internal",
        /// Everybody.
        Both = "both",
    }
}

base::words! {
    /// Who may open an article.
    pub enum Visibility {
        /// Anybody.
        Public = "public",
        /// Customers whose identity the host app signed.
        Authenticated = "authenticated",
        /// Staff.
        Internal = "internal",
    }
}

base::words! {
    /// Whom audience and visibility together leave an article to.
    pub enum OpenTo {
        /// Anybody.
        Public = "public",
        /// Customers whose identity the host app signed, and staff.
        Customers = "customers",
        /// Staff.
        Staff = "staff",
    }
}

impl OpenTo {
    /// The wider of both decides nothing: an article opens only as far as the narrower.
    pub fn of(audience: Audience, visibility: Visibility) -> OpenTo {
        match (audience, visibility) {
            (Audience::Internal, _) | (_, Visibility::Internal) => OpenTo::Staff,
            (_, Visibility::Authenticated) => OpenTo::Customers,
            (_, Visibility::Public) => OpenTo::Public,
        }
    }
}

impl Audience {
    /// The code in the index.
    pub fn code(self) -> u8 {
        match self {
            Audience::Customer => 0,
            Audience::Internal => 1,
            Audience::Both => 2,
        }
    }
}

impl Visibility {
    /// The code in the index.
    pub fn code(self) -> u8 {
        match self {
            Visibility::Public => 0,
            Visibility::Authenticated => 1,
            Visibility::Internal => 2,
        }
    }
}
