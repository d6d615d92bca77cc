//! A script ready to run: types checked, names resolved to slots and methods.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::ast::{Binary, Comparison, Unary};
use super::library::MethodId;
use super::methods::compiled::Compiled;
use super::types::{ClassId, Type};
use crate::engine::value::Value;

/// No place in the script.
pub(super) const NOWHERE: u32 = u32::MAX;

/// A conversion between types, decided when a script is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cast {
    /// The value stays as it is (boxing included).
    None,
    /// A primitive number to another.
    Number(Type),
    /// A boxed value to a primitive type.
    Unbox(Type),
    /// `def` to a type.
    Def(Type, bool),
    /// A reference to a class that it has to be of.
    Check(Type),
    CharToText,
    TextToChar,
}

/// On what type arithmetic is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int,
    Long,
    Float,
    Double,
    Def,
}

/// An operation and the place that is reported when it fails.
#[derive(Debug)]
pub(super) struct Code {
    /// Where it stands in the script.
    pub(super) place: u32,
    /// The place that a failure is reported at: as in Elasticsearch that of the
    /// operation emitted last, see [`trace`](super::trace).
    pub(super) at: u32,
    pub(super) op: Op,
}

impl Code {
    pub(super) fn new(place: usize, op: Op) -> Self {
        Self {
            place: u32::try_from(place).unwrap_or(NOWHERE),
            at: NOWHERE,
            op,
        }
    }
}

/// A primitive constant or null.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Constant {
    Null,
    Bool(bool),
    Byte(i8),
    Short(i16),
    Char(u16),
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
}

impl From<Constant> for Value {
    fn from(constant: Constant) -> Self {
        match constant {
            Constant::Null => Self::Null,
            Constant::Bool(value) => Self::Bool(value),
            Constant::Byte(n) => Self::Byte(n),
            Constant::Short(n) => Self::Short(n),
            Constant::Char(unit) => Self::Char(unit),
            Constant::Int(n) => Self::Int(n),
            Constant::Long(n) => Self::Long(n),
            Constant::Float(n) => Self::Float(n),
            Constant::Double(n) => Self::Double(n),
        }
    }
}

/// Remembers whether a property was ever read.
#[derive(Debug, Default)]
pub(super) struct Linked(AtomicBool);

impl Linked {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self) {
        if !self.get() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

/// Remembers which method a call found last, by class.
#[derive(Debug, Default)]
pub(super) struct Cache(AtomicU64);

impl Cache {
    pub(super) fn get(&self, class: ClassId) -> Option<MethodId> {
        let known = self.0.load(Ordering::Relaxed);
        let fits = known >> 32 == u64::from(class.0) + 1;
        fits.then(|| MethodId(u32::try_from(known & 0xffff_ffff).unwrap_or_default()))
    }

    /// Whether a call ever found one.
    pub(super) fn linked(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    pub(super) fn set(&self, class: ClassId, method: MethodId) {
        let entry = (u64::from(class.0) + 1) << 32 | u64::from(method.0);
        self.0.store(entry, Ordering::Relaxed);
    }
}

/// What an expression does.
#[derive(Debug)]
pub(super) enum Op {
    Constant(Constant),
    /// A string, by its place among the texts of the script.
    Text(u32),
    /// A pattern, by its place among the patterns of the script.
    Regex(u32),
    Local(u16),
    Load(Box<Target>),
    Assign(Box<Assign>),
    Math(Binary, Kind, Box<(Code, Code)>),
    /// `=~` (false) or `==~` (true).
    Find(bool, Box<(Code, Code)>),
    Concat(Vec<Code>),
    Compare(Comparison, Kind, Box<(Code, Code)>),
    /// Comparison of references: by `equals` or by identity.
    Same(Comparison, Box<(Code, Code)>),
    /// `&&` (true) or `||`.
    Logic(bool, Box<(Code, Code)>),
    Unary(Unary, Kind, Box<Code>),
    Cast(Cast, Box<Code>),
    InstanceOf(Type, Box<Code>),
    /// Many operators one after the other.
    Chain(Box<Chain>),
    Conditional(Box<(Code, Code, Code)>),
    Elvis(Box<(Code, Code)>),
    /// The receiver goes to a slot; if it is not null, the second follows.
    NullSafe(u16, Box<(Code, Code)>),
    List(Vec<Code>),
    Map(Vec<(Code, Code)>),
    /// An array from its elements.
    Array(Type, Vec<Code>),
    /// An array from its sizes.
    NewArray(Type, Vec<Code>),
    /// A method, constructor or constant of the library; whether the first value
    /// is its receiver.
    Native(MethodId, bool, Vec<Code>),
    /// A call on `def`: receiver first; types of the arguments.
    DefCall(Box<DefCall>),
    /// A function of the script.
    Function(u16, Vec<Code>),
    /// A lambda: function, slots of what it captures.
    Lambda(u16, Vec<u16>),
    /// A reference to a method: what it calls.
    Reference(Box<Referee>),
}

/// A value and what is done to it, one after the other: the flat form of a tree
/// that leans to the left.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) first: Code,
    pub(super) links: Vec<Link>,
}

/// What is done to the value so far, and where a failure is reported.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) place: u32,
    pub(super) at: u32,
    pub(super) act: Act,
}

/// An operation on the value so far.
#[derive(Debug)]
pub(super) enum Act {
    Math(Binary, Kind, Code),
    Compare(Comparison, Kind, Code),
    Same(Comparison, Code),
    /// `&&` (true) or `||`.
    Logic(bool, Code),
    Cast(Cast),
    InstanceOf(Type),
}

impl Chain {
    /// Takes a tree that leans to the left apart.
    pub(super) fn flatten(code: Code) -> Code {
        let (place, mut rest) = (code.place, code);
        let mut taken = Vec::new();
        let mut chain = loop {
            let (inner, act) = match rest.op {
                Op::Math(operator, kind, pair) => (pair.0, Act::Math(operator, kind, pair.1)),
                Op::Compare(operator, kind, pair) => (pair.0, Act::Compare(operator, kind, pair.1)),
                Op::Same(operator, pair) => (pair.0, Act::Same(operator, pair.1)),
                Op::Logic(and, pair) => (pair.0, Act::Logic(and, pair.1)),
                Op::Cast(cast, inner) => (*inner, Act::Cast(cast)),
                Op::InstanceOf(ty, inner) => (*inner, Act::InstanceOf(ty)),
                Op::Chain(chain) => break *chain,
                op => {
                    break Self {
                        first: Code { op, ..rest },
                        links: Vec::new(),
                    };
                }
            };
            taken.push(Link {
                place: rest.place,
                at: NOWHERE,
                act,
            });
            rest = inner;
        };
        chain.links.extend(taken.into_iter().rev());
        Code {
            place,
            at: NOWHERE,
            op: Op::Chain(Box::new(chain)),
        }
    }
}

/// A call on a value whose class is known when it runs only.
#[derive(Debug)]
pub(super) struct DefCall {
    pub(super) name: String,
    /// Receiver first.
    pub(super) values: Vec<Code>,
    /// The static types of the arguments.
    pub(super) types: Vec<Type>,
    pub(super) cache: Cache,
}

/// What a method reference calls.
#[derive(Clone, Debug)]
pub(super) enum Referee {
    /// A static method or a constructor, or an instance method of its first
    /// argument.
    Method(MethodId, bool),
    /// A function of the script.
    Function(u16),
    /// A new array.
    Array(Type),
    /// A method of a variable's value.
    Bound(u16, String),
    /// Found by name and number of arguments when it is called.
    Late(ClassId, String),
}

/// A place that can be read and written.
#[derive(Debug)]
pub(super) enum Target {
    Local(u16),
    /// A property of a `def`, by name and the place of that name among the texts.
    Dot(Code, String, u32, Linked),
    MapItem(Code, Code),
    ListItem(Code, Code),
    ArrayItem(Code, Code),
    ArrayLength(Code),
    /// An index on a `def`; the static type of the index, and the place that is
    /// reported when the index does not fit.
    Item(Code, Code, Type, u32),
    Property(Code, Option<MethodId>, Option<MethodId>),
}

/// What an assignment gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    Nothing,
    Before,
    After,
}

/// An assignment.
#[derive(Debug)]
pub(super) struct Assign {
    pub(super) target: Target,
    pub(super) value: Code,
    /// The type of the value, for stores to `def`.
    pub(super) value_type: Type,
    pub(super) compound: Option<Compound>,
    pub(super) gives: Gives,
    /// Where the target stands.
    pub(super) place: u32,
    pub(super) load_at: u32,
    pub(super) store_at: u32,
}

/// The arithmetic of `+=` and its like.
#[derive(Debug)]
pub(super) struct Compound {
    pub(super) operator: Binary,
    pub(super) kind: Kind,
    /// The sum is a string.
    pub(super) concat: bool,
    pub(super) up: Cast,
    pub(super) down: Cast,
    pub(super) place: u32,
    pub(super) at: u32,
}

impl Compound {
    /// Whether it takes an `int` to an `int`.
    pub(super) fn is_on_ints(&self) -> bool {
        self.kind == Kind::Int && !self.concat && self.up == Cast::None && self.down == Cast::None
    }
}

/// A statement and where it stands.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) place: u32,
    pub(super) at: u32,
    pub(super) kind: StepKind,
}

#[derive(Debug)]
pub(super) enum StepKind {
    /// Conditions and what follows on each, tried in order; what else follows.
    If(Vec<(Code, Vec<Step>)>, Vec<Step>),
    /// `while` and `for`: first, condition, after each round, body.
    Loop {
        first: Vec<Step>,
        condition: Option<Code>,
        after: Option<Code>,
        body: Vec<Step>,
    },
    DoWhile(Vec<Step>, Option<Code>),
    Each {
        slot: u16,
        cast: Cast,
        over: Code,
        body: Vec<Step>,
    },
    Try(Vec<Step>, Vec<Handler>),
    /// A declaration: several variables.
    Declare(Vec<Step>),
    Store(u16, Option<Code>, Constant),
    Continue,
    Break,
    Return(Option<Code>),
    Throw(Code),
    Evaluate(Code),
}

/// A `catch`.
#[derive(Debug)]
pub(super) struct Handler {
    pub(super) class: ClassId,
    pub(super) slot: u16,
    pub(super) body: Vec<Step>,
}

/// A function, lambda or the body of the script.
#[derive(Debug, Default)]
pub(super) struct Routine {
    pub(super) parameters: usize,
    /// Slots for parameters and variables.
    pub(super) slots: usize,
    /// Slots of what a lambda captured.
    pub(super) captures: Vec<u16>,
    pub(super) body: Vec<Step>,
    /// What falling off the end gives.
    pub(super) default: Option<Constant>,
}

/// A compiled script.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) routines: Vec<Routine>,
    /// The routine to start with.
    pub(super) main: u16,
    pub(super) texts: Vec<String>,
    pub(super) patterns: Vec<Compiled>,
    /// Where statements start, sorted.
    pub(super) statements: Vec<usize>,
}
