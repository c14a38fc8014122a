//! What the body of an exception handler does.

use std::collections::BTreeSet;

use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::module::{Module, ScopeId};

/// The kinds of actions in a body, sorted. What stands in nested blocks counts; nested functions and classes are
/// `other`.
pub(super) fn actions(module: &Module, body: &[Stmt], scope: ScopeId) -> Vec<String> {
    let mut found = BTreeSet::new();
    add(module, body, scope, &mut found);
    found.into_iter().map(str::to_owned).collect()
}

fn add(module: &Module, body: &[Stmt], scope: ScopeId, found: &mut BTreeSet<&'static str>) {
    for statement in body {
        let action = match statement {
            Stmt::Pass(_) => "pass",
            Stmt::Raise(_) => "raise",
            Stmt::Return(_) => "return",
            Stmt::Continue(_) => "continue",
            Stmt::Break(_) => "break",
            Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) => "assign",
            Stmt::Expr(statement) => match awaited(&statement.value) {
                Expr::EllipsisLiteral(_) | Expr::StringLiteral(_) => "pass",
                Expr::Call(call) if is_log(module, call, scope) => "log",
                Expr::Call(_) => "call",
                _ => "other",
            },
            Stmt::If(statement) => {
                add(module, &statement.body, scope, found);
                for clause in &statement.elif_else_clauses {
                    add(module, &clause.body, scope, found);
                }
                continue;
            }
            Stmt::With(statement) => {
                add(module, &statement.body, scope, found);
                continue;
            }
            Stmt::For(statement) => {
                add(module, &statement.body, scope, found);
                add(module, &statement.orelse, scope, found);
                continue;
            }
            Stmt::While(statement) => {
                add(module, &statement.body, scope, found);
                add(module, &statement.orelse, scope, found);
                continue;
            }
            Stmt::Match(statement) => {
                for case in &statement.cases {
                    add(module, &case.body, scope, found);
                }
                continue;
            }
            Stmt::Try(statement) => {
                add(module, &statement.body, scope, found);
                for handler in &statement.handlers {
                    let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                    add(module, &handler.body, scope, found);
                }
                add(module, &statement.orelse, scope, found);
                add(module, &statement.finalbody, scope, found);
                continue;
            }
            _ => "other",
        };
        found.insert(action);
    }
}

fn awaited(expression: &Expr) -> &Expr {
    match expression {
        Expr::Await(awaited) => &awaited.value,
        other => other,
    }
}

/// Whether a call writes to a log: a method named after a level of something that is called a log or comes from a
/// logging library.
fn is_log(module: &Module, call: &ExprCall, scope: ScopeId) -> bool {
    let Expr::Attribute(callee) = &*call.func else { return false };
    let is_level = matches!(
        callee.attr.as_str(),
        "critical" | "debug" | "error" | "exception" | "fatal" | "info" | "log" | "msg" | "trace" | "warn" | "warning"
    );
    if !is_level {
        return false;
    }
    let receiver = match &*callee.value {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    };
    let name = module.name_of(&call.func, scope);
    receiver.to_ascii_lowercase().contains("log")
        || ["logging.", "structlog.", "loguru."].iter().any(|library| name.starts_with(library))
}
