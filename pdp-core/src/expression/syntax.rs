/// A condition or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Byte offset of its first byte in the text of the whole condition.
    pub start: u32,
    /// Byte offset after its last byte.
    pub end: u32,
    /// How deep it nests; a literal or name has 1.
    pub(super) depth: usize,
}

/// The forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionKind {
    /// A value written out.
    Literal(Literal),
    /// A list written out.
    List(Vec<Expression>),
    /// A name standing alone.
    Name(String),
    /// A field of a value: `operand.field`.
    Field {
        /// What has the field.
        operand: Box<Expression>,
        /// The field's name.
        field: String,
    },
    /// A call: `function(arguments)` or `target.function(arguments)`.
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
}

/// A value written out.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with fraction or exponent.
    Double(f64),
    /// Text.
    String(String),
    /// `null`.
    Null,
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
