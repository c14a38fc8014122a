//! Workflows of GitHub (and of Forgejo and Gitea, which read the same language): jobs, steps, triggers, composite
//! actions and reusable workflows of the repository. Matrix values are filled in where a whole word is one.

use std::collections::BTreeMap;

use super::events::{events_of, triggers};
use super::graph::{ALL, Collector, Context, Edge, UnitId, WorkflowUnit};
use super::matrix::run_script;
use super::text::{Script, span};
use super::words::split;
use super::{calls, containers};
use crate::facts::value::View;
use crate::plugin::wit::automation::{Action, Opaque, Workflow};
use crate::plugin::wit::{Node, NodeKind, Place};
use crate::repository::{file_name, join, parent};

/// Actions that run shell text, and the input that has it.
const RUNNING_ACTIONS: &[(&str, &str)] = &[
    ("nick-fields/retry", "command"),
    ("nick-invision/retry", "command"),
    ("Wandalen/wretry.action", "command"),
    ("devcontainers/ci", "runCmd"),
    ("coactions/setup-xvfb", "run"),
    ("GabrielBB/xvfb-action", "run"),
    ("pyvista/setup-headless-display-action", "run"),
    ("addnab/docker-run-action", "run"),
    ("aganders3/headless-gui", "run"),
];

/// A workflow or action file that is being read.
struct File<'a> {
    path: &'a str,
    text: &'a str,
}

/// What a job hands to its steps.
#[derive(Clone)]
struct Job<'a> {
    context: Context,
    matrix: Option<View<'a>>,
}

pub(super) fn collect(collector: &mut Collector<'_>) {
    let folders = [".github/workflows", ".forgejo/workflows", ".gitea/workflows"];
    let mut units = BTreeMap::new();
    let paths: Vec<String> = folders
        .iter()
        .flat_map(|folder| collector.facts.repository().below(folder))
        .filter(|file| file.path.ends_with(".yml") || file.path.ends_with(".yaml"))
        .filter(|file| folders.contains(&parent(&file.path)))
        .map(|file| file.path.clone())
        .collect();
    for path in &paths {
        let unit = collector.unit();
        units.insert(path.clone(), unit);
    }
    let mut reader = Reader { workflows: units, actions: BTreeMap::new() };
    for path in &paths {
        let unit = reader.workflows[path];
        reader.workflow(collector, path, unit);
    }
}

struct Reader {
    workflows: BTreeMap<String, UnitId>,
    actions: BTreeMap<String, UnitId>,
}

impl Reader {
    fn workflow(&mut self, collector: &mut Collector<'_>, path: &str, unit: UnitId) {
        let Ok(document) = collector.facts.documents().load(collector.facts, path) else { return };
        let Ok(text) = collector.facts.repository().read(path) else { return };
        let Some(root) = View::root(&document) else { return };
        let file = File { path, text: &text };
        let on = root.get("on").or_else(|| root.get("true"));
        let triggers = on.map(triggers).unwrap_or_default();
        let own: Vec<&str> = triggers.iter().map(String::as_str).filter(|name| *name != "workflow_call").collect();
        let events = collector.events.set(own);
        collector.reach(unit, events, None);
        let jobs = root.get("jobs");
        collector.workflows.push(WorkflowUnit {
            unit,
            is_callable: triggers.iter().any(|trigger| trigger == "workflow_call"),
            workflow: Workflow {
                place: Place { path: path.to_owned(), span: jobs.unwrap_or(root).key_span() },
                system: path.trim_start_matches('.').split('/').next().unwrap_or_default().to_owned(),
                name: root.get("name").map_or_else(|| file_name(path).to_owned(), |name| name.text().to_owned()),
                triggers,
                jobs: jobs.iter().flat_map(|jobs| jobs.children()).filter_map(View::key).map(str::to_owned).collect(),
                on: on.map(|on| Place { path: path.to_owned(), span: on.key_span() }),
            },
        });
        let folder = default_folder(root);
        let skipped = skipped_hooks(root);
        for job in jobs.iter().flat_map(|jobs| jobs.children()) {
            self.job(collector, &file, unit, job, &folder, &skipped);
        }
    }

    fn job(
        &mut self,
        collector: &mut Collector<'_>,
        file: &File<'_>,
        workflow: UnitId,
        job: View<'_>,
        folder: &str,
        skipped: &[String],
    ) {
        let unit = collector.unit();
        collector.include(workflow, unit);
        let condition = job.get("if").map(|condition| condition.text().to_owned());
        let own = default_folder(job);
        let mut skipped_hooks = skipped_hooks(job);
        skipped_hooks.extend_from_slice(skipped);
        let context = Context {
            unit,
            source: "github",
            name: job.key().unwrap_or_default().to_owned(),
            folder: if own.is_empty() { folder.to_owned() } else { own },
            events: condition.as_deref().and_then(|condition| events_of(collector, condition)),
            condition,
            tolerated: is_true(job.get("continue-on-error")),
            skipped_hooks,
            ..Context::default()
        };
        if let Some(uses) = job.get("uses") {
            self.called_workflow(collector, file, uses, job, &context);
        }
        let matrix = job.at(&["strategy", "matrix"]);
        let job_facts = Job { context, matrix };
        let steps = job.get("steps");
        for step in steps.iter().flat_map(|steps| steps.children()) {
            self.step(collector, file, step, &job_facts, steps);
        }
    }

    /// A job that is another workflow.
    fn called_workflow(
        &self,
        collector: &mut Collector<'_>,
        file: &File<'_>,
        uses: View<'_>,
        job: View<'_>,
        context: &Context,
    ) {
        let target = uses.text();
        if let Some(path) = target.strip_prefix("./") {
            if let Some(&to) = self.workflows.get(path) {
                let events = context.events.unwrap_or(ALL);
                let label = Some(target.to_owned());
                collector.call(Edge { from: context.unit, to, label, events, tolerated: context.tolerated });
            } else {
                let reason = format!("the reusable workflow `{target}` is not in the repository");
                let opaque = Opaque { place: uses.place(file.path), reason, triggers: Vec::new() };
                collector.opaque.push((opaque, context.clone()));
            }
            return;
        }
        let reason = format!("the remote reusable workflow `{target}`");
        let opaque = Opaque { place: uses.place(file.path), reason, triggers: Vec::new() };
        collector.opaque.push((opaque, context.clone()));
        collector.actions.push((action(file, uses, job.get("with"), context), context.clone()));
    }

    fn step(
        &mut self,
        collector: &mut Collector<'_>,
        file: &File<'_>,
        step: View<'_>,
        job: &Job<'_>,
        steps: Option<View<'_>>,
    ) {
        let mut context = job.context.clone();
        if let Some(condition) = step.get("if") {
            let own = events_of(collector, condition.text());
            context.events = match (context.events, own) {
                (Some(outer), Some(own)) => Some(outer & own),
                (outer, own) => outer.or(own),
            };
            context.condition = Some(match context.condition.take() {
                Some(outer) => format!("{outer} && {}", condition.text()),
                None => condition.text().to_owned(),
            });
        }
        context.tolerated |= is_true(step.get("continue-on-error")) && !fails_later(steps, step);
        context.skipped_hooks.extend(skipped_hooks(step));
        if let Some(folder) = step.get("working-directory") {
            context.folder = folder_of(folder.text()).unwrap_or(context.folder);
        }
        if let Some(run) = step.get("run") {
            let shell = step.get("shell").map_or("", View::text);
            context.is_windows = shell.starts_with("pwsh") || shell.starts_with("powershell") || shell == "cmd";
            if !shell.starts_with("python") && !shell.starts_with("node") {
                run_script(collector, Script::of_scalar(file.path, file.text, run), job.matrix, &context);
            }
        }
        if let Some(uses) = step.get("uses") {
            self.used_action(collector, file, uses, step, &context, job.matrix);
        }
    }

    fn used_action(
        &mut self,
        collector: &mut Collector<'_>,
        file: &File<'_>,
        uses: View<'_>,
        step: View<'_>,
        context: &Context,
        matrix: Option<View<'_>>,
    ) {
        let target = uses.text();
        let events = context.events.unwrap_or(ALL);
        let edge = |to: UnitId, label: &str| Edge {
            from: context.unit,
            to,
            label: Some(label.to_owned()),
            events,
            tolerated: context.tolerated,
        };
        if target.starts_with("./") || target == "." {
            if let Some(to) = self.local_action(collector, target) {
                collector.call(edge(to, target));
            }
            return;
        }
        let inputs = step.get("with");
        let action = action(file, uses, inputs, context);
        let input = |name: &str| inputs.and_then(|inputs| inputs.get(name)).map_or("", View::text);
        match action.name.as_str() {
            "pre-commit/action" | "j178/prek-action" => {
                let arguments = split(&format!("{} {}", input("extra_args"), input("extra-args")));
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                for hook in calls::selected_hooks(collector, &arguments, &context.skipped_hooks, "") {
                    collector.call(edge(hook, &action.name));
                }
            }
            "docker/build-push-action" | "docker/bake-action" | "depot/build-push-action" => {
                for to in containers::built(collector, input("context"), input("file")) {
                    collector.call(edge(to, &action.name));
                }
            }
            "pypa/cibuildwheel" => {
                if let Some(table) = collector.find_table("cibuildwheel", "") {
                    for to in collector.tables[table].order.clone() {
                        collector.call(edge(to, &action.name));
                    }
                }
            }
            name => {
                let running = RUNNING_ACTIONS.iter().find(|(known, _)| *known == name);
                let text = running.and_then(|(_, key)| inputs?.get(key));
                if let Some(text) = text {
                    run_script(collector, Script::of_scalar(file.path, file.text, text), matrix, context);
                }
            }
        }
        collector.actions.push((action, context.clone()));
    }

    /// The unit of a composite action of the repository.
    fn local_action(&mut self, collector: &mut Collector<'_>, target: &str) -> Option<UnitId> {
        let folder = join("", target)?;
        let path = ["action.yml", "action.yaml"]
            .iter()
            .filter_map(|name| join(&folder, name))
            .find(|path| collector.facts.repository().file(path).is_some())?;
        if let Some(unit) = self.actions.get(&path) {
            return Some(*unit);
        }
        let unit = collector.unit();
        // Known before its steps are read: an action may use itself.
        self.actions.insert(path.clone(), unit);
        let document = collector.facts.documents().load(collector.facts, &path).ok()?;
        let text = collector.facts.repository().read(&path).ok()?;
        let runs = View::root(&document)?.get("runs")?;
        let file = File { path: &path, text: &text };
        let name = folder.rsplit('/').next().unwrap_or_default().to_owned();
        let own = Some(folder.clone());
        let context = Context { unit, source: "github", name, own_folder: own, ..Context::default() };
        let job = Job { context, matrix: None };
        let steps = runs.get("steps");
        for step in steps.iter().flat_map(|steps| steps.children()) {
            self.step(collector, &file, step, &job, steps);
        }
        Some(unit)
    }
}

fn action(file: &File<'_>, uses: View<'_>, inputs: Option<View<'_>>, context: &Context) -> Action {
    let target = uses.text();
    let (name, reference) = match target.strip_prefix("docker://") {
        Some(image) => (
            format!("docker://{}", image.split([':', '@']).next().unwrap_or_default()),
            image.split_once([':', '@']).map_or("", |(_, tag)| tag),
        ),
        None => {
            let (name, reference) = target.split_once('@').unwrap_or((target, ""));
            (name.to_owned(), reference)
        }
    };
    let empty = vec![Node {
        parent: 0,
        key: None,
        key_span: span(uses.span().end as usize..uses.span().end as usize),
        kind: NodeKind::Table,
        text: String::new(),
        span: span(uses.span().end as usize..uses.span().end as usize),
    }];
    Action {
        place: uses.place(file.path),
        name,
        reference: reference.to_owned(),
        inputs: inputs.filter(|inputs| inputs.kind() == NodeKind::Table).map_or(empty, View::to_value),
        job: context.name.clone(),
        triggers: Vec::new(),
        tolerated: context.tolerated,
        condition: context.condition.clone(),
    }
}

fn is_true(value: Option<View<'_>>) -> bool {
    value.is_some_and(|value| matches!(value.text().trim(), "true" | "${{ true }}"))
}

/// Whether a later step fails the job when this one failed: `if: steps.lint.outcome == 'failure'` with `exit 1`.
fn fails_later(steps: Option<View<'_>>, step: View<'_>) -> bool {
    let (Some(steps), Some(id)) = (steps, step.get("id")) else { return false };
    let outcome = format!("steps.{}.outcome", id.text());
    steps.children().any(|later| {
        let text = |key: &str| later.get(key).map_or("", View::text);
        text("if").contains(&outcome) && text("run").contains("exit 1")
    })
}

fn folder_of(text: &str) -> Option<String> {
    let text = text.trim_start_matches("${{ github.workspace }}").trim_start_matches('/');
    if text.contains("${{") { None } else { join("", text) }
}

fn default_folder(view: View<'_>) -> String {
    view.at(&["defaults", "run", "working-directory"]).and_then(|folder| folder_of(folder.text())).unwrap_or_default()
}

/// Hooks that `SKIP` in an `env` table names.
pub(super) fn skipped_hooks(view: View<'_>) -> Vec<String> {
    let skip = view.at(&["env", "SKIP"]).map_or("", View::text);
    skip.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}
