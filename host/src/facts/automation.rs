//! To be written.
use super::Facts;
pub(crate) struct Automation;
impl Automation {
    pub(crate) fn build(_facts: &Facts) -> Self {
        Self
    }
}
