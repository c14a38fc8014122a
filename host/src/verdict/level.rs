//! The level of a finding, and where it comes from.
//!
//! What is said of the rule counts before what is said of the kind of requirement that the finding breaks, and only the
//! latter is capped by how sure the rule is. Of each, the command line counts before the overrides of paths, these before
//! the manifest, and the manifest before its preset; `forbid` counts before all of them.

use super::Judge;
use crate::finding::{Confidence, Level, LevelSet};
use crate::package::manifest::{Adoption, LevelSetting, Override, RuleSetting};
use crate::plugin::description::Strength;

/// A level that something gives.
struct Set<'a> {
    level: Level,
    /// A rule, a section, `*` or a kind of requirement.
    selector: &'a str,
    from: From<'a>,
}

/// Where a level comes from.
#[derive(Clone, Copy)]
enum From<'a> {
    CommandLine,
    Override(&'a Override, &'a str),
    /// The manifest, or its preset.
    Setting(&'a str),
    Adoption,
    Default,
}

impl Set<'_> {
    fn text(&self) -> String {
        let level = serde_word(self.level);
        match self.from {
            From::CommandLine => format!("`{}` is `{level}` on the command line", self.selector),
            From::Override(one, origin) => {
                format!("`{}` is `{level}` for the paths {} ({origin})", self.selector, one.paths.text())
            }
            From::Setting(origin) => format!("`{}` is `{level}` ({origin})", self.selector),
            From::Adoption => format!("`{}` is `{level}`: the adoption is progressive", self.selector),
            From::Default => format!("`{}` is `{level}` unless something else is said", self.selector),
        }
    }
}

fn serde_word(level: Level) -> &'static str {
    match level {
        Level::Allow => "allow",
        Level::Warn => "warn",
        Level::Deny => "deny",
        Level::Forbid => "forbid",
    }
}

impl Judge<'_> {
    /// The level of a finding. What is set for the rule counts, else the strictest requirement capped by the
    /// confidence. None hides it, as `--pedantic` would show it.
    pub(super) fn level(
        &self,
        rule: &str,
        path: &str,
        confidence: Confidence,
        strictest: Option<Strength>,
    ) -> Option<Level> {
        let is_here = |one: &Override| one.paths.set.is_match(path);
        if let Some(set) = self.of_rule(rule, &is_here).first() {
            return Some(set.level);
        }
        let required = self.of_requirement(rule, strictest, &is_here).first().map_or(Level::Deny, |set| set.level);
        match confidence {
            Confidence::High => Some(required),
            Confidence::Medium => Some(required.min(Level::Warn)),
            Confidence::Low => self.pedantic.then_some(required.min(Level::Warn)),
        }
    }

    /// Whether something sets a level for a rule, for some files at least.
    pub(super) fn is_set(&self, rule: &str) -> bool {
        !self.of_rule(rule, &|_| true).is_empty()
    }

    /// What is set for a rule, the strongest first.
    fn of_rule<'a>(&'a self, rule: &str, is_here: &dyn Fn(&Override) -> bool) -> Vec<Set<'a>> {
        let manifest = self.manifest;
        let setting = |setting: &'a RuleSetting| {
            let level = setting.level?;
            Some(Set { level, selector: &setting.selector, from: From::Setting(&setting.origin) })
        };
        let levels = self.selection.levels.iter().rev();
        let line = levels.filter(|(_, selector)| crate::package::manifest::selects(selector, rule));
        let line = line.map(|(level, selector)| Set { level: *level, selector, from: From::CommandLine });
        let overrides = manifest.overrides.iter().rev().filter(|one| is_here(one)).flat_map(|one| {
            settings_of(&one.rules, rule).into_iter().filter_map(move |setting| {
                let from = From::Override(one, &setting.origin);
                Some(Set { level: setting.level?, selector: &setting.selector, from })
            })
        });
        let own = settings_of(&manifest.rules, rule).into_iter().chain(settings_of(&manifest.inherited, rule));
        let mut all: Vec<Set<'a>> = line.chain(overrides).chain(own.filter_map(setting)).collect();
        // Stable: among those that forbid, and among the others, the order stays.
        all.sort_by_key(|set| set.level != Level::Forbid);
        all
    }

    /// What is set for a kind of requirement that a rule decides, the strongest first. What plimsoll itself says breaks no
    /// requirement: only the adoption tells how severe it is.
    fn of_requirement<'a>(
        &'a self,
        rule: &str,
        strength: Option<Strength>,
        is_here: &dyn Fn(&Override) -> bool,
    ) -> Vec<Set<'a>> {
        let mut sets = self.of_strength(strength, is_here);
        if rule.starts_with("plimsoll/") {
            sets.retain(|set| matches!(set.from, From::Adoption | From::Default));
        }
        sets
    }

    /// What is set for a kind of requirement, the strongest first.
    fn of_strength<'a>(&'a self, strength: Option<Strength>, is_here: &dyn Fn(&Override) -> bool) -> Vec<Set<'a>> {
        let Some(strength) = strength else { return Vec::new() };
        let manifest = self.manifest;
        let selector = strength.word();
        let find = |levels: &'a [LevelSetting]| levels.iter().find(|one| one.strength == strength);
        let setting = |one: &'a LevelSetting| Set { level: one.level, selector, from: From::Setting(&one.origin) };
        let line = self.selection.strength_level(strength);
        let line = line.map(|level| Set { level, selector, from: From::CommandLine });
        let overrides = manifest.overrides.iter().rev().filter(|one| is_here(one)).filter_map(|one| {
            let setting = find(&one.levels)?;
            Some(Set { level: setting.level, selector, from: From::Override(one, &setting.origin) })
        });
        let own = find(&manifest.levels).or_else(|| find(&manifest.inherited_levels)).map(setting);
        let is_progressive = strength == Strength::Must && manifest.adoption() == Adoption::Progressive;
        let adoption = is_progressive.then_some(Set { level: Level::Warn, selector, from: From::Adoption });
        let level = if strength >= Strength::Must { Level::Deny } else { Level::Warn };
        let default = Set { level, selector, from: From::Default };
        line.into_iter().chain(overrides).chain(own).chain(adoption).chain([default]).collect()
    }

    /// Says where the level of a rule comes from, step by step; in a file, or where no override counts.
    pub(crate) fn explain_level(&self, rule: &str, path: Option<&str>, requirements: &[(&str, Strength)]) -> String {
        let strictest = requirements.iter().map(|(_, strength)| *strength).max();
        let strictest = strictest.or_else(|| super::HOST_RULES.contains(&rule).then(|| super::host_strength(rule)));
        let is_here = |one: &Override| path.is_some_and(|path| one.paths.set.is_match(path));
        let elsewhere = |one: &Override| path.is_none() && !one.rules.is_empty() | !one.levels.is_empty();
        let own = self.of_rule(rule, &is_here);
        let kinds = self.of_requirement(rule, strictest, &is_here);
        let decides_rule = !own.is_empty();
        let level = own.iter().chain(&kinds).next().map_or(Level::Deny, |set| set.level);
        let place = path.map_or(String::new(), |path| format!(" in {path}"));
        let mut text = format!("{rule}{place}: {}\n", serde_word(level));
        for (index, set) in own.iter().chain(&kinds).enumerate() {
            let order = if index == 0 { "counts: " } else { "then:   " };
            text.push_str(&format!("  {order}{}", set.text()));
            let cited = requirements.iter().filter(|(_, strength)| Some(*strength) == strictest);
            let cited: Vec<&str> = cited.map(|(id, _)| *id).collect();
            match set.from {
                From::Default if !cited.is_empty() => {
                    text.push_str(&format!(", as requirement {} is\n", cited.join(", ")))
                }
                _ => text.push('\n'),
            }
        }
        let for_paths =
            self.of_rule(rule, &elsewhere).into_iter().chain(self.of_requirement(rule, strictest, &elsewhere));
        for set in for_paths.filter(|set| matches!(set.from, From::Override(..))) {
            text.push_str(&format!("  where it matches: {}\n", set.text()));
        }
        let kinds: std::collections::BTreeSet<Strength> = requirements.iter().map(|(_, strength)| *strength).collect();
        if !decides_rule && kinds.len() > 1 {
            text.push_str("  a finding takes the strictest of the requirements that it cites, which may be fewer\n");
            for strength in kinds.iter().rev().filter(|one| Some(**one) != strictest) {
                if let Some(set) = self.of_strength(Some(*strength), &is_here).first() {
                    text.push_str(&format!("  where `{}` is the strictest: {}\n", strength.word(), set.text()));
                }
            }
        }
        if !decides_rule && level > Level::Allow && !requirements.is_empty() {
            text.push_str("  capped: what is only likely warns at most, and guesses show with --pedantic\n");
        }
        if own.first().is_some_and(|set| set.level == Level::Forbid) {
            text.push_str("  nothing lowers or suppresses `forbid`\n");
        }
        text
    }
}

fn most_specific<'a>(settings: &'a [RuleSetting], rule: &str) -> Option<&'a RuleSetting> {
    let matching = settings.iter().filter(|setting| setting.selects(rule) && setting.level.is_some());
    matching.max_by_key(|setting| (setting.selector == rule, setting.selector != "*"))
}

/// What some settings say of a rule: the most specific one, and whatever forbids it.
fn settings_of<'a>(settings: &'a [RuleSetting], rule: &str) -> Vec<&'a RuleSetting> {
    let first = most_specific(settings, rule);
    let is_first = |one: &RuleSetting| first.is_some_and(|first| first.selector == one.selector);
    let forbids = settings.iter().filter(|one| one.level == Some(Level::Forbid) && one.selects(rule) && !is_first(one));
    first.into_iter().chain(forbids).collect()
}

/// What sets levels, the strongest first.
pub(super) fn levels(judge: &Judge<'_>) -> Vec<LevelSet> {
    let manifest = judge.manifest;
    let set = |selector: &str, level: Level, from: String| LevelSet { selector: selector.to_owned(), level, from };
    let rules = |settings: &[RuleSetting], paths: &str| -> Vec<LevelSet> {
        let of = |one: &RuleSetting| Some(set(&one.selector, one.level?, format!("{}{paths}", one.origin)));
        settings.iter().filter_map(of).collect()
    };
    let kinds = |settings: &[LevelSetting], paths: &str| -> Vec<LevelSet> {
        let of = |one: &LevelSetting| set(one.strength.word(), one.level, format!("{}{paths}", one.origin));
        settings.iter().map(of).collect()
    };
    let line = judge.selection.levels.iter().rev();
    let mut all: Vec<LevelSet> =
        line.map(|(level, selector)| set(selector, *level, "the command line".to_owned())).collect();
    for one in manifest.overrides.iter().rev() {
        let paths = format!(", for {}", one.paths.text());
        all.extend(rules(&one.rules, &paths));
        all.extend(kinds(&one.levels, &paths));
    }
    all.extend(rules(&manifest.rules, ""));
    all.extend(rules(&manifest.inherited, ""));
    all.extend(kinds(&manifest.levels, ""));
    all.extend(kinds(&manifest.inherited_levels, ""));
    all
}
