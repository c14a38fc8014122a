//! To be written.
use super::Facts;
pub(crate) struct Python;
impl Python {
    pub(crate) fn build(_facts: &Facts) -> Self {
        Self
    }
}
