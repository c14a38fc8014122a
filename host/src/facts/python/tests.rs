//! The facts of small repositories, printed compactly.

use std::collections::BTreeMap;

use super::super::git::Git;
use super::super::role_set::RoleSet;
use super::super::value::View;
use super::super::{Facts, Interest, PythonInterest, Target};
use crate::plugin::wit::python::{Site, Surroundings};
use crate::plugin::wit::{Node, NodeKind};
use crate::repository::Repository;

/// The facts of files that match patterns written `kind pattern`: `call *.get`, `function *`.
fn facts(files: &[(&str, &str)], patterns: &[&str]) -> Facts {
    let mut interest = PythonInterest::default();
    for pattern in patterns {
        let (kind, pattern) = pattern.split_once(' ').expect("a kind and a pattern");
        let pattern = pattern.to_owned();
        match kind {
            "import" => drop(interest.imports.insert(pattern)),
            "call" => drop(interest.calls.insert(pattern)),
            "handler" => drop(interest.handlers.insert(pattern)),
            "assignment" => drop(interest.assignments.insert(pattern)),
            "statement" => drop(interest.statements.insert(pattern)),
            "outline" => drop(interest.outlines.insert(("*".to_owned(), pattern))),
            kind => drop(interest.definitions.insert((kind.to_owned(), pattern))),
        }
    }
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let python = BTreeMap::from([(RoleSet::default(), interest)]);
    Facts::new(Repository::from_files(files), Git::default(), Interest { python, ..Interest::default() })
}

/// Names of the calls in a module `app.main`, in order.
fn calls(text: &str) -> Vec<String> {
    let facts = facts(&[("app/__init__.py", ""), ("app/main.py", text)], &["call *"]);
    let all = [String::from("*")];
    assert_eq!(facts.problems(), [], "{text}");
    facts.python().calls(&Target::Repository, &all).into_iter().map(|call| call.name).collect()
}

fn check_calls(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        assert_eq!(calls(text), *expected, "{text}");
    }
}

/// A value as an expression: `call f(a, key=b)`.
fn show(value: &[Node]) -> String {
    fn one(view: View) -> String {
        let key = view.key().map(|key| format!("{key}=")).unwrap_or_default();
        let children: Vec<String> = view.children().map(one).collect();
        let children = if children.is_empty() { String::new() } else { format!("({})", children.join(", ")) };
        let kind = match view.kind() {
            NodeKind::Text => return format!("{key}{:?}", view.text()),
            NodeKind::Integer | NodeKind::Float | NodeKind::Boolean => return format!("{key}{}", view.text()),
            kind => format!("{kind:?}").rsplit("::").next().unwrap_or_default().to_lowercase(),
        };
        let text = if view.text().is_empty() { String::new() } else { format!(" {}", view.text()) };
        format!("{key}{kind}{text}{children}")
    }
    View::root(value).map(one).unwrap_or_default()
}

/// The value of the first call of `f` in a module.
fn value(text: &str) -> String {
    let facts = facts(&[("m.py", text)], &["call *f"]);
    let calls = facts.python().calls(&Target::Repository, &["*f".to_owned()]);
    calls.last().map(|call| show(&call.value)).unwrap_or_default()
}

fn where_(site: &Site) -> String {
    let flags = [
        (Surroundings::ASYNC, "async"),
        (Surroundings::AWAITED, "awaited"),
        (Surroundings::LOOP, "loop"),
        (Surroundings::TRY, "try"),
        (Surroundings::HANDLER, "handler"),
        (Surroundings::FINALLY, "finally"),
        (Surroundings::MANAGED, "managed"),
        (Surroundings::TYPE_CHECKING, "type-checking"),
        (Surroundings::MAIN_GUARD, "main-guard"),
        (Surroundings::CONDITIONAL, "conditional"),
        (Surroundings::DECORATOR, "decorator"),
        (Surroundings::ANNOTATION, "annotation"),
        (Surroundings::STATEMENT, "statement"),
    ];
    let set: Vec<&str> =
        flags.into_iter().filter(|(flag, _)| site.surroundings.contains(*flag)).map(|(_, name)| name).collect();
    let function = site.function.as_deref().unwrap_or("-");
    format!("{}.{function} {}", site.class.as_deref().unwrap_or("-"), set.join(" "))
}

#[test]
fn resolves_imports_and_aliases() {
    check_calls(&[
        ("import time\ntime.sleep(1)", &["time.sleep"]),
        ("from time import sleep as nap\nnap(1)", &["time.sleep"]),
        ("import os.path\nos.path.join('a')", &["os.path.join"]),
        ("import xml.etree.ElementTree as ET\nET.parse(x)", &["xml.etree.ElementTree.parse"]),
        ("from . import db\nfrom .models import User\ndb.go()\nUser()", &["app.db.go", "app.models.User"]),
        ("from ..lib import x\nx()", &["lib.x"]),
        ("from x import *\nfoo()\nprint()", &["?.foo", "builtins.print"]),
        ("import time\nnap = time.sleep\nnap(1)", &["time.sleep"]),
        ("import time\ndef f():\n    nap = time.sleep\n    nap(1)", &["time.sleep"]),
        ("try:\n    import yaml\nexcept ImportError:\n    yaml = None\nyaml.load(x)", &["yaml.load"]),
        ("try:\n    import tomllib\nexcept E:\n    import tomli as tomllib\ntomllib.load(x)", &["tomllib.load"]),
        ("def f():\n    import os\n    os.getcwd()\nos.getcwd()", &["os.getcwd", "?.getcwd"]),
    ]);
}

#[test]
fn shadowed_names_are_not_resolved() {
    check_calls(&[
        ("import time\ntime = 1\ntime.sleep(1)", &["?.sleep"]),
        ("from time import sleep\ndef f(sleep):\n    sleep(1)", &["?.sleep"]),
        ("from time import sleep\ndef sleep(x): ...\nsleep(1)", &["?.sleep"]),
        ("from time import sleep\nfor sleep in x:\n    sleep(1)", &["?.sleep"]),
        ("from time import sleep\n[sleep(1) for sleep in x]\nsleep(1)", &["?.sleep", "time.sleep"]),
        ("def eval(x): ...\neval(1)", &["app.main.eval"]),
        ("eval(1)", &["builtins.eval"]),
        ("def f():\n    open = 1\n    open()\nopen()", &["?.open", "builtins.open"]),
        ("x = a()\nx = b()\nx.go()", &["?.a", "?.b", "?.go"]),
        ("class A:\n    open = 1\n    def f(self):\n        open()", &["builtins.open"]),
        ("import os\ndef f():\n    global os\n    os = 1\nos.x()", &["?.x"]),
        ("try:\n    pass\nexcept E as os:\n    os.x()", &["?.x"]),
        ("match x:\n    case {'a': os, **rest}:\n        os.x(), rest.y()", &["?.x", "?.y"]),
    ]);
}

#[test]
fn methods_are_named_after_where_the_value_comes_from() {
    check_calls(&[
        (
            "import httpx\nclient = httpx.AsyncClient()\nclient.get(1)",
            &["httpx.AsyncClient", "httpx.AsyncClient().get"],
        ),
        ("with open(p) as f:\n    f.read()", &["builtins.open", "builtins.open().read"]),
        (
            "import sqlite3 as s\ns.connect(p).cursor().execute(q)",
            &["sqlite3.connect", "sqlite3.connect().cursor", "sqlite3.connect().cursor().execute"],
        ),
        ("cursor.execute(q)", &["?.execute"]),
        ("import a\nx = None\ndef f():\n    global x\n    x = a.B()\ndef g():\n    x.go()", &["a.B", "a.B().go"]),
        ("import a\nasync def f():\n    (await a.get()).json()", &["a.get().json", "a.get"]),
        ("import a\ndef f(session=None):\n    s = session or a.S()\n    s.get()", &["a.S", "a.S().get"]),
        ("'{}'.format(x)\nT = 'x'\nT.join(y)", &["builtins.str.format", "builtins.str.join"]),
        ("d['a'].go()\n(lambda: 1)()\nf()()", &["?.go", "?", "?.f", "?"]),
        ("class A: ...\nA().go()\nA.make()", &["app.main.A", "app.main.A().go", "app.main.A.make"]),
    ]);
}

#[test]
fn attributes_of_the_own_object_are_followed() {
    let class = "import requests, unittest\nclass A{bases}:\n    {field}\n    def __init__(self, db: 'Db | None', other):\n        self.session = requests.Session()\n        self.db = db\n        self.other = other\n    def go(self):\n        {call}\n    @property\n    def client(self) -> requests.Client: ...\n";
    let call = |bases: &str, field: &str, call: &str| {
        let text = class.replace("{bases}", bases).replace("{field}", field).replace("{call}", call);
        calls(&format!("from db import Db\n{text}")).pop().unwrap_or_default()
    };
    assert_eq!(call("", "pass", "self.session.get()"), "requests.Session().get");
    assert_eq!(call("", "pass", "self.db.execute()"), "db.Db.execute");
    assert_eq!(call("", "pass", "self.other.execute()"), "?.other.execute");
    assert_eq!(call("", "pass", "self.go()"), "app.main.A.go");
    assert_eq!(call("", "pass", "self.missing()"), "?.missing");
    assert_eq!(call("", "pass", "self.client.get()"), "requests.Client.get");
    assert_eq!(call("", "pool: requests.Pool", "self.pool.get()"), "requests.Pool.get");
    assert_eq!(call("(unittest.TestCase)", "pass", "self.assertEqual(1, 1)"), "unittest.TestCase.assertEqual");
    let inherited = "import a\nclass B:\n    def __init__(self):\n        self.x = a.X()\nclass C(B):\n    def f(self):\n        self.x.go()";
    assert_eq!(calls(inherited), ["a.X", "a.X().go"]);
    assert_eq!(calls("class A(A):\n    def f(self): self.g()"), ["?.g"]);
}

#[test]
fn annotations_of_parameters_are_followed() {
    let call = |annotation: &str| {
        let start = "from sqlalchemy.orm import Session\nimport sqlalchemy.orm as o\nfrom typing import *\nDep = Annotated[Session, D()]\n";
        calls(&format!("{start}def f(db: {annotation}):\n    db.execute(q)\n")).pop().unwrap_or_default()
    };
    let plain = [
        "Session",
        "o.Session",
        "Optional[Session]",
        "Session | None",
        "None | Session",
        "Annotated[Session, D()]",
        "'Session'",
        "'o.Session | None'",
        "\"Optional[Session]\"",
        "Dep",
        "Final[Annotated[Session, 1]]",
        "Union[None, Session]",
    ];
    for annotation in plain {
        assert_eq!(call(annotation), "sqlalchemy.orm.Session.execute", "{annotation}");
    }
    assert_eq!(call("list[Session]"), "builtins.list.execute");
    assert_eq!(call("Unknown"), "?.execute");
}

#[test]
fn hostile_names_end() {
    assert_eq!(calls("a = a\na.x()"), ["?.x"]);
    assert_eq!(calls("a = b\nb = a\na.x()"), ["?.x"]);
    let doubling: String =
        (0..60).map(|level| format!("x{level} = x{} or x{} or x{}\n", level + 1, level + 1, level + 1)).collect();
    assert_eq!(calls(&format!("{doubling}x0.y()")), ["?.y"]);
    let growing: String =
        (0..200).map(|level| format!("x{level} = x{}.{}\n", level + 1, "y.".repeat(9) + "y")).collect();
    assert!(calls(&format!("{growing}import x200\nx0.z()"))[0].len() < 3_000);
}

#[test]
fn values_are_trees() {
    for (text, expected) in [
        (
            "f(1, -2.5, None, True, 'a' 'b', b'c', key=0x10)",
            "call ?.f(1, -2.5, null, true, \"ab\", bytes b'c', key=16)",
        ),
        (
            "f([1], (2,), {3}, {'a': 1, b: 2, **c})",
            "call ?.f(list(1), tuple(2), set(3), table(a=1, 2, other double-star(name c)))",
        ),
        ("f(*a, **b)", "call ?.f(other starred(name a), other double-star(name b))"),
        ("f(f'a{b}' 'c')", "call ?.f(template(\"a\", name b, \"c\"))"),
        (
            "import os\nf(os.environ['A'], os.getenv('B', default=1))",
            "call ?.f(subscript(name os.environ, \"A\"), call os.getenv(\"B\", default=1))",
        ),
        ("x = 'a'\ny = x\nf(y)", "call ?.f(name y(value=name x(value=\"a\")))"),
        (
            "def g(p: int, q):\n    f(p, q, p.x)",
            "call ?.f(parameter p(annotation=name builtins.int), parameter q, name builtins.int.x)",
        ),
        (
            "f(a + b + c, a - b - c, a and b and c, not a)",
            "call ?.f(operator +(name a, name b, name c), operator -(operator -(name a, name b), name c), operator and(name a, name b, name c), operator not(name a))",
        ),
        (
            "f(a is not b, a < b <= c)",
            "call ?.f(operator is not(name a, name b), operator < <=(name a, name b, name c))",
        ),
        (
            "f('%s' % a, '{}'.format(a))",
            "call ?.f(operator %(\"%s\", name a), call builtins.str.format(receiver=\"{}\", name a))",
        ),
        (
            "f(a if b else c, lambda: d, [e for e in g])",
            "call ?.f(other conditional(name b, name a, name c), other lambda(name d), other comprehension(name e, name g))",
        ),
        ("x = x + 1\nf(x)", "call ?.f(name x(value=operator +(name x, 1)))"),
        ("for x in y:\n    f(x)", "call ?.f(name x)"),
        ("import a\nx = a.b\nf(x)", "call ?.f(name a.b(value=name a.b))"),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn values_are_bounded() {
    let facts =
        facts(&[("m.py", &format!("x = [{}]\n{}", "1, ".repeat(10_000), "f(x)\n".repeat(5_000)))], &["call *f"]);
    let calls = facts.python().calls(&Target::Repository, &["*f".to_owned()]);
    assert_eq!(calls.len(), 5_000);
    assert!(calls.iter().map(|call| call.value.len()).sum::<usize>() < 450_000);
    assert!(value(&format!("f({}1{})", "[".repeat(500), "]".repeat(500))).contains("truncated"));
}

#[test]
fn surroundings() {
    let text = "\
import a
if TYPE_CHECKING:
    a.one()
if __name__ == '__main__':
    a.two()
for x in a.three():
    with a.four() as f, closing(a.five()):
        try:
            a.six() if y else 1
        except E:
            x = a.seven()
        finally:
            [a.eight() for z in a.nine()]
@a.ten()
async def f(x: a.eleven() = a.twelve()):
    await a.thirteen()
    async with await a.fourteen():
        while a.fifteen():
            lambda: a.sixteen()
class C:
    @deco
    @a.seventeen
    def g(self):
        a.eighteen()
";
    let facts = facts(&[("m.py", text)], &["call a.*"]);
    let calls = facts.python().calls(&Target::Repository, &["a.*".to_owned()]);
    let shown: Vec<String> = calls.iter().map(|call| format!("{} {}", call.name, where_(&call.site))).collect();
    assert_eq!(
        shown,
        [
            "a.one -.- type-checking statement",
            "a.two -.- main-guard statement",
            "a.three -.- ",
            "a.four -.- loop managed",
            "a.five -.- loop managed",
            "a.six -.- loop try conditional",
            "a.seven -.- loop handler",
            "a.eight -.- loop finally",
            "a.nine -.- loop finally",
            "a.ten -.- decorator",
            "a.eleven -.- annotation",
            "a.twelve -.- ",
            "a.thirteen -.f async awaited statement",
            "a.fourteen -.f async awaited managed",
            "a.fifteen -.f async loop",
            "a.sixteen -.f ",
            "a.eighteen C.g statement",
        ]
    );
    assert_eq!(
        calls.last().map(|call| call.site.decorators.clone()),
        Some(vec!["a.seventeen".into(), "?.deco".into()])
    );
}

#[test]
fn outlines() {
    let text = "\
from dataclasses import dataclass
@dataclass(frozen=True)
class A:
    'Doc.'
    @property
    async def go(self): ...
    def stop(self):
        f'no docstring'
def f(): pass
def _g(
    a,
):
    r\"\"\"Doc.\"\"\"
if x:
    def h():
        return 1
";
    let facts = facts(&[("src/p/m.py", text)], &["outline *"]);
    let all = ["*".to_owned()];
    let shown: Vec<String> = facts
        .python()
        .outlines(&Target::Repository, &all, &all)
        .iter()
        .map(|it| format!("{} {} {:?} {:?} {}", it.kind, it.name, it.opening, it.decorators, where_(&it.site)))
        .collect();
    assert_eq!(
        shown,
        [
            "class A Opening::Docstring [\"dataclasses.dataclass\"] -.- ",
            "method go Opening::Nothing [\"builtins.property\"] A.- ",
            "method stop Opening::Code [] A.- ",
            "function f Opening::Nothing [] -.- ",
            "function _g Opening::Docstring [] -.- ",
            "function h Opening::Code [] -.- conditional",
        ]
    );
}

#[test]
fn definitions() {
    let text = "\
import enum, dataclasses as d
from typing import Optional, Literal, TypeAlias
@d.dataclass(frozen=True)
class A(enum.Enum, metaclass=M):
    'Doc.'
    x: int = 1
    y, z = 1, 2
    @property
    async def go(self, a: 'Optional[A]', *args: str, k: Literal['q'] = 'q', **kw) -> 'A | None':
        '''Goes.'''
        print(self.x)
        self.stop()
    def stop(self): ...
def f(): ...
type T = A
U: TypeAlias = A
";
    let facts = facts(&[("src/p/m.py", text)], &["* *"]);
    let all = ["*".to_owned()];
    let shown: Vec<String> = facts
        .python()
        .definitions(&Target::Repository, &all, &all)
        .iter()
        .map(|it| {
            let values = |values: &[Vec<Node>]| values.iter().map(|value| show(value)).collect::<Vec<_>>().join("; ");
            let parameters: Vec<String> = it
                .parameters
                .iter()
                .map(|it| {
                    let annotation = it.annotation.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
                    format!("{}{annotation}{}", it.name, if it.optional { "?" } else { "" })
                })
                .collect();
            let extent = &text[it.extent.start as usize..it.extent.end as usize];
            let extent = format!("{}…{}", &extent[..2], &extent[extent.len() - 2..]);
            let (decorators, bases) = (values(&it.decorators), values(&it.bases));
            let (returns, doc) = (it.returns.as_deref().unwrap_or("-"), it.docstring.as_deref().unwrap_or("-"));
            format!(
                "{} {} [{decorators}] [{bases}] ({}) {returns} {doc} {} {:?} {extent}",
                it.kind,
                it.name,
                parameters.join(", "),
                it.is_async,
                it.calls
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "class A [call dataclasses.dataclass(frozen=true)] [name enum.Enum; metaclass=name M] (x: builtins.int?, y?, z?, go, stop) - Doc. false [] @d…..",
            "method go [name builtins.property] [] (self, a: typing.Optional[p.m.A], args: builtins.str?, k: typing.Literal['q']?, kw?) p.m.A | None Goes. true [\"builtins.print\", \"p.m.A.stop\"] @p…()",
            "method stop [] [] (self) - - false [] de…..",
            "function f [] [] () - - false [] de…..",
            "type-alias T [] [name p.m.A] () - - false [] ty… A",
            "type-alias U [] [name p.m.A] () - - false [] U:… A",
        ]
    );
}

#[test]
fn handlers_assignments_and_statements() {
    let text = "\
import sys, logging
log = logging.getLogger()
ERRORS = (KeyError, IndexError)
LIMIT = 5
def f(timeout=3):
    try:
        assert LIMIT
    except ERRORS:
        log.warning('x')
        if a:
            raise
    except:
        pass
    self.limit = other.limit = LIMIT
    d['k'] = 1
    p, *q = r
    sys.exit(2)
    raise SystemExit
    while True: del a
    global g
if __name__ == '__main__':
    f()
";
    let patterns = ["handler *", "assignment *", "statement *"];
    let facts = facts(&[("m.py", text)], &patterns);
    let (python, all) = (facts.python(), ["*".to_owned()]);
    let handlers: Vec<String> = python
        .handlers(&Target::Repository, &all)
        .iter()
        .map(|it| format!("{:?} {:?}", it.exceptions, it.actions))
        .collect();
    assert_eq!(handlers, ["[\"builtins.KeyError\", \"builtins.IndexError\"] [\"log\", \"raise\"]", "[] [\"pass\"]"]);
    assert_eq!(python.handlers(&Target::Repository, &["bare".to_owned()]).len(), 1);
    let assignments: Vec<String> = python
        .assignments(&Target::Repository, &all)
        .iter()
        .map(|it| {
            format!(
                "{} {} {} {} {}",
                it.target,
                it.scope,
                it.value.as_deref().map(show).unwrap_or_default(),
                it.bindings,
                it.reads
            )
        })
        .collect();
    assert_eq!(
        assignments,
        [
            "log module call logging.getLogger 1 1",
            "ERRORS module tuple(name builtins.KeyError, name builtins.IndexError) 1 1",
            "LIMIT module 5 1 2",
            "timeout parameter 3 1 0",
            "self.limit attribute name LIMIT(value=5) 1 0",
            "other.limit attribute name LIMIT(value=5) 1 0",
            "p function  1 0",
            "q function  1 0",
        ]
    );
    let scoped = |pattern: &str| python.assignments(&Target::Repository, &[pattern.to_owned()]).len();
    assert_eq!((scoped("module:*"), scoped("parameter:timeout"), scoped("class:*"), scoped("l*")), (3, 1, 0, 3));
    let statements: Vec<String> = python
        .statements(&Target::Repository, &all)
        .iter()
        .map(|it| format!("{} {}", it.kind, it.value.as_deref().map(show).unwrap_or_default()))
        .collect();
    assert_eq!(
        statements,
        [
            "assert name LIMIT(value=5)",
            "raise ",
            "exit call sys.exit(2)",
            "raise name builtins.SystemExit",
            "exit name builtins.SystemExit",
            "while true",
            "delete name a",
            "global ",
            "main-guard operator ==(name __name__, \"__main__\")",
        ]
    );
}

#[test]
fn imports_are_named_and_placed() {
    let files = [
        ("src/p/__init__.py", "from .a import b as c, d\nimport x.y, z as w\nfrom q import *\n"),
        ("tests/test_a.py", "import x"),
    ];
    let facts = facts(&files, &["import *"]);
    let imports = facts.python().imports(&Target::Repository, &["*".to_owned()]);
    let shown: Vec<String> = imports.iter().map(|it| format!("{} {} {}", it.site.module, it.name, it.bound)).collect();
    assert_eq!(shown, ["p p.a.b c", "p p.a.d d", "p x.y x", "p z w", "p q.* *", "tests.test_a x x"]);
    let span = imports[0].site.place.span;
    assert_eq!((span.start, span.end), (15, 16));
    assert_eq!(facts.python().imports(&Target::Project("elsewhere".into()), &["*".to_owned()]).len(), 0);
    assert_eq!(facts.python().imports(&Target::Repository, &["x.*".to_owned(), "x".to_owned()]).len(), 2);
}

#[test]
fn broken_files_are_problems() {
    let deep = format!("x = {}\n", "-".repeat(100_000) + "1");
    let shape = |before: &str, after: &str| format!("x = {}1{}\n", before.repeat(1_900), after.repeat(1_900));
    let nested =
        ["[", "-", "1+", "lambda:", "x if y else "].map(|before| shape(before, if before == "[" { "]" } else { "" }));
    let large = "x = 1\n".repeat(400_000);
    let facts = facts(
        &[
            ("a.py", "x = (\n"),
            ("b.py", "print 'x'\n"),
            ("c.py", &deep),
            ("d.py", &large),
            ("e.py", "\u{feff}eval(x)\n"),
            ("n0.py", &nested[0]),
            ("n1.py", &nested[1]),
            ("n2.py", &nested[2]),
            ("n3.py", &nested[3]),
            ("n4.py", &nested[4]),
            ("n5.py", &format!("x{}\n", ".a(1)".repeat(900))),
        ],
        &["call *", "assignment *"],
    );
    let spans: Vec<u32> = facts
        .python()
        .calls(&Target::Repository, &["builtins.eval".into()])
        .iter()
        .map(|it| it.site.place.span.start)
        .collect();
    assert_eq!(spans, [3]);
    let problems: Vec<String> =
        facts.problems().iter().map(|it| format!("{} {} {}", it.path, it.trouble.rule(), it.message)).collect();
    assert_eq!(
        problems,
        [
            "a.py invalid-file unexpected EOF while parsing",
            "b.py invalid-file syntax of Python 2",
            "c.py invalid-file nested deeper than 2,000 levels",
            "d.py unreadable-file larger than the 2 MiB of Python that are parsed",
        ]
    );
}

#[test]
fn other_encodings_are_named() {
    assert_eq!(super::encoding_message(b"# -*- coding: latin-1 -*-\n\xe4"), "encoded as `latin-1`; only UTF-8 is read");
    assert_eq!(super::encoding_message(b"x = '\xe4'"), "not UTF-8");
}
