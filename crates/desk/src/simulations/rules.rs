//! What would have been, had a rule said something else: every ticket's turns, by the rules in force and by those asked about.

use std::collections::BTreeMap;

use base::Time;

use super::outcome::{Difference, Figure, Found, Otherwise};
use super::page::History;
use crate::automation::{RuleId, Rules, Turn, really};
use crate::facts::{Backdrop, parsed};

/// Two sets of rules to compare.
pub(super) struct Ruled {
    /// The rule that is asked about.
    pub(super) rule: RuleId,
    pub(super) before: Rules,
    pub(super) after: Rules,
    pub(super) as_of: Time,
}

/// Both turns of a rule at one event: what it does, and what it would have done.
type Pair<'a> = (Option<&'a Turn>, Option<&'a Turn>);

impl Ruled {
    /// Adds a ticket to what was found.
    pub(super) fn add(&self, found: &mut Found, history: &History, backdrop: &Backdrop) {
        let data: Vec<_> = history.events.iter().map(parsed).collect();
        let past = (history.events.as_slice(), data.as_slice());
        let was = self.before.replay(past, backdrop, self.as_of);
        let would = self.after.replay(past, backdrop, self.as_of);
        let acts = |turns: &[Turn]| turns.iter().any(|turn| turn.rule == self.rule && turn.actions.is_some());
        let errs =
            |turns: &[Turn]| turns.iter().filter(|turn| turn.rule == self.rule && turn.actions.is_none()).count();
        found.covered.add(Figure::of(acts(&was), acts(&would)));
        found.erred.add(Figure { before: whole(errs(&was)), after: whole(errs(&would)) });
        found.ran += whole(really(self.rule, &history.events, &data));
        let is_unsure = |turn: &Turn| turn.is_unsure && turn.rule == self.rule;
        found.unsure += i64::from(was.iter().chain(&would).any(is_unsure));
        let differences = self.compare(found, history, &was, &would);
        found.differ(differences);
    }

    fn compare(&self, found: &mut Found, history: &History, was: &[Turn], would: &[Turn]) -> Vec<Difference> {
        let mut pairs: BTreeMap<(Time, i64, RuleId), Pair<'_>> = BTreeMap::new();
        was.iter().for_each(|turn| pairs.entry((turn.at, turn.seq, turn.rule)).or_default().0 = Some(turn));
        would.iter().for_each(|turn| pairs.entry((turn.at, turn.seq, turn.rule)).or_default().1 = Some(turn));
        let mut differences = Vec::new();
        for ((at, _, rule_id), (before, after)) in pairs {
            let Some(moment) = before.or(after).map(|turn| turn.moment) else { continue };
            let (before, after) =
                (before.and_then(|turn| turn.actions.as_ref()), after.and_then(|turn| turn.actions.as_ref()));
            if rule_id == self.rule || before != after {
                sum(found, rule_id, before, after);
            }
            let words = |actions: Option<&Vec<(&str, bool)>>| {
                actions.map(|actions| actions.iter().map(|(word, _)| (*word).to_owned()).collect::<Vec<_>>())
            };
            let (before, after) = (words(before), words(after));
            if before != after {
                let what = Otherwise::Rule { rule_id, moment, at, before, after };
                differences.push(Difference { ticket_id: history.ticket, number: history.number, what });
            }
        }
        differences
    }
}

type Actions<'a> = Option<&'a Vec<(&'static str, bool)>>;

fn sum(found: &mut Found, rule: RuleId, before: Actions<'_>, after: Actions<'_>) {
    for (word, changes) in before.into_iter().flatten() {
        found.act(rule, word, Figure::of(true, false), Figure::of(*changes, false));
    }
    for (word, changes) in after.into_iter().flatten() {
        found.act(rule, word, Figure::of(false, true), Figure::of(false, *changes));
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
