//! The lines of an example file for the variables that settings classes read.

use plimsoll_sdk::prelude::*;

use crate::settings;

/// A variable that a settings class reads.
pub(crate) struct Variable {
    /// The field's name, in capitals and without the prefix of its class.
    pub(crate) field: String,
    /// Whether it has to be set.
    pub(crate) required: bool,
    /// `NAME=`, or `# NAME=value` with the default.
    pub(crate) line: String,
}

/// The variables of a settings class; none where names are given in ways that are not followed here.
pub(crate) fn variables_of(class: &Definition) -> Option<Vec<Variable>> {
    const OTHERS: &[&str] = &["alias", "env_nested_delimiter", "env_prefix_target", "env="];
    let text = repository::read(&class.site.place.path).ok()?;
    let body = text.get(class.extent.start as usize..class.extent.end as usize)?;
    if OTHERS.iter().any(|word| body.contains(word)) {
        return None;
    }
    let prefix = match body.split_once("env_prefix") {
        None => "",
        Some((_, rest)) => {
            let quoted = rest.trim_start().strip_prefix('=')?.trim_start();
            let quote = quoted.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            quoted.get(1..)?.split(quote).next()?
        }
    };
    let variable = |(field, _): (&Parameter, &str)| {
        let name = field.name.to_ascii_uppercase();
        let variable = format!("{}{name}", prefix.to_ascii_uppercase());
        let rest = text.get(field.span.end as usize..).unwrap_or_default().lines().next().unwrap_or_default();
        let line = match field.optional {
            true => format!("# {variable}={}", literal(rest).filter(|_| !is_secret(&name)).unwrap_or_default()),
            false => format!("{variable}="),
        };
        Variable { field: name, required: !field.optional, line }
    };
    Some(settings::fields(class).map(variable).collect())
}

/// The default in the rest of a field's line, where it is a number, a boolean or a plain text.
fn literal(rest: &str) -> Option<&str> {
    let (_, value) = rest.split_once(" = ")?;
    let value = value.split("  #").next()?.trim();
    let inner = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    let is_plain = |text: &str| {
        text.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-./:@,+%".contains(letter)) && !text.is_empty()
    };
    match inner {
        Some(inner) => Some(inner).filter(|inner| is_plain(inner)),
        None => Some(value).filter(|value| matches!(*value, "True" | "False") || value.parse::<f64>().is_ok()),
    }
}

/// Whether a variable's name says that its value is a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    const WORDS: &[&str] = &["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "_KEY"];
    let name = name.to_ascii_uppercase();
    WORDS.iter().any(|word| name.ends_with(word)) || name.contains("SECRET")
}
