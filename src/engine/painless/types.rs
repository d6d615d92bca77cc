//! Static types.

use super::library::Library;

/// A class of the [`Library`], by its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ClassId(pub(super) u16);

/// A type: a class, a primitive type, `def` or `void`, or an array of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Type {
    pub(super) class: ClassId,
    /// Dimensions of an array; 0 for none.
    pub(super) dims: u8,
}

macro_rules! well_known {
    ($($index:literal $constant:ident $name:literal,)*) => {
        impl Type {
            $(pub(super) const $constant: Self = Self::plain($index);)*
        }
        /// Names of the types that the compiler knows by itself, in the order of
        /// their ids.
        pub(super) const WELL_KNOWN: &[&str] = &[$($name),*];
    };
}

well_known! {
    0 VOID "void",
    1 BOOLEAN "boolean",
    2 BYTE "byte",
    3 SHORT "short",
    4 CHAR "char",
    5 INT "int",
    6 LONG "long",
    7 FLOAT "float",
    8 DOUBLE "double",
    9 DEF "def",
    10 OBJECT "java.lang.Object",
    11 BOXED_BOOLEAN "java.lang.Boolean",
    12 BOXED_BYTE "java.lang.Byte",
    13 BOXED_SHORT "java.lang.Short",
    14 BOXED_CHAR "java.lang.Character",
    15 BOXED_INT "java.lang.Integer",
    16 BOXED_LONG "java.lang.Long",
    17 BOXED_FLOAT "java.lang.Float",
    18 BOXED_DOUBLE "java.lang.Double",
    19 NUMBER "java.lang.Number",
    20 STRING "java.lang.String",
    21 LIST "java.util.List",
    22 ARRAY_LIST "java.util.ArrayList",
    23 MAP "java.util.Map",
    24 HASH_MAP "java.util.HashMap",
    25 ITERABLE "java.lang.Iterable",
    26 PATTERN "java.util.regex.Pattern",
    27 EXCEPTION "java.lang.Exception",
    28 LINKED_LIST "java.util.LinkedList",
    29 LINKED_MAP "java.util.LinkedHashMap",
    30 TREE_MAP "java.util.TreeMap",
    31 HASH_SET "java.util.HashSet",
    32 LINKED_SET "java.util.LinkedHashSet",
    33 TREE_SET "java.util.TreeSet",
    34 BIG_INTEGER "java.math.BigInteger",
    35 FIXED_LIST "java.util.Arrays$ArrayList",
    36 UNMODIFIABLE_LIST "java.util.Collections$UnmodifiableRandomAccessList",
    37 FROZEN_MAP "org.elasticsearch.ingest.ConditionalProcessor$UnmodifiableIngestData",
    38 FROZEN_LIST "org.elasticsearch.ingest.ConditionalProcessor$UnmodifiableIngestList",
    39 UNMODIFIABLE_MAP "java.util.Collections$UnmodifiableMap",
    40 UNMODIFIABLE_SET "java.util.Collections$UnmodifiableSet",
    41 ARRAY_DEQUE "java.util.ArrayDeque",
}

impl Type {
    const fn plain(index: u16) -> Self {
        Self {
            class: ClassId(index),
            dims: 0,
        }
    }

    pub(super) const fn of(class: ClassId) -> Self {
        Self { class, dims: 0 }
    }

    pub(super) const fn is_array(self) -> bool {
        self.dims > 0
    }

    /// The type of an element of this array type.
    pub(super) const fn element(self) -> Self {
        Self {
            class: self.class,
            dims: self.dims.saturating_sub(1),
        }
    }

    /// `boolean`, `int` and so on, and `void`.
    pub(super) const fn is_primitive(self) -> bool {
        self.dims == 0 && self.class.0 <= Self::DOUBLE.class.0
    }

    pub(super) fn is_def(self) -> bool {
        self == Self::DEF
    }

    /// The class that holds a value of this primitive type.
    pub(super) fn boxed(self) -> Self {
        if self.is_primitive() && self != Self::VOID {
            Self::plain(self.class.0 + Self::BOXED_BOOLEAN.class.0 - Self::BOOLEAN.class.0)
        } else if self.is_def() {
            Self::OBJECT
        } else {
            self
        }
    }

    /// The primitive type that this class holds a value of; the type itself if
    /// it is none of those.
    pub(super) fn unboxed(self) -> Self {
        let boxed = Self::BOXED_BOOLEAN.class.0..=Self::BOXED_DOUBLE.class.0;
        if self.dims == 0 && boxed.contains(&self.class.0) {
            Self::plain(self.class.0 - Self::BOXED_BOOLEAN.class.0 + Self::BOOLEAN.class.0)
        } else {
            self
        }
    }

    /// Its name as errors show it.
    pub(super) fn name(self, library: &Library) -> String {
        let name = library.class(self.class).canonical.as_str();
        name.to_owned() + &"[]".repeat(self.dims.into())
    }

    /// The name of the class of an array of this type: `[I`.
    pub(super) fn array_class(self, library: &Library) -> String {
        let element = match Self::of(self.class) {
            Self::BOOLEAN => "Z".to_owned(),
            Self::BYTE => "B".to_owned(),
            Self::SHORT => "S".to_owned(),
            Self::CHAR => "C".to_owned(),
            Self::INT => "I".to_owned(),
            Self::LONG => "J".to_owned(),
            Self::FLOAT => "F".to_owned(),
            Self::DOUBLE => "D".to_owned(),
            Self::DEF => "Ljava.lang.Object;".to_owned(),
            other => format!("L{};", library.class(other.class).name),
        };
        "[".repeat(self.dims.into()) + &element
    }

    /// Whether a value of type `from` is one of this type too
    /// (`Class.isAssignableFrom`).
    pub(super) fn accepts(self, from: Self, library: &Library) -> bool {
        if self == from {
            return true;
        }
        let erase = |ty: Self| {
            if ty.class == Self::DEF.class {
                Self {
                    class: Self::OBJECT.class,
                    dims: ty.dims,
                }
            } else {
                ty
            }
        };
        let (to, from) = (self, erase(from));
        if to == from {
            return true;
        }
        if to.is_primitive() || from.is_primitive() {
            return false;
        }
        if to.dims == from.dims {
            return !Self::of(from.class).is_primitive()
                && library.class(from.class).is_a(to.class);
        }
        to == Self::OBJECT || from.dims > to.dims && to.class == Self::OBJECT.class
    }
}
