//! What the facts of small modules look like.

use super::*;
use crate::facts::Interest;
use crate::facts::git::Git;
use crate::repository::Repository;

fn facts(text: &str, interest: Interest) -> Facts {
    let files = [
        ("pyproject.toml".to_owned(), b"[project]\nname = \"app\"\n".to_vec()),
        ("src/app/__init__.py".to_owned(), Vec::new()),
        ("src/app/main.py".to_owned(), text.as_bytes().to_vec()),
    ];
    Facts::new(Repository::from_files(files.into_iter().collect()), Git::default(), interest)
}

fn calls(text: &str) -> Vec<String> {
    let interest = Interest { calls: ["*".to_owned()].into(), ..Interest::default() };
    let facts = facts(text, interest);
    facts.python().calls(&facts, &Target::Repository, &["*".to_owned()]).into_iter().map(|call| call.name).collect()
}

#[test]
fn names_are_resolved_through_imports_and_assignments() {
    assert_eq!(calls("from time import sleep as nap\nnap(1)\n"), ["time.sleep"]);
    assert_eq!(calls("import numpy as np\nnp.load('x')\n"), ["numpy.load"]);
    assert_eq!(calls("import os.path\nos.path.join(a)\n"), ["os.path.join"]);
    assert_eq!(calls("from . import db\nfrom .db import run\ndb.go()\nrun()\n"), ["app.db.go", "app.db.run"]);
    assert_eq!(calls("import time\nnap = time.sleep\nnap(1)\n"), ["time.sleep"]);
    assert_eq!(calls("eval(x)\n"), ["builtins.eval"]);
    assert_eq!(calls("def eval(x): ...\neval(x)\n"), ["app.main.eval"]);
    assert_eq!(calls("def f(eval):\n    eval(x)\n"), ["?"]);
}

#[test]
fn receivers_are_named_after_where_they_come_from() {
    assert_eq!(calls("import httpx\nc = httpx.Client()\nc.get('/')\n"), ["httpx.Client", "httpx.Client().get"]);
    assert_eq!(
        calls("from sqlalchemy.orm import Session\ndef f(db: Session | None):\n    db.execute('x')\n"),
        ["sqlalchemy.orm.Session.execute"]
    );
    assert_eq!(
        calls("from typing import Annotated\nfrom a import S\nD = Annotated[S, 1]\ndef f(db: D):\n    db.go()\n"),
        ["a.S.go"]
    );
    assert_eq!(
        calls(
            "import requests\nclass A:\n    def __init__(self):\n        self.s = requests.Session()\n    def f(self):\n        self.s.get()\n"
        ),
        ["requests.Session", "requests.Session().get"]
    );
    assert_eq!(calls("with open(p) as f:\n    f.read()\n"), ["builtins.open", "builtins.open().read"]);
    assert_eq!(calls("x.execute('y')\n"), ["?.execute"]);
}

#[test]
fn arguments_cross_as_values() {
    let interest = Interest { calls: ["a.f".to_owned()].into(), ..Interest::default() };
    let facts = facts("import a\nQ = 'select'\ndef g(p: int):\n    a.f(1, f'x{p}', Q, k=['b', -2], **z)\n", interest);
    let call = facts.python().calls(&facts, &Target::Repository, &["a.f".to_owned()]).remove(0);
    let shown: Vec<String> = call
        .value
        .iter()
        .map(|node| {
            format!(
                "{}:{}{:?} {}",
                node.parent,
                node.key.as_deref().map_or(String::new(), |key| format!("{key}=")),
                node.kind,
                node.text
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "0:NodeKind::Call a.f",
            "0:NodeKind::Integer 1",
            "0:NodeKind::Template ",
            "2:NodeKind::Text x",
            "2:NodeKind::Parameter p",
            "4:annotation=NodeKind::Name builtins.int",
            "0:NodeKind::Name Q",
            "6:value=NodeKind::Text select",
            "0:k=NodeKind::List ",
            "8:NodeKind::Text b",
            "8:NodeKind::Integer -2",
            "0:NodeKind::Other double-star",
            "11:NodeKind::Name z",
        ]
    );
    assert_eq!(call.site.function.as_deref(), Some("g"));
}

#[test]
fn broken_and_deep_files_are_problems() {
    for (text, expected) in [("x = (\n", "not valid Python"), (&"(".repeat(100_000), "nested deeper")] {
        let facts = facts(text, Interest::default());
        facts.python();
        assert!(facts.problems()[0].message.contains(expected), "{:?}", facts.problems());
    }
}
