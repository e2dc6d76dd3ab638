//! Reads a tree back into a form, where it has the shape of one.

use base::text::Line;
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators};

use crate::form::{Comparison, Form, Operand, Operator};

/// The tree as a form; `None` when a form cannot say it.
pub(crate) fn form(node: &IdedExpr) -> Option<Form> {
    match &node.expr {
        Expr::Literal(LiteralValue::Boolean(truth)) => {
            Some(if *truth.inner() { Form::All { all: Vec::new() } } else { Form::Any { any: Vec::new() } })
        }
        Expr::Call(call) => of_call(call),
        Expr::Select(_) => compared(node, Operator::Equal, Some(Operand::Truth(true))),
        _ => None,
    }
}

fn of_call(call: &CallExpr) -> Option<Form> {
    match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
        (operators::LOGICAL_AND, None, [left, right]) => {
            let mut all = Vec::new();
            for side in [left, right] {
                match form(side)? {
                    Form::All { all: inner } if !inner.is_empty() => all.extend(inner),
                    other => all.push(other),
                }
            }
            Some(Form::All { all })
        }
        (operators::LOGICAL_OR, None, [left, right]) => {
            let mut any = Vec::new();
            for side in [left, right] {
                match form(side)? {
                    Form::Any { any: inner } if !inner.is_empty() => any.extend(inner),
                    other => any.push(other),
                }
            }
            Some(Form::Any { any })
        }
        (operators::LOGICAL_NOT, None, [only]) => match form(only)? {
            Form::Fact(Comparison { fact, is: Operator::OneOf, value }) => {
                Some(Form::Fact(Comparison { fact, is: Operator::NoneOf, value }))
            }
            other => Some(Form::Not { not: Box::new(other) }),
        },
        (operators::IN, None, [left, right]) => {
            if let Some(list) = texts(right) {
                return compared(left, Operator::OneOf, Some(Operand::Texts(list)));
            }
            compared(right, Operator::Includes, Some(operand(left)?))
        }
        (operators::EQUALS, None, [left, right]) if is_null(right) => compared(left, Operator::NotSet, None),
        (operators::NOT_EQUALS, None, [left, right]) if is_null(right) => compared(left, Operator::Set, None),
        (name, None, [left, right]) => compared(left, comparing(name)?, Some(operand(right)?)),
        (name, Some(target), [only]) => compared(target, asking(name)?, Some(operand(only)?)),
        _ => None,
    }
}

fn comparing(name: &str) -> Option<Operator> {
    match name {
        operators::EQUALS => Some(Operator::Equal),
        operators::NOT_EQUALS => Some(Operator::NotEqual),
        operators::GREATER => Some(Operator::MoreThan),
        operators::GREATER_EQUALS => Some(Operator::AtLeast),
        operators::LESS => Some(Operator::LessThan),
        operators::LESS_EQUALS => Some(Operator::AtMost),
        _ => None,
    }
}

fn asking(name: &str) -> Option<Operator> {
    match name {
        "contains" => Some(Operator::Contains),
        "startsWith" => Some(Operator::StartsWith),
        "matches" => Some(Operator::Matches),
        _ => None,
    }
}

fn compared(fact: &IdedExpr, is: Operator, value: Option<Operand>) -> Option<Form> {
    let fact = Line::new(&name(fact)?).ok()?;
    Some(Form::Fact(Comparison { fact, is, value }))
}

/// The dotted name of a fact.
fn name(node: &IdedExpr) -> Option<String> {
    match &node.expr {
        Expr::Select(select) if !select.test => match &select.operand.expr {
            Expr::Ident(root) => Some(format!("{root}.{}", select.field)),
            Expr::Select(_) => Some(format!("{}.{}", name(&select.operand)?, select.field)),
            _ => None,
        },
        Expr::Call(call) if call.func_name == operators::INDEX => match call.args.as_slice() {
            [of, key] => match &key.expr {
                Expr::Literal(LiteralValue::String(key)) => Some(format!("{}.{}", name(of)?, key.inner())),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

fn is_null(node: &IdedExpr) -> bool {
    matches!(node.expr, Expr::Literal(LiteralValue::Null))
}

fn operand(node: &IdedExpr) -> Option<Operand> {
    match &node.expr {
        Expr::Literal(LiteralValue::Boolean(truth)) => Some(Operand::Truth(*truth.inner())),
        Expr::Literal(LiteralValue::Int(number)) => Some(Operand::Whole(*number.inner())),
        Expr::Literal(LiteralValue::Double(number)) => Some(Operand::Number(*number.inner())),
        Expr::Literal(LiteralValue::String(text)) => Some(Operand::Text(text.inner().to_owned())),
        Expr::List(_) => texts(node).map(Operand::Texts),
        // A number below zero is one that is turned round.
        Expr::Call(call) if call.func_name == operators::NEGATE => match operand(call.args.first()?)? {
            Operand::Whole(number) => Some(Operand::Whole(number.checked_neg()?)),
            Operand::Number(number) => Some(Operand::Number(-number)),
            _ => None,
        },
        _ => None,
    }
}

fn texts(node: &IdedExpr) -> Option<Vec<String>> {
    let Expr::List(list) = &node.expr else { return None };
    let text = |one: &IdedExpr| match &one.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner().to_owned()),
        _ => None,
    };
    list.elements.iter().map(text).collect()
}
