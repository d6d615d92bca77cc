//! Expressions: what may stand as a statement, and which rule each follows.

use super::{Analyzer, Checked, Seen, Typed, Want, argument_error, no_class, strip};
use crate::engine::painless::ast::{Expr, ExprKind, Link};
use crate::engine::painless::code::{Constant, Op};
use crate::engine::painless::error::{Cause, Fault};
use crate::engine::painless::methods::compiled::Compiled;
use crate::engine::painless::types::Type;

impl Analyzer {
    /// An expression that has to be a value.
    pub(super) fn expr(&mut self, expr: &Expr, want: Want) -> Checked<Typed> {
        let expr = strip(expr);
        match self.visit(expr, want)? {
            Seen::Value(typed) => Ok(typed),
            Seen::Partial(name) => {
                no_class(expr.at, &name, format!("cannot resolve symbol [{name}]"))
            }
            Seen::Static(ty) => {
                let name = self.name(ty);
                argument_error(
                    expr.at,
                    format!("value required: instead found unexpected type [{name}]"),
                )
            }
        }
    }

    /// An expression that may also be (the beginning of) a class name.
    pub(super) fn visit(&mut self, expr: &Expr, want: Want) -> Checked<Seen> {
        let expr = strip(expr);
        let at = expr.at;
        if !want.read
            && let Some(what) = self.unused(expr)
        {
            return argument_error(at, format!("not a statement: {what}"));
        }
        let typed = match &expr.kind {
            ExprKind::Name(name) => return Ok(self.symbol(at, name)),
            ExprKind::Dot(..) => return self.dot(expr, want),
            ExprKind::Integer(digits, radix) => Self::integer(at, digits, *radix, false, want)?,
            ExprKind::Decimal(text) => Self::decimal(at, text, false)?,
            ExprKind::Text(text) => Typed::new(at, Op::Text(self.text(text)), Type::STRING),
            ExprKind::Bool(value) => {
                Typed::new(at, Op::Constant(Constant::Bool(*value)), Type::BOOLEAN)
            }
            ExprKind::Null => self.null(at, want)?,
            ExprKind::Regex(pattern, flags) => self.regex(at, pattern, flags)?,
            ExprKind::List(items) => self.list(at, items)?,
            ExprKind::Map(entries) => self.map(at, entries)?,
            ExprKind::CallLocal(name, arguments) => self.call_local(at, name, arguments)?,
            ExprKind::New(class, arguments) => self.new_object(at, class, arguments)?,
            ExprKind::NewArray(class, items, filled) => {
                self.new_array(at, class, items, *filled)?
            }
            ExprKind::Brace(..) => self.brace(expr, want)?,
            ExprKind::Call(receiver, name, arguments, safe) => {
                self.call(at, receiver, (name, *safe), arguments, want)?
            }
            ExprKind::Unary(operator, operand) => self.unary(at, *operator, operand, want)?,
            ExprKind::Cast(class, operand) => self.explicit(at, class, operand)?,
            ExprKind::Operators(first, links) => self.operators(at, first, links, want)?,
            ExprKind::Conditional(condition, yes, no) => {
                self.conditional(at, condition, (yes, no), want)?
            }
            ExprKind::Elvis(left, right) => self.elvis(at, left, right, want)?,
            ExprKind::Assign { .. } => self.assign(expr, want)?,
            ExprKind::Lambda { parameters, body } => self.lambda(at, parameters, body, want)?,
            ExprKind::Reference(symbol, method) => self.reference(at, symbol, method, want)?,
            // parentheses were taken off above
            ExprKind::Group(inner) => return self.visit(inner, want),
        };
        Ok(Seen::Value(typed))
    }

    /// What to say about an expression that does nothing; `None` if it may stand
    /// as a statement.
    fn unused(&self, expr: &Expr) -> Option<String> {
        Some(match &expr.kind {
            ExprKind::Integer(digits, _) => format!("numeric constant [{digits}] not used"),
            ExprKind::Decimal(text) => format!("decimal constant [{text}] not used"),
            ExprKind::Text(text) => format!("string constant [{text}] not used"),
            ExprKind::Bool(value) => format!("boolean constant [{value}] not used"),
            ExprKind::Null => "null constant not used".to_owned(),
            ExprKind::Regex(pattern, flags) => {
                format!("regex constant [{pattern}] with flags [{flags}] not used")
            }
            ExprKind::List(_) => "result not used from list initializer".to_owned(),
            ExprKind::Map(_) => "result not used from map initializer".to_owned(),
            ExprKind::NewArray(..) => "result not used from new array".to_owned(),
            ExprKind::Name(name) => match self.library.resolve(name) {
                Some(ty) => format!("static type [{}] not used", self.name(ty)),
                None if self.is_defined(name) => format!("variable [{name}] not used"),
                None => return None,
            },
            ExprKind::Dot(..) => "result of dot operator [.] not used".to_owned(),
            ExprKind::Brace(..) => "result of brace operator not used".to_owned(),
            ExprKind::Unary(operator, _) => format!(
                "result not used from {} operation [{}]",
                operator.name(),
                operator.symbol()
            ),
            ExprKind::Cast(class, _) => {
                format!("result not used from explicit cast with target type [{class}]")
            }
            ExprKind::Operators(_, links) => {
                let last = links.last().map(Link::shown).unwrap_or_default();
                format!("result not used from {last}")
            }
            ExprKind::Conditional(..) => {
                "result not used from conditional operation [?:]".to_owned()
            }
            ExprKind::Elvis(..) => "result not used from elvis operation [?:]".to_owned(),
            ExprKind::Lambda { .. } => "lambda not used".to_owned(),
            ExprKind::Reference(symbol, method) => {
                format!("function reference [{symbol}:{method}] not used")
            }
            ExprKind::New(..)
            | ExprKind::Call(..)
            | ExprKind::CallLocal(..)
            | ExprKind::Assign { .. }
            | ExprKind::Group(_) => return None,
        })
    }

    fn symbol(&mut self, at: usize, name: &str) -> Seen {
        if let Some(ty) = self.library.resolve(name) {
            return Seen::Static(ty);
        }
        match self.variable(name) {
            Some(variable) => Seen::Value(Typed::new(at, Op::Local(variable.slot), variable.ty)),
            None => Seen::Partial(name.to_owned()),
        }
    }

    fn null(&mut self, at: usize, want: Want) -> Checked<Typed> {
        let ty = match want.target {
            Some(target) if target.is_primitive() => {
                let name = self.name(target);
                return argument_error(
                    at,
                    format!("Cannot cast null to a primitive type [{name}]."),
                );
            }
            Some(target) => target,
            None => Type::OBJECT,
        };
        Ok(Typed::new(at, Op::Constant(Constant::Null), ty))
    }

    /// A whole number; with the sign that stands before it, so that the smallest
    /// can be written.
    pub(super) fn integer(
        at: usize,
        digits: &str,
        radix: u32,
        negative: bool,
        want: Want,
    ) -> Checked<Typed> {
        let sign = if negative { "-" } else { "" };
        let shown = format!("{sign}{digits}");
        let body = digits
            .get(..digits.len().saturating_sub(1))
            .unwrap_or_default();
        let constant = match digits.chars().last() {
            Some('d' | 'D') if radix == 10 => (
                format!("{sign}{body}").parse().ok().map(Constant::Double),
                Type::DOUBLE,
            ),
            Some('f' | 'F') if radix == 10 => (
                format!("{sign}{body}").parse().ok().map(Constant::Float),
                Type::FLOAT,
            ),
            Some('l' | 'L') => {
                let parsed = i64::from_str_radix(&format!("{sign}{body}"), radix);
                match parsed {
                    Ok(n) => (Some(Constant::Long(n)), Type::LONG),
                    Err(_) => {
                        return argument_error(at, format!("Invalid long constant [{shown}]."));
                    }
                }
            }
            _ => {
                let Ok(n) = i32::from_str_radix(&shown, radix) else {
                    let long = i64::from_str_radix(&shown, radix).is_ok();
                    let hint = if long {
                        format!(" If you want a long constant then change it to [{shown}L].")
                    } else {
                        String::new()
                    };
                    return argument_error(at, format!("Invalid int constant [{shown}].{hint}"));
                };
                narrow(n, want.target)
            }
        };
        match constant {
            (Some(constant), ty) => Ok(Typed::new(at, Op::Constant(constant), ty)),
            (None, _) => argument_error(at, format!("Invalid constant [{shown}].")),
        }
    }

    pub(super) fn decimal(at: usize, text: &str, negative: bool) -> Checked<Typed> {
        let sign = if negative { "-" } else { "" };
        let body = text.trim_end_matches(['f', 'F', 'd', 'D']);
        let shown = format!("{sign}{body}");
        let (constant, ty) = if text.ends_with(['f', 'F']) {
            (shown.parse().ok().map(Constant::Float), Type::FLOAT)
        } else {
            (shown.parse().ok().map(Constant::Double), Type::DOUBLE)
        };
        match constant {
            Some(constant) => Ok(Typed::new(at, Op::Constant(constant), ty)),
            None => argument_error(at, format!("Invalid double constant [{sign}{text}].")),
        }
    }

    fn regex(&mut self, at: usize, pattern: &str, flags: &str) -> Checked<Typed> {
        if !self.regex_enabled {
            return Err(Fault::at(
                at,
                Cause::illegal_state(
                    "Regexes are disabled. Set [script.painless.regex.enabled] to [true] in elasticsearch.yaml to allow them. \
                     Be careful though, regexes break out of Painless's protection against deep recursion and long loops.",
                ),
            ));
        }
        let regex = match Compiled::new(pattern, flags) {
            Ok(regex) => regex,
            Err(error) => {
                let cause = Cause::illegal_argument(format!(
                    "invalid regular expression: could not compile regex constant [{pattern}] with flags [{flags}]"
                ))
                .because(Cause::new("pattern_syntax_exception", Some(error.to_string())));
                return Err(Fault::at(at + 1 + error.index().unwrap_or_default(), cause));
            }
        };
        self.mark_statement(at);
        let index = u32::try_from(self.program.patterns.len()).unwrap_or(u32::MAX);
        self.program.patterns.push(regex);
        Ok(Typed::new(at, Op::Regex(index), Type::PATTERN))
    }

    fn list(&mut self, at: usize, items: &[Expr]) -> Checked<Typed> {
        let mut codes = Vec::with_capacity(items.len());
        for item in items {
            codes.push(self.value(item, Type::DEF, false, true)?);
        }
        Ok(Typed::new(at, Op::List(codes), Type::ARRAY_LIST))
    }

    fn map(&mut self, at: usize, entries: &[(Expr, Expr)]) -> Checked<Typed> {
        let mut codes = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let key = self.value(key, Type::DEF, false, true)?;
            codes.push((key, self.value(value, Type::DEF, false, true)?));
        }
        Ok(Typed::new(at, Op::Map(codes), Type::HASH_MAP))
    }
}

/// A small constant takes the type that is wanted, if it fits.
fn narrow(n: i32, target: Option<Type>) -> (Option<Constant>, Type) {
    let narrowed = match target {
        Some(Type::BYTE) => i8::try_from(n)
            .ok()
            .map(|n| (Constant::Byte(n), Type::BYTE)),
        Some(Type::SHORT) => i16::try_from(n)
            .ok()
            .map(|n| (Constant::Short(n), Type::SHORT)),
        Some(Type::CHAR) => u16::try_from(n)
            .ok()
            .map(|n| (Constant::Char(n), Type::CHAR)),
        _ => None,
    };
    let (constant, ty) = narrowed.unwrap_or((Constant::Int(n), Type::INT));
    (Some(constant), ty)
}
