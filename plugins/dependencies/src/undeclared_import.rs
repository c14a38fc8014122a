//! Packages that production code imports and that only developers have.

use std::collections::BTreeSet;

use plimsoll_sdk::paths::file_name;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;

use crate::groups::is_of_development;

rule! {
    /// Production code imports a package that only developers install.
    ///
    /// It works on every machine of a developer and fails in production. Move the package to `project.dependencies`, or
    /// import it where it is optional.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["pyyaml>=6"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// import yaml  # error: `pyyaml` is installed for development only
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["pyyaml>=6"]
    /// [dependency-groups]
    /// dev = ["rich>=13"]
    /// ```
    /// ```python good src/app/__init__.py
    /// import yaml
    /// try:
    ///     import rich
    /// except ImportError:
    ///     rich = None
    ///
    /// def show():
    ///     import rich.table
    /// ```
    ///
    /// A script beside the package is for those who develop it:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["faker>=26"]
    /// ```
    /// ```python good app/__init__.py
    /// ```
    /// ```python good populate.py
    /// from faker import Faker
    ///
    /// if __name__ == "__main__":
    ///     print(Faker().name())
    /// ```
    ///
    /// So is what a module does when it is started by hand:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["requests>=2"]
    /// ```
    /// ```python good src/app/emoji.py
    /// EMOJI = {}
    ///
    /// if __name__ == "__main__":
    ///     import requests
    ///
    ///     print(requests.get("https://unicode.example").text)
    /// ```
    ///
    /// AWS Lambda brings boto3:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["boto3>=1"]
    /// ```
    /// ```python good src/app/handler.py
    /// import boto3
    ///
    /// def lambda_handler(event, context):
    ///     return boto3.client("sts").get_caller_identity()
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// A module that needs an extra may have the package from there:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [project.optional-dependencies]
    /// server = ["fastmcp>=3"]
    /// [dependency-groups]
    /// dev = ["pydantic>=2"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good src/app/tools.py
    /// from fastmcp.exceptions import ToolError
    /// from pydantic import Field
    /// ```
    pub(crate) static UNDECLARED_IMPORT = {
        id: "undeclared-import",
        requirements: ["5.3.1"],
        check: Check::Project(undeclared_import),
        roles: [Role::Source],
        wants: [Want::Imports(MODULES)],
    }
}

/// Distributions that are often in groups of developers, and what they are imported as. A distribution that is not here
/// is not judged.
const KNOWN: &[(&str, &str)] = &[
    ("pyyaml", "yaml"),
    ("python-dotenv", "dotenv"),
    ("requests", "requests"),
    ("httpx", "httpx"),
    ("rich", "rich"),
    ("click", "click"),
    ("typer", "typer"),
    ("jinja2", "jinja2"),
    ("numpy", "numpy"),
    ("pandas", "pandas"),
    ("pillow", "PIL"),
    ("pyjwt", "jwt"),
    ("sqlalchemy", "sqlalchemy"),
    ("fastapi", "fastapi"),
    ("uvicorn", "uvicorn"),
    ("pydantic", "pydantic"),
    ("pydantic-settings", "pydantic_settings"),
    ("structlog", "structlog"),
    ("redis", "redis"),
    ("boto3", "boto3"),
    ("faker", "faker"),
    ("python-dateutil", "dateutil"),
    ("pytz", "pytz"),
    ("toml", "toml"),
    ("attrs", "attr"),
    ("packaging", "packaging"),
    ("psycopg", "psycopg"),
    ("asyncpg", "asyncpg"),
    ("aiohttp", "aiohttp"),
    ("cryptography", "cryptography"),
    ("beautifulsoup4", "bs4"),
    ("lxml", "lxml"),
    ("orjson", "orjson"),
];
const MODULES: &[&str] = &[
    "yaml",
    "yaml.*",
    "dotenv",
    "dotenv.*",
    "requests",
    "requests.*",
    "httpx",
    "httpx.*",
    "rich",
    "rich.*",
    "click",
    "click.*",
    "typer",
    "typer.*",
    "jinja2",
    "jinja2.*",
    "numpy",
    "numpy.*",
    "pandas",
    "pandas.*",
    "PIL",
    "PIL.*",
    "jwt",
    "jwt.*",
    "sqlalchemy",
    "sqlalchemy.*",
    "fastapi",
    "fastapi.*",
    "uvicorn",
    "uvicorn.*",
    "pydantic",
    "pydantic.*",
    "pydantic_settings",
    "pydantic_settings.*",
    "structlog",
    "structlog.*",
    "redis",
    "redis.*",
    "boto3",
    "boto3.*",
    "faker",
    "faker.*",
    "dateutil",
    "dateutil.*",
    "pytz",
    "pytz.*",
    "toml",
    "toml.*",
    "attr",
    "attr.*",
    "packaging",
    "packaging.*",
    "psycopg",
    "psycopg.*",
    "asyncpg",
    "asyncpg.*",
    "aiohttp",
    "aiohttp.*",
    "cryptography",
    "cryptography.*",
    "bs4",
    "bs4.*",
    "lxml",
    "lxml.*",
    "orjson",
    "orjson.*",
];

fn undeclared_import(report: &mut Report, project: &Project) {
    if !is_product(project) {
        return report.not_applicable("5.3.1", "no code of the product");
    }
    let names: Vec<&str> = KNOWN.iter().map(|(distribution, _)| *distribution).collect();
    let declared = project::dependencies(&names);
    // Requirements files of unclear purpose say nothing about who installs them.
    let is_clear = declared.iter().all(|one| one.place.path.ends_with("pyproject.toml"));
    let imports = if declared.is_empty() || !is_clear { return } else { python::imports(MODULES) };
    let optional_modules = optional_modules();
    for (distribution, module) in KNOWN {
        let of_it: Vec<&Dependency> = declared.iter().filter(|one| one.name == *distribution).collect();
        if of_it.is_empty() || !of_it.iter().all(|one| is_of_development(one)) {
            continue;
        }
        let optional = Surroundings::TRY
            | Surroundings::TYPE_CHECKING
            | Surroundings::CONDITIONAL
            | Surroundings::HANDLER
            | Surroundings::MAIN_GUARD;
        let is_hard = |import: &&Import| {
            import.name.split('.').next() == Some(module)
                && import.site.function.is_none()
                && !import.site.surroundings.intersects(optional)
                && !is_optional_place(&import.site.place.path, module)
                && !is_brought_by_lambda(module, &import.site.place.path)
                && !is_loose_script(project, &import.site.place.path)
                && !needs_an_extra(&import.site.place.path, &optional_modules)
        };
        if let (Some(import), Some(dependency)) = (imports.iter().find(is_hard), of_it.first()) {
            report
                .finding(&import.site.place, format!("`{distribution}` is installed for development only"))
                .help("move it to `project.dependencies`, or import it where it is optional")
                .related(&dependency.place, "it is declared here")
                .medium();
        }
    }
}

/// Whether a file is an integration that only those load who have the package, or tries what it imports.
fn is_optional_place(path: &str, module: &str) -> bool {
    let is_named = |part: &str| {
        part.contains("test")
            || part.contains(module)
            || part.contains("template")
            || matches!(part, "contrib" | "ext" | "integrations" | "release" | "scripts")
    };
    let tries = || {
        let text = repository::read(path).unwrap_or_default();
        ["except ImportError", "except ModuleNotFoundError", "find_spec("].iter().any(|sign| text.contains(sign))
    };
    path.split('/').any(is_named) || tries()
}

/// Whether a file is for AWS Lambda, which has the module by itself.
fn is_brought_by_lambda(module: &str, path: &str) -> bool {
    let has_handler = |text: String| ["lambda_handler", "LambdaContext"].iter().any(|sign| text.contains(sign));
    module == "boto3" && repository::read(path).is_ok_and(has_handler)
}

/// Whether a file at the project's root is a program for those who develop it: it lies beside the packages, is started
/// by hand, and has none of the names that applications are started by.
fn is_loose_script(project: &Project, path: &str) -> bool {
    let name = file_name(path);
    let is_at_root = project.path(name) == path;
    let is_entry = ["main", "app", "server", "serve", "wsgi", "asgi", "run", "worker", "cli", "bot"]
        .iter()
        .any(|entry| name.trim_end_matches(".py").split('_').any(|part| part == *entry));
    let has_packages = || project.packages.iter().any(|package| package.path != path);
    let is_started = || repository::read(path).is_ok_and(|text| text.contains("if __name__ =="));
    is_at_root && !is_entry && has_packages() && is_started()
}

/// The modules that the extras of users bring, by the names of their distributions.
fn optional_modules() -> BTreeSet<String> {
    let all = project::dependencies(&["*"]);
    let is_extra = |one: &&Dependency| one.kind == "optional" && !is_of_development(one);
    let always: BTreeSet<&str> = all.iter().filter(|one| one.kind == "runtime").map(|one| one.name.as_str()).collect();
    let extras = all.iter().filter(is_extra).filter(|one| !always.contains(one.name.as_str()));
    extras.map(|one| one.name.replace('-', "_")).collect()
}

/// Whether a file imports at its top what only an extra brings: then it is a part for those who have the extra, which
/// may bring the package along.
fn needs_an_extra(path: &str, optional_modules: &BTreeSet<String>) -> bool {
    let text = repository::read(path).unwrap_or_default();
    text.lines().any(|line| {
        let named = line.strip_prefix("import ").or_else(|| line.strip_prefix("from "));
        let module = named.and_then(|rest| rest.split(['.', ' ', ',']).next());
        module.is_some_and(|module| optional_modules.contains(module))
    })
}
