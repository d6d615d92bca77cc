//! The store on disk, across restarts, crashes and damage.

use sealift::lab::store::{Collection, Store};
use serde_json::json;

#[test]
fn what_was_committed_survives_and_a_torn_record_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let filters = Collection::Filters;
    let mut store = Store::open(folder.path()).unwrap();
    store.put(&filters, "b", json!({"items": ["x"]}));
    store.put(&filters, "a", json!({"items": []}));
    store.put(&filters, "gone", json!(1));
    store.remove(&filters, "gone");
    store.put(&Collection::documents("logs"), "1", json!({"n": 1}));
    store.commit().unwrap();
    let seen = store.snapshot();
    drop(store);
    for tail in [&b""[..], b"{\"half\":", b"0123456789abcdef {\"ops\":[]}"] {
        let journal = folder.path().join("journal.ndjson");
        let mut bytes = std::fs::read(&journal).unwrap();
        bytes.extend_from_slice(tail);
        std::fs::write(&journal, bytes).unwrap();
        let again = Store::open(folder.path()).unwrap();
        assert_eq!(again.snapshot(), seen);
        let order: Vec<_> = again.all(&filters).map(|(id, _)| id.to_owned()).collect();
        assert_eq!(order, ["b", "a"]);
    }
}

#[test]
fn damage_in_the_middle_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    for id in ["a", "b"] {
        store.put(&Collection::Filters, id, json!({}));
        store.commit().unwrap();
    }
    drop(store);
    let journal = folder.path().join("journal.ndjson");
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, text.replacen("\"a\"", "\"z\"", 1)).unwrap();
    assert!(Store::open(folder.path()).is_err());
}

#[test]
fn only_one_process_uses_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Store::open(folder.path()).unwrap();
    assert!(Store::open(folder.path()).is_err());
}
