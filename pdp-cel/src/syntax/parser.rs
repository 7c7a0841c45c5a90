use super::macros::expand;
use super::token::{Token, TokenKind, tokens};
use super::tree::{
    BinaryOperator, Entry, Expression, ExpressionKind, Item, Literal, Span, UnaryOperator,
};

/// How deep an expression may nest.
pub const DEPTH_MAX: usize = 64;

/// Longer texts are no expressions.
const LENGTH_MAX: usize = 64 * 1024;

/// Words that CEL keeps for itself: no name of a value or function.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// Why a text is no expression, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What is wrong, in one line.
    pub message: String,
    /// Where.
    pub span: Span,
}

impl SyntaxError {
    pub(super) fn new(message: impl Into<String>, start: usize, end: usize) -> Self {
        SyntaxError { message: message.into(), span: Span { start: small(start), end: small(end) } }
    }
}

/// What the grammar knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseOptions {
    /// Whether `has`, `all`, `map` and the like are macros; else they are calls like others.
    pub macros: bool,
    /// Whether `??`, which CEL does not know, is an operator.
    pub default_operator: bool,
}

impl Default for ParseOptions {
    fn default() -> Self {
        ParseOptions { macros: true, default_operator: true }
    }
}

/// Reads `text` as an expression, with macros and `??`.
///
/// # Errors
///
/// [`SyntaxError`] for anything that is none, for one that nests more than [`DEPTH_MAX`] deep and for
/// a text of more than 64 KiB.
pub fn parse(text: &str) -> Result<Expression, SyntaxError> {
    parse_with(text, ParseOptions::default())
}

/// Reads `text` as an expression.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_with(text: &str, options: ParseOptions) -> Result<Expression, SyntaxError> {
    if text.len() > LENGTH_MAX {
        return Err(SyntaxError::new("an expression of more than 64 KiB", 0, LENGTH_MAX));
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, level: 0, bracketed: None, options };
    let expression = parser.expression()?;
    match parser.peek() {
        TokenKind::End => Ok(expression),
        _ => Err(parser.unexpected("the end of the expression or an operator")),
    }
}

type Parsed = Result<Expression, SyntaxError>;

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    /// How many brackets and operators before their operand are open; bounds the stack.
    level: usize,
    /// What stood in the brackets that were closed last, with them.
    bracketed: Option<Span>,
    options: ParseOptions,
}

/// The operators of one level of binding.
type Level = [(&'static str, BinaryOperator)];

const COMPARISONS: &Level = &[
    ("==", BinaryOperator::Equal),
    ("!=", BinaryOperator::NotEqual),
    ("<", BinaryOperator::Less),
    ("<=", BinaryOperator::LessOrEqual),
    (">", BinaryOperator::Greater),
    (">=", BinaryOperator::GreaterOrEqual),
    ("in", BinaryOperator::In),
];
const SUMS: &Level = &[("+", BinaryOperator::Add), ("-", BinaryOperator::Subtract)];
const PRODUCTS: &Level = &[
    ("*", BinaryOperator::Multiply),
    ("/", BinaryOperator::Divide),
    ("%", BinaryOperator::Remainder),
];

impl Parser {
    /// `a ? b : c`, and all that binds tighter.
    fn expression(&mut self) -> Parsed {
        let condition = self.any()?;
        if !self.accept("?") {
            return Ok(condition);
        }
        let yes = self.nested(Self::any)?;
        self.expect(":")?;
        let no = self.nested(Self::expression)?;
        let (start, end) = (condition.span.start, no.span.end);
        let depth = condition.depth.max(yes.depth).max(no.depth);
        let (condition, yes, no) = (Box::new(condition), Box::new(yes), Box::new(no));
        node(ExpressionKind::Conditional { condition, yes, no }, start, end, depth)
    }

    fn any(&mut self) -> Parsed {
        self.chain("||", Self::all, ExpressionKind::Any)
    }

    fn all(&mut self) -> Parsed {
        self.chain("&&", Self::comparison, ExpressionKind::All)
    }

    /// One or more operands with `sign` between them.
    fn chain(
        &mut self,
        sign: &'static str,
        operand: fn(&mut Self) -> Parsed,
        form: fn(Vec<Expression>) -> ExpressionKind,
    ) -> Parsed {
        let first = operand(self)?;
        if *self.peek() != TokenKind::Sign(sign) {
            return Ok(first);
        }
        let mut operands = vec![first];
        while self.accept(sign) {
            operands.push(operand(self)?);
        }
        let (start, end) = (operands[0].span.start, operands[operands.len() - 1].span.end);
        let depth = operands.iter().map(|operand| operand.depth).max().unwrap_or(0);
        node(form(operands), start, end, depth)
    }

    fn comparison(&mut self) -> Parsed {
        self.left_to_right(COMPARISONS, Self::default)
    }

    /// `a ?? b ?? c` is `a ?? (b ?? c)`. Beside arithmetic it needs brackets: both readings of
    /// `a ?? b + c` are natural.
    fn default(&mut self) -> Parsed {
        let first = self.sum()?;
        if *self.peek() != TokenKind::Sign("??") {
            return Ok(first);
        }
        if !self.options.default_operator {
            let token = self.token();
            let message = "`??` is no operator of CEL";
            return Err(SyntaxError::new(message, token.start, token.end));
        }
        let mut operands = vec![first];
        let mut arithmetic = self.is_bare_arithmetic(&operands[0]);
        while self.accept("??") {
            let operand = self.sum()?;
            arithmetic |= self.is_bare_arithmetic(&operand);
            operands.push(operand);
        }
        let mut expression = operands.pop().ok_or_else(|| self.unexpected("a value"))?;
        while let Some(left) = operands.pop() {
            expression = binary(BinaryOperator::Default, left, expression)?;
        }
        if arithmetic {
            let Span { start, end } = expression.span;
            let message = "`??` beside arithmetic needs brackets that say which comes first";
            return Err(SyntaxError::new(message, start as usize, end as usize));
        }
        Ok(expression)
    }

    /// Whether an operand that was just read is arithmetic without brackets around it.
    fn is_bare_arithmetic(&self, operand: &Expression) -> bool {
        let is_arithmetic = match &operand.kind {
            ExpressionKind::Binary { operator, .. } => {
                let mut levels = SUMS.iter().chain(PRODUCTS);
                levels.any(|(_, arithmetic)| arithmetic == operator)
            }
            _ => false,
        };
        is_arithmetic && self.bracketed != Some(operand.span)
    }

    fn sum(&mut self) -> Parsed {
        self.left_to_right(SUMS, Self::product)
    }

    fn product(&mut self) -> Parsed {
        self.left_to_right(PRODUCTS, Self::unary)
    }

    fn left_to_right(&mut self, level: &Level, operand: fn(&mut Self) -> Parsed) -> Parsed {
        let mut left = operand(self)?;
        while let Some(operator) = self.operator(level) {
            self.next += 1;
            let right = operand(self)?;
            left = binary(operator, left, right)?;
        }
        Ok(left)
    }

    fn operator(&self, level: &Level) -> Option<BinaryOperator> {
        let found = match self.peek() {
            TokenKind::Sign(sign) => *sign,
            TokenKind::Word(word) if word == "in" => "in",
            _ => return None,
        };
        level.iter().find(|(sign, _)| *sign == found).map(|(_, operator)| *operator)
    }

    fn unary(&mut self) -> Parsed {
        let operator = match self.peek() {
            TokenKind::Sign("!") => UnaryOperator::Not,
            TokenKind::Sign("-") => UnaryOperator::Negate,
            _ => return self.member(),
        };
        let start = small(self.token().start);
        if operator == UnaryOperator::Negate && self.is_number_after_minus() {
            return self.member();
        }
        self.next += 1;
        let operand = self.nested(Self::unary)?;
        let (end, depth) = (operand.span.end, operand.depth);
        node(ExpressionKind::Unary { operator, operand: Box::new(operand) }, start, end, depth)
    }

    /// The sign of a number belongs to it: `-9223372036854775808` has no positive counterpart.
    fn is_number_after_minus(&self) -> bool {
        matches!(
            self.tokens.get(self.next + 1).map(|token| &token.kind),
            Some(TokenKind::Integer { unsigned: false, .. } | TokenKind::Double(_))
        )
    }

    fn member(&mut self) -> Parsed {
        let mut expression = self.primary()?;
        loop {
            if self.accept(".") {
                expression = self.field_or_method(expression)?;
            } else if self.accept("[") {
                expression = self.index(expression)?;
            } else if *self.peek() == TokenKind::Sign("{") && expression.path().is_some() {
                expression = self.message(&expression)?;
            } else {
                return Ok(expression);
            }
        }
    }

    fn field_or_method(&mut self, operand: Expression) -> Parsed {
        let (start, depth) = (operand.span.start, operand.depth);
        let optional = self.accept("?");
        let quoted = matches!(self.peek(), TokenKind::QuotedWord(_));
        let name = self.field_name()?;
        if *self.peek() == TokenKind::Sign("(") && !quoted && !optional {
            let (arguments, end, inner) = self.arguments()?;
            let kind = self.call(Some(operand), name, arguments, start, end)?;
            return node(kind, start, end, depth.max(inner));
        }
        let end = self.last_end();
        let operand = Box::new(operand);
        node(ExpressionKind::Field { operand, field: name, optional }, start, end, depth)
    }

    fn index(&mut self, operand: Expression) -> Parsed {
        let start = operand.span.start;
        let optional = self.accept("?");
        let index = self.nested(Self::expression)?;
        self.expect("]")?;
        let depth = operand.depth.max(index.depth);
        let (operand, index) = (Box::new(operand), Box::new(index));
        let kind = ExpressionKind::Index { operand, index, optional };
        node(kind, start, self.last_end(), depth)
    }

    /// `Name{field: value}`: read as far as it is one, so that the message says what it is.
    fn message(&mut self, name: &Expression) -> Parsed {
        let start = name.span.start;
        let names = name.path().map(|(names, _)| names.join(".")).unwrap_or_default();
        self.expect("{")?;
        let mut depth = 0;
        while *self.peek() != TokenKind::Sign("}") {
            self.accept("?");
            self.field_name()?;
            self.expect(":")?;
            depth = depth.max(self.nested(Self::expression)?.depth);
            if !self.accept(",") {
                break;
            }
        }
        self.expect("}")?;
        node(ExpressionKind::Message { name: names }, start, self.last_end(), depth)
    }

    fn primary(&mut self) -> Parsed {
        let token = self.token().clone();
        let start = small(token.start);
        let literal = match token.kind {
            TokenKind::Word(word) => return self.name_or_call(word, false, start),
            TokenKind::Sign(".") => {
                self.next += 1;
                return match self.peek().clone() {
                    TokenKind::Word(word) => self.name_or_call(word, true, start),
                    _ => Err(self.unexpected("a name")),
                };
            }
            TokenKind::Sign("(") => {
                self.next += 1;
                let inner = self.nested(Self::expression)?;
                self.expect(")")?;
                let span = Span { start, end: self.last_end() };
                self.bracketed = Some(span);
                return Ok(Expression { span, ..inner });
            }
            TokenKind::Sign("[") => return self.list(start),
            TokenKind::Sign("{") => return self.map(start),
            TokenKind::Sign("-") if self.is_number_after_minus() => {
                self.next += 1;
                self.number(true)?
            }
            TokenKind::Integer { .. } | TokenKind::Double(_) => self.number(false)?,
            TokenKind::String(text) => Literal::String(text),
            TokenKind::Bytes(bytes) => Literal::Bytes(bytes),
            _ => return Err(self.unexpected("a value")),
        };
        self.next += 1;
        node(ExpressionKind::Literal(literal), start, self.last_end(), 0)
    }

    /// The number that stands here; after a minus that was read, if `negative`.
    fn number(&self, negative: bool) -> Result<Literal, SyntaxError> {
        let token = self.token();
        let literal = match &token.kind {
            TokenKind::Double(value) => {
                Some(Literal::Double(if negative { -value } else { *value }))
            }
            TokenKind::Integer { digits, radix, unsigned: true } => {
                u64::from_str_radix(digits, *radix).ok().map(Literal::Uint)
            }
            TokenKind::Integer { digits, radix, unsigned: false } => {
                let sign = if negative { "-" } else { "" };
                i64::from_str_radix(&format!("{sign}{digits}"), *radix).ok().map(Literal::Int)
            }
            _ => None,
        };
        literal.ok_or_else(|| {
            SyntaxError::new("a whole number of more than 64 bits", token.start, token.end)
        })
    }

    fn name_or_call(&mut self, word: String, absolute: bool, start: u32) -> Parsed {
        let literal = match word.as_str() {
            "true" => Some(Literal::Bool(true)),
            "false" => Some(Literal::Bool(false)),
            "null" => Some(Literal::Null),
            _ => None,
        };
        if word == "in" || (absolute && literal.is_some()) {
            return Err(self.unexpected("a value"));
        }
        if RESERVED.contains(&word.as_str()) {
            let token = self.token();
            let message = format!("`{word}` is a word that CEL reserves");
            return Err(SyntaxError::new(message, token.start, token.end));
        }
        self.next += 1;
        if let Some(literal) = literal {
            return node(ExpressionKind::Literal(literal), start, self.last_end(), 0);
        }
        if *self.peek() != TokenKind::Sign("(") {
            let kind = ExpressionKind::Name { name: word, absolute };
            return node(kind, start, self.last_end(), 0);
        }
        let (arguments, end, depth) = self.arguments()?;
        let kind = self.call(None, word, arguments, start, end)?;
        node(kind, start, end, depth)
    }

    fn call(
        &self,
        target: Option<Expression>,
        function: String,
        arguments: Vec<Expression>,
        start: u32,
        end: u32,
    ) -> Result<ExpressionKind, SyntaxError> {
        if self.options.macros {
            return expand(target, function, arguments, Span { start, end });
        }
        Ok(ExpressionKind::Call { target: target.map(Box::new), function, arguments })
    }

    fn list(&mut self, start: u32) -> Parsed {
        self.expect("[")?;
        let mut items = Vec::new();
        while *self.peek() != TokenKind::Sign("]") {
            let optional = self.accept("?");
            items.push(Item { value: self.nested(Self::expression)?, optional });
            if !self.accept(",") {
                break;
            }
        }
        self.expect("]")?;
        let depth = items.iter().map(|item| item.value.depth).max().unwrap_or(0);
        node(ExpressionKind::List(items), start, self.last_end(), depth)
    }

    fn map(&mut self, start: u32) -> Parsed {
        self.expect("{")?;
        let mut entries = Vec::new();
        while *self.peek() != TokenKind::Sign("}") {
            let optional = self.accept("?");
            let key = self.nested(Self::expression)?;
            self.expect(":")?;
            entries.push(Entry { key, value: self.nested(Self::expression)?, optional });
            if !self.accept(",") {
                break;
            }
        }
        self.expect("}")?;
        let depths = entries.iter().map(|entry| entry.key.depth.max(entry.value.depth));
        let depth = depths.max().unwrap_or(0);
        node(ExpressionKind::Map(entries), start, self.last_end(), depth)
    }

    /// Arguments in brackets, where they end, and how deep they nest.
    fn arguments(&mut self) -> Result<(Vec<Expression>, u32, usize), SyntaxError> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        while *self.peek() != TokenKind::Sign(")") {
            arguments.push(self.nested(Self::expression)?);
            if !self.accept(",") {
                break;
            }
        }
        self.expect(")")?;
        let depth = arguments.iter().map(|argument| argument.depth).max().unwrap_or(0);
        Ok((arguments, self.last_end(), depth))
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Parsed) -> Parsed {
        if self.level == DEPTH_MAX {
            let token = self.token();
            return Err(too_deep(token.start, token.end));
        }
        self.level += 1;
        let expression = inner(self);
        self.level -= 1;
        expression
    }

    fn field_name(&mut self) -> Result<String, SyntaxError> {
        match self.peek().clone() {
            TokenKind::Word(word) if !["in", "true", "false", "null"].contains(&word.as_str()) => {
                self.next += 1;
                Ok(word)
            }
            TokenKind::QuotedWord(word) => {
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

    fn expect(&mut self, sign: &'static str) -> Result<(), SyntaxError> {
        if self.accept(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next]
    }

    fn peek(&self) -> &TokenKind {
        &self.token().kind
    }

    /// Where the token that was read last ends.
    fn last_end(&self) -> u32 {
        small(self.tokens[self.next.saturating_sub(1)].end)
    }

    fn unexpected(&self, wanted: &str) -> SyntaxError {
        let token = self.token();
        let found = match &token.kind {
            TokenKind::End => "the expression ends".to_owned(),
            TokenKind::Word(word) | TokenKind::QuotedWord(word) => format!("`{word}` stands"),
            TokenKind::Sign(sign) => format!("`{sign}` stands"),
            TokenKind::Integer { .. } | TokenKind::Double(_) => "a number stands".to_owned(),
            TokenKind::String(_) => "a text stands".to_owned(),
            TokenKind::Bytes(_) => "bytes stand".to_owned(),
        };
        SyntaxError::new(format!("{found} where {wanted} should"), token.start, token.end)
    }
}

fn binary(operator: BinaryOperator, left: Expression, right: Expression) -> Parsed {
    let (start, end) = (left.span.start, right.span.end);
    let depth = left.depth.max(right.depth);
    let (left, right) = (Box::new(left), Box::new(right));
    node(ExpressionKind::Binary { operator, left, right }, start, end, depth)
}

/// An expression over parts that nest `depth` deep.
fn node(kind: ExpressionKind, start: u32, end: u32, depth: usize) -> Parsed {
    if depth == DEPTH_MAX {
        return Err(too_deep(start as usize, end as usize));
    }
    Ok(Expression { kind, span: Span { start, end }, depth: depth + 1 })
}

fn too_deep(start: usize, end: usize) -> SyntaxError {
    SyntaxError::new(format!("nested more than {DEPTH_MAX} deep"), start, end)
}

/// Texts are shorter than 64 KiB here.
fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
