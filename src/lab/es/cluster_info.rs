//! `_ml/info`: defaults and limits of machine learning, and its upgrade mode.

use serde_json::{Value, json};

use crate::lab::cluster::UPGRADE_MODE;
use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::Collection;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_ml/info", info),
    Route::new(Method::Post, "/_ml/set_upgrade_mode", set_upgrade_mode),
];

/// Words that the default categorization of log messages leaves out.
const STOPWORDS: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun \
January February March April May June July August September October November December \
Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec GMT UTC";

fn info(call: &Call) -> Answered {
    call.begin("cluster:monitor/xpack/ml/info/get")?;
    let stopwords: Vec<&str> = STOPWORDS.split_whitespace().collect();
    let mut limits = json!({"effective_max_model_memory_limit": "7191mb"});
    if call.profile().since(7, 11) {
        limits["total_ml_memory"] = json!("7191mb");
    }
    let native: Value = json!({});
    Ok(Answer::ok(json!({
        "defaults": {
            "anomaly_detectors": {
                "model_memory_limit": "1gb",
                "categorization_examples_limit": 4,
                "model_snapshot_retention_days": 10,
                "daily_model_snapshot_retention_after_days": 1,
                "categorization_analyzer": {
                    "tokenizer": if call.profile().since(7, 14) { "ml_standard" } else { "ml_classic" },
                    "filter": [{"type": "stop", "stopwords": stopwords}],
                },
            },
            "datafeeds": {"scroll_size": 1000},
        },
        "upgrade_mode": call.cluster.is_upgrading(),
        "native_code": native,
        "limits": limits,
    })))
}

/// Lets machine learning stand still, and go on.
fn set_upgrade_mode(call: &Call) -> Answered {
    let enabled = call.params.flag("enabled", false)?;
    call.params.accept(&["timeout", "master_timeout"]);
    call.begin("cluster:admin/xpack/ml/upgrade_mode")?;
    call.cluster.change(|store| {
        store.put(&Collection::Cluster, UPGRADE_MODE, json!(enabled));
        Ok(())
    })?;
    Ok(Answer::acknowledged())
}
