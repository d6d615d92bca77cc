//! The tree of a script as written, before types are known.

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Mul,
    Div,
    Rem,
    Add,
    Sub,
    Find,
    Match,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
    And,
    Xor,
    Or,
}

impl Binary {
    pub(super) const fn symbol(self) -> &'static str {
        match self {
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Find => "=~",
            Self::Match => "==~",
            Self::ShiftLeft => "<<",
            Self::ShiftRight => ">>",
            Self::ShiftRightUnsigned => ">>>",
            Self::And => "&",
            Self::Xor => "^",
            Self::Or => "|",
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Mul => "multiplication",
            Self::Div => "division",
            Self::Rem => "remainder",
            Self::Add => "addition",
            Self::Sub => "subtraction",
            Self::Find => "find",
            Self::Match => "match",
            Self::ShiftLeft => "left shift",
            Self::ShiftRight => "right shift",
            Self::ShiftRightUnsigned => "unsigned shift",
            Self::And => "bitwise and",
            Self::Xor => "bitwise xor",
            Self::Or => "boolean or",
        }
    }

    pub(super) const fn is_shift(self) -> bool {
        matches!(
            self,
            Self::ShiftLeft | Self::ShiftRight | Self::ShiftRightUnsigned
        )
    }
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Same,
    NotSame,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Comparison {
    pub(super) const fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Same => "===",
            Self::NotSame => "!==",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Equal => "equals",
            Self::NotEqual => "not equals",
            Self::Same => "reference equals",
            Self::NotSame => "reference not equals",
            Self::Less => "less than",
            Self::LessEqual => "less than or equals",
            Self::Greater => "greater than",
            Self::GreaterEqual => "greater than or equals",
        }
    }

    /// Whether it asks for equality rather than order.
    pub(super) const fn is_equality(self) -> bool {
        matches!(
            self,
            Self::Equal | Self::NotEqual | Self::Same | Self::NotSame
        )
    }
}

/// A unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unary {
    Not,
    BitNot,
    Plus,
    Minus,
}

impl Unary {
    pub(super) const fn symbol(self) -> &'static str {
        match self {
            Self::Not => "!",
            Self::BitNot => "~",
            Self::Plus => "+",
            Self::Minus => "-",
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Not => "boolean not",
            Self::BitNot => "bitwise not",
            Self::Plus => "addition",
            Self::Minus => "subtraction",
        }
    }
}

/// An expression and where it starts (for a link of a chain: its dot or bracket).
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) at: usize,
    pub(super) kind: ExprKind,
}

#[derive(Clone, Debug)]
pub(super) enum ExprKind {
    /// Text of a whole number with its suffix, and its radix.
    Integer(String, u32),
    Decimal(String),
    Text(String),
    Bool(bool),
    Null,
    /// Pattern and flags.
    Regex(String, String),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    Name(String),
    /// An expression in parentheses.
    Group(Box<Expr>),
    /// A function of the script.
    CallLocal(String, Vec<Expr>),
    New(String, Vec<Expr>),
    /// Element type with its brackets, sizes or elements, and whether these are
    /// elements.
    NewArray(String, Vec<Expr>, bool),
    /// Receiver, name, whether by `?.`.
    Dot(Box<Expr>, String, bool),
    Brace(Box<Expr>, Box<Expr>),
    Call(Box<Expr>, String, Vec<Expr>, bool),
    Unary(Unary, Box<Expr>),
    Cast(String, Box<Expr>),
    /// Operators that group to the left, `a + b - c`: each works on all that
    /// stands before it. Kept flat, so that thousands of them are no deep tree.
    Operators(Box<Expr>, Vec<Link>),
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    Elvis(Box<Expr>, Box<Expr>),
    Assign {
        target: Box<Expr>,
        operator: Option<Binary>,
        value: Box<Expr>,
        /// The result is the value before the assignment (`i++`).
        post: bool,
    },
    Lambda {
        parameters: Vec<(Option<String>, String)>,
        body: Vec<Stmt>,
    },
    /// `symbol::method`
    Reference(String, String),
}

/// An operator and what stands behind it.
#[derive(Clone, Debug)]
pub(super) enum Link {
    Binary(Binary, Expr),
    Compare(Comparison, Expr),
    /// `&&` (true) or `||`.
    Logic(bool, Expr),
    InstanceOf(String),
}

impl Link {
    /// As errors name it.
    pub(super) fn shown(&self) -> String {
        let (name, symbol) = match self {
            Self::Binary(operator, _) => (operator.name(), operator.symbol()),
            Self::Compare(operator, _) => (operator.name(), operator.symbol()),
            Self::Logic(true, _) => ("boolean and", "&&"),
            Self::Logic(false, _) => ("boolean or", "||"),
            Self::InstanceOf(class) => return format!("instanceof with target type [{class}]"),
        };
        format!("{name} operation [{symbol}]")
    }
}

/// A statement and where it starts.
#[derive(Clone, Debug)]
pub(super) struct Stmt {
    pub(super) at: usize,
    pub(super) kind: StmtKind,
}

/// One variable of a declaration: its place, name and first value.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) at: usize,
    pub(super) name: String,
    pub(super) value: Option<Expr>,
}

/// A `catch`: its place, class, variable and block.
#[derive(Clone, Debug)]
pub(super) struct Catch {
    pub(super) at: usize,
    pub(super) class: String,
    pub(super) name: String,
    pub(super) body: Block,
}

/// Statements in braces, or a single one without, and where that starts.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub(super) at: usize,
    pub(super) statements: Vec<Stmt>,
}

/// A block; `None` where the source has an empty one.
pub(super) type Block = Option<Body>;

/// An `if` or `else if`: its place, condition and block.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    pub(super) at: usize,
    pub(super) condition: Expr,
    pub(super) body: Block,
}

#[derive(Clone, Debug)]
pub(super) enum StmtKind {
    /// `if`, each `else if`, and `else`.
    If(Vec<Branch>, Option<Block>),
    While(Expr, Block),
    DoWhile(Block, Expr),
    For {
        first: Option<Box<Stmt>>,
        condition: Option<Expr>,
        after: Option<Expr>,
        body: Block,
    },
    Each {
        class: String,
        name: String,
        over: Expr,
        body: Block,
    },
    Try(Block, Vec<Catch>),
    Declare(String, Vec<Variable>),
    Continue,
    Break,
    Return(Option<Expr>),
    Throw(Expr),
    Expression(Expr),
}

/// A function of the script.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub(super) at: usize,
    pub(super) result: String,
    pub(super) name: String,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) body: Vec<Stmt>,
}

/// A whole script.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// Where its first token stands.
    pub(super) at: usize,
    pub(super) functions: Vec<Function>,
    pub(super) body: Vec<Stmt>,
}
