/// Which bytes of a text are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// An expression or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it stands.
    pub span: Span,
    /// How deep it nests; a literal or name has 1.
    pub(crate) depth: usize,
}

/// The forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionKind {
    /// A value written out.
    Literal(Literal),
    /// A name standing alone; absolute if a dot stands before it.
    Name {
        /// The name.
        name: String,
        /// Whether it is looked up at the root and nowhere else.
        absolute: bool,
    },
    /// `operand.field`, `operand.?field`
    Field {
        /// What has the field.
        operand: Box<Expression>,
        /// The field's name.
        field: String,
        /// Whether absence is an empty optional.
        optional: bool,
    },
    /// `operand[index]`, `operand[?index]`
    Index {
        /// What is looked into.
        operand: Box<Expression>,
        /// The position or key.
        index: Box<Expression>,
        /// Whether absence is an empty optional.
        optional: bool,
    },
    /// `has(operand.field)`
    Has {
        /// What may have the field.
        operand: Box<Expression>,
        /// The field's name.
        field: String,
    },
    /// `function(arguments)`, `target.function(arguments)`
    Call {
        /// What a method is called on.
        target: Option<Box<Expression>>,
        /// The function's name.
        function: String,
        /// The arguments in order.
        arguments: Vec<Expression>,
    },
    /// An operator before its operand.
    Unary {
        /// The operator.
        operator: UnaryOperator,
        /// The operand.
        operand: Box<Expression>,
    },
    /// An operator between two operands.
    Binary {
        /// The operator.
        operator: BinaryOperator,
        /// The operand before it.
        left: Box<Expression>,
        /// The operand after it.
        right: Box<Expression>,
    },
    /// `&&` between two or more operands.
    All(Vec<Expression>),
    /// `||` between two or more operands.
    Any(Vec<Expression>),
    /// `condition ? yes : no`
    Conditional {
        /// What decides.
        condition: Box<Expression>,
        /// The value if it is true.
        yes: Box<Expression>,
        /// The value if it is false.
        no: Box<Expression>,
    },
    /// `[a, ?b]`
    List(Vec<Item>),
    /// `{k: a, ?l: b}`
    Map(Vec<Entry>),
    /// `Name{field: value}`: a message, which nothing here can make.
    Message {
        /// The type's name.
        name: String,
    },
    /// A macro that goes through a list or map.
    Loop(Box<Loop>),
    /// `cel.bind(name, value, body)`
    Bind {
        /// The name.
        name: String,
        /// What it stands for.
        value: Box<Expression>,
        /// Where it is known.
        body: Box<Expression>,
    },
    /// `target.optMap(name, body)`, `target.optFlatMap(name, body)`
    OptionalMap {
        /// The optional.
        target: Box<Expression>,
        /// The name of its value.
        name: String,
        /// What is made of it.
        body: Box<Expression>,
        /// Whether the body is itself an optional.
        flat: bool,
    },
}

/// A value written out.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number with `u` behind it.
    Uint(u64),
    /// A number with fraction or exponent.
    Double(f64),
    /// Text.
    String(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// An item of a list written out.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its value.
    pub value: Expression,
    /// Whether the value is an optional, and the item left out where that is empty.
    pub optional: bool,
}

/// An entry of a map written out.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its key.
    pub key: Expression,
    /// Its value.
    pub value: Expression,
    /// Whether the value is an optional, and the entry left out where that is empty.
    pub optional: bool,
}

/// A macro that goes through a list or map.
#[derive(Clone, Debug, PartialEq)]
pub struct Loop {
    /// What it makes of what it goes through.
    pub kind: LoopKind,
    /// What it goes through.
    pub range: Expression,
    /// The name of the item or key; with a second name, of the position or key.
    pub first: String,
    /// The name of the item or value.
    pub second: Option<String>,
    /// What an item must fulfil to be taken.
    pub filter: Option<Expression>,
    /// What is asked or made of each item.
    pub body: Expression,
}

/// The macros that go through a list or map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoopKind {
    /// Whether the body holds for all.
    All,
    /// Whether it holds for one or more.
    Exists,
    /// Whether it holds for exactly one.
    ExistsOne,
    /// The items for which the body holds.
    Filter,
    /// The list of what the body makes.
    Map,
    /// The map of keys, or positions, to what the body makes.
    TransformMap,
    /// The map of all entries of the maps that the body makes.
    TransformMapEntry,
}

impl LoopKind {
    /// The macro's name.
    pub fn as_str(self) -> &'static str {
        match self {
            LoopKind::All => "all",
            LoopKind::Exists => "exists",
            LoopKind::ExistsOne => "exists_one",
            LoopKind::Filter => "filter",
            LoopKind::Map => "map",
            LoopKind::TransformMap => "transformMap",
            LoopKind::TransformMapEntry => "transformMapEntry",
        }
    }
}

/// Operators before their operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOperator {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// Operators between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `in`
    In,
    /// `??`
    Default,
}

impl BinaryOperator {
    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            BinaryOperator::Add => "+",
            BinaryOperator::Subtract => "-",
            BinaryOperator::Multiply => "*",
            BinaryOperator::Divide => "/",
            BinaryOperator::Remainder => "%",
            BinaryOperator::Equal => "==",
            BinaryOperator::NotEqual => "!=",
            BinaryOperator::Less => "<",
            BinaryOperator::LessOrEqual => "<=",
            BinaryOperator::Greater => ">",
            BinaryOperator::GreaterOrEqual => ">=",
            BinaryOperator::In => "in",
            BinaryOperator::Default => "??",
        }
    }
}

impl Expression {
    /// The name that it is, if it is one.
    pub fn as_name(&self) -> Option<&str> {
        match &self.kind {
            ExpressionKind::Name { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The text that it is, if it is one written out.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            ExpressionKind::Literal(Literal::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The names of `a.b.c`, if it is nothing but names, and whether a dot stands before the first.
    pub fn path(&self) -> Option<(Vec<&str>, bool)> {
        match &self.kind {
            ExpressionKind::Name { name, absolute } => Some((vec![name], *absolute)),
            ExpressionKind::Field { operand, field, optional: false } => {
                let (mut names, absolute) = operand.path()?;
                names.push(field);
                Some((names, absolute))
            }
            _ => None,
        }
    }

    /// Calls `visit` with every direct part, in the order in which they are written.
    pub fn parts<'x>(&'x self, visit: &mut dyn FnMut(&'x Expression)) {
        match &self.kind {
            ExpressionKind::Literal(_)
            | ExpressionKind::Name { .. }
            | ExpressionKind::Message { .. } => {}
            ExpressionKind::Field { operand, .. }
            | ExpressionKind::Has { operand, .. }
            | ExpressionKind::Unary { operand, .. } => visit(operand),
            ExpressionKind::Index { operand, index, .. } => {
                visit(operand);
                visit(index);
            }
            ExpressionKind::Call { target, arguments, .. } => {
                target.iter().for_each(|target| visit(target));
                arguments.iter().for_each(visit);
            }
            ExpressionKind::Binary { left, right, .. } => {
                visit(left);
                visit(right);
            }
            ExpressionKind::All(parts) | ExpressionKind::Any(parts) => parts.iter().for_each(visit),
            ExpressionKind::Conditional { condition, yes, no } => {
                [condition, yes, no].into_iter().for_each(|part| visit(part));
            }
            ExpressionKind::List(items) => items.iter().for_each(|item| visit(&item.value)),
            ExpressionKind::Map(entries) => {
                entries.iter().flat_map(|entry| [&entry.key, &entry.value]).for_each(visit);
            }
            ExpressionKind::Loop(inner) => {
                visit(&inner.range);
                inner.filter.iter().for_each(&mut *visit);
                visit(&inner.body);
            }
            ExpressionKind::Bind { value, body, .. } => {
                visit(value);
                visit(body);
            }
            ExpressionKind::OptionalMap { target, body, .. } => {
                visit(target);
                visit(body);
            }
        }
    }
}
