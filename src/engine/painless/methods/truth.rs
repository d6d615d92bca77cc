//! `Boolean`.

use super::arguments::{at, boolean};
use super::boxed::{made, order, text_of};
use super::{Row, Table, class};
use crate::engine::value::{Value, hash_code};

const BOOLEAN: &[Row] = &[
    ("const Boolean TRUE", |_, _| Ok(Value::Bool(true))),
    ("const Boolean FALSE", |_, _| Ok(Value::Bool(false))),
    ("boolean booleanValue()", |_, a| {
        Ok(Value::Bool(boolean(a, 0)))
    }),
    ("static int compare(boolean,boolean)", |_, a| {
        order(boolean(a, 0).cmp(&boolean(a, 1)))
    }),
    ("static int hashCode(boolean)", |_, a| {
        Ok(Value::Int(hash_code(at(a, 0))))
    }),
    ("static boolean logicalAnd(boolean,boolean)", |_, a| {
        Ok(Value::Bool(boolean(a, 0) & boolean(a, 1)))
    }),
    ("static boolean logicalOr(boolean,boolean)", |_, a| {
        Ok(Value::Bool(boolean(a, 0) | boolean(a, 1)))
    }),
    ("static boolean logicalXor(boolean,boolean)", |_, a| {
        Ok(Value::Bool(boolean(a, 0) ^ boolean(a, 1)))
    }),
    ("static boolean parseBoolean(String)", |_, a| {
        let truth = text_of(a).is_some_and(|text| text.to_str().eq_ignore_ascii_case("true"));
        Ok(Value::Bool(truth))
    }),
    ("static String toString(boolean)", |vm, a| {
        made(vm, boolean(a, 0).to_string())
    }),
    ("static Boolean valueOf(boolean)", |_, a| {
        Ok(at(a, 0).clone())
    }),
];

pub(super) static TABLES: &[Table] = &[class(
    "java.lang.Boolean",
    &["java.lang.Comparable"],
    BOOLEAN,
)];
