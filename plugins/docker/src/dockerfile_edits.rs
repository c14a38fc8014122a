//! Changes of Dockerfiles that several rules make.

use plimsoll_sdk::prelude::*;

use crate::image;

/// Puts lines in front of an instruction and of the comment above it.
pub(crate) fn before(instruction: &Place, lines: &str) -> Option<Edit> {
    edit::lines_before(&with_comment(instruction)?, lines)
}

/// An instruction with the comment directly above it.
pub(crate) fn with_comment(instruction: &Place) -> Option<Place> {
    let text = repository::read(&instruction.path).ok()?;
    let before = text.get(..instruction.span.start as usize)?;
    let comment = before.split_inclusive('\n').rev().take_while(|line| line.trim_start().starts_with('#'));
    let start = before.len() - comment.map(str::len).sum::<usize>();
    let span = Span { start: start as u32, end: instruction.span.end };
    Some(Place { path: instruction.path.clone(), span })
}

/// Puts instructions into the stage that is built, in front of what it starts; none where another stage says that.
pub(crate) fn before_start(dockerfile: &Dockerfile, lines: &str) -> Option<Edit> {
    let stage = dockerfile.built_stage()?;
    let starts = image::starts(dockerfile);
    match starts.iter().min_by_key(|start| start.place.span.start) {
        Some(first) if first.place.span.start > stage.place.span.start => before(&first.place, lines),
        Some(_) => None,
        None => {
            let last = stage.instructions.last().map_or(&stage.place, |last| &last.place);
            edit::lines_after(last, lines)
        }
    }
}
