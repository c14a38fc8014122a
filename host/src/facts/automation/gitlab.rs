//! GitLab's pipelines: jobs with what they inherit through `extends` and `default`, included files of the repository,
//! and the events that `rules`, `only` and `workflow` leave. Variables are not filled in; `!reference` is not followed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::graph::{Collector, Context, EventSet, WorkflowUnit};
use super::text::Script;
use crate::facts::value::View;
use crate::plugin::wit::automation::{Opaque, Workflow};
use crate::plugin::wit::{Node, NodeKind, Place};
use crate::repository::join;

const MOST_FILES: usize = 100;
const DEEPEST_EXTENDS: usize = 10;
const MOST_NESTED_LISTS: usize = 10;
/// Keys at the top of a pipeline that are no jobs.
const NO_JOBS: &[&str] = &[
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "spec",
    "pages:deploy",
];

/// A file of the pipeline.
struct File {
    path: String,
    text: String,
    document: Arc<Vec<Node>>,
}

pub(super) fn collect(collector: &mut Collector<'_>) {
    let start = ".gitlab-ci.yml";
    if collector.facts.repository().file(start).is_none() {
        return;
    }
    let unit = collector.unit();
    let mut files: Vec<File> = Vec::new();
    let mut waiting = vec![start.to_owned()];
    let mut seen = BTreeSet::new();
    let pipeline = Context { unit, source: "gitlab", ..Context::default() };
    while let Some(path) = waiting.pop() {
        if !seen.insert(path.clone()) || files.len() >= MOST_FILES {
            continue;
        }
        let Ok(document) = collector.facts.documents().load(collector.facts, &path) else { continue };
        let Ok(text) = collector.facts.repository().read(&path) else { continue };
        for root in roots(&document) {
            for include in root.get("include").into_iter().flat_map(items) {
                waiting.extend(included(collector, &path, include, &pipeline));
            }
        }
        files.push(File { path, text, document });
    }
    // Later definitions win; an included file comes before the one that includes it.
    files.reverse();
    let mut jobs: BTreeMap<&str, (&File, View<'_>)> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for file in &files {
        for entry in roots(&file.document).into_iter().flat_map(View::children) {
            let name = entry.key().unwrap_or_default();
            let before = jobs.insert(name, (file, entry));
            if before.is_none() && !NO_JOBS.contains(&name) && !name.starts_with('.') && entry.kind() == NodeKind::Table
            {
                order.push(name);
            }
        }
    }
    let everything = collector.events.set(["push", "pull_request", "schedule", "manual", "tag"]);
    let workflow_rules = jobs.get("workflow").and_then(|(_, workflow)| workflow.get("rules"));
    let usual = collector.events.set(["push", "pull_request"]);
    let whole = match workflow_rules {
        Some(rules) => rule_events(collector, rules, usual),
        None => everything,
    };
    collector.reach(unit, whole, None);
    let mut events: EventSet = 0;
    for name in &order {
        let Some(&(file, job)) = jobs.get(name) else { continue };
        let levels = lineage(&jobs, file, job);
        let own = job_events(collector, &levels, usual) & whole;
        events |= own;
        let job_unit = collector.unit();
        collector.include(unit, job_unit);
        let tolerated = value(&levels, "allow_failure").is_some_and(|(_, value)| value.text() != "false");
        let context = Context {
            unit: job_unit,
            source: "gitlab",
            name: (*name).to_owned(),
            events: Some(own),
            tolerated,
            ..Context::default()
        };
        for key in ["before_script", "script", "after_script"] {
            let scripts = value(&levels, key).or_else(|| {
                let default = jobs.get("default").and_then(|(file, default)| Some((*file, default.get(key)?)));
                default.or_else(|| jobs.get(key).copied())
            });
            let Some((file, scripts)) = scripts else { continue };
            script(collector, file, scripts, &context);
        }
    }
    let on = jobs.get("workflow").map(|(file, workflow)| Place { path: file.path.clone(), span: workflow.key_span() });
    let place = order.first().and_then(|name| jobs.get(name)).map_or_else(
        || Place { path: start.to_owned(), span: super::text::span(0..0) },
        |(file, job)| Place { path: file.path.clone(), span: job.key_span() },
    );
    let workflow = Workflow {
        place,
        system: "gitlab".to_owned(),
        name: start.to_owned(),
        triggers: collector.events.names(if events == 0 { usual } else { events }),
        jobs: order.iter().map(|name| (*name).to_owned()).collect(),
        on,
    };
    collector.workflows.push(WorkflowUnit { unit, workflow, is_callable: false });
}

/// The tables of a file: `spec` may stand in a document of its own before the pipeline.
fn roots(document: &[Node]) -> Vec<View<'_>> {
    match View::root(document) {
        Some(root) if root.kind() == NodeKind::List => root.children().collect(),
        Some(root) => vec![root],
        None => Vec::new(),
    }
}

fn items(view: View<'_>) -> Vec<View<'_>> {
    if view.kind() == NodeKind::List { view.children().collect() } else { vec![view] }
}

/// Paths of the repository that an `include` names; the rest can't be looked into.
fn included(collector: &mut Collector<'_>, path: &str, include: View<'_>, context: &Context) -> Vec<String> {
    let local = match include.kind() {
        NodeKind::Table => include.get("local"),
        _ => Some(include).filter(|include| !include.text().contains("://")),
    };
    let Some(local) = local else {
        let what = include.children().next().map_or(include, |first| first);
        let reason = format!("the included {} `{}`", what.key().unwrap_or("file"), what.text());
        let opaque = Opaque { place: what.place(path), reason, triggers: Vec::new() };
        collector.opaque.push((opaque, context.clone()));
        return Vec::new();
    };
    let Some(pattern) = join("", local.text()) else { return Vec::new() };
    if !pattern.contains('*') {
        return vec![pattern];
    }
    let Ok(glob) = globset::GlobBuilder::new(&pattern).literal_separator(true).build() else { return Vec::new() };
    let glob = glob.compile_matcher();
    let files = collector.facts.repository().files();
    files.iter().filter(|file| glob.is_match(&file.path)).take(MOST_FILES).map(|file| file.path.clone()).collect()
}

/// The job and what it extends, nearest first.
fn lineage<'a>(
    jobs: &BTreeMap<&str, (&'a File, View<'a>)>,
    file: &'a File,
    job: View<'a>,
) -> Vec<(&'a File, View<'a>)> {
    let mut levels = vec![(file, job)];
    let mut index = 0;
    while index < levels.len() && levels.len() < DEEPEST_EXTENDS {
        let (_, level) = levels[index];
        let parents = level.get("extends").map(View::strings).unwrap_or_default();
        levels.extend(parents.iter().rev().filter_map(|name| jobs.get(name).copied()));
        index += 1;
    }
    levels
}

fn value<'a>(levels: &[(&'a File, View<'a>)], key: &str) -> Option<(&'a File, View<'a>)> {
    levels.iter().find_map(|(file, level)| Some((*file, level.get(key)?)))
}

fn script(collector: &mut Collector<'_>, file: &File, scripts: View<'_>, context: &Context) {
    // One shell runs all lines: `cd` and variables hold for the later ones.
    let mut lines = Vec::new();
    flatten(scripts, 0, &mut lines);
    let is_simple = lines.iter().all(|line| file.text.get(range(*line)) == Some(line.text()));
    if is_simple && lines.len() > 1 {
        let lines = lines.iter().map(|line| (line.text().to_owned(), range(*line)));
        collector.shell(Script::of_lines(&file.path, lines), context.clone());
        return;
    }
    let mut folder = context.folder.clone();
    for line in lines {
        let context = Context { folder: folder.clone(), ..context.clone() };
        collector.shell(Script::of_scalar(&file.path, &file.text, line), context);
        if let Some(target) = line.text().trim().strip_prefix("cd ").filter(|target| !target.contains(['$', ' '])) {
            folder = join(&folder, target).unwrap_or(folder);
        }
    }
}

fn range(view: View<'_>) -> std::ops::Range<usize> {
    view.span().start as usize..view.span().end as usize
}

fn flatten<'a>(view: View<'a>, depth: usize, lines: &mut Vec<View<'a>>) {
    match view.kind() {
        NodeKind::List if depth < MOST_NESTED_LISTS => {
            view.children().for_each(|child| flatten(child, depth + 1, lines))
        }
        NodeKind::Text => lines.push(view),
        _ => {}
    }
}

fn job_events(collector: &mut Collector<'_>, levels: &[(&File, View<'_>)], usual: EventSet) -> EventSet {
    if let Some((_, rules)) = value(levels, "rules") {
        return rule_events(collector, rules, usual);
    }
    let manual = value(levels, "when").is_some_and(|(_, when)| when.text() == "manual");
    let only = value(levels, "only").map(|(_, only)| only_events(collector, only, usual));
    match only {
        _ if manual => collector.events.bit("manual"),
        Some(only) => only,
        None => {
            let mut events = usual | collector.events.set(["schedule", "tag"]);
            if let Some((_, except)) = value(levels, "except") {
                events &= !only_events(collector, except, 0);
            }
            events
        }
    }
}

fn only_events(collector: &mut Collector<'_>, only: View<'_>, usual: EventSet) -> EventSet {
    let refs = only.get("refs").unwrap_or(only);
    let mut events = 0;
    for name in refs.strings() {
        events |= match name {
            "merge_requests" | "external_pull_requests" => collector.events.bit("pull_request"),
            "branches" | "pushes" | "main" | "master" => collector.events.bit("push"),
            "schedules" => collector.events.bit("schedule"),
            "tags" => collector.events.bit("tag"),
            "web" | "api" | "triggers" => collector.events.bit("manual"),
            _ if usual == 0 => 0,
            _ => collector.events.bit("push"),
        };
    }
    if events == 0 { usual } else { events }
}

/// The events that a list of rules lets through.
fn rule_events(collector: &mut Collector<'_>, rules: View<'_>, usual: EventSet) -> EventSet {
    let mut events = 0;
    for rule in rules.children() {
        let when = rule.get("when").map_or("", View::text);
        let condition = rule.get("if").map_or("", View::text);
        if when == "never" {
            continue;
        }
        let mut own = 0;
        let names = [
            ("merge_request_event", "pull_request"),
            ("CI_MERGE_REQUEST", "pull_request"),
            ("external_pull_request_event", "pull_request"),
            ("schedule", "schedule"),
            ("CI_COMMIT_TAG", "tag"),
            ("CI_COMMIT_BRANCH", "push"),
            ("CI_COMMIT_REF_NAME", "push"),
            ("\"push\"", "push"),
            ("'push'", "push"),
            ("\"web\"", "manual"),
        ];
        for (word, event) in names {
            let negated =
                condition.contains(&format!("{word} == null")) || condition.contains(&format!("\"{word}\" != "));
            if condition.contains(word) && !negated {
                own |= collector.events.bit(event);
            }
        }
        if own == 0 {
            own = usual;
        }
        events |= if when == "manual" { collector.events.bit("manual") } else { own };
    }
    events
}
