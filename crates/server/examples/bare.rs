//! The yardstick of `cargo xtask bench intake`: a bare handler that does one durable insert through the same grouped
//! writer as the product. It has no authentication, no checks, no events; nothing but this belongs here.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use base::Env;
use clap::Parser;
use db::{Db, Migration, Migrations, Options, Tenant};
use serde_json::{Value, json};

const TABLE: Migration = Migration {
    domain: "bare",
    number: 1,
    sql: "CREATE TABLE bare (workspace_id UUID NOT NULL, id BYTEA NOT NULL, body TEXT NOT NULL, PRIMARY KEY (workspace_id, id))",
};

/// The same places as `mainstay serve`.
#[derive(Parser)]
struct Line {
    #[arg(long)]
    listen: SocketAddr,
    #[arg(long)]
    data: PathBuf,
    #[arg(long)]
    database: Option<String>,
}

#[derive(Clone)]
struct Yard {
    db: Db,
    env: Env,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let line = Line::parse();
    std::fs::create_dir_all(&line.data)?;
    let options = line.database.map_or_else(|| Options::embedded(&line.data), Options::server);
    let db = Db::open(&options).map_err(|error| format!("{error:?}"))?;
    db.migrate(&Migrations::new(vec![TABLE])).map_err(|error| format!("{error:?}"))?;
    let app = Router::new().route("/insert", post(insert)).with_state(Yard { db, env: Env::system() });
    let listener = tokio::net::TcpListener::bind(line.listen).await?;
    Ok(axum::serve(listener, app).await?)
}

async fn insert(State(yard): State<Yard>, Json(body): Json<Value>) -> Result<(StatusCode, Json<Value>), StatusCode> {
    let id: [u8; 16] = yard.env.random();
    let text = body.to_string();
    let work = move |tx: &mut db::Tx<'_>| {
        let sql = "INSERT INTO bare (workspace_id, id, body) VALUES ($1, $2, $3)";
        tx.exec(sql, &[&Tenant::nil(), &id.as_slice(), &text])
    };
    match yard.db.write(Tenant::nil(), work).await {
        Ok(_) => Ok((StatusCode::CREATED, Json(json!({"id": u128::from_be_bytes(id).to_string()})))),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}
