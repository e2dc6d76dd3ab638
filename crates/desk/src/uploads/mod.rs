//! Uploads: files are sent first, then attached to a message by id.
//! Rule: an upload is attached once, by whoever sent it; nothing that was asked for is dropped silently.

mod attaching;
mod download;

pub(crate) use attaching::{AttachmentOut, attach, attachments_of};

base::noun! {
    /// An upload.
    Upload, UploadId, "upl"
}
