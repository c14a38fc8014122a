//! Workflows that the standard asks for, as new files.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::{first_test, is_monorepo};

use crate::new_jobs::{Coverage, NewJobs};
use crate::workflow_edits::{reference, shifted};

const CI: &str = "name: CI

on:
  push:
    branches: [main]
  pull_request:

permissions:
  contents: read

concurrency:
  group: ${{ github.workflow }}-${{ github.ref }}
  cancel-in-progress: true

jobs:
";
const SECURITY: &str = "name: Security

on:
  schedule:
    - cron: \"0 4 * * 1\"
  workflow_dispatch:

permissions:
  contents: read

jobs:
";
const RELEASE: &str = "name: Release

on:
  push:
    tags: [\"v*\"]

permissions:
  contents: read

jobs:
";

const BUILD: &str = "build:
  runs-on: ubuntu-latest
  steps:
    - uses: {checkout}
      with:
        persist-credentials: false
    - uses: {uv}
    - run: uv build
    - uses: {upload}
      with:
        name: dist
        path: dist/";
const PUBLISH: &str = "publish:
  needs: build
  runs-on: ubuntu-latest
  environment: pypi
  permissions:
    id-token: write
  steps:
    - uses: {download}
      with:
        name: dist
        path: dist/
    - uses: {uv}
    - run: uv publish --trusted-publishing always";

/// The linter, the type checker, the tests and the security tools on every change.
pub(crate) fn ci(has_tests: bool) -> Option<Edit> {
    let path = new_path("ci")?;
    let jobs = NewJobs::of_file(&path)?;
    let test = if has_tests { jobs.test(Coverage::Sent) } else { None };
    let jobs = [jobs.lint(false), jobs.types(), test, jobs.security()];
    file(&path, CI, jobs.into_iter().flatten())
}

/// An audit of the dependencies every week.
pub(crate) fn security() -> Option<Edit> {
    let path = new_path("security")?;
    file(&path, SECURITY, NewJobs::of_file(&path)?.audit())
}

/// A package that is tested, built and published for every tag of a version.
pub(crate) fn release(project: &Project) -> Option<Edit> {
    let path = new_path("release")?;
    let manifest = repository::read(&project.path("pyproject.toml")).ok()?;
    let is_published = project.has_profile("library") && project.backend.is_some() && project.root.is_empty();
    if !is_published || is_monorepo() || manifest.contains("Private ::") {
        return None;
    }
    let actions = [
        ("{checkout}", "actions/checkout", "v4"),
        ("{uv}", "astral-sh/setup-uv", "v6"),
        ("{upload}", "actions/upload-artifact", "v4"),
        ("{download}", "actions/download-artifact", "v4"),
    ];
    let filled = |job: &str| {
        actions
            .iter()
            .fold(job.to_owned(), |job, (name, action, default)| job.replace(name, &reference(&path, action, default)))
    };
    let test = NewJobs::of_file(&path).filter(|_| first_test().is_some()).and_then(|jobs| jobs.test(Coverage::Ignored));
    let build = if test.is_some() { BUILD.replacen(":\n", ":\n  needs: test\n", 1) } else { BUILD.to_owned() };
    file(&path, RELEASE, test.into_iter().chain([filled(&build), filled(PUBLISH)]))
}

/// The path of a new workflow; none where it is taken, or where GitHub does not run the pipelines.
fn new_path(name: &str) -> Option<String> {
    let is_taken = |extension: &str| repository::exists(&format!(".github/workflows/{name}.{extension}"));
    let is_github =
        automation::workflows().iter().all(|workflow| workflow.place.path.starts_with(".github/workflows/"));
    (is_github && !is_taken("yml") && !is_taken("yaml")).then(|| format!(".github/workflows/{name}.yml"))
}

fn file(path: &str, head: &str, jobs: impl IntoIterator<Item = String>) -> Option<Edit> {
    let jobs: Vec<String> = jobs.into_iter().map(|job| shifted(&job, 2)).collect();
    (!jobs.is_empty()).then(|| edit::create(path, format!("{head}{}\n", jobs.join("\n\n"))))
}
