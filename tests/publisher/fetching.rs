//! Fetching from the fixtures and from publishers that misbehave.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sealift::error::{Error, ErrorKind};
use sealift::flow::fetch::{Fetched, Voucher, fetch};
use sealift::io::github::{GitHub, Options};
use sealift::io::http::{Proxy, Retry, Timeouts, Url};
use sealift::lab::http::{Cut, Request, Response, Server, ServerOptions};
use sealift::lab::publisher::{Desk, Shelf, fixtures};
use sealift::model::manifest::Source;
use sealift::model::release::{ReleaseTag, Repository};
use sealift::model::secret::Secret;
use sealift::progress::Silent;
use tempfile::TempDir;

const DGA: &str = "ML-DGA-20260105-1";

/// What comes between a request and the desk: an answer of its own, or a change.
pub(crate) type Meddle =
    Box<dyn Fn(&Request, &dyn Fn(&Request) -> Response) -> Response + Send + Sync>;

pub(crate) fn serve(shelf: Shelf, meddle: Meddle) -> Server {
    let desk = Desk::new(shelf);
    Server::start(ServerOptions::default(), move |request: &Request| {
        meddle(request, &|request| desk.answer(request))
    })
    .unwrap()
}

fn honest(shelf: Shelf) -> Server {
    serve(shelf, Box::new(|request, desk| desk(request)))
}

pub(crate) fn github(url: &str) -> GitHub {
    let repository = Repository::parse("example/ml-releases").unwrap();
    let mut options = Options::new(repository, Url::parse(url).unwrap());
    options.proxy = Proxy::Direct;
    options.token = Some(Secret::new("hunter2".to_owned()));
    options.retry = Retry {
        attempts: 3,
        first_pause: Duration::from_millis(1),
        longest_wait: Duration::from_secs(2),
    };
    options.timeouts = Timeouts {
        response: Duration::from_millis(500),
        idle: Duration::from_millis(500),
        ..Timeouts::default()
    };
    GitHub::new(options).unwrap()
}

fn get(server: &Server, tag: &str, into: &Path) -> Result<Fetched, Error> {
    let tag = ReleaseTag::parse(tag).unwrap();
    fetch(&github(&server.url()), &tag, into, &Silent)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[test]
fn every_fixture_is_fetched_and_kept() {
    let server = honest(fixtures().unwrap());
    let folder = TempDir::new().unwrap();
    let releases = github(&server.url()).releases(&Silent).unwrap();
    assert_eq!(releases.len(), 3);
    for release in &releases {
        let tag = release.tag.as_str();
        let first = get(&server, tag, folder.path()).unwrap();
        assert!(!first.kept && first.files >= 5);
        assert_eq!(first.vouchers, [Voucher::Api, Voucher::Manifest]);
        let again = get(&server, tag, folder.path()).unwrap();
        assert!(again.kept);
        assert_eq!(again.sha256, first.sha256);
    }
    let expected: Vec<String> = releases
        .iter()
        .flat_map(|release| {
            let tag = &release.tag;
            [
                format!("{tag}.zip"),
                format!("{tag}.source.json"),
                format!("manifest-{tag}.json"),
            ]
        })
        .collect();
    let mut expected = expected;
    expected.sort();
    assert_eq!(names(folder.path()), expected);
    let source = fs::read(folder.path().join(format!("{DGA}.source.json"))).unwrap();
    let source: Source = serde_json::from_slice(&source).unwrap();
    assert_eq!(source.repository.as_deref(), Some("example/ml-releases"));
    assert_eq!(source.tag.as_deref(), Some(DGA));
}

#[test]
fn a_changed_file_here_is_fetched_again() {
    let server = honest(fixtures().unwrap());
    let folder = TempDir::new().unwrap();
    let path = get(&server, DGA, folder.path()).unwrap().path;
    let mut bytes = fs::read(&path).unwrap();
    bytes[100] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert!(!get(&server, DGA, folder.path()).unwrap().kept);
    bytes[100] ^= 1;
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn pages_are_followed_on_the_api_only() {
    let mut shelf = Shelf::new(Repository::parse("example/ml-releases").unwrap());
    for number in 0..250 {
        shelf.add(
            &format!("T-20260101-{number}"),
            "2026-01-01T00:00:00Z",
            Vec::new(),
        );
    }
    shelf.releases[0].draft = true;
    shelf.releases[1].tag = "../evil".to_owned();
    let server = honest(shelf.clone());
    assert_eq!(github(&server.url()).releases(&Silent).unwrap().len(), 248);

    let elsewhere = serve(
        shelf,
        Box::new(|request, desk| {
            let mut response = desk(request);
            for (name, value) in &mut response.headers {
                if name == "link" {
                    *value = value.replace("http://127.0.0.1", "http://localhost");
                }
            }
            response
        }),
    );
    let error = github(&elsewhere.url()).releases(&Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(error.to_string().contains("another host"), "{error}");
}

#[test]
fn malformed_releases_are_refused() {
    let mut shelf = fixtures().unwrap();
    let zip = shelf.release(DGA).unwrap().assets[0].bytes.clone();
    let asset = |shelf: &mut Shelf, name: &str| shelf.asset(name, "application/zip", zip.clone());
    let when = "2026-03-01T00:00:00Z";

    shelf.add("none", when, Vec::new());
    let two = vec![asset(&mut shelf, "a.zip"), asset(&mut shelf, "b.ZIP")];
    shelf.add("two", when, two);
    let mut starter = asset(&mut shelf, "a.zip");
    starter.state = "starter".to_owned();
    shelf.add("starter", when, vec![starter]);
    let not_a_zip = shelf.asset("x.zip", "application/zip", b"not a zip at all".to_vec());
    shelf.add("not-a-zip", when, vec![not_a_zip]);
    let broken = vec![
        asset(&mut shelf, "a.zip"),
        shelf.asset("manifest-broken.json", "application/json", b"{}".to_vec()),
    ];
    shelf.add("broken", when, broken);
    let foreign = shelf.release(DGA).unwrap().assets[1].bytes.clone();
    let foreign = vec![
        asset(&mut shelf, "foreign.zip"),
        shelf.asset("manifest-foreign.json", "application/json", foreign),
    ];
    shelf.add("foreign", when, foreign);

    let server = honest(shelf);
    let folder = TempDir::new().unwrap();
    for (tag, kind, message) in [
        ("absent", ErrorKind::Network, "has no release absent"),
        ("none", ErrorKind::Malformed, "has no zip"),
        (
            "two",
            ErrorKind::Malformed,
            "has 2 zips: \"a.zip\", \"b.ZIP\"",
        ),
        ("starter", ErrorKind::Malformed, "upload was not completed"),
        ("not-a-zip", ErrorKind::Malformed, "no end record"),
        ("broken", ErrorKind::Malformed, "is not a release manifest"),
        ("foreign", ErrorKind::Integrity, "describes another release"),
    ] {
        let error = get(&server, tag, folder.path()).unwrap_err();
        assert_eq!(error.kind(), kind, "{tag}: {error}");
        assert!(chain(&error).contains(message), "{tag}: {}", chain(&error));
        assert_eq!(names(folder.path()), Vec::<String>::new(), "{tag}");
    }
}

#[test]
fn wrong_bytes_are_refused_and_leave_nothing() {
    // The bytes change on the way, but not their number.
    let flip: Meddle = Box::new(|request, desk| {
        let mut response = desk(request);
        if request.path.ends_with("20260105-1.zip")
            && let sealift::lab::http::Body::Bytes(bytes) = &mut response.body
        {
            bytes[200] ^= 1;
        }
        response
    });
    let server = serve(fixtures().unwrap(), flip);
    let folder = TempDir::new().unwrap();
    let error = get(&server, DGA, folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Integrity);
    assert!(error.to_string().contains("promised was"), "{error}");
    assert_eq!(names(folder.path()), Vec::<String>::new());

    // The publisher's manifest and zip disagree about one file.
    let mut shelf = fixtures().unwrap();
    let release = shelf.releases.iter_mut().find(|r| r.tag == DGA).unwrap();
    let manifest = &mut release.assets[1];
    let text = String::from_utf8(manifest.bytes.clone()).unwrap();
    let at = text.find("\"sha256\":\"").unwrap() + 10;
    let digit = if &text[at..=at] == "0" { "1" } else { "0" };
    manifest.bytes = format!("{}{digit}{}", &text[..at], &text[at + 1..]).into_bytes();
    let server = honest(shelf);
    let error = get(&server, DGA, folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Integrity);
    assert!(
        chain(&error).contains("by the manifest"),
        "{}",
        chain(&error)
    );
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn broken_downloads_are_resumed() {
    let ranges = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&ranges);
    let breaking: Meddle = Box::new(move |request, desk| {
        let response = desk(request);
        if !request.path.ends_with(".zip") {
            return response;
        }
        let range = request.header("range").unwrap_or("-").to_owned();
        seen.lock().unwrap().push(range);
        if seen.lock().unwrap().len() < 6 {
            response.cut(Cut::AfterBody(1000))
        } else {
            response
        }
    });
    let server = serve(fixtures().unwrap(), breaking);
    let folder = TempDir::new().unwrap();
    get(&server, DGA, folder.path()).unwrap();
    let ranges = ranges.lock().unwrap();
    assert_eq!(ranges[0], "-");
    assert_eq!(ranges.len(), 6, "{ranges:?}");
    let starts: Vec<u64> = ranges[1..]
        .iter()
        .map(|range| {
            range["bytes=".len()..]
                .trim_end_matches('-')
                .parse()
                .unwrap()
        })
        .collect();
    assert!(starts.is_sorted() && starts[0] > 0, "{starts:?}");
}

#[test]
fn an_interrupted_fetch_goes_on_where_it_was() {
    let server = honest(fixtures().unwrap());
    let folder = TempDir::new().unwrap();
    let whole = fs::read(get(&server, DGA, folder.path()).unwrap().path).unwrap();
    let other = TempDir::new().unwrap();
    let partial = other.path().join(format!("{DGA}.zip.partial"));
    for before in [
        &whole[..777],
        &whole[..],
        &[b'x'; 777][..],
        &vec![b'x'; 100_000],
    ] {
        fs::write(&partial, before).unwrap();
        let fetched = get(&server, DGA, other.path()).unwrap();
        assert_eq!(fs::read(&fetched.path).unwrap(), whole);
        assert!(!partial.exists());
        fs::remove_file(&fetched.path).unwrap();
    }
}

#[test]
fn a_publisher_without_ranges_is_asked_from_the_start() {
    let whole: Meddle = Box::new(|request, desk| {
        let mut request = request.clone();
        request.headers.retain(|(name, _)| name != "range");
        desk(&request)
    });
    let server = serve(fixtures().unwrap(), whole);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(format!("{DGA}.zip.partial")), b"PK old").unwrap();
    get(&server, DGA, folder.path()).unwrap();
}

#[test]
fn what_never_comes_is_given_up_and_kept_for_later() {
    let truncated: Meddle = Box::new(|request, desk| {
        let response = desk(request);
        match request.header("range") {
            None if request.path.ends_with(".zip") => response.cut(Cut::AfterBody(1000)),
            Some(_) => response.cut(Cut::AfterBody(0)),
            None => response,
        }
    });
    let server = serve(fixtures().unwrap(), truncated);
    let folder = TempDir::new().unwrap();
    let error = get(&server, DGA, folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert_eq!(names(folder.path()), [format!("{DGA}.zip.partial")]);
}

#[test]
fn refusals_of_the_api_are_told_and_tried_again_where_that_helps() {
    let soon = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.unwrap().as_secs().to_string()
    };
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let refusing: Meddle = Box::new(move |request, desk| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        let refuse =
            |status: u16| Response::json(status, &serde_json::json!({"message": "said the API"}));
        let path = &request.path;
        if path.contains("limited-long") {
            refuse(403)
                .with_header("x-ratelimit-remaining", "0")
                .with_header("x-ratelimit-reset", "4102444800")
        } else if path.contains("limited-once") && number == 0 {
            refuse(403)
                .with_header("x-ratelimit-remaining", "0")
                .with_header("x-ratelimit-reset", soon())
        } else if path.contains("retry-after") && number == 0 {
            refuse(429).with_header("retry-after", "0")
        } else if path.contains("forbidden") {
            refuse(403).with_header("x-ratelimit-remaining", "12")
        } else if path.contains("unauthorized") {
            refuse(401)
        } else if path.contains("down") || (path.contains("flaky") && number < 2) {
            refuse(502)
        } else if path.contains("portal") {
            Response::text(200, "<html>please log in</html>")
        } else if path.contains("slow") {
            std::thread::sleep(Duration::from_millis(800));
            refuse(200)
        } else {
            desk(request)
        }
    });
    let mut shelf = fixtures().unwrap();
    for tag in ["limited-once", "retry-after", "flaky"] {
        shelf.add(tag, "2026-03-01T00:00:00Z", Vec::new());
    }
    let server = serve(shelf, refusing);
    let folder = TempDir::new().unwrap();
    for (tag, expected, tries) in [
        ("limited-long", "enough requests", 1),
        ("limited-once", "has no zip", 2),
        ("retry-after", "has no zip", 2),
        ("forbidden", "forbids it", 1),
        ("unauthorized", "does not accept the token", 1),
        ("down", "cannot answer now", 3),
        ("flaky", "has no zip", 3),
        ("portal", "is not the JSON", 1),
        ("slow", "timed out while waiting for the response", 3),
    ] {
        calls.store(0, Ordering::SeqCst);
        let error = get(&server, tag, folder.path()).unwrap_err();
        assert!(chain(&error).contains(expected), "{tag}: {}", chain(&error));
        assert_eq!(calls.load(Ordering::SeqCst), tries, "{tag}");
        if tag == "limited-long" {
            let hint = error.next_step().unwrap();
            assert!(hint.contains("2100-01-01T00:00"), "{hint}");
            assert!(chain(&error).contains("said the API"), "{}", chain(&error));
        }
    }
}

#[test]
fn the_token_goes_to_the_api_only() {
    let shelf = fixtures().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watch = |name: &'static str| {
        let seen = Arc::clone(&seen);
        move |request: &Request| {
            let has = request.header("authorization").is_some();
            seen.lock().unwrap().push((name, has));
        }
    };
    let watched = watch("storage");
    let storage = serve(
        shelf.clone(),
        Box::new(move |request, desk| {
            watched(request);
            desk(request)
        }),
    );
    let (watched, elsewhere) = (watch("api"), storage.url());
    let api = serve(
        shelf,
        Box::new(move |request, desk| {
            watched(request);
            let mut response = desk(request);
            if response.status == 302 {
                for (name, value) in &mut response.headers {
                    if name == "location" {
                        let path = value.splitn(4, '/').nth(3).unwrap().to_owned();
                        *value = format!("{elsewhere}/{path}?signature=s3cr3t");
                    }
                }
            }
            response
        }),
    );
    let folder = TempDir::new().unwrap();
    get(&api, DGA, folder.path()).unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.contains(&("api", true)) && seen.contains(&("storage", false)));
    assert!(!seen.contains(&("storage", true)), "{seen:?}");
}
