//! Black in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};
use crate::retirement::Successor;

rule! {
    /// Black formats the code.
    ///
    /// Ruff formats the same way, and one tool with one configuration both formats and lints. Run `ruff format`, and drop Black.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.black]  # error: Black is in use
    /// line-length = 100
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/psf/black-pre-commit-mirror
    ///     rev: 25.1.0
    ///     hooks:
    ///       - id: black
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff]
    /// line-length = 100
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks:
    ///       - id: ruff-format
    /// ```
    ///
    /// Settings that nothing reads any more go; commands, packages and hooks are replaced:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// # How the code looks
    /// [tool.black]  # error: Black is in use
    /// line-length = 100
    ///
    /// [tool.ruff]
    /// line-length = 100
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff]
    /// line-length = 100
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "black[jupyter]>=24",
    ///   "pytest>=8",
    /// ]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.13.0
    ///     hooks:
    ///       - id: ruff
    ///   - repo: https://github.com/psf/black-pre-commit-mirror
    ///     rev: 25.1.0
    ///     hooks:
    ///       - id: black  # error: Black is in use
    ///       - id: black-jupyter
    /// ```
    /// ```make bad Makefile
    /// lint:
    /// 	uv run black --check src tests
    /// format:
    /// 	@black .
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "ruff>=0.14",
    ///   "pytest>=8",
    /// ]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.13.0
    ///     hooks:
    ///       - id: ruff
    ///       - id: ruff-format
    /// ```
    /// ```make fixed Makefile
    /// lint:
    /// 	uv run ruff format --check src tests
    /// format:
    /// 	@ruff format .
    /// ```
    ///
    /// No fix with settings that Ruff says in another way, and with options that it has not:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.black]  # error: Black is in use
    /// force-exclude = "generated"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```make bad Makefile
    /// format:
    /// 	black .
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = [
    ///   "black>=24",
    /// ]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```make bad Makefile
    /// format:
    /// 	black --preview .  # error: Black is in use
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint.isort]
    /// force-single-line = true
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// A script that writes code may use Black as a library:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["black>=24", "ruff>=0.14"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good scripts/generate.py
    /// import black
    ///
    /// print(black.format_str("x=1", mode=black.Mode()))
    /// ```
    ///
    /// A project that was copied from elsewhere keeps its tools:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [project.urls]
    /// Repository = "https://github.com/acme/app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good crates/parser/pyproject.toml
    /// [project]
    /// name = "parser"
    /// [project.urls]
    /// Repository = "https://github.com/jane/parser"
    /// Donate = "https://github.com/sponsors/jane"
    /// ```
    /// ```make good crates/parser/Makefile
    /// format:
    /// 	black src
    /// ```
    pub(crate) static BLACK_IN_USE = {
        id: "black-in-use",
        requirements: ["2.1.3.4", "2.2.9"],
        check: Check::Repository(black_in_use),
        wants: [Want::Imports(MODULES)],
    }
}

const MODULES: &[&str] = &["black", "black.*"];
const TOOL: Tool = Tool {
    name: "Black",
    package: "black",
    tables: &["black"],
    hooks: &["black", "black-jupyter"],
    programs: &["black"],
    actions: &["psf/black"],
    packages: &["black"],
    modules: MODULES,
    successor: Successor::Formatter,
    help: "run `ruff format` and delete Black with its configuration",
    ..NONE
};

fn black_in_use(report: &mut Report) {
    TOOL.report(report, BLACK_IN_USE.requirements);
}
