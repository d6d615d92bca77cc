//! The one error type of the crate: a kind (one per decision), what happened,
//! what to do next, and the cause.

use std::fmt;

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What an error means for the caller; each kind has one exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A broken promise inside sealift itself.
    Bug,
    /// The command line, the environment or a settings file cannot be used.
    Usage,
    /// A publisher, a proxy or the network did not give what was asked for.
    Network,
    /// A file or folder on this machine could not be read or written.
    Io,
    /// Bytes that do not follow the format they claim to have.
    Malformed,
    /// Bytes that differ from what was promised: digest, missing or extra member.
    Integrity,
    /// No signature, a bad one, or one by somebody who is not trusted.
    Trust,
    /// Trusted, but not allowed: expired, sequence backwards, version, license.
    Policy,
    /// Differences were found, or a check did not hold.
    Difference,
    /// Some steps were done and some were not; running again resumes.
    Partial,
    /// The cluster refused.
    Cluster,
    /// The operator interrupted the work.
    Interrupted,
}

impl ErrorKind {
    /// All kinds, in the order of their exit codes.
    pub const ALL: [Self; 12] = [
        Self::Bug,
        Self::Usage,
        Self::Network,
        Self::Io,
        Self::Malformed,
        Self::Integrity,
        Self::Trust,
        Self::Policy,
        Self::Difference,
        Self::Partial,
        Self::Cluster,
        Self::Interrupted,
    ];

    /// The exit code of the process that ends with this kind of error.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Bug => 1,
            Self::Usage => 2,
            Self::Network => 3,
            Self::Io => 4,
            Self::Malformed => 5,
            Self::Integrity => 6,
            Self::Trust => 7,
            Self::Policy => 8,
            Self::Difference => 9,
            Self::Partial => 10,
            Self::Cluster => 11,
            Self::Interrupted => 130,
        }
    }

    /// What the exit code tells a script, in a few words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Bug => "a mistake inside sealift: please report it",
            Self::Usage => "wrong command line, environment or settings",
            Self::Network => "the publisher or the network failed",
            Self::Io => "a local file could not be read or written",
            Self::Malformed => "bytes that do not follow their format",
            Self::Integrity => "a digest, a missing or an extra member",
            Self::Trust => "no signature, a bad one, or nobody trusted",
            Self::Policy => "expired, older than before, wrong version or license",
            Self::Difference => "differences found, or a check that failed",
            Self::Partial => "partly done; the same command resumes",
            Self::Cluster => "the cluster refused",
            Self::Interrupted => "interrupted, or not confirmed",
        }
    }

    /// The kind as one word, for machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bug => "bug",
            Self::Usage => "usage",
            Self::Network => "network",
            Self::Io => "io",
            Self::Malformed => "malformed",
            Self::Integrity => "integrity",
            Self::Trust => "trust",
            Self::Policy => "policy",
            Self::Difference => "difference",
            Self::Partial => "partial",
            Self::Cluster => "cluster",
            Self::Interrupted => "interrupted",
        }
    }
}

/// What happened (a lower-case fragment without a full stop), why, and what to
/// do next. The message never repeats its source.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind` that says `message`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            hint: None,
            source: None,
        }))
    }

    /// The same error with a next step for the operator.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// This error as the cause of another that says `message`; kind and hint
    /// carry over.
    #[must_use]
    pub fn context(self, message: impl Into<String>) -> Self {
        let mut outer = Self::new(self.kind(), message);
        outer.0.hint = self.next_step().map(str::to_owned);
        outer.because(self)
    }

    /// What the error means.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What to do next, if there is something to say.
    #[must_use]
    pub fn next_step(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("hint", &self.0.hint)
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}

/// Turns foreign failures into [`Error`]s at the place where the context is known.
pub trait OrErr<T> {
    /// The value, or an error of `kind` that says what was attempted, with the
    /// original failure as its cause.
    ///
    /// # Errors
    /// Whenever `self` holds a failure.
    fn or_err<M: Into<String>>(self, kind: ErrorKind, message: impl FnOnce() -> M) -> Result<T>;
}

impl<T, E: Into<Box<dyn std::error::Error + Send + Sync>>> OrErr<T> for std::result::Result<T, E> {
    fn or_err<M: Into<String>>(self, kind: ErrorKind, message: impl FnOnce() -> M) -> Result<T> {
        self.map_err(|source| Error::new(kind, message()).because(source))
    }
}
