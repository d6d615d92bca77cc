//! Mustache templates.
mod template;
