//! What the rules about CI share: which commands, actions and hooks count as which scan, and where their absence is
//! reported.

pub(crate) use plimsoll_sdk::gates::{CHANGES, is_opaque, place_of_absence};
use plimsoll_sdk::prelude::*;

/// A kind of scan, by the ways that repositories run it.
pub(crate) struct Scan {
    /// Programs that are the scan whatever their arguments.
    pub(crate) programs: &'static [&'static str],
    /// Programs that are the scan with one of these words.
    pub(crate) with_words: &'static [(&'static str, &'static [&'static str])],
    /// What Trivy scans when it is this scan, in the words of its commands.
    pub(crate) trivy: &'static [&'static str],
    pub(crate) actions: &'static [&'static str],
    pub(crate) hooks: &'static [&'static str],
}

/// One run of a scan.
pub(crate) struct Run {
    pub(crate) place: Place,
    /// The program, action or hook.
    pub(crate) name: String,
    /// Events of the CI runs that reach it.
    pub(crate) triggers: Vec<String>,
    /// Whether its failure is ignored and its report is not kept either.
    pub(crate) ignored: bool,
}

impl Run {
    pub(crate) fn is_on(&self, triggers: &[&str]) -> bool {
        self.triggers.iter().any(|trigger| triggers.contains(&trigger.as_str()))
    }
}

/// Bandit.
pub(crate) const CODE: Scan =
    Scan { programs: &["bandit"], with_words: &[], trivy: &[], actions: &["/(?i)bandit/"], hooks: &["bandit"] };

/// Scans of dependencies for known vulnerabilities. A scan of an image sees those that it installs.
pub(crate) const DEPENDENCIES: Scan = Scan {
    programs: &["pip-audit", "osv-scanner", "grype"],
    with_words: &[("safety", &["check", "scan"]), ("uv", &["audit"]), ("snyk", &["test"])],
    trivy: &["fs", "filesystem", "repo", "repository", "rootfs", "image"],
    actions: &[
        "pypa/gh-action-pip-audit",
        "google/osv-scanner-action*",
        "anchore/scan-action",
        "actions/dependency-review-action",
        "snyk/actions*",
        "pyupio/safety*",
    ],
    hooks: &["pip-audit", "python-safety-dependencies-check", "osv-scanner"],
};

/// Scans of the history or the tree for secrets. A scan of an image sees neither.
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
    with_words: &[],
    trivy: &["fs", "filesystem", "repo", "repository"],
    actions: &[
        "gitleaks/gitleaks-action",
        "trufflesecurity/trufflehog",
        "GitGuardian/ggshield*",
        "gitguardian/ggshield*",
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

/// Scans of container images with Trivy.
pub(crate) const IMAGES: Scan = Scan { programs: &[], with_words: &[], trivy: &["image"], actions: &[], hooks: &[] };

/// Scans of container images with other tools.
pub(crate) const OTHER_IMAGES: Scan = Scan {
    programs: &["grype"],
    with_words: &[("docker", &["scout"]), ("snyk", &["container"]), ("gcloud", &["scan"])],
    trivy: &[],
    actions: &["anchore/scan-action", "docker/scout-action", "snyk/actions/docker"],
    hooks: &[],
};

const TRIVY_ACTION: &str = "aquasecurity/trivy-action";

impl Scan {
    /// The commands that are this scan, whether CI reaches them or not.
    pub(crate) fn commands(&self) -> Vec<Command> {
        let mut programs = vec!["docker", "podman"];
        programs.extend(self.programs.iter().copied().chain(self.with_words.iter().map(|(program, _)| *program)));
        programs.extend((!self.trivy.is_empty()).then_some("trivy"));
        automation::commands(&programs).into_iter().filter(|command| self.is_run_by(command)).collect()
    }

    fn is_run_by(&self, command: &Command) -> bool {
        let (program, words) = program(command);
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
        self.programs.contains(&program)
            || program == "trivy" && has(self.trivy)
            || self.with_words.iter().any(|(name, wanted)| *name == program && has(wanted))
    }

    fn is_used_by(&self, action: &Action) -> bool {
        if action.name != TRIVY_ACTION {
            return true;
        }
        let kind = Item::root(&action.inputs).and_then(|inputs| inputs.get("scan-type")).map_or("image", Item::text);
        self.trivy.contains(&kind)
    }

    /// All runs of this scan, the ones that CI does not reach included.
    pub(crate) fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = self.commands().into_iter().map(of_command).collect();
        let mut names = self.actions.to_vec();
        names.extend((!self.trivy.is_empty()).then_some(TRIVY_ACTION));
        if !names.is_empty() {
            let actions = automation::actions(&names);
            runs.extend(actions.into_iter().filter(|action| self.is_used_by(action)).map(of_action));
        }
        if !self.hooks.is_empty() {
            runs.extend(automation::hooks(self.hooks).into_iter().map(|hook| Run {
                place: hook.place,
                name: hook.id,
                triggers: hook.triggers,
                ignored: false,
            }));
        }
        runs
    }

    /// The runs that CI reaches.
    pub(crate) fn runs_in_ci(&self) -> Vec<Run> {
        self.runs().into_iter().filter(|run| !run.triggers.is_empty()).collect()
    }
}

/// The program of a command and its arguments; those of the image for `docker run`.
fn program(command: &Command) -> (&str, &[String]) {
    let name = command.program();
    if !matches!(name, "docker" | "podman") || !command.has_word(&["run"]) {
        return (name, command.words.get(1..).unwrap_or_default());
    }
    const IMAGES: &[(&str, &str)] = &[
        ("aquasec/trivy", "trivy"),
        ("aquasecurity/trivy", "trivy"),
        ("gitleaks/gitleaks", "gitleaks"),
        ("zricethezav/gitleaks", "gitleaks"),
        ("trufflesecurity/trufflehog", "trufflehog"),
        ("anchore/grype", "grype"),
        ("google/osv-scanner", "osv-scanner"),
        ("hadolint/hadolint", "hadolint"),
    ];
    let image = command.words.iter().enumerate().find_map(|(index, word)| {
        let image = IMAGES.iter().find(|(image, _)| word.contains(image) && !word.starts_with('-'))?;
        Some((image.1, command.words.get(index + 1..).unwrap_or_default()))
    });
    image.unwrap_or((name, &command.words[1..]))
}

fn of_command(command: Command) -> Run {
    let is_kept = command.words.iter().any(|word| word.contains("sarif") || word.contains("output"));
    Run {
        name: program(&command).0.to_owned(),
        ignored: command.tolerated && !is_kept,
        place: command.place,
        triggers: command.triggers,
    }
}

fn of_action(action: Action) -> Run {
    let is_kept = Item::root(&action.inputs)
        .is_some_and(|inputs| inputs.get("output").or_else(|| inputs.get("sarif_file")).is_some());
    Run { ignored: action.tolerated && !is_kept, place: action.place, name: action.name, triggers: action.triggers }
}

/// Whether any project declares a dependency that it runs with.
pub(crate) fn has_runtime_dependencies() -> bool {
    project::dependencies(&["*"]).iter().any(|dependency| dependency.kind == "runtime")
}
