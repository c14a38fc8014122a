//! How many bytes cross between the host and a plugin, for those who want to know what a rule costs.
//!
//! Counted is what the canonical ABI copies into the other side's memory: the fixed size of a value, with the padding
//! within it, and behind it the bytes of its texts and the items of its lists. What a language makes of that afterwards,
//! objects of Python for instance, is its own.

use wasmtime::component::ComponentType;

use super::wit::plimsoll::plugin as api;
use super::wit::{Absence, Node, NodeKind, Role, Span};

/// The bytes of one call of a rule, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Crossed {
    /// The name and the options of the rule, and the host's answers.
    pub(crate) to_plugin: u64,
    /// The arguments of the host's functions, findings among them, and the text of an error.
    pub(crate) from_plugin: u64,
}

impl Crossed {
    /// What the call of a rule itself hands over.
    pub(super) fn of_call(rule: &String, options: &Vec<Node>) -> Self {
        Self { to_plugin: rule.bytes() + options.bytes(), from_plugin: 0 }
    }
}

/// A value that crosses.
pub(super) trait Crossing {
    /// All of its bytes.
    fn bytes(&self) -> u64;
}

impl<T: ComponentType + Behind> Crossing for T {
    fn bytes(&self) -> u64 {
        (T::SIZE32 + self.behind()) as u64
    }
}

/// What a value only points to.
pub(super) trait Behind {
    /// Its bytes.
    fn behind(&self) -> usize;
}

impl Behind for String {
    fn behind(&self) -> usize {
        self.len()
    }
}

impl<T: ComponentType + Behind> Behind for Vec<T> {
    fn behind(&self) -> usize {
        self.len() * T::SIZE32 + self.iter().map(T::behind).sum::<usize>()
    }
}

impl<T: Behind> Behind for Option<T> {
    fn behind(&self) -> usize {
        self.as_ref().map_or(0, T::behind)
    }
}

impl<T: Behind, E: Behind> Behind for Result<T, E> {
    fn behind(&self) -> usize {
        match self {
            Ok(value) => value.behind(),
            Err(error) => error.behind(),
        }
    }
}

impl<A: Behind, B: Behind> Behind for (A, B) {
    fn behind(&self) -> usize {
        self.0.behind() + self.1.behind()
    }
}

impl Behind for api::report::Edit {
    fn behind(&self) -> usize {
        match self {
            Self::Replace(replacement) => replacement.behind(),
            Self::CreateFile(path_and_content) => path_and_content.behind(),
            Self::DeleteFile(path) => path.behind(),
            Self::SetKey(key_and_value) | Self::AppendItem(key_and_value) => key_and_value.behind(),
            Self::RemoveKey(key) => key.behind(),
        }
    }
}

/// Values that point to nothing.
macro_rules! flat {
    ($($type:ty),* $(,)?) => {
        $(impl Behind for $type {
            fn behind(&self) -> usize {
                0
            }
        })*
    };
}

/// Records with all their fields; the compiler says when one is missing.
macro_rules! records {
    ($($module:ident: $($type:ident { $($field:ident),* $(,)? })*;)*) => {
        $($(impl Behind for api::$module::$type {
            fn behind(&self) -> usize {
                let Self { $($field),* } = self;
                0 $(+ $field.behind())*
            }
        })*)*
    };
}

flat! {
    bool, u32, u64, i64, Absence, NodeKind, Role, Span, api::git::History, api::python::Opening,
    api::python::Surroundings, api::report::Applicability, api::report::Confidence,
}

records! {
    types:
        Node { parent, key, key_span, kind, text, span }
        Place { path, span };
    repository:
        File { path, role, empty, executable, project }
        Match { pattern, place, text, line, role }
        Tally { first, count };
    python:
        Site { place, role, module, function, class, decorators, surroundings }
        Import { site, name, bound }
        Call { site, name, callee, value }
        Parameter { name, span, annotation, optional }
        Definition {
            site, kind, name, decorators, bases, parameters, returns, docstring, is_async, calls, extent,
        }
        Outline { site, kind, name, decorators, opening }
        Handler { site, exceptions, actions }
        Assignment { site, target, scope, annotation, value, bindings, reads }
        Statement { site, kind, value }
        Ancestor { name, known, members }
        Lineage { decorators, ancestors };
    project:
        Profile { id, evidence, place }
        Package { name, path, declared }
        Project {
            root, name, place, backend, requires_python, requires_python_place, source_roots, packages, managers,
            profiles, has_source,
        }
        Dependency { name, extras, specifier, marker, kind, group, place };
    automation:
        Command { place, words, launchers, source, unit, triggers, via, folder, tolerated, condition }
        Action { place, name, reference, inputs, job, triggers, tolerated, condition }
        Hook { place, id, repository, revision, value, words, triggers }
        Workflow { place, system, name, triggers, jobs, on }
        Opaque { place, reason, triggers }
        Task { place, runner, name };
    containers:
        Instruction { place, keyword, flags, words, exec_form, text }
        Stage { place, name, image, parent, needed, instructions }
        Dockerfile { path, purpose, python, built, stages, context, ignore_file }
        ComposeFile { path, purpose, value };
    git:
        Commit { id, parents, subject, body, author, email, time };
    report:
        Replacement { place, text }
        KeyPath { path, keys }
        Fix { applicability, edits }
        Related { place, message }
        Finding { requirements, place, message, help, confidence, related, fix };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugin::wit::Place;

    #[track_caller]
    fn check(value: &dyn Crossing, expected: u64) {
        assert_eq!(value.bytes(), expected);
    }

    #[test]
    fn a_text_is_a_pointer_a_length_and_its_bytes() {
        check(&"é".to_owned(), 8 + 2);
        check(&vec!["a".to_owned(), String::new()], 8 + 2 * 8 + 1);
        check(&Some(7u32), 8);
        check(&None::<String>, 12);
        check(&Ok::<String, Absence>("abc".to_owned()), 12 + 3);
    }

    #[test]
    fn a_record_is_its_fixed_size_and_what_its_fields_point_to() {
        let place = Place { path: "a.py".to_owned(), span: Span { start: 0, end: 1 } };
        check(&place, 16 + 4);
        check(&vec![place.clone(), place], 8 + 2 * 20);
    }
}
