//! Secrets in deployment files of Google Cloud.

use plimsoll_sdk::prelude::*;

rule! {
    /// A deployment file of Google Cloud holds a secret as text.
    ///
    /// Whoever can read the repository or the service's settings has it, and it can't be rotated without a release.
    /// Keep it in Secret Manager and refer to it: `secretKeyRef`, `value_source`, `--set-secrets`.
    ///
    /// ```yaml bad deploy/service.yaml
    /// apiVersion: serving.knative.dev/v1
    /// kind: Service
    /// spec:
    ///   template:
    ///     spec:
    ///       containers:
    ///         - image: europe-docker.pkg.dev/acme/app/app
    ///           env:
    ///             - name: SMTP_PASSWORD
    ///               value: 9f3c-hunter  # error: `SMTP_PASSWORD` stands here as text
    /// ```
    /// ```yaml bad .github/workflows/deploy.yml
    /// on: push
    /// jobs:
    ///   deploy:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: gcloud run deploy app --set-env-vars=API_TOKEN=8fe2c1d7  # error: `API_TOKEN` stands here as text
    /// ```
    /// ```yaml good deploy/service.yaml
    /// apiVersion: serving.knative.dev/v1
    /// kind: Service
    /// spec:
    ///   template:
    ///     spec:
    ///       containers:
    ///         - image: europe-docker.pkg.dev/acme/app/app
    ///           env:
    ///             - name: SMTP_PASSWORD
    ///               valueFrom:
    ///                 secretKeyRef:
    ///                   name: smtp
    ///                   key: latest
    ///             - name: TOKEN_TTL
    ///               value: "3600"
    ///             - name: API_TOKEN
    ///               value: ${API_TOKEN}
    /// ```
    pub(crate) static SECRET_OUTSIDE_SECRET_MANAGER = {
        id: "secret-outside-secret-manager",
        requirements: ["25.4.1"],
        check: Check::Repository(secret_outside_secret_manager),
        wants: [Want::Search(ENTRIES, FILES), Want::Search(CLOUD, FILES)],
    }
}

const ENTRIES: &[&str] = &[
    r#"name:[ \t]*["']?((?:[A-Z0-9]+_)*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIALS|SECRET_KEY))["']?[ \t]*\r?\n[ \t]*value:[ \t]*["']?[^\s"'$<{]{4,}"#,
    r#"name[ \t]*=[ \t]*"((?:[A-Z0-9]+_)*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIALS|SECRET_KEY))"[ \t]*\r?\n[ \t]*value[ \t]*=[ \t]*"[^\s"'$<{]{4,}""#,
];
const FILES: &[&str] = &["*.yaml", "*.yml", "*.tf"];
/// What shows that a file deploys to Google Cloud.
const CLOUD: &[&str] =
    &[r"pkg\.dev/|gcr\.io/|serving\.knative\.dev|run\.googleapis\.com|google_cloud_run|iam\.gserviceaccount\.com"];

fn secret_outside_secret_manager(report: &mut Report) {
    let cloud = repository::search(CLOUD, FILES);
    let commands = automation::commands(&["gcloud"]);
    if cloud.is_empty() && commands.is_empty() {
        return report.not_applicable("25.4.1", "nothing is deployed to Google Cloud");
    }
    const HELP: &str = "keep it in Secret Manager and refer to it; revoke this one";
    let is_in_cloud = |path: &str| cloud.iter().any(|found| found.place.path == path);
    for found in repository::search(ENTRIES, FILES) {
        let text = repository::read(&found.place.path).unwrap_or_default();
        let rest = text.get(found.place.span.end as usize..).unwrap_or_default();
        let Some((value, offset)) = value_after(rest) else { continue };
        if is_in_cloud(&found.place.path) && found.role == Role::Source && !is_placeholder(value) {
            let start = found.place.span.end + offset as u32;
            let span = Span { start, end: start + value.len() as u32 };
            let place = Place { path: found.place.path.clone(), span };
            report.finding(&place, format!("`{}` stands here as text", found.text)).help(HELP).medium();
        }
    }
    for command in commands.iter().filter(|command| command.has_word(&["deploy", "update"])) {
        let values = command.words.iter().enumerate().filter_map(|(index, word)| {
            let rest = word.strip_prefix("--set-env-vars").or_else(|| word.strip_prefix("--update-env-vars"))?;
            rest.strip_prefix('=').or_else(|| command.words.get(index + 1).map(String::as_str))
        });
        for pair in values.flat_map(|values| values.split(',')) {
            let Some((name, value)) = pair.split_once('=') else { continue };
            if is_secret(name) && value.len() >= 4 && !value.contains('$') && !is_placeholder(value) {
                report.finding(&command.place, format!("`{name}` stands here as text")).help(HELP).medium();
            }
        }
    }
}

fn is_secret(name: &str) -> bool {
    const ENDS: &[&str] = &["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY", "SECRET_KEY"];
    ENDS.iter().any(|end| name == *end || name.ends_with(&format!("_{end}")))
}

fn is_placeholder(value: &str) -> bool {
    const WORDS: &[&str] = &["change", "example", "xxx", "your", "placeholder", "dummy", "todo", "true", "false"];
    let lower = value.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// The value in what follows a name: `value: text` or `value = "text"`, and where it begins.
fn value_after(rest: &str) -> Option<(&str, usize)> {
    let key = rest.find("value")? + "value".len();
    let after = rest.get(key..)?;
    let skipped = after.len() - after.trim_start_matches([' ', '\t', ':', '=', '"', '\'']).len();
    let value = after.get(skipped..)?.split(['"', '\'', '\n', '\r', ' ']).next()?;
    (!value.is_empty()).then_some((value, key + skipped))
}
