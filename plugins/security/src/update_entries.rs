//! Entries of Dependabot's configuration, written from what the repository holds.

use plimsoll_sdk::paths::parent;
use plimsoll_sdk::prelude::*;

/// What Dependabot is to update, and where.
pub(crate) struct Ecosystem {
    name: &'static str,
    /// Folders of the repository, sorted.
    folders: Vec<String>,
    is_grouped: bool,
}

/// Python dependencies, with the tool that locks them.
pub(crate) fn python() -> Option<Ecosystem> {
    let locks = repository::find(&["uv.lock"]);
    let of_locks = locks.iter().filter(|file| file.role == Role::Source).map(|file| parent(&file.path).to_owned());
    let dependencies = project::dependencies(&["*"]);
    let is_grouped = dependencies.iter().any(|dependency| dependency.kind == "development");
    let declared = dependencies.iter().filter(|it| matches!(it.kind.as_str(), "runtime" | "development" | "optional"));
    let (name, folders) = match of_locks.collect::<Vec<_>>() {
        locked if locked.is_empty() => ("pip", declared.map(|it| parent(&it.place.path).to_owned()).collect()),
        locked => ("uv", locked),
    };
    Ecosystem::new(name, folders, is_grouped)
}

/// The actions of the workflows.
pub(crate) fn actions() -> Option<Ecosystem> {
    (!automation::actions(&["*"]).is_empty()).then_some(())?;
    Ecosystem::new("github-actions", vec![String::new()], false)
}

/// The base images of the Dockerfiles.
pub(crate) fn images() -> Option<Ecosystem> {
    Ecosystem::new("docker", image_folders(), false)
}

/// Folders with a Dockerfile that begins with an image of a registry.
pub(crate) fn image_folders() -> Vec<String> {
    let is_pulled =
        |stage: &Stage| stage.parent.is_none() && stage.image.as_deref().is_some_and(|image| image != "scratch");
    containers::dockerfiles()
        .iter()
        .filter(|dockerfile| dockerfile.purpose == "image" && dockerfile.stages.iter().any(is_pulled))
        .map(|dockerfile| parent(&dockerfile.path).to_owned())
        .collect()
}

impl Ecosystem {
    fn new(name: &'static str, mut folders: Vec<String>, is_grouped: bool) -> Option<Self> {
        folders.sort();
        folders.dedup();
        (!folders.is_empty()).then_some(Self { name, folders, is_grouped })
    }

    /// The entry as an item of a list in YAML, without its dash.
    pub(crate) fn entry(&self) -> String {
        let directories = match self.folders.as_slice() {
            [folder] => format!("directory: {}", directory(folder)),
            folders => {
                let items = folders.iter().map(|folder| format!("\n  - {}", directory(folder)));
                format!("directories:{}", items.collect::<String>())
            }
        };
        let groups = if self.is_grouped { "\ngroups:\n  development:\n    dependency-type: development" } else { "" };
        format!("package-ecosystem: {}\n{directories}\nschedule:\n  interval: weekly{groups}", self.name)
    }
}

/// Entries for all that the repository holds, as a list in YAML.
pub(crate) fn all() -> Option<String> {
    let ecosystems = [python()?].into_iter().chain(actions()).chain(images());
    let items = ecosystems.map(|ecosystem| format!("- {}", ecosystem.entry().replace('\n', "\n  ")));
    Some(items.collect::<Vec<_>>().join("\n"))
}

/// A folder as Dependabot writes it.
pub(crate) fn directory(folder: &str) -> String {
    format!("/{}", folder.trim_matches('/'))
}
