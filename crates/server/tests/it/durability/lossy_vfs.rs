//! A SQLite VFS that tells a `Disk` of every change and sync; the files themselves are the system's own.
//! Rule: the disk is asked first, and what it refuses does not reach the file.
#![expect(unsafe_code, reason = "SQLite calls a VFS through C function pointers")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::sync::Arc;

use libsqlite3_sys as ffi;

use super::disk::Disk;

/// An open file; the system's own follows it in memory.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    disk: *const Disk,
    /// The path, or null for files that SQLite forgets on closing.
    path: *mut String,
}

/// Registers a VFS over a disk under a name. Both stay until the process ends.
pub fn register(name: &str) -> Arc<Disk> {
    let disk = Arc::new(Disk::default());
    let name = CString::new(name).unwrap();
    // SAFETY: the system's VFS lives as long as the process, and so do the leaked copy, its name and its disk.
    unsafe {
        assert_eq!(ffi::sqlite3_initialize(), ffi::SQLITE_OK);
        let mut vfs = Box::new(*system());
        vfs.szOsFile += size_of::<File>() as c_int;
        vfs.pNext = std::ptr::null_mut();
        vfs.zName = name.into_raw();
        vfs.pAppData = Arc::into_raw(disk.clone()).cast_mut().cast();
        vfs.xOpen = Some(open);
        vfs.xDelete = Some(delete);
        assert_eq!(ffi::sqlite3_vfs_register(Box::into_raw(vfs), 0), ffi::SQLITE_OK);
    }
    disk
}

/// The system's VFS.
fn system() -> *mut ffi::sqlite3_vfs {
    // SAFETY: a null name asks for the default, which is there once SQLite is initialised.
    unsafe { ffi::sqlite3_vfs_find(std::ptr::null()) }
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives `szOsFile` bytes for the file, which hold ours and the system's.
    unsafe {
        (*file).pMethods = std::ptr::null();
        let disk = (*vfs).pAppData.cast::<Disk>().cast_const();
        let path = (!name.is_null()).then(|| text(name));
        if let Some(path) = &path
            && flags & ffi::SQLITE_OPEN_CREATE != 0
            && !std::path::Path::new(path).exists()
            && let Err(code) = (*disk).create(path)
        {
            return code;
        }
        let code = (*system()).xOpen.unwrap()(system(), name, real(file), flags, out);
        if code == ffi::SQLITE_OK {
            let path = path.map_or(std::ptr::null_mut(), |path| Box::into_raw(Box::new(path)));
            file.cast::<File>().write(File { base: ffi::sqlite3_file { pMethods: &METHODS }, disk, path });
        }
        code
    }
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    // SAFETY: the VFS is ours and carries its disk; the name is a C string.
    unsafe {
        match (*(*vfs).pAppData.cast::<Disk>()).remove(&text(name), sync != 0) {
            Ok(()) => (*system()).xDelete.unwrap()(system(), name, sync),
            Err(code) => code,
        }
    }
}

/// # Safety
/// `name` is a C string.
unsafe fn text(name: *const c_char) -> String {
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(name).to_str().unwrap().to_owned() }
}

/// # Safety
/// `file` is one that `open` was given.
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: the memory goes on behind ours, and 24 bytes keep the alignment of 8.
    unsafe { file.cast::<File>().add(1).cast() }
}

/// The disk and the path of an open file; files without a path are not on the disk.
///
/// # Safety
/// `file` was opened by `open` and is not closed.
unsafe fn place<'f>(file: *mut ffi::sqlite3_file) -> Option<(&'f Disk, &'f str)> {
    // SAFETY: both pointers were made by `open`, and the path is freed by `close` alone.
    unsafe {
        let file = &*file.cast::<File>();
        file.path.as_ref().map(|path| (&*file.disk, path.as_str()))
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes an open file once.
    unsafe {
        let path = (*file.cast::<File>()).path;
        if !path.is_null() {
            drop(Box::from_raw(path));
        }
        (*(*real(file)).pMethods).xClose.unwrap()(real(file))
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: SQLite gives an open file. The system is not asked to sync: this power cut does not reach it.
    let synced = unsafe { place(file) }.map_or(Ok(()), |(disk, path)| disk.sync(path));
    synced.err().unwrap_or(ffi::SQLITE_OK)
}

/// Declares methods that ask the disk and then the system's file.
macro_rules! asks {
    ($($name:ident($($arg:ident: $type:ty),*) = $method:ident, |$disk:pat_param, $path:pat_param| $ask:expr;)+) => {$(
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file $(, $arg: $type)*) -> c_int {
            // SAFETY: SQLite gives an open file, whose other half is open too, and memory as long as it says.
            unsafe {
                let asked = place(file).map_or(Ok(()), |($disk, $path)| $ask);
                match asked {
                    Ok(()) => (*(*real(file)).pMethods).$method.unwrap()(real(file) $(, $arg)*),
                    Err(code) => code,
                }
            }
        }
    )+};
}

asks! {
    read(into: *mut c_void, length: c_int, at: i64) = xRead, |disk, _| disk.read();
    write(from: *const c_void, length: c_int, at: i64) = xWrite, |disk, path|
        disk.write(path, at as usize, std::slice::from_raw_parts(from.cast(), length as usize));
    truncate(length: i64) = xTruncate, |disk, path| disk.truncate(path, length as usize);
    file_size(size: *mut i64) = xFileSize, |_, _| Ok(());
    lock(level: c_int) = xLock, |_, _| Ok(());
    unlock(level: c_int) = xUnlock, |_, _| Ok(());
    check_lock(out: *mut c_int) = xCheckReservedLock, |_, _| Ok(());
    control(operation: c_int, argument: *mut c_void) = xFileControl, |_, _| Ok(());
    sector_size() = xSectorSize, |_, _| Ok(());
    characteristics() = xDeviceCharacteristics, |_, _| Ok(());
    shared_map(page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) = xShmMap, |_, _| Ok(());
    shared_lock(offset: c_int, count: c_int, flags: c_int) = xShmLock, |_, _| Ok(());
    shared_unmap(remove: c_int) = xShmUnmap, |_, _| Ok(());
}

unsafe extern "C" fn shared_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: SQLite gives an open file.
    unsafe { (*(*real(file)).pMethods).xShmBarrier.unwrap()(real(file)) }
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_lock),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shared_map),
    xShmLock: Some(shared_lock),
    xShmBarrier: Some(shared_barrier),
    xShmUnmap: Some(shared_unmap),
    xFetch: None,
    xUnfetch: None,
};
