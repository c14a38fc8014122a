//! Edits of GitHub's workflows: events, steps and jobs, put where a reader would have put them and indented as the
//! others are. Where a file is written in a way that is not understood, there is no edit.

use plimsoll_sdk::prelude::*;

use crate::github::{GithubWorkflow, steps};

/// Adds an event that starts a workflow, with its filters, one a line.
pub(crate) fn add_event(workflow: &GithubWorkflow, event: &str, filters: &[String]) -> Option<Edit> {
    let (path, on) = (workflow.path(), workflow.on()?);
    let text = repository::read(path).ok()?;
    let written = text.get(on.span().start as usize..on.span().end as usize)?;
    let key = on.key()?;
    let inner = |line: &String| format!("\n  {line}");
    let entry = format!("{event}:{}", filters.iter().map(inner).collect::<String>());
    match on.kind() {
        NodeKind::Table if written.starts_with('{') || workflow.event(event).is_some() => None,
        NodeKind::Table => {
            let indent = column(&text, on.children().next()?.key_span().start)?;
            edit::lines_after(&on.key_place(path), &shifted(&entry, indent))
        }
        _ if written.contains('#') => None,
        NodeKind::List if filters.is_empty() => Some(edit::append(path, &[key], event)),
        NodeKind::List => {
            let others: Vec<&str> = on.strings().into_iter().filter(|other| *other != event).collect();
            Some(edit::set(path, &[key], table(&entry, &others)))
        }
        NodeKind::Text if filters.is_empty() => {
            Some(edit::replace(&on.place(path), format!("[{}, {event}]", on.text())))
        }
        NodeKind::Text => Some(edit::set(path, &[key], table(&entry, &[on.text()]))),
        _ => None,
    }
}

fn table(entry: &str, others: &[&str]) -> String {
    others.iter().fold(entry.to_owned(), |table, other| format!("{table}\n{other}:"))
}

/// Whether a workflow uses nothing that depends on the event or that others must not reach: one event more changes
/// when it runs and nothing else.
pub(crate) fn is_free_of_events(workflow: &GithubWorkflow) -> bool {
    const BOUND: &[&str] = &[
        "secrets",
        "github.event",
        "github.base_ref",
        "github.head_ref",
        "github.ref",
        ": write",
        "write-all",
        "inputs.",
    ];
    repository::read(workflow.path()).is_ok_and(|text| !BOUND.iter().any(|word| text.contains(word)))
}

/// The step that holds a place, its job, and its index.
pub(crate) fn step_at<'a>(workflow: &'a GithubWorkflow, place: &Place) -> Option<(Item<'a>, Item<'a>, usize)> {
    let holds = |item: &Item<'_>| item.span().start <= place.span.start && place.span.end <= item.span().end;
    let job = workflow.jobs().into_iter().find(holds).filter(|_| workflow.path() == place.path)?;
    let (index, step) = steps(job).into_iter().enumerate().find(|(_, step)| holds(step))?;
    Some((job, step, index))
}

/// Puts a step behind another one of its job. The step's lines begin with its dash.
pub(crate) fn step_after(workflow: &GithubWorkflow, job: Item<'_>, step: Item<'_>, lines: &str) -> Option<Edit> {
    let path = workflow.path();
    let text = repository::read(path).ok()?;
    let dash = column(&text, step.span().start)?;
    let gap = if are_apart(&text, &steps(job)) { "\n" } else { "" };
    edit::lines_after(&end(&text, path, step)?, &format!("{gap}{}", shifted(lines, dash)))
}

/// Adds a job behind the others. Its lines are indented by two spaces, items of lists also below their key; the key of
/// its steps comes last.
pub(crate) fn add_job(workflow: &GithubWorkflow, lines: &str) -> Option<Edit> {
    let path = workflow.path();
    let text = repository::read(path).ok()?;
    let jobs = workflow.jobs();
    let is_free = lines.split_once(':').is_some_and(|(id, _)| jobs.iter().all(|job| job.key() != Some(id)));
    let (first, last) = (jobs.first()?, jobs.last().filter(|_| is_free)?);
    let outer = text.get(..first.key_span().start as usize)?.rsplit('\n').next()?.len();
    let inner = column(&text, first.children().next()?.key_span().start)?.checked_sub(outer)?;
    let model = jobs.iter().find_map(|job| job.get("steps").filter(|steps| steps.kind() == NodeKind::List));
    let dash = model.and_then(|steps| {
        let key = column(&text, steps.key_span().start)?;
        column(&text, steps.span().start)?.checked_sub(key)
    });
    let mut is_step = false;
    let mut fitted = String::new();
    for line in lines.lines() {
        let content = line.trim_start();
        let depth = line.len() - content.len();
        let indent = match depth {
            depth if is_step => inner + dash.unwrap_or(2) + depth.saturating_sub(4),
            depth => depth / 2 * inner,
        };
        is_step |= depth == 2 && content == "steps:";
        fitted.push_str(&format!("\n{}{content}", " ".repeat(outer + indent)));
    }
    let gap = if jobs.len() == 1 || are_apart(&text, &jobs) { "\n" } else { "" };
    edit::lines_after(&end(&text, path, *last)?, &format!("{gap}{}", fitted.trim_start_matches('\n')))
}

/// Puts lines in front of the one that a key begins, indented as it is.
pub(crate) fn lines_beside(key: &Place, lines: &[String]) -> Option<Edit> {
    let text = repository::read(&key.path).ok()?;
    edit::lines_before(key, &shifted(&lines.join("\n"), column(&text, key.span.start)?))
}

/// How an action is used by the workflows already, best by one of them, with its comment; else a version.
pub(crate) fn reference(path: &str, action: &str, default: &str) -> String {
    let used = automation::actions(&[action]);
    let is_version = |reference: &str| {
        let number = reference.strip_prefix('v').unwrap_or(reference);
        number.starts_with(|first: char| first.is_ascii_digit())
            || reference.len() == 40 && reference.chars().all(|digit| digit.is_ascii_hexdigit())
    };
    let used = || used.iter().filter(|used| is_version(&used.reference));
    let Some(own) = used().find(|used| used.place.path == path).or_else(|| used().next()) else {
        return format!("{action}@{default}");
    };
    let text = repository::read(&own.place.path).unwrap_or_default();
    let rest = text.get(own.place.span.end as usize..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let comment = rest.trim_start_matches(['"', '\'']).trim();
    let comment = if comment.starts_with('#') { format!(" {comment}") } else { String::new() };
    format!("{action}@{}{comment}", own.reference)
}

/// The machine that most jobs of a workflow with the same manner run on.
pub(crate) fn runner(workflow: &GithubWorkflow) -> String {
    let jobs = workflow.jobs();
    let runners = jobs.iter().filter_map(|job| job.get("runs-on").and_then(Item::string));
    runners.rev().find(|runner| runner.starts_with("ubuntu-")).unwrap_or("ubuntu-latest").to_owned()
}

/// The column of an offset, where nothing but spaces and a dash stand before it.
fn column(text: &str, offset: u32) -> Option<usize> {
    let before = text.get(..offset as usize)?.rsplit('\n').next()?;
    let is_first = before.chars().all(|character| character == ' ');
    let dash = before.trim_end();
    // The span of a table in a list begins behind the dash.
    is_first.then_some(before.len()).or_else(|| dash.trim_start_matches(' ').eq("-").then(|| dash.len() - 1))
}

/// Lines moved to the right.
pub(crate) fn shifted(lines: &str, spaces: usize) -> String {
    lines.lines().map(|line| format!("{}{line}", " ".repeat(spaces))).collect::<Vec<_>>().join("\n")
}

/// Where the last value of a table ends.
fn end(text: &str, path: &str, item: Item<'_>) -> Option<Place> {
    let end = item.descendants().map(|item| match item.kind() {
        NodeKind::Table | NodeKind::List => item.key_span().end,
        _ => item.span().end.max(item.key_span().end),
    });
    let end = text.get(..end.max()? as usize)?.trim_end().len() as u32;
    Some(Place { path: path.to_owned(), span: Span { start: end, end } })
}

/// Whether blank lines stand between some items.
fn are_apart(text: &str, items: &[Item<'_>]) -> bool {
    items.iter().skip(1).any(|item| {
        let start = item.key_span().start.min(item.span().start) as usize;
        let before = text.get(..start).and_then(|before| before.rsplit_once('\n')).map_or("", |(before, _)| before);
        before.rsplit('\n').map(str::trim).find(|line| !line.starts_with('#')) == Some("")
    })
}
