//! Plans: every list of articles is read in the order of its index on both engines, at a size where a scan would cost.

use std::sync::Arc;

use base::{CellNumber, Cursor, Env, Id, TestClock, TestEntropy, Time};
use db::{Query, Tx};
use knowledge::articles::{ArticleStatus, Audience, Filter, Locale, Sight, list_query, shelf_query, version_query};
use knowledge::feedback::review_query;
use knowledge::gaps::{AskedBy, rank_query};
use knowledge::nouns::ArticleId;
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::access::Via;
use trust::nouns::{MemberId, WorkspaceId};
use uuid::Uuid;

use crate::harness::{Engine, World, both_engines};

const ARTICLES: u64 = 6_000;

fn id<N>(number: u64) -> Id<N> {
    Id::from_uuid(Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 | u128::from(number)))
}

/// Articles of 30 categories and 40 owners, most of them published and open to anybody; reviews and gaps for some.
fn insert(tx: &mut Tx<'_>, workspace: WorkspaceId, from: u64, to: u64) -> base::Result<()> {
    let clock = TestClock::at(Time::from_micros(1_772_442_000_000_000 + i64::try_from(from).unwrap_or(0) * 1000));
    let env = Env::new(Arc::new(clock), Arc::new(TestEntropy::seeded(from)));
    for number in from..to {
        let article: ArticleId = Id::new(&env, CellNumber::new(0));
        let status = if number % 10 == 0 { "draft" } else { "published" };
        let (audience, open_to) = if number % 4 == 0 { ("internal", "staff") } else { ("both", "public") };
        let (category, owner): (CategoryId, MemberId) = (id(number % 30), id(number % 40));
        let now = env.now();
        tx.exec(
            "INSERT INTO article (workspace_id, id, status, audience, visibility, open_to, source_locale, category_id, owner_id, \
             published_at, views, created_at, updated_at, version) \
             VALUES ($1, $2, $3, $4, 'public', $5, 'en', $6, $7, $8, $9, $8, $8, 1)",
            &[&workspace, &article, &status, &audience, &open_to, &category, &owner, &now, &i64::try_from(number).unwrap_or(0)],
        )?;
        tx.exec(
            "INSERT INTO article_text (workspace_id, article_id, locale, slug, title, excerpt, head, updated_at) \
             VALUES ($1, $2, $3, $4, 'T', 'e', 1, $5)",
            &[&workspace, &article, &if number % 3 == 0 { "de" } else { "en" }, &format!("t-{number}"), &now],
        )?;
        tx.exec(
            "INSERT INTO article_review (workspace_id, id, article_id, reason, helpful, unhelpful, owner_id, opened_at, closed_at) \
             VALUES ($1, $2, $2, 'votes', 1, 2, $3, $4, $5)",
            &[&workspace, &article, &owner, &now, &(number % 5 != 0).then_some(now)],
        )?;
        let number = i64::try_from(number).unwrap_or(0);
        tx.exec(
            "INSERT INTO article_version (workspace_id, article_id, locale, number, title, excerpt, body, html, sanitiser, author_kind, \
             helpful, unhelpful, created_at) VALUES ($1, $2, 'en', $3, 'T', 'e', 'b', 'h', 1, 'house', 0, 0, $4)",
            &[&workspace, &id::<knowledge::nouns::Article>(7 + u64::from(number % 3 == 0)), &number, &now],
        )?;
        tx.exec(
            "INSERT INTO search_gap (workspace_id, id, phrase_key, text, locale, queries, without_results, without_click, tickets, \
             score, last_at) VALUES ($1, $2, $3, 'words', 'en', 1, 0, 0, 0, $4, $5)",
            &[&workspace, &article, &article.uuid().as_bytes().to_vec(), &(number % 97), &now],
        )?;
    }
    Ok(())
}

async fn plan(world: &World, query: Query) -> String {
    let read = world.house().db.read(world.acme.uuid(), move |tx| tx.explain(&query));
    read.await.unwrap()
}

both_engines! {
    async fn every_list_of_knowledge_is_read_by_its_index(world) {
        let acme = world.acme;
        for from in (1..=ARTICLES).step_by(1_000) {
            world.house().db.write(acme.uuid(), move |tx| insert(tx, acme, from, from + 1_000)).await.unwrap();
        }
        if world.engine == Engine::Postgres {
            let url = world.database().url();
            let looked = tokio::task::spawn_blocking(move || {
                postgres::Client::connect(&url, postgres::NoTls).unwrap().batch_execute("ANALYZE").unwrap();
            });
            looked.await.unwrap();
        }
        let cx = Cx::of_house(world.house(), acme, Via::Job);
        let (category, owner, article): (CategoryId, MemberId, ArticleId) = (id(7), id(7), id(7));
        let later = Cursor { key: 1_772_442_003_000_000, id: id::<trust::nouns::Ticket>(5).uuid() };
        let en = Locale::new("en").unwrap();
        for after in [None, Some(later)] {
            let list = |filter: &Filter| list_query(&cx, filter, after, 50);
            let all = Filter::default();
            let queries = [
                ("all", list(&all), "article_all"),
                ("status", list(&Filter { status: Some(ArticleStatus::Draft), ..all.clone() }), "article_status"),
                ("audience", list(&Filter { audience: Some(Audience::Internal), ..all.clone() }), "article_audience"),
                ("category", list(&Filter { category: Some(category), ..all.clone() }), "article_category"),
                ("locale", list(&Filter { locale: Some(en.clone()), ..all.clone() }), "article_text_locale"),
                ("owner", list(&Filter { owner: Some(owner), ..all.clone() }), "article_owner"),
                ("shelf", shelf_query(&cx, Sight::Public, Some(category), after, 50), "article_shelf"),
                ("loose", shelf_query(&cx, Sight::Public, None, after, 50), "article_"),
                ("versions", version_query(&cx, article, &en, after.map(|after| after.key), 50), "article_version"),
                ("reviews", review_query(&cx, None, after, 50), "article_review_queue"),
                ("gaps", rank_query(&cx, AskedBy::Customers, after, 50), "search_gap_rank"),
                ("agents' gaps", rank_query(&cx, AskedBy::Agents, after, 50), "search_gap_agents"),
            ];
            for (name, query, index) in queries {
                let plan = plan(world, query).await;
                let is_read = plan.contains(index);
                assert!(is_read && !plan.contains("TEMP B-TREE") && !plan.contains("Sort") && !plan.contains("Seq Scan"), "{name}: {plan}");
            }
        }
    }
}
