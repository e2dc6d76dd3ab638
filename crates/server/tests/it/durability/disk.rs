//! A disk that can lose its power: what was written since the last sync of a file is only promised.
//! Rule: after the cut nothing more arrives, and every unsynced change may be there, gone, or torn at a sector.

use std::collections::BTreeMap;
use std::path::Path;

use libsqlite3_sys as ffi;
use parking_lot::Mutex;

/// Bytes that a disk writes whole or not at all.
const SECTOR: usize = 512;

/// One change of a file.
enum Change {
    Create,
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
    Remove,
}

/// A file: what is on the disk for sure (`None`: no such file), and what was promised after it.
#[derive(Default)]
struct Content {
    synced: Option<Vec<u8>>,
    promised: Vec<Change>,
}

/// What a failing disk answers, and from which write on.
#[derive(Clone, Copy, Default)]
struct Failing {
    write: Option<i32>,
    sync: Option<i32>,
    writes_until_then: u64,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, Content>,
    failing: Failing,
    changes_until_cut: Option<u64>,
    is_off: bool,
    forgets_syncs: bool,
}

/// What is left of the promised changes after a cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// None of them.
    Nothing,
    /// The first ones, by chance.
    Prefix,
    /// Any of them, sector by sector, by chance.
    Torn,
}

/// The files of one story.
#[derive(Default)]
pub struct Disk {
    state: Mutex<State>,
}

/// SQLite's answer, when it is not OK.
type Refusal = Result<(), i32>;

impl Disk {
    /// Cuts the power at the change or sync with this number from now.
    pub fn cut_power_after(&self, changes: u64) {
        self.state.lock().changes_until_cut = Some(changes);
    }

    /// Cuts the power now.
    pub fn cut_power(&self) {
        self.state.lock().is_off = true;
    }

    /// Whether the power is off.
    pub fn is_off(&self) -> bool {
        self.state.lock().is_off
    }

    /// From now on answers syncs without doing them.
    pub fn forget_syncs(&self) {
        self.state.lock().forgets_syncs = true;
    }

    /// Answers writes with an error, after so many that succeed.
    pub fn refuse_writes(&self, code: i32, after: u64) {
        self.state.lock().failing = Failing { write: Some(code), sync: None, writes_until_then: after };
    }

    /// Answers syncs with an error.
    pub fn refuse_syncs(&self, code: i32) {
        self.state.lock().failing = Failing { write: None, sync: Some(code), writes_until_then: 0 };
    }

    /// Takes writes and syncs again.
    pub fn mend(&self) {
        self.state.lock().failing = Failing::default();
    }

    /// Whether a read may be answered.
    pub(super) fn read(&self) -> Refusal {
        if self.is_off() { Err(ffi::SQLITE_IOERR_READ) } else { Ok(()) }
    }

    pub(super) fn create(&self, path: &str) -> Refusal {
        let mut state = self.state.lock();
        state.spend(ffi::SQLITE_CANTOPEN)?;
        let file = state.files.entry(path.to_owned()).or_default();
        file.promised.push(Change::Create);
        Ok(())
    }

    pub(super) fn write(&self, path: &str, at: usize, bytes: &[u8]) -> Refusal {
        let mut state = self.state.lock();
        state.spend(ffi::SQLITE_IOERR_WRITE)?;
        state.fail_a_write()?;
        state.promise(path, Change::Write { at, bytes: bytes.to_vec() });
        Ok(())
    }

    pub(super) fn truncate(&self, path: &str, length: usize) -> Refusal {
        let mut state = self.state.lock();
        state.spend(ffi::SQLITE_IOERR_TRUNCATE)?;
        state.promise(path, Change::Truncate(length));
        Ok(())
    }

    pub(super) fn remove(&self, path: &str, is_synced: bool) -> Refusal {
        let mut state = self.state.lock();
        state.spend(ffi::SQLITE_IOERR_DELETE)?;
        state.promise(path, Change::Remove);
        if is_synced && !state.forgets_syncs {
            state.settle(path);
        }
        Ok(())
    }

    pub(super) fn sync(&self, path: &str) -> Refusal {
        let mut state = self.state.lock();
        state.spend(ffi::SQLITE_IOERR_FSYNC)?;
        if let Some(code) = state.failing.sync {
            return Err(code);
        }
        if !state.forgets_syncs {
            state.settle(path);
        }
        Ok(())
    }

    /// Writes what the cut left of the files into another folder.
    pub fn restore_into(&self, folder: &Path, left: Left, seed: u64) {
        let mut state = self.state.lock();
        assert!(state.is_off, "the power is on");
        let mut dice = Dice(seed);
        for (path, file) in &mut state.files {
            let changes = std::mem::take(&mut file.promised);
            file.survive(changes, left, &mut dice);
            if let Some(bytes) = &file.synced {
                std::fs::write(folder.join(Path::new(path).file_name().unwrap()), bytes).unwrap();
            }
        }
    }
}

impl State {
    /// One more change; refused when the power is off, or goes off with it.
    fn spend(&mut self, refusal: i32) -> Refusal {
        if let Some(left) = &mut self.changes_until_cut {
            self.is_off |= *left == 0;
            *left = left.saturating_sub(1);
        }
        if self.is_off { Err(refusal) } else { Ok(()) }
    }

    fn fail_a_write(&mut self) -> Refusal {
        let Some(code) = self.failing.write else { return Ok(()) };
        if self.failing.writes_until_then == 0 {
            return Err(code);
        }
        self.failing.writes_until_then -= 1;
        Ok(())
    }

    fn promise(&mut self, path: &str, change: Change) {
        self.files.entry(path.to_owned()).or_default().promised.push(change);
    }

    fn settle(&mut self, path: &str) {
        let file = self.files.entry(path.to_owned()).or_default();
        let is_new_log = file.synced.is_none() && (path.ends_with("-wal") || path.ends_with("-journal"));
        file.settle(usize::MAX);
        if is_new_log {
            self.settle_folder();
        }
    }

    /// What was removed stays removed: SQLite syncs the folder with the first sync of a log that it made.
    fn settle_folder(&mut self) {
        for file in self.files.values_mut() {
            let removed = file.promised.iter().rposition(|change| matches!(change, Change::Remove));
            file.settle(removed.map_or(0, |last| last + 1));
        }
    }
}

impl Content {
    /// Puts the first promised changes on the disk for sure.
    fn settle(&mut self, changes: usize) {
        let rest = self.promised.split_off(changes.min(self.promised.len()));
        for change in std::mem::replace(&mut self.promised, rest) {
            self.apply(change);
        }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Create => drop(self.synced.get_or_insert_default()),
            Change::Write { at, bytes } => self.put(at, &bytes),
            Change::Truncate(length) => self.synced.get_or_insert_default().truncate(length),
            Change::Remove => self.synced = None,
        }
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        let content = self.synced.get_or_insert_default();
        let end = at + bytes.len();
        if content.len() < end {
            content.resize(end, 0);
        }
        content[at..end].copy_from_slice(bytes);
    }

    fn survive(&mut self, changes: Vec<Change>, left: Left, dice: &mut Dice) {
        let kept = match left {
            Left::Nothing => 0,
            Left::Prefix => dice.below(changes.len() + 1),
            Left::Torn => changes.len(),
        };
        for change in changes.into_iter().take(kept) {
            match change {
                Change::Write { at, bytes } if left == Left::Torn => self.tear(at, &bytes, dice),
                change if left == Left::Prefix || dice.below(2) == 0 => self.apply(change),
                _ => {}
            }
        }
    }

    /// Puts the sectors of a write that reached the disk.
    fn tear(&mut self, at: usize, bytes: &[u8], dice: &mut Dice) {
        let mut from = 0;
        while from < bytes.len() {
            let until = bytes.len().min(from + SECTOR - (at + from) % SECTOR);
            if dice.below(2) == 0 {
                self.put(at + from, &bytes[from..until]);
            }
            from = until;
        }
    }
}

/// SplitMix64: chance that a seed repeats.
pub struct Dice(pub u64);

impl Dice {
    /// A number from 0 to below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}
