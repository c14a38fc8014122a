//! The interface of `wit/` as Rust types. Facts are made of these types, so that nothing is converted on the way out.

wasmtime::component::bindgen!({
    path: "../wit",
    world: "plugin",
    imports: { default: trappable },
    additional_derives: [PartialEq],
});

pub(crate) use self::plimsoll::plugin::{automation, containers, git, project, python, report, repository, types};
pub(crate) use types::{Absence, Node, NodeKind, Place, Role, Span};
