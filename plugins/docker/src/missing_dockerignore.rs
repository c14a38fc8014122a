//! Builds without an ignore file.

use plimsoll_sdk::prelude::*;

use crate::image;

rule! {
    /// A build copies from its context without an ignore file.
    ///
    /// Everything that lies around is sent to the builder and may end up in the image: the history, local
    /// environments, secrets. Add a `.dockerignore` to the folder that is the build context.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY . .  # error: the build context has no `.dockerignore`
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY . .
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```text good .dockerignore
    /// *
    /// !src
    /// ```
    pub(crate) static MISSING_DOCKERIGNORE = {
        id: "missing-dockerignore",
        requirements: ["4.5.8", "13.7.1"],
        check: Check::Dockerfiles(missing_dockerignore),
    }
}

fn missing_dockerignore(report: &mut Report, dockerfile: &Dockerfile) {
    if !image::is_judged(dockerfile) || dockerfile.ignore_file.is_some() {
        return;
    }
    let copies = dockerfile.stages.iter().flat_map(|stage| &stage.instructions).find(|item| is_from_context(item));
    let Some(copy) = copies else { return };
    let place = if dockerfile.context.is_empty() {
        "the build context".to_owned()
    } else {
        format!("the build context `{}`", dockerfile.context)
    };
    report
        .finding(&copy.place, format!("{place} has no `.dockerignore`"))
        .help("add one that leaves out the history, environments, caches, tests and secrets");
}

/// Whether an instruction copies files from the build context.
pub(crate) fn is_from_context(item: &Instruction) -> bool {
    let is_copy = matches!(item.keyword.as_str(), "COPY" | "ADD") && !item.flags.iter().any(|(key, _)| key == "from");
    is_copy && !item.text.contains("<<") && !item.words.first().is_some_and(|word| word.contains("://"))
}
