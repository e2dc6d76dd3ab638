//! The signed head, kept in a file outside the database, so that rewriting and truncating the log show.

use std::io::Write;
use std::path::{Path, PathBuf};

use base::{Code, Error, Kind, Result, Time};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::cutting::Cut;
use crate::nouns::WorkspaceId;

pub(super) static HEAD_FILE: Code = Code::new(
    Kind::Unavailable,
    "head_file",
    "The file of signed log heads cannot be used.",
    "See that the data folder is writable and its key file is the one the log was signed with.",
);

/// The file of signed heads and the key that signs them.
pub struct HeadFile {
    path: PathBuf,
    key: SigningKey,
    written: Mutex<Vec<(WorkspaceId, i64)>>,
}

/// One signed head.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignedHead {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The cell.
    pub cell: i64,
    /// The number of the last event.
    pub seq: i64,
    /// Its hash, base 64.
    pub hash: String,
    /// When it was signed.
    pub at: Time,
    /// Ed25519 over the fields before, base 64.
    pub signature: String,
}

impl SignedHead {
    fn message(&self) -> String {
        format!("{}\n{}\n{}\n{}\n{}", self.workspace, self.cell, self.seq, self.hash, self.at)
    }
}

impl HeadFile {
    /// Opens the file in a data folder with the key of 32 bytes.
    pub fn open(folder: &Path, key: &[u8; 32]) -> HeadFile {
        HeadFile { path: folder.join("log-heads.jsonl"), key: SigningKey::from_bytes(key), written: Mutex::default() }
    }

    /// Signs and appends a head, unless it is the one that was written last.
    pub fn append(&self, workspace: WorkspaceId, cell: i64, seq: i64, hash: &[u8], at: Time) -> Result<()> {
        let mut written = self.written.lock();
        if written.contains(&(workspace, seq)) {
            return Ok(());
        }
        let mut head = SignedHead { workspace, cell, seq, hash: STANDARD.encode(hash), at, signature: String::new() };
        head.signature = STANDARD.encode(self.key.sign(head.message().as_bytes()).to_bytes());
        let mut line = serde_json::to_string(&head).map_err(failed)?;
        line.push('\n');
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&self.path).map_err(failed)?;
        file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).map_err(failed)?;
        written.retain(|(known, _)| *known != workspace);
        written.push((workspace, seq));
        Ok(())
    }

    /// Every head of a workspace whose signature holds, and how many do not.
    pub fn read(&self, workspace: WorkspaceId) -> Result<(Vec<SignedHead>, usize)> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        let heads = text.lines().map(|line| serde_json::from_str::<SignedHead>(line).ok());
        let (mut good, mut bad) = (Vec::new(), 0);
        for head in heads {
            match head {
                Some(head) if self.holds(&head) => good.extend((head.workspace == workspace).then_some(head)),
                _ => bad += 1,
            }
        }
        Ok((good, bad))
    }

    /// The house's word that retention took a log up to an event with this hash.
    pub(super) fn sign_cut(&self, workspace: WorkspaceId, cell: i64, seq: i64, hash: &[u8; 32], at: Time) -> Vec<u8> {
        self.key.sign(cut_message(workspace, cell, seq, hash, at).as_bytes()).to_bytes().to_vec()
    }

    /// Whether it was this house that took a log up to there.
    pub fn holds_cut(&self, workspace: WorkspaceId, cell: i64, cut: &Cut) -> bool {
        let message = cut_message(workspace, cell, cut.seq, &cut.hash, cut.at);
        let signature = Signature::from_slice(&cut.signature);
        signature.is_ok_and(|signature| self.key.verifying_key().verify(message.as_bytes(), &signature).is_ok())
    }

    fn holds(&self, head: &SignedHead) -> bool {
        let signature = STANDARD.decode(&head.signature).ok().and_then(|bytes| Signature::from_slice(&bytes).ok());
        signature
            .is_some_and(|signature| self.key.verifying_key().verify(head.message().as_bytes(), &signature).is_ok())
    }
}

/// What is signed where retention cut a log; it begins otherwise than a head, so that neither passes for the other.
fn cut_message(workspace: WorkspaceId, cell: i64, seq: i64, hash: &[u8; 32], at: Time) -> String {
    format!("cut\n{workspace}\n{cell}\n{seq}\n{}\n{at}", STANDARD.encode(hash))
}

fn failed(error: impl std::fmt::Display) -> Error {
    HEAD_FILE.error().caused_by(error)
}
