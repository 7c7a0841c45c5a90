use super::syntax::{BinaryOperator, Expression, ExpressionKind, Literal, UnaryOperator};
use super::token::{Token, TokenKind, tokens};

/// How deep an expression may nest.
pub const DEPTH_MAX: usize = 32;

/// Longer texts are no conditions.
const LENGTH_MAX: usize = 64 * 1024;

/// Why a text is no expression, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExpressionError {
    /// What is wrong, in one line.
    pub message: String,
    /// Byte offset where it begins in the text.
    pub start: u32,
    /// Byte offset where it ends.
    pub end: u32,
}

impl ExpressionError {
    pub(super) fn new(message: impl Into<String>, start: usize, end: usize) -> Self {
        ExpressionError { message: message.into(), start: small(start), end: small(end) }
    }
}

/// Reads `text` as an expression.
///
/// # Errors
///
/// [`ExpressionError`] for anything that is none, for one that nests more than [`DEPTH_MAX`] deep and
/// for a text of more than 64 KiB.
pub fn parse(text: &str) -> Result<Expression, ExpressionError> {
    if text.len() > LENGTH_MAX {
        return Err(ExpressionError::new("a condition of more than 64 KiB", 0, LENGTH_MAX));
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, level: 0 };
    let expression = parser.any()?;
    match parser.peek() {
        TokenKind::End => Ok(expression),
        _ => Err(parser.unexpected("the end of the condition or an operator")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    /// How many brackets and operators before their operand are open; bounds the stack.
    level: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Expression, ExpressionError> {
        self.chain("||", Self::all, ExpressionKind::Any)
    }

    fn all(&mut self) -> Result<Expression, ExpressionError> {
        self.chain("&&", Self::comparison, ExpressionKind::All)
    }

    /// One or more operands with `sign` between them.
    fn chain(
        &mut self,
        sign: &'static str,
        operand: fn(&mut Self) -> Result<Expression, ExpressionError>,
        form: fn(Vec<Expression>) -> ExpressionKind,
    ) -> Result<Expression, ExpressionError> {
        let first = operand(self)?;
        if *self.peek() != TokenKind::Sign(sign) {
            return Ok(first);
        }
        let mut operands = vec![first];
        while self.accept(sign) {
            operands.push(operand(self)?);
        }
        let (start, end) = (operands[0].start, operands[operands.len() - 1].end);
        let depth = operands.iter().map(|operand| operand.depth).max().unwrap_or(0);
        node(form(operands), start, end, depth)
    }

    fn comparison(&mut self) -> Result<Expression, ExpressionError> {
        let mut left = self.default()?;
        while let Some(operator) = self.comparison_operator() {
            self.next += 1;
            let right = self.default()?;
            left = binary(operator, left, right)?;
        }
        Ok(left)
    }

    fn comparison_operator(&self) -> Option<BinaryOperator> {
        match self.peek() {
            TokenKind::Sign("==") => Some(BinaryOperator::Equal),
            TokenKind::Sign("!=") => Some(BinaryOperator::NotEqual),
            TokenKind::Sign("<") => Some(BinaryOperator::Less),
            TokenKind::Sign("<=") => Some(BinaryOperator::LessOrEqual),
            TokenKind::Sign(">") => Some(BinaryOperator::Greater),
            TokenKind::Sign(">=") => Some(BinaryOperator::GreaterOrEqual),
            TokenKind::Word(word) if word == "in" => Some(BinaryOperator::In),
            _ => None,
        }
    }

    /// `a ?? b ?? c` is `a ?? (b ?? c)`.
    fn default(&mut self) -> Result<Expression, ExpressionError> {
        let mut operands = vec![self.unary()?];
        while self.accept("??") {
            operands.push(self.unary()?);
        }
        let mut expression = operands.pop().ok_or_else(|| self.unexpected("a value"))?;
        while let Some(left) = operands.pop() {
            expression = binary(BinaryOperator::Default, left, expression)?;
        }
        Ok(expression)
    }

    fn unary(&mut self) -> Result<Expression, ExpressionError> {
        let operator = match self.peek() {
            TokenKind::Sign("!") => UnaryOperator::Not,
            TokenKind::Sign("-") => UnaryOperator::Negate,
            _ => return self.postfix(),
        };
        let start = small(self.token().start);
        self.next += 1;
        if operator == UnaryOperator::Negate
            && let Some(literal) = self.negative_integer(start)?
        {
            return Ok(literal);
        }
        let operand = self.nested(Self::unary)?;
        let (end, depth) = (operand.end, operand.depth);
        node(ExpressionKind::Unary { operator, operand: Box::new(operand) }, start, end, depth)
    }

    /// The sign of an integer belongs to it: `-9223372036854775808` has no positive counterpart.
    fn negative_integer(&mut self, start: u32) -> Result<Option<Expression>, ExpressionError> {
        let TokenKind::Integer { digits, radix } = self.peek() else { return Ok(None) };
        let value = self.integer(&format!("-{digits}"), *radix)?;
        let end = small(self.token().end);
        self.next += 1;
        node(ExpressionKind::Literal(Literal::Int(value)), start, end, 0).map(Some)
    }

    fn postfix(&mut self) -> Result<Expression, ExpressionError> {
        let mut expression = self.primary()?;
        while self.accept(".") {
            let (start, depth) = (expression.start, expression.depth);
            let name = self.word()?;
            if *self.peek() == TokenKind::Sign("(") {
                let (arguments, end, inner) = self.arguments()?;
                let target = Some(Box::new(expression));
                let call = ExpressionKind::Call { target, function: name, arguments };
                expression = node(call, start, end, depth.max(inner))?;
            } else {
                let end = small(self.tokens[self.next - 1].end);
                let operand = Box::new(expression);
                expression =
                    node(ExpressionKind::Field { operand, field: name }, start, end, depth)?;
            }
        }
        Ok(expression)
    }

    fn primary(&mut self) -> Result<Expression, ExpressionError> {
        let token = self.token().clone();
        let (start, end) = (small(token.start), small(token.end));
        let literal = match token.kind {
            TokenKind::Word(word) => return self.name_or_call(word, start, end),
            TokenKind::Sign("(") => {
                self.next += 1;
                let inner = self.nested(Self::any)?;
                self.expect(")")?;
                return Ok(inner);
            }
            TokenKind::Sign("[") => return self.list(start),
            TokenKind::Integer { digits, radix } => Literal::Int(self.integer(&digits, radix)?),
            TokenKind::Double(value) => Literal::Double(value),
            TokenKind::String(text) => Literal::String(text),
            _ => return Err(self.unexpected("a value")),
        };
        self.next += 1;
        node(ExpressionKind::Literal(literal), start, end, 0)
    }

    fn name_or_call(
        &mut self,
        word: String,
        start: u32,
        end: u32,
    ) -> Result<Expression, ExpressionError> {
        let literal = match word.as_str() {
            "true" => Some(Literal::Bool(true)),
            "false" => Some(Literal::Bool(false)),
            "null" => Some(Literal::Null),
            "in" => return Err(self.unexpected("a value")),
            _ => None,
        };
        self.next += 1;
        if let Some(literal) = literal {
            return node(ExpressionKind::Literal(literal), start, end, 0);
        }
        if *self.peek() != TokenKind::Sign("(") {
            return node(ExpressionKind::Name(word), start, end, 0);
        }
        let (arguments, end, depth) = self.arguments()?;
        node(ExpressionKind::Call { target: None, function: word, arguments }, start, end, depth)
    }

    fn list(&mut self, start: u32) -> Result<Expression, ExpressionError> {
        self.next += 1;
        let (items, end, depth) = self.items("]")?;
        node(ExpressionKind::List(items), start, end, depth)
    }

    fn arguments(&mut self) -> Result<(Vec<Expression>, u32, usize), ExpressionError> {
        self.expect("(")?;
        self.items(")")
    }

    /// Expressions with commas between them and after the last, up to `close`.
    fn items(
        &mut self,
        close: &'static str,
    ) -> Result<(Vec<Expression>, u32, usize), ExpressionError> {
        let mut items = Vec::new();
        while *self.peek() != TokenKind::Sign(close) {
            items.push(self.nested(Self::any)?);
            if !self.accept(",") {
                break;
            }
        }
        self.expect(close)?;
        let depth = items.iter().map(|item| item.depth).max().unwrap_or(0);
        Ok((items, small(self.tokens[self.next - 1].end), depth))
    }

    fn nested(
        &mut self,
        inner: fn(&mut Self) -> Result<Expression, ExpressionError>,
    ) -> Result<Expression, ExpressionError> {
        if self.level == DEPTH_MAX {
            let token = self.token();
            return Err(too_deep(token.start, token.end));
        }
        self.level += 1;
        let expression = inner(self);
        self.level -= 1;
        expression
    }

    fn integer(&self, digits: &str, radix: u32) -> Result<i64, ExpressionError> {
        let token = self.token();
        i64::from_str_radix(digits, radix).map_err(|_| {
            ExpressionError::new("a whole number of more than 64 bits", token.start, token.end)
        })
    }

    fn word(&mut self) -> Result<String, ExpressionError> {
        match self.peek().clone() {
            TokenKind::Word(word) => {
                self.next += 1;
                Ok(word)
            }
            _ => Err(self.unexpected("a name")),
        }
    }

    fn accept(&mut self, sign: &'static str) -> bool {
        let found = *self.peek() == TokenKind::Sign(sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), ExpressionError> {
        if self.accept(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next]
    }

    fn peek(&self) -> &TokenKind {
        &self.token().kind
    }

    fn unexpected(&self, wanted: &str) -> ExpressionError {
        let token = self.token();
        let found = match &token.kind {
            TokenKind::End => "the condition ends".to_owned(),
            TokenKind::Word(word) => format!("`{word}` stands"),
            TokenKind::Sign(sign) => format!("`{sign}` stands"),
            TokenKind::Integer { .. } | TokenKind::Double(_) => "a number stands".to_owned(),
            TokenKind::String(_) => "a text stands".to_owned(),
        };
        ExpressionError::new(format!("{found} where {wanted} should"), token.start, token.end)
    }
}

fn binary(
    operator: BinaryOperator,
    left: Expression,
    right: Expression,
) -> Result<Expression, ExpressionError> {
    let (start, end, depth) = (left.start, right.end, left.depth.max(right.depth));
    let (left, right) = (Box::new(left), Box::new(right));
    node(ExpressionKind::Binary { operator, left, right }, start, end, depth)
}

/// An expression over parts that nest `depth` deep.
fn node(
    kind: ExpressionKind,
    start: u32,
    end: u32,
    depth: usize,
) -> Result<Expression, ExpressionError> {
    if depth == DEPTH_MAX {
        return Err(too_deep(start as usize, end as usize));
    }
    Ok(Expression { kind, start, end, depth: depth + 1 })
}

fn too_deep(start: usize, end: usize) -> ExpressionError {
    ExpressionError::new(format!("nested more than {DEPTH_MAX} deep"), start, end)
}

/// Texts are shorter than 64 KiB here.
fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
