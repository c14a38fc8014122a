//! Pydantic in its first version.

use plimsoll_sdk::paths::file_name;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;
use plimsoll_sdk::python::Lineage;
use plimsoll_sdk::version::{Version, admits};

use crate::pydantic_edits::{with_field_validators, with_model_config};

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
    ///
    /// What is written plainly gets its new name:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["pydantic>=2"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// from pydantic import BaseModel, Extra, Field, validator  # error: `validator` is a name of Pydantic 1
    ///
    ///
    /// class Item(BaseModel):
    ///     name: str
    ///
    ///     @validator("name", pre=True)
    ///     def strip(cls, value: str) -> str:
    ///         return value.strip()
    ///
    ///     class Config:  # error: `class Config` is a name of Pydantic 1
    ///         orm_mode = True
    ///         allow_mutation = False
    ///
    ///         extra = Extra.forbid
    ///
    ///
    /// class Other(BaseModel):
    ///     class Config:
    ///         anystr_strip_whitespace = True
    ///         schema_extra = {"examples": [{"name": "a name that is long enough for two lines"}]}
    ///
    ///     name: str = Field()
    ///
    ///     @validator("name")
    ///     @classmethod
    ///     def upper(cls, value):
    ///         return value.upper()
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["pydantic>=2"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// from pydantic import BaseModel, ConfigDict, Extra, Field, field_validator
    ///
    ///
    /// class Item(BaseModel):
    ///     name: str
    ///
    ///     @field_validator("name", mode="before")
    ///     @classmethod
    ///     def strip(cls, value: str) -> str:
    ///         return value.strip()
    ///
    ///     model_config = ConfigDict(from_attributes=True, frozen=True, extra="forbid")
    ///
    ///
    /// class Other(BaseModel):
    ///     model_config = ConfigDict(
    ///         str_strip_whitespace=True,
    ///         json_schema_extra={"examples": [{"name": "a name that is long enough for two lines"}]},
    ///     )
    ///
    ///     name: str = Field()
    ///
    ///     @field_validator("name")
    ///     @classmethod
    ///     def upper(cls, value):
    ///         return value.upper()
    /// ```
    ///
    /// The rest is left to `bump-pydantic`, and to people:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["pydantic>=2"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// from pydantic import BaseModel, validator  # error: `validator` is a name of Pydantic 1
    ///
    ///
    /// class Item(BaseModel):
    ///     name: str
    ///     other: str
    ///
    ///     @validator("other", always=True)
    ///     def default(cls, value, values):
    ///         return value or values["name"]
    ///
    ///     class Config:  # error: `class Config` is a name of Pydantic 1
    ///         # for the old clients
    ///         json_encoders = {str: repr}
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
    // Names of version 2 are there in version 2 alone.
    let is_new = declared.iter().any(|one| !one.specifier.is_empty() && !admits_any(&one.specifier, 1));
    // Code for both versions asks which one it has.
    let supports_both = |path: &str| {
        let text = repository::read(path).unwrap_or_default();
        file_name(path).contains("compat")
            || ["pydantic.VERSION", "pydantic.version", "PYDANTIC_V2", "except ImportError"]
                .iter()
                .any(|it| text.contains(it))
    };
    let mut said: Vec<(String, String)> = Vec::new();
    let mut say = |report: &mut Report, place: &Place, name: &str, edits: &dyn Fn() -> Option<Vec<Edit>>| {
        let key = (place.path.clone(), name.to_owned());
        if !said.contains(&key) && !supports_both(&place.path) {
            report
                .finding(place, format!("`{name}` is a name of Pydantic 1"))
                .help(HELP)
                .unsafe_fix(edits().filter(|_| is_new).into_iter().flatten())
                .medium();
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
            let is_validator = name == "validator";
            let edits = || if is_validator { with_field_validators(import) } else { None };
            say(report, &import.site.place, name, &edits);
        }
    }
    let inner: Vec<Definition> =
        python::definitions(&["class"], &["Config"]).into_iter().filter(|class| class.site.class.is_some()).collect();
    let outer: Vec<String> = inner.iter().filter_map(|class| class.site.class_name()).collect();
    let is_model = |lineage: &Option<Lineage>| {
        lineage.as_ref().is_some_and(|lineage| {
            lineage.ancestors.iter().any(|ancestor| {
                ancestor.name == "pydantic.BaseModel" || ancestor.name == "pydantic_settings.BaseSettings"
            })
        })
    };
    let lineages = python::lineages(&outer);
    let models: Vec<&Place> = inner
        .iter()
        .zip(&lineages)
        .filter(|(_, lineage)| is_model(lineage))
        .map(|(class, _)| &class.site.place)
        .collect();
    for place in &models {
        let edits = || {
            let its: Vec<Place> =
                models.iter().filter(|other| other.path == place.path).map(|&it| it.clone()).collect();
            with_model_config(&place.path, &its)
        };
        say(report, place, "class Config", &edits);
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
