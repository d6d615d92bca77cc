//! The classes, methods and fields that scripts may use, made from the tables
//! in [`methods`](super::methods). What is not there does not exist for a
//! script.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::methods::beyond::{CLASSES, MEMBERS};
use super::methods::{Native, TABLES, Table};
use super::types::{ClassId, Type, WELL_KNOWN};

/// A method, constructor or constant.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) class: ClassId,
    pub(super) name: &'static str,
    pub(super) parameters: Vec<Type>,
    pub(super) result: Type,
    pub(super) native: Native,
    /// Takes the same time however long its receiver is.
    pub(super) quick: bool,
    /// Works on collections; its receiver may be an object that behaves as one.
    pub(super) on_collections: bool,
}

/// Methods that do not go through all of their receiver.
const QUICK: &[&str] = &[
    "add",
    "addLast",
    "append",
    "charAt",
    "codePointAt",
    "empty",
    "get",
    "getFirst",
    "getLast",
    "getLength",
    "hasNext",
    "isEmpty",
    "iterator",
    "length",
    "next",
    "offer",
    "peek",
    "pop",
    "push",
    "set",
    "setCharAt",
    "size",
];

/// Classes whose methods may find an object in place of a collection.
const COLLECTIONS: &[&str] = &[
    "java.lang.Object",
    "java.lang.Iterable",
    "java.util.Collection",
    "java.util.Collections",
    "java.util.List",
    "java.util.Queue",
];

/// A method by its place in the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MethodId(pub(super) u32);

/// A class with all that it inherits.
#[derive(Debug, Default)]
pub(super) struct Class {
    /// With `$` before inner classes.
    pub(super) name: &'static str,
    /// With dots only.
    pub(super) canonical: String,
    /// All classes that an object of this class is an instance of.
    supers: Vec<ClassId>,
    methods: HashMap<(&'static str, usize), MethodId>,
    statics: HashMap<(&'static str, usize), MethodId>,
    constructors: HashMap<usize, MethodId>,
    constants: HashMap<&'static str, MethodId>,
    /// The one abstract method of a functional interface.
    pub(super) functional: Option<MethodId>,
}

impl Class {
    pub(super) fn is_a(&self, class: ClassId) -> bool {
        self.supers.contains(&class)
    }

    pub(super) fn method(&self, name: &str, arity: usize) -> Option<MethodId> {
        self.methods.get(&(name, arity)).copied()
    }

    pub(super) fn static_method(&self, name: &str, arity: usize) -> Option<MethodId> {
        self.statics.get(&(name, arity)).copied()
    }

    pub(super) fn constructor(&self, arity: usize) -> Option<MethodId> {
        self.constructors.get(&arity).copied()
    }

    pub(super) fn constant(&self, name: &str) -> Option<MethodId> {
        self.constants.get(name).copied()
    }

    /// The method behind a property: `getName` or `isName`.
    pub(super) fn getter(&self, property: &str) -> Option<MethodId> {
        let capital = capitalized(property);
        self.method(&format!("get{capital}"), 0)
            .or_else(|| self.method(&format!("is{capital}"), 0))
    }

    /// The method that sets a property: `setName`.
    pub(super) fn setter(&self, property: &str) -> Option<MethodId> {
        self.method(&format!("set{}", capitalized(property)), 1)
    }
}

fn capitalized(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// All classes.
pub(super) struct Library {
    classes: Vec<Class>,
    methods: Vec<Method>,
    /// Canonical and simple names of what scripts may name.
    names: HashMap<String, ClassId>,
    /// Names as `getClass().getName()` has them.
    runtime: HashMap<&'static str, ClassId>,
}

static LIBRARY: LazyLock<Library> = LazyLock::new(Library::build);

impl Library {
    /// The one library.
    pub(super) fn get() -> &'static Self {
        &LIBRARY
    }

    pub(super) fn class(&self, id: ClassId) -> &Class {
        // ids come from this library only
        &self.classes[usize::from(id.0)]
    }

    pub(super) fn method(&self, id: MethodId) -> &Method {
        // ids come from this library only
        &self.methods[id.0 as usize]
    }

    /// The type of this name, with its brackets.
    pub(super) fn resolve(&self, name: &str) -> Option<Type> {
        let plain = name.trim_end_matches("[]");
        let dims = u8::try_from((name.len() - plain.len()) / 2).ok()?;
        let class = *self.names.get(plain)?;
        (class != Type::VOID.class || dims == 0).then_some(Type { class, dims })
    }

    /// The class whose objects say they are of this class.
    pub(super) fn runtime_class(&self, name: &str) -> ClassId {
        self.runtime
            .get(name)
            .copied()
            .unwrap_or(Type::OBJECT.class)
    }

    /// The class of this fully qualified name.
    pub(super) fn known(&self, name: &str) -> Option<ClassId> {
        self.runtime.get(name).copied()
    }

    /// The class of this name, if Elasticsearch has it and this engine has not.
    pub(super) fn class_beyond(name: &str) -> Option<String> {
        let plain = name.trim_end_matches("[]");
        let mut known = CLASSES.iter().map(|class| class.replace('$', "."));
        known.find(|class| {
            let short = class
                .find(|c: char| c.is_ascii_uppercase())
                .and_then(|start| class.get(start..));
            class == plain || short == Some(plain)
        })
    }

    /// The method of this name and arity, if Elasticsearch has it and this engine
    /// has not.
    pub(super) fn member_beyond(&self, class: ClassId, name: &str, arity: usize) -> Option<String> {
        let wanted = format!("{name}/{arity}");
        let supers = self.class(class).supers.iter();
        supers.map(|&parent| self.class(parent)).find_map(|parent| {
            let (_, members) = MEMBERS.iter().find(|(class, _)| *class == parent.name)?;
            let known = members.contains(&wanted.as_str());
            known.then(|| format!("{}.{wanted}", parent.canonical))
        })
    }

    fn build() -> Self {
        let mut library = Self {
            classes: Vec::new(),
            methods: Vec::new(),
            names: HashMap::new(),
            runtime: HashMap::new(),
        };
        let tables: Vec<&Table> = TABLES.iter().flat_map(|tables| tables.iter()).collect();
        for name in WELL_KNOWN
            .iter()
            .copied()
            .chain(tables.iter().map(|table| table.name))
        {
            library.declare(name);
        }
        for name in &WELL_KNOWN[..=usize::from(Type::DEF.class.0)] {
            library.name_class(name, false);
        }
        for table in &tables {
            if table.visible {
                library.name_class(table.name, !table.qualified_only);
            }
        }
        for table in &tables {
            library.fill(table);
        }
        library.inherit(&tables);
        library
    }

    fn declare(&mut self, name: &'static str) {
        if self.runtime.contains_key(name) {
            return;
        }
        let id = ClassId(u16::try_from(self.classes.len()).unwrap_or(u16::MAX));
        self.runtime.insert(name, id);
        self.classes.push(Class {
            name,
            canonical: name.replace('$', "."),
            supers: vec![id],
            ..Class::default()
        });
    }

    fn name_class(&mut self, name: &'static str, simple: bool) {
        let Some(&id) = self.runtime.get(name) else {
            return;
        };
        let canonical = name.replace('$', ".");
        if simple && let Some(dot) = name.rfind('.') {
            let short = name.get(dot + 1..).unwrap_or_default();
            self.names.insert(short.replace('$', "."), id);
        }
        self.names.insert(canonical, id);
    }

    /// The type of a name within a signature: simple names suffice.
    fn signature_type(&self, name: &str) -> Type {
        let resolved = self.resolve(name);
        debug_assert!(resolved.is_some(), "no class {name}");
        resolved.unwrap_or(Type::OBJECT)
    }

    fn fill(&mut self, table: &Table) {
        let Some(&id) = self.runtime.get(table.name) else {
            return;
        };
        for (signature, native) in table.rows {
            self.add(id, signature, *native);
        }
    }

    /// Adds a row: `boolean contains(CharSequence)`, with `static`, `abstract`
    /// or `const` before it, or `new(CharSequence)`.
    fn add(&mut self, class: ClassId, signature: &'static str, native: Native) {
        let (head, parameters) = match signature.split_once('(') {
            Some((head, rest)) => (head, rest.trim_end_matches(')')),
            None => (signature, ""),
        };
        let parameters: Vec<Type> = parameters
            .split(',')
            .filter(|name| !name.is_empty())
            .map(|name| self.signature_type(name))
            .collect();
        let mut words: Vec<&'static str> = head.split(' ').collect();
        let name = words.pop().unwrap_or_default();
        let result = match words.pop() {
            Some(result) => self.signature_type(result),
            None => Type::of(class),
        };
        let arity = parameters.len();
        let method = MethodId(u32::try_from(self.methods.len()).unwrap_or(u32::MAX));
        let owner = self.class(class).name;
        self.methods.push(Method {
            quick: QUICK.contains(&name),
            on_collections: COLLECTIONS.contains(&owner),
            class,
            name,
            parameters,
            result,
            native,
        });
        let class = &mut self.classes[usize::from(class.0)];
        match words.pop() {
            Some("static") => {
                class.statics.insert((name, arity), method);
            }
            Some("const") => {
                class.constants.insert(name, method);
            }
            Some(_) => {
                class.functional = Some(method);
                class.methods.insert((name, arity), method);
            }
            None if name == "new" => {
                class.constructors.insert(arity, method);
            }
            None => {
                class.methods.insert((name, arity), method);
            }
        }
    }

    fn inherit(&mut self, tables: &[&Table]) {
        let direct: HashMap<ClassId, Vec<ClassId>> = tables
            .iter()
            .filter_map(|table| {
                let id = self.known(table.name)?;
                let supers = table.supers.iter().filter_map(|name| self.known(name));
                Some((id, supers.collect()))
            })
            .collect();
        for index in 0..self.classes.len() {
            let id = ClassId(u16::try_from(index).unwrap_or(u16::MAX));
            let mut supers = vec![id];
            let mut at = 0;
            while let Some(&next) = supers.get(at) {
                for &parent in direct.get(&next).into_iter().flatten() {
                    if !supers.contains(&parent) {
                        supers.push(parent);
                    }
                }
                at += 1;
            }
            if !supers.contains(&Type::OBJECT.class) && !Type::of(id).is_primitive() {
                supers.push(Type::OBJECT.class);
            }
            self.classes[index].supers = supers;
        }
        for index in 0..self.classes.len() {
            let mut methods = HashMap::new();
            let mut functional = None;
            for parent in &self.classes[index].supers {
                let parent = &self.classes[usize::from(parent.0)];
                for (key, method) in &parent.methods {
                    methods.entry(*key).or_insert(*method);
                }
                functional = functional.or(parent.functional);
            }
            self.classes[index].methods = methods;
            self.classes[index].functional = functional;
        }
    }
}
