//! Pydantic in its first version.

use plimsoll_sdk::paths::file_name;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;
use plimsoll_sdk::version::{Version, admits};

rule! {
    /// Pydantic is used in version 1, or by names of version 1.
    ///
    /// Version 1 gets no fixes for new Pythons, and version 2 is many times as fast. The old names warn now and will go.
    /// `bump-pydantic` rewrites most of them.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["pydantic<2"]  # error: `pydantic` is held at version 1
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["pydantic>=2"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// from pydantic import BaseModel, validator  # error: `validator` is a name of Pydantic 1
    /// from pydantic.v1 import Field  # error: `pydantic.v1` is a name of Pydantic 1
    ///
    /// class Item(BaseModel):
    ///     name: str
    ///
    ///     class Config:  # error: `class Config` is a name of Pydantic 1
    ///         frozen = True
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["pydantic>=2.8.2,<2.14.0"]
    /// ```
    /// ```python good src/app/__init__.py
    /// from pydantic import BaseModel, ConfigDict, field_validator
    ///
    /// class Item(BaseModel):
    ///     model_config = ConfigDict(frozen=True)
    ///
    /// class Other:
    ///     class Config:
    ///         pass
    /// ```
    /// ```python good src/app/schemas.py
    /// from pydantic import BaseModel
    /// from pydantic.v1 import BaseModel as BaseModelV1
    ///
    /// def schema(model: type[BaseModel] | type[BaseModelV1]) -> dict:
    ///     if issubclass(model, BaseModelV1):
    ///         return model.schema()
    ///     return model.model_json_schema()
    /// ```
    /// ```python good src/app/compat.py
    /// try:
    ///     from pydantic import field_validator
    /// except ImportError:
    ///     from pydantic import validator
    /// ```
    pub(crate) static PYDANTIC_1 = {
        id: "pydantic-1",
        requirements: ["2.1.8.2"],
        check: Check::Project(pydantic_1),
        roles: [Role::Source],
        wants: [Want::Imports(NAMES), Want::Definitions(&["class"], &["Config"]), Want::Lineages],
    }
}

const NAMES: &[&str] = &["pydantic.v1", "pydantic.v1.*", "pydantic.validator", "pydantic.root_validator"];

/// More minor versions than any major one has.
const MOST_MINORS: u32 = 40;

fn pydantic_1(report: &mut Report, project: &Project) {
    if !is_product(project) || project.name.as_deref().is_some_and(|name| name.starts_with("pydantic")) {
        return;
    }
    const HELP: &str = "use the names of version 2; `uvx bump-pydantic` rewrites most of them";
    let declared = project::dependencies(&["pydantic"]);
    let admits_any = |specifier: &str, major: u32| {
        (0..MOST_MINORS)
            .filter_map(|minor| Version::parse(&format!("{major}.{minor}")))
            .any(|version| admits(specifier, version))
    };
    let is_old = |specifier: &str| admits_any(specifier, 1) && !admits_any(specifier, 2);
    if let Some(held) = declared.iter().find(|one| one.kind == "runtime" && is_old(&one.specifier)) {
        report.finding(&held.place, "`pydantic` is held at version 1").help("require `pydantic>=2`").medium();
        return;
    }
    // Code for both versions asks which one it has.
    let supports_both = |path: &str| {
        let text = repository::read(path).unwrap_or_default();
        file_name(path).contains("compat")
            || ["pydantic.VERSION", "pydantic.version", "PYDANTIC_V2", "except ImportError"]
                .iter()
                .any(|it| text.contains(it))
    };
    let mut said: Vec<(String, String)> = Vec::new();
    let mut say = |report: &mut Report, place: &Place, name: &str| {
        let key = (place.path.clone(), name.to_owned());
        if !said.contains(&key) && !supports_both(&place.path) {
            report.finding(place, format!("`{name}` is a name of Pydantic 1")).help(HELP).medium();
            said.push(key);
        }
    };
    for import in &python::imports(NAMES) {
        // One finding a module, whatever it takes from there.
        let is_v1 = import.name.starts_with("pydantic.v1");
        let name = if is_v1 { "pydantic.v1" } else { import.name.strip_prefix("pydantic.").unwrap_or(&import.name) };
        let is_tried =
            import.site.surroundings.intersects(Surroundings::TRY | Surroundings::HANDLER | Surroundings::CONDITIONAL);
        let is_guarded = is_tried || is_v1 && only_asks(&import.site.place.path);
        if !is_guarded {
            say(report, &import.site.place, name);
        }
    }
    let inner: Vec<Definition> =
        python::definitions(&["class"], &["Config"]).into_iter().filter(|class| class.site.class.is_some()).collect();
    let outer: Vec<String> = inner.iter().filter_map(|class| class.site.class_name()).collect();
    for (class, lineage) in inner.iter().zip(python::lineages(&outer)) {
        let is_model = lineage.is_some_and(|lineage| {
            lineage.ancestors.iter().any(|ancestor| {
                ancestor.name == "pydantic.BaseModel" || ancestor.name == "pydantic_settings.BaseSettings"
            })
        });
        if is_model {
            say(report, &class.site.place, "class Config");
        }
    }
}

/// Whether a module of version 2 takes names of version 1 only to tell users' models apart: it asks with `isinstance` or
/// `issubclass`, catches and annotates, and neither calls them nor derives from them.
fn only_asks(path: &str) -> bool {
    let text = repository::read(path).unwrap_or_default();
    let imports = python::imports(NAMES).into_iter().filter(|import| import.site.place.path == path);
    let bound: Vec<String> = imports.map(|import| import.bound).collect();
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let uses = |line: &str| {
        bound.iter().any(|name| {
            line.match_indices(name.as_str()).any(|(at, _)| {
                let (before, after) =
                    (line.get(..at).unwrap_or_default(), line.get(at + name.len()..).unwrap_or_default());
                let after = after.trim_start_matches(|letter| is_word(letter) || letter == '.');
                let is_whole = !before.ends_with(|last| is_word(last) || last == '.');
                is_whole && (after.starts_with('(') || before.ends_with('@') || line.starts_with("class "))
            })
        })
    };
    let asks = |line: &str| {
        let is_question = line.contains("isinstance(") || line.contains("issubclass(");
        is_question && bound.iter().any(|name| line.contains(name.as_str()))
    };
    let lines = || text.lines().map(str::trim_start);
    lines().any(|line| line.starts_with("from pydantic import")) && lines().any(asks) && !lines().any(uses)
}
