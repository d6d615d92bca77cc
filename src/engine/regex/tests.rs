#![allow(clippy::unwrap_used)]

use super::Regex;
use crate::engine::value::JavaString;

fn replace(pattern: &str, text: &str, replacement: &str) -> Result<String, String> {
    let regex = Regex::new(pattern).map_err(|error| error.to_string())?;
    regex
        .replace_all(&JavaString::from(text), replacement)
        .map(|text| text.to_string())
        .map_err(|failure| failure.reason().to_owned())
}

#[test]
fn replaces_as_java() {
    for (pattern, text, replacement, expected) in [
        ("a", "banana", "o", "bonono"),
        ("x*", "axb", "-", "-a--b-"),
        ("", "ab", "_", "_a_b_"),
        ("(a)(b)?", "abac", "[$1$2]", "[ab][a]c"),
        ("(?<y>\\d{4})", "in 2020", "<${y}>", "in <2020>"),
        ("\\.", "a.b", "\\$1", "a$1b"),
        ("a(?!b)", "abac", "!", "ab!c"),
        ("(?i)B+", "abBc", "x", "axc"),
        ("[a-c&&[^b]]", "abcd", "x", "xbxd"),
        ("[[:alpha:]]", "b:a", "x", "bxx"),
        ("[[0-:b]]", "b:a", "x", "xxa"),
        ("\\p{Punct}", "a.b-c", "", "abc"),
        ("\\p{javaLowerCase}|\\p{IsAlphabetic}", "aÉ1", "x", "xx1"),
        ("\\w", "é_1", "x", "éxx"),
        ("(?U)\\w", "é_1", "x", "xxx"),
        ("\\h+\\R", "a \t\r\nb", "|", "a|b"),
        ("\\Qa.b\\E", "a.b axb", "q", "q axb"),
        ("a++b|(?>c+)d", "aabccd", "x", "xx"),
        ("\\d+$", "x 99\n", "<$0>", "x <99>\n"),
        ("^b", "a\nb", "x", "a\nb"),
        ("(?m)^b$", "a\nb\nc", "x", "a\nx\nc"),
        ("a.b", "a\nb a\rb axb", "x", "a\nb a\rb x"),
        ("(?s)a.b", "a\nb", "x", "x"),
        ("(?x) a b # note", "ab", "x", "x"),
        ("\\u0061\\x{1F600}\\ud83d\\ude00", "a😀😀", "x", "x"),
        ("(a)\\1", "aa", "x", "x"),
        ("(?<q>a)\\k<q>0", "aa0", "x", "x"),
        ("[\\d-x\\]]", "1-x]", "", ""),
        ("[]a]", "a]b", "", "b"),
        ("a{2}b{1,}c{0,1}", "aab", "x", "x"),
        ("}]", "}]", "x", "x"),
    ] {
        assert_eq!(
            replace(pattern, text, replacement).as_deref(),
            Ok(expected),
            "{pattern} on {text}"
        );
    }
}

#[test]
fn words_errors_as_java() {
    for (pattern, expected) in [
        ("(x", "Unclosed group near index 2\n(x"),
        ("a)", "Unmatched closing ')' near index 0\na)\n^"),
        ("[a", "Unclosed character class near index 1\n[a\n ^"),
        ("*a", "Dangling meta character '*' near index 0\n*a\n^"),
        ("a{,2}", "Illegal repetition near index 2\na{,2}\n  ^"),
        ("{", "Illegal repetition\n{"),
        ("a{x}", "Illegal repetition near index 2\na{x}\n  ^"),
        (
            "a{2,1}",
            "Illegal repetition range near index 5\na{2,1}\n     ^",
        ),
        ("a{2", "Unclosed counted closure near index 3\na{2"),
        (
            "(?<=a+)b",
            "Look-behind group does not have an obvious maximum length near index 5\n(?<=a+)b\n     ^",
        ),
        (
            "(a)(?<!x\\1)",
            "Look-behind group does not have an obvious maximum length near index 9\n(a)(?<!x\\1)\n         ^",
        ),
        (
            "(?<n>a)\\k<m>",
            "named capturing group <m> does not exist near index 11\n(?<n>a)\\k<m>\n           ^",
        ),
        (
            "(?<n>a)(?<n>b)",
            "Named capturing group <n> is already defined near index 11\n(?<n>a)(?<n>b)\n           ^",
        ),
        (
            "(?<1>a)",
            "capturing group name does not start with a Latin letter near index 3\n(?<1>a)\n   ^",
        ),
        (
            "\\p{Foo}",
            "Unknown character property name {Foo} near index 6\n\\p{Foo}\n      ^",
        ),
        (
            "\\p{Greek}",
            "Unknown character property name {Greek} near index 8\n\\p{Greek}\n        ^",
        ),
        (
            "\\y",
            "Illegal/unsupported escape sequence near index 1\n\\y\n ^",
        ),
        ("\\", "Unescaped trailing backslash near index 1\n\\"),
    ] {
        assert_eq!(Regex::new(pattern).unwrap_err().to_string(), expected);
    }
    for (replacement, expected) in [
        ("$", "Illegal group reference: group index is missing"),
        ("$9", "No group 9"),
        ("\\", "character to be escaped is missing"),
        ("${x}", "No group with name {x}"),
        ("${", "named capturing group is missing trailing '}'"),
    ] {
        assert_eq!(replace("a", "a", replacement), Err(expected.to_owned()));
        assert_eq!(replace("a", "b", replacement), Ok("b".to_owned()));
    }
    for pattern in [
        "(?<=a{1,3})b",
        "(?<=a|bc?)d",
        "(?<!\\R)x+",
        "\\p{IsGreek}\\p{Lu}",
        "(?:a+)(?<=b)c{2,}",
    ] {
        assert!(Regex::new(pattern).is_ok(), "{pattern}");
    }
    assert!(Regex::new(&"(".repeat(5000)).is_err());
    assert!(Regex::new(&"[".repeat(5000)).is_err());
    assert!(replace("(a+)+\\1c", &"a".repeat(5000), "").is_err());
}

#[test]
fn splits_as_java() {
    for (pattern, text, limit, expected) in [
        (",", "a,b,,c,,", 0, &["a", "b", "", "c"][..]),
        (",", "a,b,,c,,", -1, &["a", "b", "", "c", "", ""]),
        (",", ",a", 0, &["", "a"]),
        (",", "", 0, &[""]),
        ("", "abc", 0, &["a", "b", "c"]),
        ("", "abc", -1, &["a", "b", "c", ""]),
        ("(?=b)", "abcb", 0, &["a", "bc", "b"]),
        (".", "abc", 0, &[]),
        ("=", "a=b=c", 2, &["a", "b=c"]),
        ("=", "abc", 2, &["abc"]),
    ] {
        assert_eq!(
            Regex::new(pattern).unwrap().split(text, limit).unwrap(),
            expected,
            "{pattern} on {text}"
        );
    }
}
