//! What a plugin says of itself: its requirements and rules, read without running it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::facts::Interest;
use crate::facts::pattern::{self, scoped};
use crate::facts::role_set::RoleSet;
use crate::finding::Confidence;
use crate::output::text::{printable, printable_lines};

/// A plugin's description, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Description {
    pub(crate) name: String,
    pub(crate) version: semver::Version,
    pub(crate) title: String,
    pub(crate) requirements: Vec<Requirement>,
    /// What repositories that extend the plugin inherit, as TOML.
    pub(crate) preset: Option<String>,
    pub(crate) rules: Vec<Arc<Rule>>,
}

/// One requirement of the standard.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requirement {
    /// Section, subsection and ordinal in the standard.
    pub(crate) id: String,
    pub(crate) level: Strength,
    pub(crate) statement: String,
    /// The kind of project that it applies to.
    #[serde(default)]
    pub(crate) when: Option<String>,
    /// Why no rule can see it, where that is so.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// How binding a requirement is, in the standard's words, the loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Strength {
    May,
    Avoid,
    Should,
    Must,
    Never,
}

impl Strength {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::May => "may",
            Self::Avoid => "avoid",
            Self::Should => "should",
            Self::Must => "must",
            Self::Never => "never",
        }
    }
}

/// One rule of a plugin.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Rule {
    /// Without the section.
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) requirements: Vec<String>,
    pub(crate) target: TargetKind,
    /// The most that its findings can be sure of.
    #[serde(default = "high")]
    pub(crate) confidence: Confidence,
    pub(crate) trigger: Want,
    pub(crate) wants: Vec<Want>,
    /// The Python files that it looks at.
    #[serde(default)]
    pub(crate) roles: RoleSet,
    /// Codes of other linters whose reviewed suppression counts.
    pub(crate) accepts: Vec<String>,
    pub(crate) options: Vec<RuleOption>,
    /// The plugin's rule that is called for it, where that has another id: house rules share those of their kinds.
    #[serde(skip)]
    pub(crate) calls: Option<String>,
    /// Its documentation, where the plugin does not have it.
    #[serde(skip)]
    pub(crate) docs: Option<String>,
}

fn high() -> Confidence {
    Confidence::High
}

/// What a rule is called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TargetKind {
    Project,
    Repository,
}

/// Something that a rule wants to see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub(crate) struct Want {
    pub(crate) kind: String,
    pub(crate) names: Vec<String>,
    pub(crate) globs: Vec<String>,
}

/// A setting of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct RuleOption {
    pub(crate) name: String,
    /// In TOML. Its type is that of the option.
    pub(crate) default: String,
    pub(crate) description: String,
    /// The values that there are, where they are few.
    #[serde(default)]
    pub(crate) choices: Vec<String>,
    /// The least and the greatest number.
    #[serde(default)]
    pub(crate) minimum: Option<serde_json::Number>,
    #[serde(default)]
    pub(crate) maximum: Option<serde_json::Number>,
}

/// Why a description is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum DescriptionError {
    #[error("{0}")]
    Json(String),
    #[error("schema {0}, and this plimsoll reads schema 1: update plimsoll")]
    Schema(u64),
    #[error("version `{version}`: {error}")]
    Version { version: String, error: String },
    #[error("its requirements: {0}")]
    Requirements(String),
    #[error("`{0}` is no kebab-case name")]
    Name(String),
    #[error("rule `{0}` is there twice")]
    Twice(String),
    #[error("rule `{rule}` cites `{requirement}`, which is no requirement of the plugin")]
    UnknownRequirement { rule: String, requirement: String },
    #[error("rule `{rule}` wants a pattern that can't be read: {error}")]
    Pattern { rule: String, error: String },
}

#[derive(Deserialize)]
struct Schema {
    #[serde(default)]
    schema: u64,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default)]
    schema: u64,
    name: String,
    version: String,
    title: String,
    #[serde(deserialize_with = "requirements")]
    requirements: Requirements,
    #[serde(default)]
    preset: Option<String>,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct RawRequirements {
    #[serde(default, rename = "requirement")]
    requirements: Vec<Requirement>,
}

/// Requirements as they stand in a description: TOML as their author wrote it, or the list itself, which is read
/// quicker and is what the build script makes of the built-in ones.
enum Requirements {
    Text(String),
    List(Vec<Requirement>),
}

fn requirements<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Requirements, D::Error> {
    struct Either;

    impl<'de> Visitor<'de> for Either {
        type Value = Requirements;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("requirements as TOML or as a list")
        }

        fn visit_str<E>(self, text: &str) -> Result<Requirements, E> {
            Ok(Requirements::Text(text.to_owned()))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Requirements, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(list)).map(Requirements::List)
        }
    }

    deserializer.deserialize_any(Either)
}

impl Description {
    /// Parses a description and checks it, its patterns excepted: see [`Description::check_patterns`].
    ///
    /// # Errors
    /// See [`DescriptionError`].
    pub(crate) fn parse(json: &[u8]) -> Result<Self, DescriptionError> {
        let raw = serde_json::from_slice(json).map_err(|error| match serde_json::from_slice(json) {
            // Another schema is more to the point than what is odd about it.
            Ok(Schema { schema }) if schema != 1 => DescriptionError::Schema(schema),
            _ => DescriptionError::Json(error.to_string()),
        });
        let raw: Raw = raw?;
        if raw.schema != 1 {
            return Err(DescriptionError::Schema(raw.schema));
        }
        let version = semver::Version::parse(&raw.version)
            .map_err(|error| DescriptionError::Version { version: raw.version.clone(), error: error.to_string() })?;
        let requirements = match raw.requirements {
            Requirements::List(requirements) => requirements,
            Requirements::Text(text) => {
                let raw: RawRequirements = toml::from_str(&text)
                    .map_err(|error| DescriptionError::Requirements(error.message().to_owned()))?;
                raw.requirements
            }
        };
        let rules = raw.rules.into_iter().map(Arc::new).collect();
        let mut description =
            Self { name: raw.name, version, title: raw.title, requirements, preset: raw.preset, rules };
        description.make_printable();
        description.check()?;
        Ok(description)
    }

    /// Takes what could steer a terminal out of all that is shown of a plugin.
    pub(crate) fn make_printable(&mut self) {
        let replace = |text: &mut String, clean: fn(&str) -> Cow<'_, str>| {
            if let Cow::Owned(clean) = clean(text) {
                *text = clean;
            }
        };
        let clean = |text: &mut String| replace(text, printable);
        clean(&mut self.title);
        for requirement in &mut self.requirements {
            clean(&mut requirement.id);
            clean(&mut requirement.statement);
            [&mut requirement.when, &mut requirement.reason].into_iter().flatten().for_each(clean);
        }
        for rule in self.rules.iter_mut().map(Arc::make_mut) {
            clean(&mut rule.title);
            for option in &mut rule.options {
                clean(&mut option.name);
                replace(&mut option.default, printable_lines);
                replace(&mut option.description, printable_lines);
                option.choices.iter_mut().for_each(clean);
            }
        }
    }

    fn check(&self) -> Result<(), DescriptionError> {
        let known: BTreeSet<&str> = self.requirements.iter().map(|requirement| requirement.id.as_str()).collect();
        let mut ids = BTreeSet::new();
        if !is_kebab_case(&self.name) {
            return Err(DescriptionError::Name(self.name.clone()));
        }
        for rule in &self.rules {
            if !is_kebab_case(&rule.id) {
                return Err(DescriptionError::Name(rule.id.clone()));
            }
            if !ids.insert(rule.id.as_str()) {
                return Err(DescriptionError::Twice(rule.id.clone()));
            }
            if let Some(requirement) = rule.requirements.iter().find(|id| !known.contains(id.as_str())) {
                let requirement = requirement.clone();
                return Err(DescriptionError::UnknownRequirement { rule: rule.id.clone(), requirement });
            }
        }
        Ok(())
    }

    /// Tries out every pattern, which costs more than all the rest of a description.
    ///
    /// # Errors
    /// The first that can't be read.
    pub(crate) fn check_patterns(&self) -> Result<(), DescriptionError> {
        for rule in &self.rules {
            for want in std::iter::once(&rule.trigger).chain(&rule.wants) {
                check_patterns(want).map_err(|error| DescriptionError::Pattern { rule: rule.id.clone(), error })?;
            }
        }
        Ok(())
    }

    /// The requirement of this id.
    pub(crate) fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id == id)
    }

    /// `name@version`.
    pub(crate) fn label(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

/// The kind of fact for searches in Python files of all roles, whatever the roles that the rule looks at.
pub(crate) const SEARCH_EVERYWHERE: &str = "search-everywhere";

impl Rule {
    /// A rule that may ask for nothing, for calls that concern no rule.
    pub(crate) fn without_interest() -> Self {
        Self {
            id: String::new(),
            title: String::new(),
            requirements: Vec::new(),
            target: TargetKind::Repository,
            confidence: Confidence::High,
            trigger: Want { kind: "repository".to_owned(), names: Vec::new(), globs: Vec::new() },
            wants: Vec::new(),
            roles: RoleSet::default(),
            accepts: Vec::new(),
            options: Vec::new(),
            calls: None,
            docs: None,
        }
    }

    /// Adds what the rule wants to an interest.
    pub(crate) fn add_interest(&self, interest: &mut Interest) {
        for want in std::iter::once(&self.trigger).chain(&self.wants) {
            let roles = self.roles;
            let names = want.names.iter().cloned();
            match want.kind.as_str() {
                "calls" => interest.of_roles(roles).calls.extend(names),
                "imports" => interest.of_roles(roles).imports.extend(names),
                "handlers" => interest.of_roles(roles).handlers.extend(names),
                "assignments" => interest.of_roles(roles).assignments.extend(names),
                "statements" => interest.of_roles(roles).statements.extend(names),
                "lineages" => interest.of_roles(roles).lineages = true,
                "definitions" => interest.of_roles(roles).definitions.extend(pairs(&want.globs, &want.names)),
                "outlines" => interest.of_roles(roles).outlines.extend(pairs(&want.globs, &want.names)),
                "search" | SEARCH_EVERYWHERE => {
                    let roles = if want.kind == SEARCH_EVERYWHERE { RoleSet::default() } else { roles };
                    for pair in pairs(&want.names, &want.globs) {
                        interest.search.entry(pair).and_modify(|all| *all = all.or(roles)).or_insert(roles);
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether the rule declared all of these names for a kind of fact.
    pub(crate) fn declares(&self, kind: &str, names: &[String], globs: &[String]) -> bool {
        // Most ask for just what they declared.
        let has =
            |declared: &[String], asked: &[String]| declared == asked || asked.iter().all(|one| declared.contains(one));
        std::iter::once(&self.trigger)
            .chain(&self.wants)
            .any(|want| want.kind == kind && has(&want.names, names) && has(&want.globs, globs))
    }
}

fn pairs<'a>(left: &'a [String], right: &'a [String]) -> impl Iterator<Item = (String, String)> + 'a {
    left.iter().flat_map(move |left| right.iter().map(move |right| (left.clone(), right.clone())))
}

fn check_patterns(want: &Want) -> Result<(), String> {
    for name in &want.names {
        if matches!(want.kind.as_str(), "search" | SEARCH_EVERYWHERE) {
            regex::Regex::new(name).map_err(|error| error.to_string())?;
        } else {
            let text = if want.kind == "assignments" { scoped(name).1 } else { name };
            pattern::check(text)?;
        }
    }
    Ok(())
}

pub(crate) fn is_kebab_case(name: &str) -> bool {
    !name.is_empty()
        && name
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}
