//! Colours, if the output takes them.

use annotate_snippets::renderer::{AnsiColor, Style};

use crate::finding::Level;

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const FAINT: Style = Style::new().dimmed();
pub(super) const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const GOOD: Style = AnsiColor::BrightGreen.on_default().bold();

/// Puts text into a style, or leaves it alone.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    pub(super) color: bool,
}

impl Paint {
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        if self.color { format!("{}{text}{}", style.render(), style.render_reset()) } else { text.to_owned() }
    }
}

/// The style of a level's word.
pub(super) fn of_level(level: Level) -> Style {
    match level {
        Level::Forbid | Level::Deny => ERROR,
        Level::Warn => WARNING,
        Level::Allow => FAINT,
    }
}

/// A level as the manifest spells it.
pub(super) fn level_word(level: Level) -> &'static str {
    match level {
        Level::Allow => "allow",
        Level::Warn => "warn",
        Level::Deny => "deny",
        Level::Forbid => "forbid",
    }
}
