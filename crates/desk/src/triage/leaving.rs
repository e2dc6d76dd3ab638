//! Whether somebody is about to leave: cancelling, ending a contract, or going to a competitor. English and German.
//! Rule: a "not" before the word turns it round, "I cannot cancel" does not; what is cancelled counts (an order is not a
//! contract); and a competitor counts by direction: to one is leaving, from one is coming.

/// Words that say somebody is leaving, as they stand in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaving {
    /// The evidence, in the order of the text; empty when nobody is leaving.
    pub words: Vec<String>,
}

impl Leaving {
    /// True when somebody is leaving.
    pub fn is_leaving(&self) -> bool {
        !self.words.is_empty()
    }
}

/// Evidence at most.
const MOST: usize = 5;
/// Words that are looked at.
const READ: usize = 4_000;

const CANCEL: &[&str] = &[
    "cancel",
    "cancels",
    "canceling",
    "cancelling",
    "canceled",
    "cancelled",
    "cancellation",
    "terminate",
    "terminating",
    "termination",
    "discontinue",
    "discontinuing",
    "end",
    "ending",
    "close",
    "closing",
    "stop",
    "stopping",
    "delete",
    "kündigen",
    "kündige",
    "kündigung",
    "gekündigt",
    "kuendigen",
    "kuendige",
    "kuendigung",
    "kündigt",
    "beenden",
    "beende",
    "auflösen",
    "abbestellen",
    "stornieren",
    "storniere",
];
/// Of those, words that say it by themselves, without naming what is ended.
const BY_ITSELF: &[&str] = &[
    "cancel",
    "canceling",
    "cancelling",
    "cancellation",
    "kündigen",
    "kündige",
    "kündigung",
    "kuendigen",
    "kuendige",
    "kuendigung",
    "gekündigt",
];
const OURS: &[&str] = &[
    "account",
    "accounts",
    "subscription",
    "subscriptions",
    "plan",
    "contract",
    "membership",
    "service",
    "services",
    "licence",
    "licences",
    "license",
    "licenses",
    "renewal",
    "agreement",
    "abo",
    "abonnement",
    "vertrag",
    "verträge",
    "konto",
    "kontos",
    "abos",
    "mitgliedschaft",
    "lizenz",
    "lizenzen",
    "tarif",
    "zusammenarbeit",
    "partnership",
    "kundenkonto",
    "vertrags",
];
/// What is ended without leaving.
const OTHER: &[&str] = &[
    "order",
    "orders",
    "meeting",
    "appointment",
    "ticket",
    "tickets",
    "invoice",
    "payment",
    "payments",
    "transfer",
    "transfers",
    "booking",
    "bookings",
    "shipment",
    "delivery",
    "request",
    "job",
    "jobs",
    "build",
    "export",
    "import",
    "card",
    "event",
    "reservation",
    "upload",
    "download",
    "call",
    "webinar",
    "task",
    "trip",
    "flight",
    "transaction",
    "dialog",
    "popup",
    "button",
    "bestellung",
    "bestellungen",
    "termin",
    "rechnung",
    "zahlung",
    "überweisung",
    "buchung",
    "lieferung",
    "auftrag",
    "reservierung",
    "karte",
    "anruf",
    "sitzung",
    "session",
    "invitation",
    "einladung",
    "user",
    "users",
    "seat",
    "addon",
    "process",
    "sync",
    "email",
    "emails",
    "policy",
    "fee",
    "fees",
    "deadline",
    "top-up",
    "purchase",
    "filter",
];
/// Whose it is when it is not theirs to leave.
const OF_OTHERS: &[&str] =
    &["their", "his", "her", "customer's", "customers'", "client's", "deren", "ihrem", "customer", "kunde", "kunden"];
const NOT: &[&str] = &[
    "not",
    "don't",
    "dont",
    "didn't",
    "didnt",
    "doesn't",
    "wouldn't",
    "won't",
    "wont",
    "never",
    "no",
    "without",
    "nicht",
    "kein",
    "keine",
    "keinen",
    "keinesfalls",
    "nie",
    "niemals",
    "ohne",
    "avoid",
    "rather",
    "instead",
    "statt",
    "anstatt",
];
const CAN: &[&str] = &["kann", "können", "konnte", "konnten", "lässt"];
const JOINS: &[&str] = &["and", "und", "so", "because", "weil", "then", "dann", "therefore", "deshalb", "daher"];
const TAKEN_BACK: &[&str] = &[
    "reactivate",
    "reactivated",
    "restore",
    "undo",
    "mistake",
    "mistakenly",
    "accident",
    "accidentally",
    "withdraw",
    "revoke",
    "reaktivieren",
    "versehentlich",
    "zurückziehen",
    "zurücknehmen",
    "widerrufen",
    "irrtümlich",
    "fälschlich",
];
const GO: &[&str] = &[
    "switch",
    "switching",
    "switched",
    "move",
    "moving",
    "migrate",
    "migrating",
    "go",
    "going",
    "change",
    "changing",
    "leave",
    "leaving",
    "wechseln",
    "wechsle",
    "umsteigen",
    "umstieg",
    "migrieren",
    "gehen",
    "wechsel",
    "evaluating",
    "considering",
    "comparing",
];
const TO: &[&str] =
    &["to", "for", "with", "over", "zu", "zum", "zur", "auf", "nach", "evaluating", "considering", "comparing"];
const FROM: &[&str] = &["from", "von", "vom"];
const COMPETITOR: &[&str] = &[
    "zendesk",
    "freshdesk",
    "intercom",
    "hubspot",
    "helpscout",
    "gorgias",
    "kayako",
    "zammad",
    "liveagent",
    "crisp",
    "salesforce",
    "competitor",
    "competitors",
    "competition",
    "konkurrenz",
    "mitbewerber",
    "wettbewerber",
    "konkurrenten",
];
const ANOTHER: &[&str] =
    &["another", "different", "other", "anderen", "anderem", "andere", "new", "neuen", "alternative"];
const PROVIDER: &[&str] = &["provider", "vendor", "supplier", "anbieter", "dienstleister", "platform", "plattform"];

/// Reads a text.
pub fn leaving(text: &str) -> Leaving {
    let mut words = Vec::new();
    let mut read = 0;
    for sentence in text.split(['.', '!', '?', '\n', ';']) {
        let all: Vec<String> = tokens(sentence);
        read += all.len();
        let is_taken_back = all.iter().any(|word| TAKEN_BACK.contains(&word.as_str()));
        if !is_taken_back {
            for clause in clauses(&all) {
                words.extend(clause_says(clause));
            }
        }
        if read > READ || words.len() >= MOST {
            break;
        }
    }
    words.truncate(MOST);
    words.dedup();
    Leaving { words }
}

fn tokens(sentence: &str) -> Vec<String> {
    let word = |part: &str| {
        let part = part.trim_matches(|c: char| !c.is_alphanumeric() && c != ',').to_lowercase().replace('’', "'");
        (!part.is_empty()).then_some(part)
    };
    sentence.replace(',', " , ").split_whitespace().filter_map(word).collect()
}

/// The parts between commas and "but".
fn clauses(words: &[String]) -> impl Iterator<Item = &[String]> {
    words.split(|word| matches!(word.as_str(), "," | "but" | "aber" | "sondern" | "however" | "jedoch"))
}

fn clause_says(clause: &[String]) -> Option<String> {
    cancels(clause).or_else(|| does_not_renew(clause)).or_else(|| goes_to_another(clause))
}

fn is_one(word: Option<&String>, of: &[&str]) -> bool {
    word.is_some_and(|word| of.contains(&word.as_str()))
}

/// Whether a "not" stands within four words before a place, on this side of an "and".
fn is_negated(clause: &[String], at: usize) -> bool {
    let before = clause.get(at.saturating_sub(4)..at).unwrap_or(&[]);
    let is_not = |word: &&String| NOT.contains(&word.as_str());
    let found = before.iter().rev().take_while(|word| !JOINS.contains(&word.as_str())).find(is_not);
    // "Ich kann nicht kündigen" wants to, as "I cannot cancel" does.
    let cannot = clause.get(..at).unwrap_or(&[]).iter().any(|word| CAN.contains(&word.as_str()));
    found.is_some_and(|word| !(cannot && word == "nicht"))
}

/// "cancel our subscription", "Vertrag kündigen", "we want to cancel".
fn cancels(clause: &[String]) -> Option<String> {
    for (at, word) in clause.iter().enumerate() {
        if !CANCEL.contains(&word.as_str()) || is_negated(clause, at) || is_negated_behind(clause, at) {
            continue;
        }
        // "kündigen … an" is to announce.
        if word.starts_with("künd") && clause.last().is_some_and(|last| last == "an") {
            continue;
        }
        let near = clause.get(at.saturating_sub(6)..(at + 7).min(clause.len())).unwrap_or(&[]);
        let has = |of: &[&str]| near.iter().find(|word| of.contains(&word.as_str())).cloned();
        let others = near.iter().any(|word| OF_OTHERS.contains(&word.as_str()));
        let after = clause.get(at + 1..(at + 5).min(clause.len())).unwrap_or(&[]);
        let is_of_other_things =
            after.iter().any(|word| OTHER.contains(&word.as_str())) || (has(OURS).is_none() && has(OTHER).is_some());
        if others || is_of_other_things {
            continue;
        }
        if let Some(ours) = has(OURS) {
            return Some(format!("{word} … {ours}"));
        }
        let wants = near.iter().any(|word| {
            [
                "want", "wish", "like", "need", "would", "going", "please", "möchte", "möchten", "will", "wollen",
                "bitte", "hiermit", "decided", "how", "wie", "must",
            ]
            .contains(&word.as_str())
        });
        if BY_ITSELF.contains(&word.as_str()) && (wants || clause.len() <= 4) {
            return Some(word.clone());
        }
    }
    None
}

/// German puts the "nicht" behind: "ich kündige nicht".
fn is_negated_behind(clause: &[String], at: usize) -> bool {
    let word = clause.get(at).map_or("", String::as_str);
    matches!(word, "kündige" | "kuendige" | "beende" | "kündigt")
        && clause.iter().skip(at + 1).any(|word| matches!(word.as_str(), "nicht" | "keinesfalls" | "nie"))
}

/// "will not renew", "nicht verlängern".
fn does_not_renew(clause: &[String]) -> Option<String> {
    let at = clause.iter().position(|word| {
        ["renew", "renewing", "verlängern", "verlängert", "verlängere", "extend"].contains(&word.as_str())
    })?;
    let can = clause
        .get(at.saturating_sub(4)..at)
        .unwrap_or(&[])
        .iter()
        .any(|word| ["can", "could", "did", "kann"].contains(&word.as_str()));
    (is_negated(clause, at) && !can).then(|| format!("not {}", clause.get(at).map_or("", String::as_str)))
}

/// "moving to a competitor", "wechseln zu Zendesk", "alternatives to you".
fn goes_to_another(clause: &[String]) -> Option<String> {
    for (at, word) in clause.iter().enumerate() {
        let before = clause.get(at.saturating_sub(2)..at).unwrap_or(&[]);
        let is_competitor = COMPETITOR.contains(&word.as_str())
            || (PROVIDER.contains(&word.as_str()) && before.iter().any(|word| ANOTHER.contains(&word.as_str())));
        if !is_competitor {
            continue;
        }
        let Some(goes) = clause.get(..at).unwrap_or(&[]).iter().rposition(|word| GO.contains(&word.as_str())) else {
            continue;
        };
        let way = clause.get(goes..at).unwrap_or(&[]);
        let from = way.iter().rposition(|word| FROM.contains(&word.as_str()));
        let to = way.iter().rposition(|word| TO.contains(&word.as_str()));
        let comes = from.is_some_and(|from| to.is_none_or(|to| from > to));
        if to.is_some() && !comes && !is_negated(clause, goes) {
            let verb = clause.get(goes).map_or("", String::as_str);
            return Some(format!("{verb} … {word}"));
        }
    }
    let alternative = clause.iter().position(|word| word.starts_with("alternativ"))?;
    let is_to_us = is_one(clause.get(alternative + 1), &["to", "zu"])
        && is_one(clause.get(alternative + 2), &["you", "your", "euch", "ihnen", "mainstay"]);
    is_to_us.then(|| "alternative to you".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCES: &str = include_str!("leaving.tsv");

    #[test]
    fn the_sentences_of_the_test_set_are_told_apart() {
        let (mut wrong, mut counts) = (Vec::new(), [0_usize; 4]);
        for line in SENTENCES.lines().filter(|line| !line.starts_with('#')) {
            let (truth, text) = line.split_once('\t').unwrap();
            let (said, is) = (leaving(text).is_leaving(), truth == "leaving");
            counts[usize::from(said) * 2 + usize::from(is)] += 1;
            if said != is {
                wrong.push(format!("{line} → {:?}", leaving(text).words));
            }
        }
        let [_, missed, false_alarm, found] = counts;
        let (recall, precision) = (found as f64 / (found + missed) as f64, found as f64 / (found + false_alarm) as f64);
        assert!(
            recall >= 0.95 && precision >= 0.95,
            "recall {recall:.3}, precision {precision:.3}\n{}",
            wrong.join("\n")
        );
    }

    #[test]
    fn evidence_names_the_words() {
        assert_eq!(leaving("Hello. Please cancel our subscription today.").words, ["cancel … subscription"]);
        assert_eq!(leaving("We do not want to cancel.").words, Vec::<String>::new());
    }
}
