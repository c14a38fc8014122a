//! The interface of `wit/` as Rust types. Facts are made of these types, so that nothing is converted on the way out.

wasmtime::component::bindgen!({
    path: "../wit",
    world: "plugin",
    imports: { default: trappable },
    additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
});

pub(crate) use self::plimsoll::plugin::{automation, containers, git, project, python, report, repository, types};
pub(crate) use types::{Absence, Node, NodeKind, Place, Role, Span};

impl serde::Serialize for python::Surroundings {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_array().serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for python::Surroundings {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = <[u32; 1]>::deserialize(deserializer)?;
        let mut surroundings = Self::empty();
        for flag in SURROUNDINGS {
            if flag.as_array()[0] & written[0] != 0 {
                surroundings |= *flag;
            }
        }
        Ok(surroundings)
    }
}

/// All of them.
const SURROUNDINGS: &[python::Surroundings] = {
    use python::Surroundings as Each;
    &[
        Each::ASYNC,
        Each::AWAITED,
        Each::LOOP,
        Each::TRY,
        Each::HANDLER,
        Each::FINALLY,
        Each::MANAGED,
        Each::TYPE_CHECKING,
        Each::MAIN_GUARD,
        Each::CONDITIONAL,
        Each::DECORATOR,
        Each::ANNOTATION,
        Each::STATEMENT,
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surroundings_are_kept_whole() {
        let all = python::Surroundings::all();
        let kept: python::Surroundings = postcard::from_bytes(&postcard::to_allocvec(&all).unwrap()).unwrap();
        assert_eq!(kept, all);
    }
}
