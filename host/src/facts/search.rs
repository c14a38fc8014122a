//! To be written.
use super::Facts;
pub(crate) struct Search;
impl Search {
    pub(crate) fn build(_facts: &Facts) -> Self {
        Self
    }
}
