//! The OpenAPI 3.1 document, drawn from the same operations that are served.

use std::collections::{BTreeSet, HashMap};

use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, PathItem,
    PathsBuilder, Ref, Required, ResponseBuilder,
};

use crate::answers;
use crate::op::{Access, Content, Method, Op};

const ABOUT: &str = "Ids are strings with a prefix. Times are RFC 3339 in UTC with microseconds. Lists are pages: \
    `items`, and `next` as an opaque cursor. Errors are RFC 9457 problem documents with a stable `code`. \
    Tolerate unknown fields and unknown enum values in answers: releases add them without a new version.";

/// Names that mean different shapes in different operations; the document could hold only one of them.
pub fn clashes(ops: &[Op]) -> Vec<String> {
    let mut known: HashMap<String, String> = HashMap::new();
    let mut clashing = Vec::new();
    for content in ops.iter().flat_map(|op| [&op.takes, &op.gives.1]).flatten() {
        let Content::Json(named) = content else { continue };
        let (name, schema, others) = named.as_ref();
        for (name, schema) in others.iter().chain(std::iter::once(&(name.clone(), schema.clone()))) {
            let shape = serde_json::to_string(schema).unwrap_or_default();
            if known.entry(name.clone()).or_insert_with(|| shape.clone()) != &shape {
                clashing.push(name.clone());
            }
        }
    }
    clashing.sort_unstable();
    clashing.dedup();
    clashing
}

/// The document of these operations.
pub fn document(ops: &[Op], version: &str) -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut components = ComponentsBuilder::new().schema("Problem", problem());
    for op in ops {
        for content in [&op.takes, &op.gives.1].into_iter().flatten() {
            if let Content::Json(named) = content {
                let (name, schema, others) = named.as_ref();
                components = components.schema(name, schema.clone()).schemas_from_iter(others.clone());
            }
        }
        paths = paths.path(op.meta.path, PathItem::new(method(op.meta.method), operation(op)));
    }
    for (name, scheme) in schemes() {
        components = components.security_scheme(name, scheme);
    }
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    let info = InfoBuilder::new().title("Mainstay").version(version).description(Some(ABOUT)).license(Some(license));
    let mut components = components.build();
    answers::complete(&mut components, taken(ops));
    OpenApiBuilder::new().info(info.build()).paths(paths.build()).components(Some(components)).build()
}

/// The names of what requests take.
fn taken(ops: &[Op]) -> BTreeSet<String> {
    let named = ops.iter().filter_map(|op| match &op.takes {
        Some(Content::Json(named)) => Some(named.0.to_string()),
        _ => None,
    });
    named.collect()
}

fn operation(op: &Op) -> OperationBuilder {
    let meta = op.meta;
    let mut built = OperationBuilder::new()
        .operation_id(Some(meta.id))
        .summary(Some(op.summary))
        .tag(tag(meta.path))
        .securities(Some(securities(meta.access)));
    for name in path_parameters(meta.path) {
        built = built.parameter(parameter(name, ParameterIn::Path, true, "The id."));
    }
    for parameter in &op.params {
        built = built.parameter(parameter.clone());
    }
    for (name, about) in &op.headers {
        built = built.parameter(parameter(name, ParameterIn::Header, false, about));
    }
    if op.needs_version {
        built = built.parameter(parameter("If-Match", ParameterIn::Header, true, "The `ETag` of your last read."));
    }
    if op.is_idempotent {
        let about = "Makes a repeated request answer as the first did, for 24 hours.";
        built = built.parameter(parameter("Idempotency-Key", ParameterIn::Header, false, about));
    }
    if let Some(content) = &op.takes {
        let body = with_content(content);
        let body = RequestBodyBuilder::new().content(body.0, body.1).required(Some(Required::True));
        built = built.request_body(Some(body.build()));
    }
    let (status, content) = &op.gives;
    let mut reply = ResponseBuilder::new().description("Done.");
    if let Some(content) = content {
        let (content_type, content) = with_content(content);
        reply = reply.content(content_type, content);
    }
    built = built.response(status.to_string(), reply.build());
    if op.may_give_nothing {
        built = built.response("204", ResponseBuilder::new().description("There is nothing.").build());
    }
    for (status, about) in refusals(op) {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let refusal = ResponseBuilder::new().description(about).content("application/problem+json", content);
        built = built.response(status.to_string(), refusal.build());
    }
    built
}

fn refusals(op: &Op) -> Vec<(u16, &'static str)> {
    let mut all = vec![
        (400, "The request cannot be read."),
        (404, "Not there, or outside your reach."),
        (408, "The request took too long to arrive."),
        (422, "A field or parameter is wrong."),
        (429, "Too many requests; see `Retry-After`."),
        (503, "Storage is not available; nothing was written."),
    ];
    if op.meta.access != Access::Public || op.meta.id == "signIn" {
        all.push((401, "Nobody is signed in."));
        all.push((403, "Not allowed."));
    }
    if op.takes.is_some() {
        all.push((413, "The body is too large."));
        all.push((415, "The content type is not taken."));
    }
    if op.meta.method.is_write() {
        all.push((409, "It collides with what is there."));
    }
    if op.needs_version || op.may_be_stale {
        all.push((412, "Changed since you read it."));
    }
    if op.needs_version {
        all.push((428, "`If-Match` is missing."));
    }
    if op.meta.path.contains("/events") {
        all.push((410, "The cursor is older than what is kept."));
    }
    all
}

fn with_content(content: &Content) -> (&str, utoipa::openapi::Content) {
    match content {
        Content::Json(named) => {
            ("application/json", ContentBuilder::new().schema(Some(Ref::from_schema_name(&named.0))).build())
        }
        Content::Plain(content_type) => {
            let schema = ObjectBuilder::new().schema_type(Type::String).build();
            (content_type, ContentBuilder::new().schema(Some(schema)).build())
        }
    }
}

fn parameter(name: &str, place: ParameterIn, required: bool, about: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(if required { Required::True } else { Required::False })
        .description(Some(about))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).max_length(Some(200))))
}

fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn tag(path: &str) -> &str {
    let mut parts = path.trim_start_matches("/api/v1/").trim_start_matches('/').split('/');
    parts.next().unwrap_or_default()
}

fn method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Put => HttpMethod::Put,
        Method::Patch => HttpMethod::Patch,
        Method::Delete => HttpMethod::Delete,
    }
}

fn securities(access: Access) -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    let one = |name: &str| SecurityRequirement::new(name, none);
    match access {
        Access::Public => Vec::new(),
        Access::Member(_) => vec![one("token"), one("session")],
        Access::Widget => vec![one("widget")],
        Access::Customer => vec![one("widget").add("identity", none)],
    }
}

fn schemes() -> [(&'static str, SecurityScheme); 4] {
    let bearer = |about: &str| {
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(about)).build())
    };
    [
        ("token", bearer("An API token, `ms_…`.")),
        ("identity", bearer("A token the host app signs, or `Visitor dv_…` of a device.")),
        ("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-mainstay")))),
        ("widget", SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-Widget-Key")))),
    ]
}

fn problem() -> utoipa::openapi::schema::Schema {
    let text = |about: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(about));
    let field = ObjectBuilder::new()
        .property("pointer", text("JSON pointer to the field."))
        .property("code", text("A stable code."))
        .property("message", text("What is wrong."));
    ObjectBuilder::new()
        .description(Some("An RFC 9457 problem document."))
        .property("type", text("A URN of the code."))
        .property("title", text("What kind of problem it is."))
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .property("code", text("The stable code to switch on."))
        .property("detail", text("What happened."))
        .property("help", text("What to do next."))
        .property("reference", text("Find this request in the logs by it."))
        .property("errors", utoipa::openapi::schema::ArrayBuilder::new().items(field))
        .required("type")
        .required("title")
        .required("status")
        .required("code")
        .required("detail")
        .required("help")
        .required("reference")
        .into()
}
