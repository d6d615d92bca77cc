//! The receipts of a cluster: on this machine, and in the cluster itself for
//! those that another machine wrote or that this one lost.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::SystemTime;

use crate::error::{Error, ErrorKind, Result};
use crate::flow::claims::Claims;
use crate::flow::lock;
use crate::flow::memo::receipt_document;
use crate::io::cluster::Cluster;
use crate::io::receipts::{self, Local};
use crate::model::receipt::Receipt;
use crate::model::time::Timestamp;

/// What was done to a cluster.
#[derive(Debug)]
pub struct History {
    /// The receipts, oldest first.
    pub receipts: Vec<Receipt>,
    /// The ids of those that are still worked on: by a process of this machine, or
    /// by that of another which holds the lock of the cluster.
    pub running: BTreeSet<String>,
    /// Why some cannot be read; each names the file or the document.
    pub unreadable: Vec<Error>,
}

impl History {
    /// How the work of `receipt` stands, in one word.
    #[must_use]
    pub fn state(&self, receipt: &Receipt) -> &'static str {
        if receipt.end.is_none() && self.running.contains(&receipt.header.id) {
            "running"
        } else {
            receipt.state()
        }
    }
}

/// All receipts of `cluster`. One that is on this machine is taken from here, for
/// its journal tells more when the work was cut off; but one that lacks its end
/// here is taken from the cluster where that knows it. `now` tells whether the
/// lock of another machine still holds.
///
/// # Errors
/// As the calls; [`ErrorKind::Io`] when the folder of receipts cannot be listed.
pub fn all(cluster: &Cluster, state: &Path, now: Timestamp) -> Result<History> {
    let mut unreadable = Vec::new();
    let mut here: BTreeMap<String, Local> = BTreeMap::new();
    for found in receipts::all(state, &cluster.elasticsearch.identity().uuid)? {
        match found {
            Ok(local) => drop(here.insert(local.receipt.header.id.clone(), local)),
            Err(error) => unreadable.push(error),
        }
    }
    let running = here.iter().filter(|(_, local)| local.is_running);
    let mut running: BTreeSet<String> = running.map(|(id, _)| id.clone()).collect();
    let elsewhere = lock::held(cluster, now)?.map(|work| work.receipt);
    running.extend(elsewhere.filter(|id| !here.contains_key(id)));
    let mut placed: Vec<Placed> = Vec::new();
    for id in Claims::read(cluster)?.receipts {
        let local = here.remove(&id);
        let is_whole = |local: &Local| local.is_running || local.receipt.end.is_some();
        let there = if local.as_ref().is_some_and(is_whole) {
            None
        } else {
            remote(cluster, &id).or_else(|error| match error.kind() {
                ErrorKind::Malformed => {
                    unreadable.push(error);
                    Ok(None)
                }
                _ => Err(error),
            })?
        };
        let written = local.as_ref().and_then(|local| local.written);
        let receipt = fuller(local.map(|local| local.receipt), there);
        placed.extend(receipt.map(|receipt| Placed { receipt, written }));
    }
    let unknown = here.into_values().map(|local| Placed {
        receipt: local.receipt,
        written: local.written,
    });
    Ok(History {
        receipts: in_order(placed, unknown.collect()),
        running,
        unreadable,
    })
}

/// The receipt `id`, from this machine or from the cluster.
///
/// # Errors
/// [`ErrorKind::Usage`] when neither has it.
pub fn one(cluster: &Cluster, state: &Path, id: &str) -> Result<Receipt> {
    let here = receipts::read(state, &cluster.elasticsearch.identity().uuid, id)?;
    let there = match &here {
        Some(receipt) if receipt.end.is_some() => None,
        _ => remote(cluster, id)?,
    };
    fuller(here, there).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("no receipt {id} is known"))
            .hint("sealift history lists the receipts of a cluster")
    })
}

/// `receipt` with those whose work it went on with, as one, and their ids.
///
/// # Errors
/// As [`one`].
pub fn whole(cluster: &Cluster, state: &Path, receipt: Receipt) -> Result<(Receipt, Vec<String>)> {
    let mut whole = receipt;
    let mut ids = Vec::new();
    while let Some(id) = whole.header.continues.take().filter(|id| !ids.contains(id)) {
        whole = whole.joined(one(cluster, state, &id)?);
        ids.push(id);
    }
    Ok((whole, ids))
}

/// Of a receipt as it is here and as it is in the cluster the one that tells
/// more: the cluster's is written before the first call and after the last.
fn fuller(here: Option<Receipt>, there: Option<Receipt>) -> Option<Receipt> {
    match there {
        Some(there) if here.is_none() || there.end.is_some() => Some(there),
        _ => here,
    }
}

/// A receipt with when its journal was last written to.
struct Placed {
    receipt: Receipt,
    written: Option<SystemTime>,
}

impl Placed {
    /// Pieces of work may begin within one second; each journal is written to
    /// before the next one begins.
    fn time(&self) -> (Timestamp, Option<SystemTime>) {
        (self.receipt.header.started, self.written)
    }
}

/// The receipts that the cluster has, which are in order, and between them those
/// that only this machine has.
fn in_order(mut known: Vec<Placed>, mut unknown: Vec<Placed>) -> Vec<Receipt> {
    unknown.sort_by_key(Placed::time);
    for placed in unknown {
        let before = known.iter().rposition(|one| one.time() <= placed.time());
        known.insert(before.map_or(0, |at| at + 1), placed);
    }
    known.into_iter().map(|placed| placed.receipt).collect()
}

fn remote(cluster: &Cluster, id: &str) -> Result<Option<Receipt>> {
    let Some(mut document) = cluster.elasticsearch.recall(&receipt_document(id))? else {
        return Ok(None);
    };
    let told = document.source["receipt"].take();
    serde_json::from_value(told).map(Some).map_err(|source| {
        Error::new(
            ErrorKind::Malformed,
            format!("the receipt {id} in the cluster cannot be read"),
        )
        .because(source)
        .hint("a later version of sealift may have written it; update this one")
    })
}
