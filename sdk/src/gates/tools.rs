//! The gates that several sections ask for. A missing tool here is a false finding somewhere: add it.

use super::{Gate, WithInput};

/// Linters of Python.
pub const LINTERS: Gate = Gate {
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
    with_inputs: &[],
    hooks: &["/^(ruff|ruff-check|ruff-lint|flake8.*|pylint|pycodestyle|pyflakes|prospector|ruff-.*)$/"],
};

/// Formatters of Python.
pub const FORMATTERS: Gate = Gate {
    programs: &["black", "autopep8", "yapf", "blue", "darker"],
    with_words: &[("ruff", &["format"]), ("hatch", &["fmt"])],
    actions: &[
        "psf/black",
        "astral-sh/ruff-action",
        "chartboost/ruff-action",
        "super-linter/super-linter*",
        "github/super-linter*",
        "oxsecurity/megalinter*",
        "trunk-io/trunk-action*",
        "rickstaa/action-black",
        "/(?i)python-black|yapf|autopep8/",
    ],
    with_inputs: &[
        WithInput { action: "astral-sh/ruff-action", input: "args", default: "check", values: &["format"] },
        WithInput { action: "chartboost/ruff-action", input: "args", default: ".", values: &["format"] },
    ],
    hooks: &["/^(ruff-format|black.*|autopep8.*|yapf|blue|darker)$/"],
};

/// Type checkers of Python.
pub const TYPE_CHECKERS: Gate = Gate {
    programs: &["mypy", "dmypy", "pyright", "basedpyright", "pyrefly", "pyre", "pytype", "zuban", "basedmypy"],
    with_words: &[("ty", &["check"])],
    actions: &["/(?i)pyright|mypy|pyrefly/"],
    with_inputs: &[],
    hooks: &["/(?i)^(local-)?(mypy|pyright|basedpyright|pyrefly|ty|pytype)(-.*)?$/"],
};

/// Runners of tests.
pub const TESTS: Gate = Gate {
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
    with_inputs: &[],
    hooks: &["/^(pytest|unittest|tests?)(-.*)?$/"],
};

/// Scans of dependencies for known vulnerabilities. A scan of an image sees those that it installs.
pub const DEPENDENCY_AUDITS: Gate = Gate {
    programs: &["pip-audit", "osv-scanner", "grype"],
    with_words: &[
        ("safety", &["check", "scan"]),
        ("uv", &["audit"]),
        ("snyk", &["test"]),
        ("trivy", &["fs", "filesystem", "repo", "repository", "rootfs", "image"]),
    ],
    actions: &[
        "pypa/gh-action-pip-audit",
        "google/osv-scanner-action*",
        "anchore/scan-action",
        "actions/dependency-review-action",
        "snyk/actions*",
        "pyupio/safety*",
    ],
    with_inputs: &[trivy_action(&["fs", "filesystem", "repo", "repository", "rootfs", "image"])],
    hooks: &["pip-audit", "python-safety-dependencies-check", "osv-scanner"],
};

/// Scans of code for dangerous patterns.
pub const CODE_SCANS: Gate = Gate {
    programs: &["bandit", "semgrep", "opengrep", "dlint", "sonar-scanner"],
    with_words: &[("snyk", &["code"])],
    actions: &["github/codeql-action*", "semgrep/*", "returntocorp/*", "SonarSource/*", "/(?i)bandit/"],
    with_inputs: &[],
    hooks: &["bandit", "semgrep", "semgrep-ci"],
};

/// Scans of the history or the tree for secrets. A scan of an image sees neither.
pub const SECRET_SCANS: Gate = Gate {
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
    with_words: &[("trivy", &["fs", "filesystem", "repo", "repository"])],
    actions: &[
        "gitleaks/gitleaks-action",
        "trufflesecurity/trufflehog",
        "GitGuardian/ggshield*",
        "gitguardian/ggshield*",
    ],
    with_inputs: &[trivy_action(&["fs", "filesystem", "repo", "repository"])],
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

/// Trivy's action when it scans one of these.
pub const fn trivy_action(values: &'static [&'static str]) -> WithInput {
    WithInput { action: "aquasecurity/trivy-action", input: "scan-type", default: "image", values }
}
