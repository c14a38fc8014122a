//! Whether rules leave something behind for each other. They share an instance, so a rule that keeps state can change
//! what the next one finds; every rule has to say the same alone, after those before it, and after those behind it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Case;
use crate::check::{Options, Order, Outcome, RuleResult, full_id};
use crate::facts::Facts;
use crate::plugin::load::Loaded;
use crate::repository::Repository;

/// Compares the rules of a plugin on one example after the other.
pub(super) struct Orders<'a> {
    plugin: &'a Loaded,
    /// By the index of the rule, so that each is named once.
    problems: BTreeMap<usize, String>,
}

impl<'a> Orders<'a> {
    pub(super) fn new(plugin: &'a Loaded) -> Self {
        Self { plugin, problems: BTreeMap::new() }
    }

    /// One line for each rule that depends on another, in the order of the rules.
    pub(super) fn problems(&self) -> impl Iterator<Item = &String> {
        self.problems.values()
    }

    /// Runs all rules on an example of one rule, first to last and last to first, and compares what each says, also
    /// with what the one said `alone`.
    pub(super) fn compare(&mut self, owner: &str, case: &Case<'_>, options: &Options, alone: &[Outcome]) {
        let all = |_: &str| true;
        let interest = crate::check::interest(std::iter::once(self.plugin.description.as_ref()), &all);
        let (files, git) = case.example.parts();
        let repository = Repository::from_files(files);
        let facts = Arc::new(Facts::new(repository, git, interest));
        let run = |order| crate::check::run(&facts, std::slice::from_ref(self.plugin), &all, options, &[], order, None);
        let (declared, reversed) = (run(Order::Declared), run(Order::Reversed));
        let place = format!("the {} example of {owner}, {}", case.example.kind.word(), case.place);
        self.report(&place, &declared, &reversed, "after the rules behind it");
        self.report(&place, &declared, alone, "alone");
    }

    /// Names the rules of which `others` say something else than `declared`.
    fn report(&mut self, place: &str, declared: &[Outcome], others: &[Outcome], condition: &str) {
        for other in others {
            let same = declared.iter().find(|one| (one.rule, &one.target) == (other.rule, &other.target));
            if same.is_none_or(|one| says_the_same(&one.result, &other.result)) {
                continue;
            }
            let description = &self.plugin.description;
            let Some(rule) = description.rules.get(other.rule) else { continue };
            self.problems.entry(other.rule).or_insert_with(|| {
                format!(
                    "{}: it depends on what another rule leaves behind: on {place}, it says something else {condition} \
                     than after the rules before it",
                    full_id(description, rule),
                )
            });
        }
    }
}

fn says_the_same(left: &RuleResult, right: &RuleResult) -> bool {
    match (left, right) {
        (RuleResult::Called(left), RuleResult::Called(right)) => left.said == right.said && left.error == right.error,
        (RuleResult::NoEvidence(left), RuleResult::NoEvidence(right)) => left == right,
        _ => false,
    }
}
