//! Workflows of GitHub (and of Forgejo and Gitea, which read the same language): jobs, steps, triggers, composite
//! actions and reusable workflows of the repository. A called workflow or action is read once for each set of inputs that
//! it is called with.

use std::collections::BTreeMap;

use super::events::{events_of, triggers};
use super::graph::{ALL, Collector, Context, Edge, UnitId, WorkflowUnit};
use super::text::{Script, span};
use super::values::{Inputs, Values, inputs_of};
use super::words::split;
use super::{calls, containers};
use crate::facts::value::View;
use crate::plugin::wit::automation::{Action, Opaque, Workflow};
use crate::plugin::wit::{Node, NodeKind, Place};
use crate::repository::{file_name, inside_folder, join, parent};

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

/// Calls of one file with different inputs that are told apart; GitHub's own limit on the depth of calls.
const MOST_CALLS: usize = 64;
const DEEPEST_CALL: usize = 10;

/// A workflow or action file that is being read.
struct File<'a> {
    path: &'a str,
    text: &'a str,
}

/// What a job hands to its steps.
#[derive(Clone)]
struct Job<'a> {
    context: Context,
    /// Where its steps run; several when a value of the matrix says where.
    folders: Vec<String>,
    values: Values<'a>,
    /// Calls on the way to it.
    depth: usize,
}

/// A workflow or one call of it.
struct Run<'a> {
    unit: UnitId,
    inputs: &'a Inputs,
    depth: usize,
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
    let mut reader = Reader { workflows: units, calls: BTreeMap::new() };
    for path in &paths {
        reader.register(collector, path);
    }
    for path in &paths {
        reader.started(collector, path);
    }
    // What only others call, and no one here does, is read by its defaults.
    for path in &paths {
        if !reader.is_called(path) {
            reader.uncalled(collector, path);
        }
    }
}

struct Reader {
    workflows: BTreeMap<String, UnitId>,
    /// Units of called workflows and actions by their path and the inputs of the call.
    calls: BTreeMap<(String, Inputs), UnitId>,
}

impl Reader {
    /// Makes a workflow known, with the events that start it.
    fn register(&mut self, collector: &mut Collector<'_>, path: &str) {
        let Ok(document) = collector.facts.documents().load(collector.facts, path) else { return };
        let Some(root) = View::root(&document) else { return };
        let unit = self.workflows[path];
        let on = on(root);
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
    }

    /// Reads the jobs of a workflow that events start.
    fn started(&mut self, collector: &mut Collector<'_>, path: &str) {
        let unit = self.workflows[path];
        if collector.events_of(unit) != 0 {
            self.by_defaults(collector, path, "workflow_dispatch", unit);
        }
    }

    fn is_called(&self, path: &str) -> bool {
        self.calls.range((path.to_owned(), Inputs::new())..).next().is_some_and(|((called, _), _)| called == path)
    }

    /// Reads the jobs of a workflow that nothing here starts or calls.
    fn uncalled(&mut self, collector: &mut Collector<'_>, path: &str) {
        let unit = self.workflows[path];
        if collector.events_of(unit) == 0 {
            self.by_defaults(collector, path, "workflow_call", unit);
        }
    }

    fn by_defaults(&mut self, collector: &mut Collector<'_>, path: &str, event: &str, unit: UnitId) {
        let Ok(document) = collector.facts.documents().load(collector.facts, path) else { return };
        let Some(root) = View::root(&document) else { return };
        let declared = on(root).and_then(|on| on.at(&[event, "inputs"]));
        let inputs = inputs_of(declared, None, Values { inputs: &Inputs::new(), matrix: None });
        self.jobs(collector, path, root, &Run { unit, inputs: &inputs, depth: 0 });
    }

    fn jobs(&mut self, collector: &mut Collector<'_>, path: &str, root: View<'_>, run: &Run<'_>) {
        let Ok(text) = collector.facts.repository().read(path) else { return };
        let file = File { path, text: &text };
        let values = Values { inputs: run.inputs, matrix: None };
        let folders = default_folders(root, values).unwrap_or_else(|| vec![String::new()]);
        let skipped = skipped_hooks(root);
        for job in root.get("jobs").iter().flat_map(|jobs| jobs.children()) {
            self.job(collector, &file, run, job, &folders, &skipped);
        }
    }

    fn job(
        &mut self,
        collector: &mut Collector<'_>,
        file: &File<'_>,
        run: &Run<'_>,
        job: View<'_>,
        folders: &[String],
        skipped: &[String],
    ) {
        let unit = collector.unit();
        collector.include(run.unit, unit);
        let condition = job.get("if").map(|condition| condition.text().to_owned());
        let mut skipped_hooks = skipped_hooks(job);
        skipped_hooks.extend_from_slice(skipped);
        let context = Context {
            unit,
            source: "github",
            name: job.key().unwrap_or_default().to_owned(),
            events: condition.as_deref().and_then(|condition| events_of(collector, condition)),
            condition,
            tolerated: is_true(job.get("continue-on-error")),
            skipped_hooks,
            ..Context::default()
        };
        let values = Values { inputs: run.inputs, matrix: job.at(&["strategy", "matrix"]) };
        let folders = default_folders(job, values).unwrap_or_else(|| folders.to_vec());
        let job_facts = Job { context, folders, values, depth: run.depth };
        if let Some(uses) = job.get("uses") {
            self.called_workflow(collector, file, uses, job, &job_facts);
        }
        let steps = job.get("steps");
        // A folder into which another repository was checked out; its commands are not about this one.
        let mut foreign: Option<String> = None;
        for step in steps.iter().flat_map(|steps| steps.children()) {
            if let Some(folder) = checked_out(collector, step) {
                foreign = folder;
            }
            let own = step.get("working-directory").and_then(|folder| folders_of(folder.text(), job_facts.values));
            let folders = own.as_ref().unwrap_or(&job_facts.folders);
            let is_foreign =
                foreign.as_ref().is_some_and(|foreign| folders.iter().all(|it| inside_folder(it, foreign)));
            if !is_foreign || step.get("run").is_none() {
                self.step(collector, file, step, &job_facts, steps);
            }
        }
    }

    /// A job that is another workflow.
    fn called_workflow(
        &mut self,
        collector: &mut Collector<'_>,
        file: &File<'_>,
        uses: View<'_>,
        job: View<'_>,
        caller: &Job<'_>,
    ) {
        let (target, context) = (uses.text(), &caller.context);
        if let Some(path) = target.strip_prefix("./") {
            if let Some(&workflow) = self.workflows.get(path) {
                let edge = |to, label| Edge {
                    from: context.unit,
                    to,
                    label,
                    events: context.events.unwrap_or(ALL),
                    tolerated: context.tolerated,
                };
                let label = Some(target.to_owned());
                if let Some(to) = self.call_of_workflow(collector, path, job.get("with"), caller) {
                    collector.call(edge(to, label.clone()));
                }
                // One that has no events of its own has no jobs of its own either: it shares those of its calls.
                if collector.events_of(workflow) == 0 {
                    collector.call(edge(workflow, label));
                }
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

    /// The unit of a call of a workflow of the repository.
    fn call_of_workflow(
        &mut self,
        collector: &mut Collector<'_>,
        path: &str,
        given: Option<View<'_>>,
        caller: &Job<'_>,
    ) -> Option<UnitId> {
        let document = collector.facts.documents().load(collector.facts, path).ok()?;
        let root = View::root(&document)?;
        let declared = on(root).and_then(|on| on.at(&["workflow_call", "inputs"]));
        let inputs = inputs_of(declared, given, caller.values);
        let (unit, is_new) = self.call(collector, path, &inputs, caller.depth)?;
        if is_new {
            self.jobs(collector, path, root, &Run { unit, inputs: &inputs, depth: caller.depth + 1 });
        }
        Some(unit)
    }

    /// The unit of a call of a file with these inputs, and whether it is the first such call. It is known before the
    /// file is read, which may call itself.
    fn call(
        &mut self,
        collector: &mut Collector<'_>,
        path: &str,
        inputs: &Inputs,
        depth: usize,
    ) -> Option<(UnitId, bool)> {
        let key = (path.to_owned(), inputs.clone());
        if let Some(unit) = self.calls.get(&key) {
            return Some((*unit, false));
        }
        let others = self.calls.range((path.to_owned(), Inputs::new())..).take_while(|((other, _), _)| other == path);
        let others: Vec<UnitId> = others.map(|(_, unit)| *unit).collect();
        if others.len() >= MOST_CALLS {
            return others.first().map(|unit| (*unit, false));
        }
        if depth >= DEEPEST_CALL {
            return None;
        }
        let unit = collector.unit();
        self.calls.insert(key, unit);
        Some((unit, true))
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
        let own = step.get("working-directory").and_then(|folder| folders_of(folder.text(), job.values));
        let folders = own.as_ref().unwrap_or(&job.folders);
        context.folder = folders.first().cloned().unwrap_or_default();
        if let Some(run) = step.get("run") {
            let shell = step.get("shell").map_or("", View::text);
            context.is_windows = shell.starts_with("pwsh") || shell.starts_with("powershell") || shell == "cmd";
            if !shell.starts_with("python") && !shell.starts_with("node") {
                let script = Script::of_scalar(file.path, file.text, run);
                for folder in folders {
                    let context = Context { folder: folder.clone(), ..context.clone() };
                    job.values.run(collector, script.clone(), &context);
                }
            }
        }
        if let Some(uses) = step.get("uses") {
            self.used_action(collector, file, uses, step, &Job { context, ..job.clone() });
        }
    }

    fn used_action(
        &mut self,
        collector: &mut Collector<'_>,
        file: &File<'_>,
        uses: View<'_>,
        step: View<'_>,
        job: &Job<'_>,
    ) {
        let (target, context) = (uses.text(), &job.context);
        let events = context.events.unwrap_or(ALL);
        let edge = |to: UnitId, label: &str| Edge {
            from: context.unit,
            to,
            label: Some(label.to_owned()),
            events,
            tolerated: context.tolerated,
        };
        if target.starts_with("./") || target == "." {
            if let Some(to) = self.local_action(collector, target, step.get("with"), job) {
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
                    job.values.run(collector, Script::of_scalar(file.path, file.text, text), context);
                }
            }
        }
        collector.actions.push((action, context.clone()));
    }

    /// The unit of a use of a composite action of the repository.
    fn local_action(
        &mut self,
        collector: &mut Collector<'_>,
        target: &str,
        given: Option<View<'_>>,
        caller: &Job<'_>,
    ) -> Option<UnitId> {
        let folder = join("", target)?;
        let path = ["action.yml", "action.yaml"]
            .iter()
            .filter_map(|name| join(&folder, name))
            .find(|path| collector.facts.repository().file(path).is_some())?;
        let document = collector.facts.documents().load(collector.facts, &path).ok()?;
        let root = View::root(&document)?;
        let inputs = inputs_of(root.get("inputs"), given, caller.values);
        let (unit, is_new) = self.call(collector, &path, &inputs, caller.depth)?;
        if !is_new {
            return Some(unit);
        }
        let text = collector.facts.repository().read(&path).ok()?;
        let file = File { path: &path, text: &text };
        let name = folder.rsplit('/').next().unwrap_or_default().to_owned();
        let own = Some(folder.clone());
        let context = Context { unit, source: "github", name, own_folder: own, ..Context::default() };
        let values = Values { inputs: &inputs, matrix: None };
        let job = Job { context, folders: vec![String::new()], values, depth: caller.depth + 1 };
        let steps = root.at(&["runs", "steps"]);
        for step in steps.iter().flat_map(|steps| steps.children()) {
            self.step(collector, &file, step, &job, steps);
        }
        Some(unit)
    }
}

/// What a step that checks out a repository leaves in the work space: the folder of another repository, or only this one.
/// None for any other step.
fn checked_out(collector: &Collector<'_>, step: View<'_>) -> Option<Option<String>> {
    let action = step.get("uses")?.text();
    if !action.starts_with("actions/checkout@") {
        return None;
    }
    let input = |name: &str| step.at(&["with", name]).map_or("", View::text);
    let repository = input("repository");
    let name = repository.rsplit('/').next().unwrap_or_default().to_lowercase().replace('_', "-");
    let projects = collector.facts.projects().all();
    let is_own = projects
        .iter()
        .filter_map(|project| project.name.as_deref())
        .any(|own| own.to_lowercase().replace('_', "-") == name);
    if repository.is_empty() || repository.contains("${{") || is_own {
        return if input("path").is_empty() { Some(None) } else { None };
    }
    join("", input("path")).map(Some)
}

/// The table of triggers. YAML 1.1 reads its key as a boolean.
fn on(root: View<'_>) -> Option<View<'_>> {
    root.get("on").or_else(|| root.get("true"))
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

/// The folders that a text names; none when they are not known.
fn folders_of(text: &str, values: Values<'_>) -> Option<Vec<String>> {
    let folders: Vec<String> = values
        .texts(text)
        .iter()
        .map(|text| text.trim_start_matches("${{ github.workspace }}").trim_start_matches('/'))
        .filter(|text| !text.contains("${{"))
        .filter_map(|text| join("", text))
        .collect();
    (!folders.is_empty()).then_some(folders)
}

fn default_folders(view: View<'_>, values: Values<'_>) -> Option<Vec<String>> {
    folders_of(view.at(&["defaults", "run", "working-directory"])?.text(), values)
}

/// Hooks that `SKIP` in an `env` table names.
pub(super) fn skipped_hooks(view: View<'_>) -> Vec<String> {
    let skip = view.at(&["env", "SKIP"]).map_or("", View::text);
    skip.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}
