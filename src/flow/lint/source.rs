//! What is linted: a file, a folder, a release zip, a bundle, or what is about to
//! be packed.

use std::fmt;
use std::path::Path;

use crate::error::Result;
use crate::flow::gather;
use crate::flow::pack::PackRelease;
use crate::io::bundle::{Content, VerifiedBundle};
use crate::io::files;
use crate::model::content::has_extension;
use crate::model::package::{Choices, Conditions};

/// How large one file may be: what the catalog reads whole.
const MAX_FILE: u64 = 1 << 30;

/// Files that belong together: a release, a folder, one file.
#[derive(Debug)]
pub struct Source<'a> {
    /// What it is called in findings.
    pub name: String,
    /// What an integration package asks for; its files are laid out as such.
    pub package: Option<Conditions>,
    /// The files.
    pub files: Vec<File<'a>>,
}

/// A file that is read when its turn comes.
pub struct File<'a> {
    /// Its name within the source.
    pub name: String,
    read: Box<dyn Fn() -> Result<Vec<u8>> + 'a>,
}

impl fmt::Debug for File<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File").field("name", &self.name).finish()
    }
}

impl<'a> File<'a> {
    /// A file whose content `read` gets.
    pub fn new(name: impl Into<String>, read: impl Fn() -> Result<Vec<u8>> + 'a) -> Self {
        Self {
            name: name.into(),
            read: Box::new(read),
        }
    }

    /// The content.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Io`] when it cannot be read,
    /// [`crate::error::ErrorKind::Malformed`] when it is too large.
    pub fn read(&self) -> Result<Vec<u8>> {
        (self.read)()
    }

    fn of_content(name: &str, content: Content) -> Self {
        let label = name.to_owned();
        Self::new(name, move || {
            files::read_to_limit(content.open()?, MAX_FILE, &label)
        })
    }
}

impl Source<'_> {
    /// Whether it is a plain list of a filter's items: text that was named by itself,
    /// where folders have documents of such names.
    #[must_use]
    pub fn is_list(&self) -> bool {
        let is_text = has_extension(&self.name, "txt") || has_extension(&self.name, "list");
        is_text && matches!(self.files.as_slice(), [only] if only.name == self.name)
    }

    /// Names and contents of all files, in memory.
    ///
    /// # Errors
    /// As [`File::read`].
    pub fn load(&self) -> Result<Vec<(String, Vec<u8>)>> {
        let files = self.files.iter();
        files
            .map(|file| Ok((file.name.clone(), file.read()?)))
            .collect()
    }
}

/// Files that are in memory.
#[must_use]
pub fn of_files<'a>(name: &str, files: &'a [(String, Vec<u8>)]) -> Source<'a> {
    let files = files.iter();
    Source {
        name: name.to_owned(),
        package: None,
        files: files
            .map(|(name, bytes)| File::new(name.as_str(), || Ok(bytes.clone())))
            .collect(),
    }
}

/// The files at `path`: those of a folder, those of a zip, or itself.
///
/// # Errors
/// As gathering what is to be packed.
pub fn of_path(path: &Path) -> Result<Source<'static>> {
    Ok(match gather::release(path, &Choices::for_a_look())? {
        Some(release) => of_release(&release),
        None => of_file(path),
    })
}

/// The files of a release that is about to be packed.
#[must_use]
pub fn of_release(release: &PackRelease) -> Source<'static> {
    let files = release.files.iter();
    let package = release.source.package.as_ref();
    Source {
        name: release.name.clone(),
        package: package.map(|package| package.conditions.clone()),
        files: files
            .map(|(name, content)| File::of_content(name, content.clone()))
            .collect(),
    }
}

fn of_file(path: &Path) -> Source<'static> {
    let name = path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    Source {
        package: None,
        files: vec![File::of_content(&name, Content::File(path.to_owned()))],
        name,
    }
}

/// The publishers' files of a bundle, each release a source.
#[must_use]
pub fn of_bundle(bundle: &VerifiedBundle) -> Vec<Source<'_>> {
    let manifest = bundle.manifest();
    let of_source = |folder: &str| {
        let prefix = format!("payload/{folder}/");
        let files = manifest.files.iter().filter_map(|file| {
            let inner = file.path.as_str().strip_prefix(&prefix)?;
            let name = file.original_name.as_deref().unwrap_or(inner);
            Some(File::new(name, || bundle.read(&file.path, MAX_FILE)))
        });
        files.collect()
    };
    let sources = manifest.sources.iter();
    sources
        .map(|source| Source {
            name: source.tag.clone().unwrap_or_else(|| source.folder.clone()),
            package: source
                .package
                .as_ref()
                .map(|package| package.conditions.clone()),
            files: of_source(&source.folder),
        })
        .collect()
}
