//! What `_stats` tells of a job. No data is ever analyzed here, so all counts are zero.

use serde_json::{Map, Value, json};

use crate::lab::rest::Call;

/// The statistics of a job; `task` is there when it is open or has failed.
pub(super) fn stats(call: &Call, id: &str, task: Option<&Value>) -> Value {
    let mut data = zeros(&[
        "processed_record_count",
        "processed_field_count",
        "input_bytes",
        "input_field_count",
        "invalid_date_count",
        "missing_field_count",
        "out_of_order_timestamp_count",
        "empty_bucket_count",
        "sparse_bucket_count",
        "bucket_count",
        "input_record_count",
    ]);
    data.insert("job_id".into(), json!(id));
    let mut size = zeros(&[
        "model_bytes",
        "total_by_field_count",
        "total_over_field_count",
        "total_partition_field_count",
        "bucket_allocation_failures_count",
        "categorized_doc_count",
        "total_category_count",
        "frequent_category_count",
        "rare_category_count",
        "dead_category_count",
        "failed_category_count",
    ]);
    size.insert("job_id".into(), json!(id));
    size.insert("result_type".into(), json!("model_size_stats"));
    size.insert("memory_status".into(), json!("ok"));
    size.insert("categorization_status".into(), json!("ok"));
    size.insert("log_time".into(), json!(call.cluster.now()));
    let condition = task
        .and_then(|task| task.get("state")?.as_str())
        .unwrap_or("closed");
    let mut stats = json!({
        "job_id": id,
        "data_counts": data,
        "model_size_stats": size,
        "forecasts_stats": {"total": 0, "forecasted_jobs": 0},
        "state": condition,
    });
    if let Some(task) = task {
        stats["node"] = node(call);
        stats["assignment_explanation"] = json!("");
        if condition == "opened" {
            stats["open_time"] = json!(open_time(call, task));
        }
    }
    stats["timing_stats"] = json!({
        "job_id": id,
        "bucket_count": 0,
        "total_bucket_processing_time_ms": 0.0,
        "exponential_average_bucket_processing_time_per_hour_ms": 0.0,
    });
    stats
}

fn zeros(names: &[&str]) -> Map<String, Value> {
    names
        .iter()
        .map(|name| ((*name).to_owned(), json!(0)))
        .collect()
}

/// The one node, as tasks name it.
pub(super) fn node(call: &Call) -> Value {
    json!({
        "id": call.cluster.identity("node_id"),
        "name": call.cluster.identity("node_name"),
        "ephemeral_id": call.cluster.identity("node_id"),
        "transport_address": "127.0.0.1:9300",
        "attributes": {
            "ml.machine_memory": "8589934592",
            "xpack.installed": "true",
            "transform.node": "true",
            "ml.max_open_jobs": if call.profile().since(7, 10) { "512" } else { "20" },
        },
    })
}

/// How long a job has been open, to the second.
fn open_time(call: &Call, task: &Value) -> String {
    let opened = task
        .get("opened")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    let seconds = call.cluster.now().saturating_sub(opened) / 1000;
    format!("{seconds}s")
}
