//! Semgrep rules that nothing runs.

use plimsoll_sdk::prelude::*;

rule! {
    /// The repository has Semgrep rules that nothing runs.
    ///
    /// Rules that nobody runs give a false sense of safety. Run `semgrep` in CI or as a hook, or delete them.
    ///
    /// ```yaml bad .semgrep.yml
    /// rules:  # error: nothing runs these Semgrep rules
    ///   - id: no-print
    ///     pattern: print(...)
    ///     languages: [python]
    /// ```
    /// ```yaml good .semgrep.yml
    /// rules:
    ///   - id: no-print
    ///     pattern: print(...)
    ///     languages: [python]
    /// ```
    /// ```yaml good .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/semgrep/pre-commit
    ///     rev: v1.90.0
    ///     hooks:
    ///       - id: semgrep
    /// ```
    pub(crate) static UNUSED_SEMGREP_RULES = {
        id: "unused-semgrep-rules",
        requirements: ["3.1.2", "9.1.8"],
        check: Check::Documents(&["/.semgrep.yml", "/.semgrep.yaml", "/semgrep.yml", "/.semgrep/**/*.yml", "/.semgrep/**/*.yaml"], unused_semgrep_rules),
    }
}

fn unused_semgrep_rules(report: &mut Report, document: &Document) {
    let Some(rules) = document.at(&["rules"]) else { return };
    let is_run = automation::commands(&["semgrep", "opengrep"]).iter().any(Command::is_in_ci)
        || !automation::hooks(&["semgrep", "semgrep-ci"]).is_empty()
        || !automation::actions(&["semgrep/*", "returntocorp/*"]).is_empty()
        || !automation::opaque_steps().is_empty();
    if !is_run {
        report
            .finding(&rules.key_place(document.path()), "nothing runs these Semgrep rules")
            .help("run `semgrep` in CI, or delete them");
    }
}
