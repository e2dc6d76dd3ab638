//! The words of routing: how a team shares its tickets, what is said of each candidate, and why a ticket went where it did.

base::noun! {
    /// A skill.
    Skill, SkillId, "skl"
}
base::noun! {
    /// A routing rule.
    RoutingRule, RoutingRuleId, "rrl"
}

base::words! {
    /// How a team shares its tickets among its members.
    pub enum Strategy {
        /// Members take tickets themselves.
        Manual = "manual",
        /// Who has waited longest for a ticket is next.
        RoundRobin = "round_robin",
        /// Who carries least is next; of equals, who has waited longest.
        LeastLoaded = "least_loaded",
    }
}

base::words! {
    /// Whom a ticket goes to before the strategy is asked, when they can take it.
    pub enum Sticky {
        /// Nobody.
        None = "none",
        /// Who had the customer's last ticket.
        LastAgent = "last_agent",
        /// The success manager of the customer's company.
        Owner = "owner",
        /// The last agent, else the owner.
        LastAgentThenOwner = "last_agent_then_owner",
    }
}

base::words! {
    /// What is said of a candidate.
    pub enum Verdict {
        /// The ticket went to them.
        Chosen = "chosen",
        /// They could take it, and somebody else was next.
        Able = "able",
        /// Tickets are not given to them: their role does not answer, or they are taken out.
        NotRouted = "not_routed",
        /// They said that they are away.
        Away = "away",
        /// They are not at work.
        Offline = "offline",
        /// It is not their shift.
        OffShift = "off_shift",
        /// The ticket is outside what they may see.
        NoReach = "no_reach",
        /// They lack a skill that is required.
        SkillMissing = "skill_missing",
        /// They declined it, or let its time pass, a moment ago.
        Passed = "passed",
        /// With it they would carry more than they can.
        Full = "full",
    }
}

impl Verdict {
    /// Whether it holds for any ticket, so that looking at another one is in vain.
    pub(crate) fn is_about_member(self) -> bool {
        use Verdict::*;
        matches!(self, NotRouted | Away | Offline | OffShift | Full)
    }
}

base::words! {
    /// What a routing came to.
    pub enum RoutingOutcome {
        /// It has an assignee.
        Assigned = "assigned",
        /// It waits in the team's queue.
        Waiting = "waiting",
        /// It is with a team whose members take tickets themselves.
        Left = "left",
    }
}

base::words! {
    /// Why this member.
    pub enum RoutingReason {
        /// They had waited longest.
        RoundRobin = "round_robin",
        /// They carried least.
        LeastLoaded = "least_loaded",
        /// They had the customer's last ticket.
        LastAgent = "last_agent",
        /// They look after the customer's company.
        Owner = "owner",
        /// They asked for the next ticket.
        Pulled = "pulled",
    }
}

base::words! {
    /// Who said to which team a ticket goes as it arrives.
    pub enum TeamFrom {
        /// Whoever opened it.
        Opener = "opener",
        /// A routing rule.
        Rule = "rule",
        /// What triage found.
        Triage = "triage",
        /// The workspace: it goes to the default team.
        Default = "default",
    }
}

base::words! {
    /// What made the house route a ticket.
    pub enum RoutingCause {
        /// It arrived.
        Arrival = "arrival",
        /// Somebody can take tickets, or it came to the team.
        Queue = "queue",
        /// A time has passed: a skill is no longer insisted on, or an offer was not taken.
        Time = "time",
        /// Somebody asked for the next ticket.
        Pull = "pull",
        /// More was found out about it than was known as it arrived.
        Triage = "triage",
    }
}

base::words! {
    /// Where a routed ticket stands.
    pub enum Standing {
        /// It waits for somebody.
        Waiting = "waiting",
        /// It is somebody's, who has yet to take it up.
        Offered = "offered",
        /// It is somebody's.
        Placed = "placed",
    }
}

base::words! {
    /// How much a skill matters.
    pub enum Need {
        /// Nobody without it.
        Required = "required",
        /// Rather somebody with it.
        Preferred = "preferred",
    }
}

base::words! {
    /// A day of the week.
    pub enum Weekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}
