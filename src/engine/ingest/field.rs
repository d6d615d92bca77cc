//! The field that a processor reads or writes: a path that is known beforehand,
//! or one that depends on the document.

use std::borrow::Cow;

use super::document::Document;
use super::mustache::Template;
use super::path::Path;
use crate::engine::failure::Failure;
use crate::engine::value::{JavaString, List, Value};

/// A path, or how to get it.
#[derive(Clone, Debug)]
pub(super) enum Field {
    Known(Path),
    Unknown(Template),
}

impl Field {
    /// The path as it stands. One that is no path fails when it is used.
    pub(super) fn fixed(text: &str) -> Self {
        match Path::parse(text) {
            Ok(path) => Self::Known(path),
            Err(_) => Self::Unknown(Template::Fixed(text.to_owned())),
        }
    }

    /// The path that a template makes.
    pub(super) fn filled(template: Template) -> Self {
        match template {
            Template::Fixed(text) => Self::fixed(&text),
            template @ Template::Filled(..) => Self::Unknown(template),
        }
    }

    /// The path for a document.
    ///
    /// # Errors
    /// When the template fails or makes no path.
    pub(super) fn path(&self, document: &Document) -> Result<Cow<'_, Path>, Failure> {
        match self {
            Self::Known(path) => Ok(Cow::Borrowed(path)),
            Self::Unknown(template) => Path::parse(&template.fill(document)?).map(Cow::Owned),
        }
    }

    /// The field's value; `None` if it is absent and `ignore_missing`.
    ///
    /// # Errors
    /// `illegal_argument_exception` for an absent field.
    pub(super) fn value(
        &self,
        document: &Document,
        ignore_missing: bool,
    ) -> Result<Option<Value>, Failure> {
        let path = self.path(document)?;
        if ignore_missing {
            document.get_if_present(&path)
        } else {
            document.get(&path).map(Some)
        }
    }

    /// The field's text; `None` if it is absent or null and `ignore_missing`.
    ///
    /// # Errors
    /// `illegal_argument_exception` for an absent field, for a null one (with
    /// the words of `if_null`), and for one that is no text.
    pub(super) fn text(
        &self,
        document: &Document,
        ignore_missing: bool,
        if_null: &str,
    ) -> Result<Option<JavaString>, Failure> {
        match self.present(document, ignore_missing, if_null)? {
            None => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text)),
            Some(other) => Err(self.not_a("java.lang.String", &other, document)),
        }
    }

    /// The field's text; `None` if it is null, and if it is absent and
    /// `ignore_missing`.
    ///
    /// # Errors
    /// `illegal_argument_exception` for an absent field and for one that is no text.
    pub(super) fn nullable_text(
        &self,
        document: &Document,
        ignore_missing: bool,
    ) -> Result<Option<JavaString>, Failure> {
        match self.value(document, ignore_missing)? {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text)),
            Some(other) => Err(self.not_a("java.lang.String", &other, document)),
        }
    }

    /// The field's list, as [`text`](Self::text) gives a text.
    pub(super) fn list(
        &self,
        document: &Document,
        ignore_missing: bool,
        if_null: &str,
    ) -> Result<Option<List>, Failure> {
        match self.present(document, ignore_missing, if_null)? {
            None => Ok(None),
            Some(Value::List(list)) => Ok(Some(list)),
            Some(other) => Err(self.not_a("java.util.List", &other, document)),
        }
    }

    fn present(
        &self,
        document: &Document,
        ignore_missing: bool,
        if_null: &str,
    ) -> Result<Option<Value>, Failure> {
        let value = self.value(document, ignore_missing)?.unwrap_or_default();
        if !value.is_null() {
            return Ok(Some(value));
        }
        if ignore_missing {
            return Ok(None);
        }
        Err(Failure::illegal_argument(format!(
            "field [{}] is null, {if_null}",
            self.path(document)?
        )))
    }

    fn not_a(&self, class: &str, value: &Value, document: &Document) -> Failure {
        self.path(document).map_or_else(
            |failure| failure,
            |path| {
                Failure::illegal_argument(format!(
                    "field [{path}] of type [{}] cannot be cast to [{class}]",
                    value.class_name()
                ))
            },
        )
    }

    /// Puts a value there.
    ///
    /// # Errors
    /// As [`Document::set`].
    pub(super) fn set(&self, document: &Document, value: Value) -> Result<(), Failure> {
        document.set(&*self.path(document)?, value)
    }
}
