//! Many tickets at once: shared evenly, each given once, nobody given more than they can carry; and what routing costs.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::routing::{capacity, equals_a_recount, moments_pass, rule, shares, staffed};
use super::scene::{of_lia, open, set_status};
use crate::harness::{World, both_engines};

/// Many ask for help at once, of two processes over one database where the engine can have two.
async fn rush(world: &World, tickets: usize) -> Vec<Value> {
    let second = world.beside().await;
    let new = |number: usize| {
        let mut new = of_lia(&format!("Rush {number}"));
        new["requester"] = json!({"email": format!("c{number}@rush.test")});
        new
    };
    let ask = |number: usize| {
        let router = second.as_ref().filter(|_| number % 2 == 1).unwrap_or(world);
        router.as_(&world.ada).post("/api/v1/tickets", new(number)).expect(201)
    };
    let mut opened = Vec::new();
    for start in (0..tickets).step_by(16) {
        opened.extend(join_all((start..tickets.min(start + 16)).map(ask)).await);
    }
    opened
}

both_engines! {
    async fn many_at_once_are_shared_evenly_and_each_is_given_once(world) {
        let (_, staff) = staffed(world, "round_robin", 4).await;
        let tickets = rush(world, 40).await;
        let shares = shares(&tickets);
        assert!(!shares.contains_key("nobody"), "{shares:?}");
        assert_eq!(shares.len(), staff.len());
        assert!(shares.values().max().unwrap() - shares.values().min().unwrap() <= 1, "{shares:?}");
        equals_a_recount(world).await;
    }

    async fn many_at_once_never_give_anybody_more_than_they_can_carry(world) {
        let (_, staff) = staffed(world, "least_loaded", 3).await;
        for member in &staff {
            capacity(world, member, 5).await;
        }
        let tickets = rush(world, 40).await;
        let mut shares = shares(&tickets);
        assert_eq!(shares.remove("nobody"), Some(25), "{shares:?}");
        assert!(shares.values().all(|share| *share == 5), "{shares:?}");
        equals_a_recount(world).await;
        // Room frees for four, and four are given, by whoever comes first.
        let mine: Vec<&Value> = tickets.iter().filter(|one| one["assignee_id"] == json!(staff[0].member)).take(4).collect();
        join_all(mine.iter().map(|ticket| set_status(world, ticket, "resolved"))).await;
        moments_pass(world, 61).await;
        let routing = world.as_(&world.ada).get("/api/v1/routing").expect(200).await;
        assert_eq!(routing["teams"][0]["waiting"], 21);
        equals_a_recount(world).await;
    }
}

/// What routing adds to an arrival. Run with `--run-ignored only --no-capture` on a quiet machine.
#[test]
#[ignore = "a measurement, not a judgement"]
fn what_an_arrival_costs_with_and_without() {
    for engine in [crate::harness::Engine::Sqlite, crate::harness::Engine::Postgres] {
        crate::harness::tell(engine, cost);
    }
}

async fn cost(world: &World) {
    let arrivals = async |count: usize| {
        let start = std::time::Instant::now();
        for number in 0..count {
            let mut new = of_lia("Cost");
            new["requester"] = json!({"email": format!("c{}@cost.test", number % 50)});
            open(world, new).await;
        }
        start.elapsed().as_micros() as usize / count
    };
    arrivals(100).await;
    let without = arrivals(400).await;
    staffed(world, "least_loaded", 10).await;
    for number in 0..20 {
        let condition = format!("ticket.subject.contains(\"nothing {number}\")");
        let any = world.as_(&world.ada).get("/api/v1/routing").expect(200).await["teams"][0]["team_id"].clone();
        rule(world, json!({"name": format!("R{number}"), "condition": condition, "team_id": any})).await;
    }
    arrivals(100).await;
    let with = arrivals(400).await;
    println!("{:?}: {without} us per arrival without routing, {with} us with 10 members and 20 rules", world.engine);
}
