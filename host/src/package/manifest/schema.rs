//! The manifest's JSON Schema, so that editors complete its keys.

use serde_json::{Value, json};

use crate::facts::PROFILES;

/// The schema.
pub(crate) fn schema() -> Value {
    let requirement = json!({
        "type": "string",
        "description": "The versions that fit, as Cargo writes them: `1.2` is anything from 1.2 up to 2.0",
        "examples": ["0.1", "=1.2.3", ">=1, <3"],
    });
    let repository = json!({
        "type": "string",
        "description": "A repository of a registry, without scheme, tag and digest",
        "examples": ["registry.example.com/acme/rules"],
    });
    let level = json!({ "enum": ["allow", "warn", "deny", "forbid"] });
    let profiles = json!({
        "type": "array",
        "items": { "anyOf": [{ "enum": PROFILES }, { "type": "string" }] },
        "description": "What kind of project it is; detected when it is left out",
    });
    let rules = json!({
        "type": "object",
        "description": "Levels and options by `section`, `section/rule` or `*`",
        "additionalProperties": {
            "anyOf": [level, { "type": "object", "properties": { "level": level } }],
        },
    });
    let globs = json!({ "type": "array", "items": { "type": "string" } });
    let levels = json!({
        "type": "object",
        "description": "The levels that kinds of requirements give, where nothing is said of the rule",
        "additionalProperties": false,
        "properties": { "never": level, "must": level, "should": level, "avoid": level, "may": level },
    });
    let one_or_more = |description: &str| {
        json!({
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
            "description": description,
        })
    };
    let texts =
        |description: &str| json!({ "type": "array", "items": { "type": "string" }, "description": description });
    let house = json!({
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["id", "reason"],
            "properties": {
                "id": { "type": "string", "description": "`house/` and words in lower case with hyphens", "examples": ["house/no-boto"] },
                "reason": { "type": "string", "description": "Why the organisation wants it so; shown as help" },
                "message": { "type": "string", "description": "What findings say; made from the entry when left out" },
                "level": level,
                "requirement": { "type": "string", "description": "The organisation's own requirement that it stands for" },
                "paths": texts("Globs of the files that it is about"),
                "imports": texts("Dotted names; a module stands for what is in it"),
                "calls": texts("Dotted names of functions, as they are resolved"),
                "arguments": { "type": "object", "description": "Only calls that give these values by keyword" },
                "without": texts("Only calls that give none of these keywords"),
                "dependencies": texts("Packages, with versions such as `requests<2.32`"),
                "files": texts("Globs of files"),
                "document": { "type": "string", "description": "A glob of TOML, YAML, JSON or INI files" },
                "key": {
                    "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
                    "description": "The path of a key, as `tool.mypy.strict`, or its keys one by one",
                },
                "value": { "description": "The key's value; of a list, what it holds" },
                "commands": texts("Programs, with words that the command must have besides"),
                "hooks": texts("Ids of pre-commit's hooks"),
            },
        },
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "plimsoll.toml",
        "description": "What a repository wants of plimsoll",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "standard": { "enum": ["1.0"], "description": "Edition of the standard" },
            "required-version": requirement,
            "adoption": {
                "enum": ["full", "progressive"],
                "description": "progressive: what the standard demands warns, what it forbids is denied",
            },
            "extends": {
                "type": "object",
                "description": "A plugin whose preset is inherited: levels, options, plugins and registries",
                "additionalProperties": false,
                "properties": {
                    "path": { "type": "string", "description": "A component, or a built plugin's folder" },
                    "oci": repository,
                    "version": requirement,
                },
            },
            "profiles": profiles,
            "exclude": { "type": "array", "items": { "type": "string" }, "description": "Paths that are not checked" },
            "vendor": { "type": "string", "description": "A folder with copies of the locked plugins" },
            "baseline": { "type": "string", "description": "The file that `plimsoll baseline` writes" },
            "plugins": {
                "type": "object",
                "description": "Sections and plugins to check with; all built-in sections when it is left out",
                "additionalProperties": {
                    "anyOf": [
                        requirement,
                        {
                            "type": "object",
                            "additionalProperties": false,
                            "properties": {
                                "path": { "type": "string", "description": "A component, or a built plugin's folder" },
                                "oci": repository,
                                "version": requirement,
                            },
                        },
                    ],
                },
            },
            "registries": {
                "type": "object",
                "properties": { "default": repository },
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["url"],
                    "properties": {
                        "url": repository,
                        "mirror": repository,
                        "key": {
                            "type": "string",
                            "description": "What its plugins have to be signed with: a public key, or the path of one",
                        },
                        "plain-http": { "type": "boolean", "description": "Ask without encryption" },
                    },
                },
            },
            "ban": house,
            "require": house,
            "rules": rules,
            "levels": levels,
            "allow": {
                "type": "array",
                "description": "Findings that are accepted, where no comment can say so",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["path", "rule", "reason"],
                    "properties": {
                        "path": one_or_more("Globs of the files that the findings are in"),
                        "rule": one_or_more("Rules or sections"),
                        "reason": { "type": "string", "description": "Why they are accepted" },
                        "until": {
                            "type": "string",
                            "description": "The last day on which the entry counts",
                            "examples": ["2026-12-31"],
                        },
                    },
                },
            },
            "overrides": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["paths"],
                    "anyOf": [{ "required": ["rules"] }, { "required": ["levels"] }],
                    "properties": { "paths": globs, "rules": rules, "levels": levels },
                },
            },
            "project": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["path"],
                    "properties": {
                        "path": { "type": "string" },
                        "profiles": profiles,
                        "ignore": { "type": "boolean", "description": "The project is not checked" },
                    },
                },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::acceptance::ACCEPTANCE_KEYS;
    use super::super::house::HOUSE_KEYS;
    use super::super::reader::{KEYS, OVERRIDE_KEYS, PLUGIN_KEYS, PROJECT_KEYS, REGISTRY_KEYS, STRENGTHS};
    use super::*;

    /// The schema and the reader know the same keys.
    #[test]
    fn keys() {
        let schema = schema();
        let check = |pointer: &str, expected: &[&str]| {
            let table = schema.pointer(pointer).and_then(Value::as_object).expect(pointer);
            let keys: std::collections::BTreeSet<&str> = table.keys().map(String::as_str).collect();
            assert_eq!(keys, expected.iter().copied().collect(), "{pointer}");
        };
        check("/properties", KEYS);
        check("/properties/plugins/additionalProperties/anyOf/1/properties", PLUGIN_KEYS);
        check("/properties/registries/additionalProperties/properties", REGISTRY_KEYS);
        check("/properties/levels/properties", &STRENGTHS.iter().map(|(word, _)| *word).collect::<Vec<_>>());
        check("/properties/allow/items/properties", ACCEPTANCE_KEYS);
        check("/properties/overrides/items/properties", OVERRIDE_KEYS);
        check("/properties/project/items/properties", PROJECT_KEYS);
        check("/properties/ban/items/properties", HOUSE_KEYS);
    }
}
