//! What the rules about CI share: which commands, actions and hooks count as which scan, and where their absence is
//! reported.

use plimsoll_sdk::prelude::*;

/// A kind of scan, by the ways that repositories run it.
pub(crate) struct Scan {
    /// Programs that are the scan whatever their arguments.
    pub(crate) programs: &'static [&'static str],
    /// Programs that are the scan with one of these words.
    pub(crate) with_words: &'static [(&'static str, &'static [&'static str])],
    pub(crate) actions: &'static [&'static str],
    pub(crate) hooks: &'static [&'static str],
}

/// Scans of dependencies for known vulnerabilities.
pub(crate) const DEPENDENCIES: Scan = Scan {
    programs: &["pip-audit", "osv-scanner", "grype"],
    with_words: &[
        ("safety", &["check", "scan"]),
        ("uv", &["audit"]),
        ("trivy", &["fs", "repo", "filesystem", "repository", "image"]),
        ("snyk", &["test"]),
    ],
    actions: &[
        "pypa/gh-action-pip-audit",
        "google/osv-scanner-action*",
        "aquasecurity/trivy-action",
        "anchore/scan-action",
        "actions/dependency-review-action",
        "snyk/actions*",
        "pyupio/safety-action",
    ],
    hooks: &["pip-audit", "python-safety-dependencies-check", "osv-scanner"],
};

/// Scans of the history or the tree for secrets.
pub(crate) const SECRETS: Scan = Scan {
    programs: &[
        "gitleaks",
        "detect-secrets",
        "detect-secrets-hook",
        "trufflehog",
        "ggshield",
        "talisman",
        "ripsecrets",
        "kingfisher",
    ],
    with_words: &[("trivy", &["fs", "repo", "image", "filesystem"])],
    actions: &[
        "gitleaks/gitleaks-action",
        "trufflesecurity/trufflehog",
        "GitGuardian/ggshield*",
        "aquasecurity/trivy-action",
    ],
    hooks: &[
        "gitleaks",
        "gitleaks-docker",
        "gitleaks-system",
        "detect-secrets",
        "detect-secrets-hook",
        "trufflehog",
        "ggshield",
        "ripsecrets",
        "talisman",
        "infisical-scan",
        "kingfisher",
        "kingfisher-auto",
    ],
};

/// Scans of container images.
pub(crate) const IMAGES: Scan = Scan {
    programs: &["grype"],
    with_words: &[("trivy", &["image"]), ("docker", &["scout"]), ("snyk", &["container"]), ("gcloud", &["scan"])],
    actions: &["aquasecurity/trivy-action", "anchore/scan-action", "docker/scout-action"],
    hooks: &[],
};

impl Scan {
    /// The commands that are this scan, whether CI reaches them or not.
    pub(crate) fn commands(&self) -> Vec<Command> {
        let programs: Vec<&str> =
            self.programs.iter().copied().chain(self.with_words.iter().map(|(program, _)| *program)).collect();
        automation::commands(&programs)
            .into_iter()
            .filter(|command| {
                let program = command.program();
                self.programs.contains(&program)
                    || self.with_words.iter().any(|(name, words)| *name == program && command.has_word(words))
            })
            .collect()
    }

    /// Triggers of all CI runs that make this scan, sorted; empty when none does.
    pub(crate) fn triggers(&self) -> Vec<String> {
        let commands = self.commands().into_iter().flat_map(|command| command.triggers);
        let actions = automation::actions(self.actions).into_iter().flat_map(|action| action.triggers);
        let hooks = if self.hooks.is_empty() { Vec::new() } else { automation::hooks(self.hooks) };
        let mut triggers: Vec<String> =
            commands.chain(actions).chain(hooks.into_iter().flat_map(|hook| hook.triggers)).collect();
        triggers.sort();
        triggers.dedup();
        triggers
    }
}

/// Where the absence of a gate is reported: the first pipeline, one of pull requests if there is one. None when there
/// is no CI, no product, or CI can't be looked into, each said for the requirements.
pub(crate) fn place_of_absence(report: &mut Report, requirements: &[&str]) -> Option<Place> {
    let workflows = automation::workflows();
    let place = workflows
        .iter()
        .find(|workflow| workflow.triggers.iter().any(|trigger| trigger == "pull_request"))
        .or(workflows.first())
        .map(|workflow| workflow.place.clone());
    let is_product = project::projects().iter().any(|project| project.has_source);
    let reason = if !is_product {
        "no Python code of its own"
    } else if place.is_none() {
        "no CI in the repository"
    } else {
        ""
    };
    if !reason.is_empty() {
        for requirement in requirements {
            report.not_applicable(requirement, reason);
        }
        return None;
    }
    if let Some(opaque) = automation::opaque_steps().first() {
        for requirement in requirements {
            report.unknown(requirement, Some(&opaque.place), &opaque.reason);
        }
        return None;
    }
    place
}

/// Whether any project declares a dependency that it runs with.
pub(crate) fn has_runtime_dependencies() -> bool {
    project::dependencies(&["*"]).iter().any(|dependency| dependency.kind == "runtime")
}
