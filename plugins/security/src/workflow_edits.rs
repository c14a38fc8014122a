//! Steps and jobs that fixes add to GitHub's workflows, in the manner of the workflow.

use plimsoll_sdk::paths::file_name;
use plimsoll_sdk::prelude::*;

use crate::lines;

/// A step of a job, or of a composite action.
pub(crate) struct Step {
    value: documents::Nodes,
    keys: Vec<String>,
    path: String,
}

/// The step that something stands in.
pub(crate) fn step_at(place: &Place) -> Option<Step> {
    let value = documents::read(&place.path, &[]).ok()?;
    let root = Item::root(&value)?;
    let jobs = root.get("jobs").into_iter().flat_map(Item::children);
    let named = jobs.filter_map(|job| Some((vec!["jobs".to_owned(), job.key()?.to_owned()], job)));
    let holders = named.chain(root.get("runs").map(|runs| (vec!["runs".to_owned()], runs)));
    let keys = holders.into_iter().find_map(|(keys, holder)| {
        let holds = |step: Item<'_>| (step.span().start..step.span().end).contains(&place.span.start);
        let index = holder.get("steps")?.children().position(holds)?;
        Some(keys.into_iter().chain(["steps".to_owned(), index.to_string()]).collect())
    })?;
    Some(Step { keys, path: place.path.clone(), value })
}

impl Step {
    /// Its table.
    pub(crate) fn item(&self) -> Option<Item<'_>> {
        let keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        Item::root(&self.value)?.at(&keys)
    }

    /// Sets an input of its action.
    pub(crate) fn set_input(&self, name: &str, value: &str) -> Edit {
        let keys: Vec<&str> = self.keys.iter().map(String::as_str).chain(["with", name]).collect();
        edit::set(&self.path, &keys, value)
    }

    /// Puts a step behind it, written without dash and indentation.
    pub(crate) fn followed_by(&self, step: &str) -> Option<Edit> {
        let place = self.item()?.place(&self.path);
        let before = lines::before(&place)?;
        let indent = before.strip_suffix("- ").filter(|indent| indent.trim().is_empty())?;
        let text = repository::read(&self.path).ok()?;
        let above = text.get(..place.span.start as usize)?.rsplit('\n').nth(1).unwrap_or_default();
        let gap = if above.trim().is_empty() { "\n" } else { "" };
        let step = step.replace('\n', &format!("\n{indent}  "));
        edit::lines_after(&without_blank_end(&place)?, &format!("{gap}{indent}- {step}"))
    }
}

fn without_blank_end(place: &Place) -> Option<Place> {
    let length = lines::text_at(place)?.trim_end().len() as u32;
    Some(Place { path: place.path.clone(), span: Span { start: place.span.start, end: place.span.start + length } })
}

/// What a security scan takes besides a runner.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    Uv,
    History,
}

/// Adds a step to the job `security` of a workflow; the job is made if it is missing. The place is where the jobs of
/// the workflow begin that lacks the step; another one may be meant for such jobs.
pub(crate) fn security_step(place: &Place, step: &str, needs: Needs) -> Vec<Edit> {
    added(place, step, needs).unwrap_or_default()
}

/// Names of workflows that take all kinds of checks, the best first.
const GENERAL: &[&str] = &["security", "ci", "tests", "test", "main", "checks", "check", "build", "lint", "python"];

fn added(place: &Place, step: &str, needs: Needs) -> Option<Vec<Edit>> {
    let all: Vec<Workflow> = automation::workflows();
    let own = all.iter().find(|workflow| workflow.place == *place)?;
    // The events of the workflow that lacks the step are those that it is wanted for.
    let fits = |workflow: &&Workflow| own.triggers.iter().all(|trigger| workflow.triggers.contains(trigger));
    let is_general = names(own).any(|name| GENERAL.contains(&name));
    let named = |name: &&str| all.iter().filter(fits).find(|workflow| names(workflow).eq([*name]));
    let workflow = if is_general { own } else { GENERAL.iter().find_map(named).unwrap_or(own) };
    // Who calls a reusable workflow decides how often it runs.
    if workflow.system != "github" || workflow.triggers.iter().all(|trigger| trigger == "workflow_call") {
        return None;
    }
    let path = &workflow.place.path;
    let value = documents::read(path, &[]).ok()?;
    let root = Item::root(&value)?;
    let jobs = root.get("jobs").filter(|jobs| jobs.kind() == NodeKind::Table)?;
    match jobs.get("security") {
        Some(job) => to_job(path, job, step, needs),
        None => Some(vec![new_job(path, root, jobs, step, needs)?]),
    }
}

/// The words of a workflow's file name.
fn names(workflow: &Workflow) -> impl Iterator<Item = &str> {
    let name = file_name(&workflow.place.path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).split(['-', '_', '.'])
}

fn to_job(path: &str, job: Item<'_>, step: &str, needs: Needs) -> Option<Vec<Edit>> {
    const STEPS: [&str; 3] = ["jobs", "security", "steps"];
    let steps: Vec<Item<'_>> = job.get("steps")?.children().collect();
    let uses = |name: &str| {
        steps.iter().position(|step| step.get("uses").is_some_and(|it| it.text().starts_with(&format!("{name}@"))))
    };
    let checkout = uses("actions/checkout")?;
    let mut edits = Vec::new();
    match needs {
        Needs::Uv if uses("astral-sh/setup-uv").is_none() => {
            edits.push(edit::append(path, &STEPS, format!("uses: {}", reference(path, SETUP_UV))));
        }
        Needs::Uv => {}
        Needs::History => {
            let index = checkout.to_string();
            let keys = [STEPS.as_slice(), &[&index, "with", "fetch-depth"]].concat();
            edits.push(edit::set(path, &keys, "0"));
            if job
                .get("permissions")
                .is_some_and(|it| it.get("pull-requests").is_none() && it.get("contents").is_some())
            {
                edits.push(edit::set(path, &["jobs", "security", "permissions", "pull-requests"], "read"));
            }
        }
    }
    edits.push(edit::append(path, &STEPS, step));
    Some(edits)
}

fn new_job(path: &str, root: Item<'_>, jobs: Item<'_>, step: &str, needs: Needs) -> Option<Edit> {
    let all: Vec<Item<'_>> = jobs.children().collect();
    let first = all.first()?;
    let indent = lines::before(&first.key_place(path)).filter(|before| before.trim().is_empty())?;
    let deeper = lines::column(&first.children().next()?.key_place(path))?.checked_sub(indent.len())?;
    let mut with = Vec::new();
    if needs == Needs::History {
        with.push("fetch-depth: 0");
    }
    if keeps_no_credentials(path) {
        with.push("persist-credentials: false");
    }
    let mut job = vec!["security:".to_owned(), "  runs-on: ubuntu-latest".to_owned()];
    if root.get("permissions").is_some() {
        job.extend(["  permissions:".to_owned(), "    contents: read".to_owned()]);
        if needs == Needs::History {
            job.push("    pull-requests: read".to_owned());
        }
    }
    job.extend(["  steps:".to_owned(), format!("    - uses: {}", reference(path, CHECKOUT))]);
    if !with.is_empty() {
        job.push("      with:".to_owned());
        job.extend(with.iter().map(|input| format!("        {input}")));
    }
    if needs == Needs::Uv {
        job.push(format!("    - uses: {}", reference(path, SETUP_UV)));
    }
    job.push(format!("    - {}", step.replace('\n', "\n      ")));
    let written: Vec<String> = job.iter().flat_map(|lines| lines.lines()).map(|line| widened(line, deeper)).collect();
    let written = written.iter().map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join("\n");
    let gap = if all.get(1).is_none_or(|second| follows_blank_line(path, *second)) { "\n" } else { "" };
    let end = end_of_jobs(path, root, jobs)?;
    edit::lines_after(&Place { path: path.to_owned(), span: Span { start: end, end } }, &format!("{gap}{written}"))
}

/// Where the last line of the jobs ends; comments that are moved to the right belong to them.
fn end_of_jobs(path: &str, root: Item<'_>, jobs: Item<'_>) -> Option<u32> {
    let text = repository::read(path).ok()?;
    let start = jobs.key_span().start;
    let next = root.children().map(|child| child.key_span().start).filter(|key| *key > start).min();
    let next = next.map_or(text.len(), |next| next as usize);
    let mut rest = text.get(start as usize..next)?.trim_end();
    // Comments at the margin belong to what comes next.
    while let Some((before, last)) = rest.rsplit_once('\n')
        && !last.starts_with([' ', '\t'])
    {
        rest = before.trim_end();
    }
    Some(start + rest.len() as u32)
}

/// A line with the indentation of a document; the two spaces that a dash takes stay.
fn widened(line: &str, step: usize) -> String {
    let text = line.trim_start();
    let spaces = line.len() - text.len();
    let levels = if spaces > 4 { (spaces - 2) / 2 } else { spaces / 2 };
    let rest = if spaces > 4 { 2 } else { 0 };
    format!("{}{text}", " ".repeat(levels * step + rest))
}

fn follows_blank_line(path: &str, job: Item<'_>) -> bool {
    let text = repository::read(path).unwrap_or_default();
    let above = text.get(..job.key_span().start as usize).unwrap_or_default();
    above
        .rsplit('\n')
        .skip(1)
        .find(|line| !line.trim_start().starts_with('#'))
        .is_some_and(|line| line.trim().is_empty())
}

/// An action and the reference that is taken where the repository does not use it yet.
type Reference = (&'static str, &'static str);

pub(crate) const CHECKOUT: Reference =
    ("actions/checkout", "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1");
pub(crate) const SETUP_UV: Reference =
    ("astral-sh/setup-uv", "astral-sh/setup-uv@c771a70e6277c0a99b617c7a806ffedaca235ff9 # v9.0.0");

/// How the workflow refers to an action, or else the repository, with the comment that names the version.
fn reference(path: &str, (name, default): Reference) -> String {
    let uses = automation::actions(&[name]);
    let uses: Vec<&Action> = uses
        .iter()
        .filter(|action| action.name == name && !matches!(action.reference.as_str(), "main" | "master" | ""))
        .filter(|action| !action.reference.contains('$'))
        .collect();
    let own = uses.iter().find(|action| action.place.path == path).or(uses.first());
    let written = own.and_then(|action| {
        let comment =
            lines::behind(&action.place).filter(|rest| rest.trim_start().starts_with('#')).unwrap_or_default();
        Some(format!("{}{}", lines::text_at(&action.place)?, comment.trim_end()))
    });
    written.filter(|written| written.contains(name)).unwrap_or_else(|| default.to_owned())
}

/// Whether the workflow's checkouts leave no token behind.
fn keeps_no_credentials(path: &str) -> bool {
    automation::actions(&["actions/checkout"]).iter().filter(|action| action.place.path == path).any(|action| {
        Item::root(&action.inputs)
            .and_then(|inputs| inputs.get("persist-credentials"))
            .is_some_and(|value| value.text() == "false")
    })
}
