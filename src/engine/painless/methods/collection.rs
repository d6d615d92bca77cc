//! `Iterable` and `Collection`.

use super::arguments::{at, size, text};
use super::list::{growable, list, unsupported};
use super::set::{add as add_to_set, set};
use super::view::{Part, View, entry, length};
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Run, Vm, null_pointer};
use crate::engine::value::{Array, JavaString, Value};

/// The view that a collection is.
pub(super) fn view(value: &Value) -> Option<&View> {
    match value {
        Value::Object(object) => object.downcast::<View>(),
        _ => None,
    }
}

/// How many elements a collection has.
pub(super) fn count(value: &Value) -> Run<Value> {
    match value {
        Value::List(list) | Value::FrozenList(list) => Ok(size(list.len())),
        Value::Set(set) => Ok(size(set.borrow().len())),
        other => match view(other) {
            Some(view) => Ok(length(view)),
            None => null_pointer("a collection is null"),
        },
    }
}

fn add(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    match at(a, 0) {
        Value::Set(set) => add_to_set(vm, set, at(a, 1).clone()).map(Value::Bool),
        Value::List(_) => {
            super::list::push(vm, at(a, 0), at(a, 1).clone())?;
            Ok(Value::Bool(true))
        }
        Value::Null => null_pointer("a collection is null"),
        other => unsupported(other),
    }
}

fn add_all(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let items = vm.items(at(a, 1))?;
    let mut changed = false;
    if let Value::Set(set) = at(a, 0) {
        for item in items {
            changed |= add_to_set(vm, set, item)?;
        }
        return Ok(Value::Bool(changed));
    }
    let list = growable(at(a, 0))?;
    vm.grow(list.len() + items.len())?;
    changed = !items.is_empty();
    list.touch();
    list.borrow_mut().extend(items);
    Ok(Value::Bool(changed))
}

fn clear(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    match at(a, 0) {
        Value::Set(set) if !set.borrow().is_fixed() => set.borrow_mut().clear(),
        Value::Set(_) => return unsupported(at(a, 0)),
        other => match view(other) {
            Some(view) if !view.frozen => view.map.borrow_mut().clear(),
            Some(_) => {
                return unsupported(&Value::FrozenMap(crate::engine::value::Map::new(
                    crate::engine::value::JavaMap::new(),
                )));
            }
            None => {
                let list = growable(other)?;
                list.touch();
                list.borrow_mut().clear();
            }
        },
    }
    Ok(Value::Null)
}

fn has(vm: &mut Vm<'_>, collection: &Value, item: &Value) -> Run<bool> {
    Ok(match collection {
        Value::List(list) | Value::FrozenList(list) => list.borrow().contains(item),
        Value::Set(set) => set.borrow().contains_key(item),
        other => match view(other) {
            Some(view) if view.part == Part::Keys => view.map.borrow().contains_key(item),
            _ => vm.items(other)?.contains(item),
        },
    })
}

fn contains_all(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let length = match at(a, 0) {
        Value::List(list) | Value::FrozenList(list) => list.len(),
        _ => 0,
    };
    for item in vm.items(at(a, 1))? {
        vm.work(length / 16)?;
        if !has(vm, at(a, 0), &item)? {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

/// Keeps the elements that a test holds for; whether some went.
fn keep(
    vm: &mut Vm<'_>,
    collection: &Value,
    test: &mut dyn FnMut(&mut Vm<'_>, &Value) -> Run<bool>,
) -> Run<Value> {
    let items = vm.items(collection)?;
    let mut kept = Vec::new();
    let mut gone = Vec::new();
    for item in items {
        if test(vm, &item)? {
            kept.push(item);
        } else {
            gone.push(item);
        }
    }
    let changed = !gone.is_empty();
    match collection {
        Value::Set(set) if !set.borrow().is_fixed() => {
            for item in &gone {
                set.as_map().take(item);
            }
        }
        Value::List(_) | Value::FrozenList(_) => {
            let list = growable(collection)?;
            if changed {
                list.touch();
                *list.borrow_mut() = kept;
            }
        }
        other => match view(other) {
            Some(view) if !view.frozen => {
                let keys = match view.part {
                    Part::Keys => gone,
                    Part::Entries => {
                        let keys: Run<Vec<Value>> = gone
                            .iter()
                            .map(|gone| Ok(entry(gone)?.key.clone()))
                            .collect();
                        keys?
                    }
                    Part::Values => {
                        let map = view.map.borrow();
                        let goes = |value: &Value| gone.contains(value);
                        map.iter()
                            .filter(|(_, value)| goes(value))
                            .map(|(key, _)| key.clone())
                            .collect()
                    }
                };
                view.remove_keys(&keys);
            }
            _ => return unsupported(other),
        },
    }
    Ok(Value::Bool(changed))
}

/// `remove(element)` of sets and views.
pub(super) fn remove(a: &[Value]) -> Run<Value> {
    if let Some(view) = view(at(a, 0)) {
        let before = view.map.borrow().len();
        let key = match view.part {
            Part::Entries => entry(at(a, 1))?.key.clone(),
            _ => at(a, 1).clone(),
        };
        view.remove_keys(&[key]);
        Ok(Value::Bool(view.map.borrow().len() < before))
    } else {
        let set = set(at(a, 0))?;
        if set.borrow().is_fixed() {
            return unsupported(at(a, 0));
        }
        let removed = set.as_map().take(at(a, 1));
        Ok(Value::Bool(removed.is_some()))
    }
}

fn to_array(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let items = vm.items(at(a, 0))?;
    Ok(Value::Array(Array::new("[Ljava.lang.Object;", items)))
}

const COLLECTION: &[Row] = &[
    ("boolean add(def)", add),
    ("boolean addAll(Collection)", add_all),
    ("void clear()", clear),
    ("boolean contains(def)", |vm, a| {
        has(vm, at(a, 0), at(a, 1)).map(Value::Bool)
    }),
    ("boolean containsAll(Collection)", contains_all),
    ("boolean isEmpty()", |_, a| {
        Ok(Value::Bool(matches!(count(at(a, 0))?, Value::Int(0))))
    }),
    ("boolean removeAll(Collection)", |vm, a| {
        let others = vm.items(at(a, 1))?;
        keep(vm, at(a, 0), &mut |vm, item| {
            vm.work(others.len() / 8)?;
            Ok(!others.contains(item))
        })
    }),
    ("boolean removeIf(Predicate)", |vm, a| {
        let test = at(a, 1).clone();
        keep(vm, at(a, 0), &mut |vm, item| {
            Ok(!vm.call_test(&test, std::slice::from_ref(item))?)
        })
    }),
    ("boolean retainAll(Collection)", |vm, a| {
        let others = vm.items(at(a, 1))?;
        keep(vm, at(a, 0), &mut |vm, item| {
            vm.work(others.len() / 8)?;
            Ok(others.contains(item))
        })
    }),
    ("int size()", |_, a| count(at(a, 0))),
    ("Stream stream()", |vm, a| {
        let items = vm.items(at(a, 0))?;
        super::stream::objects(vm, items)
    }),
    ("def[] toArray()", to_array),
    ("def[] toArray(def[])", to_array),
    ("List collect(Function)", super::augmentation::collect),
    (
        "def collect(Collection,Function)",
        super::augmentation::collect_into,
    ),
    ("def find(Predicate)", super::augmentation::find),
    ("List findAll(Predicate)", super::augmentation::find_all),
    ("def findResult(Function)", super::augmentation::find_result),
    (
        "def findResult(def,Function)",
        super::augmentation::find_result,
    ),
    ("List split(Predicate)", super::augmentation::split),
];

/// The strings of the elements with a separator between them.
pub(super) fn join(vm: &mut Vm<'_>, items: &[Value], separator: &JavaString) -> Run<Value> {
    let mut parts = Vec::with_capacity(items.len() * 2);
    let mut length = 0_usize;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            parts.push(separator.clone());
        }
        let part = vm.string_of(item)?;
        length += part.len() + separator.len();
        if length > vm.limits.text {
            return crate::engine::painless::interpret::beyond("a joined string is too long");
        }
        parts.push(part);
    }
    vm.new_text(crate::engine::painless::interpret::join(&parts))
}

const ITERABLE: &[Row] = &[
    ("void forEach(Consumer)", |vm, a| {
        super::augmentation::each(vm, a)?;
        Ok(Value::Null)
    }),
    ("Iterator iterator()", |vm, a| {
        super::iterator::over(vm, at(a, 0))
    }),
    ("boolean any(Predicate)", super::augmentation::any),
    ("Collection asCollection()", |_, a| Ok(at(a, 0).clone())),
    ("List asList()", |vm, a| match list(a, 0) {
        Ok(_) => Ok(at(a, 0).clone()),
        Err(_) => Ok(Value::list(vm.items(at(a, 0))?)),
    }),
    ("def each(Consumer)", super::augmentation::each),
    (
        "def eachWithIndex(ObjIntConsumer)",
        super::augmentation::each_with_index,
    ),
    ("boolean every(Predicate)", super::augmentation::every),
    (
        "List findResults(Function)",
        super::augmentation::find_results,
    ),
    ("Map groupBy(Function)", super::augmentation::group_by),
    ("String join(String)", |vm, a| {
        let separator = text(a, 1)?.clone();
        let items = vm.items(at(a, 0))?;
        join(vm, &items, &separator)
    }),
    ("double sum()", super::augmentation::sum),
    ("double sum(ToDoubleFunction)", super::augmentation::sum),
];

pub(super) static TABLES: &[Table] = &[
    class("java.lang.Iterable", &[], ITERABLE),
    class("java.util.Collection", &["java.lang.Iterable"], COLLECTION),
    class(
        "java.util.AbstractCollection",
        &["java.util.Collection"],
        &[],
    ),
];
