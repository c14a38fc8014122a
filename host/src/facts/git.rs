//! To be written.
#[derive(Default)]
pub(crate) struct Git;
