//! GitHub's workflows as documents: what the facts about commands leave out.

use plimsoll_sdk::prelude::*;

/// A workflow with its document.
pub(crate) struct GithubWorkflow {
    pub(crate) facts: Workflow,
    value: documents::Nodes,
}

impl GithubWorkflow {
    pub(crate) fn path(&self) -> &str {
        &self.facts.place.path
    }

    pub(crate) fn root(&self) -> Option<Item<'_>> {
        Item::root(&self.value)
    }

    /// What starts it. YAML 1.1 reads the key `on` as true.
    pub(crate) fn on(&self) -> Option<Item<'_>> {
        self.root()?.get("on").or_else(|| self.root()?.get("true"))
    }

    /// An event that starts it: its filters, or the text that names it.
    pub(crate) fn event(&self, name: &str) -> Option<Item<'_>> {
        let on = self.on()?;
        match on.kind() {
            NodeKind::Table => on.get(name),
            NodeKind::List => on.children().find(|event| event.text() == name),
            _ => (on.text() == name).then_some(on),
        }
    }

    pub(crate) fn jobs(&self) -> Vec<Item<'_>> {
        self.root().and_then(|root| root.get("jobs")).map_or_else(Vec::new, |jobs| jobs.children().collect())
    }

    /// Where its `on` stands, else its jobs.
    pub(crate) fn on_place(&self) -> Place {
        self.facts.on.clone().unwrap_or_else(|| self.facts.place.clone())
    }

    pub(crate) fn is_on(&self, trigger: &str) -> bool {
        self.facts.triggers.iter().any(|own| own == trigger)
    }
}

/// The workflows of GitHub and of the systems that read the same language.
pub(crate) fn workflows() -> Vec<GithubWorkflow> {
    automation::workflows()
        .into_iter()
        .filter(|workflow| matches!(workflow.system.as_str(), "github" | "forgejo" | "gitea"))
        .filter_map(|facts| {
            let value = documents::read(&facts.place.path, &[]).ok()?;
            Some(GithubWorkflow { facts, value })
        })
        .collect()
}

/// The steps of a job.
pub(crate) fn steps(job: Item<'_>) -> Vec<Item<'_>> {
    job.get("steps").map_or_else(Vec::new, |steps| steps.children().collect())
}
