//! Triage: what arrives is read, sorted by what was taught, and presses as much as it should; and it says why.

use http::Method;
use serde_json::{Value, json};
use trust::Cx;
use trust::access::Via;

use super::routing::{equals_a_recount, rule, staffed};
use super::scene::{at, change, days_pass, items, open, read, rows, set_status, team, text};
use crate::harness::{World, both_engines};

const MODELS: &str = "/api/v1/triage/models";
const PREVIEW: &str = "/api/v1/triage/preview";
const SETTINGS: &str = "/api/v1/triage/settings";

/// What customers write about cards and about invoices.
const CARDS: [&str; 12] = [
    "My card has not arrived yet",
    "When will the new card be delivered",
    "The card is lost in the mail",
    "Where is my replacement card",
    "I am still waiting for my card",
    "Card delivery takes too long",
    "Can I track the card that you sent",
    "The card should have come last week",
    "How long does a card take to arrive",
    "No card in my letter box",
    "Please send the card again",
    "My card went to the old address",
];
const INVOICES: [&str; 12] = [
    "The invoice of May is wrong",
    "I need a copy of my invoice",
    "Why is the invoice higher than before",
    "Please correct the tax on the invoice",
    "The invoice shows the old company name",
    "Where do I download invoices",
    "We paid this invoice twice",
    "The billing address on the invoice is wrong",
    "Send invoices to accounting instead",
    "The invoice has no VAT number",
    "Can you split the invoice",
    "An invoice for a service we do not use",
];

fn of(email: &str, subject: &str, body: &str) -> Value {
    json!({"subject": subject, "body": body, "requester": {"email": email}})
}

/// Makes two categories with examples and trains.
async fn taught(world: &World) -> [Value; 2] {
    let made = told_apart(world).await;
    train(world).await;
    made
}

/// Makes two categories with examples.
async fn told_apart(world: &World) -> [Value; 2] {
    let ada = world.as_(&world.ada);
    let mut made = Vec::new();
    for (name, examples) in [("Cards", CARDS), ("Invoices", INVOICES)] {
        let category = ada.post("/api/v1/categories", json!({"name": name})).expect(201).await["id"].clone();
        for example in examples {
            let new = json!({"category_id": category, "text": example});
            ada.post("/api/v1/triage/examples", new).expect(201).await;
        }
        made.push(category);
    }
    let [cards, invoices] = made.try_into().unwrap();
    [cards, invoices]
}

/// The job that makes up for what came too late.
async fn look_again(world: &World, ticket: &Value) {
    let cx = Cx::of_house(world.house(), world.acme, Via::Job);
    let of = json!({"ticket": ticket["id"]});
    let asked = cx.write(move |tx, cx| {
        let job = jobs::NewJob::new("triage_ticket", &of);
        jobs::enqueue(tx, cx.env(), cx.workspace().uuid(), &job).map(drop)
    });
    asked.await.unwrap();
    world.opened.worker.run_due().await.unwrap();
}

async fn train(world: &World) {
    world.as_(&world.ada).post(MODELS, json!({})).expect(201).await;
    world.opened.worker.run_due().await.unwrap();
}

async fn models(world: &World) -> Vec<Value> {
    items(&world.as_(&world.ada).get(MODELS).expect(200).await).clone()
}

async fn set(world: &World, change: Value) -> Value {
    let ada = world.as_(&world.ada);
    let now = ada.get(SETTINGS).expect(200).await;
    let mut new = json!({
        "is_on": now["is_on"], "automatic_answers": now["automatic_answers"], "apply_above": now["apply_above"],
        "currency": now["currency"], "rates": now["rates"],
    });
    for (key, value) in change.as_object().unwrap() {
        new[key] = value.clone();
    }
    ada.put(SETTINGS, new).header("if-match", format!("\"{}\"", now["version"])).expect(200).await
}

both_engines! {
    async fn who_is_leaving_is_urgent_and_tagged_and_the_words_say_why(world) {
        let ticket = open(world, of("lia@shop.test", "Enough", "Hello. Please cancel our subscription at the end of May.")).await;
        assert_eq!((text(&ticket["priority"]), ticket["tags"].to_string()), ("urgent", "[\"churn-risk\"]".to_owned()));
        let ada = world.as_(&world.ada);
        let triage = ada.get(&at(&ticket, "/triage")).expect(200).await;
        assert_eq!(triage["reasons"], json!(["cancellation"]));
        assert_eq!((&triage["priority_before"], &triage["is_leaving"]), (&json!("normal"), &json!(true)));
        assert_eq!(triage["leaving_words"], json!(["cancel … subscription"]));
        let timeline = ada.get(&at(&ticket, "/timeline")).expect(200).await;
        let kinds: Vec<&str> = items(&timeline).iter().map(|entry| text(&entry["kind"])).collect();
        assert_eq!(kinds, ["ticket.opened", "ticket.triaged"]);
        let log = timeline.to_string();
        assert!(!log.contains("subscription"), "the log holds no words of the customer: {log}");

        let stays = open(world, of("lia@shop.test", "Card", "I do not want to cancel my subscription, only change the card.")).await;
        assert_eq!((text(&stays["priority"]), stays["tags"].to_string()), ("normal", "[]".to_owned()));
        ada.get(&at(&stays, "/triage")).send().await.problem(404, "no_triage");
    }

    async fn high_revenue_presses_one_step_more_and_no_rate_is_said(world) {
        let ada = world.as_(&world.ada);
        let revenue = json!({"amount_minor": 500_000, "currency": "EUR"});
        let company = ada.post("/api/v1/companies", json!({"name": "Acorn", "revenue": revenue})).expect(201).await;
        let new = json!({"name": "Lia", "addresses": [{"value": "lia@shop.test"}], "company_id": company["id"]});
        ada.post("/api/v1/customers", new).expect(201).await;
        let before = open(world, of("lia@shop.test", "Question", "How do I export?")).await;
        ada.get(&at(&before, "/triage")).send().await.problem(404, "no_triage");
        set(world, json!({"currency": "CHF"})).await;
        let ticket = open(world, of("lia@shop.test", "Question", "How do I export?")).await;
        assert_eq!(text(&ticket["priority"]), "normal");
        let triage = ada.get(&at(&ticket, "/triage")).expect(200).await;
        assert_eq!(triage["reasons"], json!(["revenue_unknown"]));

        set(world, json!({"currency": "USD", "rates": {"EUR": 1.1}})).await;
        let mut low = of("lia@shop.test", "Question", "How do I export?");
        for (asked, becomes) in [("low", "normal"), ("normal", "high"), ("high", "urgent"), ("urgent", "urgent")] {
            low["priority"] = json!(asked);
            let ticket = open(world, low.clone()).await;
            assert_eq!(text(&ticket["priority"]), becomes);
        }
        set(world, json!({"rates": {"EUR": 0.9}})).await;
        assert_eq!(text(&open(world, of("lia@shop.test", "Question", "How?")).await["priority"]), "normal");
        set(world, json!({"is_on": false, "currency": "EUR"})).await;
        assert_eq!(text(&open(world, of("lia@shop.test", "Question", "How?")).await["priority"]), "normal");
    }

    async fn a_few_examples_sort_from_the_first_day_and_strange_texts_are_not_guessed(world) {
        let [cards, invoices] = taught(world).await;
        let ada = world.as_(&world.ada);
        let preview = ada.post(PREVIEW, json!({"subject": "Card", "body": "The new card did not arrive"})).expect(200).await;
        assert_eq!((&preview["categories"][0]["category_id"], &preview["categories"][0]["name"]), (&cards, &json!("Cards")));
        assert_eq!((&preview["is_known"], &preview["by_meaning"], &preview["language"]), (&json!(true), &json!(false), &preview["language"]));
        assert!(preview["words"].to_string().contains("card"), "{preview}");
        let strange = ada.post(PREVIEW, json!({"subject": "?", "body": "zzz qqq xxx"})).expect(200).await;
        assert_eq!(strange["is_known"], false);

        let ticket = open(world, of("lia@shop.test", "Invoice", "The invoice of June is wrong, please correct the tax on the invoice")).await;
        assert_eq!(ticket["category_id"], invoices);
        let triage = ada.get(&at(&ticket, "/triage")).expect(200).await;
        assert_eq!((&triage["is_applied"], &triage["earlier_tickets"]), (&json!(true), &json!(0)));
        assert_eq!(triage["model_id"], models(world).await[0]["id"]);
        let strange = open(world, of("lia@shop.test", "?", "zzz qqq xxx")).await;
        assert_eq!(strange["category_id"], json!(null));

        // A correction is kept, counted, and learned from.
        change(world, Method::PATCH, &ticket, "", json!({"category_id": cards})).await;
        let triage = ada.get(&at(&ticket, "/triage")).expect(200).await;
        assert_eq!(triage["corrected_category_id"], cards);
        let acceptance = ada.get(SETTINGS).expect(200).await["acceptance"].clone();
        assert_eq!(acceptance, json!({"triaged": 2, "applied": 1, "corrected": 1, "unknown": 1, "rate": 0.0}));
        let before = models(world).await[0]["figures"]["examples"].as_i64().unwrap();
        train(world).await;
        assert_eq!(models(world).await[0]["figures"]["examples"].as_i64().unwrap(), before + 1);
    }

    async fn before_anything_was_learned_the_names_of_categories_propose_and_set_nothing(world) {
        let ada = world.as_(&world.ada);
        let make = async |new: Value| ada.post("/api/v1/categories", new).expect(201).await["id"].clone();
        let money = make(json!({"name": "Billing", "synonyms": ["invoice", "refund"]})).await;
        let cards = make(json!({"name": "Cards"})).await;
        world.clock.advance_seconds(2);
        let ticket = open(world, of("lia@shop.test", "Help", "The invoices of May are wrong")).await;
        assert_eq!(ticket["category_id"], json!(null), "a name is no certainty");
        let triage = ada.get(&at(&ticket, "/triage")).expect(200).await;
        assert_eq!((&triage["categories"][0]["category_id"], &triage["is_applied"], &triage["model_id"]), (&money, &json!(false), &json!(null)));
        assert!(triage["categories"][0]["confidence"].as_f64().unwrap() < 0.5, "{triage}");
        assert_eq!(triage["words"], json!(["invoice"]));
        // An example speaks as soon as it is given.
        let example = json!({"category_id": cards, "text": "It was swallowed by the machine"});
        ada.post("/api/v1/triage/examples", example).expect(201).await;
        world.clock.advance_seconds(2);
        let preview = ada.post(PREVIEW, json!({"subject": "Gone", "body": "The machine has swallowed it"})).expect(200).await;
        assert_eq!((&preview["categories"][0]["category_id"], &preview["is_known"]), (&cards, &json!(true)));
        let strange = ada.post(PREVIEW, json!({"subject": "?", "body": "zzz qqq xxx"})).expect(200).await;
        assert_eq!((&strange["categories"], &strange["is_known"]), (&json!([]), &json!(false)));
    }

    async fn resolved_tickets_teach_and_models_are_put_back(world) {
        let [cards, _] = taught(world).await;
        for subject in CARDS {
            let mut new = of("lia@shop.test", subject, "Please help.");
            new["category_id"] = cards.clone();
            let ticket = open(world, new).await;
            set_status(world, &ticket, "resolved").await;
        }
        train(world).await;
        let all = models(world).await;
        assert_eq!(all.len(), 2);
        let (new, old) = (&all[0], &all[1]);
        assert_eq!((text(&new["standing"]), text(&old["standing"])), ("current", "previous"));
        assert_eq!(new["figures"]["examples"], 36);
        assert_eq!(new["figures"]["curve"].as_array().unwrap().len(), 15);
        assert!(new["figures"]["compared"].as_i64().unwrap() >= 26 && new["figures"]["p_value"].as_f64().unwrap() > 0.0);
        let ada = world.as_(&world.ada);
        let path = format!("{MODELS}/{}/current", text(&old["id"]));
        let back = ada.post(&path, json!({})).expect(200).await;
        assert_eq!((&back["id"], text(&back["standing"])), (&old["id"], "current"));
        let preview = ada.post(PREVIEW, json!({"subject": "Card", "body": "Where is it"})).expect(200).await;
        assert_eq!(preview["model_id"], old["id"]);
        let nowhere = format!("{MODELS}/tmo_01j00000000000000000000000/current");
        ada.post(&nowhere, json!({})).send().await.problem(404, "not_found");
    }

    async fn too_little_teaches_nothing_and_bad_input_is_named(world) {
        train(world).await;
        assert!(models(world).await.is_empty());
        let ada = world.as_(&world.ada);
        let category = ada.post("/api/v1/categories", json!({"name": "Cards"})).expect(201).await["id"].clone();
        let empty = json!({"category_id": category, "text": "  "});
        ada.post("/api/v1/triage/examples", empty).send().await.problem(422, "invalid_field");
        let unknown = json!({"category_id": "cat_01j00000000000000000000000", "text": "a"});
        ada.post("/api/v1/triage/examples", unknown).send().await.problem(422, "unknown_category");
        let all = |change: Value| {
            let mut new = json!({"is_on": true, "automatic_answers": false, "apply_above": 0.7, "currency": "EUR", "rates": {}});
            change.as_object().unwrap().iter().for_each(|(key, value)| new[key] = value.clone());
            ada.put(SETTINGS, new).header("if-match", "\"0\"")
        };
        let wrong = all(json!({"apply_above": 0.2})).send().await.problem(422, "invalid_field");
        assert_eq!(wrong["errors"][0]["pointer"], "/apply_above");
        all(json!({"currency": "eur"})).send().await.problem(422, "invalid_field");
        let wrong = all(json!({"rates": {"USD": -1}})).send().await.problem(422, "triage_rates");
        assert_eq!(wrong["errors"][0]["pointer"], "/rates/USD");
        let answer = format!("/api/v1/triage/answers/{}", text(&category));
        let nothing = json!({"article_id": "art_01j00000000000000000000000"});
        ada.put(&answer, nothing).send().await.problem(422, "invalid_field");
    }

    async fn automatic_answers_are_off_by_default_then_once_and_stop_no_clock(world) {
        let [cards, _] = taught(world).await;
        let ada = world.as_(&world.ada);
        let article = json!({"title": "Where is my card", "body": "It takes five days.", "audience": "customer", "visibility": "public", "status": "published"});
        let made = ada.post("/api/v1/articles", json!({"title": article["title"], "body": article["body"]})).expect(201).await;
        let path = format!("/api/v1/articles/{}/status", text(&made["id"]));
        ada.put(&path, json!({"status": "published"})).header("if-match", format!("\"{}\"", made["version"])).expect(200).await;
        let answer = format!("/api/v1/triage/answers/{}", text(&cards));
        ada.put(&answer, json!({"article_id": made["id"]})).expect(204).await;
        let asked = || of("lia@shop.test", "Where is my replacement card", "My card has not arrived yet, I am still waiting for my card");
        let before = open(world, asked()).await;
        world.opened.worker.run_due().await.unwrap();
        assert_eq!(items(&ada.get(&at(&before, "/messages")).expect(200).await).len(), 1, "off by default");

        set(world, json!({"automatic_answers": true})).await;
        let ticket = open(world, asked()).await;
        let triage = ada.get(&at(&ticket, "/triage")).expect(200).await;
        let sure = triage["categories"][0]["confidence"].as_f64().unwrap();
        assert!(sure > 0.9, "the scene wants a sure answer: {triage}");
        world.opened.worker.run_due().await.unwrap();
        world.opened.worker.run_due().await.unwrap();
        let messages = ada.get(&at(&ticket, "/messages")).expect(200).await;
        assert_eq!(items(&messages).len(), 2);
        let answer = text(&items(&messages)[1]["body"]);
        assert!(answer.contains("Where is my card") && answer.contains("a person will read it"), "{answer}");
        let now = read(world, &ticket).await;
        assert_eq!((&now["first_response_at"], text(&now["status"])), (&json!(null), "open"));
        let timeline = ada.get(&at(&ticket, "/timeline")).expect(200).await.to_string();
        assert!(timeline.contains("ticket.answered_automatically"), "{timeline}");
    }

    async fn what_came_too_late_is_made_up_for_and_a_persons_choice_stays(world) {
        let invoice = || of("lia@shop.test", "Invoice", "The invoice of June is wrong, please correct the tax on the invoice");
        let late = open(world, invoice()).await;
        let [cards, invoices] = taught(world).await;
        let mut chosen = invoice();
        (chosen["category_id"], chosen["priority"]) = (cards.clone(), json!("low"));
        let chosen = open(world, chosen).await;
        for ticket in [&late, &chosen] {
            look_again(world, ticket).await;
        }
        assert_eq!(read(world, &late).await["category_id"], invoices);
        let timeline = world.as_(&world.ada).get(&at(&late, "/timeline")).expect(200).await;
        let kinds: Vec<&str> = items(&timeline).iter().map(|entry| text(&entry["kind"])).collect();
        assert_eq!(kinds, ["ticket.opened", "ticket.updated", "ticket.triaged"], "and it says why");
        assert_eq!(items(&timeline)[2]["data"]["category_id"], invoices);
        let kept = read(world, &chosen).await;
        assert_eq!((&kept["category_id"], text(&kept["priority"])), (&cards, "low"));
        let ada = world.as_(&world.ada);
        let triage = ada.get(&at(&chosen, "/triage")).expect(200).await;
        assert_eq!((&triage["categories"][0]["category_id"], &triage["is_applied"]), (&invoices, &json!(false)));
        // What the house itself sets is no correction.
        assert_eq!(ada.get(&at(&late, "/triage")).expect(200).await["corrected_category_id"], json!(null));
    }

    async fn what_was_found_out_late_is_asked_of_the_rules_of_routing(world) {
        let invoice = || of("lia@shop.test", "Invoice", "The invoice of June is wrong, please correct the tax on the invoice");
        let (desk, _) = staffed(world, "round_robin", 0).await;
        let money = team(world, "Money").await;
        let ann = world.hire("ann@acme.test", trust::access::Role::Agent, json!({"teams": [money]})).await;
        let ada = world.as_(&world.ada);
        ada.put(&format!("/api/v1/routing/teams/{}", text(&money)), json!({"strategy": "round_robin"})).expect(200).await;
        world.as_(&ann).put("/api/v1/members/me/availability", json!({"availability": "online"})).expect(200).await;
        let late = open(world, invoice()).await;
        let moved = open(world, invoice()).await;
        let taken = open(world, invoice()).await;
        let mut named = invoice();
        named["team_id"] = desk.clone();
        let named = open(world, named).await;
        assert_eq!((&late["team_id"], &late["assignee_id"]), (&desk, &json!(null)));
        let [_, invoices] = taught(world).await;
        let condition = format!("ticket.category == \"{}\"", text(&invoices));
        let rule = rule(world, json!({"name": "Invoices", "condition": condition, "team_id": money})).await;
        let other = team(world, "Others").await;
        change(world, Method::PUT, &moved, "/assignment", json!({"team_id": other})).await;
        change(world, Method::PUT, &taken, "/assignment", json!({"assignee_id": world.ben.member})).await;
        for ticket in [&late, &moved, &taken, &named] {
            look_again(world, ticket).await;
        }
        let now = read(world, &late).await;
        assert_eq!((&now["team_id"], &now["assignee_id"]), (&money, &json!(ann.member)));
        let why = ada.get(&at(&late, "/routing")).expect(200).await["decision"].clone();
        assert_eq!((text(&why["cause"]), &why["rule_id"]), ("triage", &rule["id"]));
        for (ticket, stays) in [(&moved, &other), (&taken, &desk), (&named, &desk)] {
            let now = read(world, ticket).await;
            assert_eq!((&now["category_id"], &now["team_id"]), (&invoices, stays));
        }
        // Looked at once more, it stays where it is.
        let version = now["version"].as_i64().unwrap();
        look_again(world, &late).await;
        let now = read(world, &late).await;
        assert_eq!((&now["team_id"], now["version"].as_i64().unwrap()), (&money, version + 1), "only the look is told");
        equals_a_recount(world).await;
    }

    async fn open_incidents_of_its_category_or_a_tag_are_offered_first(world) {
        let ada = world.as_(&world.ada);
        let category = ada.post("/api/v1/categories", json!({"name": "Outages"})).expect(201).await["id"].clone();
        let incident = async |subject: &str, more: Value| {
            let mut new = of("ops@acme.test", subject, "The site is down for everybody.");
            new["type"] = json!("incident");
            new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            open(world, new).await
        };
        let same = incident("Site down", json!({"category_id": category})).await;
        let tagged = incident("Mail is slow", json!({"tags": ["mail"]})).await;
        incident("Printer on fire", json!({})).await;
        let solved = incident("Site was down", json!({"category_id": category})).await;
        set_status(world, &solved, "resolved").await;
        let mut new = of("lia@shop.test", "Please cancel", "Please cancel our subscription, outages every day");
        new["tags"] = json!(["mail"]);
        let ticket = open(world, new).await;
        let near = ada.get(&at(&ticket, "/triage")).expect(200).await["near"].clone();
        let ids: Vec<&Value> = near.as_array().unwrap().iter().map(|one| &one["ticket_id"]).collect();
        assert_eq!(ids, [&tagged["id"], &same["id"]], "{near}");
        assert!(near.as_array().unwrap().iter().all(|one| one["is_open_incident"] == true && one["cosine"] == 0.0));
        let own = ada.get(&at(&ticket, "")).expect(200).await;
        assert_eq!(own["category_id"], json!(null), "a proposal is enough to be told");
    }

    async fn who_gave_examples_is_taught_by_night_without_having_set_anything(world) {
        told_apart(world).await;
        assert_eq!(models(world).await.len(), 0);
        days_pass(world, 1).await;
        assert_eq!(models(world).await.len(), 1);
    }

    async fn what_a_ticket_says_is_kept_for_the_week_in_which_it_is_compared(world) {
        let (acme, now) = (world.acme, world.house().env.now());
        let kept = world.house().db.write(acme.uuid(), move |tx| {
            for (number, days) in [(1_u128, -20), (2, 0), (3, 8)] {
                tx.exec(
                    "INSERT INTO ticket_meaning (workspace_id, ticket_id, customer_id, opened_at, vector) \
                     VALUES ($1, $2, $1, $3, $4)",
                    &[&acme, &uuid::Uuid::from_u128(number), &now.plus_days(days), &vec![1_u8; 388]],
                )?;
            }
            Ok(())
        });
        kept.await.unwrap();
        days_pass(world, 9).await;
        assert_eq!(rows(world, "ticket_meaning").await, 1);
    }

    async fn what_triage_keeps_of_a_person_goes_with_their_erasure(world) {
        let ticket = open(world, of("lia@shop.test", "Enough", "Please cancel our subscription.")).await;
        assert_eq!(rows(world, "ticket_triage").await, 1);
        let customer = text(&ticket["customer"]["id"]);
        let path = format!("/api/v1/customers/{customer}");
        let ada = world.as_(&world.ada);
        let exported = ada.get(&format!("{path}/export")).expect(200).await.to_string();
        assert!(exported.contains("cancel … subscription"), "{exported}");
        ada.call(Method::POST, &format!("{path}/erasure")).expect(201).await;
        world.opened.worker.run_due().await.unwrap();
        assert_eq!(rows(world, "ticket_triage").await, 0);
    }
}
