//! Properties and indexes: `a.b`, `a[0]`.

use super::{Analyzer, Checked, Seen, Typed, Want, argument_error};
use crate::engine::painless::ast::{Expr, ExprKind, Link};
use crate::engine::painless::code::{Code, Constant, Linked, NOWHERE, Op, Target};
use crate::engine::painless::error::{Cause, Fault};
use crate::engine::painless::library::MethodId;
use crate::engine::painless::types::Type;

/// A place that was found, and the type it holds.
pub(super) struct Place {
    pub(super) target: Target,
    pub(super) ty: Type,
    /// The place is on a `def`.
    pub(super) dynamic: bool,
}

/// What a dot leads to.
enum Dotted {
    Place(Place),
    Constant(MethodId, Type),
    Seen(Seen),
}

impl Analyzer {
    pub(super) fn dot(&mut self, expr: &Expr, want: Want) -> Checked<Seen> {
        let ExprKind::Dot(receiver, name, safe) = &expr.kind else {
            return argument_error(expr.at, "illegal tree structure");
        };
        let at = expr.at;
        let inner = self.visit(receiver, Want::VALUE)?;
        let (inner, guarded) = self.guard(inner, at, *safe);
        let dotted = self.dotted(at, inner, name, (true, false))?;
        let typed = match dotted {
            Dotted::Seen(seen) => return Ok(seen),
            Dotted::Constant(method, ty) => {
                Typed::new(at, Op::Native(method, false, Vec::new()), ty)
            }
            Dotted::Place(place) => {
                let dynamic = place.dynamic;
                let typed = Typed::new(at, Op::Load(Box::new(place.target)), place.ty);
                if dynamic {
                    Self::settle(typed, want)
                } else {
                    typed
                }
            }
        };
        Self::unguard(typed, at, guarded).map(Seen::Value)
    }

    /// For `?.`: puts the receiver into a slot and gives the code to read it there.
    pub(super) fn guard(
        &mut self,
        seen: Seen,
        at: usize,
        safe: bool,
    ) -> (Seen, Option<(u16, Code)>) {
        match seen {
            Seen::Value(typed) if safe => {
                let slot = self.scope().slot();
                let inner = Typed::new(at, Op::Local(slot), typed.ty);
                (Seen::Value(inner), Some((slot, typed.code)))
            }
            seen => (seen, None),
        }
    }

    pub(super) fn unguard(typed: Typed, at: usize, guarded: Option<(u16, Code)>) -> Checked<Typed> {
        let Some((slot, receiver)) = guarded else {
            return Ok(typed);
        };
        if typed.ty.is_primitive() {
            return Err(Fault::nowhere(Cause::illegal_argument(
                "Result of null safe operator must be nullable",
            )));
        }
        let op = Op::NullSafe(slot, Box::new((receiver, typed.code)));
        Ok(Typed::new(at, op, typed.ty))
    }

    fn dotted(
        &mut self,
        at: usize,
        inner: Seen,
        name: &str,
        access: (bool, bool),
    ) -> Checked<Dotted> {
        match inner {
            Seen::Partial(prefix) => {
                let full = format!("{prefix}.{name}");
                Ok(Dotted::Seen(match self.library.resolve(&full) {
                    Some(ty) => Seen::Static(ty),
                    None => Seen::Partial(full),
                }))
            }
            Seen::Static(ty) => match self.library.class(ty.class).constant(name) {
                Some(method) if !ty.is_array() => {
                    Ok(Dotted::Constant(method, self.library.method(method).result))
                }
                _ => self.no_field(at, ty, name),
            },
            Seen::Value(typed) => self.member(at, typed, name, access).map(Dotted::Place),
        }
    }

    fn no_field<T>(&self, at: usize, ty: Type, name: &str) -> Checked<T> {
        argument_error(at, format!("field [{}, {name}] not found", self.name(ty)))
    }

    fn member(
        &mut self,
        at: usize,
        receiver: Typed,
        name: &str,
        (read, write): (bool, bool),
    ) -> Checked<Place> {
        let ty = receiver.ty;
        let place = |target, ty| Place {
            target,
            ty,
            dynamic: false,
        };
        if ty.is_array() {
            if name != "length" {
                let shown = self.name(ty);
                return argument_error(
                    at,
                    format!("Field [{name}] does not exist for type [{shown}]."),
                );
            }
            if write {
                return argument_error(
                    at,
                    "invalid assignment: cannot assign a value write to read-only field [length] for an array.",
                );
            }
            return Ok(place(Target::ArrayLength(receiver.code), Type::INT));
        }
        if ty.is_def() {
            let text = self.text(name);
            return Ok(Place {
                target: Target::Dot(receiver.code, name.to_owned(), text, Linked::default()),
                ty: Type::DEF,
                dynamic: true,
            });
        }
        let class = self.library.class(ty.boxed().class);
        let (getter, setter) = (class.getter(name), class.setter(name));
        if getter.is_some() || setter.is_some() {
            if read && getter.is_none() || write && setter.is_none() {
                let shown = self.name(ty);
                return argument_error(
                    at,
                    format!("Illegal shortcut on field [{name}] for type [{shown}]."),
                );
            }
            let result = match (setter, getter) {
                (Some(setter), _) => self.library.method(setter).parameters.first().copied(),
                (None, Some(getter)) => Some(self.library.method(getter).result),
                (None, None) => None,
            };
            let target = Target::Property(receiver.code, getter, setter);
            return Ok(place(target, result.unwrap_or(Type::DEF)));
        }
        if Type::MAP.accepts(ty, self.library) {
            let key = Code::new(at, Op::Text(self.text(name)));
            return Ok(place(Target::MapItem(receiver.code, key), Type::DEF));
        }
        if Type::LIST.accepts(ty, self.library) {
            let Ok(index) = name.parse::<i32>() else {
                let cause = Cause::illegal_argument(format!("invalid list index [{name}]"));
                let reason = format!("For input string: \"{name}\"");
                let inner = Cause::new("number_format_exception", Some(reason));
                return Err(Fault::at(at, cause.because(inner)));
            };
            let index = Code::new(at, Op::Constant(Constant::Int(index)));
            return Ok(place(Target::ListItem(receiver.code, index), Type::DEF));
        }
        self.no_field(at, ty, name)
    }

    pub(super) fn brace(&mut self, expr: &Expr, want: Want) -> Checked<Typed> {
        let place = self.indexed(expr)?;
        let dynamic = place.dynamic;
        let typed = Typed::new(expr.at, Op::Load(Box::new(place.target)), place.ty);
        Ok(if dynamic {
            Self::settle(typed, want)
        } else {
            typed
        })
    }

    fn indexed(&mut self, expr: &Expr) -> Checked<Place> {
        let ExprKind::Brace(receiver, index) = &expr.kind else {
            return argument_error(expr.at, "illegal tree structure");
        };
        let typed = self.expr(receiver, Want::VALUE)?;
        let ty = typed.ty;
        let place = |target, ty| Place {
            target,
            ty,
            dynamic: false,
        };
        if ty.is_array() {
            let index = self.value(index, Type::INT, false, false)?;
            return Ok(place(Target::ArrayItem(typed.code, index), ty.element()));
        }
        if ty.is_def() {
            let index = self.expr(index, Want::VALUE)?;
            return Ok(Place {
                target: Target::Item(typed.code, index.code, index.ty, NOWHERE),
                ty: Type::DEF,
                dynamic: true,
            });
        }
        if Type::MAP.accepts(ty, self.library) {
            let key = self.value(index, Type::DEF, false, false)?;
            return Ok(place(Target::MapItem(typed.code, key), Type::DEF));
        }
        if Type::LIST.accepts(ty, self.library) {
            let index = self.value(index, Type::INT, false, false)?;
            return Ok(place(Target::ListItem(typed.code, index), Type::DEF));
        }
        let shown = self.name(ty);
        argument_error(expr.at, format!("Illegal array access on type [{shown}]."))
    }

    /// A place to assign to.
    pub(super) fn target(&mut self, expr: &Expr, read: bool) -> Checked<Place> {
        let at = expr.at;
        match &expr.kind {
            ExprKind::Name(name) => {
                if let Some(ty) = self.library.resolve(name) {
                    let shown = self.name(ty);
                    return argument_error(
                        at,
                        format!(
                            "invalid assignment: cannot write a value to a static type [{shown}]"
                        ),
                    );
                }
                let Some(variable) = self.variable(name) else {
                    return argument_error(at, format!("cannot resolve symbol [{name}]"));
                };
                if variable.read_only {
                    return argument_error(at, format!("Variable [{name}] is read-only."));
                }
                Ok(Place {
                    target: Target::Local(variable.slot),
                    ty: variable.ty,
                    dynamic: false,
                })
            }
            ExprKind::Dot(receiver, name, safe) => {
                let inner = self.visit(receiver, Want::VALUE)?;
                match self.dotted(at, inner, name, (read, true))? {
                    Dotted::Place(_) if *safe => argument_error(
                        at,
                        "invalid assignment: cannot assign a value to a null safe operation [?.]",
                    ),
                    Dotted::Place(place) => Ok(place),
                    Dotted::Constant(..) => argument_error(
                        at,
                        format!(
                            "invalid assignment: cannot assign a value to read-only field [{name}]"
                        ),
                    ),
                    Dotted::Seen(Seen::Partial(full)) => {
                        argument_error(at, format!("cannot resolve symbol [{full}]"))
                    }
                    Dotted::Seen(_) => argument_error(
                        at,
                        "invalid assignment: cannot write a value to a static type",
                    ),
                }
            }
            ExprKind::Brace(..) => self.indexed(expr),
            other => argument_error(
                at,
                format!(
                    "invalid assignment: cannot assign a value to {}",
                    describe(other)
                ),
            ),
        }
    }
}

/// What cannot be assigned to.
fn describe(kind: &ExprKind) -> String {
    match kind {
        ExprKind::Integer(digits, _) => format!("numeric constant [{digits}]"),
        ExprKind::Decimal(text) => format!("decimal constant [{text}]"),
        ExprKind::Text(text) => format!("string constant [{text}]"),
        ExprKind::Bool(value) => format!("boolean constant [{value}]"),
        ExprKind::Null => "null constant".to_owned(),
        ExprKind::Regex(pattern, flags) => {
            format!("regex constant [{pattern}] with flags [{flags}]")
        }
        ExprKind::List(_) => "list initializer".to_owned(),
        ExprKind::Map(_) => "map initializer".to_owned(),
        ExprKind::NewArray(..) => "new array".to_owned(),
        ExprKind::New(class, arguments) => {
            format!("new object with constructor [{class}/{}]", arguments.len())
        }
        ExprKind::CallLocal(name, arguments) => {
            format!("function call [{name}/{}]", arguments.len())
        }
        ExprKind::Call(_, name, arguments, _) => {
            format!("method call [{name}/{}]", arguments.len())
        }
        ExprKind::Unary(operator, _) => {
            format!("{} operation [{}]", operator.name(), operator.symbol())
        }
        ExprKind::Operators(_, links) => links.last().map(Link::shown).unwrap_or_default(),
        ExprKind::Cast(class, _) => format!("an explicit cast with target type [{class}]"),
        ExprKind::Conditional(..) => "conditional operation [?:]".to_owned(),
        ExprKind::Elvis(..) => "elvis operation [?:]".to_owned(),
        ExprKind::Assign { .. } => "assignment operation [=]".to_owned(),
        ExprKind::Lambda { .. } => "a lambda".to_owned(),
        ExprKind::Reference(symbol, method) => format!("function reference [{symbol}:{method}]"),
        ExprKind::Name(_) | ExprKind::Dot(..) | ExprKind::Brace(..) | ExprKind::Group(_) => {
            "this".to_owned()
        }
    }
}
