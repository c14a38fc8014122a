//! Whole small repositories, as rules see them.

use super::*;
use crate::facts::{Interest, git::Git};
use crate::repository::Repository;

fn facts(files: &[(&str, &str)]) -> Facts {
    let files = files.iter().map(|&(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect();
    Facts::new(Repository::from_files(files), Git::default(), Interest::default())
}

/// Compares path, purpose, context, ignore file and built stage of every Dockerfile.
fn check(files: &[(&str, &str)], expected: &[(&str, &str, &str, Option<&str>, u32)]) {
    let facts = facts(files);
    let found = facts.containers().dockerfiles(&facts, &Target::Repository);
    let found: Vec<_> = found
        .iter()
        .map(|found| (&*found.path, &*found.purpose, &*found.context, found.ignore_file.as_deref(), found.built))
        .collect();
    assert_eq!(found, expected);
}

const STAGES: &str = "FROM python:3 AS base\nCOPY pyproject.toml .\nFROM base AS prod\nFROM base AS dev\n";

#[test]
fn finds_dockerfiles_and_their_contexts() {
    check(
        &[
            (".devcontainer/Dockerfile", "FROM a"),
            (".ci/Dockerfile.browser", "FROM a"),
            ("Dockerfile.dockerignore", "*"),
            (".dockerignore", "*"),
            ("Dockerfile", "FROM a"),
            ("Dockerfile.j2", "FROM a"),
            ("api/pyproject.toml", ""),
            ("api/Dockerfile.test", STAGES),
            ("docker/worker.dockerfile", "FROM a\nCOPY . ."),
            ("docker/api/Dockerfile", "FROM a\nCOPY api/py*.toml x"),
            ("{{cookiecutter.name}}/Dockerfile", "FROM a"),
        ],
        &[
            (".ci/Dockerfile.browser", "test", "", Some(".dockerignore"), 0),
            (".devcontainer/Dockerfile", "development", "", Some(".dockerignore"), 0),
            ("Dockerfile", "image", "", Some("Dockerfile.dockerignore"), 0),
            ("api/Dockerfile.test", "test", "api", None, 2),
            ("docker/api/Dockerfile", "image", "", Some(".dockerignore"), 0),
            ("docker/worker.dockerfile", "image", "", Some(".dockerignore"), 0),
        ],
    );
}

#[test]
fn asks_scripts_what_is_built() {
    check(
        &[
            ("Makefile", "image:\n\tdocker build --target prod \\\n\t  -t x -f deploy/api.txt .\n"),
            ("deploy/api.txt", STAGES),
        ],
        &[("deploy/api.txt", "image", "", None, 1)],
    );
    check(
        &[
            ("Makefile", "image:\n\t@docker build --target prod \\\n\t  -t x -f deploy/Dockerfile .\n"),
            ("app/build.sh", "cd app && docker build --target=dev ."),
            ("app/Dockerfile", STAGES),
            ("deploy/Dockerfile", STAGES),
        ],
        &[("app/Dockerfile", "image", "app", None, 2), ("deploy/Dockerfile", "image", "", None, 1)],
    );
}

#[test]
fn reports_broken_files() {
    let facts = facts(&[("Dockerfile", "FROM a\nINSTALL b\n"), ("x.dockerfile", "ARG A\n"), (".dockerignore", "[\n")]);
    assert_eq!(facts.containers().dockerfiles(&facts, &Target::Repository).len(), 1);
    let problems: Vec<_> = facts.problems().into_iter().map(|problem| (problem.path, problem.message)).collect();
    let expected = [
        (".dockerignore", "`[` is no valid pattern"),
        ("Dockerfile", "unknown instruction `INSTALL`"),
        ("x.dockerfile", "no `FROM`"),
    ];
    assert_eq!(problems, expected.map(|(path, message)| (path.to_owned(), message.to_owned())));
}

#[test]
fn ignores_by_the_effective_file() {
    let facts = facts(&[("a/Dockerfile", "FROM a"), ("a/.dockerignore", "*\n!src"), (".dockerignore", "")]);
    let paths = ["src/x", ".env"].map(str::to_owned);
    assert_eq!(facts.containers().ignored(&facts, "a/Dockerfile", &paths), [false, true]);
    assert_eq!(facts.containers().ignored(&facts, "b/Dockerfile", &paths), [false, false]);
}

#[test]
fn asks_pipelines_before_compose_files() {
    let compose =
        "services:\n  api:\n    build:\n      context: ..\n      dockerfile: app/Dockerfile\n      target: base\n";
    let workflow = "on: push\njobs:\n  image:\n    strategy:\n      matrix:\n        include:\n          - app: app\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          file: ${{ matrix.app }}/Dockerfile\n          target: prod\n      - run: |\n          docker build -t x:${{ github.sha }} \\\n            other\n        working-directory: ./x\n";
    let files = [("app/Dockerfile", STAGES), ("docker/compose.yml", compose), ("x/other/Dockerfile", "FROM a")];
    check(&files, &[("app/Dockerfile", "image", "", None, 0), ("x/other/Dockerfile", "image", "x/other", None, 0)]);
    let with_pipeline: Vec<_> = files.into_iter().chain([(".github/workflows/image.yml", workflow)]).collect();
    check(
        &with_pipeline,
        &[("app/Dockerfile", "image", "", None, 1), ("x/other/Dockerfile", "image", "x/other", None, 0)],
    );
    let development = compose.replace("base", "dev");
    check(
        &[("app/Dockerfile", STAGES), ("docker/compose.yml", &development)],
        &[("app/Dockerfile", "image", "", None, 2)],
    );
}

#[test]
fn asks_settings_what_is_built() {
    check(
        &[
            ("fly.toml", "[build]\ndockerfile = \"a/Dockerfile\"\nbuild-target = \"prod\"\n"),
            ("a/Dockerfile", STAGES),
            (
                ".devcontainer/devcontainer.json",
                "{\"build\": {\"dockerfile\": \"../b.Dockerfile\", \"context\": \"..\"}}",
            ),
            ("b.Dockerfile", "FROM a"),
            ("cloudbuild.yaml", "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -t, x, c]\n"),
            ("c/Dockerfile", "FROM a"),
        ],
        &[
            ("a/Dockerfile", "image", "", None, 1),
            ("b.Dockerfile", "development", "", None, 0),
            ("c/Dockerfile", "image", "c", None, 0),
        ],
    );
}

#[test]
fn resolves_extends_of_the_same_file() {
    let text = "x-all: &all {restart: always}\nservices:\n  base:\n    <<: *all\n    image: a\n    ports: [1]\n    command: [x]\n    deploy: {replicas: 2, mode: global}\n  api:\n    extends: {file: compose.yaml, service: base}\n    ports: [2]\n    command: [y]\n    deploy: {replicas: 3}\n  loop:\n    extends: loop\n  far:\n    extends: {file: other.yaml, service: base}\n";
    let facts =
        facts(&[("compose.yaml", text), ("sub/docker-compose.ci.yml", "services: {}"), ("compose.x.yml", "a: 1")]);
    let files = facts.containers().compose_files(&facts, &Target::Repository);
    let names: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.purpose.as_str())).collect();
    assert_eq!(names, [("compose.yaml", "base"), ("sub/docker-compose.ci.yml", "test")]);
    let root = View::root(&files[0].value).expect("a document");
    let api = root.at(&["services", "api"]).expect("a service");
    let texts =
        |key: &str| api.get(key).map(|list| list.children().map(View::text).collect::<Vec<_>>()).unwrap_or_default();
    assert_eq!((texts("ports"), texts("command")), (vec!["1", "2"], vec!["y"]));
    assert_eq!(api.at(&["deploy", "replicas"]).map(View::text), Some("3"));
    assert_eq!(api.at(&["deploy", "mode"]).map(View::text), Some("global"));
    assert_eq!(api.get("restart").map(View::text), Some("always"));
    assert_eq!(root.at(&["services", "far", "image"]).map(View::text), None);
}

#[test]
fn survives_hostile_files() {
    let long = "RUN cat <<E".to_owned() + &"\nRUN cat <<F".repeat(20_000);
    let chain: String = (0..3_000)
        .map(|index| format!("FROM s{} AS s{index}\nCOPY --from=s{} a b\n", index - 1_i32, index / 2))
        .collect();
    let services: String = (0..2_000).map(|index| format!("  s{index}: {{extends: s{}}}\n", index + 1)).collect();
    let facts = facts(&[
        ("a.dockerfile", &long),
        ("b.dockerfile", &chain),
        ("c.dockerfile", &"\\\n#\n".repeat(50_000)),
        ("d.dockerfile", &format!("FROM {}", "${A:-".repeat(40_000))),
        ("e.dockerfile", &"x".repeat(300_000)),
        ("compose.yaml", &format!("services:\n{services}")),
    ]);
    assert_eq!(facts.containers().dockerfiles(&facts, &Target::Repository).len(), 2);
    assert_eq!(facts.containers().compose_files(&facts, &Target::Repository).len(), 1);
}
