//! Stand-ins until the facts are merged.
use super::{Facts, Target, automation, containers, git, search};
use crate::plugin::wit::plimsoll;
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
impl containers::Containers {
    pub(crate) fn dockerfiles(
        &self,
        _: &Facts,
        _: &Target,
    ) -> Vec<crate::plugin::wit::plimsoll::plugin::containers::Dockerfile> {
        vec![]
    }
    pub(crate) fn compose_files(
        &self,
        _: &Facts,
        _: &Target,
    ) -> Vec<crate::plugin::wit::plimsoll::plugin::containers::ComposeFile> {
        vec![]
    }
    pub(crate) fn ignored(&self, _: &Facts, _: &str, p: &[String]) -> Vec<bool> {
        vec![false; p.len()]
    }
}
impl search::Search {
    pub(crate) fn search(
        &self,
        _: &Facts,
        _: &Target,
        _: &[String],
        _: &[String],
    ) -> Vec<crate::plugin::wit::repository::Match> {
        vec![]
    }
}
impl git::Git {
    pub(crate) fn available(&self) -> plimsoll::plugin::git::History {
        plimsoll::plugin::git::History::None
    }
    pub(crate) fn commits(&self, _: u32) -> Vec<plimsoll::plugin::git::Commit> {
        vec![]
    }
    pub(crate) fn tags(&self) -> Vec<String> {
        vec![]
    }
    pub(crate) fn branches(&self) -> Vec<String> {
        vec![]
    }
    pub(crate) fn open(_: &std::path::Path) -> Self {
        Self
    }
    pub(crate) fn tracked(_: &std::path::Path) -> Option<Vec<String>> {
        None
    }
    pub(crate) fn find_root(_: &std::path::Path) -> Option<std::path::PathBuf> {
        None
    }
    pub(crate) fn head_time(&self) -> Option<i64> {
        None
    }
}
