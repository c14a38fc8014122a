//! The other CI systems, lightly: the scripts under the keys that each system runs, with the job they stand in. Their
//! conditions are not read: a job counts for pushes and pull requests, unless the file names its events.

use super::graph::{Collector, Context, UnitId, WorkflowUnit};
use super::text::Script;
use crate::facts::value::View;
use crate::plugin::wit::automation::Workflow;
use crate::plugin::wit::{NodeKind, Place};
use crate::repository::file_name;

const DEEPEST_KEYS: usize = 24;

/// How a CI system writes its jobs.
struct System {
    name: &'static str,
    /// The file's path, or `/` and its end.
    files: &'static [&'static str],
    /// Keys whose texts a shell runs.
    scripts: &'static [&'static str],
    /// Keys whose children, tables or named items, are jobs.
    jobs: &'static [&'static str],
}

const SYSTEMS: &[System] = &[
    System {
        name: "azure",
        files: &["azure-pipelines.yml", "azure-pipelines.yaml", ".azure-pipelines/", ".azure/", ".vsts-ci.yml"],
        scripts: &["script", "bash", "pwsh", "powershell"],
        jobs: &["jobs", "job"],
    },
    System {
        name: "circleci",
        files: &[".circleci/config.yml", ".circleci/config.yaml"],
        scripts: &["run", "command"],
        jobs: &["jobs", "commands"],
    },
    System {
        name: "bitbucket",
        files: &["bitbucket-pipelines.yml"],
        scripts: &["script", "after-script"],
        jobs: &["step"],
    },
    System {
        name: "travis",
        files: &[".travis.yml"],
        scripts: &["before_install", "install", "before_script", "script", "after_success", "after_script", "deploy"],
        jobs: &[],
    },
    System { name: "cirrus", files: &[".cirrus.yml"], scripts: &["*_script", "script"], jobs: &["*_task"] },
    System {
        name: "woodpecker",
        files: &[".woodpecker.yml", ".woodpecker.yaml", ".woodpecker/", ".drone.yml"],
        scripts: &["commands"],
        jobs: &["steps", "pipeline"],
    },
    System {
        name: "cloud-build",
        files: &["cloudbuild.yaml", "cloudbuild.yml", "cloudbuild.json"],
        scripts: &["script"],
        jobs: &["steps"],
    },
    System {
        name: "appveyor",
        files: &["appveyor.yml", ".appveyor.yml"],
        scripts: &[
            "install",
            "build_script",
            "test_script",
            "before_test",
            "after_test",
            "deploy_script",
            "cmd",
            "ps",
            "sh",
        ],
        jobs: &[],
    },
    System {
        name: "codebuild",
        files: &["buildspec.yml", "buildspec.yaml"],
        scripts: &["commands"],
        jobs: &["phases"],
    },
    System {
        name: "semaphore",
        files: &[".semaphore/semaphore.yml"],
        scripts: &["commands"],
        jobs: &["jobs", "blocks"],
    },
    System {
        name: "buildkite",
        files: &[".buildkite/pipeline.yml", ".buildkite/pipeline.yaml"],
        scripts: &["command", "commands"],
        jobs: &["steps"],
    },
];

pub(super) fn collect(collector: &mut Collector<'_>) {
    for system in SYSTEMS {
        let is_wanted = |path: &&str| system.files.iter().any(|file| is_file(file, path));
        let paths: Vec<&str> = collector.paths.iter().copied().filter(is_wanted).collect();
        for path in paths {
            pipeline(collector, system, path);
        }
    }
}

fn is_file(file: &str, path: &str) -> bool {
    match file.strip_suffix('/') {
        Some(folder) => {
            path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
                && (path.ends_with(".yml") || path.ends_with(".yaml"))
        }
        None => {
            path == file
                || (!file.contains('/')
                    && !path.contains("/.")
                    && file_name(path) == file
                    && path.matches('/').count() <= 2)
        }
    }
}

struct Walk<'a> {
    system: &'a System,
    path: &'a str,
    text: &'a str,
    workflow: UnitId,
    jobs: Vec<String>,
}

fn pipeline(collector: &mut Collector<'_>, system: &System, path: &str) {
    let Ok(document) = collector.facts.documents().load(collector.facts, path) else { return };
    let Ok(text) = collector.facts.repository().read(path) else { return };
    let Some(root) = View::root(&document) else { return };
    let unit = collector.unit();
    let off = |key: &str| root.get(key).is_some_and(|value| value.text() == "none");
    let mut names = vec!["push", "pull_request"];
    names.retain(|name| !(system.name == "azure" && off(if *name == "push" { "trigger" } else { "pr" })));
    if root.get("schedules").is_some() {
        names.push("schedule");
    }
    let events = collector.events.set(names);
    collector.reach(unit, events, None);
    let mut walk = Walk { system, path, text: &text, workflow: unit, jobs: Vec::new() };
    let context = Context { unit, source: system.name, name: file_name(path).to_owned(), ..Context::default() };
    walk.value(collector, root, &context, 0);
    let on = root.get("trigger").or_else(|| root.get("on")).or_else(|| root.get("when"));
    let workflow = Workflow {
        place: Place { path: path.to_owned(), span: root.children().next().unwrap_or(root).key_span() },
        system: system.name.to_owned(),
        name: root.get("name").map_or_else(|| file_name(path).to_owned(), |name| name.text().to_owned()),
        triggers: collector.events.names(events),
        jobs: walk.jobs,
        on: on.map(|on| Place { path: path.to_owned(), span: on.key_span() }),
    };
    collector.workflows.push(WorkflowUnit { unit, workflow, is_callable: false });
}

fn matches(patterns: &[&str], key: &str) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_prefix('*') {
        Some(end) => key.ends_with(end),
        None => *pattern == key,
    })
}

impl Walk<'_> {
    fn value(&mut self, collector: &mut Collector<'_>, view: View<'_>, context: &Context, depth: usize) {
        if depth > DEEPEST_KEYS {
            return;
        }
        let mut context = context.clone();
        let folder = ["workingDirectory", "working_directory", "dir"].iter().find_map(|key| view.get(key));
        if let Some(folder) = folder.map(View::text).filter(|folder| !folder.contains(['$', '~'])) {
            context.folder = crate::repository::join("", folder).unwrap_or_default();
        }
        context.tolerated |= view.get("continueOnError").is_some_and(|value| value.text() == "true");
        for child in view.children() {
            let key = child.key().unwrap_or_default();
            let is_script = matches(self.system.scripts, key);
            if is_script && !self.scripts(collector, child, &context) {
                continue;
            }
            if matches(self.system.jobs, key) {
                self.jobs_below(collector, child, &context, depth);
            } else {
                self.value(collector, child, &context, depth + 1);
            }
        }
    }

    /// Reads a script key; true when it is a table that has to be walked.
    fn scripts(&self, collector: &mut Collector<'_>, view: View<'_>, context: &Context) -> bool {
        match view.kind() {
            NodeKind::Text => {
                collector.shell(Script::of_scalar(self.path, self.text, view), context.clone());
                false
            }
            NodeKind::List => {
                for item in view.children() {
                    match item.kind() {
                        NodeKind::Text => {
                            collector.shell(Script::of_scalar(self.path, self.text, item), context.clone());
                        }
                        _ => {
                            for inner in item
                                .children()
                                .filter(|inner| matches(self.system.scripts, inner.key().unwrap_or_default()))
                            {
                                self.scripts(collector, inner, context);
                            }
                        }
                    }
                }
                false
            }
            _ => true,
        }
    }

    fn jobs_below(&mut self, collector: &mut Collector<'_>, view: View<'_>, context: &Context, depth: usize) {
        // A key for jobs holds a table or list of them, or is one itself: Azure's `- job: name`, Cirrus's `x_task`.
        let own_key = view.key().unwrap_or_default();
        let is_job = matches!(own_key, "step" | "job") || own_key.ends_with("_task");
        let jobs: Vec<View<'_>> =
            if is_job && view.kind() == NodeKind::Table { vec![view] } else { view.children().collect() };
        for job in jobs {
            let name =
                ["job", "name", "displayName", "label", "id"].iter().find_map(|key| job.get(key)).map(View::text);
            let name = job.key().filter(|key| *key != "step").or(name).unwrap_or(own_key).to_owned();
            let unit = collector.unit();
            collector.include(self.workflow, unit);
            self.jobs.push(name.clone());
            let context = Context { unit, name, ..context.clone() };
            self.value(collector, job, &context, depth + 1);
        }
    }
}
