//! Which plugins a repository is checked with, and where they come from.

pub(crate) mod beside;
pub(crate) mod built_in;
pub(crate) mod componentize;
pub(crate) mod edit;
pub(crate) mod house;
pub(crate) mod lock;
pub(crate) mod manifest;
pub(crate) mod reference;
pub(crate) mod registry;
pub(crate) mod required;
pub(crate) mod resolve;
pub(crate) mod signature;
pub(crate) mod store;
pub(crate) mod update;
