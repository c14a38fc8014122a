//! Turns what [`super::collect`] noted into facts: resolves names, keeps what is wanted, and writes it out as `wit/`
//! defines it.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};
use serde::{Deserialize, Serialize};

use super::super::kinds::{Kinds, PYTHON_KINDS};
use super::actions;
use super::classes::Class;
use super::collect::elements;
use super::index::Indexed;
use super::interest::Wanted;
use super::module::{AssignmentSpot, Bound, DefinitionSpot, Module, ScopeId, ScopeKind, Spot, Target};
use super::values::{self, span};
use crate::plugin::wit::python::{
    Assignment, Call, Definition, Handler, Import, Opening, Outline, Parameter, Site, Statement,
};
use crate::plugin::wit::{Node, Place, Role};

/// Facts of one kind that one file may have; far above what code written by people has.
const MOST_FACTS: usize = 20_000;
/// Calls in a definition that are looked at for its list of calls.
const MOST_CALLS: usize = 10_000;

/// The facts of one file.
#[derive(Default)]
pub(in crate::facts) struct FileFacts {
    pub(super) imports: Vec<Import>,
    pub(super) calls: Vec<Call>,
    pub(super) definitions: Vec<Definition>,
    pub(super) outlines: Vec<Outline>,
    pub(super) handlers: Vec<Handler>,
    pub(super) assignments: Vec<Assignment>,
    pub(super) statements: Vec<Statement>,
    pub(in crate::facts) classes: Vec<Class>,
}

/// Classes by name, of which the last counts where there are several.
fn by_name(classes: &[Class]) -> BTreeMap<&str, Vec<&Class>> {
    let mut named: BTreeMap<&str, Vec<&Class>> = BTreeMap::new();
    classes.iter().for_each(|class| named.entry(&class.name).or_default().push(class));
    named
}

/// Which kinds of facts are others.
pub(in crate::facts) struct Differences {
    pub(in crate::facts) imports: bool,
    pub(in crate::facts) calls: bool,
    pub(in crate::facts) definitions: bool,
    pub(in crate::facts) outlines: bool,
    pub(in crate::facts) handlers: bool,
    pub(in crate::facts) assignments: bool,
    pub(in crate::facts) statements: bool,
    /// The names of the classes that are others.
    pub(in crate::facts) classes: BTreeSet<String>,
}

impl FileFacts {
    /// In what they differ from others.
    pub(in crate::facts) fn differences(&self, others: &Self) -> Differences {
        Differences {
            imports: self.imports != others.imports,
            calls: self.calls != others.calls,
            definitions: self.definitions != others.definitions,
            outlines: self.outlines != others.outlines,
            handlers: self.handlers != others.handlers,
            assignments: self.assignments != others.assignments,
            statements: self.statements != others.statements,
            classes: {
                let (own, other) = (by_name(&self.classes), by_name(&others.classes));
                let is_other = |name: &&&str| own.get(**name) != other.get(**name);
                own.keys().chain(other.keys()).filter(is_other).map(|name| (*name).to_owned()).collect()
            },
        }
    }

    /// Each kind of facts in the form to be kept, in the order of [`Kinds`].
    pub(in crate::facts) fn encoded(&self) -> [Vec<u8>; PYTHON_KINDS] {
        fn of<T: Serialize>(facts: &Vec<T>) -> Vec<u8> {
            postcard::to_allocvec(facts).unwrap_or_default()
        }
        [
            of(&self.imports),
            of(&self.calls),
            of(&self.definitions),
            of(&self.outlines),
            of(&self.handlers),
            of(&self.assignments),
            of(&self.statements),
            of(&self.classes),
        ]
    }

    /// Facts of some kinds, of what [`FileFacts::encoded`] gave; none where it is damaged.
    pub(in crate::facts) fn decode(encoded: &[&[u8]; PYTHON_KINDS], kinds: Kinds) -> Option<Self> {
        fn of<'b, T: Deserialize<'b>>(encoded: &[&'b [u8]], kinds: Kinds, kind: Kinds) -> Option<Vec<T>> {
            if !kinds.contains(kind) {
                return Some(Vec::new());
            }
            postcard::from_bytes(encoded[kind.place()]).ok()
        }
        Some(Self {
            imports: of(encoded, kinds, Kinds::IMPORTS)?,
            calls: of(encoded, kinds, Kinds::CALLS)?,
            definitions: of(encoded, kinds, Kinds::DEFINITIONS)?,
            outlines: of(encoded, kinds, Kinds::OUTLINES)?,
            handlers: of(encoded, kinds, Kinds::HANDLERS)?,
            assignments: of(encoded, kinds, Kinds::ASSIGNMENTS)?,
            statements: of(encoded, kinds, Kinds::STATEMENTS)?,
            classes: of(encoded, kinds, Kinds::CLASSES)?,
        })
    }

    /// The sites of all facts, in some fixed order.
    pub(in crate::facts) fn sites(&mut self) -> impl Iterator<Item = &mut Site> {
        let imports = self.imports.iter_mut().map(|fact| &mut fact.site);
        let calls = self.calls.iter_mut().map(|fact| &mut fact.site);
        let definitions = self.definitions.iter_mut().map(|fact| &mut fact.site);
        let outlines = self.outlines.iter_mut().map(|fact| &mut fact.site);
        let handlers = self.handlers.iter_mut().map(|fact| &mut fact.site);
        let assignments = self.assignments.iter_mut().map(|fact| &mut fact.site);
        let statements = self.statements.iter_mut().map(|fact| &mut fact.site);
        imports.chain(calls).chain(definitions).chain(outlines).chain(handlers).chain(assignments).chain(statements)
    }
}

pub(super) fn extract(module: &Module, path: &str, role: Role, wanted: &Wanted) -> FileFacts {
    let mut extractor = Extractor { module, path, role, wanted, facts: FileFacts::default() };
    extractor.imports();
    extractor.calls();
    extractor.definitions();
    extractor.handlers();
    extractor.assignments();
    extractor.statements();
    extractor.classes();
    let mut facts = extractor.facts;
    sort(&mut facts.imports);
    sort(&mut facts.calls);
    sort(&mut facts.definitions);
    sort(&mut facts.outlines);
    sort(&mut facts.handlers);
    sort(&mut facts.assignments);
    sort(&mut facts.statements);
    facts
}

/// Sorts facts of one file by their span.
fn sort(facts: &mut [impl Indexed]) {
    facts.sort_by_key(|fact| {
        let span = fact.site().place.span;
        (span.start, span.end)
    });
}

struct Extractor<'m, 'a> {
    module: &'m Module<'a>,
    path: &'m str,
    role: Role,
    wanted: &'m Wanted,
    facts: FileFacts,
}

impl Extractor<'_, '_> {
    fn site(&self, spot: Spot) -> Site {
        let mut function = None;
        let mut class = None;
        for scope in self.module.outwards(spot.scope) {
            match self.module.scope(scope).kind {
                ScopeKind::Function(found) if function.is_none() => function = Some((found, scope)),
                ScopeKind::Class(found) if class.is_none() => class = Some(found.name.to_string()),
                _ => {}
            }
        }
        let decorators = function.map(|(function, scope)| {
            let mut names = self.module.decorator_names(function, self.module.scope(scope).parent);
            names.reverse();
            names
        });
        Site {
            place: Place { path: self.path.to_owned(), span: span(spot.range) },
            role: self.role,
            module: self.module.name.to_owned(),
            function: function.map(|(function, _)| function.name.to_string()),
            class,
            decorators: decorators.unwrap_or_default(),
            surroundings: spot.surroundings,
        }
    }

    fn imports(&mut self) {
        let mut name = String::new();
        for import in &self.module.imports {
            name.clear();
            self.module.write_import(import.alias, import.from, false, &mut name);
            if self.wanted.imports.is_match(&name) && self.facts.imports.len() < MOST_FACTS {
                let written = import.alias.asname.as_ref().unwrap_or(&import.alias.name).as_str();
                let cut = if import.from.is_none() { written.split_once('.').map(|(first, _)| first) } else { None };
                let bound = cut.unwrap_or(written).to_owned();
                self.facts.imports.push(Import { site: self.site(import.spot), name: name.clone(), bound });
            }
        }
    }

    fn calls(&mut self) {
        let mut name = String::new();
        let wants_exit = self.wanted.statements.is_match("exit");
        for spot in &self.module.calls {
            let last = match &*spot.call.func {
                Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
                _ => None,
            };
            let may_exit = wants_exit && last.is_none_or(|last| matches!(last, "exit" | "_exit"));
            if !may_exit && last.is_some_and(|last| !self.wanted.calls.may_end_in(last)) {
                continue;
            }
            self.module.write_name_of(&spot.call.func, spot.scope, &mut name);
            let place = Spot { range: spot.call.range(), scope: spot.scope, surroundings: spot.surroundings };
            if self.wanted.calls.is_match(&name) && self.facts.calls.len() < MOST_FACTS {
                let fact = Call {
                    site: self.site(place),
                    name: name.clone(),
                    callee: span(spot.call.func.range()),
                    value: values::call(self.module, spot.call, spot.scope),
                };
                self.facts.calls.push(fact);
            }
            if may_exit && matches!(name.as_str(), "sys.exit" | "os._exit" | "builtins.exit" | "builtins.quit") {
                let value = values::call(self.module, spot.call, spot.scope);
                self.statement(place, "exit", Some(value));
            }
        }
    }

    fn statement(&mut self, spot: Spot, kind: &str, value: Option<Vec<Node>>) {
        if self.facts.statements.len() < MOST_FACTS {
            self.facts.statements.push(Statement { site: self.site(spot), kind: kind.to_owned(), value });
        }
    }

    fn statements(&mut self) {
        let module = self.module;
        let wants_exit = self.wanted.statements.is_match("exit");
        for statement in &module.statements {
            let spot = statement.spot;
            let value = || match (statement.value, statement.values) {
                (Some(value), _) => Some(values::value(module, value, spot.scope, None)),
                (None, [single]) => Some(values::value(module, single, spot.scope, None)),
                (None, []) => None,
                (None, several) => Some(values::list(module, several, spot.scope, spot.range)),
            };
            // Tests are full of them; who wants those asks for them.
            let is_test = statement.kind == "assert" && self.role == Role::Test;
            let kind = if is_test { "test-assert" } else { statement.kind };
            if self.wanted.statements.is_match(kind) {
                self.statement(spot, kind, value());
            }
            if wants_exit
                && statement.kind == "raise"
                && statement.value.is_some_and(|raised| self.is_exit(raised, spot.scope))
            {
                self.statement(spot, "exit", value());
            }
        }
    }

    fn is_exit(&self, raised: &Expr, scope: ScopeId) -> bool {
        let class = match raised {
            Expr::Call(call) => &call.func,
            other => other,
        };
        self.module.name_of(class, scope) == "builtins.SystemExit"
    }

    fn handlers(&mut self) {
        if self.wanted.handlers.is_empty() {
            return;
        }
        let module = self.module;
        for handler in &module.handlers {
            let scope = handler.spot.scope;
            let exceptions: Vec<String> = match handler.kind {
                None => Vec::new(),
                Some(kind) => self.exceptions(kind, scope),
            };
            let matches = match handler.kind {
                None => self.wanted.handlers.is_match("bare"),
                Some(_) => exceptions.iter().any(|name| self.wanted.handlers.is_match(name)),
            };
            if matches && self.facts.handlers.len() < MOST_FACTS {
                let inner = Spot { scope, ..handler.spot };
                let actions = actions::actions(module, handler.body, scope);
                self.facts.handlers.push(Handler { site: self.site(inner), exceptions, actions });
            }
        }
    }

    /// The exceptions that an `except` names, also through a variable that holds a tuple of them.
    fn exceptions(&self, kind: &Expr, scope: ScopeId) -> Vec<String> {
        let (kind, scope) = match kind {
            Expr::Name(name) => match self.module.lookup(&name.id, scope) {
                Some((_, binding)) => match binding.bound {
                    Bound::Value(tuple @ Expr::Tuple(_)) => (tuple, binding.scope),
                    _ => (kind, scope),
                },
                None => (kind, scope),
            },
            other => (other, scope),
        };
        elements(kind).iter().map(|exception| self.module.name_of(exception, scope)).collect()
    }

    fn definitions(&mut self) {
        let module = self.module;
        for definition in &module.definitions {
            let (kind, name) = match definition.statement {
                Stmt::FunctionDef(function) => {
                    let in_class = matches!(module.scope(definition.spot.scope).kind, ScopeKind::Class(_));
                    (if in_class { "method" } else { "function" }, function.name.as_str())
                }
                Stmt::ClassDef(class) => ("class", class.name.as_str()),
                _ => ("type-alias", module.text(definition.spot.range)),
            };
            if self.wanted.definition(kind, name) && self.facts.definitions.len() < MOST_FACTS {
                let fact = self.definition(definition, kind, name);
                self.facts.definitions.push(fact);
            }
            if self.wanted.outline(kind, name) && self.facts.outlines.len() < MOST_FACTS {
                let outline = self.outline(definition, kind, name);
                self.facts.outlines.extend(outline);
            }
        }
    }

    fn classes(&mut self) {
        if !self.wanted.lineages {
            return;
        }
        let module = self.module;
        for definition in module.definitions.iter().take(MOST_FACTS) {
            let Stmt::ClassDef(class) = definition.statement else { continue };
            let scope = definition.spot.scope;
            let name = |expression: &Expr| match expression {
                Expr::Subscript(generic) => module.name_of(&generic.value, scope),
                other => module.name_of(other, scope),
            };
            let mut members: Vec<String> =
                self.members(&class.body, definition.inner).into_iter().map(|member| member.name).collect();
            members.sort();
            self.facts.classes.push(Class {
                name: format!("{}.{}", module.name, class.name),
                decorators: class
                    .decorator_list
                    .iter()
                    .map(|decorator| self.callee(&decorator.expression, scope))
                    .collect(),
                bases: class.bases().iter().map(name).collect(),
                members,
            });
        }
    }

    fn outline(&self, definition: &DefinitionSpot, kind: &str, name: &str) -> Option<Outline> {
        let (decorators, body) = match definition.statement {
            Stmt::FunctionDef(function) => (&function.decorator_list, &function.body),
            Stmt::ClassDef(class) => (&class.decorator_list, &class.body),
            _ => return None,
        };
        let scope = definition.spot.scope;
        Some(Outline {
            site: self.site(definition.spot),
            kind: kind.to_owned(),
            name: name.to_owned(),
            decorators: decorators.iter().map(|decorator| self.callee(&decorator.expression, scope)).collect(),
            opening: opening(body),
        })
    }

    /// The resolved name of what may be called with arguments.
    fn callee(&self, expression: &Expr, scope: ScopeId) -> String {
        match expression {
            Expr::Call(call) => self.module.name_of(&call.func, scope),
            other => self.module.name_of(other, scope),
        }
    }

    fn definition(&self, definition: &DefinitionSpot, kind: &str, name: &str) -> Definition {
        let module = self.module;
        let scope = definition.spot.scope;
        let value = |expression: &Expr| values::value(module, expression, scope, None);
        let mut fact = Definition {
            site: self.site(definition.spot),
            kind: kind.to_owned(),
            name: name.to_owned(),
            decorators: Vec::new(),
            bases: Vec::new(),
            parameters: Vec::new(),
            returns: None,
            docstring: None,
            is_async: false,
            calls: Vec::new(),
            extent: span(definition.statement.range()),
        };
        match definition.statement {
            Stmt::FunctionDef(function) => {
                fact.decorators =
                    function.decorator_list.iter().map(|decorator| value(&decorator.expression)).collect();
                fact.parameters = self.parameters(function, scope);
                fact.returns = function.returns.as_ref().map(|returns| module.annotation_text(returns, scope));
                fact.docstring = docstring(&function.body);
                fact.is_async = function.is_async;
                fact.calls = self.calls_of(definition);
            }
            Stmt::ClassDef(class) => {
                fact.decorators = class.decorator_list.iter().map(|decorator| value(&decorator.expression)).collect();
                fact.bases = class.bases().iter().map(value).collect();
                let keywords = class.arguments.iter().flat_map(|arguments| &arguments.keywords);
                fact.bases.extend(keywords.map(|keyword| {
                    let key = keyword.arg.as_ref().map(|name| (name.as_str(), name.range));
                    values::value(module, &keyword.value, scope, key)
                }));
                fact.parameters = self.members(&class.body, definition.inner);
                fact.docstring = docstring(&class.body);
            }
            Stmt::TypeAlias(alias) => fact.bases.push(value(&alias.value)),
            Stmt::AnnAssign(assign) => fact.bases.extend(assign.value.as_deref().map(value)),
            _ => {}
        }
        fact
    }

    fn calls_of(&self, definition: &DefinitionSpot) -> Vec<String> {
        let (first, end) = definition.calls;
        let mut names: BTreeSet<String> = BTreeSet::new();
        let mut name = String::new();
        for spot in self.module.calls[first..end].iter().take(MOST_CALLS) {
            self.module.write_name_of(&spot.call.func, spot.scope, &mut name);
            if !names.contains(&name) {
                names.insert(name.clone());
            }
        }
        names.into_iter().collect()
    }

    fn parameters(&self, function: &ruff_python_ast::StmtFunctionDef, scope: ScopeId) -> Vec<Parameter> {
        let parameters = &*function.parameters;
        parameters
            .into_iter()
            .map(|any| {
                let parameter = any.as_parameter();
                let annotation = parameter.annotation.as_ref();
                Parameter {
                    name: parameter.name.to_string(),
                    span: span(parameter.name.range),
                    annotation: annotation.map(|annotation| self.module.annotation_text(annotation, scope)),
                    optional: any.is_variadic() || any.default().is_some(),
                }
            })
            .collect()
    }

    /// The fields and methods that a class's body defines, in its order; of several definitions the first.
    fn members(&self, body: &[Stmt], inner: ScopeId) -> Vec<Parameter> {
        let mut members: Vec<Parameter> = Vec::new();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for statement in body {
            let mut add = |name: &'_ str, range: TextRange, annotation: Option<&Expr>, optional: bool| {
                members.push(Parameter {
                    name: name.to_owned(),
                    span: span(range),
                    annotation: annotation.map(|annotation| self.module.annotation_text(annotation, inner)),
                    optional,
                });
            };
            match statement {
                Stmt::AnnAssign(assign) => {
                    if let Expr::Name(name) = &*assign.target
                        && seen.insert(&name.id)
                    {
                        add(&name.id, name.range, Some(&assign.annotation), assign.value.is_some());
                    }
                }
                Stmt::Assign(assign) => {
                    for target in assign.targets.iter().flat_map(elements) {
                        if let Expr::Name(name) = target
                            && seen.insert(&name.id)
                        {
                            add(&name.id, name.range, None, true);
                        }
                    }
                }
                Stmt::FunctionDef(function) if seen.insert(&function.name) => {
                    add(&function.name, function.name.range, None, false);
                }
                _ => {}
            }
        }
        members
    }

    fn assignments(&mut self) {
        let module = self.module;
        let mut matched: Vec<(&AssignmentSpot, ScopeId, &str)> = Vec::new();
        for spot in &module.assignments {
            let scope = spot.spot.scope;
            let name = spot.target.last_part();
            let holder = match spot.target {
                Target::Name(_) => module.lookup(name, scope).map_or(scope, |(holder, _)| holder),
                _ => scope,
            };
            let kind = match (spot.target, module.scope(holder).kind) {
                (Target::Attribute(..), _) => "attribute",
                (Target::Parameter(_), _) => "parameter",
                (Target::Name(_), ScopeKind::Module) => "module",
                (Target::Name(_), ScopeKind::Class(_)) => "class",
                (Target::Name(_), _) => "function",
            };
            if self.wanted.assignment(kind, name) && matched.len() < MOST_FACTS {
                matched.push((spot, holder, kind));
            }
        }
        if matched.is_empty() {
            return;
        }
        let reads = super::reads::count(module, matched.iter().map(|(spot, ..)| spot.target.last_part()));
        for (spot, holder, kind) in matched {
            let scope = spot.spot.scope;
            let name = spot.target.last_part();
            let (binding, reads) = match spot.target {
                Target::Attribute(_, Some(class)) => (module.attribute(class, name), reads.attributes.get(name)),
                Target::Attribute(_, None) => (None, reads.attributes.get(name)),
                Target::Name(_) | Target::Parameter(_) => {
                    (module.binding(holder, name), reads.names.get(&(holder, name)))
                }
            };
            let outer = match spot.target {
                Target::Parameter(_) => module.scope(scope).parent,
                _ => scope,
            };
            self.facts.assignments.push(Assignment {
                site: self.site(spot.spot),
                target: module.text(spot.written).to_owned(),
                scope: kind.to_owned(),
                annotation: spot.annotation.map(|annotation| module.annotation_text(annotation, outer)),
                value: spot.value.map(|value| values::value(module, value, outer, None)),
                bindings: binding.map_or(1, |binding| binding.count),
                reads: reads.copied().unwrap_or(0),
            });
        }
    }
}

fn opening(body: &[Stmt]) -> Opening {
    let is_nothing = |statement: &Stmt| match statement {
        Stmt::Pass(_) => true,
        Stmt::Expr(statement) => statement.value.is_ellipsis_literal_expr(),
        _ => false,
    };
    match body.first() {
        Some(Stmt::Expr(statement)) if statement.value.is_string_literal_expr() => Opening::Docstring,
        _ if body.iter().all(is_nothing) => Opening::Nothing,
        _ => Opening::Code,
    }
}

/// The text of the string that a body starts with.
fn docstring(body: &[Stmt]) -> Option<String> {
    match body.first()? {
        Stmt::Expr(statement) => match &*statement.value {
            Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
            _ => None,
        },
        _ => None,
    }
}
