//! Databases whose data goes with their container.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

use crate::compose;
use crate::image::is_judged;

rule! {
    /// A database keeps its data in its container.
    ///
    /// The data is gone, or left in a volume without name, as soon as the container is made anew. Mount a named volume
    /// where the image keeps its data, and declare it. What the stack of a library keeps is there for its tests, and the
    /// finding is a guess.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml bad compose.yaml
    /// services:
    ///   db:  # error: the data of `db` is in no volume
    ///     image: postgres:17
    ///   search:
    ///     image: mongo:8
    ///     volumes:
    ///       - documents:/data/db  # error: the volume `documents` is not declared
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "driver"
    /// classifiers = ["Programming Language :: Python :: 3"]
    ///
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad src/driver/__init__.py
    /// ```
    /// ```yaml bad compose.yaml
    /// services:
    ///   broker:  # error: the data of `broker` is in no volume
    ///     image: rabbitmq:4
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml good compose.yaml
    /// services:
    ///   db:
    ///     image: postgres:17
    ///     volumes:
    ///       - data:/var/lib/postgresql/data
    ///   scratch:
    ///     image: mysql:9
    ///     tmpfs: /var/lib/mysql
    ///   cache:
    ///     image: redis:8
    ///   test-db:
    ///     image: postgres:17
    /// volumes:
    ///   data:
    /// ```
    pub(crate) static DATA_WITHOUT_VOLUME = {
        id: "data-without-volume",
        requirements: ["13.6.6"],
        check: Check::ComposeFiles(data_without_volume),
    }
}

fn data_without_volume(report: &mut Report, file: &ComposeFile) {
    let Some(services) = compose::services(file) else { return };
    let declared = Item::root(&file.value).and_then(|root| root.get("volumes"));
    for service in services.children() {
        let Some(name) = service.key() else { continue };
        let mounts = service.get("volumes").map(|list| list.children().collect::<Vec<_>>()).unwrap_or_default();
        for mount in &mounts {
            let source = mount.string().and_then(|text| text.split_once(':')).map(|(source, _)| source);
            let is_named = source.is_some_and(|source| {
                source.starts_with(|letter: char| letter.is_ascii_alphanumeric()) && !source.contains(['/', '\\', '$'])
            });
            let Some(source) = source.filter(|_| is_named) else { continue };
            if declared.is_none_or(|volumes| volumes.get(source).is_none()) {
                report
                    .finding(&mount.place(&file.path), format!("the volume `{source}` is not declared"))
                    .help("declare it under `volumes` at the top level");
            }
        }
        let Some(store) = compose::store(service).filter(|store| !store.data.is_empty()) else { continue };
        let is_for_tests =
            name.split(['-', '_']).any(|word| matches!(word, "test" | "tests" | "testing" | "ci" | "e2e"));
        let tmpfs = service.get("tmpfs").into_iter();
        let texts = mounts.iter().copied().chain(tmpfs).flat_map(Item::descendants).map(Item::text);
        let is_kept = texts.into_iter().any(|text| store.data.iter().any(|folder| text.contains(folder)));
        if !is_kept && !is_for_tests && service.get("profiles").is_none() {
            let finding = report
                .finding(&service.key_place(&file.path), format!("the data of `{name}` is in no volume"))
                .help(format!("mount a named volume at `{}`", store.data[0]));
            if is_of_library() {
                finding.low();
            }
        }
    }
}

/// Whether the repository is of a library, and makes no image to deploy.
fn is_of_library() -> bool {
    main_project().is_some_and(|project| project.has_profile("library"))
        && !containers::dockerfiles().iter().any(is_judged)
}
