//! Infrastructure of a monorepo that lies beside `infra/`.

use plimsoll_sdk::paths::{parent, start};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_beside;

use crate::workspace::is_monorepo;

rule! {
    /// Terraform or Kubernetes manifests of a monorepo lie outside of `infra/`.
    ///
    /// The platform team owns one folder, and changes of infrastructure are told from changes of code by their path.
    /// Move them to `infra/`.
    ///
    /// ```toml bad packages/a/pyproject.toml
    /// [project]
    /// name = "a"
    /// ```
    /// ```python bad packages/a/src/a/__init__.py
    /// ```
    /// ```toml bad packages/b/pyproject.toml
    /// [project]
    /// name = "b"
    /// ```
    /// ```python bad packages/b/src/b/__init__.py
    /// ```
    /// ```text bad cloud/main.tf
    /// resource "x" "y" {}
    /// ```
    /// ```text expect
    /// cloud/main.tf:1: infrastructure as code in `cloud`
    /// ```
    /// ```toml good packages/a/pyproject.toml
    /// [project]
    /// name = "a"
    /// ```
    /// ```python good packages/a/src/a/__init__.py
    /// ```
    /// ```toml good packages/b/pyproject.toml
    /// [project]
    /// name = "b"
    /// ```
    /// ```python good packages/b/src/b/__init__.py
    /// ```
    /// ```yaml good infra/app.yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// ```
    pub(crate) static SCATTERED_INFRASTRUCTURE = {
        id: "scattered-infrastructure",
        requirements: ["26.3.6"],
        check: Check::Repository(scattered_infrastructure),
        confidence: Low,
        wants: [Want::Search(KINDS, MANIFESTS)],
    }
}

const KINDS: &[&str] =
    &[r"(?m)^kind:[ \t]*(?:Deployment|StatefulSet|DaemonSet|Service|CronJob|Ingress|Kustomization)[ \t]*\r?$"];
const MANIFESTS: &[&str] = &["*.yaml", "*.yml"];
/// Folders that hold infrastructure by their names.
const ACCEPTED: &[&str] = &[
    "infra",
    "infrastructure",
    "deploy",
    "deployment",
    "deployments",
    "terraform",
    "k8s",
    "kubernetes",
    "helm",
    "charts",
    "chart",
    "kustomize",
    "ops",
    "iac",
    "manifests",
    "argocd",
];

fn scattered_infrastructure(report: &mut Report) {
    if !is_monorepo() {
        return report.not_applicable("26.3.6", "no monorepo");
    }
    let files = repository::find(&["*.tf", "Chart.yaml", "kustomization.yaml"]);
    let mut paths: Vec<(String, Role)> = files.into_iter().map(|file| (file.path, file.role)).collect();
    let manifests = repository::search(KINDS, MANIFESTS);
    paths.extend(manifests.into_iter().map(|found| (found.place.path, found.role)));
    paths.retain(|(path, role)| {
        matches!(role, Role::Source | Role::Script) && !is_beside(path) && !path.starts_with('.')
    });
    paths.sort_by(|(one, _), (other, _)| one.cmp(other));
    let is_accepted = |path: &str| path.split('/').any(|part| ACCEPTED.contains(&part));
    if paths.iter().any(|(path, _)| is_accepted(path)) {
        return;
    }
    if let Some((path, _)) = paths.first().filter(|(path, _)| !path.ends_with("skaffold.yaml")) {
        let folder = match parent(path) {
            "" => "the root".to_owned(),
            folder => format!("`{folder}`"),
        };
        report.finding(&start(path), format!("infrastructure as code in {folder}")).help("move it to `infra/`");
    }
}
