//! What kind of work a project does beside serving requests, and on which platform it runs: batch, streams, events,
//! gRPC, Cloud Run, GKE. Added to [`super::profiles`].

use super::profiles::Profiles;
use super::{Project, Projects, inside, start_of};
use crate::facts::{Facts, Target};
use crate::plugin::wit::Role;
use crate::repository::file_name;

/// Runtime dependencies of what is deployed, and the profile that each is evidence of. A library that can talk to a
/// broker is not driven by events: these count for what is no library.
const DEPENDENCIES: &[(&str, &[&str])] = &[
    (
        "batch",
        &[
            "apache-airflow",
            "apache-beam",
            "dagster",
            "dbt-core",
            "dlt",
            "kedro",
            "luigi",
            "meltano",
            "metaflow",
            "prefect",
            "pyspark",
        ],
    ),
    (
        "event-driven",
        &[
            "aio-pika",
            "aiokafka",
            "cloudevents",
            "confluent-kafka",
            "faststream",
            "google-cloud-pubsub",
            "kafka-python",
            "kafka-python-ng",
            "nats-py",
            "pika",
        ],
    ),
    (
        "streaming",
        &[
            "aiokafka",
            "apache-flink",
            "bytewax",
            "confluent-kafka",
            "faust",
            "faust-streaming",
            "kafka-python",
            "kafka-python-ng",
            "pathway",
            "quixstreams",
        ],
    ),
    ("grpc", &["betterproto", "grpcio", "grpclib"]),
];

/// Actions that deploy, and where to.
const ACTIONS: &[(&str, &str)] =
    &[("google-github-actions/deploy-cloudrun", "cloud-run"), ("google-github-actions/get-gke-credentials", "gke")];

/// First words of commands that deploy, and where to.
const COMMANDS: &[(&[&str], &str)] = &[
    (&["gcloud", "run", "deploy"], "cloud-run"),
    (&["gcloud", "run", "services"], "cloud-run"),
    (&["gcloud", "run", "jobs"], "cloud-run"),
    (&["gcloud", "beta", "run"], "cloud-run"),
    (&["gcloud", "container", "clusters"], "gke"),
];

/// What names a platform in the manifests and plans of infrastructure, in files with these extensions.
const TEXTS: &[(&[&str], &str, &str)] = &[
    (&["yaml", "yml"], "serving.knative.dev/", "cloud-run"),
    (&["yaml", "yml"], "cloud.google.com/gke-", "gke"),
    (&["tf"], "\"google_cloud_run", "cloud-run"),
    (&["tf"], "\"google_container_cluster\"", "gke"),
];
/// Larger manifests are written by programs.
const LARGEST_MANIFEST: u64 = 64 << 10;
/// So many manifests are looked at.
const MOST_MANIFESTS: usize = 200;

/// Adds what the project works on and where it runs.
pub(super) fn add(facts: &Facts, projects: &Projects, project: &Project, target: &Target, profiles: &mut Profiles) {
    if !profiles.has("library") {
        from_dependencies(projects, project, profiles);
    }
    from_deployment(facts, target, profiles);
    from_manifests(facts, projects, project, profiles);
}

fn from_dependencies(projects: &Projects, project: &Project, profiles: &mut Profiles) {
    for dependency in projects.declared(&project.root).iter().filter(|one| one.kind == "runtime") {
        for (id, names) in DEPENDENCIES {
            if names.contains(&dependency.name.as_str()) {
                profiles.add(id, format!("it depends on {}", dependency.name), Some(dependency.place.clone()));
            }
        }
    }
}

fn from_deployment(facts: &Facts, target: &Target, profiles: &mut Profiles) {
    let automation = facts.automation();
    let names: Vec<String> = ACTIONS.iter().map(|(name, _)| (*name).to_owned()).collect();
    for action in automation.actions(facts, target, &names) {
        if let Some((_, id)) = ACTIONS.iter().find(|(name, _)| *name == action.name) {
            profiles.add(id, format!("`{}` deploys it", action.name), Some(action.place));
        }
    }
    for command in automation.commands(facts, target, &["gcloud".to_owned()]) {
        let starts = |words: &[&str]| words.iter().zip(&command.words).filter(|(word, own)| word == own).count();
        if let Some((words, id)) = COMMANDS.iter().find(|(words, _)| starts(words) == words.len()) {
            profiles.add(id, format!("`{}` deploys it", words.join(" ")), Some(command.place));
        }
    }
}

fn from_manifests(facts: &Facts, projects: &Projects, project: &Project, profiles: &mut Profiles) {
    let repository = facts.repository();
    let is_infrastructure = |path: &str| {
        let names = ["deploy", "infra", "k8s", "kubernetes", "knative", "gke", "manifests", "terraform", "cloudrun"];
        let is_named = path.split(['/', '-', '_', '.']).any(|part| names.iter().any(|name| part.starts_with(name)));
        is_named || matches!(file_name(path), "service.yaml" | "service.yml") || path.ends_with(".tf")
    };
    let folder = inside(&project.root, "");
    let candidates = repository.below(folder.trim_end_matches('/')).filter(|file| {
        TEXTS.iter().any(|(extensions, _, _)| extensions.contains(&file.path.rsplit('.').next().unwrap_or_default()))
            && file.size <= LARGEST_MANIFEST
            && is_infrastructure(&file.path)
            && projects.root_of(&file.path) == project.root
            && projects.role_of(&file.path) == Role::Source
    });
    for file in candidates.take(MOST_MANIFESTS) {
        let text = repository.read(&file.path).unwrap_or_default();
        let extension = file.path.rsplit('.').next().unwrap_or_default();
        for (extensions, sign, id) in TEXTS {
            if extensions.contains(&extension) && text.contains(sign) {
                profiles.add(id, format!("`{}` deploys there", file.path), Some(start_of(&file.path)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use crate::facts::Target;

    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let facts = sample(files);
        let projects = facts.projects().projects(&facts, &Target::Repository);
        let found: Vec<String> = projects
            .iter()
            .flat_map(|project| &project.profiles)
            .filter(|profile| !matches!(profile.id.as_str(), "application" | "containerized" | "github" | "library"))
            .map(|profile| format!("{}: {}", profile.id, profile.evidence))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn dependencies_tell_the_work() {
        let project = "[project]\nname = 'x'\ndependencies = ['confluent-kafka', 'grpcio', 'prefect>=3']\n";
        check(
            &[("pyproject.toml", project), ("x/__init__.py", "")],
            &[
                "batch: it depends on prefect",
                "event-driven: it depends on confluent-kafka",
                "grpc: it depends on grpcio",
                "streaming: it depends on confluent-kafka",
            ],
        );
        let library = "classifiers = ['A']\n[build-system]\nrequires = []\n";
        check(&[("pyproject.toml", &format!("{project}{library}")), ("x/__init__.py", "")], &[]);
    }

    #[test]
    fn deployments_tell_the_platform() {
        let workflow =
            "on: push\njobs:\n  a:\n    runs-on: u\n    steps:\n      - run: gcloud run deploy app --image x\n";
        check(
            &[("pyproject.toml", "[project]\nname = 'x'\n"), ("x.py", ""), (".github/workflows/a.yml", workflow)],
            &["cloud-run: `gcloud run deploy` deploys it"],
        );
        check(
            &[
                ("pyproject.toml", "[project]\nname = 'x'\n"),
                ("x.py", ""),
                ("infra/main.tf", "resource \"google_container_cluster\" \"main\" {}\n"),
                ("service.yaml", "apiVersion: serving.knative.dev/v1\nkind: Service\n"),
            ],
            &["cloud-run: `service.yaml` deploys there", "gke: `infra/main.tf` deploys there"],
        );
    }
}
