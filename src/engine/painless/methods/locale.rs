//! `Locale`.

use super::arguments::text;
use super::{Row, Table, class};
use crate::engine::painless::interpret::Run;
use crate::engine::value::{JavaObject, Object, Value};

/// A locale, by its tag. Only its name matters: case mapping and formatting
/// follow the root locale.
struct Locale(&'static str);

impl JavaObject for Locale {
    fn class_name(&self) -> &'static str {
        "java.util.Locale"
    }

    fn to_java_string(&self) -> String {
        self.0.to_owned()
    }

    fn equals(&self, other: &Object) -> bool {
        other
            .downcast::<Self>()
            .is_some_and(|other| other.0 == self.0)
    }
}

fn locale(tag: &'static str) -> Run<Value> {
    Ok(Value::Object(Object::new(Locale(tag))))
}

const LOCALE: &[Row] = &[
    ("const Locale ROOT", |_, _| locale("")),
    ("const Locale ENGLISH", |_, _| locale("en")),
    ("const Locale US", |_, _| locale("en_US")),
    ("const Locale UK", |_, _| locale("en_GB")),
    ("const Locale CANADA", |_, _| locale("en_CA")),
    ("const Locale GERMAN", |_, _| locale("de")),
    ("const Locale GERMANY", |_, _| locale("de_DE")),
    ("const Locale FRENCH", |_, _| locale("fr")),
    ("const Locale FRANCE", |_, _| locale("fr_FR")),
    ("const Locale ITALIAN", |_, _| locale("it")),
    ("const Locale ITALY", |_, _| locale("it_IT")),
    ("const Locale JAPAN", |_, _| locale("ja_JP")),
    ("const Locale CHINA", |_, _| locale("zh_CN")),
    ("static Locale getDefault()", |_, _| locale("en_US")),
    ("static Locale forLanguageTag(String)", |_, a| {
        let tag = text(a, 0)?.to_str().replace('_', "-").to_lowercase();
        let known = [
            "en", "en-us", "en-gb", "de", "de-de", "fr", "fr-fr", "it", "ja", "zh", "tr",
        ];
        match known.iter().find(|known| **known == tag) {
            Some(known) => locale(known),
            None => locale(""),
        }
    }),
];

pub(super) static TABLES: &[Table] = &[class("java.util.Locale", &[], LOCALE)];
