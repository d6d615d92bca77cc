//! The receipts of a cluster: on this machine, and in the cluster itself for
//! those that another machine wrote or that this one lost.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::flow::claims::Claims;
use crate::flow::install::receipt_document;
use crate::io::cluster::Cluster;
use crate::io::receipts;
use crate::model::receipt::Receipt;

/// All receipts of `cluster`, oldest first. One that is on this machine is taken
/// from here, for its journal tells more when the work was cut off.
///
/// # Errors
/// As the calls; [`ErrorKind::Malformed`] for a receipt that cannot be read.
pub fn all(cluster: &Cluster, state: &Path) -> Result<Vec<Receipt>> {
    let mut found: BTreeMap<String, Receipt> = BTreeMap::new();
    for receipt in receipts::all(state, &cluster.elasticsearch.identity().uuid)? {
        let receipt = receipt?;
        found.insert(receipt.header.id.clone(), receipt);
    }
    for id in Claims::read(cluster)?.receipts {
        if !found.contains_key(&id)
            && let Some(receipt) = remote(cluster, &id)?
        {
            found.insert(id, receipt);
        }
    }
    Ok(found.into_values().collect())
}

/// The receipt `id`, from this machine or from the cluster.
///
/// # Errors
/// [`ErrorKind::Usage`] when neither has it.
pub fn one(cluster: &Cluster, state: &Path, id: &str) -> Result<Receipt> {
    if let Some(receipt) = receipts::read(state, &cluster.elasticsearch.identity().uuid, id)? {
        return Ok(receipt);
    }
    remote(cluster, id)?.ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("no receipt {id} is known"))
            .hint("sealift history lists the receipts of a cluster")
    })
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
    })
}
