//! Names of classes.

use crate::bases;
use crate::ruff::Naming;
use plimsoll_sdk::prelude::*;

rule! {
    /// A class is not named in PascalCase.
    ///
    /// Readers take a name in lower case for a function or a variable. Rename the class: `HttpClient`.
    ///
    /// ```python bad src/app/client.py
    /// class http_client:  # error: class `http_client` is not in PascalCase
    ///     pass
    ///
    /// class Rule_Variants:  # error: class `Rule_Variants` is not in PascalCase
    ///     pass
    /// ```
    ///
    /// Classes that are used like functions are named like functions:
    ///
    /// ```python good src/app/client.py
    /// class HTTPClient:
    ///     pass
    ///
    /// class _Cache2:
    ///     pass
    ///
    /// class timed:
    ///     def __enter__(self): ...
    ///     def __exit__(self, *details): ...
    ///
    /// class cached_value(property):
    ///     pass
    ///
    /// class old_name:  # noqa: N801
    ///     pass
    /// ```
    ///
    /// and those that name the section of a configuration file are named like it:
    ///
    /// ```python good src/app/tasks.py
    /// import luigi
    ///
    /// class harbour(luigi.Config):
    ///     port = luigi.IntParameter(default=1)
    /// ```
    pub(crate) static CLASS_NAME_CASE = {
        id: "class-name-case",
        requirements: ["4.6.2"],
        check: Check::Definitions(&["class"], &[LOWER, MIXED], class_name_case),
        roles: [Role::Source],
        accepts: ["N801"],
    }
}

const LOWER: &str = "/^_*[a-z]/";
const MIXED: &str = "/^_*[A-Z][A-Za-z0-9]*_/";
const USED_LIKE_FUNCTIONS: &[&str] = &["__call__", "__enter__", "__aenter__", "__get__", "__iter__", "__new__"];
/// Last parts of bases for which the class's name is what is emitted.
const EMITTED: &[&str] =
    &["FunctionElement", "GenericFunction", "ColumnElement", "Structure", "Union", "ContextDecorator"];

fn class_name_case(report: &mut Report, class: &Definition) {
    let lower = class.name.trim_start_matches('_').starts_with(|first: char| first.is_ascii_lowercase());
    let callable = class.parameters.iter().any(|member| USED_LIKE_FUNCTIONS.contains(&member.name.as_str()));
    let foreign = bases::names(class).into_iter().any(|base| {
        let last = base.rsplit('.').next().unwrap_or_default().to_owned();
        EMITTED.contains(&last.as_str())
            || base.starts_with("docutils.")
            // The class's name is that of the section in the configuration file.
            || base.starts_with("luigi.") && last == "Config"
            || last.to_ascii_lowercase().contains("schedule")
            || last.starts_with(|first: char| first.is_lowercase())
    });
    let fallback = class.site.surroundings.contains(Surroundings::HANDLER);
    let namespaced =
        class.site.class.as_ref().is_some_and(|outer| outer.starts_with(|first: char| first.is_ascii_lowercase()));
    if fallback || namespaced {
        return;
    }
    if lower && callable || foreign {
        return;
    }
    if Naming::default().allows(&class.site.place.path, "N801", &class.name) {
        return;
    }
    let finding = report
        .finding(&class.site.place, format!("class `{}` is not in PascalCase", class.name))
        .help("begin each word with a capital, without underscores");
    // A class that a function makes is renamed on the spot more often than not.
    if !lower || class.site.function.is_some() {
        drop(finding.low());
    }
}
