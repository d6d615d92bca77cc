//! `Collections` and `Arrays`.

use super::arguments::{at, int, size};
use super::list::{list, sort_list, writable};
use super::object::compare;
use super::sort::{extreme, order};
use super::text::no_such_element;
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Function, Run, Vm, null_pointer};
use crate::engine::value::{JavaMap, List, ListKind, Map, Set, Value};

fn fixed_list(items: Vec<Value>) -> Value {
    Value::List(List::of_kind(ListKind::Unmodifiable, items))
}

fn fixed_set(items: Vec<Value>) -> Value {
    let mut map = JavaMap::linked();
    for item in items {
        map.put(item, Value::Null);
    }
    map.fix();
    Value::Set(Set::new(map))
}

fn fixed_map(entries: Vec<(Value, Value)>) -> Value {
    let mut map = JavaMap::linked();
    for (key, value) in entries {
        map.put(key, value);
    }
    map.fix();
    Value::Map(Map::new(map))
}

fn most(vm: &mut Vm<'_>, a: &[Value], largest: bool) -> Run<Value> {
    let items = vm.items(at(a, 0))?;
    match extreme(vm, &items, at(a, 1), largest)? {
        Some(item) => Ok(item),
        None => no_such_element(),
    }
}

/// The natural order, or its reverse, as a comparator.
pub(super) fn natural(reverse: bool) -> Value {
    Function::value(move |_, a| {
        let order = compare(at(a, 0), at(a, 1))?;
        Ok(Value::Int(if reverse {
            order.reverse() as i32
        } else {
            order as i32
        }))
    })
}

/// A comparator turned round.
pub(super) fn reversed(comparator: &Value) -> Value {
    let comparator = comparator.clone();
    Function::value(move |vm, a| {
        let order = order(vm, &comparator, at(a, 1), at(a, 0))?;
        Ok(Value::Int(order as i32))
    })
}

fn binary_search(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let items = vm.items(at(a, 0))?;
    let (mut low, mut high) = (0, items.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        match order(vm, at(a, 2), at(&items, middle), at(a, 1))? {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Ok(size(middle)),
        }
    }
    Ok(Value::Int(-1 - i32::try_from(low).unwrap_or_default()))
}

fn swap(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let list = writable(at(a, 0))?;
    let mut items = list.borrow_mut();
    let pair = (usize::try_from(int(a, 1)), usize::try_from(int(a, 2)));
    match pair {
        (Ok(left), Ok(right)) if left < items.len() && right < items.len() => {
            items.swap(left, right);
            Ok(Value::Null)
        }
        _ => crate::engine::painless::interpret::throw(
            "java.lang.IndexOutOfBoundsException",
            format!(
                "Index {} out of bounds for length {}",
                int(a, 1).max(int(a, 2)),
                items.len()
            ),
        ),
    }
}

fn rotate(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let list = writable(at(a, 0))?;
    let mut items = list.borrow_mut();
    let length = i32::try_from(items.len()).unwrap_or(i32::MAX);
    if length > 0 {
        let by = usize::try_from(int(a, 1).rem_euclid(length)).unwrap_or_default();
        items.rotate_right(by);
    }
    Ok(Value::Null)
}

fn add_all(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let mut changed = false;
    for item in vm.items(at(a, 1))? {
        changed |= matches!(vm.call_method(at(a, 0), "add", &[item])?, Value::Bool(true));
    }
    Ok(Value::Bool(changed))
}

fn shuffle(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let list = writable(at(a, 0))?;
    let length = list.len();
    for index in (1..length).rev() {
        let other = usize::try_from(vm.random() % (index as u64 + 1)).unwrap_or_default();
        list.borrow_mut().swap(index, other);
    }
    Ok(Value::Null)
}

fn fixed_copy(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let mut copy = super::map::map(at(a, 0))?.borrow().clone();
    copy.fix();
    Ok(Value::Map(Map::new(copy)))
}

fn fixed_set_copy(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let mut copy = super::set::set(at(a, 0))?.borrow().clone();
    copy.fix();
    Ok(Value::Set(Set::new(copy)))
}

fn empty_tree_map() -> Value {
    let mut map = JavaMap::sorted(None);
    map.fix();
    Value::Map(Map::new(map))
}

fn empty_tree_set() -> Value {
    let mut map = JavaMap::sorted(None);
    map.fix();
    Value::Set(Set::new(map))
}

fn copy(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let items = vm.items(at(a, 1))?;
    let mut target = writable(at(a, 0))?.borrow_mut();
    match target.get_mut(..items.len()) {
        Some(places) => {
            places.clone_from_slice(&items);
            Ok(Value::Null)
        }
        None => crate::engine::painless::interpret::throw(
            "java.lang.IndexOutOfBoundsException",
            "Source does not fit in dest",
        ),
    }
}

/// Where a list stands within another.
fn sub_list(vm: &mut Vm<'_>, a: &[Value], last: bool) -> Run<Value> {
    let (whole, part) = (vm.items(at(a, 0))?, vm.items(at(a, 1))?);
    vm.work(whole.len().saturating_mul(part.len()) / 8)?;
    if part.is_empty() {
        return Ok(size(if last { whole.len() } else { 0 }));
    }
    let mut windows = whole.windows(part.len());
    let found = if last {
        windows.rposition(|window| window == part)
    } else {
        windows.position(|window| window == part)
    };
    Ok(super::arguments::position(found))
}

const COLLECTIONS: &[Row] = &[
    ("const List EMPTY_LIST", |_, _| Ok(fixed_list(Vec::new()))),
    ("const Map EMPTY_MAP", |_, _| Ok(fixed_map(Vec::new()))),
    ("const Set EMPTY_SET", |_, _| Ok(fixed_set(Vec::new()))),
    ("static boolean addAll(Collection,def[])", add_all),
    ("static int binarySearch(List,def)", binary_search),
    (
        "static int binarySearch(List,def,Comparator)",
        binary_search,
    ),
    ("static void copy(List,List)", copy),
    ("static ArrayList list(Enumeration)", |vm, a| {
        vm.items(at(a, 0)).map(Value::list)
    }),
    ("static Enumeration enumeration(Collection)", |vm, a| {
        super::iterator::over(vm, at(a, 0))
    }),
    ("static Iterator emptyIterator()", |vm, _| {
        super::iterator::over(vm, &Value::list(Vec::new()))
    }),
    ("static ListIterator emptyListIterator()", |vm, _| {
        super::iterator::over_list(vm, &Value::list(Vec::new()), 0)
    }),
    ("static SortedMap emptySortedMap()", |_, _| {
        Ok(empty_tree_map())
    }),
    ("static NavigableMap emptyNavigableMap()", |_, _| {
        Ok(empty_tree_map())
    }),
    ("static SortedSet emptySortedSet()", |_, _| {
        Ok(empty_tree_set())
    }),
    ("static NavigableSet emptyNavigableSet()", |_, _| {
        Ok(empty_tree_set())
    }),
    ("static int indexOfSubList(List,List)", |vm, a| {
        sub_list(vm, a, false)
    }),
    ("static int lastIndexOfSubList(List,List)", |vm, a| {
        sub_list(vm, a, true)
    }),
    ("static boolean disjoint(Collection,Collection)", |vm, a| {
        let (left, right) = (vm.items(at(a, 0))?, vm.items(at(a, 1))?);
        vm.work(left.len().saturating_mul(right.len()) / 8)?;
        Ok(Value::Bool(!left.iter().any(|item| right.contains(item))))
    }),
    ("static List emptyList()", |_, _| Ok(fixed_list(Vec::new()))),
    ("static Map emptyMap()", |_, _| Ok(fixed_map(Vec::new()))),
    ("static Set emptySet()", |_, _| Ok(fixed_set(Vec::new()))),
    ("static void fill(List,def)", |_, a| {
        writable(at(a, 0))?.borrow_mut().fill(at(a, 1).clone());
        Ok(Value::Null)
    }),
    ("static int frequency(Collection,def)", |vm, a| {
        let items = vm.items(at(a, 0))?;
        Ok(size(items.iter().filter(|item| *item == at(a, 1)).count()))
    }),
    ("static def max(Collection)", |vm, a| most(vm, a, true)),
    ("static def max(Collection,Comparator)", |vm, a| {
        most(vm, a, true)
    }),
    ("static def min(Collection)", |vm, a| most(vm, a, false)),
    ("static def min(Collection,Comparator)", |vm, a| {
        most(vm, a, false)
    }),
    ("static List nCopies(int,def)", |vm, a| {
        let count = usize::try_from(int(a, 0)).unwrap_or_default();
        vm.grow(count)?;
        vm.allocate(count)?;
        Ok(fixed_list(vec![at(a, 1).clone(); count]))
    }),
    ("static boolean replaceAll(List,def,def)", |_, a| {
        let list = writable(at(a, 0))?;
        // Comparisons look at lists: it is not to be changed meanwhile.
        let new: Vec<Value> = list
            .borrow()
            .iter()
            .map(|item| if item == at(a, 1) { at(a, 2) } else { item }.clone())
            .collect();
        let changed = list.borrow().contains(at(a, 1));
        *list.borrow_mut() = new;
        Ok(Value::Bool(changed))
    }),
    ("static void reverse(List)", |_, a| {
        writable(at(a, 0))?.borrow_mut().reverse();
        Ok(Value::Null)
    }),
    ("static Comparator reverseOrder()", |_, _| Ok(natural(true))),
    ("static Comparator reverseOrder(Comparator)", |_, a| {
        Ok(reversed(at(a, 0)))
    }),
    ("static void rotate(List,int)", rotate),
    ("static void shuffle(List)", shuffle),
    ("static void shuffle(List,Random)", |vm, a| {
        let list = writable(at(a, 0))?;
        for bound in (2..=list.len()).rev() {
            let next = vm.call_method(at(a, 1), "nextInt", &[size(bound)])?;
            let other = usize::try_from(int(&[next], 0)).unwrap_or_default();
            list.borrow_mut().swap(bound - 1, other);
        }
        Ok(Value::Null)
    }),
    ("static Set singleton(def)", |_, a| {
        Ok(fixed_set(vec![at(a, 0).clone()]))
    }),
    ("static List singletonList(def)", |_, a| {
        Ok(fixed_list(vec![at(a, 0).clone()]))
    }),
    ("static Map singletonMap(def,def)", |_, a| {
        Ok(fixed_map(vec![(at(a, 0).clone(), at(a, 1).clone())]))
    }),
    ("static void sort(List)", |vm, a| {
        sort_list(vm, at(a, 0), &Value::Null)
    }),
    ("static void sort(List,Comparator)", |vm, a| {
        sort_list(vm, at(a, 0), at(a, 1))
    }),
    ("static void swap(List,int,int)", swap),
    (
        "static Collection unmodifiableCollection(Collection)",
        |vm, a| Ok(fixed_list(vm.items(at(a, 0))?)),
    ),
    ("static List unmodifiableList(List)", |_, a| {
        Ok(fixed_list(list(a, 0)?.items()))
    }),
    ("static Map unmodifiableMap(Map)", fixed_copy),
    (
        "static SortedMap unmodifiableSortedMap(SortedMap)",
        fixed_copy,
    ),
    (
        "static NavigableMap unmodifiableNavigableMap(NavigableMap)",
        fixed_copy,
    ),
    (
        "static SortedSet unmodifiableSortedSet(SortedSet)",
        fixed_set_copy,
    ),
    (
        "static NavigableSet unmodifiableNavigableSet(NavigableSet)",
        fixed_set_copy,
    ),
    ("static Set unmodifiableSet(Set)", |vm, a| {
        Ok(fixed_set(vm.items(at(a, 0))?))
    }),
];

fn array_items(value: &Value) -> Run<Vec<Value>> {
    match value {
        Value::Array(array) => Ok(array.borrow().clone()),
        _ => null_pointer("an array is null"),
    }
}

/// Arrays within arrays as lists.
fn nested(value: &Value, depth: usize) -> Value {
    match value {
        Value::Array(array) if depth < 32 => Value::list(
            array
                .borrow()
                .iter()
                .map(|item| nested(item, depth + 1))
                .collect(),
        ),
        other => other.clone(),
    }
}

const ARRAYS: &[Row] = &[
    ("static List asList(Object[])", |_, a| {
        Ok(Value::List(List::of_kind(
            ListKind::FixedSize,
            array_items(at(a, 0))?,
        )))
    }),
    ("static boolean deepEquals(Object[],Object[])", |_, a| {
        Ok(Value::Bool(
            Value::list(array_items(at(a, 0))?) == Value::list(array_items(at(a, 1))?),
        ))
    }),
    ("static int deepHashCode(Object[])", |_, a| {
        let items = Value::list(array_items(at(a, 0))?);
        Ok(Value::Int(crate::engine::value::hash_code(&items)))
    }),
    ("static String deepToString(Object[])", |vm, a| {
        let items = nested(at(a, 0), 0);
        vm.string_of(&items).map(Value::Str)
    }),
];

pub(super) static TABLES: &[Table] = &[
    class("java.util.Collections", &[], COLLECTIONS),
    class("java.util.Arrays", &[], ARRAYS),
];
