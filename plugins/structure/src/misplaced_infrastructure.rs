//! Infrastructure as code that does not lie in `infra/`.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// Infrastructure as code lies outside `infra/`.
    ///
    /// Who changes what runs in production should find all of it in one folder. Keep it in `infra/`; `deploy/`,
    /// `terraform/`, `k8s/`, `helm/` and the like are accepted.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```hcl bad cloud/main.tf
    /// # error: infrastructure as code in `cloud`
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```hcl good infra/main.tf
    /// ```
    pub(crate) static MISPLACED_INFRASTRUCTURE = {
        id: "misplaced-infrastructure",
        requirements: ["4.3.4"],
        check: Check::Repository(misplaced_infrastructure),
        confidence: Low,
        wants: [Want::Search(&[KIND], &["*.yaml", "*.yml"])],
    }
}

const KIND: &str =
    r"(?m)^kind: *(?:Deployment|StatefulSet|DaemonSet|Service|CronJob|Job|Ingress|Kustomization|ConfigMap)\s*$";
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
    "kustomize",
    "ops",
    ".github",
    "iac",
    "manifests",
    "argocd",
];

fn misplaced_infrastructure(report: &mut Report) {
    if layout::main_project().is_none() || layout::is_monorepo() {
        return;
    }
    let files = repository::find(&["*.tf", "Chart.yaml", "Pulumi.yaml", "cdk.json"]);
    let mut paths: Vec<(String, Role)> = files.into_iter().map(|file| (file.path, file.role)).collect();
    let manifests = repository::search(&[KIND], &["*.yaml", "*.yml"]);
    paths.extend(manifests.into_iter().map(|found| (found.place.path, found.role)));
    paths.retain(|(path, role)| {
        matches!(role, Role::Source | Role::Script) && layout::file_name(path) != "skaffold.yaml"
    });
    paths.sort_by(|(one, _), (other, _)| one.cmp(other));
    if paths.iter().any(|(path, _)| path.split('/').any(|part| ACCEPTED.contains(&part))) {
        return;
    }
    if let Some((path, _)) = paths.first() {
        let message = match layout::parent(path) {
            "" => "infrastructure as code in the root".to_owned(),
            folder => format!("infrastructure as code in `{folder}`"),
        };
        report.finding(&layout::start(path), message).help("move it to `infra/`");
    }
}
