//! The doors of what-if runs.

use base::{Page, Result, Time};
use serde::{Deserialize, Serialize};
use trust::nouns::TeamId;
use trust::{Cx, PageQuery};
use utoipa::ToSchema;
use web::{Access, Created, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::outcome::{ActionSum, Difference, Figure, Sum, TeamSum};
use super::request::{Question, Request};
use super::simulation::{Simulation, SimulationId, SimulationNoun, State};
use crate::automation::{Definition, NewRule, RuleAction, RuleId, RuleWhen};
use crate::routing::{DraftRule, NewRoutingRule};
use crate::sla::{PolicyId, Promise};

const SIMULATIONS: &str = "/api/v1/simulations";
const READ: Access = Access::Member("settings:read");
const WRITE: Access = Access::Member("settings:write");

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, SIMULATIONS, "listSimulations", READ, list)
            .about("The what-if runs of the workspace, newest first, without what each was asked and the tickets it names.")
            .query::<PageQuery>()
            .gives::<Page<SimulationSummaryOut>>(200),
        Op::new(Method::Post, SIMULATIONS, "createSimulation", WRITE, create)
            .about(
                "Replays history as if a policy, a rule or the routing rules had said otherwise; changes nothing. Read the run \
                 for progress and result.",
            )
            .takes::<NewSimulation>()
            .gives::<SimulationOut>(201),
        Op::new(Method::Get, "/api/v1/simulations/{id}", "getSimulation", READ, get)
            .about("How far a what-if run is, and what it has found.")
            .gives::<SimulationOut>(200),
        Op::new(Method::Delete, "/api/v1/simulations/{id}", "cancelSimulation", WRITE, cancel)
            .about("Stops a what-if run; what it has found stays to be read.")
            .gives_nothing(204),
    ]
}

/// A policy to be asked about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SimulatedPolicy {
    /// The policy it would replace; when absent it would be the first.
    policy_id: Option<PolicyId>,
    /// What it promises.
    promise: Promise,
}

/// A rule to be asked about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SimulatedRule {
    /// The rule it would replace; when absent it would come after all others.
    rule_id: Option<RuleId>,
    /// What it says, as it would be saved; it counts as switched on.
    rule: NewRule,
}

/// Routing rules to be asked about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SimulatedRouting {
    /// All of them in their order; those that are not active are passed over.
    rules: Vec<NewRoutingRule>,
    /// Where a ticket goes that no rule sends anywhere; as it is set when absent.
    default_team_id: Option<TeamId>,
}

/// A question to history: about a policy, a rule, or routing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSimulation {
    /// A policy to be asked about.
    policy: Option<SimulatedPolicy>,
    /// A rule to be asked about.
    rule: Option<SimulatedRule>,
    /// Routing rules to be asked about.
    routing: Option<SimulatedRouting>,
    /// Tickets opened from this instant on,
    from: Time,
    /// and before this one.
    to: Time,
}

impl NewSimulation {
    fn question(self) -> Result<Question> {
        match (self.policy, self.rule, self.routing) {
            (Some(policy), None, None) => Ok(Question::Policy(policy.policy_id, policy.promise)),
            (None, Some(asked), None) => Ok(Question::Rule(asked.rule_id, asked.rule.definition()?)),
            (None, None, Some(routing)) => Ok(Question::Routing(routing.rules, routing.default_team_id)),
            _ => Err(web::INVALID_FIELD.error().field("/", "one_of_three", "send one of `policy`, `rule`, `routing`")),
        }
    }
}

/// A what-if run. What makes no sense for its kind is zero or empty.
#[derive(Serialize, ToSchema)]
struct SimulationOut {
    /// The id.
    id: SimulationId,
    /// What it is about: `policy`, `rule` or `routing`.
    kind: &'static str,
    /// How it stands.
    #[schema(inline)]
    state: State,
    /// The policy that was asked about.
    policy_id: Option<PolicyId>,
    /// What it promises.
    promise: Option<Promise>,
    /// The rule that was asked about.
    rule_id: Option<RuleId>,
    /// What it says.
    rule: Option<RuleSaid>,
    /// The routing rules that were asked about.
    routing: Option<Vec<DraftRule>>,
    /// Tickets opened from this instant on,
    from: Time,
    /// and before this one.
    to: Time,
    /// The instant up to which clocks went on and rules waited.
    as_of: Time,
    /// Tickets looked at so far.
    looked_at: i64,
    /// Tickets there were when it began.
    total: i64,
    /// Tickets with clocks; tickets on which the rule acts; tickets that a routing rule sends somewhere.
    covered: Figure,
    /// Tickets with a broken promise.
    breached: Figure,
    /// For each metric.
    sums: Vec<Sum>,
    /// For each action of the rule, and of rules that act otherwise because of it.
    actions: Vec<ActionSum>,
    /// For each team.
    teams: Vec<TeamSum>,
    /// How often the rule really acted in that time.
    ran: i64,
    /// How often its condition could not be decided.
    erred: Figure,
    /// Tickets of which something was asked that was not told then: what is known today was taken.
    unsure: i64,
    /// Tickets that were left out because retention took the start of their history.
    without_history: i64,
    /// How many tickets would have gone otherwise.
    differing: i64,
    /// The first 200 of the differences; only those of tickets that the reader may see.
    differences: Vec<Difference>,
    /// When it was asked for.
    made_at: Time,
    /// When it ended.
    ended_at: Option<Time>,
}

/// A what-if run in a list.
#[derive(Serialize, ToSchema)]
struct SimulationSummaryOut {
    /// The id.
    id: SimulationId,
    /// What it is about: `policy`, `rule` or `routing`.
    kind: &'static str,
    /// How it stands.
    #[schema(inline)]
    state: State,
    /// The policy that was asked about.
    policy_id: Option<PolicyId>,
    /// The rule that was asked about.
    rule_id: Option<RuleId>,
    /// Tickets opened from this instant on,
    from: Time,
    /// and before this one.
    to: Time,
    /// Tickets looked at so far.
    looked_at: i64,
    /// Tickets there were when it began.
    total: i64,
    /// Tickets with clocks; tickets on which the rule acts; tickets that a routing rule sends somewhere.
    covered: Figure,
    /// Tickets with a broken promise.
    breached: Figure,
    /// How many tickets would have gone otherwise.
    differing: i64,
    /// When it was asked for.
    made_at: Time,
    /// When it ended.
    ended_at: Option<Time>,
}

impl From<Simulation> for SimulationSummaryOut {
    fn from(simulation: Simulation) -> SimulationSummaryOut {
        let kind = simulation.request.word();
        let (policy_id, rule_id) = match simulation.request {
            Request::Policy { policy_id, .. } => (Some(policy_id), None),
            Request::Rule { rule_id, .. } => (None, Some(rule_id)),
            Request::Routing { .. } => (None, None),
        };
        SimulationSummaryOut {
            id: simulation.id,
            kind,
            state: simulation.state,
            policy_id,
            rule_id,
            from: simulation.from,
            to: simulation.to,
            looked_at: simulation.looked_at,
            total: simulation.total,
            covered: simulation.found.covered,
            breached: simulation.found.breached,
            differing: simulation.found.differing,
            made_at: simulation.made_at,
            ended_at: simulation.ended_at,
        }
    }
}

/// What a rule says, as it was asked about.
#[derive(Serialize, ToSchema)]
struct RuleSaid {
    /// When it asks its condition.
    when: RuleWhen,
    /// The condition as CEL; null when it always holds.
    condition: Option<String>,
    /// What it does, in order.
    actions: Vec<RuleAction>,
    /// Whether rules after it are left out when it acted.
    stops: bool,
    /// Whether it acts on a ticket once.
    once_per_ticket: bool,
}

impl From<Definition> for RuleSaid {
    fn from(definition: Definition) -> RuleSaid {
        RuleSaid {
            when: definition.when,
            condition: Some(definition.condition).filter(|source| !source.is_empty()),
            actions: definition.actions,
            stops: definition.stops,
            once_per_ticket: definition.once,
        }
    }
}

impl From<Simulation> for SimulationOut {
    fn from(simulation: Simulation) -> SimulationOut {
        let (found, kind) = (simulation.found, simulation.request.word());
        let (mut policy_id, mut promise, mut rule_id, mut rule, mut routing) = (None, None, None, None, None);
        match simulation.request {
            Request::Policy { policy_id: id, promise: said } => (policy_id, promise) = (Some(id), Some(said)),
            Request::Rule { rule_id: id, definition } => (rule_id, rule) = (Some(id), Some(definition.into())),
            Request::Routing { rules, .. } => routing = Some(rules),
        }
        SimulationOut {
            id: simulation.id,
            kind,
            state: simulation.state,
            policy_id,
            promise,
            rule_id,
            rule,
            routing,
            from: simulation.from,
            to: simulation.to,
            as_of: simulation.as_of,
            looked_at: simulation.looked_at,
            total: simulation.total,
            covered: found.covered,
            breached: found.breached,
            sums: found.sums,
            actions: found.actions,
            teams: found.teams,
            ran: found.ran,
            erred: found.erred,
            unsure: found.unsure,
            without_history: found.without_history,
            differing: found.differing,
            differences: found.differences,
            made_at: simulation.made_at,
            ended_at: simulation.ended_at,
        }
    }
}

async fn list(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<SimulationSummaryOut>>> {
    let found = cx.read(move |tx, cx| Simulation::list(tx, cx, &page)).await?;
    Ok(Reply::new(found.map(SimulationSummaryOut::from)))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewSimulation>) -> web::Result<Created<SimulationOut>> {
    let (from, to) = (new.from, new.to);
    let question = new.question()?;
    let asked = cx.read(move |tx, cx| Simulation::prepare(tx, cx, question.clone(), from, to)).await?;
    let begun = asked.clone();
    cx.write(move |tx, cx| begun.begin(tx, cx)).await?;
    Ok(Created(Reply::new(asked.into())))
}

async fn get(cx: Cx, PathId(id): PathId<SimulationNoun>) -> web::Result<Reply<SimulationOut>> {
    Ok(Reply::new(cx.read(move |tx, cx| Simulation::find_for(tx, cx, id)).await?.into()))
}

async fn cancel(cx: Cx, PathId(id): PathId<SimulationNoun>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| Simulation::cancel(tx, cx, id)).await?;
    Ok(NoContent)
}
