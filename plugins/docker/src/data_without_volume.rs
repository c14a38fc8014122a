//! Databases whose data goes with their container.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

use crate::{compose, image};

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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml fixed compose.yaml
    /// services:
    ///   db:
    ///     image: postgres:17
    ///     volumes:
    ///       - db-data:/var/lib/postgresql/data
    ///   search:
    ///     image: mongo:8
    ///     volumes:
    ///       - documents:/data/db
    /// volumes:
    ///   db-data: {}
    ///   documents: {}
    /// ```
    ///
    /// From version 18 on, PostgreSQL's image keeps its data in another folder, and RabbitMQ's is named after the host:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml bad compose.yaml
    /// services:
    ///   db:  # error: the data of `db` is in no volume
    ///     image: postgres:18-alpine
    ///     volumes:
    ///       - ./init.sql:/docker-entrypoint-initdb.d/init.sql
    ///
    ///   broker:  # error: the data of `broker` is in no volume
    ///     image: rabbitmq:4-management
    ///
    /// networks:
    ///   default: {}
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml fixed compose.yaml
    /// services:
    ///   db:
    ///     image: postgres:18-alpine
    ///     volumes:
    ///       - ./init.sql:/docker-entrypoint-initdb.d/init.sql
    ///       - db-data:/var/lib/postgresql
    ///
    ///   broker:
    ///     image: rabbitmq:4-management
    ///     hostname: broker
    ///     volumes:
    ///       - broker-data:/var/lib/rabbitmq
    ///
    /// networks:
    ///   default: {}
    ///
    /// volumes:
    ///   db-data: {}
    ///   broker-data: {}
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
                    .help("declare it under `volumes` at the top level")
                    .safe_fix(declaration(file, source));
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
                .help(format!("mount a named volume at `{}`", store.data[0]))
                .unsafe_fix(mount(file, service).unwrap_or_default());
            if is_of_library() {
                finding.low();
            }
        }
    }
}

/// Declares a volume at the top level.
fn declaration(file: &ComposeFile, name: &str) -> Option<Edit> {
    let has_volumes = Item::root(&file.value)?.get("volumes").is_some();
    // Where a line is free between the parts of the file, one is before this part as well.
    let gap = !has_volumes && repository::read(&file.path).ok()?.replace('\r', "").contains("\n\n");
    if gap {
        return edit::append_lines(&file.path, &["", "volumes:", &format!("  {name}: {{}}")]);
    }
    Some(edit::set(&file.path, &["volumes", name], "{}"))
}

/// Mounts a volume of the service's name where its image keeps the data. What the container held until now is not in
/// it. None where the folder is not certain.
fn mount(file: &ComposeFile, service: Item<'_>) -> Option<Vec<Edit>> {
    let (name, image) = (service.key()?, service.get("image")?.string()?);
    let folder = data_folder(image)?;
    let volume = format!("{name}-data");
    if Item::root(&file.value)?.at(&["volumes", &volume]).is_some() {
        return None;
    }
    let mut edits = vec![
        edit::append(&file.path, &["services", name, "volumes"], format!("{volume}:{folder}")),
        declaration(file, &volume)?,
    ];
    // The folder below carries the name of the host, and a container's is another one each time.
    if folder == "/var/lib/rabbitmq" && service.get("hostname").is_none() {
        edits.insert(0, edit::set(&file.path, &["services", name, "hostname"], name));
    }
    Some(edits)
}

/// Where an image keeps its data, for the images of which it is known.
fn data_folder(image: &str) -> Option<&'static str> {
    let (name, tag) = image::name_and_tag(image);
    match name {
        "mysql" | "mariadb" | "percona" => Some("/var/lib/mysql"),
        "mongo" => Some("/data/db"),
        "rabbitmq" => Some("/var/lib/rabbitmq"),
        "postgres" | "postgis/postgis" | "pgvector/pgvector" | "timescale/timescaledb" => {
            // `17-alpine`, `0.8.1-pg17`
            let parts = || tag.split('-');
            let version = parts().find_map(|part| part.strip_prefix("pg")).or_else(|| parts().next())?;
            let major: u32 = version.split('.').next()?.parse().ok()?;
            Some(if major < 18 { "/var/lib/postgresql/data" } else { "/var/lib/postgresql" })
        }
        _ => None,
    }
}

/// Whether the repository is of a library, and makes no image to deploy.
fn is_of_library() -> bool {
    main_project().is_some_and(|project| project.has_profile("library"))
        && !containers::dockerfiles().iter().any(image::is_judged)
}
