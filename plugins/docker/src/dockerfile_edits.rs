//! Changes of Dockerfiles that several rules make.

use plimsoll_sdk::prelude::*;

use crate::image;

/// Puts lines in front of an instruction and of the comment above it; with a free line between if one is before that.
pub(crate) fn before(instruction: &Place, lines: &str) -> Option<Edit> {
    let place = with_comment(instruction)?;
    let text = repository::read(&place.path).ok()?;
    let has_gap = text.get(..place.span.start as usize)?.replace('\r', "").ends_with("\n\n");
    let has_comment = text.get(place.span.start as usize..)?.starts_with('#');
    edit::lines_before(&place, &format!("{lines}{}", if has_gap && has_comment { "\n" } else { "" }))
}

/// Takes an instruction out with its comment, and with the free line behind it if one is before it, too.
pub(crate) fn delete(instruction: &Place) -> Option<Edit> {
    let mut place = with_comment(instruction)?;
    let text = repository::read(&place.path).ok()?;
    let has_gap = text.get(..place.span.start as usize)?.replace('\r', "").ends_with("\n\n");
    let rest = text.get(place.span.end as usize..)?;
    let ends = rest.match_indices('\n').map(|(index, _)| index);
    if let [first, second] = *ends.take(2).collect::<Vec<_>>()
        && has_gap
        && rest.get(..second)?.trim().is_empty()
    {
        place.span.end += first as u32 + 1;
    }
    edit::delete_lines(&place)
}

/// The first instruction that says what the image starts; an entry point that is taken back does not.
pub(crate) fn first_start(dockerfile: &Dockerfile) -> Option<&Instruction> {
    let starts = image::starts(dockerfile).into_iter().filter(|start| !start.words.is_empty());
    starts.min_by_key(|start| start.place.span.start)
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
    match first_start(dockerfile) {
        Some(first) if first.place.span.start > stage.place.span.start => before(&first.place, lines),
        Some(_) => None,
        None => {
            let last = stage.instructions.last().map_or(&stage.place, |last| &last.place);
            edit::lines_after(last, lines)
        }
    }
}
