//! The words of the language.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name: a variable, a function, a type.
    Name,
    /// A name after a dot.
    DotName,
    /// A whole number after a dot: `list.0`.
    DotInteger,
    /// `boolean`, `int` and so on.
    Primitive,
    /// A reserved word, see [`KEYWORDS`].
    Keyword,
    Octal,
    Hex,
    Integer,
    Decimal,
    Text,
    Regex,
    /// An operator or a bracket, see [`SYMBOLS`].
    Symbol,
    End,
}

/// A token: its kind, where it stands (in characters) and its text.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) text: String,
}

impl Token {
    /// Whether this is that operator, bracket or keyword.
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Symbol | Kind::Keyword) && self.text == text
    }
}

/// Names of primitive types.
pub(super) const PRIMITIVES: [&str; 8] = [
    "boolean", "byte", "short", "char", "int", "long", "float", "double",
];

/// Words that cannot be names.
pub(super) const KEYWORDS: [&str; 19] = [
    "if",
    "else",
    "while",
    "do",
    "for",
    "in",
    "continue",
    "break",
    "return",
    "new",
    "try",
    "catch",
    "throw",
    "this",
    "instanceof",
    "true",
    "false",
    "null",
    "def",
];

/// Operators and brackets, longest first.
pub(super) const SYMBOLS: [&str; 54] = [
    ">>>=", "<<=", ">>=", ">>>", "===", "!==", "==~", "?.", "?:", "<<", ">>", "<=", ">=", "==",
    "!=", "&&", "||", "::", "->", "=~", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=",
    "{", "}", "[", "]", "(", ")", ".", ",", ";", "!", "~", "*", "/", "%", "+", "-", "<", ">", "&",
    "^", "|", "?", ":", "=",
];
