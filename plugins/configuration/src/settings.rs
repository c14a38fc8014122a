//! Settings classes: where an application declares its configuration, and what the rules ask of them.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;

/// Names that settings classes have.
pub(crate) const NAMES: &str = "/(?i)settings|config|env/";
/// The kind of definition that they are.
pub(crate) const KINDS: &[&str] = &["class"];

/// The settings classes of the target: derived from pydantic's `BaseSettings`, directly or through other classes.
pub(crate) fn classes() -> Vec<Definition> {
    let named = python::definitions(KINDS, &[NAMES]);
    let names: Vec<String> = named.iter().map(|class| format!("{}.{}", class.site.module, class.name)).collect();
    let lineages = python::lineages(&names);
    let is_base = |name: &str| name.ends_with("BaseSettings");
    let is_settings = |class: &Definition, lineage: Option<python::Lineage>| {
        class.bases.iter().filter_map(|base| Item::root(base)).any(|base| is_base(base.text()))
            || lineage.is_some_and(|lineage| lineage.ancestors.iter().any(|ancestor| is_base(&ancestor.name)))
    };
    named
        .into_iter()
        .zip(lineages)
        .filter_map(|(class, lineage)| is_settings(&class, lineage).then_some(class))
        .collect()
}

/// Whether a project is an application of the product; says for the requirements when it is not.
pub(crate) fn is_application(report: &mut Report, project: &Project, requirements: &[&str]) -> bool {
    // What is published for others to import reads what its users set; there is no settings class to ask for.
    let is_library = project.has_profile("library");
    let is_one = project.has_profile("application") && !is_library && is_product(project);
    if !is_one {
        requirements.iter().for_each(|requirement| report.not_applicable(requirement, "no application"));
    }
    is_one
}

/// The fields of a settings class: name, span and annotation.
pub(crate) fn fields(class: &Definition) -> impl Iterator<Item = (&Parameter, &str)> {
    let is_field = |name: &str| !name.starts_with('_') && name != "model_config";
    let annotated = class.parameters.iter().filter_map(|field| Some((field, field.annotation.as_deref()?)));
    annotated.filter(move |(field, annotation)| is_field(&field.name) && !annotation.contains("ClassVar"))
}

/// Where a field stands.
pub(crate) fn place(class: &Definition, field: &Parameter) -> Place {
    Place { path: class.site.place.path.clone(), span: field.span }
}

/// Whether an assignment is a field of one of the classes.
pub(crate) fn is_field_of(assignment: &Assignment, classes: &[Definition]) -> bool {
    assignment.scope == "class"
        && classes.iter().any(|class| {
            class.site.place.path == assignment.site.place.path
                && assignment.site.class.as_deref() == Some(class.name.as_str())
        })
}

/// The default that is written for a field: the value, the first argument or `default` of `Field`, what `SecretStr`
/// wraps.
pub(crate) fn default<'a>(assignment: &'a Assignment) -> Option<Item<'a>> {
    let mut value = assignment.value.as_deref().and_then(Item::root)?;
    for _ in 0..2 {
        let name = value.text().rsplit('.').next().unwrap_or_default();
        if value.kind() == NodeKind::Call && matches!(name, "Field" | "SecretStr" | "SecretBytes") {
            value = value.argument(0, "default")?;
        }
    }
    Some(value)
}

/// Takes the default of an annotated field out: the value, or the argument of `Field` that has others beside it.
pub(crate) fn without_default(field: &Assignment) -> Option<Edit> {
    field.annotation.as_ref()?;
    let value = field.value.as_deref().and_then(Item::root)?;
    let path = &field.site.place.path;
    let text = repository::read(path).ok()?;
    let replace =
        |start: u32, end: u32| Some(edit::replace(&Place { path: path.clone(), span: Span { start, end } }, ""));
    let arguments: Vec<Item<'_>> = value.children().collect();
    let is_field = value.kind() == NodeKind::Call && value.text().rsplit('.').next() == Some("Field");
    if is_field && arguments.len() > 1 {
        let span = value.argument(0, "default")?.span();
        let index = arguments.iter().position(|argument| argument.span() == span)?;
        let (start, end) =
            match (arguments.get(index + 1), index.checked_sub(1).and_then(|before| arguments.get(before))) {
                (Some(next), _) => (arguments.get(index)?.key_span().start, next.key_span().start),
                (None, Some(before)) => (before.span().end, span.end),
                (None, None) => return None,
            };
        let has_comment = text.get(start as usize..end as usize)?.replace(default(field)?.text(), "").contains('#');
        return if has_comment { None } else { replace(start, end) };
    }
    let span = value.span();
    let before = text.get(..span.start as usize)?.trim_end().strip_suffix('=')?.trim_end();
    replace(before.len() as u32, span.end)
}

/// Variables that the platform or a tool owns: no configuration of the application.
pub(crate) fn is_of_platform(name: &str) -> bool {
    const WHOLE: &[&str] = &[
        "PATH",
        "HOME",
        "USER",
        "USERNAME",
        "LOGNAME",
        "SHELL",
        "EDITOR",
        "PAGER",
        "TERM",
        "COLUMNS",
        "LANG",
        "TMPDIR",
        "TEMP",
        "TMP",
        "PWD",
        "HOSTNAME",
        "CI",
        "PORT",
        "TZ",
        "NO_COLOR",
        "FORCE_COLOR",
        "DJANGO_SETTINGS_MODULE",
        "APPDATA",
        "LOCALAPPDATA",
        "PROGRAMDATA",
        "VIRTUAL_ENV",
        "DISPLAY",
        "DYNO",
        "READTHEDOCS",
        "RUN_MAIN",
        "WERKZEUG_RUN_MAIN",
    ];
    const STARTS: &[&str] = &[
        "PYTHON",
        "PYTEST",
        "XDG_",
        "GITHUB_",
        "GITLAB_",
        "KUBERNETES_",
        "K_",
        "LC_",
        "OTEL_",
        "SENTRY_",
        "AWS_",
        "GOOGLE_",
        "GCLOUD_",
        "CUDA_",
        "SSH_",
        "CONDA_",
        "UV_",
        "PIP_",
        "COV_",
        "TOX_",
        "NOX_",
        "CLOUD_RUN_",
    ];
    let upper = name.to_ascii_uppercase();
    WHOLE.contains(&upper.as_str()) || STARTS.iter().any(|start| upper.starts_with(start))
}

/// Reads of variables by name in text, in the order: `getenv("X")`, `environ.get("X")`, `environ["X"]`.
pub(crate) const READS: &[&str] = &[
    r#"(?-u:\b)getenv\(\s*["'](\w+)["']"#,
    r#"(?-u:\b)environ\.get\(\s*["'](\w+)["']"#,
    r#"(?-u:\b)environ\[\s*["'](\w+)["']\s*\]"#,
];
/// Where Python is searched.
pub(crate) const PYTHON: &[&str] = &["*.py"];

/// Whether a match stands in a comment, or writes what it names.
pub(crate) fn is_comment_or_write(found: &Match) -> bool {
    let line = found.line.trim_start();
    let after = found.line.split_once(found.text.as_str()).map_or("", |(_, after)| after);
    let after = after.trim_start_matches(['"', '\'']).trim_start();
    let is_written = after
        .strip_prefix(']')
        .map(str::trim_start)
        .is_some_and(|rest| rest.starts_with('=') && !rest.starts_with("==") || rest.starts_with("+="));
    line.starts_with(['#', '"', '\'']) || line.starts_with(">>>") || line.starts_with("del ") || is_written
}
