//! Where a value comes from, as far as one function shows.

use plimsoll_sdk::prelude::*;

/// Names whose values come from outside the program.
const EXTERNAL: &[&str] = &[
    "builtins.input",
    "sys.argv",
    "os.environ",
    "os.getenv",
    "flask.request",
    "request.",
    "requests.",
    "httpx.",
    "redis.",
    "socket.",
    "urllib.request.",
];

/// Whether a value visibly comes from outside: a request, an environment variable, the command line, another service,
/// or a parameter of a function that serves a route.
pub(crate) fn is_external(value: Item<'_>, site: &Site) -> bool {
    value.descendants().any(|item| match item.kind() {
        NodeKind::Parameter => is_route(site) || item.text() == "request",
        NodeKind::Name | NodeKind::Call => EXTERNAL.iter().any(|name| item.text().starts_with(name)),
        _ => false,
    })
}

/// Whether the code is in a function that serves a route of a web framework.
pub(crate) fn is_route(site: &Site) -> bool {
    const VERBS: &[&str] =
        &["get", "post", "put", "patch", "delete", "route", "api_route", "websocket", "head", "options"];
    const FRAMEWORKS: &[&str] =
        &["fastapi.", "starlette.", "flask.", "litestar.", "quart.", "sanic.", "rest_framework.", "ninja.", "falcon."];
    site.decorators.iter().any(|name| {
        let is_verb = name.rsplit('.').next().is_some_and(|last| VERBS.contains(&last));
        is_verb && FRAMEWORKS.iter().any(|framework| name.starts_with(framework))
    })
}

/// Whether a value is written down in the code: texts, numbers, names that are bound to them, a choice between such.
pub(crate) fn is_constant(value: Item<'_>) -> bool {
    match value.kind() {
        NodeKind::Text | NodeKind::Bytes | NodeKind::Integer | NodeKind::Float | NodeKind::Boolean | NodeKind::Null => {
            true
        }
        NodeKind::Name => value.get("value").is_some_and(is_constant),
        NodeKind::Template | NodeKind::Operator | NodeKind::Tuple | NodeKind::List => value.children().all(is_constant),
        // Its first operand is what decides.
        NodeKind::Other if value.text() == "conditional" => value.children().skip(1).all(is_constant),
        _ => false,
    }
}
