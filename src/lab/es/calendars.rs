//! Calendars of scheduled events, during which jobs do not learn.

use serde_json::{Value, json};

use crate::lab::random;
use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::Collection;
use crate::model::failure::Failure;
use crate::model::ml_id;
use crate::model::xcontent::{self, Takes};

use super::ids::{Page, stored};

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_ml/calendars", get),
    Route::new(Method::Post, "/_ml/calendars", get),
    Route::new(Method::Get, "/_ml/calendars/{calendar_id}", get),
    Route::new(Method::Post, "/_ml/calendars/{calendar_id}", get),
    Route::new(Method::Put, "/_ml/calendars/{calendar_id}", put),
    Route::new(Method::Delete, "/_ml/calendars/{calendar_id}", delete),
    Route::new(
        Method::Put,
        "/_ml/calendars/{calendar_id}/jobs/{job_id}",
        add_job,
    ),
    Route::new(
        Method::Delete,
        "/_ml/calendars/{calendar_id}/jobs/{job_id}",
        remove_job,
    ),
    Route::new(Method::Get, "/_ml/calendars/{calendar_id}/events", events),
    Route::new(
        Method::Post,
        "/_ml/calendars/{calendar_id}/events",
        post_events,
    ),
    Route::new(
        Method::Delete,
        "/_ml/calendars/{calendar_id}/events/{event_id}",
        delete_event,
    ),
];

fn missing(id: &str) -> Failure {
    Failure::new(
        404,
        "resource_not_found_exception",
        format!("No calendar with id [{id}]"),
    )
}

fn put(call: &Call) -> Answered {
    let id = call.path("calendar_id");
    let (mut own, mut jobs, mut description) = (None, Vec::new(), None);
    if let Some(body) = call.optional_body() {
        let fields = [
            ("calendar_id", Takes::String),
            ("job_ids", Takes::Strings),
            ("type", Takes::String),
            ("description", Takes::StringOrNull),
        ];
        xcontent::object(body.node(), "calendar", &fields, |name, value| {
            match name {
                "calendar_id" => own = Some(xcontent::string(value)?),
                "job_ids" => jobs = xcontent::string_list(value)?,
                "description" => description = xcontent::string_or_null(value)?,
                _ => {}
            }
            Ok(())
        })?;
    }
    ml_id::agree("calendar_id", own.as_deref(), id)?;
    if !ml_id::is_valid(id) {
        return Err(Failure::bad_request(ml_id::invalid("calendar_id", id)));
    }
    call.begin("cluster:admin/xpack/ml/calendars/put")?;
    let mut calendar = json!({"calendar_id": id, "job_ids": jobs});
    if let Some(description) = description {
        calendar["description"] = json!(description);
    }
    call.cluster.change(|store| {
        if store.has(&Collection::Calendars, id) {
            return Err(Failure::new(
                400,
                "status_exception",
                format!("Cannot create calendar with id [{id}] as it already exists"),
            ));
        }
        store.put(&Collection::Calendars, id, calendar.clone());
        Ok(Answer::ok(calendar))
    })
}

fn get(call: &Call) -> Answered {
    let page = Page::of(call)?;
    call.begin("cluster:monitor/xpack/ml/calendars/get")?;
    let store = call.cluster.read();
    let expression = call.path("calendar_id");
    let calendars: Vec<Value> = stored(&store, &Collection::Calendars, expression, true)
        .map_err(|id| missing(&id))?
        .into_iter()
        .map(|(_, calendar)| calendar.clone())
        .collect();
    Ok(Answer::ok(page.answer("calendars", &calendars)))
}

fn delete(call: &Call) -> Answered {
    let id = call.path("calendar_id");
    call.begin("cluster:admin/xpack/ml/calendars/delete")?;
    call.cluster.change(|store| {
        if !store.has(&Collection::Calendars, id) {
            return Err(missing(id));
        }
        let own: Vec<String> = store
            .all(&Collection::CalendarEvents)
            .filter(|(_, event)| event.get("calendar_id").and_then(Value::as_str) == Some(id))
            .map(|(event, _)| event.to_owned())
            .collect();
        for event in own {
            store.remove(&Collection::CalendarEvents, &event);
        }
        store.remove(&Collection::Calendars, id);
        Ok(Answer::acknowledged())
    })
}

fn add_job(call: &Call) -> Answered {
    change_jobs(call, |jobs, job| {
        if !jobs.iter().any(|known| known == job) {
            jobs.push(job.to_owned());
        }
    })
}

fn remove_job(call: &Call) -> Answered {
    change_jobs(call, |jobs, job| jobs.retain(|known| known != job))
}

fn change_jobs(call: &Call, change: fn(&mut Vec<String>, &str)) -> Answered {
    let id = call.path("calendar_id");
    call.begin("cluster:admin/xpack/ml/calendars/jobs/update")?;
    call.cluster.change(|store| {
        let mut calendar = store
            .get(&Collection::Calendars, id)
            .cloned()
            .ok_or_else(|| missing(id))?;
        let list = calendar.get("job_ids").and_then(Value::as_array);
        let mut jobs: Vec<String> = list
            .into_iter()
            .flatten()
            .filter_map(|job| job.as_str().map(str::to_owned))
            .collect();
        for job in call.path("job_id").split(',') {
            change(&mut jobs, job);
        }
        calendar["job_ids"] = json!(jobs);
        store.put(&Collection::Calendars, id, calendar.clone());
        Ok(Answer::ok(calendar))
    })
}

fn events(call: &Call) -> Answered {
    let page = Page::of(call)?;
    call.params.accept(&["start", "end", "job_id"]);
    call.begin("cluster:monitor/xpack/ml/calendars/events/get")?;
    let id = call.path("calendar_id");
    let store = call.cluster.read();
    if id != "_all" && !store.has(&Collection::Calendars, id) {
        return Err(missing(id));
    }
    let events: Vec<Value> = store
        .all(&Collection::CalendarEvents)
        .filter(|(_, event)| {
            id == "_all" || event.get("calendar_id").and_then(Value::as_str) == Some(id)
        })
        .map(|(_, event)| event.clone())
        .collect();
    Ok(Answer::ok(page.answer("events", &events)))
}

fn post_events(call: &Call) -> Answered {
    let id = call.path("calendar_id");
    let body = call.body()?.map()?;
    call.begin("cluster:admin/xpack/ml/calendars/events/post")?;
    let events = body
        .get("events")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if events.is_empty() {
        return Err(Failure::bad_request("At least 1 event is required"));
    }
    for event in &events {
        for key in ["description", "start_time", "end_time"] {
            if event.get(key).is_none_or(Value::is_null) {
                return Err(Failure::bad_request(format!(
                    "Field [{key}] cannot be null"
                )));
            }
        }
    }
    call.cluster.change(|store| {
        if !store.has(&Collection::Calendars, id) {
            return Err(missing(id));
        }
        let mut shown = Vec::new();
        for event in events {
            let key = random::document_id();
            let mut stored = event.clone();
            stored["calendar_id"] = json!(id);
            shown.push(stored.clone());
            stored["event_id"] = json!(key);
            store.put(&Collection::CalendarEvents, &key, stored);
        }
        Ok(Answer::ok(json!({"events": shown})))
    })
}

fn delete_event(call: &Call) -> Answered {
    let (id, event) = (call.path("calendar_id"), call.path("event_id"));
    call.begin("cluster:admin/xpack/ml/calendars/events/delete")?;
    call.cluster.change(|store| {
        if !store.has(&Collection::Calendars, id) {
            return Err(missing(id));
        }
        if store.remove(&Collection::CalendarEvents, event) {
            Ok(Answer::acknowledged())
        } else {
            let reason = format!("No event with id [{event}]");
            Err(Failure::new(404, "resource_not_found_exception", reason))
        }
    })
}
