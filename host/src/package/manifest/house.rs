//! House rules of a manifest: what an organisation bans and requires, without code.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reader::{LEVELS, plain};
use super::tree::Mistakes;
use super::{RuleSetting, place};
use crate::facts::globs::is_glob;
use crate::facts::pattern;
use crate::finding::Level;

/// What stands before the slash in the ids of house rules.
pub(crate) const HOUSE: &str = "house";

/// One entry of `[[ban]]` or `[[require]]`.
#[derive(Clone, Debug)]
pub(crate) struct HouseRule {
    /// Without the section.
    pub(crate) id: String,
    pub(crate) is_ban: bool,
    pub(crate) subject: Subject,
    /// Why the organisation wants it so.
    pub(crate) reason: String,
    pub(crate) level: Option<Level>,
    /// The requirement that it stands for; none means the rule itself.
    pub(crate) requirement: Option<String>,
    /// What the entry says besides, by key.
    pub(crate) options: BTreeMap<String, toml::Value>,
    /// As it stands in the manifest.
    pub(crate) text: String,
    /// Where it stands, as people are told.
    pub(crate) origin: String,
}

/// What an entry is about: each has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Imports,
    Calls,
    Dependencies,
    Files,
    Key,
    Commands,
    Hooks,
}

impl Subject {
    /// By the key that names it.
    const ALL: &[(&str, Self)] = &[
        ("imports", Self::Imports),
        ("calls", Self::Calls),
        ("dependencies", Self::Dependencies),
        ("files", Self::Files),
        ("key", Self::Key),
        ("commands", Self::Commands),
        ("hooks", Self::Hooks),
    ];

    fn can_be_required(self) -> bool {
        !matches!(self, Self::Imports | Self::Calls)
    }

    /// Whether it is enough, when it is required, that it is somewhere.
    fn is_anywhere(self) -> bool {
        matches!(self, Self::Files | Self::Commands | Self::Hooks)
    }
}

/// The keys that an entry may have.
pub(super) const HOUSE_KEYS: &[&str] = &[
    "id",
    "reason",
    "message",
    "level",
    "requirement",
    "paths",
    "imports",
    "calls",
    "arguments",
    "without",
    "dependencies",
    "files",
    "document",
    "key",
    "value",
    "commands",
    "hooks",
];
const TEXTS: &[&str] = &["paths", "imports", "calls", "without", "dependencies", "files", "commands", "hooks"];

/// Reads `[[ban]]` or `[[require]]`; with the levels that entries set.
pub(super) fn entries(
    mistakes: &mut Mistakes<'_>,
    value: &Spanned<DeValue<'_>>,
    is_ban: bool,
    source: (&str, &str),
) -> (Vec<HouseRule>, Vec<RuleSetting>) {
    let (mut rules, mut levels) = (Vec::new(), Vec::new());
    for (span, table) in mistakes.tables_of(value) {
        let what = if is_ban { "a ban" } else { "what is required" };
        mistakes.unknown_keys(table, HOUSE_KEYS, what);
        let Some(mut rule) = entry(mistakes, &span, table, is_ban) else { continue };
        let (path, text) = source;
        let at = place(path, text, span.start, String::new());
        rule.origin = format!("{path}:{}:{}", at.line, at.column);
        rule.text = table_text(text.get(span.start..).unwrap_or_default());
        levels.extend(rule.level.map(|level| RuleSetting {
            selector: format!("{HOUSE}/{}", rule.id),
            level: Some(level),
            options: BTreeMap::new(),
            span,
            origin: String::new(),
        }));
        rules.push(rule);
    }
    (rules, levels)
}

/// The lines of a table, which a text begins with.
fn table_text(text: &str) -> String {
    let rest = text.lines().skip(1).take_while(|line| !line.starts_with('['));
    let lines: Vec<&str> = text.lines().take(1).chain(rest).collect();
    lines.join("\n").trim_end().to_owned()
}

/// Says which ids several entries have.
pub(super) fn twice(mistakes: &mut Mistakes<'_>, rules: &[HouseRule], places: &[&Spanned<DeValue<'_>>]) {
    let mut seen = BTreeSet::new();
    for value in places {
        for table in value.get_ref().as_array().into_iter().flatten().filter_map(|one| one.get_ref().as_table()) {
            let Some(id) = table.get("id") else { continue };
            let text = id.get_ref().as_str().unwrap_or_default();
            let short = text.strip_prefix("house/").unwrap_or(text).to_owned();
            if rules.iter().any(|rule| rule.id == short) && !seen.insert(short) {
                mistakes.add(&id.span(), format!("`{text}` is the id of another entry already"));
            }
        }
    }
}

fn entry(mistakes: &mut Mistakes<'_>, span: &Range<usize>, table: &DeTable<'_>, is_ban: bool) -> Option<HouseRule> {
    let id = table.get("id").and_then(|id| id_of(mistakes, id));
    let reason = table.get("reason").and_then(|reason| mistakes.text_of(reason)).map(str::to_owned);
    if !table.contains_key("id") || !table.contains_key("reason") {
        let name = if is_ban { "ban" } else { "require" };
        mistakes.add(span, format!("`[[{name}]]` needs an `id`, such as `house/no-boto`, and a `reason`"));
    }
    let level = table.get("level").and_then(|level| mistakes.one_of(level, LEVELS));
    let requirement = table.get("requirement").and_then(|id| mistakes.text_of(id)).map(str::to_owned);
    let subject = subject(mistakes, span, table, is_ban);
    let options = options(mistakes, table);
    let belongs = |key: &str| match key {
        "arguments" | "without" => Some((Subject::Calls, "calls")),
        "document" | "value" => Some((Subject::Key, "key")),
        _ => None,
    };
    for key in table.keys() {
        if let Some((wanted, name)) = belongs(key.get_ref())
            && subject.is_some_and(|subject| subject != wanted)
        {
            mistakes.add(&key.span(), format!("`{}` belongs to `{name}`", key.get_ref()));
        }
    }
    if let Some((paths, _)) =
        table.get_key_value("paths").filter(|_| !is_ban && subject.is_some_and(Subject::is_anywhere))
    {
        mistakes.add(&paths.span(), "what is required here may stand anywhere: `paths` has no meaning");
    }
    if subject == Some(Subject::Key) && !table.contains_key("document") {
        mistakes.add(span, "`key` needs the `document` that has it, `pyproject.toml` for instance");
    }
    let (text, origin) = Default::default();
    let (id, subject, reason) = (id?, subject?, reason?);
    Some(HouseRule { id, is_ban, subject, reason, level, requirement, options, text, origin })
}

fn id_of(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Option<String> {
    let text = mistakes.text_of(value)?;
    let id = text.strip_prefix("house/").unwrap_or(text);
    if crate::plugin::description::is_kebab_case(id) {
        return Some(id.to_owned());
    }
    mistakes
        .add(&value.span(), format!("`{text}` is no id: `house/` and words in lower case with hyphens between them"));
    None
}

fn subject(mistakes: &mut Mistakes<'_>, span: &Range<usize>, table: &DeTable<'_>, is_ban: bool) -> Option<Subject> {
    let mut found = Subject::ALL.iter().filter(|(key, _)| table.contains_key(*key));
    let allowed = || {
        let of = Subject::ALL.iter().filter(|(_, subject)| is_ban || subject.can_be_required());
        of.map(|(key, _)| format!("`{key}`")).collect::<Vec<_>>().join(", ")
    };
    match (found.next(), found.next()) {
        (Some((_, subject)), None) if is_ban || subject.can_be_required() => Some(*subject),
        (Some((key, _)), None) => {
            mistakes.add(span, format!("`{key}` can't be required; there are {}", allowed()));
            None
        }
        (Some((first, _)), Some((second, _))) => {
            mistakes.add(span, format!("`{first}` and `{second}` belong into two entries"));
            None
        }
        (None, _) => {
            mistakes.add(span, format!("the entry names nothing; it needs one of {}", allowed()));
            None
        }
    }
}

/// The values of an entry as its rule gets them.
fn options(mistakes: &mut Mistakes<'_>, table: &DeTable<'_>) -> BTreeMap<String, toml::Value> {
    let mut options = BTreeMap::new();
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let option = match name {
            "message" | "reason" | "document" => mistakes.text_of(value).map(|text| toml::Value::from(text.to_owned())),
            "key" => keys(mistakes, value).map(toml::Value::from),
            "value" => plain(value),
            "arguments" => mistakes.table_of(value).and_then(|_| plain(value)),
            _ if TEXTS.contains(&name) => {
                let texts = mistakes.texts_of(value);
                if texts.is_empty() && value.get_ref().is_array() {
                    mistakes.add(&value.span(), format!("`{name}` is empty"));
                }
                for (span, text) in &texts {
                    if let Some(message) = wrong(name, text) {
                        // Some messages begin with the text.
                        let begun = if message.starts_with('`') { message } else { format!("`{text}`: {message}") };
                        mistakes.add(span, begun);
                    }
                }
                Some(toml::Value::from(texts.into_iter().map(|(_, text)| text).collect::<Vec<_>>()))
            }
            _ => None,
        };
        options.extend(option.map(|option| (name.to_owned(), option)));
    }
    options
}

/// What is wrong with one of an entry's texts.
fn wrong(name: &str, text: &str) -> Option<String> {
    match name {
        "imports" | "calls" | "hooks" => pattern::check(text).err(),
        "commands" => text.trim().is_empty().then(|| "it names no program".to_owned()),
        "dependencies" => {
            let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
            let end = text.find(|letter| !is_of_name(letter)).unwrap_or(text.len());
            if end == 0 {
                return Some("it names no package, as `requests` and `requests<2.32` do".to_owned());
            }
            VersionSpecifiers::from_str(text[end..].trim())
                .err()
                .map(|error| error.to_string().lines().next().unwrap_or_default().to_owned())
        }
        "files" | "paths" if !is_glob(text) => Some("it is no glob".to_owned()),
        _ => None,
    }
}

/// `tool.mypy.strict`, or the keys one by one where a key has a dot.
fn keys(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
    let keys: Vec<String> = match value.get_ref() {
        DeValue::Array(_) => mistakes.texts_of(value).into_iter().map(|(_, key)| key).collect(),
        _ => mistakes.text_of(value)?.split('.').map(str::to_owned).collect(),
    };
    if keys.is_empty() || keys.iter().any(String::is_empty) {
        mistakes.add(&value.span(), "it is no path of keys, as `tool.mypy.strict` is");
        return None;
    }
    Some(keys)
}
