//! Stand-ins until the facts are merged.
use super::{Facts, Target, automation};
impl automation::Automation {
    pub(crate) fn commands(&self, _: &Facts, _: &Target, _: &[String]) -> Vec<crate::plugin::wit::automation::Command> {
        vec![]
    }
    pub(crate) fn actions(&self, _: &Facts, _: &Target, _: &[String]) -> Vec<crate::plugin::wit::automation::Action> {
        vec![]
    }
    pub(crate) fn hooks(&self, _: &Facts, _: &Target, _: &[String]) -> Vec<crate::plugin::wit::automation::Hook> {
        vec![]
    }
    pub(crate) fn workflows(&self, _: &Facts, _: &Target) -> Vec<crate::plugin::wit::automation::Workflow> {
        vec![]
    }
    pub(crate) fn opaque_steps(&self, _: &Facts, _: &Target) -> Vec<crate::plugin::wit::automation::Opaque> {
        vec![]
    }
    pub(crate) fn tasks(&self, _: &Facts, _: &Target) -> Vec<crate::plugin::wit::automation::Task> {
        vec![]
    }
}
