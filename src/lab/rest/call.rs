//! One call of an API.

use std::cell::RefCell;

use crate::lab::cluster::Cluster;
use crate::lab::http::Request;
use crate::lab::profile::{Feature, Profile};
use crate::lab::security::Subject;
use crate::model::failure::Failure;

use super::body::Body;
use super::params::Params;

/// What an API is called with.
#[derive(Debug)]
pub struct Call<'a> {
    /// The request as it came.
    pub request: &'a Request,
    /// Path and query parameters.
    pub params: Params,
    /// The cluster that is called.
    pub cluster: &'a Cluster,
    /// Who calls; nobody in particular when security is off.
    pub subject: Option<Subject>,
    warnings: RefCell<Vec<String>>,
}

impl<'a> Call<'a> {
    /// A call.
    #[must_use]
    pub fn new(
        request: &'a Request,
        params: Params,
        cluster: &'a Cluster,
        subject: Option<Subject>,
    ) -> Self {
        Self {
            request,
            params,
            cluster,
            subject,
            warnings: RefCell::default(),
        }
    }

    /// How the cluster's version answers.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        self.cluster.profile()
    }

    /// Whether the cluster's version has a feature.
    #[must_use]
    pub fn has(&self, feature: Feature) -> bool {
        self.profile().has(feature)
    }

    /// A part of the path.
    #[must_use]
    pub fn path(&self, name: &str) -> &str {
        self.params.path(name)
    }

    /// Whether a body came.
    #[must_use]
    pub fn has_body(&self) -> bool {
        !self.request.body.is_empty() || self.request.param("source").is_some()
    }

    /// The body, which this API needs.
    ///
    /// # Errors
    /// 400 when there is none.
    pub fn body(&self) -> Result<Body, Failure> {
        self.optional_body().ok_or_else(|| {
            Failure::new(
                400,
                "parse_exception",
                "request body or source parameter is required",
            )
        })
    }

    /// The body, if there is one.
    #[must_use]
    pub fn optional_body(&self) -> Option<Body> {
        if !self.request.body.is_empty() {
            return Some(Body::new(&self.request.body));
        }
        self.request
            .param("source")
            .filter(|source| !source.is_empty())
            .map(|source| Body::new(source.as_bytes()))
    }

    /// The line between preparing a call and doing it: parameters that nobody
    /// asked for are refused, then the caller must be allowed `action`.
    ///
    /// # Errors
    /// 400 for unknown parameters, 403 without the privilege.
    pub fn begin(&self, action: &str) -> Result<(), Failure> {
        self.params.refuse_unknown(&self.request.path)?;
        match &self.subject {
            Some(subject) => subject.require(self.profile(), action),
            None => Ok(()),
        }
    }

    /// As [`begin`](Self::begin), for an action on indices.
    ///
    /// # Errors
    /// 400 for unknown parameters, 403 without the privilege.
    pub fn begin_on_index(&self, action: &str, index: &str) -> Result<(), Failure> {
        self.params.refuse_unknown(&self.request.path)?;
        match &self.subject {
            Some(subject) => subject.require_on_index(self.profile(), action, index),
            None => Ok(()),
        }
    }

    /// As [`Self::begin_on_index`] for a call that reads: a pattern stands for the
    /// indices that the user may read, be it none.
    ///
    /// # Errors
    /// As there, where a single index is named.
    pub fn begin_to_read(&self, action: &str, index: &str) -> Result<(), Failure> {
        if index == "_all" || index.contains('*') {
            return self.params.refuse_unknown(&self.request.path);
        }
        self.begin_on_index(action, index)
    }

    /// Whether the user may do `action` on `index`.
    #[must_use]
    pub fn may(&self, action: &str, index: &str) -> bool {
        let subject = self.subject.as_ref();
        subject.is_none_or(|subject| subject.allows_on(action, index))
    }

    /// Adds a deprecation warning to the answer.
    pub fn warn(&self, text: impl Into<String>) {
        self.warnings.borrow_mut().push(text.into());
    }

    /// The warnings so far.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.borrow().clone()
    }
}
