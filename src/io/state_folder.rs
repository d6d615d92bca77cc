//! What to do about a state folder that cannot be written.

use std::io;
use std::path::Path;

use crate::error::{Error, ErrorKind};

/// `error`, which was met below the state folder `folder`, with the next step
/// where it is the folder that failed.
#[must_use]
pub fn advise(folder: &Path, error: Error) -> Error {
    if error.kind() != ErrorKind::Io {
        return error;
    }
    let cause = std::error::Error::source(&error);
    let cause = cause.and_then(|cause| cause.downcast_ref::<io::Error>());
    let step = match cause.map(io::Error::kind) {
        Some(
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge,
        ) => "free space in",
        Some(io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => {
            "give yourself the right to write to"
        }
        _ => "see to",
    };
    error.hint(format!(
        "{step} the state folder {} (SEALIFT_STATE names another)",
        folder.display()
    ))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use super::advise;
    use crate::error::{Error, ErrorKind};

    #[test]
    fn other_errors_keep_their_own() {
        let error = Error::new(ErrorKind::Usage, "no id").hint("see sealift history");
        let error = advise(Path::new("state"), error);
        assert_eq!(error.next_step(), Some("see sealift history"));
    }

    #[test]
    fn the_next_step_fits_the_cause() {
        for (cause, step) in [
            (io::ErrorKind::StorageFull, "free space in"),
            (io::ErrorKind::FileTooLarge, "free space in"),
            (io::ErrorKind::ReadOnlyFilesystem, "give yourself the right"),
            (io::ErrorKind::PermissionDenied, "give yourself the right"),
            (io::ErrorKind::NotADirectory, "see to"),
        ] {
            let error = Error::new(ErrorKind::Io, "cannot write").because(io::Error::from(cause));
            let error = advise(Path::new("home/state"), error);
            let hint = error.next_step().unwrap_or_default();
            assert!(hint.starts_with(step), "{cause}: {hint}");
            assert!(
                hint.ends_with("the state folder home/state (SEALIFT_STATE names another)"),
                "{hint}"
            );
        }
    }
}
