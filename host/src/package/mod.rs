//! Which plugins a repository is checked with, and where they come from.

pub(crate) mod beside;
pub(crate) mod built_in;
pub(crate) mod componentize;
pub(crate) mod manifest;
