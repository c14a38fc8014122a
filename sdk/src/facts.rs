//! Queries for facts. The types and their meaning are those of the interface in `wit/`.

use crate::bindings::plimsoll::plugin::types::{Place, Span};
use crate::plugin::owned;
use crate::value::Item;

/// A configuration file, parsed.
pub struct Document {
    /// The file.
    pub file: repository::File,
    /// Its content.
    pub value: documents::Nodes,
}

impl Document {
    /// Its path.
    pub fn path(&self) -> &str {
        &self.file.path
    }

    /// The node at a path of keys.
    pub fn at(&self, keys: &[&str]) -> Option<Item<'_>> {
        Item::root(&self.value)?.at(keys)
    }

    /// The whole document.
    pub fn root(&self) -> Option<Item<'_>> {
        Item::root(&self.value)
    }

    /// The document's first byte: where something is missing that has no nearer owner.
    pub fn start(&self) -> Place {
        Place { path: self.file.path.clone(), span: Span { start: 0, end: 0 } }
    }
}

/// Files.
pub mod repository {
    use super::owned;
    use crate::bindings::plimsoll::plugin::repository as host;
    use crate::bindings::plimsoll::plugin::types::Absence;

    pub use host::{File, Match, Tally};

    /// The files of the target that one of the globs names, sorted by path.
    pub fn find(globs: &[&str]) -> Vec<File> {
        host::find(&owned(globs))
    }

    /// Whether a file or folder of this path is in the repository.
    pub fn exists(path: &str) -> bool {
        host::exists(path)
    }

    /// The text of a file.
    ///
    /// # Errors
    /// When there is none, or it is no text, or larger than 1 MiB.
    pub fn read(path: &str) -> Result<String, Absence> {
        host::read(path)
    }

    /// Where regular expressions match; declare them with `Want::Search`.
    pub fn search(patterns: &[&str], globs: &[&str]) -> Vec<Match> {
        host::search(&owned(patterns), &owned(globs))
    }

    /// For each file with matches the first one and their number, where `search` would hand over all of them.
    pub fn tallies(patterns: &[&str], globs: &[&str]) -> Vec<Tally> {
        host::tallies(&owned(patterns), &owned(globs))
    }

    /// For each path, whether `.gitignore` covers it.
    pub fn ignored(paths: &[&str]) -> Vec<bool> {
        host::ignored(&owned(paths))
    }

    /// For each path, whether a glob of ruff's dialect, relative to `base`, covers it.
    pub fn covered(base: &str, glob: &str, paths: &[String]) -> Vec<bool> {
        host::covered(base, glob, paths)
    }
}

/// Configuration files as trees.
pub mod documents {
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::rc::Rc;

    use super::owned;
    use crate::bindings::plimsoll::plugin::documents as host;
    use crate::bindings::plimsoll::plugin::types::{Absence, Node};

    /// The nodes of a value.
    pub type Nodes = Rc<[Node]>;

    /// Bytes of documents that an instance keeps.
    const MOST_BYTES: usize = 8 << 20;
    /// Bytes of the largest document among them.
    const LARGEST: usize = 1 << 20;

    /// Whole files by their path.
    struct Known {
        files: BTreeMap<String, Nodes>,
        bytes: usize,
    }

    thread_local! {
        /// The rules of a section read the same few, one after the other.
        static KNOWN: RefCell<Known> = const { RefCell::new(Known { files: BTreeMap::new(), bytes: 0 }) };
    }

    /// The value at a path of keys in a file.
    ///
    /// # Errors
    /// When the file or key is missing, or the file can't be read or parsed.
    pub fn read(path: &str, keys: &[&str]) -> Result<Nodes, Absence> {
        if !keys.is_empty() {
            return host::read(path, &owned(keys)).map(Rc::from);
        }
        if let Some(known) = KNOWN.with_borrow(|known| known.files.get(path).cloned()) {
            return Ok(known);
        }
        // What is broken is told to each rule that asks: the host notes who was left without an answer.
        let nodes: Nodes = host::read(path, &[])?.into();
        let bytes: usize = nodes.iter().map(bytes).sum();
        KNOWN.with_borrow_mut(|known| {
            if bytes <= LARGEST && known.bytes + bytes <= MOST_BYTES {
                known.bytes += bytes;
                known.files.insert(path.to_owned(), Rc::clone(&nodes));
            }
        });
        Ok(nodes)
    }

    /// Bytes of a node.
    fn bytes(node: &Node) -> usize {
        size_of::<Node>() + node.text.len() + node.key.as_ref().map_or(0, String::len)
    }
}

/// Python code; declare what is asked for with [`crate::Want`].
pub mod python {
    use super::owned;
    use crate::bindings::plimsoll::plugin::python as host;

    pub use host::{
        Ancestor, Assignment, Call, Definition, Handler, Import, Lineage, Opening, Outline, Parameter, Site, Statement,
        Surroundings,
    };

    /// Imports by resolved name.
    pub fn imports(names: &[&str]) -> Vec<Import> {
        host::imports(&owned(names))
    }

    /// Calls by resolved name.
    pub fn calls(names: &[&str]) -> Vec<Call> {
        host::calls(&owned(names))
    }

    /// Definitions by kind and name.
    pub fn definitions(kinds: &[&str], names: &[&str]) -> Vec<Definition> {
        host::definitions(&owned(kinds), &owned(names))
    }

    /// Outlines of definitions by kind and name.
    pub fn outlines(kinds: &[&str], names: &[&str]) -> Vec<Outline> {
        host::outlines(&owned(kinds), &owned(names))
    }

    /// Exception handlers by exception.
    pub fn handlers(exceptions: &[&str]) -> Vec<Handler> {
        host::handlers(&owned(exceptions))
    }

    /// Assignments by the target's last part.
    pub fn assignments(names: &[&str]) -> Vec<Assignment> {
        host::assignments(&owned(names))
    }

    /// Where classes come from, by dotted names; none for one that the repository does not define.
    pub fn lineages(classes: &[String]) -> Vec<Option<Lineage>> {
        host::lineages(classes)
    }

    impl Site {
        /// Dotted name of the innermost enclosing class, if any.
        pub fn class_name(&self) -> Option<String> {
            Some(format!("{}.{}", self.module, self.class.as_ref()?))
        }
    }

    impl Lineage {
        /// Whether a name may be given by what the class is derived from: by a class that is not in the repository, or
        /// by one that has such a member.
        pub fn may_have(&self, member: &str) -> bool {
            const PLAIN: &[&str] = &["builtins.object", "object", "abc.ABC", "typing.Generic"];
            self.is_of_interface()
                || self.ancestors.iter().filter(|ancestor| !PLAIN.contains(&ancestor.name.as_str())).any(|ancestor| {
                    !ancestor.known || ancestor.members.binary_search_by(|own| own.as_str().cmp(member)).is_ok()
                })
        }

        /// Whether a decorator names an interface of Zope that the class implements, whose members are known nowhere.
        pub fn is_of_interface(&self) -> bool {
            self.decorators.iter().any(|decorator| {
                decorator.starts_with("zope.interface.")
                    && ["implementer", "provider"].iter().any(|name| decorator.ends_with(name))
            })
        }
    }

    /// Statements by kind.
    pub fn statements(kinds: &[&str]) -> Vec<Statement> {
        host::statements(&owned(kinds))
    }
}

/// Projects and their dependencies.
pub mod project {
    use std::cell::OnceCell;

    use super::owned;
    use crate::bindings::plimsoll::plugin::project as host;

    pub use host::{Dependency, Package, Profile, Project};

    impl Dependency {
        /// Whether it serves development: it is of a group, or of an extra in whose name one of these words stands.
        pub fn is_of_development(&self, words: &[&str]) -> bool {
            let group = self.group.as_deref().unwrap_or_default().to_ascii_lowercase();
            let is_named =
                || group.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| words.contains(&word));
            self.kind == "development" || self.kind == "optional" && is_named()
        }
    }

    /// The projects of the target.
    pub fn projects() -> Vec<Project> {
        thread_local! {
            /// An instance has one target, and most of its rules ask: to cross costs a text ten times what a copy does.
            static PROJECTS: OnceCell<Vec<Project>> = const { OnceCell::new() };
        }
        PROJECTS.with(|projects| projects.get_or_init(host::projects).clone())
    }

    /// How many Python files of production code the project of the target with this root has.
    pub fn source_files(root: &str) -> u32 {
        host::source_files(root)
    }

    /// Declared dependencies by normalised name.
    pub fn dependencies(names: &[&str]) -> Vec<Dependency> {
        host::dependencies(&owned(names))
    }

    /// The locked version of a package.
    pub fn locked(name: &str) -> Option<String> {
        host::locked(name)
    }

    impl Project {
        /// Whether it is of a kind: `library`, `api`, `containerized`, …
        pub fn has_profile(&self, id: &str) -> bool {
            self.profiles.iter().any(|profile| profile.id == id)
        }

        /// A path below its root.
        pub fn path(&self, relative: &str) -> String {
            if self.root.is_empty() { relative.to_owned() } else { format!("{}/{relative}", self.root) }
        }
    }
}

/// What CI, hooks and task runners run.
pub mod automation {
    use super::owned;
    use crate::bindings::plimsoll::plugin::automation as host;

    /// The names that just looks for, as globs.
    pub const JUSTFILES: &[&str] = &["justfile", "Justfile", "JUSTFILE", ".justfile", ".Justfile"];

    pub use host::{Action, Command, Hook, Opaque, Task, Workflow, opaque_steps, tasks, workflows};

    /// Commands by program.
    pub fn commands(programs: &[&str]) -> Vec<Command> {
        host::commands(&owned(programs))
    }

    /// Uses of GitHub actions by name.
    pub fn actions(names: &[&str]) -> Vec<Action> {
        host::actions(&owned(names))
    }

    /// Hooks of pre-commit by id.
    pub fn hooks(ids: &[&str]) -> Vec<Hook> {
        host::hooks(&owned(ids))
    }

    impl Command {
        /// The program.
        pub fn program(&self) -> &str {
            self.words.first().map_or("", String::as_str)
        }

        /// Whether any word is one of these.
        pub fn has_word(&self, words: &[&str]) -> bool {
            self.words.iter().any(|word| words.contains(&word.as_str()))
        }

        /// Whether CI runs it at all.
        pub fn is_in_ci(&self) -> bool {
            !self.triggers.is_empty()
        }
    }
}

/// Dockerfiles and compose files.
pub mod containers {
    use super::owned;
    use crate::bindings::plimsoll::plugin::containers as host;

    pub use host::{ComposeFile, Dockerfile, Instruction, Stage, compose_files, dockerfiles};

    /// For each path below the build context, whether the Dockerfile's ignore file leaves it out.
    pub fn ignored(dockerfile: &str, paths: &[&str]) -> Vec<bool> {
        host::ignored(dockerfile, &owned(paths))
    }

    impl Dockerfile {
        /// The stage that is built.
        pub fn built_stage(&self) -> Option<&Stage> {
            self.stages.get(self.built as usize)
        }

        /// The stage that is built, after the stages that it is FROM: the instructions that make the image, in order.
        pub fn built_chain(&self) -> Vec<&Stage> {
            let mut chain = Vec::new();
            let mut next = Some(self.built);
            while let Some(stage) = next.and_then(|index| self.stages.get(index as usize)) {
                chain.push(stage);
                next = stage.parent.filter(|_| chain.len() <= self.stages.len());
            }
            chain.reverse();
            chain
        }
    }
}

/// The repository's history.
pub mod git {
    use crate::bindings::plimsoll::plugin::git as host;

    pub use host::{Commit, History, available, branches, commits, tags};

    /// The newest commits: so many, or all that ever were. None when a shallow clone has too few to tell, where a rule
    /// says [`Report::unknown`](crate::Report::unknown): a verdict must not depend on how deep a clone is.
    pub fn newest(count: u32) -> Option<Vec<Commit>> {
        let commits = host::commits(count);
        (commits.len() == count as usize || host::available() != History::Shallow).then_some(commits)
    }
}
