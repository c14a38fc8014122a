//! What is noted of a module in one visit of its tree: scopes with their bindings, and the places that may become
//! facts. Nothing is resolved here; [`super::collect`] fills it, [`super::names`] reads it.

use std::cell::Cell;
use std::collections::HashMap;

use ruff_python_ast::{Alias, Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef, StmtImportFrom};
use ruff_text_size::TextRange;

use crate::plugin::wit::python::Surroundings;

/// Names are looked up all the time; the standard hasher costs a tenth of the whole build.
pub(super) type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// Index into [`Module::scopes`]; 0 is the module's own.
pub(super) type ScopeId = u32;

#[derive(Clone, Copy)]
pub(super) enum ScopeKind<'a> {
    Module,
    Class(&'a StmtClassDef),
    Function(&'a StmtFunctionDef),
    Lambda,
    Comprehension,
}

pub(super) struct Scope<'a> {
    pub(super) kind: ScopeKind<'a>,
    pub(super) parent: ScopeId,
    /// What a method calls its object or class: its first parameter.
    pub(super) receiver: Option<&'a str>,
    /// Names that are bound elsewhere by `global` or `nonlocal`, and where.
    pub(super) elsewhere: Vec<(&'a str, ScopeId)>,
}

/// What a name stands for.
#[derive(Clone, Copy)]
pub(super) enum Bound<'a> {
    Import(&'a Alias, Option<&'a StmtImportFrom>),
    /// The function or class with this scope.
    Definition(ScopeId),
    Value(&'a Expr),
    /// What a `with` binds, by the expression it manages.
    Managed(&'a Expr),
    Parameter,
    /// Annotated without a value.
    Annotated,
    /// Anything else: targets of loops, unpacked values, names that are bound to several things.
    Opaque,
}

#[derive(Clone, Copy)]
pub(super) struct Binding<'a> {
    pub(super) bound: Bound<'a>,
    pub(super) annotation: Option<&'a Expr>,
    /// Where its expressions are evaluated.
    pub(super) scope: ScopeId,
    /// How often the name is bound.
    pub(super) count: u32,
}

/// A place in the code with what surrounds it.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) range: TextRange,
    pub(super) scope: ScopeId,
    pub(super) surroundings: Surroundings,
}

pub(super) struct ImportSpot<'a> {
    pub(super) spot: Spot,
    pub(super) alias: &'a Alias,
    pub(super) from: Option<&'a StmtImportFrom>,
}

pub(super) struct CallSpot<'a> {
    pub(super) call: &'a ExprCall,
    pub(super) scope: ScopeId,
    pub(super) surroundings: Surroundings,
}

pub(super) struct DefinitionSpot<'a> {
    pub(super) spot: Spot,
    pub(super) statement: &'a Stmt,
    /// Scope of its body.
    pub(super) inner: ScopeId,
    /// The calls in its body, as a range of [`Module::calls`].
    pub(super) calls: (usize, usize),
}

pub(super) struct HandlerSpot<'a> {
    pub(super) spot: Spot,
    pub(super) kind: Option<&'a Expr>,
    pub(super) body: &'a [Stmt],
}

/// What is assigned to.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    Name(&'a str),
    /// An attribute of anything; the class if it is one of the method's own object.
    Attribute(&'a str, Option<ScopeId>),
    Parameter(&'a str),
}

impl<'a> Target<'a> {
    pub(super) fn last_part(self) -> &'a str {
        match self {
            Self::Name(name) | Self::Attribute(name, _) | Self::Parameter(name) => name,
        }
    }
}

pub(super) struct AssignmentSpot<'a> {
    /// Where the target's last part stands.
    pub(super) spot: Spot,
    /// Where the whole target stands.
    pub(super) written: TextRange,
    pub(super) target: Target<'a>,
    pub(super) annotation: Option<&'a Expr>,
    pub(super) value: Option<&'a Expr>,
}

pub(super) struct StatementSpot<'a> {
    pub(super) spot: Spot,
    pub(super) kind: &'static str,
    pub(super) values: &'a [Expr],
    pub(super) value: Option<&'a Expr>,
}

/// A read of a name or attribute inside a function.
pub(super) struct Read<'a> {
    pub(super) name: &'a str,
    pub(super) scope: ScopeId,
    pub(super) is_attribute: bool,
}

/// One visited module.
pub(super) struct Module<'a> {
    pub(super) source: &'a str,
    /// Dotted path from its source root.
    pub(super) name: &'a str,
    /// Whether it is a package's `__init__`.
    pub(super) is_package: bool,
    pub(super) scopes: Vec<Scope<'a>>,
    /// Numbers of the names that are bound anywhere.
    pub(super) symbols: Map<&'a str, u32>,
    /// By scope and symbol.
    pub(super) bindings: Map<(ScopeId, u32), Binding<'a>>,
    /// Attributes that methods set on their own object, by class and symbol.
    pub(super) attributes: Map<(ScopeId, u32), Binding<'a>>,
    pub(super) imports: Vec<ImportSpot<'a>>,
    pub(super) calls: Vec<CallSpot<'a>>,
    pub(super) definitions: Vec<DefinitionSpot<'a>>,
    pub(super) handlers: Vec<HandlerSpot<'a>>,
    pub(super) assignments: Vec<AssignmentSpot<'a>>,
    pub(super) statements: Vec<StatementSpot<'a>>,
    pub(super) reads: Vec<Read<'a>>,
    /// Steps that are left for resolving the current name.
    pub(super) steps: Cell<u32>,
    /// Nodes of values that are left for the whole file.
    pub(super) nodes: Cell<usize>,
}

impl<'a> Module<'a> {
    pub(super) fn text(&self, range: TextRange) -> &'a str {
        self.source.get(range.start().to_usize()..range.end().to_usize()).unwrap_or("")
    }

    pub(super) fn scope(&self, scope: ScopeId) -> &Scope<'a> {
        &self.scopes[scope as usize]
    }

    /// The scopes from this one outwards, the module's last.
    pub(super) fn outwards(&self, scope: ScopeId) -> impl Iterator<Item = ScopeId> + '_ {
        std::iter::successors(Some(scope), |&scope| (scope != 0).then(|| self.scope(scope).parent))
    }

    /// The binding that a name refers to, and the scope that holds it.
    pub(super) fn lookup(&self, name: &str, scope: ScopeId) -> Option<(ScopeId, &Binding<'a>)> {
        let symbol = *self.symbols.get(name)?;
        self.outwards(scope)
            .filter(|&outer| outer == scope || !matches!(self.scope(outer).kind, ScopeKind::Class(_)))
            .find_map(|outer| {
                self.steps.set(self.steps.get().saturating_sub(1));
                self.bindings.get(&(outer, symbol)).map(|binding| (outer, binding))
            })
    }

    /// How a scope itself binds a name.
    pub(super) fn binding(&self, scope: ScopeId, name: &str) -> Option<&Binding<'a>> {
        self.bindings.get(&(scope, *self.symbols.get(name)?))
    }

    /// How the methods of a class set an attribute.
    pub(super) fn attribute(&self, class: ScopeId, name: &str) -> Option<&Binding<'a>> {
        self.attributes.get(&(class, *self.symbols.get(name)?))
    }

    pub(super) fn symbol(&mut self, name: &'a str) -> u32 {
        let next = self.symbols.len() as u32;
        *self.symbols.entry(name).or_insert(next)
    }

    /// The class whose method calls its object by this name, which `binding` in `found` binds.
    pub(super) fn receiver_class(&self, name: &str, found: ScopeId, binding: &Binding) -> Option<ScopeId> {
        let holder = self.scope(found);
        (matches!(binding.bound, Bound::Parameter) && holder.receiver == Some(name)).then_some(holder.parent)
    }
}
