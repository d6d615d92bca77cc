//! `Collectors`.

use super::arguments::{at, sequence, size};
use super::optional::optional;
use super::pipeline::Of;
use super::sort::extreme;
use super::total::{mean, total};
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Function, Run, Vm, null_pointer, throw, throw_bare};
use crate::engine::painless::types::Type;
use crate::engine::value::{JavaMap, JavaString, Map, Set, Value};

/// A collector is a function of the list of all elements.
pub(super) fn collect(vm: &mut Vm<'_>, collector: &Value, items: Vec<Value>) -> Run<Value> {
    vm.call(collector, &[Value::list(items)])
}

/// A collector that does this with all elements.
fn collector(work: impl Fn(&mut Vm<'_>, Vec<Value>) -> Run<Value> + 'static) -> Run<Value> {
    Ok(Function::value(move |vm, a| {
        let items = vm.items(at(a, 0))?;
        work(vm, items)
    }))
}

fn mapped(vm: &mut Vm<'_>, function: &Value, items: Vec<Value>) -> Run<Vec<Value>> {
    items
        .into_iter()
        .map(|item| vm.call(function, &[item]))
        .collect()
}

fn summarizing(function: &Value, of: Of) -> Run<Value> {
    let function = function.clone();
    collector(move |vm, items| Ok(super::summary::summary(mapped(vm, &function, items)?, of)))
}

fn joining(prefix: JavaString, separator: JavaString, suffix: JavaString) -> Run<Value> {
    collector(move |vm, items| {
        let joined = super::collection::join(vm, &items, &separator)?;
        let joined = vm.string_of(&joined)?;
        vm.new_text(prefix.concat(&joined).concat(&suffix))
    })
}

fn to_list() -> Run<Value> {
    collector(|_, items| Ok(Value::list(items)))
}

fn grouping(function: Value, make: Value, downstream: Value) -> Run<Value> {
    collector(move |vm, items| {
        let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
        let mut places = JavaMap::linked();
        for item in items {
            let key = vm.call(&function, std::slice::from_ref(&item))?;
            if key.is_null() {
                return null_pointer("element cannot be mapped to a null key");
            }
            let place = if let Some(Value::Int(place)) = places.get(&key) {
                usize::try_from(*place).unwrap_or_default()
            } else {
                places.put(key.clone(), size(groups.len()));
                groups.push((key, Vec::new()));
                groups.len() - 1
            };
            if let Some((_, group)) = groups.get_mut(place) {
                group.push(item);
            }
        }
        let result = if make.is_null() {
            Value::map()
        } else {
            vm.call(&make, &[])?
        };
        for (key, group) in groups {
            let value = collect(vm, &downstream, group)?;
            vm.map_put(&result, key, value)?;
        }
        Ok(result)
    })
}

fn partitioning(test: Value, downstream: Value) -> Run<Value> {
    collector(move |vm, items| {
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        for item in items {
            if vm.call_test(&test, std::slice::from_ref(&item))? {
                yes.push(item);
            } else {
                no.push(item);
            }
        }
        let mut map = JavaMap::linked();
        map.put(Value::Bool(false), collect(vm, &downstream, no)?);
        map.put(Value::Bool(true), collect(vm, &downstream, yes)?);
        Ok(Value::Map(Map::new(map)))
    })
}

fn to_map(a: &[Value]) -> Run<Value> {
    let (key, value) = (at(a, 0).clone(), at(a, 1).clone());
    let (merge, make) = (at(a, 2).clone(), at(a, 3).clone());
    collector(move |vm, items| {
        let result = if make.is_null() {
            Value::map()
        } else {
            vm.call(&make, &[])?
        };
        for item in items {
            let key = vm.call(&key, std::slice::from_ref(&item))?;
            let mut new = vm.call(&value, std::slice::from_ref(&item))?;
            if new.is_null() {
                return throw_bare("java.lang.NullPointerException");
            }
            let old = vm.call_method(&result, "get", std::slice::from_ref(&key))?;
            if !old.is_null() {
                if merge.is_null() {
                    return throw(
                        "java.lang.IllegalStateException",
                        format!(
                            "Duplicate key {} (attempted merging values {} and {})",
                            key.to_java_string(),
                            old.to_java_string(),
                            new.to_java_string()
                        ),
                    );
                }
                new = vm.call(&merge, &[old, new])?;
            }
            vm.map_put(&result, key, new)?;
        }
        Ok(result)
    })
}

fn summing(a: &[Value], of: Of) -> Run<Value> {
    let function = at(a, 0).clone();
    collector(move |vm, items| Ok(total(&mapped(vm, &function, items)?, of)))
}

fn averaging(a: &[Value]) -> Run<Value> {
    let function = at(a, 0).clone();
    collector(move |vm, items| {
        let numbers = mapped(vm, &function, items)?;
        Ok(Value::Double(mean(&numbers).unwrap_or_default()))
    })
}

fn reducing(a: &[Value]) -> Run<Value> {
    let arguments = a.to_vec();
    collector(move |vm, items| {
        let operator = at(&arguments, arguments.len() - 1).clone();
        let items = match arguments.len() {
            3 => mapped(vm, at(&arguments, 1), items)?,
            _ => items,
        };
        let mut result = (arguments.len() > 1).then(|| at(&arguments, 0).clone());
        for item in items {
            result = Some(match result {
                Some(before) => vm.call(&operator, &[before, item])?,
                None => item,
            });
        }
        Ok(match (arguments.len(), result) {
            (1, result) => optional(Type::DEF, result),
            (_, result) => result.unwrap_or_default(),
        })
    })
}

fn most(a: &[Value], largest: bool) -> Run<Value> {
    let comparator = at(a, 0).clone();
    collector(move |vm, items| {
        Ok(optional(
            Type::DEF,
            extreme(vm, &items, &comparator, largest)?,
        ))
    })
}

const COLLECTORS: &[Row] = &[
    (
        "static Collector averagingDouble(ToDoubleFunction)",
        |_, a| averaging(a),
    ),
    ("static Collector averagingInt(ToIntFunction)", |_, a| {
        averaging(a)
    }),
    ("static Collector averagingLong(ToLongFunction)", |_, a| {
        averaging(a)
    }),
    (
        "static Collector collectingAndThen(Collector,Function)",
        |_, a| {
            let (first, then) = (at(a, 0).clone(), at(a, 1).clone());
            collector(move |vm, items| {
                let result = collect(vm, &first, items)?;
                vm.call(&then, &[result])
            })
        },
    ),
    ("static Collector counting()", |_, _| {
        collector(|_, items| Ok(Value::Long(i64::try_from(items.len()).unwrap_or(i64::MAX))))
    }),
    ("static Collector groupingBy(Function)", |_, a| {
        grouping(at(a, 0).clone(), Value::Null, to_list()?)
    }),
    ("static Collector groupingBy(Function,Collector)", |_, a| {
        grouping(at(a, 0).clone(), Value::Null, at(a, 1).clone())
    }),
    (
        "static Collector groupingBy(Function,Supplier,Collector)",
        |_, a| grouping(at(a, 0).clone(), at(a, 1).clone(), at(a, 2).clone()),
    ),
    ("static Collector joining()", |_, _| {
        joining("".into(), "".into(), "".into())
    }),
    ("static Collector joining(CharSequence)", |vm, a| {
        joining("".into(), sequence(vm, a, 0)?, "".into())
    }),
    (
        "static Collector joining(CharSequence,CharSequence,CharSequence)",
        |vm, a| {
            joining(
                sequence(vm, a, 1)?,
                sequence(vm, a, 0)?,
                sequence(vm, a, 2)?,
            )
        },
    ),
    ("static Collector mapping(Function,Collector)", |_, a| {
        let (function, downstream) = (at(a, 0).clone(), at(a, 1).clone());
        collector(move |vm, items| {
            let items = mapped(vm, &function, items)?;
            collect(vm, &downstream, items)
        })
    }),
    ("static Collector maxBy(Comparator)", |_, a| most(a, true)),
    ("static Collector minBy(Comparator)", |_, a| most(a, false)),
    ("static Collector partitioningBy(Predicate)", |_, a| {
        partitioning(at(a, 0).clone(), to_list()?)
    }),
    (
        "static Collector partitioningBy(Predicate,Collector)",
        |_, a| partitioning(at(a, 0).clone(), at(a, 1).clone()),
    ),
    ("static Collector reducing(BinaryOperator)", |_, a| {
        reducing(a)
    }),
    ("static Collector reducing(def,BinaryOperator)", |_, a| {
        reducing(a)
    }),
    (
        "static Collector reducing(def,Function,BinaryOperator)",
        |_, a| reducing(a),
    ),
    (
        "static Collector summarizingDouble(ToDoubleFunction)",
        |_, a| summarizing(at(a, 0), Of::Doubles),
    ),
    ("static Collector summarizingInt(ToIntFunction)", |_, a| {
        summarizing(at(a, 0), Of::Ints)
    }),
    (
        "static Collector summarizingLong(ToLongFunction)",
        |_, a| summarizing(at(a, 0), Of::Longs),
    ),
    (
        "static Collector summingDouble(ToDoubleFunction)",
        |_, a| summing(a, Of::Doubles),
    ),
    ("static Collector summingInt(ToIntFunction)", |_, a| {
        summing(a, Of::Ints)
    }),
    ("static Collector summingLong(ToLongFunction)", |_, a| {
        summing(a, Of::Longs)
    }),
    ("static Collector toCollection(Supplier)", |_, a| {
        let make = at(a, 0).clone();
        collector(move |vm, items| {
            let result = vm.call(&make, &[])?;
            for item in items {
                vm.call_method(&result, "add", &[item])?;
            }
            Ok(result)
        })
    }),
    ("static Collector toList()", |_, _| to_list()),
    ("static Collector toMap(Function,Function)", |_, a| {
        to_map(a)
    }),
    (
        "static Collector toMap(Function,Function,BinaryOperator)",
        |_, a| to_map(a),
    ),
    (
        "static Collector toMap(Function,Function,BinaryOperator,Supplier)",
        |_, a| to_map(a),
    ),
    ("static Collector toSet()", |_, _| {
        collector(|_, items| {
            let mut map = JavaMap::new();
            for item in items {
                map.put(item, Value::Null);
            }
            Ok(Value::Set(Set::new(map)))
        })
    }),
];

pub(super) static TABLES: &[Table] = &[
    class("java.util.stream.Collector", &[], &[]),
    class("java.util.stream.Collectors", &[], COLLECTORS),
];
