//! Gathering: release folders, release zips and single files become releases
//! with their catalog, ready to be packed.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::flow::pack::PackRelease;
use crate::io::bundle::Content;
use crate::io::files;
use crate::io::zip::{ZipLimits, ZipReader};
use crate::model::catalog::{Catalog, Cataloger, Place, document_stem, naming};
use crate::model::content::has_extension;
use crate::model::manifest::Source;
use crate::model::package::Choices;
use crate::progress::Progress;

mod package;

/// The largest file that may hold artifacts, in bytes: the catalog reads it whole.
const MAX_FILE: u64 = 1 << 30;
/// The most files of one folder.
const MAX_FILES: usize = 10_000;
/// The largest description of a source that is read, in bytes.
const MAX_SOURCE: u64 = 64 << 10;
/// What files that were named one by one are the release of.
const LOOSE: &str = "files";

/// What was found in the paths.
#[derive(Debug)]
pub struct Gathered {
    /// The releases with their files.
    pub releases: Vec<PackRelease>,
    /// The artifacts in them.
    pub catalog: Catalog,
}

impl Gathered {
    /// The content of the file at `place`.
    ///
    /// # Errors
    /// [`ErrorKind::Bug`] for a place that is not of these releases.
    pub fn content(&self, place: &Place) -> Result<&Content> {
        let releases = self.releases.iter();
        releases
            .filter(|release| release.name == place.release)
            .flat_map(|release| &release.files)
            .find_map(|(name, content)| (*name == place.file).then_some(content))
            .ok_or_else(|| Error::new(ErrorKind::Bug, format!("{place} was not gathered")))
    }
}

/// Reads `paths`: a folder or a zip is a release, files beside them are one more.
/// Unknown files are carried along when `carry_unknown`.
///
/// # Errors
/// [`ErrorKind::Io`] when something cannot be read; [`ErrorKind::Malformed`] for a
/// zip that cannot be used, two releases of one name, and files that cannot be
/// classified.
pub fn gather(paths: &[PathBuf], carry_unknown: bool, progress: &dyn Progress) -> Result<Gathered> {
    gather_with(paths, carry_unknown, &Choices::for_a_look(), progress)
}

/// As [`gather`], with what publishers leave open.
///
/// # Errors
/// As [`gather`]; [`ErrorKind::Usage`] when a package leaves more open than
/// `choices` say.
pub fn gather_with(
    paths: &[PathBuf],
    carry_unknown: bool,
    choices: &Choices,
    progress: &dyn Progress,
) -> Result<Gathered> {
    let mut releases: Vec<PackRelease> = Vec::new();
    let mut loose = Vec::new();
    for path in paths {
        match release(path, choices)? {
            Some(release) => releases.push(release),
            None => loose.push((name_of(path)?, Content::File(path.clone()))),
        }
    }
    if !loose.is_empty() {
        releases.push(PackRelease {
            name: LOOSE.to_owned(),
            source: source_of(LOOSE),
            files: loose,
        });
    }
    for (index, release) in releases.iter().enumerate() {
        let before = releases.iter().take(index);
        if before.into_iter().any(|other| other.name == release.name) {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("two of the given releases are called {:?}", release.name),
            ));
        }
    }
    let cataloger = Cataloger::new().carry_unknown(carry_unknown);
    let cataloger = cataloger.suffix(choices.suffix.as_deref().unwrap_or_default());
    let catalog = catalog(&releases, cataloger, progress)?;
    Ok(Gathered { releases, catalog })
}

/// The release in a folder or a zip; nothing where `path` is a file of its own.
///
/// # Errors
/// [`ErrorKind::Io`] when something cannot be read; [`ErrorKind::Malformed`] for a
/// zip that cannot be used.
pub fn release(path: &Path, choices: &Choices) -> Result<Option<PackRelease>> {
    if path.is_dir() {
        return folder(path, choices).map(Some);
    }
    let is_zip = has_extension(&name_of(path)?, "zip");
    is_zip.then(|| zip(path, choices)).transpose()
}

fn catalog(
    releases: &[PackRelease],
    mut cataloger: Cataloger,
    progress: &dyn Progress,
) -> Result<Catalog> {
    let total: usize = releases.iter().map(|release| release.files.len()).sum();
    progress.begin("classifying files", Some(total as u64));
    for release in releases {
        let names = release.files.iter().map(|(name, _)| name.as_str());
        match &release.source.package {
            Some(package) => cataloger.begin_package(&release.name, &package.conditions)?,
            None => cataloger.begin(&release.name, names),
        }
        for (name, content) in &release.files {
            progress.go_on()?;
            // A document is known by its name; its content may have any size.
            let bytes = if document_stem(name).is_some() {
                Vec::new()
            } else {
                let label = format!("{name} of {}", release.name);
                files::read_to_limit(content.open()?, MAX_FILE, &label)?
            };
            cataloger.file(name, &bytes);
            progress.advance(1);
        }
    }
    progress.end();
    cataloger.finish().usable()
}

fn folder(path: &Path, choices: &Choices) -> Result<PackRelease> {
    // A path such as `.` has a name only once it is resolved.
    let resolved = path
        .canonicalize()
        .or_err(ErrorKind::Io, || format!("cannot open {}", path.display()))?;
    let name = name_of(&resolved)?;
    let mut files = Vec::new();
    for file in files::walk(&resolved, MAX_FILES)? {
        let below = file.strip_prefix(&resolved).unwrap_or(&file);
        let segments: Vec<&str> = below
            .iter()
            .map(|segment| segment.to_str().ok_or_else(|| not_utf8(&file)))
            .collect::<Result<_>>()?;
        files.push((segments.join("/"), Content::File(file.clone())));
    }
    let mut release = PackRelease {
        source: source_of(&name),
        name,
        files,
    };
    package::complete(&mut release, choices)?;
    Ok(release)
}

fn zip(path: &Path, choices: &Choices) -> Result<PackRelease> {
    let zip = ZipReader::open(path, ZipLimits::default())?;
    let names = || zip.entries().iter().map(|entry| entry.name.as_str());
    let folder = naming::common_folder(names());
    let files = zip
        .entries()
        .iter()
        .map(|entry| {
            let below = entry.name.get(folder.len()..).unwrap_or(&entry.name);
            let content = Content::Entry(path.to_owned(), entry.name.clone());
            (below.to_owned(), content)
        })
        .collect();
    let file_name = name_of(path)?;
    let name = file_name.get(..file_name.len() - ".zip".len());
    let name = name.unwrap_or(&file_name).to_owned();
    let (_, sha256) = Content::File(path.to_owned()).measure()?;
    let mut source = fetched_source(path, &name)?.unwrap_or_else(|| source_of(&name));
    if source.asset_sha256.is_some_and(|stated| stated != sha256) {
        return Err(Error::new(
            ErrorKind::Integrity,
            format!("{} is not the zip that was fetched", path.display()),
        )
        .hint("fetch the release again"));
    }
    source.asset_sha256 = Some(sha256);
    let mut release = PackRelease {
        name,
        source,
        files,
    };
    package::complete(&mut release, choices)?;
    package::add_signature(&mut release, path, &file_name)?;
    Ok(release)
}

/// What `fetch` wrote down beside the zip.
fn fetched_source(zip: &Path, name: &str) -> Result<Option<Source>> {
    let path = zip.with_file_name(format!("{name}.source.json"));
    if !path.is_file() {
        return Ok(None);
    }
    serde_json::from_slice(&files::read_limited(&path, MAX_SOURCE)?)
        .map(Some)
        .or_err(ErrorKind::Malformed, || {
            format!("{} does not describe a source", path.display())
        })
}

fn source_of(name: &str) -> Source {
    Source {
        folder: name.to_owned(),
        repository: None,
        tag: None,
        release_id: None,
        asset_url: None,
        asset_sha256: None,
        fetched_from: None,
        package: None,
        signature: None,
    }
}

fn name_of(path: &Path) -> Result<String> {
    path.file_name()
        .ok_or_else(|| Error::new(ErrorKind::Usage, format!("{} has no name", path.display())))?
        .to_str()
        .map(str::to_owned)
        .ok_or_else(|| not_utf8(path))
}

fn not_utf8(path: &Path) -> Error {
    Error::new(
        ErrorKind::Malformed,
        format!("{} has a name that is not UTF-8", path.display()),
    )
}
