//! What a ticket needs of who takes it: skills, each insisted on for a while and wished for afterwards.
//! A required skill is insisted on until its time-out, for ever without one; a preferred one until its time-out, never without one.

use base::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::{Need, SkillId};

/// The most skills one rule asks for.
pub(crate) const MOST_NEEDS: usize = 10;

/// A skill that a ticket needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NeededSkill {
    /// The skill.
    pub skill_id: SkillId,
    /// The least level, 1 to 5; 1 when absent.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 5)]
    pub level: i64,
    /// Whether it is required or preferred.
    pub need: Need,
    /// Seconds of waiting after which it is wished for only; without it a required skill stays required.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 604_800)]
    pub relax_after_seconds: Option<i64>,
}

fn one() -> i64 {
    1
}

impl NeededSkill {
    /// Until when it is insisted on; `None` is for ever.
    fn binds_until(&self, queued_at: Time) -> Option<Time> {
        match (self.need, self.relax_after_seconds) {
            (_, Some(seconds)) => Some(queued_at.plus_seconds(seconds)),
            (Need::Preferred, None) => Some(queued_at),
            (Need::Required, None) => None,
        }
    }

    fn binds(&self, queued_at: Time, now: Time) -> bool {
        self.binds_until(queued_at).is_none_or(|until| now < until)
    }

    fn is_met(&self, skills: &[(SkillId, i64)]) -> bool {
        skills.iter().any(|(skill, level)| *skill == self.skill_id && *level >= self.level)
    }
}

/// What a ticket needs, and since when it waits.
#[derive(Clone, Debug)]
pub(crate) struct Needs<'a> {
    pub skills: &'a [NeededSkill],
    pub queued_at: Time,
    pub now: Time,
}

impl Needs<'_> {
    /// Whether somebody with these skills may take it now.
    pub(crate) fn allow(&self, skills: &[(SkillId, i64)]) -> bool {
        self.skills.iter().all(|need| !need.binds(self.queued_at, self.now) || need.is_met(skills))
    }

    /// How many of the skills somebody lacks: who lacks fewest comes first.
    pub(crate) fn lacking(&self, skills: &[(SkillId, i64)]) -> usize {
        self.skills.iter().filter(|need| !need.is_met(skills)).count()
    }

    /// When the next skill is no longer insisted on.
    pub(crate) fn next_relaxed(&self) -> Option<Time> {
        self.skills.iter().filter_map(|need| need.binds_until(self.queued_at)).filter(|at| *at > self.now).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(need: Need, relax: Option<i64>) -> NeededSkill {
        NeededSkill {
            skill_id: SkillId::from_uuid(uuid::Uuid::from_u128(1)),
            level: 3,
            need,
            relax_after_seconds: relax,
        }
    }

    fn at(skills: &[NeededSkill], second: i64) -> Needs<'_> {
        Needs { skills, queued_at: Time::from_micros(0), now: Time::from_micros(0).plus_seconds(second) }
    }

    #[test]
    fn a_skill_is_insisted_on_until_its_time_and_wished_for_afterwards() {
        let skilled = [(SkillId::from_uuid(uuid::Uuid::from_u128(1)), 3)];
        let beginner = [(SkillId::from_uuid(uuid::Uuid::from_u128(1)), 2)];
        let required = [needed(Need::Required, None)];
        assert!(at(&required, 0).allow(&skilled) && !at(&required, 1_000_000).allow(&beginner));
        assert_eq!(at(&required, 0).next_relaxed(), None);
        for need in [Need::Required, Need::Preferred] {
            let timed = [needed(need, Some(60))];
            assert!(!at(&timed, 59).allow(&beginner) && at(&timed, 60).allow(&beginner));
            assert_eq!(at(&timed, 59).next_relaxed(), Some(Time::from_micros(60_000_000)));
            assert_eq!(at(&timed, 60).next_relaxed(), None);
        }
        let preferred = [needed(Need::Preferred, None)];
        assert!(at(&preferred, 0).allow(&[]));
        assert_eq!((at(&preferred, 0).lacking(&beginner), at(&preferred, 0).lacking(&skilled)), (1, 0));
    }
}
