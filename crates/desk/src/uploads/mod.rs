//! Uploads: files are sent first, then attached to a message by id.
//! Its life: received and kept for a day, attached once by whoever sent it, downloaded by links that prove themselves,
//! forgotten when nobody attached it or its person is erased. Rule: nothing that was asked for is dropped silently.

mod attaching;
mod blobs;
mod download;
mod exporting;
mod forgetting;
mod keeping;
mod naming;
mod receiving;
mod routes;
mod sniffing;
mod sweeping;

pub(crate) use attaching::{AttachmentOut, attach, attachments_of};
pub use blobs::Blobs;
pub use exporting::{ExportedFile, files_in};
pub(crate) use exporting::{PERSONAL, exported_of};
pub use forgetting::Unreferenced;
pub(crate) use forgetting::{SCHEDULES, forget_of_messages, kinds};
pub(crate) use routes::operations;
pub use sweeping::Sweeper;

/// The codes of this slice.
pub static CODES: &[&base::Code] =
    &[&attaching::UNKNOWN_UPLOAD, &blobs::BLOBS_UNAVAILABLE, &keeping::TOO_MANY_UPLOADS, &receiving::UPLOAD_TOO_LARGE];

base::noun! {
    /// An upload.
    Upload, UploadId, "upl"
}
