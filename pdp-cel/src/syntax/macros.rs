//! Calls that are forms of their own: their arguments are not values.

use super::parser::SyntaxError;
use super::tree::{Expression, ExpressionKind, Loop, LoopKind, Span};

type Expanded = Result<ExpressionKind, SyntaxError>;

/// The form that a call is; a call, if it is no macro.
pub(super) fn expand(
    target: Option<Expression>,
    function: String,
    arguments: Vec<Expression>,
    span: Span,
) -> Expanded {
    let Some(target) = target else {
        return match <[Expression; 1]>::try_from(arguments) {
            Ok([argument]) if function == "has" => has(argument, span),
            Ok(argument) => Ok(call(None, function, argument.into())),
            Err(arguments) => Ok(call(None, function, arguments)),
        };
    };
    if let Some((kind, two)) = loop_kind(&function, arguments.len()) {
        return a_loop(target, kind, two, arguments, span);
    }
    match (function.as_str(), arguments.len()) {
        ("bind", 3) if target.as_name() == Some("cel") => bind(arguments, span),
        ("optMap", 2) => optional_map(target, arguments, false, span),
        ("optFlatMap", 2) => optional_map(target, arguments, true, span),
        _ => Ok(call(Some(target), function, arguments)),
    }
}

fn call(
    target: Option<Expression>,
    function: String,
    arguments: Vec<Expression>,
) -> ExpressionKind {
    ExpressionKind::Call { target: target.map(Box::new), function, arguments }
}

fn has(argument: Expression, span: Span) -> Expanded {
    match argument.kind {
        ExpressionKind::Field { operand, field, optional: false } => {
            Ok(ExpressionKind::Has { operand, field })
        }
        _ => Err(mistake("`has` takes a field, such as `has(a.b)`", span)),
    }
}

fn bind(arguments: Vec<Expression>, span: Span) -> Expanded {
    let [name, value, body] = <[Expression; 3]>::try_from(arguments)
        .map_err(|_| mistake("a name, its value and a body are wanted", span))?;
    let name = variable(&name)?;
    Ok(ExpressionKind::Bind { name, value: Box::new(value), body: Box::new(body) })
}

fn optional_map(
    target: Expression,
    arguments: Vec<Expression>,
    flat: bool,
    span: Span,
) -> Expanded {
    let [name, body] = <[Expression; 2]>::try_from(arguments)
        .map_err(|_| mistake("a name and what is made of it are wanted", span))?;
    let name = variable(&name)?;
    Ok(ExpressionKind::OptionalMap { target: Box::new(target), name, body: Box::new(body), flat })
}

/// Which macro a name with so many arguments is, and whether it takes two names.
fn loop_kind(function: &str, arguments: usize) -> Option<(LoopKind, bool)> {
    Some(match (function, arguments) {
        ("all", 2 | 3) => (LoopKind::All, arguments == 3),
        ("exists", 2 | 3) => (LoopKind::Exists, arguments == 3),
        ("exists_one" | "existsOne", 2 | 3) => (LoopKind::ExistsOne, arguments == 3),
        ("filter", 2) => (LoopKind::Filter, false),
        ("map", 2 | 3) => (LoopKind::Map, false),
        ("transformList", 3 | 4) => (LoopKind::Map, true),
        ("transformMap", 3 | 4) => (LoopKind::TransformMap, true),
        ("transformMapEntry", 3 | 4) => (LoopKind::TransformMapEntry, true),
        _ => return None,
    })
}

/// `range.kind(first, second, filter, body)`, of which `second` and `filter` may be missing.
fn a_loop(
    range: Expression,
    kind: LoopKind,
    two: bool,
    arguments: Vec<Expression>,
    span: Span,
) -> Expanded {
    let wanted = || mistake("a name and what is asked of it are wanted", span);
    let mut arguments = arguments.into_iter();
    let first = variable(&arguments.next().ok_or_else(wanted)?)?;
    let second = if two { arguments.next() } else { None };
    let second = second.as_ref().map(variable).transpose()?;
    if second.as_ref() == Some(&first) {
        return Err(mistake("the two names are the same", span));
    }
    let body = arguments.next_back().ok_or_else(wanted)?;
    let filter = arguments.next();
    Ok(ExpressionKind::Loop(Box::new(Loop { kind, range, first, second, filter, body })))
}

/// The name of a value inside of a macro.
fn variable(expression: &Expression) -> Result<String, SyntaxError> {
    match &expression.kind {
        ExpressionKind::Name { name, absolute: false } => Ok(name.clone()),
        _ => Err(mistake("a name is wanted here", expression.span)),
    }
}

fn mistake(message: &str, span: Span) -> SyntaxError {
    SyntaxError { message: message.to_owned(), span }
}
