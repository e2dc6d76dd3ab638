//! The table of doors: who passes each operation of the document, and a body it would take.
//! Rule: written by hand, so that a door whose access changes by mistake stands out.

/// Who passes a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Everybody, for this reason.
    Everybody(&'static str),
    /// Whoever is signed in; what is asked beyond that depends on the thing.
    SignedIn,
    /// Members and tokens with a right.
    Right(&'static str),
    /// Whoever brings a widget key from one of its pages.
    Widget,
    /// A customer or visitor at such a widget.
    Customer,
}

use Pass::{Customer, Everybody, Right, SignedIn, Widget};

/// One door: its operation, who passes, and a body it takes; `$other` is another customer of the workspace.
pub type Door = (&'static str, Pass, &'static str);

const READ: Pass = Right("tickets:read");
const WRITE: Pass = Right("tickets:write");
const DELETE: Pass = Right("tickets:delete");
const SEE_PEOPLE: Pass = Right("customers:read");
const CHANGE_PEOPLE: Pass = Right("customers:write");
const ERASE: Pass = Right("customers:erase");
const SEE_STAFF: Pass = Right("members:read");
const CHANGE_STAFF: Pass = Right("members:write");
const SEE_HOUSE: Pass = Right("settings:read");
const CHANGE_HOUSE: Pass = Right("settings:write");
const KNOW: Pass = Right("knowledge:read");
const TEACH: Pass = Right("knowledge:write");
const PUBLISH: Pass = Right("knowledge:publish");
const PAGE: Pass = Everybody("a page of the help centre shows what is open to anybody");
const EVENTS: Pass = Right("events:read");

const TICKET: &str = r#"{"subject": "A", "body": "b", "requester": {"email": "x@door.test"}}"#;
const RULE: &str = r#"{"name": "R", "when": {"events": ["opened"]}, "actions": [{"do": "unassign"}]}"#;
const TRIAL: &str = r#"{"number": 1, "rule":
    {"name": "R", "when": {"events": ["opened"]}, "actions": [{"do": "unassign"}]}}"#;
const NAME: &str = r#"{"name": "A name"}"#;

/// Every door.
pub static DOORS: &[Door] = &[
    ("isLive", Everybody("a probe has no credentials and learns one word"), ""),
    ("isReady", Everybody("a probe has no credentials and learns one word"), ""),
    ("readMetrics", Everybody("it answers this machine alone unless the settings say otherwise"), ""),
    ("readDocument", Everybody("it says what is possible, nothing of what is there"), ""),
    ("signIn", Everybody("it makes the credential"), r#"{"email": "x@door.test", "password": "wrong wrong wrong"}"#),
    (
        "acceptInvitation",
        Everybody("the link is the credential"),
        r#"{"token": "x", "password": "long enough for us"}"#,
    ),
    ("resetPassword", Everybody("the link is the credential"), r#"{"token": "x", "password": "long enough for us"}"#),
    ("getSession", SignedIn, ""),
    ("signOut", SignedIn, ""),
    ("getWorkspace", SignedIn, ""),
    ("updateWorkspace", CHANGE_HOUSE, NAME),
    ("listMembers", SEE_STAFF, ""),
    ("getMember", SEE_STAFF, ""),
    ("updateMember", CHANGE_STAFF, NAME),
    ("setAvailability", SignedIn, r#"{"availability": "online"}"#),
    ("inviteMember", CHANGE_STAFF, r#"{"email": "x@door.test", "name": "X", "role": "agent"}"#),
    ("issuePasswordReset", CHANGE_STAFF, ""),
    ("listTeams", SEE_STAFF, ""),
    ("createTeam", CHANGE_STAFF, NAME),
    ("updateTeam", CHANGE_STAFF, NAME),
    ("listTerritories", SEE_STAFF, ""),
    ("createTerritory", CHANGE_STAFF, NAME),
    ("updateTerritory", CHANGE_STAFF, NAME),
    ("listTokens", SignedIn, ""),
    ("createToken", SignedIn, r#"{"name": "T", "kind": "personal", "rights": ["tickets:read"]}"#),
    ("revokeToken", SignedIn, ""),
    ("listWidgetKeys", SEE_HOUSE, ""),
    ("createWidgetKey", CHANGE_HOUSE, r#"{"name": "W", "allowed_origins": []}"#),
    ("updateWidgetKey", CHANGE_HOUSE, NAME),
    ("revokeWidgetKey", CHANGE_HOUSE, ""),
    ("listIdentityKeys", SEE_HOUSE, ""),
    ("createIdentityKey", CHANGE_HOUSE, r#"{"algorithm": "hs256", "secret": "a shared secret of more than 32 bytes"}"#),
    ("revokeIdentityKey", CHANGE_HOUSE, ""),
    ("listEvents", EVENTS, ""),
    ("streamEvents", EVENTS, ""),
    ("listAccess", Right("audit:read"), ""),
    ("listCustomers", SEE_PEOPLE, ""),
    ("createCustomer", CHANGE_PEOPLE, NAME),
    ("getCustomer", SEE_PEOPLE, ""),
    ("updateCustomer", CHANGE_PEOPLE, NAME),
    ("mergeCustomer", CHANGE_PEOPLE, r#"{"into": "$other"}"#),
    ("unmergeCustomer", CHANGE_PEOPLE, ""),
    ("exportCustomer", ERASE, ""),
    ("eraseCustomer", ERASE, ""),
    ("listCompanies", SEE_PEOPLE, ""),
    ("createCompany", CHANGE_PEOPLE, NAME),
    ("getCompany", SEE_PEOPLE, ""),
    ("updateCompany", CHANGE_PEOPLE, NAME),
    ("joinCompany", CHANGE_PEOPLE, "{}"),
    ("leaveCompany", CHANGE_PEOPLE, ""),
    ("listTags", READ, ""),
    ("createTag", CHANGE_HOUSE, NAME),
    ("renameTag", CHANGE_HOUSE, NAME),
    ("listCategories", READ, ""),
    ("createCategory", CHANGE_HOUSE, NAME),
    ("updateCategory", CHANGE_HOUSE, NAME),
    ("listFields", READ, ""),
    ("createField", CHANGE_HOUSE, r#"{"key": "door", "label": "Door", "type": "text"}"#),
    ("updateField", CHANGE_HOUSE, r#"{"label": "Door"}"#),
    ("openTicket", WRITE, TICKET),
    ("listTickets", READ, ""),
    ("totalTickets", READ, ""),
    ("countTickets", READ, ""),
    ("getTicket", READ, ""),
    ("changeTicket", WRITE, r#"{"subject": "B"}"#),
    ("deleteTicket", DELETE, ""),
    ("restoreTicket", DELETE, ""),
    ("setTicketStatus", WRITE, r#"{"status": "resolved"}"#),
    ("assignTicket", WRITE, "{}"),
    ("snoozeTicket", WRITE, r#"{"until": "2099-01-01T00:00:00Z"}"#),
    ("wakeTicket", WRITE, ""),
    ("listFacts", SEE_HOUSE, ""),
    ("checkCondition", SEE_HOUSE, r#"{"condition": "true"}"#),
    ("listRules", SEE_HOUSE, ""),
    ("createRule", CHANGE_HOUSE, RULE),
    ("getRule", SEE_HOUSE, ""),
    ("changeRule", CHANGE_HOUSE, NAME),
    ("removeRule", CHANGE_HOUSE, ""),
    ("orderRules", CHANGE_HOUSE, r#"{"ids": []}"#),
    ("listRuleVersions", SEE_HOUSE, ""),
    ("listRuleRuns", SEE_HOUSE, ""),
    ("tryRule", CHANGE_HOUSE, TRIAL),
    ("listMyNotifications", SignedIn, ""),
    ("readNotification", SignedIn, ""),
    ("readNotifications", SignedIn, "{}"),
    ("unassignTicket", WRITE, ""),
    ("listMessages", READ, ""),
    ("addMessage", READ, r#"{"kind": "note", "body": "b"}"#),
    ("ticketTimeline", READ, ""),
    ("searchTickets", READ, ""),
    ("createDevice", Widget, ""),
    ("getMe", Customer, ""),
    ("updateMe", Customer, NAME),
    ("listMyTickets", Customer, ""),
    ("askForHelp", Customer, r#"{"body": "b"}"#),
    ("getMyTicket", Customer, ""),
    ("listMyMessages", Customer, ""),
    ("writeToUs", Customer, r#"{"body": "b"}"#),
    ("followMyTickets", Customer, ""),
    ("sendFile", WRITE, "a file"),
    ("sendMyFile", Customer, "a file"),
    ("listArticles", KNOW, ""),
    ("createArticle", TEACH, r#"{"title": "T", "body": "b"}"#),
    ("getArticle", KNOW, ""),
    ("updateArticle", TEACH, r#"{"title": "U"}"#),
    ("deleteArticle", PUBLISH, ""),
    ("setArticleStatus", TEACH, r#"{"status": "review"}"#),
    ("scheduleArticle", PUBLISH, r#"{"publish_at": "2030-01-01T00:00:00Z"}"#),
    ("unscheduleArticle", PUBLISH, ""),
    ("listRelatedArticles", KNOW, ""),
    ("relateArticle", TEACH, r#"{"article_ids": []}"#),
    ("placeArticle", TEACH, r#"{"names": ["billing"]}"#),
    ("listArticleContexts", KNOW, ""),
    ("addArticleImage", TEACH, ""),
    ("previewArticle", TEACH, r#"{"body": "b"}"#),
    ("getTranslation", KNOW, ""),
    ("writeTranslation", TEACH, r#"{"title": "T", "body": "b"}"#),
    ("removeTranslation", TEACH, ""),
    ("listArticleVersions", KNOW, ""),
    ("getArticleVersion", KNOW, ""),
    ("compareArticleVersions", KNOW, ""),
    ("rollBackArticle", TEACH, r#"{"number": 1}"#),
    ("listArticleVotes", KNOW, ""),
    ("listArticleReviews", KNOW, ""),
    ("confirmArticle", TEACH, "{}"),
    ("listGaps", KNOW, ""),
    ("startArticleFromGap", TEACH, ""),
    ("dismissGap", TEACH, ""),
    ("searchArticles", KNOW, ""),
    ("getArticleIndex", KNOW, ""),
    ("listSynonyms", KNOW, ""),
    ("createSynonym", TEACH, r#"{"words": ["a", "b"]}"#),
    ("updateSynonym", TEACH, r#"{"words": ["a", "b"]}"#),
    ("deleteSynonym", TEACH, ""),
    ("getHelpSite", SEE_HOUSE, ""),
    ("setHelpSite", CHANGE_HOUSE, r#"{"default_locale": "en", "has_contact": true}"#),
    ("openHelp", PAGE, ""),
    ("showHelpHome", PAGE, ""),
    ("showHelpCategory", PAGE, ""),
    ("showHelpArticle", PAGE, ""),
    ("voteOnHelpArticle", PAGE, ""),
    ("followHelpLink", PAGE, ""),
    ("showHelpSearch", PAGE, ""),
    ("showHelpContact", PAGE, ""),
    ("sendHelpContact", PAGE, ""),
    ("showHelpMissing", PAGE, ""),
    ("showHelpImage", PAGE, ""),
    ("readHelpStyle", PAGE, ""),
    ("readHelpScript", PAGE, ""),
    ("readHelpSitemap", PAGE, ""),
    ("readRobots", Everybody("search engines have no credentials"), ""),
    ("searchHelpCentre", PAGE, ""),
    ("listHelpOfContext", Widget, ""),
    ("readHelpArticle", Widget, ""),
    ("voteOnArticle", Widget, r#"{"helpful": true}"#),
    ("searchHelp", Widget, ""),
    ("clickHelpSearch", Widget, r#"{"article_id": "art_01h00000000000000000000000"}"#),
    ("download", Everybody("the link carries its own proof, and nothing is behind a wrong one"), ""),
];
