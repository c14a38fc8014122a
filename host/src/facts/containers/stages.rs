//! The build stages of a Dockerfile: their images, what they are based on, and which of them a build needs.

use std::collections::BTreeMap;

use crate::plugin::wit::Span;
use crate::plugin::wit::containers::{Instruction, Stage};

use super::words;

/// Groups instructions into stages. What stands before the first FROM, and is no ARG, is a problem.
pub(super) fn stages(instructions: Vec<Instruction>) -> (Vec<Stage>, Vec<(Span, String)>) {
    let mut stages: Vec<Stage> = Vec::new();
    let mut problems = Vec::new();
    let mut variables: BTreeMap<String, String> = BTreeMap::new();
    for instruction in instructions {
        if instruction.keyword == "FROM" {
            let stage = stage(instruction, &stages, &variables);
            stages.push(stage);
        } else if let Some(stage) = stages.last_mut() {
            stage.instructions.push(instruction);
        } else if instruction.keyword == "ARG" {
            for (name, default) in instruction.words.iter().filter_map(|word| word.split_once('=')) {
                if let Some(value) = words::substitute(default, &variables) {
                    variables.insert(name.to_owned(), value);
                }
            }
        } else {
            problems.push((instruction.place.span, format!("`{}` before the first `FROM`", instruction.keyword)));
        }
    }
    (stages, problems)
}

fn stage(from: Instruction, before: &[Stage], variables: &BTreeMap<String, String>) -> Stage {
    let image =
        from.words.first().and_then(|image| words::substitute(image, variables)).filter(|image| !image.is_empty());
    let name = match from.words.as_slice() {
        [_, keyword, name, ..] if keyword.eq_ignore_ascii_case("as") => Some(name.clone()),
        _ => None,
    };
    let parent = image.as_deref().and_then(|image| named(before, image));
    Stage {
        place: from.place,
        name,
        image: if parent.is_some() { None } else { image },
        parent: parent.map(|parent| parent as u32),
        needed: false,
        instructions: Vec::new(),
    }
}

/// The stage of this name; of several the last.
fn named(stages: &[Stage], name: &str) -> Option<usize> {
    stages.iter().rposition(|stage| stage.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name)))
}

/// The stage that a build's target names: by name, else by number.
pub(super) fn target(stages: &[Stage], target: &str) -> Option<usize> {
    named(stages, target).or_else(|| target.parse().ok().filter(|&index| index < stages.len()))
}

/// Marks the stages that the built one needs.
pub(super) fn mark_needed(stages: &mut [Stage], built: usize) {
    let mut pending = vec![built];
    while let Some(index) = pending.pop() {
        if index >= stages.len() || stages[index].needed {
            continue;
        }
        stages[index].needed = true;
        pending.extend(stages[index].parent.map(|parent| parent as usize));
        let sources = stages[index].instructions.iter().flat_map(sources);
        pending.extend(sources.filter_map(|source| target(&stages[..index], source)));
    }
}

/// What an instruction takes files from: the values of `--from` and of a mount's `from`.
pub(super) fn sources(instruction: &Instruction) -> impl Iterator<Item = &str> {
    instruction.flags.iter().flat_map(|(key, value)| {
        let (whole, mount) = match key.as_str() {
            "from" => (Some(value.as_str()), None),
            "mount" => (None, Some(value.split(',').filter_map(|option| option.strip_prefix("from=")))),
            _ => (None, None),
        };
        whole.into_iter().chain(mount.into_iter().flatten())
    })
}

/// The stage and those that it is FROM, nearest first.
pub(super) fn lineage(stages: &[Stage], index: usize) -> impl Iterator<Item = &Stage> {
    // A parent always stands before its child.
    std::iter::successors(stages.get(index), |stage| stages.get(stage.parent? as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::containers::dockerfile;

    /// Name, image, parent, and whether it is needed.
    type Row<'a> = (Option<&'a str>, Option<&'a str>, Option<u32>, bool);

    fn check(text: &str, built: usize, expected: &[Row<'_>]) {
        let (mut stages, _) = stages(dockerfile::parse("Dockerfile", text).instructions);
        mark_needed(&mut stages, built);
        let found: Vec<_> = stages
            .iter()
            .map(|stage| (stage.name.as_deref(), stage.image.as_deref(), stage.parent, stage.needed))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_images_and_needs() {
        check(
            "ARG V=3.13\nARG TAG=$V-slim\nARG REGISTRY\n\
             FROM python:${TAG} AS base\n\
             FROM $REGISTRY/x AS unknown\n\
             FROM Base AS build\nRUN --mount=type=cache,from=tools,target=/x y\n\
             FROM scratch AS tools\n\
             FROM base\nCOPY --from=2 a b\nCOPY --from=ghcr.io/astral-sh/uv:0.8 /uv /uv\n\
             FROM base AS test\n",
            4,
            &[
                (Some("base"), Some("python:3.13-slim"), None, true),
                (Some("unknown"), None, None, false),
                (Some("build"), None, Some(0), true),
                (Some("tools"), Some("scratch"), None, false),
                (None, None, Some(0), true),
                (Some("test"), None, Some(0), false),
            ],
        );
        check(
            "FROM a AS a\nFROM a AS b\nCOPY --from=b x y",
            1,
            &[(Some("a"), Some("a"), None, true), (Some("b"), None, Some(0), true)],
        );
    }

    #[test]
    fn reports_what_comes_too_early() {
        let (stages, problems) = stages(dockerfile::parse("Dockerfile", "RUN x\nFROM y").instructions);
        assert_eq!((stages.len(), problems.len()), (1, 1));
    }
}
