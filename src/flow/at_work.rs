//! Who is at work on a cluster.

use std::path::Path;

use crate::error::Result;
use crate::flow::lock::{self, AtWork};
use crate::io::cluster::Cluster;
use crate::io::receipts;
use crate::model::time::Timestamp;

/// The work that holds the lock of `cluster` at `now`; `None` where nothing does, or
/// where it is known to be over: its lease has ended, or it was begun on this
/// machine, whose state is in the folder `state` where it has one, and no process
/// does it any more.
///
/// # Errors
/// As the calls; [`crate::error::ErrorKind::Io`] when this machine's receipts cannot
/// be read.
pub fn at_work(cluster: &Cluster, state: Option<&Path>, now: Timestamp) -> Result<Option<AtWork>> {
    let Some(work) = lock::held(cluster, now)? else {
        return Ok(None);
    };
    let uuid = &cluster.elasticsearch.identity().uuid;
    if let Some(state) = state
        && receipts::is_over(state, uuid, &work.receipt)?
    {
        return Ok(None);
    }
    Ok(Some(work))
}
