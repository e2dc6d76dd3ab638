//! The admin socket: commands that write go through a running server, or do it themselves when none runs.
//! Rule: whoever may open the socket's file is the house; a question and its answer are one line of JSON each.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as BlockingStream;
use std::path::Path;
use std::sync::Arc;

use base::{Code, Env, Error, Kind, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader as AsyncBufReader};
use tokio::net::{UnixListener, UnixStream};
use trust::House;

use crate::boot::Opened;
use crate::lock::{DataLock, IN_USE};
use crate::settings::Place;
use crate::verbs::Ask;

static NO_SOCKET: Code = Code::new(
    Kind::Unavailable,
    "admin_socket",
    "The running server's admin socket cannot be used.",
    "Run the command as the server's user, with the server's --data.",
);
static REFUSED: Code =
    Code::new(Kind::Unprocessable, "command_refused", "The server refused the command.", "The message says why.");

/// What the socket answers.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Done(Value),
    Refused { message: String, cause: Option<String> },
}

/// Does what is asked: alone when no server runs, else through its socket.
pub fn ask(place: &Place, env: &Env, ask: &Ask) -> Result<Value> {
    match DataLock::take(&place.data) {
        Ok(_lock) => {
            let opened = Opened::open(place, env.clone())?;
            crate::archive::refuse_half(&opened.house)?;
            let mut done = ask.perform(&opened.house);
            // A server hears of it itself; here nobody else is there.
            if matches!(ask, Ask::Erase { .. }) && done.is_ok() {
                let swept = crate::erasures::sweep_blobs(&opened.house, &place.data);
                done = swept.and_then(|()| crate::finder::forget_words(place, &opened)).and(done);
            }
            opened.close();
            done
        }
        Err(refused) if refused.code() == &IN_USE => ask_server(&place.admin_socket(), ask),
        Err(error) => Err(error),
    }
}

fn ask_server(socket: &Path, ask: &Ask) -> Result<Value> {
    let mut stream = BlockingStream::connect(socket).map_err(no_socket)?;
    let mut line = serde_json::to_string(ask).map_err(no_socket)?;
    line.push('\n');
    stream.write_all(line.as_bytes()).map_err(no_socket)?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).map_err(no_socket)?;
    match serde_json::from_str(&answer).map_err(no_socket)? {
        Answer::Done(value) => Ok(value),
        Answer::Refused { message, cause } => {
            let error = REFUSED.because(message);
            Err(match cause {
                Some(cause) => error.caused_by(cause),
                None => error,
            })
        }
    }
}

fn no_socket(error: impl std::fmt::Display) -> Error {
    NO_SOCKET.error().caused_by(error)
}

/// Opens the socket; its file appears only once nobody else may use it.
pub fn open(socket: &Path) -> Result<UnixListener> {
    let raw = socket.with_extension("new");
    for stale in [socket, &raw] {
        if let Err(error) = std::fs::remove_file(stale)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(no_socket(error));
        }
    }
    let listener = UnixListener::bind(&raw).map_err(no_socket)?;
    let owner_only = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&raw, owner_only).and_then(|()| std::fs::rename(&raw, socket)).map_err(no_socket)?;
    Ok(listener)
}

/// Answers until the task is dropped.
pub async fn serve(listener: UnixListener, house: Arc<House>) {
    while let Ok((stream, _)) = listener.accept().await {
        let house = house.clone();
        tokio::spawn(async move {
            if let Err(error) = answer(stream, house).await {
                tracing::warn!(%error, "a command went away before its answer");
            }
        });
    }
}

async fn answer(stream: UnixStream, house: Arc<House>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    AsyncBufReader::new(reader).read_line(&mut line).await?;
    let performed = tokio::task::spawn_blocking(move || {
        let ask: Ask = serde_json::from_str(&line).map_err(no_socket)?;
        ask.perform(&house)
    });
    let answer = match performed.await {
        Ok(Ok(value)) => Answer::Done(value),
        Ok(Err(error)) => Answer::Refused { message: error.to_string(), cause: error.cause().map(str::to_owned) },
        Err(error) => Answer::Refused {
            message: "The command ended without an answer.".to_owned(),
            cause: Some(error.to_string()),
        },
    };
    let mut text = json!(answer).to_string();
    text.push('\n');
    writer.write_all(text.as_bytes()).await
}
