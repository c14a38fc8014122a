//! Reads the literals of a `setup.py` without running it: the arguments of `setup`, through names, sums of lists and
//! `**` of a dict. What is computed at run time stays unknown.

use std::cell::Cell;
use std::collections::HashMap;

use ruff_python_ast::{Expr, ExprCall, ModModule, Operator, Stmt};
use ruff_text_size::Ranged;

use super::{Place, start_of};
use crate::facts::Facts;
use crate::facts::python::parse_module;
use crate::repository::ReadError;

/// Statements nested deeper than this are not searched, nor are names followed further.
const DEEPEST: usize = 6;
/// Expressions looked at in one file, at most: names may stand for lists of names.
const MOST_STEPS: usize = 20_000;

/// What a `setup.py` says in literals.
pub(super) struct Setup {
    /// The call of `setup`; the start of the file when that can't be read.
    pub(super) place: Place,
    pub(super) name: Option<String>,
    pub(super) requires_python: Option<(String, Place)>,
    pub(super) install_requires: Vec<(String, Place)>,
    pub(super) setup_requires: Vec<(String, Place)>,
    pub(super) tests_require: Vec<(String, Place)>,
    /// Extra and requirement.
    pub(super) extras: Vec<(String, String, Place)>,
    pub(super) classifiers: Vec<String>,
    /// `name = module:function`.
    pub(super) scripts: Vec<(String, Place)>,
    /// Packages that are listed by name.
    pub(super) packages: Vec<(String, Place)>,
    /// The call of `find_packages`.
    pub(super) find: Option<Find>,
    /// Package and folder; the empty package stands for all others.
    pub(super) folders: Vec<(String, String)>,
    pub(super) modules: Vec<(String, Place)>,
}

impl Setup {
    fn at(place: Place) -> Self {
        Self {
            place,
            name: None,
            requires_python: None,
            install_requires: Vec::new(),
            setup_requires: Vec::new(),
            tests_require: Vec::new(),
            extras: Vec::new(),
            classifiers: Vec::new(),
            scripts: Vec::new(),
            packages: Vec::new(),
            find: None,
            folders: Vec::new(),
            modules: Vec::new(),
        }
    }
}

/// The arguments of `find_packages`.
pub(super) struct Find {
    pub(super) place: Place,
    /// Where to search; none when that is computed.
    pub(super) folder: Option<String>,
    /// Whether folders without `__init__.py` count.
    pub(super) has_namespaces: bool,
    pub(super) include: Vec<String>,
    pub(super) exclude: Vec<String>,
}

/// Reads a `setup.py`; none when it calls no `setup`.
pub(super) fn read(facts: &Facts, path: &str) -> Option<Setup> {
    match facts.repository().read(path) {
        Ok(text) if !text.contains("setup") => return None,
        Ok(text) => match parse_module(&text) {
            Some(module) => return Reader::new(path, &module).read(&module),
            // Python 2, most of the time.
            None if !text.contains("setup(") => return None,
            None => {}
        },
        Err(ReadError::Missing) => return None,
        Err(_) => {}
    }
    Some(Setup::at(start_of(path)))
}

struct Reader<'a> {
    path: &'a str,
    names: HashMap<&'a str, &'a Expr>,
    steps: Cell<usize>,
}

impl<'a> Reader<'a> {
    fn new(path: &'a str, module: &'a ModModule) -> Self {
        let mut names = HashMap::new();
        bind(&module.body, &mut names, 0);
        Self { path, names, steps: Cell::new(0) }
    }

    fn read(&self, module: &'a ModModule) -> Option<Setup> {
        let call = find_call(&module.body, 0)?;
        let arguments = self.arguments(call);
        let argument = |name: &str| arguments.get(name).copied();
        let strings = |name: &str| argument(name).map_or_else(Vec::new, |value| self.strings(value, 0));
        let texts = |value: &'a Expr| self.strings(value, 0).into_iter().map(|(text, _)| text).collect();
        let mut setup = Setup {
            name: argument("name").and_then(|value| self.string(value)),
            requires_python: argument("python_requires")
                .and_then(|value| Some((self.string(value)?, self.place(self.follow(value))))),
            install_requires: strings("install_requires"),
            setup_requires: strings("setup_requires"),
            tests_require: strings("tests_require"),
            classifiers: strings("classifiers").into_iter().map(|(text, _)| text).collect(),
            modules: strings("py_modules"),
            ..Setup::at(self.place(call.func.as_ref()))
        };
        for (extra, value) in argument("extras_require").map_or_else(Vec::new, |value| self.pairs(value)) {
            let requirements = self.strings(value, 0);
            setup.extras.extend(requirements.into_iter().map(|(text, place)| (extra.clone(), text, place)));
        }
        for (group, value) in argument("entry_points").map_or_else(Vec::new, |value| self.pairs(value)) {
            if matches!(group.as_str(), "console_scripts" | "gui_scripts") {
                setup.scripts = self.strings(value, 0);
            }
        }
        for (package, value) in argument("package_dir").map_or_else(Vec::new, |value| self.pairs(value)) {
            setup.folders.extend(self.string(value).map(|folder| (package, folder)));
        }
        match argument("packages").map(|value| self.follow(value)) {
            Some(Expr::Call(find)) => {
                let options = self.arguments(find);
                let option =
                    |name: &str, index: usize| options.get(name).copied().or_else(|| find.arguments.args.get(index));
                setup.find = Some(Find {
                    place: self.place(find.func.as_ref()),
                    folder: option("where", 0).map_or_else(|| Some(String::new()), |value| self.string(value)),
                    has_namespaces: is_called(find, "find_namespace_packages"),
                    exclude: option("exclude", 1).map_or_else(Vec::new, texts),
                    include: option("include", 2).map_or_else(Vec::new, texts),
                });
            }
            Some(value) => setup.packages = self.strings(value, 0),
            None => {}
        }
        Some(setup)
    }

    /// The keyword arguments of a call, those of a `**` of a dict included.
    fn arguments(&self, call: &'a ExprCall) -> HashMap<String, &'a Expr> {
        let mut arguments = HashMap::new();
        for keyword in &call.arguments.keywords {
            match &keyword.arg {
                Some(name) => {
                    arguments.insert(name.to_string(), &keyword.value);
                }
                None => arguments.extend(self.pairs(&keyword.value)),
            }
        }
        arguments
    }

    /// The pairs of a dict, written as a literal or as `dict(…)`.
    fn pairs(&self, value: &'a Expr) -> Vec<(String, &'a Expr)> {
        match self.follow(value) {
            Expr::Dict(dict) => {
                dict.items.iter().filter_map(|item| Some((self.string(item.key.as_ref()?)?, &item.value))).collect()
            }
            Expr::Call(call) if matches!(call.func.as_ref(), Expr::Name(name) if name.id.as_str() == "dict") => call
                .arguments
                .keywords
                .iter()
                .filter_map(|keyword| Some((keyword.arg.as_ref()?.to_string(), &keyword.value)))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The value that a name stands for, if it is bound to one.
    fn follow(&self, value: &'a Expr) -> &'a Expr {
        let mut value = value;
        for _ in 0..DEEPEST {
            let Expr::Name(name) = value else { break };
            let Some(bound) = self.names.get(name.id.as_str()) else { break };
            value = bound;
        }
        value
    }

    fn string(&self, value: &'a Expr) -> Option<String> {
        match self.follow(value) {
            Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
            _ => None,
        }
    }

    /// The strings of a list, through names and sums, with their places.
    fn strings(&self, value: &'a Expr, depth: usize) -> Vec<(String, Place)> {
        self.steps.set(self.steps.get() + 1);
        if depth > DEEPEST || self.steps.get() > MOST_STEPS {
            return Vec::new();
        }
        let all = |items: &'a [Expr]| items.iter().flat_map(|item| self.strings(item, depth + 1)).collect();
        let value = self.follow(value);
        match value {
            Expr::List(list) => all(&list.elts),
            Expr::Tuple(tuple) => all(&tuple.elts),
            Expr::Set(set) => all(&set.elts),
            Expr::Starred(starred) => self.strings(&starred.value, depth + 1),
            Expr::BinOp(sum) if sum.op == Operator::Add => {
                let mut strings = self.strings(&sum.left, depth + 1);
                strings.extend(self.strings(&sum.right, depth + 1));
                strings
            }
            // `"a\nb".split("\n")`
            Expr::Call(call) => match call.func.as_ref() {
                Expr::Attribute(method) if matches!(method.attr.as_str(), "split" | "splitlines") => {
                    self.strings(&method.value, depth + 1)
                }
                Expr::Name(name) if matches!(name.id.as_str(), "list" | "sorted" | "tuple") => {
                    all(&call.arguments.args)
                }
                _ => Vec::new(),
            },
            Expr::StringLiteral(text) => {
                let lines = text.value.to_str().lines().map(str::trim).filter(|line| !line.is_empty());
                lines.map(|line| (line.to_owned(), self.place(value))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn place(&self, node: &impl Ranged) -> Place {
        let range = node.range();
        super::place(self.path, range.start().to_usize(), range.len().to_usize())
    }
}

/// The statements that a statement holds and that may run when the module does.
fn nested(statement: &Stmt) -> Vec<&[Stmt]> {
    match statement {
        Stmt::If(block) => {
            let others = block.elif_else_clauses.iter().map(|clause| &clause.body[..]);
            std::iter::once(&block.body[..]).chain(others).collect()
        }
        Stmt::Try(block) => vec![&block.body, &block.orelse, &block.finalbody],
        Stmt::With(block) => vec![&block.body],
        Stmt::FunctionDef(function) => vec![&function.body],
        _ => Vec::new(),
    }
}

fn bind<'a>(statements: &'a [Stmt], names: &mut HashMap<&'a str, &'a Expr>, depth: usize) {
    for statement in statements {
        match statement {
            Stmt::Assign(assign) => {
                if let [Expr::Name(name)] = assign.targets.as_slice() {
                    names.entry(name.id.as_str()).or_insert(&assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let (Expr::Name(name), Some(value)) = (assign.target.as_ref(), &assign.value) {
                    names.entry(name.id.as_str()).or_insert(value);
                }
            }
            _ if depth < DEEPEST => nested(statement).into_iter().for_each(|body| bind(body, names, depth + 1)),
            _ => {}
        }
    }
}

/// Whether a call is one of a function of this name, from whichever module.
fn is_called(call: &ExprCall, name: &str) -> bool {
    match call.func.as_ref() {
        Expr::Name(function) => function.id.as_str() == name,
        Expr::Attribute(function) => function.attr.as_str() == name,
        _ => false,
    }
}

fn find_call(statements: &[Stmt], depth: usize) -> Option<&ExprCall> {
    statements.iter().find_map(|statement| {
        let value = match statement {
            Stmt::Expr(statement) => Some(statement.value.as_ref()),
            Stmt::Assign(statement) => Some(statement.value.as_ref()),
            _ => None,
        };
        match value {
            Some(Expr::Call(call)) => is_called(call, "setup").then_some(call),
            _ if depth < DEEPEST => nested(statement).into_iter().find_map(|body| find_call(body, depth + 1)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, sample};

    #[test]
    fn literals_are_read_through_names_sums_and_dicts() {
        let setup = r#"
import setuptools
BASE = ["a>=1"]
options = dict(
    install_requires=BASE + ["b; python_version < '4'"] + computed(),
    extras_require={"dev": ["c"], **more},
    entry_points={"console_scripts": ["run = lib.cli:main"]},
)
def main():
    setuptools.setup(name="x", python_requires=">=3.8", packages=setuptools.find_packages("lib", exclude=["tests*"]),
                     package_dir={"": "lib"}, classifiers="A\nB".splitlines(), **options)
main()
"#;
        check(
            &sample(&[("setup.py", setup), ("lib/x/__init__.py", ""), ("lib/tests_x/__init__.py", "")]),
            r#"project "" x setuptools.build_meta >=3.8 roots [lib] managers []
              package x = lib/x
              a >=1 runtime <"a>=1">
              b ; python_version < '4' runtime <"b; python_version < '4'">
              c optional/dev <"c">"#,
        );
    }

    #[test]
    fn broken_and_odd_files_are_no_trouble() {
        check(
            &sample(&[("setup.py", "print 'x'\nsetup(name='x')"), ("x/__init__.py", "")]),
            r#"project "" - setuptools.build_meta - roots [""] managers []
              package x = x"#,
        );
        check(&sample(&[("setup.py", "a = a\nb = c\nc = b\nsetup(name=a, install_requires=b, packages=[b])")]), {
            r#"project "" - setuptools.build_meta - roots [""] managers []"#
        });
        check(&sample(&[("setup.py", "import setup_environment\n")]), "");
    }
}
