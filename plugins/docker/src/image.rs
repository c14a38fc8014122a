//! What the rules about Dockerfiles share: which images are judged, what they are based on, and what they start.

use plimsoll_sdk::prelude::*;

/// Programs that serve requests.
pub(crate) const SERVERS: &[&str] = &[
    "uvicorn",
    "granian",
    "gunicorn",
    "hypercorn",
    "fastapi",
    "daphne",
    "uwsgi",
    "flask",
    "streamlit",
    "waitress-serve",
];
/// Programs that run jobs until they are told to stop.
pub(crate) const WORKERS: &[&str] = &["celery", "arq", "dramatiq", "rq", "faststream", "taskiq"];

/// Registries that serve Docker Hub's own images under another name.
const MIRRORS: &[&str] = &[
    "docker.io/library/",
    "docker.io/",
    "index.docker.io/library/",
    "mirror.gcr.io/library/",
    "mirror.gcr.io/",
    "public.ecr.aws/docker/library/",
    "library/",
];

/// Folders that hold what is beside the product, by their whole name.
const BESIDE: &[&str] = &[
    "testdata",
    "fixtures",
    "samples",
    "doc",
    "docs",
    "bench",
    "benchmarks",
    "benchmark",
    "vendor",
    "vendored",
    "third_party",
    "packaging",
];
/// The same by one word of their name: `project_template`.
const BESIDE_WORDS: &[&str] = &["test", "tests", "testing", "example", "examples", "template", "templates"];
/// Folders of tools, that hold images to work in and sometimes those of the product.
const TOOLS: &[&str] = &["scripts", "tools", "dev"];

/// Whether the rules judge a Dockerfile: it makes an image of the product, and the image runs Python.
pub(crate) fn is_judged(dockerfile: &Dockerfile) -> bool {
    dockerfile.python
        && dockerfile.purpose == "image"
        && !is_beside(&dockerfile.path)
        && !is_for_development(dockerfile)
}

/// Whether a file lies in a folder beside the product: tests, scripts, examples, templates, editors' settings.
pub(crate) fn is_beside(path: &str) -> bool {
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    // `docs.Dockerfile`, `Dockerfile.docs`
    let is_named = file.split('.').any(|word| matches!(word, "docs" | "doc" | "benchmark" | "example"));
    is_named
        || folders.split('/').filter(|folder| !folder.is_empty()).any(|folder| {
            let mut words = folder.split(|letter: char| !letter.is_ascii_alphanumeric());
            folder.starts_with('.') || BESIDE.contains(&folder) || words.any(|word| BESIDE_WORDS.contains(&word))
        })
}

/// Whether an image starts nothing, and its folder or what it installs says that people work in it.
fn is_for_development(dockerfile: &Dockerfile) -> bool {
    let is_tool = dockerfile.path.split('/').any(|folder| TOOLS.contains(&folder));
    starts(dockerfile).is_empty()
        && (is_tool
            || instructions(dockerfile, "RUN").iter().any(|run| {
                ["--group dev", "--group=dev", "--all-groups", "requirements-dev", "requirements/dev", ".[dev]"]
                    .iter()
                    .any(|words| run.text.contains(words))
            }))
}

/// The scripts of the repository that an image starts, as path and text; also those that it copies to another name.
pub(crate) fn scripts(dockerfile: &Dockerfile) -> Vec<(String, String)> {
    let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let mut copies = instructions(dockerfile, "COPY");
    copies.extend(instructions(dockerfile, "ADD"));
    let mut found: Vec<(String, String)> = Vec::new();
    for word in starts(dockerfile).iter().flat_map(|start| &start.words).flat_map(|word| word.split_whitespace()) {
        let name = last(word);
        if !word.contains('/') && !name.ends_with(".sh") && !name.contains("entrypoint") {
            continue;
        }
        let renamed = copies.iter().filter_map(|copy| match copy.words.as_slice() {
            [source, target] if last(target) == name => Some(last(source)),
            _ => None,
        });
        for name in renamed.chain([name.clone()]).filter(|name| !name.is_empty() && !name.contains('*')) {
            for file in repository::find(&[&name]) {
                if let Ok(text) = repository::read(&file.path)
                    && found.iter().all(|(path, _)| *path != file.path)
                {
                    found.push((file.path, text));
                }
            }
        }
    }
    found
}

/// Whether a manifest may be the one that runs an image, as far as the names of files and folders tell.
pub(crate) fn may_be_run_by(dockerfile: &Dockerfile, manifest: &str) -> bool {
    const HOUSINGS: &[&str] = &["", "docker", "app", "backend", "server", "api", "src", "build", "deploy"];
    let folder = dockerfile.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let name = folder.rsplit('/').next().unwrap_or_default();
    HOUSINGS.contains(&name) || manifest.contains(name)
}

/// The name of an image without registry mirror and digest, and its tag.
pub(crate) fn name_and_tag(image: &str) -> (&str, &str) {
    let image = image.split('@').next().unwrap_or(image);
    let image = MIRRORS.iter().find_map(|mirror| image.strip_prefix(mirror)).unwrap_or(image);
    let (name, tag) = match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (image, ""),
    };
    (if name.ends_with("/python") && !name.contains("lambda") { "python" } else { name }, tag)
}

/// The stage that an image starts from, with the image's name and tag; none for what can't be known.
pub(crate) fn base(dockerfile: &Dockerfile) -> Option<(&Stage, &str, &str)> {
    let first = *dockerfile.built_chain().first()?;
    let (name, tag) = name_and_tag(first.image.as_deref()?);
    Some((first, name, tag))
}

/// Whether the image starts from a public image of which it is known that it sets nothing up: no user, no variables.
pub(crate) fn has_plain_base(dockerfile: &Dockerfile) -> bool {
    const PLAIN: &[&str] =
        &["python", "debian", "ubuntu", "alpine", "ghcr.io/astral-sh/uv", "fedora", "rockylinux", "almalinux"];
    base(dockerfile).is_some_and(|(_, name, tag)| PLAIN.contains(&name) && !tag.contains("nonroot"))
}

/// The instructions of one kind in the stages that make the image, in order.
pub(crate) fn instructions<'a>(dockerfile: &'a Dockerfile, keyword: &str) -> Vec<&'a Instruction> {
    let chain = dockerfile.built_chain();
    chain.iter().flat_map(|stage| &stage.instructions).filter(|item| item.keyword == keyword).collect()
}

/// Whether a stage builds anything; one that only names an image to copy a program from does not.
pub(crate) fn builds(stage: &Stage) -> bool {
    stage.instructions.iter().any(|item| matches!(item.keyword.as_str(), "RUN" | "COPY"))
}

/// Whether a stage beside those that make the image builds something for it.
pub(crate) fn has_builder(dockerfile: &Dockerfile) -> bool {
    let chain = dockerfile.built_chain();
    let is_own = |stage: &Stage| chain.iter().any(|own| own.place.span.start == stage.place.span.start);
    dockerfile.stages.iter().any(|stage| stage.needed && builds(stage) && !is_own(stage))
}

/// What the image starts: the last ENTRYPOINT and the last CMD.
pub(crate) fn starts(dockerfile: &Dockerfile) -> Vec<&Instruction> {
    ["ENTRYPOINT", "CMD"].iter().filter_map(|keyword| instructions(dockerfile, keyword).pop()).collect()
}

/// Whether a command names one of these programs, by name or by path.
pub(crate) fn runs(words: &[String], programs: &[&str]) -> bool {
    words.iter().flat_map(|word| word.split_whitespace()).any(|word| {
        let name = word.rsplit('/').next().unwrap_or(word);
        programs.contains(&name)
    })
}
