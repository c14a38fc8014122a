//! To be written.
use super::Facts;
use crate::plugin::wit::Role;
pub(crate) struct Projects;
impl Projects {
    pub(crate) fn build(_facts: &Facts) -> Self {
        Self
    }
    /// Root of the project that a path belongs to; empty for the repository's root.
    pub(crate) fn root_of(&self, _path: &str) -> &str {
        ""
    }
    /// What a file is there for.
    pub(crate) fn role_of(&self, _path: &str) -> Role {
        Role::Source
    }
}
