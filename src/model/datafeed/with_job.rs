//! What the server checks of a datafeed and its job together
//! (`DatafeedJobValidator`).

use super::super::failure::Failure;
use super::super::job::Job;
use super::super::time_span::TimeSpan;
use super::{Datafeed, aggregation};

/// Checks a datafeed against its job.
///
/// # Errors
/// The first refusal that the server would give.
pub fn check_with_job(datafeed: &Datafeed, job: &Job) -> Result<(), Failure> {
    let Some(analysis) = &job.analysis else {
        return Ok(());
    };
    let refuse = |reason: String| Err(Failure::bad_request(reason));
    if analysis
        .latency
        .is_some_and(|latency| latency.seconds() > 0)
    {
        return refuse("A job configured with datafeed cannot support latency".to_owned());
    }
    if let Some(aggregations) = &datafeed.aggregations {
        if analysis
            .summary_count_field
            .as_deref()
            .unwrap_or_default()
            .is_empty()
        {
            return refuse(
                "A job configured with a datafeed with aggregations must set summary_count_field_name; use doc_count or suitable alternative"
                    .to_owned(),
            );
        }
        if let Some(interval) = aggregation::interval_millis(aggregations) {
            check_interval(interval, analysis.bucket_span, datafeed.frequency)?;
        }
    }
    check_window(datafeed, analysis.bucket_span)
}

fn check_interval(
    interval: i64,
    bucket: TimeSpan,
    frequency: Option<TimeSpan>,
) -> Result<(), Failure> {
    let shown = TimeSpan::millis(interval).text();
    let bucket_millis = bucket.as_millis();
    if interval > bucket_millis {
        return Err(Failure::bad_request(format!(
            "Aggregation interval [{shown}] must be less than or equal to the bucket_span [{}]",
            TimeSpan::millis(bucket_millis).text()
        )));
    }
    if interval > 0 && bucket_millis % interval != 0 {
        return Err(Failure::bad_request(format!(
            "Aggregation interval [{shown}] must be a divisor of the bucket_span [{}]",
            TimeSpan::millis(bucket_millis).text()
        )));
    }
    match frequency {
        Some(frequency) if interval > 0 && frequency.as_millis() % interval != 0 => {
            Err(Failure::bad_request(format!(
                "Datafeed frequency [{}] must be a multiple of the aggregation interval [{shown}]",
                frequency.readable()
            )))
        }
        _ => Ok(()),
    }
}

fn check_window(datafeed: &Datafeed, bucket: TimeSpan) -> Result<(), Failure> {
    let check = datafeed.delayed_data_check.as_ref();
    let window = check
        .and_then(|check| check.get("check_window")?.as_str())
        .and_then(|text| TimeSpan::parse(text, "check_window").ok());
    let Some(window) = window else {
        return Ok(());
    };
    let prefix = "delayed_data_check_config: check_window";
    if window.as_millis() < bucket.as_millis() {
        return Err(Failure::bad_request(format!(
            "{prefix} [{}] must be greater than the bucket_span [{}]",
            window.readable(),
            bucket.readable()
        )));
    }
    if window.as_millis() > bucket.as_millis().saturating_mul(10_000) {
        return Err(Failure::bad_request(format!(
            "{prefix} [{}] must be less than 10,000x the bucket_span [{}]",
            window.readable(),
            bucket.readable()
        )));
    }
    Ok(())
}
