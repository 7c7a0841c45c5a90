//! From trees to nodes.

use crate::builder::Builder;
use crate::functions::{Function, Style, find};
use crate::pattern::Extent;
use crate::program::{LoopNode, Node, NodeId};
use crate::syntax::{
    BinaryOperator, Expression, ExpressionKind, Item, Literal, Loop, Span, UnaryOperator,
};
use crate::{Fault, Kind, Order, Stored};

/// How many names of macros may be known at one place.
const LOCALS_MAX: usize = 32;

/// How much of what was written is kept for messages, in bytes.
const ORIGIN_BYTES_MAX: usize = 100;

/// What names and functions of the host stand for.
pub trait Names {
    /// What the beginning of a path such as `a.b.c` stands for, and how many names of it that
    /// takes.
    fn resolve(&mut self, builder: &mut Builder, path: &[&str]) -> Option<(NodeId, usize)>;

    /// What a call of a function of the host's own is, such as one whose arguments are no values.
    fn call(
        &mut self,
        builder: &mut Builder,
        function: &str,
        arguments: &[Expression],
    ) -> Option<NodeId> {
        let _ = (builder, function, arguments);
        None
    }

    /// A shorter way to ask whether a list holds a value, if the host has one.
    fn membership(
        &mut self,
        builder: &mut Builder,
        element: NodeId,
        list: NodeId,
    ) -> Option<NodeId> {
        let _ = (builder, element, list);
        None
    }
}

/// Why a tree cannot become nodes, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LowerError {
    /// What is wrong, in one line.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// How strictly trees are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LowerOptions<'c> {
    /// Whether a part that never has a value is a mistake; else it is a fault when it is evaluated.
    pub strict: bool,
    /// Names are looked up in this name space first, then in those around it.
    pub container: &'c str,
}

/// Makes nodes of a tree. `text` is what it was read from.
///
/// # Errors
///
/// [`LowerError`] for regular expressions that are none or too large, for more than 32 names of
/// macros inside of each other and, if strict, for parts that never have a value.
pub fn lower(
    expression: &Expression,
    text: &str,
    builder: &mut Builder,
    names: &mut impl Names,
    options: LowerOptions<'_>,
) -> Result<NodeId, LowerError> {
    Lowering { text, builder, names, options, locals: Vec::new() }.node(expression)
}

struct Lowering<'l, N> {
    text: &'l str,
    builder: &'l mut Builder,
    names: &'l mut N,
    options: LowerOptions<'l>,
    /// Names that macros gave, outermost first.
    locals: Vec<String>,
}

type Lowered = Result<NodeId, LowerError>;

impl<N: Names> Lowering<'_, N> {
    fn node(&mut self, expression: &Expression) -> Lowered {
        let node = self.form(expression)?;
        if self.builder.may_fail(node) {
            let origin = self.written(expression.span);
            self.builder.note_origin(node, &origin);
        }
        match self.builder.as_fault(node) {
            Some(fault) if self.options.strict => {
                let message = format!("this never has a value: {fault}");
                Err(LowerError { message, span: expression.span })
            }
            _ => Ok(node),
        }
    }

    /// What was written there, cut where it is long.
    fn written(&self, span: Span) -> String {
        let whole = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let mut end = whole.len().min(ORIGIN_BYTES_MAX);
        while !whole.is_char_boundary(end) {
            end -= 1;
        }
        let dots = if end < whole.len() { "…" } else { "" };
        format!("{}{dots}", &whole[..end])
    }

    fn form(&mut self, expression: &Expression) -> Lowered {
        match &expression.kind {
            ExpressionKind::Literal(literal) => Ok(self.builder.constant(stored(literal))),
            ExpressionKind::Name { name, absolute } => Ok(self.path(&[name], *absolute)),
            ExpressionKind::Field { operand, field, optional } => {
                self.field(expression, operand, field, *optional)
            }
            ExpressionKind::Index { operand, index, optional } => {
                let (operand, index) = (self.node(operand)?, self.node(index)?);
                Ok(self.builder.add(Node::Index { operand, index, optional: *optional }))
            }
            ExpressionKind::Has { operand, field } => self.has(operand, field),
            ExpressionKind::Call { target, function, arguments } => {
                self.call(target.as_deref(), function, arguments)
            }
            ExpressionKind::Unary { operator, operand } => {
                let part = self.node(operand)?;
                Ok(match operator {
                    UnaryOperator::Not => self.builder.not(part),
                    UnaryOperator::Negate => self.builder.add(Node::Negate(part)),
                })
            }
            ExpressionKind::Binary { operator, left, right } => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                Ok(self.binary(*operator, left, right))
            }
            ExpressionKind::All(parts) => {
                let parts = self.nodes(parts)?;
                Ok(self.builder.all(parts))
            }
            ExpressionKind::Any(parts) => {
                let parts = self.nodes(parts)?;
                Ok(self.builder.any(parts))
            }
            ExpressionKind::Conditional { condition, yes, no } => {
                let condition = self.node(condition)?;
                let (yes, no) = (self.node(yes)?, self.node(no)?);
                Ok(self.builder.conditional(condition, yes, no))
            }
            ExpressionKind::List(items) => self.list(items),
            ExpressionKind::Map(entries) => {
                let mut nodes = Vec::new();
                for entry in entries {
                    let key = self.node(&entry.key)?;
                    nodes.push((key, self.node(&entry.value)?, entry.optional));
                }
                Ok(self.builder.add(Node::Map(nodes.into())))
            }
            ExpressionKind::Message { .. } => Ok(self.builder.fail(Fault::Message)),
            ExpressionKind::Loop(inner) => self.a_loop(inner, expression.span),
            ExpressionKind::Bind { name, value, body } => {
                let value = self.node(value)?;
                let (body, base) = self.body(&[name], body, expression.span)?;
                Ok(self.builder.add(Node::Bind { value, body, base }))
            }
            ExpressionKind::OptionalMap { target, name, body, flat } => {
                let target = self.node(target)?;
                let (body, base) = self.body(&[name], body, expression.span)?;
                Ok(self.builder.add(Node::OptionalMap { target, body, flat: *flat, base }))
            }
        }
    }

    fn nodes(&mut self, parts: &[Expression]) -> Result<Vec<NodeId>, LowerError> {
        parts.iter().map(|part| self.node(part)).collect()
    }

    fn list(&mut self, items: &[Item]) -> Lowered {
        let items: Result<Vec<_>, _> =
            items.iter().map(|item| Ok((self.node(&item.value)?, item.optional))).collect();
        Ok(self.builder.add(Node::List(items?.into())))
    }

    fn binary(&mut self, operator: BinaryOperator, left: NodeId, right: NodeId) -> NodeId {
        let order = match operator {
            BinaryOperator::Equal => return self.builder.equal(left, right),
            BinaryOperator::NotEqual => {
                let equal = self.builder.equal(left, right);
                return self.builder.not(equal);
            }
            BinaryOperator::In => {
                return match self.names.membership(self.builder, left, right) {
                    Some(node) => node,
                    None => self.builder.is_in(left, right),
                };
            }
            BinaryOperator::Default => {
                return self.builder.add(Node::Default { value: left, otherwise: right });
            }
            BinaryOperator::Less => Order::Less,
            BinaryOperator::LessOrEqual => Order::LessOrEqual,
            BinaryOperator::Greater => Order::Greater,
            BinaryOperator::GreaterOrEqual => Order::GreaterOrEqual,
            BinaryOperator::Add
            | BinaryOperator::Subtract
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Remainder => {
                return self.builder.add(Node::Arithmetic { operator, left, right });
            }
        };
        self.builder.compare(order, left, right)
    }

    /// A body in which further names are known, and the number of the first of them.
    fn body(
        &mut self,
        names: &[&String],
        body: &Expression,
        span: Span,
    ) -> Result<(NodeId, u16), LowerError> {
        let base = self.locals.len();
        if base + names.len() > LOCALS_MAX {
            let message = format!("more than {LOCALS_MAX} names of macros inside of each other");
            return Err(LowerError { message, span });
        }
        self.locals.extend(names.iter().map(|name| (*name).clone()));
        let node = self.node(body);
        self.locals.truncate(base);
        let base = u16::try_from(base).expect("there are fewer names");
        node.map(|node| (node, base))
    }

    fn a_loop(&mut self, inner: &Loop, span: Span) -> Lowered {
        let range = self.node(&inner.range)?;
        let names: Vec<&String> = std::iter::once(&inner.first).chain(&inner.second).collect();
        let filter = match &inner.filter {
            Some(filter) => Some(self.body(&names, filter, span)?.0),
            None => None,
        };
        let (body, base) = self.body(&names, &inner.body, span)?;
        let two = inner.second.is_some();
        let node = LoopNode { kind: inner.kind, range, two, base, filter, body };
        Ok(self.builder.add(Node::Loop(Box::new(node))))
    }

    /// What a path such as `a.b.c` stands for.
    fn path(&mut self, path: &[&str], absolute: bool) -> NodeId {
        match self.beginning(path, absolute) {
            Some((node, taken)) => self.fields(node, &path[taken..]),
            None => self.builder.fail(Fault::UnknownName),
        }
    }

    fn fields(&mut self, node: NodeId, names: &[&str]) -> NodeId {
        names.iter().fold(node, |operand, field| {
            let name = self.builder.name(field);
            self.builder.add(Node::Field { operand, name, optional: false })
        })
    }

    /// What the beginning of a path stands for: a name of a macro, one of the host, a type.
    fn beginning(&mut self, path: &[&str], absolute: bool) -> Option<(NodeId, usize)> {
        let local = self.locals.iter().rposition(|local| local == path[0]);
        if let Some(index) = local.filter(|_| !absolute) {
            let index = u16::try_from(index).ok()?;
            return Some((self.builder.add(Node::Local(index)), 1));
        }
        let container = if absolute { "" } else { self.options.container };
        for space in spaces(container) {
            let outer: Vec<&str> = space.split('.').filter(|name| !name.is_empty()).collect();
            let whole = [&outer[..], path].concat();
            if let Some((node, taken)) = self.names.resolve(self.builder, &whole)
                && taken > outer.len()
            {
                return Some((node, taken - outer.len()));
            }
            for taken in (1..=path.len()).rev() {
                let name = [&outer[..], &path[..taken]].concat().join(".");
                if let Some(kind) = Kind::from_name(&name) {
                    return Some((self.builder.constant(Stored::Type(kind)), taken));
                }
            }
        }
        None
    }

    /// `operand.field`, `operand.?field`
    fn field(
        &mut self,
        expression: &Expression,
        operand: &Expression,
        field: &str,
        optional: bool,
    ) -> Lowered {
        if let Some((path, absolute)) = expression.path() {
            return Ok(self.path(&path, absolute));
        }
        if optional && let Some(node) = self.whole_path(operand, field) {
            return Ok(match self.builder.as_leaf(node) {
                Some(leaf) => self.builder.add(Node::MaybeLeaf(leaf)),
                None => self.builder.call(Function::OptionalOf, vec![node]),
            });
        }
        let operand = self.node(operand)?;
        let name = self.builder.name(field);
        Ok(self.builder.add(Node::Field { operand, name, optional }))
    }

    /// What `operand.field` stands for as a whole, if it is a path that does.
    fn whole_path(&mut self, operand: &Expression, field: &str) -> Option<NodeId> {
        let (mut path, absolute) = operand.path()?;
        path.push(field);
        let (node, taken) = self.beginning(&path, absolute)?;
        (taken == path.len()).then_some(node)
    }

    /// `has(operand.field)`
    fn has(&mut self, operand: &Expression, field: &str) -> Lowered {
        if let Some(node) = self.whole_path(operand, field) {
            return Ok(match self.builder.as_leaf(node) {
                Some(leaf) => self.builder.add(Node::Present(leaf)),
                None => self.builder.bool(true),
            });
        }
        let operand = self.node(operand)?;
        let name = self.builder.name(field);
        Ok(self.builder.add(Node::Has { operand, name }))
    }

    fn call(
        &mut self,
        target: Option<&Expression>,
        function: &str,
        arguments: &[Expression],
    ) -> Lowered {
        if let Some(node) = self.function(target, function, arguments)? {
            return Ok(node);
        }
        let Some(target) = target else { return Ok(self.builder.fail(Fault::UnknownFunction)) };
        let mut nodes = vec![self.node(target)?];
        nodes.extend(self.nodes(arguments)?);
        if let [text, part] = nodes[..] {
            match function {
                "startsWith" => return Ok(self.builder.starts_with(text, part)),
                "endsWith" => {
                    return Ok(self.builder.add(Node::EndsWith { text, suffix: part }));
                }
                "contains" => return Ok(self.builder.add(Node::Contains { text, part })),
                _ => {}
            }
        }
        match find(function, Style::Method, nodes.len()) {
            Some(Function::Matches) => self.matches(&nodes, arguments.last()),
            Some(method) if method.is_of_time() => Ok(self.part_of_time(method, nodes)),
            Some(method) => Ok(self.builder.call(method, nodes)),
            None => Ok(self.builder.fail(Fault::UnknownFunction)),
        }
    }

    /// A call of a function by its name, which may hold dots: `math.abs(x)`.
    fn function(
        &mut self,
        target: Option<&Expression>,
        function: &str,
        arguments: &[Expression],
    ) -> Result<Option<NodeId>, LowerError> {
        let Some((mut path, absolute)) = target.map_or(Some((vec![], false)), Expression::path)
        else {
            return Ok(None);
        };
        let shadowed = path.first().is_some_and(|first| self.locals.iter().any(|l| l == first));
        if shadowed && !absolute {
            return Ok(None);
        }
        path.push(function);
        let name = path.join(".");
        let container = if absolute { "" } else { self.options.container };
        for space in spaces(container) {
            let name = if space.is_empty() { name.clone() } else { format!("{space}.{name}") };
            if let Some(node) = self.names.call(self.builder, &name, arguments) {
                return Ok(Some(node));
            }
            if let Some(function) = find(&name, Style::Function, arguments.len()) {
                let nodes = self.nodes(arguments)?;
                return match function {
                    Function::Matches => self.matches(&nodes, arguments.last()).map(Some),
                    function => Ok(Some(self.builder.call(function, nodes))),
                };
            }
            if let Some(function) = self.builder.host_function(&name, arguments.len()) {
                let nodes = self.nodes(arguments)?.into();
                return Ok(Some(self.builder.add(Node::HostCall { function, arguments: nodes })));
            }
        }
        Ok(None)
    }

    /// A zone that is a constant is looked up once and for all.
    fn part_of_time(&mut self, method: Function, nodes: Vec<NodeId>) -> NodeId {
        let [time, zone] = nodes[..] else { return self.builder.call(method, nodes) };
        let Some(Stored::String(name)) = self.builder.stored(zone) else {
            return self.builder.call(method, nodes);
        };
        let name = name.clone();
        match self.builder.in_zone(method, time, &name) {
            Some(node) => node,
            None if self.options.strict => self.builder.fail(Fault::InvalidArgument),
            None => self.builder.call(method, nodes),
        }
    }

    /// A pattern that is a constant is compiled once and for all.
    fn matches(&mut self, nodes: &[NodeId], pattern: Option<&Expression>) -> Lowered {
        let [text, regex] = nodes[..] else {
            return Ok(self.builder.fail(Fault::NoSuchOverload));
        };
        let Some(Stored::String(constant)) = self.builder.stored(regex) else {
            return Ok(self.builder.call(Function::Matches, nodes.to_vec()));
        };
        let constant = constant.clone();
        let span = pattern.map_or(Span::default(), |pattern| pattern.span);
        match self.builder.fits_regex(text, &constant, Extent::Part) {
            Ok(node) => Ok(node),
            Err(error) if self.options.strict => {
                Err(LowerError { message: format!("no regular expression: {error}"), span })
            }
            Err(_) => Ok(self.builder.call(Function::Matches, nodes.to_vec())),
        }
    }
}

/// A name space and those around it, the innermost first; the last one has no name.
fn spaces(container: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(container), |space| match space.rfind('.') {
        Some(dot) => Some(&space[..dot]),
        None if space.is_empty() => None,
        None => Some(""),
    })
}

fn stored(literal: &Literal) -> Stored {
    match literal {
        Literal::Null => Stored::Null,
        Literal::Bool(value) => Stored::Bool(*value),
        Literal::Int(value) => Stored::Int(*value),
        Literal::Uint(value) => Stored::Uint(*value),
        Literal::Double(value) => Stored::Double(value.to_bits()),
        Literal::String(text) => Stored::String(text.as_str().into()),
        Literal::Bytes(bytes) => Stored::Bytes(bytes.as_slice().into()),
    }
}
