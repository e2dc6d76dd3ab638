//! The doors of triage: what was found out about a ticket, previews, examples, models, and settings.

use base::{Page, Result};
use db::Tx;
use taxonomy::nouns::{Category, CategoryId};
use trust::access::Right;
use trust::nouns::Ticket as TicketNoun;
use trust::{Cx, PageQuery};
use web::{Access, Created, IfMatch, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::deciding::{Asked, decide_for};
use super::preparing::{Prepared, in_peace};
use super::reading::{company_of, of_ticket};
use super::report::Report;
use super::room::Room;
use super::shapes::*;
use super::{TriageExample, TriageModel};
use super::{examples, jobs, learning, models, settings};
use crate::tickets::Priority;

const READ: Access = Access::Member("tickets:read");
const SEE: Access = Access::Member("settings:read");
const SET: Access = Access::Member("settings:write");
const SETTINGS: &str = "/api/v1/triage/settings";
const EXAMPLES: &str = "/api/v1/triage/examples";
const MODELS: &str = "/api/v1/triage/models";
/// Days the acceptance is counted over.
const ACCEPTANCE_DAYS: i64 = 30;
/// Articles of a preview.
const ARTICLES: usize = 3;

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/tickets/{id}/triage", "getTriage", READ, get)
            .about("What was found out about a ticket when it arrived, and why.")
            .gives::<TriageOut>(200),
        Op::new(Method::Post, "/api/v1/triage/preview", "previewTriage", READ, preview)
            .about("Looks at a text as if it arrived; nothing is kept.")
            .takes::<TriagePreviewIn>()
            .gives::<TriageOut>(200),
        Op::new(Method::Get, SETTINGS, "getTriageSettings", SEE, get_settings)
            .about("The settings of triage, and how often agents agree with it.")
            .gives::<TriageSettingsOut>(200),
        Op::new(Method::Put, SETTINGS, "setTriageSettings", SET, set_settings)
            .about("Sets all settings of triage.")
            .takes::<TriageSettingsIn>()
            .versioned()
            .gives::<TriageSettingsOut>(200),
        Op::new(Method::Put, "/api/v1/triage/answers/{id}", "setTriageAnswer", SET, set_answer)
            .about("Says which article answers a category, where automatic answers are on.")
            .takes::<TriageAnswerIn>(),
        Op::new(Method::Get, EXAMPLES, "listTriageExamples", SEE, list_examples)
            .about("The examples of categories, in the order they were given.")
            .query::<PageQuery>()
            .gives::<Page<TriageExampleOut>>(200),
        Op::new(Method::Post, EXAMPLES, "addTriageExample", SET, add_example)
            .about("Gives an example of a category.")
            .takes::<NewTriageExample>()
            .gives::<TriageExampleOut>(201),
        Op::new(Method::Delete, "/api/v1/triage/examples/{id}", "deleteTriageExample", SET, delete_example)
            .about("Takes an example away."),
        Op::new(Method::Get, MODELS, "listTriageModels", SEE, list_models)
            .about("The models with their figures, newest first.")
            .gives::<TriageModelList>(200),
        Op::new(Method::Post, MODELS, "trainTriage", SET, train)
            .about("Asks for a training; the list of models shows its result.")
            .gives::<TriageTraining>(201),
        Op::new(Method::Post, "/api/v1/triage/models/{id}/current", "useTriageModel", SET, use_model)
            .about("Puts a model back that was in use before.")
            .gives::<TriageModelOut>(200),
    ]
}

async fn get(cx: Cx, PathId(id): PathId<TicketNoun>) -> web::Result<Reply<TriageOut>> {
    Ok(Reply::new(cx.read(move |tx, cx| of_ticket(tx, cx, id)).await?))
}

async fn preview(
    cx: Cx,
    library: knowledge::Library,
    Json { value: asked, .. }: Json<TriagePreviewIn>,
) -> web::Result<Reply<TriageOut>> {
    let (subject, body, customer) = (String::from(asked.subject), String::from(asked.body), asked.customer);
    let prepared = in_peace(&cx, &subject, &body).await?;
    let wanted = knowledge::finding::Wanted {
        limit: ARTICLES,
        locale: prepared.language().and_then(|language| knowledge::articles::Locale::new(language).ok()),
        ..knowledge::finding::Wanted::new(knowledge::articles::Sight::of(&cx), format!("{subject}\n{body}"))
    };
    let found = knowledge::finding::find(&cx, &library, wanted).await?;
    let hint =
        |hit: knowledge::finding::Hit| ArticleHint { article_id: hit.live.id(), title: hit.live.title().to_owned() };
    let mut out = cx.read(move |tx, cx| previewed(tx, cx, customer, &prepared)).await?;
    out.articles = found.hits.into_iter().map(hint).collect();
    Ok(Reply::new(out))
}

fn previewed(
    tx: &mut Tx<'_>,
    cx: &Cx,
    customer: Option<trust::nouns::CustomerId>,
    prepared: &Prepared,
) -> Result<TriageOut> {
    let nobody = trust::nouns::CustomerId::from_uuid(uuid::Uuid::nil());
    let company = match customer {
        Some(customer) => company_of(tx, cx, customer)?,
        None => None,
    };
    let asked = Asked { category: None, priority: Priority::Normal, customer: customer.unwrap_or(nobody), company };
    let decided = decide_for(tx, cx, asked, prepared)?;
    let (priority, report, is_known, is_applied, model) = match decided {
        Some(decided) => {
            (decided.priority, decided.report, decided.is_known, decided.category.is_some(), decided.model)
        }
        None => (Priority::Normal, Report::empty(prepared.leaving.words.clone()), false, false, None),
    };
    let kept = Kept {
        triaged_at: None,
        model,
        is_known,
        is_applied,
        priority,
        language: prepared.language.clone(),
        corrected_category: None,
        corrected_priority: None,
        answered_at: None,
    };
    TriageOut::draw(tx, cx, kept, report, None)
}

async fn get_settings(cx: Cx) -> web::Result<Reply<TriageSettingsOut>> {
    let out = cx.read(settings_out).await?;
    let version = out.version;
    Ok(Reply::versioned(out, version))
}

fn settings_out(tx: &mut Tx<'_>, cx: &Cx) -> Result<TriageSettingsOut> {
    let known = settings::known(tx, cx)?;
    let since = cx.env().now().plus_days(-ACCEPTANCE_DAYS);
    let acceptance = learning::acceptance(tx, cx, since)?;
    Ok(TriageSettingsOut {
        is_on: known.settings.is_on,
        automatic_answers: known.settings.answers,
        apply_above: known.settings.apply_above,
        currency: known.settings.currency,
        rates: known.settings.rates,
        answers: known.answers.into_iter().map(|(category, article)| (category.to_string(), article)).collect(),
        acceptance: acceptance.into(),
        version: known.settings.version,
    })
}

async fn set_settings(
    cx: Cx,
    seen: IfMatch,
    Json { value: new, .. }: Json<TriageSettingsIn>,
) -> web::Result<Reply<TriageSettingsOut>> {
    let set = cx.write(move |tx, cx| {
        settings::set(tx, cx, seen, new.settings())?;
        settings_out(tx, cx)
    });
    let out = set.await?;
    forget(&cx);
    let version = out.version;
    Ok(Reply::versioned(out, version))
}

/// This process reads the settings again at once.
fn forget(cx: &Cx) {
    if let Some(room) = cx.house().rooms.find::<Room>() {
        room.forget(cx.workspace());
    }
}

async fn set_answer(
    cx: Cx,
    PathId(id): PathId<Category>,
    Json { value: new, .. }: Json<TriageAnswerIn>,
) -> web::Result<NoContent> {
    let category: CategoryId = id;
    cx.write(move |tx, cx| examples::set_answer(tx, cx, category, new.article_id)).await?;
    forget(&cx);
    Ok(NoContent)
}

async fn list_examples(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<TriageExampleOut>>> {
    let found = cx.read(move |tx, cx| examples::list(tx, cx, &page)).await?;
    Ok(Reply::new(found.map(TriageExampleOut::from)))
}

async fn add_example(
    cx: Cx,
    Json { value: new, .. }: Json<NewTriageExample>,
) -> web::Result<Created<TriageExampleOut>> {
    let added = cx.write(move |tx, cx| examples::add(tx, cx, new.category_id, &new.text)).await?;
    Ok(Created(Reply::new(added.into())))
}

async fn delete_example(cx: Cx, PathId(id): PathId<TriageExample>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| examples::delete(tx, cx, id)).await?;
    Ok(NoContent)
}

async fn list_models(cx: Cx) -> web::Result<Reply<TriageModelList>> {
    let found = cx.read(models::list).await?;
    Ok(Reply::new(TriageModelList { items: found.into_iter().map(TriageModelOut::from).collect(), next: None }))
}

async fn train(cx: Cx) -> web::Result<Created<TriageTraining>> {
    let examples = cx.write(|tx, cx| {
        cx.require(Right::SettingsWrite)?;
        jobs::train_later(tx, cx)?;
        examples::count(tx, cx)
    });
    Ok(Created(Reply::new(TriageTraining { examples: examples.await? })))
}

async fn use_model(cx: Cx, PathId(id): PathId<TriageModel>) -> web::Result<Reply<TriageModelOut>> {
    let model = cx.write(move |tx, cx| models::put_back(tx, cx, id)).await?;
    forget(&cx);
    Ok(Reply::new(model.into()))
}
