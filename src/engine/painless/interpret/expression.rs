//! Evaluating expressions.

use super::arithmetic::{binary, compare, decide, ints, to_int, unary};
use super::def::division;
use super::{ELEMENT, Exception, Run, Vm, class_cast, null_pointer, throw};
use crate::engine::painless::ast::{Binary, Comparison};
use crate::engine::painless::code::{
    Act, Cast, Chain, Code, Compound, Constant, Kind, NOWHERE, Op,
};
use crate::engine::painless::library::MethodId;
use crate::engine::painless::methods::pattern::Pattern;
use crate::engine::painless::types::Type;
use crate::engine::value::{Array, JavaMap, JavaString, Map, Value, equals, identical};

impl Vm<'_> {
    /// Evaluates; a failure is noted to have arisen here.
    #[inline]
    pub(super) fn eval(&mut self, code: &Code) -> Run<Value> {
        match &code.op {
            Op::Local(slot) => Ok(self.local(*slot)),
            Op::Constant(value) => Ok((*value).into()),
            Op::Text(index) => Ok(Value::Str(self.text(*index))),
            _ => self.work_out(code),
        }
    }

    fn work_out(&mut self, code: &Code) -> Run<Value> {
        self.descend()?;
        let result = self.step().and_then(|()| self.operate(code));
        self.ascend();
        result.map_err(|thrown| Self::locate(thrown, code.at))
    }

    fn bool(&mut self, code: &Code) -> Run<bool> {
        match self.eval(code)? {
            Value::Bool(value) => Ok(value),
            Value::Null => null_pointer("Cannot unbox null"),
            other => class_cast(format!("{} is no boolean", other.class_name())),
        }
    }

    /// An operand of arithmetic on `int`; the most frequent ones need no value.
    pub(super) fn int(&mut self, code: &Code) -> Run<i32> {
        match &code.op {
            Op::Local(slot) => {
                if let Some(Value::Int(n)) = self.variable(*slot) {
                    return Ok(*n);
                }
            }
            Op::Constant(Constant::Int(n)) => return Ok(*n),
            _ => {}
        }
        match to_int(&self.eval(code)?) {
            Some(n) => Ok(n),
            None => class_cast("operands of another type"),
        }
    }

    /// A condition.
    pub(super) fn test(&mut self, code: &Code) -> Run<bool> {
        self.bool(code)
    }

    fn operate(&mut self, code: &Code) -> Run<Value> {
        match &code.op {
            Op::Load(target) => self.load(target),
            Op::Assign(assign) => self.assign(assign),
            Op::Cast(cast, inner) => {
                let value = self.eval(inner)?;
                self.apply(*cast, value)
            }
            Op::Math(operator, Kind::Int, pair) => {
                let left = self.int(&pair.0)?;
                let right = self.int(&pair.1)?;
                match ints(*operator, left, right) {
                    Some(Ok(value)) => Ok(value),
                    Some(Err(zero)) => division(zero),
                    None => class_cast("operands of another type"),
                }
            }
            Op::Math(operator, kind, pair) => {
                let left = self.eval(&pair.0)?;
                let right = self.eval(&pair.1)?;
                self.arithmetic(*operator, *kind, &left, &right)
            }
            Op::Concat(parts) => self.concat(parts),
            Op::Compare(operator, Kind::Int, pair) => {
                let left = self.int(&pair.0)?;
                let right = self.int(&pair.1)?;
                Ok(Value::Bool(decide(*operator, &left, &right)))
            }
            Op::Compare(operator, kind, pair) => {
                let left = self.eval(&pair.0)?;
                let right = self.eval(&pair.1)?;
                Self::comparison(*operator, *kind, &left, &right).map(Value::Bool)
            }
            Op::Same(operator, pair) => {
                let left = self.eval(&pair.0)?;
                let right = self.eval(&pair.1)?;
                Ok(Value::Bool(sameness(*operator, &left, &right)))
            }
            Op::Logic(and, pair) => {
                let left = self.bool(&pair.0)?;
                if left != *and {
                    return Ok(Value::Bool(left));
                }
                self.bool(&pair.1).map(Value::Bool)
            }
            Op::Unary(operator, kind, inner) => {
                let value = self.eval(inner)?;
                if *kind == Kind::Def {
                    return Self::negate(*operator, &value);
                }
                match unary(*operator, *kind, &value) {
                    Some(value) => Ok(value),
                    None => class_cast("an operand of another type"),
                }
            }
            Op::Conditional(parts) => {
                if self.bool(&parts.0)? {
                    self.eval(&parts.1)
                } else {
                    self.eval(&parts.2)
                }
            }
            Op::Native(method, _, values) => self.native(*method, values, code.at),
            Op::DefCall(call) => self.call_def(call),
            Op::Function(index, values) => {
                let arguments = self.eval_all(values)?;
                self.call_routine(*index, arguments, &[])
            }
            _ => self.operate_rarely(code),
        }
    }

    fn operate_rarely(&mut self, code: &Code) -> Run<Value> {
        match &code.op {
            Op::Regex(index) => match self.program.patterns.get(*index as usize) {
                Some(regex) => Ok(Pattern::value(regex.clone())),
                None => Ok(Value::Null),
            },
            Op::Find(whole, pair) => {
                let pattern = self.eval(&pair.1)?;
                let text = self.eval(&pair.0)?;
                self.find_pattern(&pattern, &text, *whole)
            }
            Op::InstanceOf(ty, inner) => {
                let value = self.eval(inner)?;
                Ok(Value::Bool(ty.is_def() || self.is_instance(&value, *ty)))
            }
            Op::Chain(chain) => self.chain(chain),
            Op::Elvis(pair) => match self.eval(&pair.0)? {
                Value::Null => self.eval(&pair.1),
                value => Ok(value),
            },
            Op::NullSafe(slot, pair) => match self.eval(&pair.0)? {
                Value::Null => Ok(Value::Null),
                value => {
                    self.set_local(*slot, value);
                    self.eval(&pair.1)
                }
            },
            Op::List(items) => {
                self.allocate(items.len())?;
                self.eval_all(items).map(Value::list)
            }
            Op::Map(entries) => {
                self.allocate(entries.len())?;
                let mut map = JavaMap::new();
                for (key, value) in entries {
                    let key = self.eval(key)?;
                    map.put(key, self.eval(value)?);
                }
                Ok(Value::Map(Map::new(map)))
            }
            Op::Array(ty, items) => {
                self.allocate(items.len())?;
                let items = self.eval_all(items)?;
                let class = ty.array_class(self.library);
                Ok(Value::Array(Array::new(&class, items)))
            }
            Op::NewArray(ty, sizes) => {
                let sizes = self.eval_all(sizes)?;
                self.new_array(*ty, &sizes)
            }
            Op::Lambda(index, captures) => {
                let values = captures.iter().map(|&slot| self.local(slot)).collect();
                Ok(Self::lambda(*index, values))
            }
            Op::Reference(referee) => self.reference(referee),
            _ => class_cast("an operation that cannot be run"),
        }
    }

    fn comparison(operator: Comparison, kind: Kind, left: &Value, right: &Value) -> Run<bool> {
        if kind == Kind::Def {
            return Self::compare_def(operator, left, right);
        }
        match compare(operator, kind, left, right) {
            Some(result) => Ok(result),
            None => class_cast("operands of another type"),
        }
    }

    fn chain(&mut self, chain: &Chain) -> Run<Value> {
        let mut value = self.eval(&chain.first)?;
        for link in &chain.links {
            value = self
                .step()
                .and_then(|()| self.act(&link.act, value))
                .map_err(|thrown| Self::locate(thrown, link.at))?;
        }
        Ok(value)
    }

    fn act(&mut self, act: &Act, left: Value) -> Run<Value> {
        match act {
            Act::Math(operator, kind, right) => {
                let right = self.eval(right)?;
                self.arithmetic(*operator, *kind, &left, &right)
            }
            Act::Compare(operator, kind, right) => {
                let right = self.eval(right)?;
                Self::comparison(*operator, *kind, &left, &right).map(Value::Bool)
            }
            Act::Same(operator, right) => {
                let right = self.eval(right)?;
                Ok(Value::Bool(sameness(*operator, &left, &right)))
            }
            Act::Logic(and, right) => match left {
                Value::Bool(left) if left != *and => Ok(Value::Bool(left)),
                _ => self.bool(right).map(Value::Bool),
            },
            Act::Cast(cast) => self.apply(*cast, left),
            Act::InstanceOf(ty) => Ok(Value::Bool(ty.is_def() || self.is_instance(&left, *ty))),
        }
    }

    fn arithmetic(
        &mut self,
        operator: Binary,
        kind: Kind,
        left: &Value,
        right: &Value,
    ) -> Run<Value> {
        if kind == Kind::Def {
            return self.math(operator, left, right);
        }
        match binary(operator, kind, left, right) {
            Some(Ok(value)) => Ok(value),
            Some(Err(zero)) => division(zero),
            None => class_cast("operands of another type"),
        }
    }

    /// The arithmetic of a compound assignment.
    pub(super) fn combine(
        &mut self,
        compound: &Compound,
        before: Value,
        operand: &Value,
    ) -> Run<Value> {
        if compound.concat {
            let value = self.joined(&before, operand)?;
            return self.apply(compound.down, value);
        }
        if compound.kind == Kind::Def {
            let result = self.math(compound.operator, &before, operand)?;
            if compound.down != Cast::None {
                return self.apply(compound.down, result);
            }
            return self.keep_class(&before, result);
        }
        let left = self.apply(compound.up, before)?;
        let value = self.arithmetic(compound.operator, compound.kind, &left, operand)?;
        self.apply(compound.down, value)
    }

    fn concat(&mut self, parts: &[Code]) -> Run<Value> {
        if let [left, right] = parts {
            let left = self.eval(left)?;
            let left = self.string_of(&left)?;
            let right = self.eval(right)?;
            return self.followed(&left, &right);
        }
        let mut texts = Vec::with_capacity(parts.len());
        for part in parts {
            let value = self.eval(part)?;
            texts.push(self.string_of(&value)?);
        }
        self.new_text(join(&texts))
    }

    /// Two values as strings, one after the other.
    pub(super) fn joined(&mut self, left: &Value, right: &Value) -> Run<Value> {
        let left = self.string_of(left)?;
        self.followed(&left, right)
    }

    /// A string followed by a value as string.
    fn followed(&mut self, left: &JavaString, right: &Value) -> Run<Value> {
        let joined = if let Value::Int(number) = right {
            let joined = left.concat_number(i64::from(*number));
            self.allocate(joined.len() - left.len())?;
            joined
        } else {
            left.concat(&self.string_of(right)?)
        };
        self.new_text(joined)
    }

    fn native(&mut self, method: MethodId, values: &[Code], at: u32) -> Run<Value> {
        let result = self.with_values(values, |vm, values| vm.invoke(method, values))?;
        if let Value::Object(object) = &result
            && let Some(exception) = object.downcast::<Exception>()
            && exception.at.get() == NOWHERE
        {
            exception.at.set(at);
        }
        Ok(result)
    }

    fn new_array(&mut self, ty: Type, sizes: &[Value]) -> Run<Value> {
        let Some((Value::Int(size), inner)) = sizes.split_first() else {
            return Ok(zero(ty));
        };
        let Ok(size) = usize::try_from(*size) else {
            return throw("java.lang.NegativeArraySizeException", size.to_string());
        };
        self.grow(size)?;
        self.allocate(size.saturating_mul(ELEMENT))?;
        let mut items = Vec::with_capacity(size);
        for _ in 0..size {
            items.push(self.new_array(ty.element(), inner)?);
        }
        let class = ty.array_class(self.library);
        Ok(Value::Array(Array::new(&class, items)))
    }
}

/// Comparison of references: by identity or by `equals`.
fn sameness(operator: Comparison, left: &Value, right: &Value) -> bool {
    match operator {
        Comparison::Same => identical(left, right),
        Comparison::NotSame => !identical(left, right),
        Comparison::NotEqual => !equals(left, right),
        _ => equals(left, right),
    }
}

fn zero(ty: Type) -> Value {
    match ty {
        Type::BOOLEAN => Value::Bool(false),
        Type::BYTE => Value::Byte(0),
        Type::SHORT => Value::Short(0),
        Type::CHAR => Value::Char(0),
        Type::INT => Value::Int(0),
        Type::LONG => Value::Long(0),
        Type::FLOAT => Value::Float(0.0),
        Type::DOUBLE => Value::Double(0.0),
        _ => Value::Null,
    }
}

/// The texts one after the other.
pub(in crate::engine::painless) fn join(texts: &[JavaString]) -> JavaString {
    if texts.iter().all(|text| text.as_ascii().is_some()) {
        let joined: String = texts.iter().filter_map(JavaString::as_ascii).collect();
        return JavaString::from(joined);
    }
    let units: Vec<u16> = texts.iter().flat_map(JavaString::units).collect();
    JavaString::from_utf16(&units)
}
