//! Values behave as the Java objects they stand for.

use sealift::engine::value::{
    JavaMap, JavaString, Value, double_to_string, float_to_string, hash_code, json,
};

#[test]
fn doubles_print_as_java_17_prints_them() {
    for (number, text) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (0.1, "0.1"),
        (100.0, "100.0"),
        (1e-3, "0.001"),
        (9.999e-4, "9.999E-4"),
        (1e7, "1.0E7"),
        (9_999_999.0, "9999999.0"),
        (12_345_678.9, "1.23456789E7"),
        (1.0 / 3.0, "0.3333333333333333"),
        (0.1 + 0.2, "0.30000000000000004"),
        (9_007_199_254_740_993.0, "9.007199254740992E15"),
        (9.223_372_036_854_776e18, "9.223372036854776E18"),
        (1e21, "1.0E21"),
        (2e-323, "2.0E-323"),
        (f64::MIN_POSITIVE, "2.2250738585072014E-308"),
        (f64::from_bits(1), "4.9E-324"),
        (f64::MAX, "1.7976931348623157E308"),
        // longer than needed to read back, but what Java gives
        (5.021_681_388_309_345e58, "5.0216813883093446E58"),
        (2.407_412_430_484_045e-35, "2.4074124304840448E-35"),
        (2e-3, "0.002"),
        (f64::NAN, "NaN"),
        (f64::NEG_INFINITY, "-Infinity"),
    ] {
        assert_eq!(double_to_string(number), text);
    }
}

#[test]
fn floats_print_as_java_17_prints_them() {
    for (number, text) in [
        (0.1_f32, "0.1"),
        (1.0 / 3.0, "0.33333334"),
        (3e9, "3.0E9"),
        (9.223_372e18, "9.223372E18"),
        (16_777_216.0, "1.6777216E7"),
        (f32::MAX, "3.4028235E38"),
        (f32::from_bits(1), "1.4E-45"),
        (1e-3, "0.001"),
    ] {
        assert_eq!(float_to_string(number), text);
    }
}

#[test]
fn hash_maps_iterate_by_bucket() {
    let mut map = JavaMap::new();
    for key in ["z", "banana", "a", "apple", "cherry", "b"] {
        map.put_str(key, Value::Null);
    }
    let keys: Vec<String> = map.iter().map(|(key, _)| key.to_java_string()).collect();
    assert_eq!(keys, ["banana", "a", "apple", "cherry", "b", "z"]);
}

#[test]
fn hash_codes_are_javas() {
    assert_eq!(hash_code(&Value::str("hello")), 99_162_322);
    assert_eq!(hash_code(&Value::str("é")), 233);
    assert_eq!(hash_code(&Value::Long(-1)), 0);
    assert_eq!(hash_code(&Value::Double(1.5)), 1_073_217_536);
    assert_eq!(hash_code(&Value::list(vec![1.into(), 2.into()])), 994);
    assert_eq!(
        hash_code(&Value::BigInt("18446744073709551616".into())),
        29 * 31 + 62
    );
}

#[test]
fn removed_keys_leave_the_order_of_the_others() {
    let mut map = JavaMap::linked();
    for n in 0..100 {
        map.put(Value::Int(n), Value::Int(n));
    }
    for n in 0..95 {
        assert_eq!(map.remove(&Value::Int(n)), Some(Value::Int(n)));
    }
    map.put(Value::Int(3), Value::Null);
    let keys: Vec<Value> = map.iter().map(|(key, _)| key.clone()).collect();
    let expected: Vec<Value> = [95, 96, 97, 98, 99, 3].map(Value::Int).into();
    assert_eq!(keys, expected);
}

#[test]
fn strings_count_utf16_units() {
    let pizza = JavaString::from("a🍕");
    assert_eq!(pizza.len(), 3);
    assert_eq!(pizza.unit(1), Some(0xd83c));
    let half = pizza.slice(0, 2).unwrap();
    assert_eq!(half.to_str(), "a\u{fffd}");
    assert_eq!(json::write(&Value::Str(half)), r#""a\ud83c""#);
    assert_eq!(pizza.slice(0, 1).unwrap().as_ascii(), Some("a"));
    assert_eq!(pizza.slice(2, 4), None);
}

#[test]
fn strings_are_put_together() {
    for (text, number, joined) in [
        ("", 0, "0"),
        ("n", -1, "n-1"),
        ("grün", 12, "grün12"),
        ("", i64::MIN, "-9223372036854775808"),
        ("", i64::MAX, "9223372036854775807"),
        ("twenty-one characters", 1, "twenty-one characters1"),
        ("twenty-two characters!", 10, "twenty-two characters!10"),
    ] {
        let text = JavaString::from(text);
        assert_eq!(text.concat_number(number).to_str(), joined);
        assert_eq!(text.concat(&JavaString::from(number)).to_str(), joined);
    }
    for (text, start, part, has) in [
        ("registered.org", 10, ".org", true),
        ("registered.org", 11, ".org", false),
        ("registered.org", 14, "", true),
        ("registered.org", 15, "", false),
        ("grün.org", 4, ".org", true),
        ("grün.org", 2, "ün", true),
        ("org", 0, "ün", false),
        ("org", usize::MAX, "org", false),
    ] {
        let (text, part) = (JavaString::from(text), JavaString::from(part));
        assert_eq!(text.has_at(start, &part), has, "{text} {start} {part}");
    }
}

#[test]
fn json_comes_back_as_it_was_read() {
    for text in [
        r#"{"a":[1,2147483648,9223372036854775808,-0.5,1.0E10],"b":{"c":null,"d":true}}"#,
        r#""\"\\\n\u0001é\ud800""#,
        "[]",
        "18446744073709551617000",
    ] {
        let value = json::parse(text.as_bytes()).unwrap();
        assert_eq!(json::write(&value), text);
    }
}

#[test]
fn broken_json_is_refused_with_its_place() {
    for (text, message) in [
        ("", "unexpected end of input at line 1 column 1"),
        (
            "{\"a\":1,\n \"a\":2}",
            "duplicate field 'a' at line 2 column 7",
        ),
        ("[1,]", "unexpected character at line 1 column 4"),
        (
            "[01]",
            "leading zeros are not allowed in numbers at line 1 column 4",
        ),
        ("nul", "unrecognized token at line 1 column 1"),
        (
            "1 2",
            "unexpected characters after the value at line 1 column 3",
        ),
    ] {
        assert_eq!(
            json::parse(text.as_bytes()).unwrap_err().to_string(),
            message
        );
    }
    let deep = "[".repeat(100_000);
    assert!(json::parse(deep.as_bytes()).is_err());
}

#[test]
fn containers_that_hold_themselves_do_not_overflow_the_stack() {
    let list = Value::list(Vec::new());
    list.as_list().unwrap().push(list.clone());
    assert!(list.to_java_string().starts_with("[[["));
    assert!(list.deep_copy().is_err());
    assert!(list.render(1_000_000).is_err());
    list.as_list().unwrap().borrow_mut().clear();

    let mut deep = Value::Null;
    for _ in 0..200_000 {
        deep = Value::list(vec![deep]);
    }
    drop(deep);
}

#[test]
fn deep_copies_are_independent_and_refuse_what_no_document_holds() {
    let value = json::parse(br#"{"a":{"b":[1]}}"#).unwrap();
    let copy = value.deep_copy().unwrap();
    let inner = value.get("a").unwrap().get("b").unwrap();
    inner.as_list().unwrap().push(2.into());
    assert_eq!(json::write(&copy), r#"{"a":{"b":[1]}}"#);
    value.as_map().unwrap().put("c", Value::Char(97));
    assert_eq!(
        value.deep_copy().unwrap_err().to_string(),
        "unexpected value type [class java.lang.Character]"
    );
}

#[test]
fn serde_json_values_convert_both_ways() {
    let json: serde_json::Value = serde_json::json!({"a": [1, 2.5, "x", null, true]});
    assert_eq!(serde_json::Value::from(&Value::from(&json)), json);
}
