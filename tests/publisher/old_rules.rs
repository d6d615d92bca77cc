//! The rules of the publishers' tool that was retired, as a table, and the same
//! inputs through both.
//!
//! The table says what `validate-ml-dga-asset` and `validate-ml-detections-asset`
//! looked at. One thing is wider on purpose: they knew two families, while seven
//! have been published since; the table has the seven.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use sealift::flow::validate::{Options, Published, Rehearsal, validate};
use sealift::model::catalog::naming::FAMILIES;
use sealift::model::digest::Digest;
use sealift::model::release::ReleaseTag;
use sealift::model::release_manifest::ReleaseManifest;
use sealift::model::time::Timestamp;
use sealift::progress::Silent;
use tempfile::TempDir;

const DGA: &str = "ML-DGA-20260105-1";
const DETECTIONS: &str = "ML-experimental-detections-20260220-1";

/// A release folder as both look at it, and what was published before.
struct Input {
    what: String,
    name: String,
    files: BTreeMap<String, Vec<u8>>,
    before: Vec<ReleaseManifest>,
}

impl Input {
    fn is_dga(&self) -> bool {
        self.name.starts_with("ML-DGA-")
    }

    fn is_detections(&self) -> bool {
        self.name.starts_with("ML-experimental-detections-")
    }

    /// Family and number, as far as the name follows the pattern.
    fn parts(&self) -> Option<(&str, u32)> {
        let family = FAMILIES.into_iter().find(|family| {
            let rest = self.name.strip_prefix(*family);
            rest.is_some_and(|rest| rest.starts_with('-'))
        })?;
        let (date, number) = self.name[family.len() + 1..].split_once('-')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let fits = date.len() == 8 && digits(date) && digits(number);
        fits.then(|| (family, number.parse().unwrap_or(u32::MAX)))
    }

    fn published(&self) -> Published {
        let tags = self.before.iter().map(|m| ReleaseTag::parse(&m.tag_name));
        Published::new(tags.map(Result::unwrap).collect(), self.before.clone())
    }

    fn entries(&self) -> impl Iterator<Item = (&String, &Digest)> {
        let assets = self.before.iter().flat_map(|m| m.assets.values());
        assets.flat_map(|asset| asset.entries.values().map(|e| (&e.name, &e.sha256)))
    }

    fn models(&self) -> impl Iterator<Item = (&String, &Vec<u8>)> {
        self.files
            .iter()
            .filter(|(name, _)| name.ends_with("_model.json"))
    }

    fn count(&self, suffix: &str) -> usize {
        let fits = |name: &String| name.starts_with("dga_") && name.ends_with(suffix);
        self.files.keys().filter(|name| fits(name)).count()
    }

    fn json(&self) -> impl Iterator<Item = Option<Value>> {
        let files = self
            .files
            .iter()
            .filter(|(name, _)| name.ends_with(".json"));
        files.map(|(_, bytes)| serde_json::from_slice(bytes).ok())
    }
}

/// Whether a value counts as given in Python: not null, empty or zero.
fn is_given(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Object(map)) => !map.is_empty(),
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::Bool(true)) => true,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Fine,
    Warning,
    Refusal,
}

/// One rule: what it was, what it led to, and whether an input breaks it.
type Rule = (&'static str, Verdict, fn(&Input) -> bool);

const OLD: [Rule; 14] = [
    ("the name follows the pattern", Verdict::Refusal, |i| {
        i.parts().is_none()
    }),
    (
        "the number is one above the last of the family",
        Verdict::Refusal,
        |i| {
            i.parts().is_some_and(|(family, number)| {
                let tags = i
                    .before
                    .iter()
                    .filter_map(|m| ReleaseTag::parse(&m.tag_name).ok());
                let numbers: Vec<u32> = tags
                    .filter(|tag| tag.family() == Some(family))
                    .filter_map(|tag| tag.parts().map(|(_, _, number)| number))
                    .collect();
                number != numbers.into_iter().max().unwrap_or(0) + 1
            })
        },
    ),
    ("at most five files", Verdict::Refusal, |i| {
        i.is_dga() && i.files.len() > 5
    }),
    ("one model", Verdict::Refusal, |i| {
        i.is_dga() && i.count("_model.json") != 1
    }),
    ("one script that makes n-grams", Verdict::Refusal, |i| {
        i.is_dga() && i.count("_ngrams_create.json") != 1
    }),
    ("one script that takes them away", Verdict::Refusal, |i| {
        i.is_dga() && i.count("_ngrams_transform_delete.json") != 1
    }),
    ("one first pipeline", Verdict::Refusal, |i| {
        i.is_dga() && i.count("_ingest_pipeline1.json") != 1
    }),
    ("one second pipeline", Verdict::Refusal, |i| {
        i.is_dga() && i.count("_ingest_pipeline2.json") != 1
    }),
    ("every file is JSON", Verdict::Refusal, |i| {
        i.json().any(|json| json.is_none())
    }),
    (
        "no manifest has the model's file name",
        Verdict::Refusal,
        |i| {
            i.models()
                .any(|(name, _)| i.entries().any(|(known, _)| known == name))
        },
    ),
    (
        "no manifest has the model's digest",
        Verdict::Warning,
        |i| {
            i.models().any(|(name, bytes)| {
                let digest = Digest::of(bytes);
                i.entries()
                    .any(|(known, sha)| *sha == digest && known != name)
            })
        },
    ),
    ("detections have a name", Verdict::Refusal, |i| {
        lacks(i, "name")
    }),
    ("detections have a type and a body", Verdict::Refusal, |i| {
        lacks(i, "type") || lacks(i, "body")
    }),
    ("rules are TOML", Verdict::Refusal, |i| {
        i.is_detections()
            && i.files.iter().any(|(name, bytes)| {
                let text = String::from_utf8_lossy(bytes);
                name.ends_with(".toml")
                    && sealift::model::toml::parse::<Value>(
                        &text,
                        name,
                        sealift::error::ErrorKind::Malformed,
                    )
                    .is_err()
            })
    }),
];

fn lacks(input: &Input, key: &str) -> bool {
    input.is_detections() && input.json().flatten().any(|json| !is_given(json.get(key)))
}

fn old(input: &Input) -> (Verdict, Vec<&'static str>) {
    let broken: Vec<&Rule> = OLD.iter().filter(|(_, _, breaks)| breaks(input)).collect();
    let worst = broken.iter().map(|(_, verdict, _)| *verdict).max();
    let names = broken.iter().map(|(name, _, _)| *name).collect();
    (worst.unwrap_or(Verdict::Fine), names)
}

fn new(input: &Input) -> (Verdict, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(&input.name);
    fs::create_dir(&path).unwrap();
    for (name, bytes) in &input.files {
        fs::write(path.join(name), bytes).unwrap();
    }
    let options = Options {
        published: Some(input.published()),
        version: "8.16.0".parse().unwrap(),
        canonicalize: false,
        date: Timestamp::parse("2026-03-01T12:00:00Z").unwrap(),
        new_family: false,
        rehearsal: Rehearsal::Samples,
    };
    match validate(&path, &options, &Silent) {
        // A folder that cannot be a release at all.
        Err(error) => (Verdict::Refusal, vec![error.to_string()]),
        Ok(validated) => {
            let verdicts = validated
                .remarks
                .iter()
                .map(|remark| match remark.severity {
                    "error" => Verdict::Refusal,
                    "warning" => Verdict::Warning,
                    _ => Verdict::Fine,
                });
            let remarks = validated.remarks.iter();
            (
                verdicts.max().unwrap_or(Verdict::Fine),
                remarks
                    .map(|r| format!("{} {}: {}", r.check, r.place, r.message))
                    .collect(),
            )
        }
    }
}

fn files(tag: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/releases")
        .join(tag);
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

fn manifest(tag: &str, files: &[(&str, Digest)]) -> ReleaseManifest {
    let entries: Vec<String> = files
        .iter()
        .map(|(name, sha)| format!(r#""{name}":{{"name":"{name}","sha256":"{sha}","size":1}}"#))
        .collect();
    let text = format!(
        r#"{{"tag_name":"{tag}","id":1,"assets":{{"{tag}.zip":{{"zipped_sha256":"{}","entries":{{{}}}}}}}}}"#,
        Digest::of(b"zip"),
        entries.join(",")
    );
    ReleaseManifest::parse(text.as_bytes(), tag).unwrap()
}

/// Inputs of every sort: names, numbers, missing, doubled, extra, broken and empty
/// files, and what was published before.
fn inputs() -> Vec<Input> {
    let mut all: Vec<Input> = Vec::new();
    let mut add = |what: &str, name: &str, files: BTreeMap<String, Vec<u8>>, before| {
        let what = what.to_owned();
        let name = name.to_owned();
        all.push(Input {
            what,
            name,
            files,
            before,
        });
    };
    add("as it is", DGA, files(DGA), vec![]);
    add("as it is", DETECTIONS, files(DETECTIONS), vec![]);
    for name in [
        "ML-DGA-2026-1",
        "DGA-20260105-1",
        "ML-DGA-20260105-x",
        "ML-DGA-20260105-",
        "ML-DGA-20260105",
        "ML-DGA-2026010-1",
        "ML-DGA-202601055-1",
        "ml-dga-20260105-1",
        "ML-DGA_20260105_1",
        "ML--20260105-1",
        "ML-DAG-20260105-1",
        "ML-Dga-20260105-1",
        "xML-DGA-20260105-1",
        "ML-DGA-20260105-1x",
        "ML-DGA-20260105-1 copy",
        "ML-DGA-2026O105-1",
        "ML-experimental-detection-20260220-1",
        "experimental-detections-20260220-1",
    ] {
        add("name", name, files(DGA), vec![]);
    }
    for name in [
        "ML-DGA-20260105-0",
        "ML-DGA-20260105-2",
        "ML-DGA-20260105-99999999999",
    ] {
        add("first number", name, files(DGA), vec![]);
    }
    let before = || {
        vec![
            manifest("ML-DGA-20250105-1", &[]),
            manifest("ML-DGA-20250205-4", &[]),
            manifest("ML-experimental-detections-20250205-7", &[]),
        ]
    };
    for name in [
        "ML-DGA-20260105-4",
        "ML-DGA-20260105-5",
        "ML-DGA-20260105-6",
        "ML-DGA-20260105-8",
    ] {
        add("next number", name, files(DGA), before());
    }
    for name in [
        "ML-experimental-detections-20260220-5",
        "ML-experimental-detections-20260220-8",
    ] {
        add("next number", name, files(DETECTIONS), before());
    }
    for (suffix, name) in files(DGA).keys().map(|name| (name.clone(), name.clone())) {
        let mut missing = files(DGA);
        let bytes = missing.remove(&name).unwrap();
        add(&format!("without {name}"), DGA, missing, vec![]);
        let mut twice = files(DGA);
        twice.insert(suffix.replace("dga_500100", "dga_500101"), bytes);
        add(&format!("two of {name}"), DGA, twice, vec![]);
        let mut renamed = files(DGA);
        let bytes = renamed.remove(&name).unwrap();
        renamed.insert(name.replace("dga_", "agd_"), bytes);
        add(&format!("{name} under another name"), DGA, renamed, vec![]);
        for broken in [&b"{"[..], b"", b"{} {}", b"\xff\xfe", b"{\"a\": 1,}"] {
            let mut bad = files(DGA);
            bad.insert(name.clone(), broken.to_vec());
            add(&format!("{name} is {broken:?}"), DGA, bad, vec![]);
        }
    }
    for extra in ["notes.json", "README.md", "dga_notes.txt", "more.toml"] {
        let mut more = files(DGA);
        more.insert(extra.to_owned(), b"{}".to_vec());
        add(&format!("also {extra}"), DGA, more, vec![]);
    }
    let model = "dga_500100_1.0_model.json";
    let digest = Digest::of(&files(DGA)[model]);
    let next = "ML-DGA-20260105-2";
    for (what, entry, sha) in [
        ("name and digest known", model, digest),
        ("name known", model, Digest::of(b"other")),
        ("digest known", "dga_400000_1.0_model.json", digest),
        (
            "nothing known",
            "dga_400000_1.0_model.json",
            Digest::of(b"other"),
        ),
    ] {
        let before = vec![manifest("ML-DGA-20250105-1", &[(entry, sha)])];
        add(what, next, files(DGA), before);
    }
    for file in [
        "rare_zone.json",
        "datafeed_rare_zone.json",
        "client_outliers.json",
        "filter_quiet_domains.json",
    ] {
        for key in ["name", "type", "body"] {
            for given in [
                None,
                Some("null"),
                Some("\"\""),
                Some("{}"),
                Some("[]"),
                Some("0"),
            ] {
                let mut some = files(DETECTIONS);
                let mut json: Value = serde_json::from_slice(&some[file]).unwrap();
                match given {
                    None => drop(json.as_object_mut().unwrap().remove(key)),
                    Some(text) => json[key] = serde_json::from_str(text).unwrap(),
                }
                some.insert(file.to_owned(), json.to_string().into_bytes());
                add(
                    &format!("{file}: {key} {given:?}"),
                    DETECTIONS,
                    some,
                    vec![],
                );
            }
        }
        let mut bad = files(DETECTIONS);
        bad.insert(file.to_owned(), b"[".to_vec());
        add(&format!("{file} is no JSON"), DETECTIONS, bad, vec![]);
    }
    for text in ["[rule", "rule = ", "[rule]\nname = 'x", "a = 1\na = 2"] {
        let mut bad = files(DETECTIONS);
        bad.insert(
            "ml_fixture_drawn_names_by_client.toml".to_owned(),
            text.into(),
        );
        add(&format!("TOML {text:?}"), DETECTIONS, bad, vec![]);
    }
    let mut more = files(DETECTIONS);
    more.insert("manifest.json".to_owned(), b"{\"a\": 1}".to_vec());
    add("another JSON file", DETECTIONS, more, vec![]);
    all
}

#[test]
fn every_old_refusal_is_a_refusal_and_every_warning_at_least_one() {
    let mut count: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut broken: BTreeMap<&str, usize> = BTreeMap::new();
    let mut milder = Vec::new();
    let inputs = inputs();
    for input in &inputs {
        let (was, rules) = old(input);
        *count.entry(was).or_default() += 1;
        for rule in &rules {
            *broken.entry(rule).or_default() += 1;
        }
        let (is, remarks) = new(input);
        if is < was {
            milder.push(format!(
                "{} ({}): {rules:?} was {was:?}, is {is:?}: {remarks:?}",
                input.what, input.name
            ));
        }
        if input.what == "as it is" {
            assert!(is < Verdict::Refusal, "{}: {remarks:?}", input.name);
        }
    }
    assert!(milder.is_empty(), "{}", milder.join("\n"));
    for (rule, _, _) in OLD {
        assert!(
            broken.contains_key(rule),
            "no input breaks the rule that {rule}"
        );
    }
    let figures = (
        inputs.len(),
        count[&Verdict::Refusal],
        count[&Verdict::Warning],
    );
    assert_eq!(figures, (158, 152, 1), "inputs, old refusals, old warnings");
}
