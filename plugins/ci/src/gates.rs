//! What the rules about CI share: which commands, actions and hooks count as which check, and how a missing one is
//! reported.

use plimsoll_sdk::gates::{CHANGES, Gate, Run, place_of_absence};
use plimsoll_sdk::prelude::*;

/// Linters of Python.
pub(crate) const LINTERS: Gate = Gate {
    programs: &["flake8", "pylint", "prospector", "pylama", "pycodestyle", "pyflakes", "pyflyby", "trunk", "fixit"],
    with_words: &[("ruff", &["check", "."]), ("hatch", &["fmt"])],
    actions: &[
        "astral-sh/ruff-action",
        "chartboost/ruff-action",
        "super-linter/super-linter*",
        "github/super-linter*",
        "oxsecurity/megalinter*",
        "trunk-io/trunk-action*",
        "wemake-services/wemake-python-styleguide",
        "/(?i)flake8|pylint|ruff/",
    ],
    hooks: &["/^(ruff|ruff-check|ruff-lint|flake8.*|pylint|pycodestyle|pyflakes|prospector|ruff-.*)$/"],
};

/// Type checkers.
pub(crate) const TYPE_CHECKERS: Gate = Gate {
    programs: &["mypy", "dmypy", "pyright", "basedpyright", "pyrefly", "pyre", "pytype", "zuban", "basedmypy"],
    with_words: &[("ty", &["check"])],
    actions: &["/(?i)pyright|mypy|pyrefly/"],
    hooks: &["/(?i)^(local-)?(mypy|pyright|basedpyright|pyrefly|ty|pytype)(-.*)?$/"],
};

/// Test runners.
pub(crate) const TESTS: Gate = Gate {
    programs: &[
        "pytest",
        "py.test",
        "nose2",
        "nosetests",
        "trial",
        "stestr",
        "unittest",
        "ward",
        "behave",
        "slipcover",
        "runtests.py",
        "tests/runtests.py",
        "run_tests.py",
    ],
    with_words: &[
        ("coverage", &["run"]),
        ("hatch", &["test"]),
        ("django-admin", &["test"]),
        ("manage.py", &["test"]),
        ("setup.py", &["test"]),
    ],
    actions: &["/(?i)pytest/"],
    hooks: &["/^(pytest|unittest|tests?)(-.*)?$/"],
};

/// Scans for known vulnerabilities in dependencies or images.
pub(crate) const VULNERABILITIES: Gate = Gate {
    programs: &["pip-audit", "osv-scanner", "grype", "trivy", "snyk"],
    with_words: &[("safety", &["check", "scan"]), ("uv", &["audit"]), ("docker", &["scout"])],
    actions: &[
        "pypa/gh-action-pip-audit",
        "google/osv-scanner-action*",
        "anchore/scan-action",
        "actions/dependency-review-action",
        "snyk/actions*",
        "pyupio/safety*",
        "aquasecurity/trivy-action",
        "docker/scout-action",
    ],
    hooks: &["pip-audit", "python-safety-dependencies-check", "osv-scanner"],
};

/// Other security tools.
pub(crate) const SCANNERS: Gate = Gate {
    programs: &[
        "bandit",
        "semgrep",
        "opengrep",
        "gitleaks",
        "detect-secrets",
        "detect-secrets-hook",
        "trufflehog",
        "ggshield",
        "zizmor",
        "checkov",
        "talisman",
        "kingfisher",
        "ripsecrets",
        "dlint",
        "sonar-scanner",
    ],
    with_words: &[],
    actions: &[
        "github/codeql-action*",
        "gitleaks/gitleaks-action",
        "trufflesecurity/trufflehog",
        "GitGuardian/ggshield*",
        "semgrep/*",
        "returntocorp/*",
        "zizmorcore/zizmor-action",
        "ossf/scorecard-action",
        "bridgecrewio/checkov-action",
        "SonarSource/*",
        "/(?i)bandit/",
    ],
    hooks: &["/^(bandit|semgrep|gitleaks.*|detect-secrets.*|trufflehog|ggshield|ripsecrets|talisman|zizmor|checkov.*)$/"],
};

/// Events of pushes and proposed changes.
const CODE_EVENTS: &[&str] = &["push", "pull_request", "pull_request_target", "merge_group", "workflow_run"];

/// Whether a run is reached when code is pushed or proposed.
pub(crate) fn is_on_code(run: &Run) -> bool {
    run.is_on(CODE_EVENTS)
}

/// The runs of linters, type checkers and tests that CI starts for pushes or pull requests.
pub(crate) fn checks() -> Vec<Run> {
    let gates = [TESTS, LINTERS, TYPE_CHECKERS];
    gates.iter().flat_map(Gate::runs).filter(is_on_code).collect()
}

/// Whether something in CI that can't be read goes by a name with one of these words: a job, a step's script, a task.
pub(crate) fn is_hinted(hints: &[&str]) -> bool {
    let has = |text: &str| {
        let text = text.to_ascii_lowercase();
        hints.iter().any(|hint| text.contains(hint))
    };
    let is_on_code = |triggers: &[String]| triggers.iter().any(|trigger| CODE_EVENTS.contains(&trigger.as_str()));
    automation::workflows()
        .iter()
        .any(|workflow| is_on_code(&workflow.triggers) && workflow.jobs.iter().any(|job| has(job)))
        || automation::commands(&["*"])
            .iter()
            .any(|command| is_on_code(&command.triggers) && command.words.iter().take(4).any(|word| has(word)))
}

/// A check that CI should run.
pub(crate) struct Check<'a> {
    pub(crate) requirement: &'a str,
    /// What counts as it.
    pub(crate) gates: &'a [Gate],
    pub(crate) message: &'a str,
    pub(crate) help: &'a str,
    /// Words in the names of jobs and scripts that may be it.
    pub(crate) hints: &'a [&'a str],
}

/// Reports a check that no push and no pull request starts. CI without any check is another rule's finding.
pub(crate) fn report_missing(report: &mut Report, check: &Check<'_>) {
    let runs: Vec<Run> = check.gates.iter().flat_map(Gate::runs).filter(Run::is_in_ci).collect();
    if runs.iter().any(is_on_code) {
        return;
    }
    let Some(place) = place_of_absence(report, &[check.requirement]) else { return };
    if checks().is_empty() {
        return report.not_applicable(check.requirement, "CI checks nothing at all");
    }
    let mut finding = report.finding(&place, check.message).help(check.help);
    if let Some(run) = runs.first() {
        finding = finding.related(&run.place, "this is not run for pushes or pull requests");
    }
    if is_hinted(check.hints) {
        finding.low();
    }
}

/// Whether a list of events has one of proposed changes.
pub(crate) fn is_on_changes(triggers: &[String]) -> bool {
    triggers.iter().any(|trigger| CHANGES.contains(&trigger.as_str()))
}
