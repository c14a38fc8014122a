//! To be written.
use super::Facts;
use crate::plugin::wit::{Absence, Node};
use std::sync::Arc;
#[derive(Default)]
pub(crate) struct Documents;
impl Documents {
    /// The whole document of a file, parsed once. A broken file is noted as a problem.
    pub(crate) fn load(&self, _facts: &Facts, _path: &str) -> Result<Arc<Vec<Node>>, Absence> {
        Err(Absence::Missing)
    }
}
