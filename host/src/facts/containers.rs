//! To be written.
use super::Facts;
pub(crate) struct Containers;
impl Containers {
    pub(crate) fn build(_facts: &Facts) -> Self {
        Self
    }
}
