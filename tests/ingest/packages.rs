//! What published packages do in their pipelines, in small: features cut from
//! names and command lines, word lists, path classes, clean-up by pattern.

use std::time::Duration;

use sealift::engine::ingest::{Environment, Options, Outcome};
use serde_json::{Value, json};

fn through(processors: &Value, source: &Value) -> Value {
    let mut environment = Environment::new(Options::default());
    let body = json!({"processors": processors});
    environment.put_pipeline("p", &body).unwrap();
    match environment.run("p", source, &[], Duration::ZERO) {
        Outcome::Document(document) => {
            assert!(document.handled.is_empty(), "{:?}", document.handled);
            document.json()
        }
        other => panic!("{source}: {other:?}"),
    }
}

/// Typed functions that return arrays, a table of characters, distances in an
/// array of arrays, lists walked by `in`, statements without a semicolon before a
/// brace, whole numbers where a `double` is wanted.
const NAME_FEATURES: &str = r"
String piece(String text, int from, int width) {
  if (from + width > text.length()) {
    return null;
  } else {
    return text.substring(from, from + width);
  }
}

String[] cut(Map zones, String whole, String registered, String suffix) {
  if (registered == null || registered == '.') {
    return new String[] {whole, ''};
  }
  if (zones.containsKey(registered) == true) {
    return new String[] {whole, registered};
  }
  return new String[] {registered.substring(0, registered.length()-suffix.length()-1), suffix};
}

double entropy(String text) {
  Map counts = new HashMap();
  for (int i=0; i<text.length(); i++) {
    char c = text.charAt(i);
    if (!counts.containsKey(c)) {
      counts.put(c, 0);
    }
    counts.put(c, counts.get(c) + 1);
  }
  double sum = 0.0;
  for (char c : counts.keySet()) {
    double share = (double) counts.get(c) / text.length();
    sum -= share * (Math.log(share) / Math.log(2));
  }
  return sum;
}

double likeness(String a, String b) {
  int[][] cells = new int[a.length() + 1][b.length() + 1];
  for (int i = 0; i <= a.length(); i++) {
    for (int j = 0; j <= b.length(); j++) {
      if (i == 0) {
        cells[i][j] = j;
      } else if (j == 0) {
        cells[i][j] = i;
      } else {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = (int) Math.min(cells[i - 1][j] + 1, cells[i][j - 1] + 1);
        cells[i][j] = (int) Math.min(least, cells[i - 1][j - 1] + cost);
      }
    }
  }
  int longest = (int) Math.max(a.length(), b.length());
  return longest > 0 ? 1.0 - ((double) cells[a.length()][b.length()] / (double) longest) : 0.0;
}

List words(String[] known, String text, boolean loosely, double wanted) {
  List found = [];
  if (loosely == true) {
    for (int i=0; i<text.length(); i++) {
      for (word in known) {
        if (i+word.length() <= text.length()) {
          String part = text.substring(i, i+word.length());
          if (likeness(word, part) >= wanted) {
            found.add(word)
          }
        }
      }
    }
  } else {
    for (String word: known) {
      if (text.contains(word)) {
        found.add(word)
      }
    }
  }
  return found;
}

List lengths(List words) {
  List found = [];
  for (word in words) {
    found.add(word.length());
  }
  return found;
}

String[] parts = cut(params.zones, ctx['dns']['name'], ctx['dns']['registered'], ctx['dns']['suffix']);
String label = parts[0];
ctx['f'] = new HashMap();
ctx['f']['zone'] = parts[1];
for (int i=0;i<label.length();i++){
  String two = piece(label, i, 2);
  if (two == null) {
    break;
  }
  ctx['f']['b'+ Integer.toString(i)] = two;
}
int digits = 0;
for (int i=0; i<label.length(); i++){
  if (Character.isDigit(label.charAt(i)) && digits < 5) {
    digits++
  }
}
ctx['f']['digits'] = digits;
ctx['f']['entropy'] = entropy(label);
String[] known = params.words.splitOnToken('|');
List exact = words(known, label.toLowerCase(), false, 1);
List close = words(known, label.toLowerCase(), true, 0.8);
ctx['f']['exact'] = exact;
ctx['f']['count'] = exact.size().toString();
ctx['f']['lengths'] = lengths(close);
";

#[test]
fn names_become_features() {
    let script = json!([{"script": {"lang": "painless", "source": NAME_FEATURES, "params": {
        "zones": {"dyn.example": 0},
        "words": "blue|bird|house",
    }}}]);
    let document = |registered: &str, suffix: &str| json!({"dns": {"name": "Blu1", "registered": registered, "suffix": suffix}});
    // The features but for the entropy, whose last digit is that of a logarithm.
    let features = |registered: &str, suffix: &str, entropy: f64| {
        let mut found = through(&script, &document(registered, suffix))["f"].take();
        let came = found.as_object_mut().unwrap().remove("entropy").unwrap();
        assert!((came.as_f64().unwrap() - entropy).abs() < 1e-12, "{came}");
        found
    };
    assert_eq!(
        features("bluebirb.example", "example", 2.405_639_062_229_566),
        json!({
            "zone": "example", "b0": "bl", "b1": "lu", "b2": "ue", "b3": "eb", "b4": "bi",
            "b5": "ir", "b6": "rb", "digits": 0,
            "exact": ["blue"], "count": "1", "lengths": [4],
        })
    );
    assert_eq!(
        features("dyn.example", "example", 2.0),
        json!({
            "zone": "dyn.example", "b0": "Bl", "b1": "lu", "b2": "u1", "digits": 1, "exact": [], "count": "0", "lengths": [],
        })
    );
}

/// Long chains of `containsKey`, `empty`, lists joined, patterns that ignore case,
/// fields whose names are made up, fields removed by pattern.
#[test]
fn processes_become_features() {
    let normal = r#"
        if (ctx.containsKey('process') && ctx['process'].containsKey('command_line') && !ctx['process']['command_line'].empty) {
          ctx.feature_command_line = ctx['process']['command_line']
        } else if (ctx.containsKey('process') && ctx['process'].containsKey('args') && !ctx['process']['args'].empty) {
          ctx.feature_command_line = ctx['process']['args'].join(" ")
        } else {
          ctx.feature_command_line = 'unknown'
        }
        if (ctx.containsKey('win') && ctx['win'].containsKey('signed') && !ctx['win']['signed'].empty) {
          ctx.feature_signed = Boolean.parseBoolean(ctx['win']['signed'])
        } else {
          ctx.feature_signed = false
        }"#;
    let place = r#"
        if(ctx.feature_command_line =~ /:\\windows\\system32/i) {
            ctx.place = "system"
        } else if(ctx.feature_command_line =~ /(:\\users\\)(.*?)(\\appdata)/i) {
            ctx.place = "user"
        } else if(ctx.feature_command_line =~ /:\\\$recycle\.bin/i) {
            ctx.place = "bin"
        } else {
          ctx.place = "unknown"
        }"#;
    let pieces = "
        String at(String field, int from, int n) {
          if (from+n>field.length()) {
            return ''
          } else {
          return field.substring(from, from+n)
          }
        }
        String text = ctx[params.field];
        if(text.length()>=params.max) {
          text = text.substring(0, params.max);
        } else {
          text = text;
        }
        for (int i=0;i<(text.length());i++) {
          ctx[params.field+'_'+Integer.toString(params.n)+'-gram_feature'+Integer.toString(i)] = at(text, i, params.n)
        }";
    let pipeline = json!([
        {"script": {"lang": "painless", "source": normal}},
        {"script": {"source": "if(params.sids.contains(ctx.sid)) {ctx.system = true} else {ctx.system = false}",
            "params": {"sids": ["S-1-5-18"]}}},
        {"script": {"source": place}},
        {"lowercase": {"field": "feature_command_line"}},
        {"gsub": {"field": "feature_command_line", "pattern": "\"", "replacement": ""}},
        {"gsub": {"field": "feature_command_line", "pattern": "\\\\{2,}", "replacement": "\\\\"}},
        {"gsub": {"field": "feature_command_line", "pattern": "(users)\\\\([^\\\\]+)", "replacement": "$1"}},
        {"gsub": {"field": "feature_command_line", "pattern": "[0-9]{5,}", "replacement": "num"}},
        {"script": {"source": pieces, "params": {"field": "feature_command_line", "max": 3, "n": 2}}},
        {"script": {"source": "for(item in params.list){ if(ctx['feature_command_line'].contains(item)){ ctx.label = 1 } }",
            "if": "ctx.containsKey('system') && ctx['system'] == false", "params": {"list": ["evil", "dump"]}}},
        {"set": {"field": "kept", "copy_from": "feature_command_line"}},
        {"set": {"field": "gram", "value": "{{{feature_command_line_2-gram_feature1}}}"}},
        {"script": {"source": "ctx.entrySet().removeIf(field -> field.getKey() =~ /feature_.*/);ctx['process'].remove('args');"}},
    ]);
    for (source, expected) in [
        (
            json!({"process": {"args": ["C:\\Users\\\\ada\\AppData\\x.exe", "\"dump\"", "1234567"]}, "sid": "S-1-5-21"}),
            json!({"process": {}, "sid": "S-1-5-21", "system": false, "place": "user", "label": 1,
                "kept": "c:\\users\\appdata\\x.exe dump num", "gram": ":\\"}),
        ),
        (
            json!({"process": {"command_line": "C:\\Windows\\System32\\a.exe"}, "sid": "S-1-5-18", "win": {"signed": "TRUE"}}),
            json!({"process": {"command_line": "C:\\Windows\\System32\\a.exe"}, "sid": "S-1-5-18",
                "win": {"signed": "TRUE"}, "system": true, "place": "system",
                "kept": "c:\\windows\\system32\\a.exe", "gram": ":\\"}),
        ),
    ] {
        assert_eq!(through(&pipeline, &source), expected);
    }
}

/// A number from a transform becomes whole, and messages are put together from
/// sections that stand or fall with their field.
#[test]
fn failures_are_told_in_full() {
    let handler = "Processor '{{{ _ingest.on_failure_processor_type }}}' {{#_ingest.on_failure_processor_tag}}with tag '{{{ _ingest.on_failure_processor_tag }}}' {{/_ingest.on_failure_processor_tag}}failed with message '{{{ _ingest.on_failure_message }}}'";
    let mut environment = Environment::new(Options::default());
    let body = json!({
        "processors": [
            {"script": {"source": "if (ctx.avg != null) { ctx['source']['bytes'] = (long)(ctx.avg); }"}},
            {"remove": {"field": "avg", "ignore_missing": true}},
            {"fail": {"if": "ctx.tagged == true", "tag": "t", "message": "m"}},
            {"fail": {"if": "ctx.bad == true", "message": "m"}},
        ],
        "on_failure": [
            {"set": {"field": "event.kind", "value": "pipeline_error"}},
            {"append": {"field": "error.message", "value": handler}},
        ],
    });
    environment.put_pipeline("p", &body).unwrap();
    for (source, field, expected) in [
        (
            json!({"avg": 2.9, "source": {}}),
            "/source",
            json!({"bytes": 2}),
        ),
        (
            json!({"tagged": true}),
            "/error/message",
            json!(["Processor 'conditional' with tag 't' failed with message 'm'"]),
        ),
        (
            json!({"bad": true}),
            "/error/message",
            json!(["Processor 'conditional' failed with message 'm'"]),
        ),
    ] {
        let outcome = environment.run("p", &source, &[], Duration::ZERO);
        let Outcome::Document(document) = outcome else {
            panic!("{source}: {outcome:?}");
        };
        assert_eq!(document.json().pointer(field), Some(&expected), "{source}");
    }
}
