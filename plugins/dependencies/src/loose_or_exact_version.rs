//! Dependencies without a minimum version, with an exact one, or in a range that is too narrow.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::listed;

use crate::groups::{is_beside_product, is_in_pyproject, is_locked, is_of_development, is_tool, sources};
use crate::specifier_edits::{with_locked_version, with_minimum, with_next_major};

rule! {
    /// A dependency has no minimum version, an exact one, or a range of a single minor.
    ///
    /// The lock file says what is installed; the declaration says what works. A minimum that was tried keeps the resolver
    /// from going back to versions without what the code needs; an exact version or a narrow range keeps fixes out, and
    /// for a library it limits everyone who installs it. Write `>=X.Y`, or `>=X.Y,<A`. A comment with the reason on the
    /// line or the line above silences the rule.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = [
    ///   "requests",  # error: no minimum version for `requests` and `uvicorn`
    ///   "uvicorn[standard]",
    ///   "httpx==0.27.0",  # error: exact version of `httpx`
    ///   "pillow>=10.1,<10.2",  # error: `pillow` is held at one minor version
    /// ]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// The fix takes the versions of the lock file:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = [
    ///   "requests",  # error: no minimum version for `requests` and `uvicorn`
    ///   "uvicorn[standard] <1; python_version >= '3.12'",
    ///   "httpx==0.27.0",  # error: exact version of `httpx` and `rich`
    ///   "rich ==14.0; python_version == '3.12'",
    ///   "pillow>=10.1,<10.2",  # error: `pillow`, `bleach` and `click` are held at one minor version
    ///   "bleach~=6.3.0",
    ///   "click==8.1.*",
    /// ]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad uv.lock
    /// version = 1
    ///
    /// [[package]]
    /// name = "requests"
    /// version = "2.32.3"
    ///
    /// [[package]]
    /// name = "uvicorn"
    /// version = "0.34.0"
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = [
    ///   "requests>=2.32.3",
    ///   "uvicorn[standard]>=0.34.0, <1; python_version >= '3.12'",
    ///   "httpx>=0.27.0",
    ///   "rich >=14.0; python_version == '3.12'",
    ///   "pillow>=10.1,<11",
    ///   "bleach>=6.3.0,<7",
    ///   "click>=8.1,<9",
    /// ]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml fixed uv.lock
    /// version = 1
    ///
    /// [[package]]
    /// name = "requests"
    /// version = "2.32.3"
    ///
    /// [[package]]
    /// name = "uvicorn"
    /// version = "0.34.0"
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = [
    ///   "requests>=2.32",
    ///   "uvicorn[standard]>=0.30",
    ///   "pydantic>=2.7,<3",
    ///   "django~=5.2.0",
    ///   "six==1.*",
    ///   # newer ones lose cookies
    ///   "httpx==0.27.0",
    /// ]
    /// [dependency-groups]
    /// dev = ["ruff==0.14.0"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// A package that stands in several extras is named once:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [project.optional-dependencies]
    /// ldap = ["python-ldap", "python3-saml"]  # error: no minimum version for `python-ldap` and `python3-saml`
    /// all = ["python-ldap", "python3-saml"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    pub(crate) static LOOSE_OR_EXACT_VERSION = {
        id: "loose-or-exact-version",
        requirements: ["5.1.4", "5.2.1", "5.2.2", "5.2.3", "5.2.4", "5.2.5", "5.2.6"],
        check: Check::Project(loose_or_exact_version),
    }
}

/// What is wrong with a specifier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Exact,
    Loose,
    Narrow,
}

fn loose_or_exact_version(report: &mut Report, project: &Project) {
    const DEMANDED: &[&str] = &["5.1.4", "5.2.1", "5.2.3", "5.2.4", "5.2.5", "5.2.6"];
    if is_beside_product(project) {
        return DEMANDED.iter().for_each(|requirement| report.not_applicable(requirement, "no project of the product"));
    }
    let own: Vec<String> = project::projects()
        .iter()
        .filter_map(|one| one.name.as_deref())
        .map(|name| name.to_ascii_lowercase().replace(['_', '.'], "-"))
        .collect();
    let from_elsewhere = sources(project);
    let path = project.path("pyproject.toml");
    let text = repository::read(&path).unwrap_or_default();
    let mut found: BTreeMap<(Fault, bool), Vec<Dependency>> = BTreeMap::new();
    for dependency in project::dependencies(&["*"]) {
        let is_poetry = dependency
            .group
            .as_deref()
            .is_some_and(|group| documents::read(&path, &["tool", "poetry", "group", group]).is_ok());
        let is_judged = is_in_pyproject(&dependency)
            && (is_poetry || is_locked(project, &dependency))
            && matches!(dependency.kind.as_str(), "runtime" | "optional" | "development")
            && !own.contains(&dependency.name)
            && !from_elsewhere.contains(&dependency.name)
            && !dependency.specifier.contains(['@', '/'])
            && !dependency.name.ends_with("-stubs")
            && !dependency.name.starts_with("types-");
        let Some(fault) = fault(&dependency).filter(|_| is_judged) else { continue };
        let is_development = is_of_development(&dependency);
        let has_reason = has_reason(&text, &dependency.place);
        // The output of linters changes with each version: holding them is right.
        let is_held_tool = is_development && fault != Fault::Loose && is_tool(&dependency.name);
        if !has_reason && !is_held_tool {
            found.entry((fault, is_development)).or_default().push(dependency);
        }
    }
    for ((fault, is_development), dependencies) in &found {
        say(report, project, *fault, *is_development, dependencies);
    }
}

fn say(report: &mut Report, project: &Project, fault: Fault, is_development: bool, dependencies: &[Dependency]) {
    const MOST_NAMES: usize = 8;
    let Some(first) = dependencies.first() else { return };
    // A package that stands in several extras is named once.
    let mut seen = BTreeSet::new();
    let mut names: Vec<&str> =
        dependencies.iter().map(|dependency| dependency.name.as_str()).filter(|name| seen.insert(*name)).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let rest = names.len().saturating_sub(MOST_NAMES);
    names.truncate(MOST_NAMES);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let names = listed(&names);
    let (message, help, requirements): (String, &str, &[&str]) = match fault {
        Fault::Exact => (
            format!("exact version of {names}{more}"),
            "write the minimum, `>=X.Y`, and run `uv lock`: the lock file holds the exact versions",
            &["5.1.4", "5.2.4"],
        ),
        Fault::Loose => (
            format!("no minimum version for {names}{more}"),
            "add the version that was tried: `uv add` writes it, `uv lock` takes an edit over",
            &["5.2.1", "5.2.3", "5.2.5"],
        ),
        Fault::Narrow => (
            format!("{names} {verb} held at one minor version{more}"),
            "raise the upper bound to the next major version and run `uv lock`, or give the reason in a comment",
            &["5.2.6"],
        ),
    };
    let edits: Option<Vec<Edit>> = dependencies.iter().map(|dependency| mended(dependency, fault)).collect();
    let finding = report.finding(&first.place, message).help(help).unsafe_fix(edits.into_iter().flatten());
    let finding = requirements.iter().fold(finding, |finding, requirement| finding.requirement(requirement));
    let is_library = project.has_profile("library");
    if is_development || fault == Fault::Narrow && !is_library {
        finding.low()
    } else {
        finding.medium()
    };
}

fn mended(dependency: &Dependency, fault: Fault) -> Option<Edit> {
    match fault {
        Fault::Exact => with_minimum(dependency),
        Fault::Narrow => with_next_major(dependency),
        Fault::Loose => {
            let (edit, specifier) = with_locked_version(dependency)?;
            self::fault(&Dependency { specifier, ..dependency.clone() }).is_none().then_some(edit)
        }
    }
}

fn fault(dependency: &Dependency) -> Option<Fault> {
    let clauses: Vec<&str> =
        dependency.specifier.split(',').map(str::trim).filter(|clause| !clause.is_empty()).collect();
    let version = |clause: &str| clause.trim_start_matches(['=', '~', '>', '<', '!', '^', ' ']).to_owned();
    let is_pre = |version: &str| ["a", "b", "rc", "dev"].iter().any(|mark| version.contains(mark));
    for clause in &clauses {
        let version = version(clause);
        let is_exact = clause.starts_with("==") || clause.starts_with(|first: char| first.is_ascii_digit());
        if is_exact && !version.contains('*') && !is_pre(&version) {
            return Some(Fault::Exact);
        }
    }
    let lower =
        clauses.iter().find(|clause| [">=", ">", "~=", "^", "=="].iter().any(|start| clause.starts_with(start)));
    let Some(lower) = lower else {
        let is_open = clauses.is_empty() || clauses.iter().all(|clause| clause.starts_with(['<', '!', '*']));
        return is_open.then_some(Fault::Loose);
    };
    let numbers = |text: &str| -> Vec<u32> { text.split('.').map_while(|part| part.parse().ok()).collect() };
    let bound = numbers(&version(lower));
    let (Some(&major), minor) = (bound.first(), bound.get(1).copied()) else { return None };
    // A minor version breaks below 1.0; years are no major versions.
    if major == 0 || major >= 20 || dependency.name == "django" {
        return None;
    }
    let is_one_minor = lower.starts_with("~=") && bound.len() > 2 || lower.starts_with("==") && bound.len() > 1;
    let upper = clauses.iter().find(|clause| clause.starts_with('<')).map(|clause| numbers(&version(clause)));
    let is_near = upper.is_some_and(|upper| {
        upper.first() == Some(&major) && upper.get(1).zip(minor).is_some_and(|(upper, lower)| *upper <= lower + 1)
    });
    (is_one_minor || is_near).then_some(Fault::Narrow)
}

/// Whether a comment stands on the line of a place or on the line above.
fn has_reason(text: &str, place: &Place) -> bool {
    let before = text.get(..place.span.start as usize).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |index| index + 1);
    let line = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
    let above = before.get(..line_start.saturating_sub(1)).unwrap_or_default().lines().next_back().unwrap_or_default();
    line.contains('#') || above.trim_start().starts_with('#')
}
