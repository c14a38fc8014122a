//! Commits that no hook scans for secrets.

use plimsoll_sdk::prelude::*;

use crate::gates::SECRET_SCANS;

rule! {
    /// No hook stops a secret before it is committed.
    ///
    /// Once pushed, a secret is public however fast it is deleted. Configure gitleaks or detect-secrets in pre-commit.
    /// `detect-private-key` alone sees private keys only.
    ///
    /// ```yaml bad .pre-commit-config.yaml
    /// repos:  # error: no hook scans for secrets
    ///   - repo: https://github.com/pre-commit/pre-commit-hooks
    ///     rev: v5.0.0
    ///     hooks:
    ///       - id: end-of-file-fixer
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/pre-commit/pre-commit-hooks
    ///     rev: v5.0.0
    ///     hooks:
    ///       - id: end-of-file-fixer
    ///   - repo: https://github.com/gitleaks/gitleaks
    ///     rev: v8.30.1
    ///     hooks:
    ///       - id: gitleaks
    /// ```
    /// ```yaml good .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/gitleaks/gitleaks
    ///     rev: v8.21.0
    ///     hooks:
    ///       - id: gitleaks
    /// ```
    ///
    /// The baseline that detect-secrets compares with belongs into the repository.
    ///
    /// ```yaml bad .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/Yelp/detect-secrets
    ///     rev: v1.5.0
    ///     hooks:
    ///       - id: detect-secrets
    ///         args:
    ///           - --baseline
    ///           - .secrets.baseline  # error: the baseline `.secrets.baseline` does not exist
    /// ```
    pub(crate) static MISSING_SECRET_HOOK = {
        id: "missing-secret-hook",
        requirements: ["3.1.7", "9.3.1", "11.4.9"],
        check: Check::Documents(&["/.pre-commit-config.yaml", "/.pre-commit-config.yml"], missing_secret_hook),
    }
}

const GITLEAKS: &str = "repo: https://github.com/gitleaks/gitleaks\nrev: v8.30.1\nhooks:\n  - id: gitleaks";

fn missing_secret_hook(report: &mut Report, document: &Document) {
    let Some(repos) = document.at(&["repos"]) else { return };
    let is_manual = |hook: &Item<'_>| hook.get("stages").is_some_and(|stages| stages.strings() == ["manual"]);
    let hooks: Vec<Item<'_>> = repos
        .children()
        .filter_map(|repo| repo.get("hooks"))
        .flat_map(Item::children)
        .filter(|hook| !is_manual(hook))
        .collect();
    let has = |ids: &[&str]| hooks.iter().any(|hook| hook.get("id").is_some_and(|id| ids.contains(&id.text())));
    let is_local = SECRET_SCANS.commands().iter().any(|command| command.source == "pre-commit");
    for baseline in hooks.iter().filter_map(baseline) {
        if !repository::exists(baseline.text()) {
            report
                .finding(&baseline.place(document.path()), format!("the baseline `{}` does not exist", baseline.text()))
                .help("make it with `detect-secrets scan` and commit it")
                .requirement("3.1.7");
        }
    }
    if has(SECRET_SCANS.hooks) || is_local {
        return;
    }
    let message = if has(&["detect-private-key"]) {
        "only private keys are stopped by a hook"
    } else {
        "no hook scans for secrets"
    };
    report
        .finding(&repos.key_place(document.path()), message)
        .help("add the hook `gitleaks` or `detect-secrets`")
        .unsafe_fix([edit::append(document.path(), &["repos"], GITLEAKS)]);
}

/// The file that a hook of detect-secrets compares with.
fn baseline<'a>(hook: &Item<'a>) -> Option<Item<'a>> {
    hook.get("id").filter(|id| id.text().starts_with("detect-secrets"))?;
    let mut words = hook.get("args")?.children().skip_while(|word| word.text() != "--baseline");
    words.nth(1)
}
