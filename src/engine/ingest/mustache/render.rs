//! Fills a template with a document. Names are looked up as mustache.java and
//! the server's extension of it do: lists are maps of their indices, text is
//! escaped for JSON.

use std::fmt::Write as _;

use super::Escaping;
use super::template::Node;
use crate::engine::failure::Failure;
use crate::engine::ingest::document::Document;
use crate::engine::value::{JavaMap, Map, Value, json};

/// A filled template is at most this many bytes long.
const MAX_TEXT: usize = 8 << 20;
/// Parts of a template that are filled at most, those of sections as often as
/// they are repeated.
const MAX_PARTS: usize = 1_000_000;

/// The text of a template for a document.
///
/// # Errors
/// `general_script_exception` when a function of the template fails, or the
/// text grows too long.
pub(super) fn render(
    nodes: &[Node],
    escaping: Escaping,
    document: &Document,
) -> Result<String, Failure> {
    let mut renderer = Renderer {
        escaping,
        document,
        scopes: Vec::new(),
        out: String::new(),
        parts: 0,
    };
    renderer.nodes(nodes).map_err(|cause| {
        Failure::new(
            500,
            "general_script_exception",
            "Error running com.github.mustachejava.codes.DefaultMustache",
        )
        .because(cause)
    })?;
    Ok(renderer.out)
}

struct Renderer<'document> {
    escaping: Escaping,
    document: &'document Document,
    /// What the sections around stand for, the innermost last.
    scopes: Vec<Value>,
    out: String,
    /// How many parts were filled.
    parts: usize,
}

impl Renderer<'_> {
    fn nodes(&mut self, nodes: &[Node]) -> Result<(), Failure> {
        for node in nodes {
            self.parts += 1;
            if self.parts > MAX_PARTS {
                return Err(Failure::illegal_argument(format!(
                    "a template would fill more than [{MAX_PARTS}] parts"
                )));
            }
            match node {
                Node::Text(text) => self.push(text)?,
                Node::Variable { name, raw } => {
                    if let Some(value) = self.find(name)?.filter(|value| !value.is_null()) {
                        let text = stringify(&value);
                        match self.escaping {
                            Escaping::Json if !raw => self.push(&json::escaped(&text))?,
                            Escaping::Url if !raw => self.push(&url_encode(&text))?,
                            _ => self.push(&text)?,
                        }
                    }
                }
                Node::Section {
                    name,
                    inverted: false,
                    body,
                } => match Function::named(name) {
                    Some(function) => self.call(&function, body)?,
                    None => self.section(name, body)?,
                },
                Node::Section {
                    name,
                    inverted: true,
                    body,
                } => {
                    let value = self.find(name)?.unwrap_or_default();
                    if is_falsy(&value) {
                        self.nodes(body)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), Failure> {
        if self.out.len().saturating_add(text.len()) > MAX_TEXT {
            return Err(Failure::illegal_argument(format!(
                "the text of a template would grow beyond [{MAX_TEXT}] bytes"
            )));
        }
        self.out.push_str(text);
        Ok(())
    }

    fn section(&mut self, name: &str, body: &[Node]) -> Result<(), Failure> {
        let value = self.find(name)?.unwrap_or_default();
        if is_falsy(&value) {
            return Ok(());
        }
        let rounds = match &value {
            Value::List(list) => list.items(),
            _ => vec![value],
        };
        for round in rounds {
            let scoped = !round.is_null();
            if scoped {
                self.scopes.push(round);
            }
            let result = self.nodes(body);
            if scoped {
                self.scopes.pop();
            }
            result?;
        }
        Ok(())
    }

    /// The value of a name in the innermost scope that has it.
    fn find(&self, name: &str) -> Result<Option<Value>, Failure> {
        if name == "." {
            return Ok(Some(
                self.scopes.last().cloned().unwrap_or_else(|| self.model()),
            ));
        }
        for scope in self.scopes.iter().rev() {
            if let Some(value) = dig(name, |key| member(scope, key))? {
                return Ok(Some(value));
            }
        }
        dig(name, |key| Ok(self.root_member(key)))
    }

    fn root_member(&self, key: &str) -> Option<Value> {
        match key {
            "_source" => Some(Value::Map(self.document.fields.clone())),
            "_ingest" => Some(Value::Map(self.document.ingest.clone())),
            _ => self.document.fields.get(key),
        }
    }

    /// The whole of what a template sees.
    fn model(&self) -> Value {
        let mut model = JavaMap::new();
        for (key, value) in self.document.fields.entries() {
            model.put(key, value);
        }
        model.put_str("_source", Value::Map(self.document.fields.clone()));
        model.put_str("_ingest", Value::Map(self.document.ingest.clone()));
        Value::Map(Map::new(model))
    }

    fn call(&mut self, function: &Function, body: &[Node]) -> Result<(), Failure> {
        if matches!(function, Function::Url) {
            let start = self.out.len();
            self.nodes(body)?;
            let text = self.out.split_off(start);
            return self.push(&url_encode(&text));
        }
        let [Node::Text(name)] = body else {
            return Err(Failure::new(
                400,
                "mustache_exception",
                "Mustache function must contain one and only one identifier",
            ));
        };
        let value = self.find(name.trim())?.unwrap_or_default();
        match function {
            Function::ToJson if value.is_null() => Ok(()),
            Function::ToJson => self.push(&json::write(&value)),
            Function::Join(separator) => {
                let Value::List(list) = &value else {
                    return self.push(&stringify(&value));
                };
                for (index, item) in list.items().iter().enumerate() {
                    if item.is_null() {
                        return Err(Failure::null_pointer(
                            "Cannot invoke \"Object.toString()\" because \"object\" is null",
                        ));
                    }
                    if index > 0 {
                        self.push(separator)?;
                    }
                    self.push(&stringify(item))?;
                }
                Ok(())
            }
            Function::Url => Ok(()),
        }
    }
}

/// A section that the server's Mustache runs as a function.
enum Function {
    ToJson,
    Join(String),
    Url,
}

impl Function {
    fn named(name: &str) -> Option<Self> {
        match name {
            "toJson" => Some(Self::ToJson),
            "join" => Some(Self::Join(",".into())),
            "url" => Some(Self::Url),
            _ => {
                let rest = name.strip_prefix("join delimiter='")?;
                rest.strip_suffix('\'').map(|it| Self::Join(it.into()))
            }
        }
    }
}

/// Looks a dotted name up: as a whole, or its first part and the rest in that.
fn dig(
    name: &str,
    first: impl Fn(&str) -> Result<Option<Value>, Failure>,
) -> Result<Option<Value>, Failure> {
    if let Some(value) = first(name)? {
        return Ok(Some(value));
    }
    let Some((key, mut rest)) = name.split_once('.') else {
        return Ok(None);
    };
    let mut at = first(key)?;
    while let Some(value) = at.take() {
        if let Some(found) = member(&value, rest)? {
            return Ok(Some(found));
        }
        let Some((key, next)) = rest.split_once('.') else {
            return Ok(None);
        };
        at = member(&value, key)?;
        rest = next;
    }
    Ok(None)
}

/// What a value has under a name.
fn member(value: &Value, name: &str) -> Result<Option<Value>, Failure> {
    match value {
        Value::Map(map) => Ok(map.get(name)),
        Value::List(list) if name == "size" => Ok(Some(Value::Int(
            i32::try_from(list.len()).unwrap_or(i32::MAX),
        ))),
        Value::List(list) => match name.parse::<i32>() {
            Ok(index) => match usize::try_from(index).ok().and_then(|it| list.get(it)) {
                Some(item) => Ok(Some(item).filter(|item| !item.is_null())),
                None => Err(Failure::new(
                    500,
                    "index_out_of_bounds_exception",
                    index.to_string(),
                )),
            },
            Err(_) => Ok(None),
        },
        _ => Ok(None),
    }
}

fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Str(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        _ => false,
    }
}

/// `toString()`, of a list as of a map from its indices.
fn stringify(value: &Value) -> String {
    match value {
        Value::List(list) => {
            let items = list.items();
            let entries: Vec<_> = items
                .iter()
                .enumerate()
                .map(|(index, item)| format!("{index}={}", item.to_java_string()))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_java_string(),
    }
}

/// `java.net.URLEncoder` in UTF-8.
fn url_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::Escaping;
    use super::super::template::parse;
    use super::render;
    use crate::engine::ingest::document::Document;
    use crate::engine::value::{Value, json};

    fn fill(template: &str) -> Result<String, String> {
        let source = json::parse(
            br#"{"s":"a \"b\"\n","n":null,"l":[1,null,{"k":"v"}],"m":{"x.y":1,"z":{"w":2.0}},"e":[],"t":true,"a.b":3}"#,
        )
        .unwrap();
        let Value::Map(source) = source else {
            unreachable!()
        };
        let document = Document::new(&source, vec![("_index", "i".into())], "now");
        render(&parse(template).unwrap(), Escaping::Json, &document)
            .map_err(|failure| failure.root().reason().to_owned())
    }

    #[test]
    fn fills_templates() {
        for (template, expected) in [
            ("{{s}}", "a \\\"b\\\"\\n"),
            ("{{{s}}}", "a \"b\"\n"),
            ("{{n}}{{nope}}{{m.nope}}", ""),
            ("{{l}} {{l.2.k}} {{l.size}}", "{0=1, 1=null, 2={k=v}} v 3"),
            ("{{m.x.y}} {{m.z.w}} {{a.b}}", "1 2.0 3"),
            ("{{_source.s}}", "a \\\"b\\\"\\n"),
            ("{{_ingest.timestamp}}/{{_index}}", "now/i"),
            ("{{#t}}y{{/t}}{{^t}}n{{/t}}{{^e}}none{{/e}}", "ynone"),
            ("{{#m}}{{z.w}}{{t}}{{/m}}", "2.0true"),
            ("{{#l}}<{{k}}>{{/l}}", "<><><v>"),
            ("{{#toJson}}m.z{{/toJson}}", "{\"w\":2.0}"),
            ("{{#url}}a b&c{{/url}}", "a+b%26c"),
        ] {
            assert_eq!(fill(template).as_deref(), Ok(expected), "{template}");
        }
        assert_eq!(fill("{{l.9}}"), Err("9".into()));
        let nested = format!("{}x{}", "{{#l}}".repeat(13), "{{/l}}".repeat(13));
        let too_many = "a template would fill more than [1000000] parts";
        assert_eq!(fill(&nested), Err(too_many.into()));
        assert!(fill("{{#join}}l{{/join}}").is_err());
    }
}
