//! Names of `typing` that the language has made needless, and where modules use them.

use std::collections::BTreeMap;

use plimsoll_sdk::Finding;
use plimsoll_sdk::prelude::*;

use plimsoll_sdk::ruff::Settings;
use plimsoll_sdk::text::{listed, plural};
use plimsoll_sdk::version::{Version, admits};

use crate::modern_names::{self, Form, Written, is_signature};
use crate::source::{Modules, bracketed, line_at};

/// `typing.List[...]`, with the module under its name or as `t`.
pub(crate) const ATTRIBUTES: &[&str] = &[
    r"(?-u:\b)(?:typing|t)\.(List|Dict|Set|FrozenSet|Tuple|Type|Deque|DefaultDict|OrderedDict|Counter|ChainMap|Optional|Union)\[",
];
pub(crate) const PYTHON: &[&str] = &["*.py"];

/// More modules than this are one finding.
const MANY: usize = 5;
/// How many further modules are shown.
const MOST_PLACES: usize = 9;

/// Old names, and when they are needed.
pub(crate) struct Old {
    /// Their full names.
    pub(crate) imports: &'static [&'static str],
    /// Their names within `typing`.
    pub(crate) names: &'static [&'static str],
    /// Versions of Python that need them.
    pub(crate) versions: &'static [&'static str],
    /// What to do.
    pub(crate) help: &'static str,
    /// The codes of Ruff that a comment for the whole file may silence.
    pub(crate) codes: &'static [&'static str],
    /// Whether the new form takes strings as well as the old one.
    pub(crate) is_quoted_fine: bool,
    /// What takes their place.
    pub(crate) form: Form,
}

/// What one module uses.
struct Use {
    place: Place,
    names: Vec<Written>,
    count: usize,
    is_test: bool,
}

/// Reports the modules that use some of these names in subscripts, where all supported versions can do without.
pub(crate) fn report_uses(report: &mut Report, old: &Old) {
    let mut modules = Modules::default();
    let mut uses: BTreeMap<String, Use> = BTreeMap::new();
    let projects = Projects::of(old.versions);
    for import in python::imports(old.imports) {
        let Some(name) = import.name.rsplit('.').next() else { continue };
        let path = &import.site.place.path;
        if projects.need_of(path) == Need::Old {
            continue;
        }
        if !is_code(import.site.role) || is_silenced(modules.text(path), old.codes) {
            continue;
        }
        let is_test = import.site.role == Role::Test;
        let count = subscripts(&mut modules, path, &import.bound, old.is_quoted_fine, is_test);
        if count == 0 {
            continue;
        }
        let place = import.site.place.clone();
        let written = Written { name: name.to_owned(), spelling: import.bound.clone(), import: Some(place.clone()) };
        let of_module = uses.entry(path.clone()).or_insert(Use { place, names: Vec::new(), count: 0, is_test });
        of_module.names.push(written);
        of_module.count += count;
    }
    for found in repository::search(ATTRIBUTES, PYTHON) {
        if !is_code(found.role) || found.line.contains("noqa") || !old.names.contains(&found.text.as_str()) {
            continue;
        }
        let path = found.place.path.clone();
        if projects.need_of(&path) == Need::Old || is_silenced(modules.text(&path), old.codes) {
            continue;
        }
        let code = modules.code(&path);
        if found.role == Role::Test && is_value(code, found.place.span.start as usize) {
            continue;
        }
        let rest = code.get(found.place.span.start as usize..).unwrap_or_default();
        let Some(subscript) = rest.strip_prefix(found.text.as_str()) else { continue };
        if is_computed(subscript) || !old.is_quoted_fine && has_forward_reference(subscript) {
            continue;
        }
        let module = code.get(..found.place.span.start as usize).map_or("", |before| before.trim_end_matches('.'));
        let module = if module.ends_with("typing") { "typing" } else { "t" };
        let spelling = format!("{module}.{}", found.text);
        let is_test = found.role == Role::Test;
        let of_module = uses.entry(path).or_insert(Use { place: found.place, names: Vec::new(), count: 0, is_test });
        if !of_module.names.iter().any(|known| known.spelling == spelling) {
            of_module.names.push(Written { name: found.text, spelling, import: None });
        }
        of_module.count += 1;
    }
    // Hundreds of modules that say the same are one finding, which shows the first.
    let mut groups: BTreeMap<(&str, bool), Vec<&Use>> = BTreeMap::new();
    for (path, of_module) in &uses {
        groups.entry((projects.owner_of(path), of_module.is_test)).or_default().push(of_module);
    }
    for ((root, is_test), group) in groups {
        let (single, joined) = if group.len() > MANY { (&[][..], &group[..]) } else { (&group[..], &[][..]) };
        let parts = single.iter().map(std::slice::from_ref).chain([joined]).filter(|part| !part.is_empty());
        for part in parts {
            let finding = report_part(report, part, old.help);
            // Where nothing says which versions are supported, the old names may be needed.
            let is_certain = projects.need_of_root(root) == Need::New;
            let mut edits: Vec<Edit> = Vec::new();
            for of_module in part.iter().filter(|_| is_certain) {
                let room = modern_names::MOST_EDITS.saturating_sub(edits.len());
                if room < modern_names::LEAST_ROOM {
                    break;
                }
                let (path, names) = (&of_module.place.path, &of_module.names);
                edits.extend(modern_names::edits(&mut modules, path, names, old.form, room));
            }
            // What a test annotates may be what it tests.
            let finding = if is_test { finding.unsafe_fix(edits) } else { finding.safe_fix(edits) };
            // Tests of code that reads annotations need all ways to write them.
            drop(match projects.need_of_root(root) {
                _ if is_test => finding.low(),
                Need::Unknown => finding.medium(),
                _ => finding,
            });
        }
    }
}

/// One finding for some modules, at the first of them.
fn report_part(report: &mut Report, modules: &[&Use], help: &str) -> Finding {
    let mut names: Vec<&String> =
        modules.iter().flat_map(|of_module| of_module.names.iter().map(|written| &written.name)).collect();
    names.sort();
    names.dedup();
    let count: usize = modules.iter().map(|of_module| of_module.count).sum();
    let of_modules = if modules.len() > 1 { format!(" of {} modules", modules.len()) } else { String::new() };
    let message = format!("{} of `typing` in {count} {}{of_modules}", listed(&names), plural(count, "place"));
    let finding = report.finding(&modules[0].place, message).help(help);
    let others = modules.iter().skip(1).take(MOST_PLACES);
    others.fold(finding, |finding, other| finding.related(&other.place, "here too"))
}

fn is_code(role: Role) -> bool {
    matches!(role, Role::Source | Role::Test | Role::Script)
}

/// How often a text has the name with a subscript; without those that hold forward references where they matter:
/// `Union["Ship", int]` is evaluated, and a string knows no `|`.
fn subscripts(modules: &mut Modules, path: &str, name: &str, is_quoted_fine: bool, is_test: bool) -> usize {
    let needle = format!("{name}[");
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_.\"'`".contains(byte));
    let code = modules.code(path);
    let mut found: Vec<usize> = code.match_indices(&needle).map(|(at, _)| at).collect();
    found.retain(|at| {
        let subscript = code.get(at + name.len()..).unwrap_or_default();
        let before = at.checked_sub(1).and_then(|at| code.as_bytes().get(at));
        let is_tested = is_test && is_value(code, *at);
        !is_word(before)
            && !is_tested
            && !is_computed(subscript)
            && (is_quoted_fine || !has_forward_reference(subscript))
    });
    let text = modules.text(path);
    found.into_iter().filter(|&at| !line_at(text, at).contains("noqa")).count()
}

/// Whether a subscript, which the code begins with, holds a string.
fn has_forward_reference(code: &str) -> bool {
    bracketed(code).is_none_or(|subscript| subscript.contains(['"', '\'']))
}

/// Whether a subscript, which the code begins with, is computed: `Union[tuple(types)]`, `Union[(*types, None)]`. No
/// operator takes its place.
fn is_computed(code: &str) -> bool {
    bracketed(code).is_some_and(|subscript| subscript.starts_with("[tuple(") || subscript.contains('*'))
}

/// Which projects still support a version of Python that needs the old names.
struct Projects(Vec<(String, Need)>);

/// What the supported versions of Python need.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Old,
    New,
    /// Nothing says which versions are supported.
    Unknown,
}

impl Projects {
    fn of(versions: &[&str]) -> Self {
        let root = project::projects().into_iter().find(|project| project.root.is_empty());
        let shared = root.and_then(|root| root.requires_python);
        let all = project::projects().into_iter().map(|project| {
            let requires = project.requires_python.as_ref().or(shared.as_ref());
            let old = versions.iter().filter_map(|version| Version::parse(version));
            let is_old = requires.is_some_and(|requires| old.into_iter().any(|version| admits(requires, version)));
            let ruff = Settings::of(&project.root);
            let target = ruff.setting(&["target-version"]);
            let target = target.and_then(|target| target.value.string()?.strip_prefix("py3")?.parse::<u32>().ok());
            let is_old_target = target.is_some_and(|target| versions.iter().any(|old| *old == format!("3.{target}")));
            let keep = ruff.lint(&["pyupgrade", "keep-runtime-typing"]);
            let is_kept = keep.is_some_and(|keep| keep.value.boolean() == Some(true));
            let need = match (requires.is_some(), target.is_some()) {
                _ if is_old || is_kept => Need::Old,
                (false, true) if is_old_target => Need::Old,
                (false, false) => Need::Unknown,
                _ => Need::New,
            };
            (project.root.clone(), need)
        });
        Self(all.collect())
    }

    /// The root of the project that holds a file.
    fn owner_of(&self, path: &str) -> &str {
        let owners = self.0.iter().filter(|(root, _)| plimsoll_sdk::paths::is_below(path, root));
        owners.max_by_key(|(root, _)| root.len()).map_or("", |(root, _)| root)
    }

    /// What the project needs that holds a file.
    fn need_of(&self, path: &str) -> Need {
        self.need_of_root(self.owner_of(path))
    }

    fn need_of_root(&self, root: &str) -> Need {
        self.0.iter().find(|(known, _)| known == root).map_or(Need::Unknown, |(_, need)| *need)
    }
}

/// Whether a comment silences one of the codes in the whole module.
fn is_silenced(text: &str, codes: &[&str]) -> bool {
    let comments = text.lines().filter_map(|line| {
        let comment = line.trim_start().strip_prefix('#')?.trim_start();
        comment.strip_prefix("ruff:").or_else(|| comment.strip_prefix("flake8:"))?.trim_start().strip_prefix("noqa")
    });
    let mut comments = comments.map(|rest| rest.trim_start().strip_prefix(':'));
    comments.any(|listed| listed.is_none_or(|listed| codes.iter().any(|code| listed.contains(code))))
}

/// How far back an open bracket is looked for.
const LONGEST_VALUE: usize = 2_000;

/// Whether a place in code is within the arguments of a call, a list or a tuple: there a type is a value, which a test hands
/// to what it tests. In parameters and subscripts it is an annotation, as far as those are.
fn is_value(code: &str, at: usize) -> bool {
    let before = code.as_bytes().get(..at).unwrap_or_default();
    let mut depth = 0_u32;
    let mut is_listed = false;
    for (index, byte) in before.iter().enumerate().rev().take(LONGEST_VALUE) {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            b'(' | b'[' | b'{' => {
                let head = code.get(..index).unwrap_or_default();
                let is_named = head.ends_with(|last: char| last.is_alphanumeric() || last == '_');
                match byte {
                    // `list[Optional[int]]` is what it stands in, and so is the list in `Callable[[int], str]`.
                    b'[' => is_listed = !is_named,
                    b'(' if is_named => return !is_signature(head) && !head.ends_with("cast"),
                    _ => return true,
                }
            }
            _ => {}
        }
    }
    is_listed
}
