//! What an acknowledgement is worth: power cuts, full disks and lost servers, in the middle of load.
//! Rule: what was answered with 201 is there afterwards, once; what was not answered so is there once or not at all.

mod disk;
mod full_disk;
mod load;
mod lossy_vfs;
mod lost_server;
mod power;
mod thresholds;
