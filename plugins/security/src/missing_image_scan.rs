//! Images that CI builds and does not scan.

use plimsoll_sdk::prelude::*;

use crate::gates::{IMAGES, OTHER_IMAGES, is_opaque};
use crate::workflow_edits::step_at;

const COMMENTED: &[&str] = &[r"(?m)^\s*#.*(?:trivy-action|trivy image)"];
const PIPELINES: &[&str] = &["/.github/workflows/*.yml", "/.github/workflows/*.yaml", "/.gitlab-ci.yml"];

rule! {
    /// CI builds an image and does not scan it.
    ///
    /// The system packages of a base image carry vulnerabilities of their own. Scan the image after it is built, with
    /// Trivy. An image that is never pushed and runs once, to make the artifacts of a release, is no product by itself:
    /// the finding warns at most.
    ///
    /// ```text bad Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: docker/build-push-action@v6  # error: the image is not scanned
    ///         with:
    ///           tags: app:latest
    ///
    ///       - run: echo done
    /// ```
    /// ```text fixed Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: docker/build-push-action@v6
    ///         with:
    ///           tags: app:latest
    ///           load: true
    ///       - uses: aquasecurity/trivy-action@57a97c7e7821a5776cebc9bb87c984fa69cba8f1 # v0.35.0
    ///         with:
    ///           image-ref: app:latest
    ///           scanners: vuln,secret,misconfig
    ///           severity: CRITICAL,HIGH
    ///           exit-code: 1
    ///
    ///       - run: echo done
    /// ```
    /// ```text good Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: docker/build-push-action@v6
    ///       - uses: aquasecurity/trivy-action@0.28.0
    ///         with:
    ///           image-ref: app
    /// ```
    ///
    /// A command that names its image is followed by a scan as well.
    ///
    /// ```text bad Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: |
    ///           docker build --tag app .  # error: the image is not scanned
    ///           docker run --rm app --version
    ///       - run: docker push app
    /// ```
    /// ```text fixed Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: |
    ///           docker build --tag app .
    ///           docker run --rm app --version
    ///       - uses: aquasecurity/trivy-action@57a97c7e7821a5776cebc9bb87c984fa69cba8f1 # v0.35.0
    ///         with:
    ///           image-ref: app
    ///           scanners: vuln,secret,misconfig
    ///           severity: CRITICAL,HIGH
    ///           exit-code: 1
    ///       - run: docker push app
    /// ```
    ///
    /// A scan of the files is no scan of the image.
    ///
    /// ```text bad Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: docker compose build  # error: the image is not scanned
    ///       - uses: aquasecurity/trivy-action@0.28.0
    ///         with:
    ///           scan-type: fs
    /// ```
    /// ```text bad Dockerfile
    /// FROM python:3.12-slim
    /// ENTRYPOINT ["pyinstaller", "app.spec"]
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: docker build -t packager .  # error: the image is not scanned
    ///       - run: docker run --rm -v ./dist:/dist packager
    /// ```
    pub(crate) static MISSING_IMAGE_SCAN = {
        id: "missing-image-scan",
        requirements: ["3.1.5", "9.4.1", "12.5.4"],
        check: Check::Repository(missing_image_scan),
        wants: [Want::Search(COMMENTED, PIPELINES)],
    }
}

fn missing_image_scan(report: &mut Report) {
    let requirements = ["3.1.5", "9.4.1", "12.5.4"];
    let has_image =
        containers::dockerfiles().iter().any(|dockerfile| dockerfile.python && dockerfile.purpose == "image");
    let actions = automation::actions(&["docker/build-push-action", "docker/bake-action", "depot/build-push-action"]);
    let commands = automation::commands(&["docker", "buildah", "kaniko", "pack"]);
    let is_build = |command: &&Command| command.is_in_ci() && command.has_word(&["build", "buildx", "bake", "bud"]);
    let is_thrown_away = |build: &&Command| is_thrown_away(build, &commands);
    let kept = commands.iter().filter(is_build).find(|build| !is_thrown_away(build));
    let build = kept.or_else(|| commands.iter().find(is_build));
    let pushed = actions.iter().find(|action| !action.triggers.is_empty());
    let place = pushed.map(|action| &action.place).or(build.map(|command| &command.place));
    let Some(place) = place.filter(|_| has_image) else {
        for requirement in requirements {
            report.not_applicable(requirement, "CI builds no image that runs Python");
        }
        return;
    };
    if !IMAGES.runs_in_ci().is_empty() || is_opaque(report, &requirements) {
        return;
    }
    let mut finding = report
        .finding(place, "the image is not scanned")
        .help("scan it with `aquasecurity/trivy-action` after it is built")
        .unsafe_fix(match (pushed, kept) {
            (Some(action), _) => scan_of_action(action).unwrap_or_default(),
            (None, Some(command)) => scan_of_command(command).into_iter().collect(),
            (None, None) => Vec::new(),
        });
    if let Some(comment) = repository::search(COMMENTED, PIPELINES).first() {
        finding = finding.related(&comment.place, "the scan is commented out");
    }
    if let Some(other) = OTHER_IMAGES.runs_in_ci().first() {
        finding.related(&other.place, "another scanner looks at it").low();
    } else if pushed.is_none() && kept.is_none() {
        finding.medium();
    }
}

const TRIVY: &str = "uses: aquasecurity/trivy-action@57a97c7e7821a5776cebc9bb87c984fa69cba8f1 # v0.35.0
with:
  IMAGE
  scanners: vuln,secret,misconfig
  severity: CRITICAL,HIGH
  exit-code: 1";

/// A scan behind the step that builds an image, where its name is certain: it is loaded unless it is pushed.
fn scan_of_action(action: &Action) -> Option<Vec<Edit>> {
    let inputs = Item::root(&action.inputs)?;
    let step = step_at(&action.place).filter(|step| step.item().is_some_and(|step| step.get("if").is_none()))?;
    let input = |name: &str| inputs.get(name).map_or("", |input| input.text().trim());
    if action.name != "docker/build-push-action" {
        return None;
    }
    let exported = input("outputs").strip_prefix("type=docker,dest=").filter(|file| !file.contains([',', '\n', '$']));
    if let Some(file) = exported {
        return Some(vec![step.followed_by(&TRIVY.replace("IMAGE", &format!("input: {file}")))?]);
    }
    let is_there = input("push") == "true" || input("load") == "true";
    let is_off = |name: &str| matches!(input(name), "" | "false");
    let is_loadable = is_off("push") && is_off("load") && !input("platforms").contains([',', '\n', '$']);
    if !input("outputs").is_empty() || !is_there && !is_loadable {
        return None;
    }
    let mut edits = Vec::new();
    if !is_there {
        edits.push(step.set_input("load", "true"));
    }
    let image = match input("tags") {
        "" => {
            let name = project::projects().into_iter().find_map(|project| project.name)?;
            edits.push(step.set_input("tags", &name));
            name
        }
        tags => image(tags)?,
    };
    edits.push(step.followed_by(&TRIVY.replace("IMAGE", &format!("image-ref: {image}")))?);
    Some(edits)
}

/// The first of some tags; none where another step than that of the metadata action makes them.
fn image(tags: &str) -> Option<String> {
    let first = tags.lines().next()?.split(',').next()?.trim();
    let id = first.strip_prefix("${{ steps.").and_then(|rest| rest.strip_suffix(".outputs.tags }}"));
    match id {
        Some(id) => Some(format!("${{{{ fromJSON(steps.{id}.outputs.json).tags[0] }}}}")),
        None if first.contains("steps.") || first.matches("${{").count() != first.matches("}}").count() => None,
        None => Some(first.to_owned()),
    }
}

/// A scan behind the step whose command builds an image, where that is loaded and its name is written out.
fn scan_of_command(command: &Command) -> Option<Edit> {
    let step = step_at(&command.place)?;
    let is_plain = step.item()?.get("run").is_some() && step.item()?.get("if").is_none();
    let is_local = command.program() == "docker"
        && command.words.get(1).is_some_and(|word| word == "build")
        && !command.has_word(&["--push", "--output", "-o"]);
    let mut flags = command.words.iter().zip(command.words.iter().skip(1));
    let (_, tag) = flags.find(|(flag, _)| matches!(flag.as_str(), "-t" | "--tag"))?;
    let is_certain = is_plain && is_local && !tag.contains(['$', '{', '`']);
    is_certain.then(|| step.followed_by(&TRIVY.replace("IMAGE", &format!("image-ref: {tag}"))))?
}

/// Whether an image is built to run once and leave its work in a folder: it is never pushed.
fn is_thrown_away(build: &Command, commands: &[Command]) -> bool {
    let mut flags = build.words.iter().zip(build.words.iter().skip(1));
    let tag = flags.find(|(flag, _)| matches!(flag.as_str(), "-t" | "--tag")).map(|(_, tag)| without_version(tag));
    let runs_once = |command: &Command| {
        command.has_word(&["run"])
            && command.has_word(&["--rm"])
            && command.has_word(&["-v", "--volume", "--mount"])
            && command.words.iter().any(|word| Some(without_version(word)) == tag)
    };
    let is_push = |command: &Command| command.has_word(&["push", "--push"]);
    tag.is_some() && commands.iter().any(runs_once) && !commands.iter().any(is_push)
}

/// The name of an image without its version.
fn without_version(image: &str) -> &str {
    image.rsplit_once(':').filter(|(_, version)| !version.contains('/')).map_or(image, |(name, _)| name)
}
