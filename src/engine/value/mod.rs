//! The run-time value that Painless, ingest processors and inference share: a
//! Java object as Elasticsearch would hold it.
//!
//! * [`Value`] is 16 bytes and cheap to clone. Lists, maps and sets are shared
//!   handles, as Java references are: a clone sees the same elements. Use
//!   [`Value::deep_copy`] for an independent copy.
//! * [`JavaString`] counts in UTF-16 units and may hold lone surrogates.
//! * [`JavaMap`] iterates in the order of `java.util.HashMap` (documents are
//!   those), `LinkedHashMap` or `TreeMap`.
//! * [`json`] reads and writes the JSON of Elasticsearch.
//!
//! ```
//! use sealift::engine::value::{Value, json};
//! let document = json::parse(br#"{"b": [1, 2.50], "a": null}"#).unwrap();
//! assert_eq!(document.get("b").unwrap().to_java_string(), "[1, 2.5]");
//! assert_eq!(json::write(&document), r#"{"a":null,"b":[1,2.5]}"#);
//! ```

mod array;
mod copy;
mod decimal;
mod entries;
mod equality;
mod hash;
mod hash_table;
mod items;
pub mod json;
mod kept;
mod list;
mod map;
mod map_handle;
mod object;
mod render;
mod serde_value;
mod set;
mod spare;
mod text;
mod tree;
mod walk;

pub use array::Array;
pub use copy::CopyError;
pub use decimal::{double_to_string, float_to_string};
pub use entries::Entries;
pub use equality::{equals, identical};
pub use hash::{hash_code, spread};
pub use kept::kept;
pub use list::{List, ListKind};
pub use map::{JavaMap, Order};
pub use map_handle::Map;
pub use object::{JavaObject, Object};
pub use render::RenderError;
pub use set::Set;
pub use text::{JavaString, hash_code_of_str};
pub use tree::natural_order;
pub use walk::visits;

/// How deeply lists and maps may nest when they are read, copied, compared or
/// printed. Java overflows its stack at some thousand levels; this bound stands
/// well below what the stack of a thread holds here.
pub const MAX_DEPTH: usize = 512;

/// A Java object or primitive.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `Boolean`
    Bool(bool),
    /// `Byte`
    Byte(i8),
    /// `Short`
    Short(i16),
    /// `Character`: one UTF-16 unit
    Char(u16),
    /// `Integer`
    Int(i32),
    /// `Long`
    Long(i64),
    /// `Float`
    Float(f32),
    /// `Double`
    Double(f64),
    /// `BigInteger`, as canonical decimal text: a JSON integer beyond `long`
    BigInt(JavaString),
    /// `String`
    Str(JavaString),
    /// `ArrayList` and other lists
    List(List),
    /// `HashMap`, `LinkedHashMap`, `TreeMap`
    Map(Map),
    /// A list seen through the read-only document of a condition
    FrozenList(List),
    /// A map seen through the read-only document of a condition
    FrozenMap(Map),
    /// `HashSet`, `LinkedHashSet`, `TreeSet`
    Set(Set),
    /// A Java array
    Array(Array),
    /// Anything else: `StringBuilder`, dates, iterators, functions
    Object(Object),
}

const _: () = assert!(size_of::<Value>() == 16);

impl Value {
    /// An empty `HashMap`.
    #[must_use]
    pub fn map() -> Self {
        Self::Map(Map::new(JavaMap::new()))
    }

    /// A string.
    pub fn str(text: impl Into<JavaString>) -> Self {
        Self::Str(text.into())
    }

    /// An `ArrayList` of these elements.
    #[must_use]
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(List::new(items))
    }

    /// Whether it is `null`.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The string, if it is one.
    #[must_use]
    pub const fn as_str(&self) -> Option<&JavaString> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The map, if it is one (read-only or not).
    #[must_use]
    pub const fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) | Self::FrozenMap(map) => Some(map),
            _ => None,
        }
    }

    /// The list, if it is one (read-only or not).
    #[must_use]
    pub const fn as_list(&self) -> Option<&List> {
        match self {
            Self::List(list) | Self::FrozenList(list) => Some(list),
            _ => None,
        }
    }

    /// The value under a string key, if this is a map that has it. A clone: for
    /// containers a handle to the same one.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Self> {
        self.as_map()?.get(key)
    }

    /// Any number (not `Character`) as a double, as `Number.doubleValue()`.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        Some(match self {
            Self::Byte(n) => f64::from(*n),
            Self::Short(n) => f64::from(*n),
            Self::Int(n) => f64::from(*n),
            #[expect(clippy::cast_precision_loss, reason = "Long.doubleValue() rounds so")]
            Self::Long(n) => *n as f64,
            Self::Float(n) => f64::from(*n),
            Self::Double(n) => *n,
            Self::BigInt(n) => n.to_str().parse().ok()?,
            _ => return None,
        })
    }

    /// A whole number within `long` (`Byte`, `Short`, `Integer`, `Long`).
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        Some(match self {
            Self::Byte(n) => i64::from(*n),
            Self::Short(n) => i64::from(*n),
            Self::Int(n) => i64::from(*n),
            Self::Long(n) => *n,
            _ => return None,
        })
    }

    /// The fully qualified name of the Java class, as `getClass().getName()`
    /// has it; `null` for null.
    #[must_use]
    pub fn class_name(&self) -> &str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "java.lang.Boolean",
            Self::Byte(_) => "java.lang.Byte",
            Self::Short(_) => "java.lang.Short",
            Self::Char(_) => "java.lang.Character",
            Self::Int(_) => "java.lang.Integer",
            Self::Long(_) => "java.lang.Long",
            Self::Float(_) => "java.lang.Float",
            Self::Double(_) => "java.lang.Double",
            Self::BigInt(_) => "java.math.BigInteger",
            Self::Str(_) => "java.lang.String",
            Self::List(list) => list.kind().class_name(),
            Self::Map(map) => map.class_name(),
            Self::FrozenList(_) => {
                "org.elasticsearch.ingest.ConditionalProcessor$UnmodifiableIngestList"
            }
            Self::FrozenMap(_) => {
                "org.elasticsearch.ingest.ConditionalProcessor$UnmodifiableIngestData"
            }
            Self::Set(set) => set.class_name(),
            Self::Array(array) => array.class_name(),
            Self::Object(object) => object.class_name(),
        }
    }

    /// `String.valueOf(this)`. Containers that nest deeper than [`MAX_DEPTH`]
    /// (or hold themselves) end in `...` there; a script that does that gets an
    /// error instead, see [`Value::render`].
    #[must_use]
    pub fn to_java_string(&self) -> String {
        let mut out = render::Lossy::default();
        out.value(self);
        out.finish()
    }

    /// `String.valueOf(this)` with every UTF-16 unit kept.
    ///
    /// # Errors
    /// When containers nest deeper than [`MAX_DEPTH`] or the text would have
    /// more than `limit` units.
    pub fn render(&self, limit: usize) -> Result<JavaString, RenderError> {
        render::render(self, limit)
    }

    /// An independent copy as the ingest service makes it of a document: maps
    /// become `HashMap`s, lists `ArrayList`s.
    ///
    /// # Errors
    /// When a value of a type is met that no document may hold (for example
    /// `Character` or an array), containers nest deeper than [`MAX_DEPTH`], or
    /// there are too many values in all.
    pub fn deep_copy(&self) -> Result<Self, CopyError> {
        copy::deep_copy(self)
    }
}

/// As `Objects.equals`: `1` and `1L` differ, lists and maps compare by content.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        equals(self, other)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::str(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::str(text)
    }
}

impl From<JavaString> for Value {
    fn from(text: JavaString) -> Self {
        Self::Str(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Long(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}
