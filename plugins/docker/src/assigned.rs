//! What the result of a call is bound to.

use plimsoll_sdk::prelude::*;

/// The last part of the name that the value of a call is assigned to: `pool` for `app.state.pool = await make()`; none
/// for a value that goes elsewhere.
pub(crate) fn target(call: &Call) -> Option<String> {
    let text = repository::read(&call.site.place.path).ok()?;
    let before = text.get(..call.site.place.span.start as usize)?.trim_end();
    let before = before.strip_suffix("await").unwrap_or(before).trim_end();
    let before = before.strip_suffix('(').unwrap_or(before).trim_end();
    let before = before.strip_suffix('=')?;
    let line = before.rsplit('\n').next()?.trim();
    let name = line.split(':').next()?.trim().rsplit('.').next()?;
    let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    is_name.then(|| name.to_owned())
}

/// Whether a call stands in a function that runs when an application starts.
pub(crate) fn is_at_startup(site: &Site) -> bool {
    const STARTERS: &[&str] = &["lifespan", "startup", "start_up", "connect", "init", "setup"];
    site.function.as_ref().is_some_and(|name| STARTERS.iter().any(|word| name.to_ascii_lowercase().contains(word)))
        || site.decorators.iter().any(|name| name.ends_with(".on_event"))
}
