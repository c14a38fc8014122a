//! Reads the literals of a `setup.py` without running it.

use std::collections::HashMap;

use ruff_python_ast::{Expr, ModModule, Stmt};
use ruff_text_size::Ranged;

use super::Place;
use crate::facts::Facts;
use crate::facts::python::parse_module;
use crate::plugin::wit::Span;

/// What a `setup.py` says in literals.
pub(super) struct Setup {
    /// The call of `setup`.
    pub(super) place: Place,
    pub(super) name: Option<String>,
    pub(super) requires_python: Option<(String, Place)>,
    pub(super) install_requires: Vec<(String, Place)>,
    /// Extra and requirement.
    pub(super) extras: Vec<(String, String, Place)>,
    /// `where` of `find_packages`, or the root of `package_dir`.
    pub(super) package_folder: Option<String>,
    pub(super) packages: Vec<(String, Place)>,
    pub(super) modules: Vec<(String, Place)>,
}

/// Reads a `setup.py`; none when it calls no `setup`.
pub(super) fn read(facts: &Facts, path: &str) -> Option<Setup> {
    let text = facts.repository().read(path).ok()?;
    let module: ModModule = parse_module(&text)?;
    let mut names: HashMap<&str, &Expr> = HashMap::new();
    for statement in &module.body {
        if let Stmt::Assign(assign) = statement
            && let [Expr::Name(name)] = assign.targets.as_slice()
        {
            names.insert(name.id.as_str(), &assign.value);
        }
    }
    let call = module.body.iter().find_map(|statement| setup_call(statement, 0))?;
    let follow = |expression: &'_ Expr| -> Expr {
        match expression {
            Expr::Name(name) => {
                names.get(name.id.as_str()).map_or_else(|| expression.clone(), |bound| (*bound).clone())
            }
            _ => expression.clone(),
        }
    };
    let place = |expression: &Expr| {
        let range = expression.range();
        Place { path: path.to_owned(), span: Span { start: range.start().into(), end: range.end().into() } }
    };
    let argument = |name: &str| {
        let keyword = call
            .arguments
            .keywords
            .iter()
            .find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name))?;
        Some(follow(&keyword.value))
    };
    let strings = |expression: Option<Expr>| -> Vec<(String, Place)> {
        let Some(expression) = expression else { return Vec::new() };
        items(&expression).into_iter().filter_map(|item| Some((string(item)?, place(item)))).collect()
    };
    let range = call.func.range();
    let mut setup = Setup {
        place: Place { path: path.to_owned(), span: Span { start: range.start().into(), end: range.end().into() } },
        name: argument("name").as_ref().and_then(string),
        requires_python: argument("python_requires")
            .and_then(|expression| Some((string(&expression)?, place(&expression)))),
        install_requires: strings(argument("install_requires")),
        extras: Vec::new(),
        package_folder: None,
        packages: strings(argument("packages")),
        modules: strings(argument("py_modules")),
    };
    if let Some(Expr::Dict(extras)) = argument("extras_require") {
        for item in &extras.items {
            let Some(extra) = item.key.as_ref().and_then(string) else { continue };
            let list = follow(&item.value);
            setup
                .extras
                .extend(items(&list).into_iter().filter_map(|item| Some((extra.clone(), string(item)?, place(item)))));
        }
    }
    if let Some(Expr::Dict(folders)) = argument("package_dir") {
        let root =
            folders.items.iter().find(|item| item.key.as_ref().and_then(string).is_some_and(|key| key.is_empty()));
        setup.package_folder = root.and_then(|item| string(&item.value));
    }
    if let Some(Expr::Call(find)) = argument("packages") {
        let keyword = find
            .arguments
            .keywords
            .iter()
            .find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == "where"));
        let folder = keyword.map(|keyword| &keyword.value).or_else(|| find.arguments.args.first());
        setup.package_folder = setup.package_folder.or_else(|| folder.and_then(string));
    }
    Some(setup)
}

fn setup_call(statement: &Stmt, depth: usize) -> Option<&ruff_python_ast::ExprCall> {
    match statement {
        Stmt::Expr(expression) => match expression.value.as_ref() {
            Expr::Call(call) => {
                let name = match call.func.as_ref() {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => return None,
                };
                (name == "setup").then_some(call)
            }
            _ => None,
        },
        Stmt::If(block) if depth < 4 => block.body.iter().find_map(|inner| setup_call(inner, depth + 1)),
        Stmt::Try(block) if depth < 4 => block.body.iter().find_map(|inner| setup_call(inner, depth + 1)),
        Stmt::With(block) if depth < 4 => block.body.iter().find_map(|inner| setup_call(inner, depth + 1)),
        Stmt::FunctionDef(function) if depth < 4 => function.body.iter().find_map(|inner| setup_call(inner, depth + 1)),
        _ => None,
    }
}

fn items(expression: &Expr) -> Vec<&Expr> {
    match expression {
        Expr::List(list) => list.elts.iter().collect(),
        Expr::Tuple(tuple) => tuple.elts.iter().collect(),
        other => vec![other],
    }
}

fn string(expression: &Expr) -> Option<String> {
    match expression {
        Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
        _ => None,
    }
}
