//! A rule: its documentation, its data, and the function that checks one fact.

use crate::bindings::plimsoll::plugin::types::Role;
use crate::bindings::plimsoll::plugin::{automation, containers, project, python, repository};
use crate::facts::Document;
use crate::report::{Confidence, Report};

/// One rule of a plugin. Made by [`rule!`](crate::rule).
pub struct Rule {
    /// Kebab-case, as the file's name; reads right after "allow".
    pub id: &'static str,
    /// Markdown: what is wrong in one line, why it hurts, what to do, examples in fences.
    pub docs: &'static str,
    /// Ids of the requirements that it decides.
    pub requirements: &'static [&'static str],
    /// What the rule is handed, one by one.
    pub check: Check,
    /// Asks the host for that and hands it over. Each kind of check has its own, so that a plugin carries only those
    /// that its rules use.
    #[doc(hidden)]
    pub run: fn(&Rule, &mut Report),
    /// The most that its findings can be sure of, whatever they say themselves. Where that is low, the rule is called
    /// only when somebody asks for guesses.
    pub confidence: Confidence,
    /// The Python files that it looks at: others are neither searched for it nor are their facts gathered. All files
    /// when empty.
    pub roles: &'static [Role],
    /// What else it may ask for while it checks.
    pub wants: &'static [Want],
    /// Codes of other linters whose reviewed suppression on the line (`# noqa: S307`, `# nosec B307`) counts here too.
    pub accepts: &'static [&'static str],
    /// What the manifest may set.
    pub options: &'static [Option_],
}

/// A setting of a rule.
pub struct Option_ {
    /// Its key in the manifest.
    pub name: &'static str,
    /// The value without a setting, in TOML. Its type is the option's type.
    pub default: &'static str,
    /// What it does, in one line.
    pub description: &'static str,
    /// The least and the greatest number that it takes; both empty when all do.
    pub range: (&'static str, &'static str),
    /// The texts that it takes; all when empty.
    pub choices: &'static [&'static str],
}

/// What a rule is handed. A rule is not called at all where nothing matches, so a rule about something absent takes
/// [`Check::Project`] or [`Check::Repository`].
///
/// Patterns of names are exact, `prefix*`, `*suffix`, `*` or a `/regular expression/`; globs are those of
/// `.gitignore`: without a slash they match a file's name in any folder.
#[derive(Clone, Copy)]
pub enum Check {
    /// Python calls by resolved name.
    Calls(&'static [&'static str], fn(&mut Report, &python::Call)),
    /// Python imports by resolved name.
    Imports(&'static [&'static str], fn(&mut Report, &python::Import)),
    /// Python definitions by kind (`function`, `method`, `class`, `type-alias`) and name.
    Definitions(&'static [&'static str], &'static [&'static str], fn(&mut Report, &python::Definition)),
    /// Outlines of Python functions, methods and classes by kind and name.
    Outlines(&'static [&'static str], &'static [&'static str], fn(&mut Report, &python::Outline)),
    /// Python exception handlers by exception.
    Handlers(&'static [&'static str], fn(&mut Report, &python::Handler)),
    /// Python assignments by the target's last part.
    Assignments(&'static [&'static str], fn(&mut Report, &python::Assignment)),
    /// Python statements by kind.
    Statements(&'static [&'static str], fn(&mut Report, &python::Statement)),
    /// Matches of regular expressions in the files of these globs.
    Matches(&'static [&'static str], &'static [&'static str], fn(&mut Report, &repository::Match)),
    /// Files by glob.
    Files(&'static [&'static str], fn(&mut Report, &repository::File)),
    /// Configuration files by glob, parsed. Files that don't parse are left out: the host reports them.
    Documents(&'static [&'static str], fn(&mut Report, &Document)),
    /// Declared dependencies by normalised name.
    Dependencies(&'static [&'static str], fn(&mut Report, &project::Dependency)),
    /// Commands by program, wherever they are run.
    Commands(&'static [&'static str], fn(&mut Report, &automation::Command)),
    /// Uses of GitHub actions by name.
    Actions(&'static [&'static str], fn(&mut Report, &automation::Action)),
    /// Dockerfiles.
    Dockerfiles(fn(&mut Report, &containers::Dockerfile)),
    /// Compose files.
    ComposeFiles(fn(&mut Report, &containers::ComposeFile)),
    /// Each project.
    Project(fn(&mut Report, &project::Project)),
    /// The repository, once.
    Repository(fn(&mut Report)),
}

/// A declaration of interest in Python facts or searches beyond what the [`Check`] names. The host extracts what some
/// rule declared and nothing else; a query for something undeclared fails. All other facts need no declaration.
///
/// In searches `\w`, `\d`, `\s`, `\b` and `(?i)` mean ASCII, and `.` a byte, unless the pattern names other characters.
#[derive(Clone, Copy)]
pub enum Want {
    Calls(&'static [&'static str]),
    Imports(&'static [&'static str]),
    Definitions(&'static [&'static str], &'static [&'static str]),
    Outlines(&'static [&'static str], &'static [&'static str]),
    Handlers(&'static [&'static str]),
    Assignments(&'static [&'static str]),
    Statements(&'static [&'static str]),
    Lineages,
    /// Regular expressions in the files of these globs; of Python files, in those whose role the rule looks at.
    Search(&'static [&'static str], &'static [&'static str]),
    /// The same in Python files of all roles.
    SearchEverywhere(&'static [&'static str], &'static [&'static str]),
}

/// Declares a rule: its documentation, then its data.
///
/// `id`, `requirements` and `check` are needed; `confidence`, `roles`, `wants`, `accepts` and `options` may follow, in this
/// order. The confidence is `Low` or `Medium`, and `High` when it is left out. An option is its key, its default in TOML
/// and what it does; the numbers or texts that it takes may follow: `0..=100`, `["one", "other"]`.
#[macro_export]
macro_rules! rule {
    (
        $(#[doc = $line:literal])+
        $visibility:vis static $name:ident = {
            id: $id:literal,
            requirements: [$($requirement:literal),+ $(,)?],
            check: Check::$kind:ident $handed:tt
            $(, confidence: $confidence:ident)?
            $(, roles: [$($role:expr),+ $(,)?])?
            $(, wants: [$($want:expr),+ $(,)?])?
            $(, accepts: [$($code:literal),+ $(,)?])?
            $(, options: [$((
                $option:literal,
                $default:literal,
                $description:literal
                $(, $minimum:literal ..= $maximum:literal)?
                $(, [$($choice:literal),+ $(,)?])?
                $(,)?
            )),+ $(,)?])?
            $(,)?
        }
    ) => {
        $(#[doc = $line])+
        $visibility static $name: $crate::Rule = $crate::Rule {
            id: $id,
            docs: concat!($($line, "\n"),+),
            requirements: &[$($requirement),+],
            check: $crate::Check::$kind $handed,
            run: $crate::runners::$kind::run,
            confidence: $crate::confidence!($($confidence)?),
            roles: &[$($($role),+)?],
            wants: &[$($($want),+)?],
            accepts: &[$($($code),+)?],
            options: &[$($($crate::Option_ {
                name: $option,
                default: $default,
                description: $description,
                range: (concat!($(stringify!($minimum))?), concat!($(stringify!($maximum))?)),
                choices: &[$($($choice),+)?],
            }),+)?],
        };
    };
}

/// The confidence that a rule names, or the highest.
#[doc(hidden)]
#[macro_export]
macro_rules! confidence {
    () => {
        $crate::Confidence::High
    };
    ($confidence:ident) => {
        $crate::Confidence::$confidence
    };
}
