//! The answer: permit or deny, why, by which rule, with which obligations.

use std::fmt;
use std::str::FromStr;

use crate::{Map, Text};

/// What a rule says, and what a decision is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The actor may.
    Permit,
    /// The actor may not.
    Deny,
}

impl Effect {
    /// The word for the effect on the wire and in policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Permit => "permit",
            Effect::Deny => "deny",
        }
    }

    /// The effect with this word, if there is one.
    pub fn from_word(word: &str) -> Option<Self> {
        [Effect::Permit, Effect::Deny].into_iter().find(|effect| effect.as_str() == word)
    }
}

/// The answer to a request.
///
/// The engine lends its words from the compiled policies; a decision that came over a wire owns
/// them and is a `Decision<'static>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<'a> {
    /// Permit or deny.
    pub effect: Effect,
    /// The stable word for why.
    pub reason: Text<'a>,
    /// The rule that decided; `None` where no rule did and the default deny answers.
    pub rule: Option<RuleRef<'a>>,
    /// Whether a bypass rule decided.
    pub bypass: bool,
    /// What the caller must do for the decision to hold, in the order of the rule.
    pub obligations: Obligations<'a>,
    /// Rules that could not be evaluated, in the order in which they were tried.
    pub errors: Vec<RuleError<'a>>,
    /// Which policies and facts decided.
    pub policy: PolicyVersion,
}

impl Decision<'_> {
    /// The same decision, owning its words: it outlives the policies that made it.
    pub fn into_owned(self) -> Decision<'static> {
        Decision {
            effect: self.effect,
            reason: owned(self.reason),
            rule: self.rule.map(RuleRef::into_owned),
            bypass: self.bypass,
            obligations: Obligations::Owned(self.obligations.to_vec()),
            errors: self.errors.into_iter().map(RuleError::into_owned).collect(),
            policy: self.policy,
        }
    }
}

fn owned(text: Text<'_>) -> Text<'static> {
    Text::Owned(text.into_owned())
}

/// Where a rule stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleRef<'a> {
    /// The rule's id, unique in its policy set.
    pub id: Text<'a>,
    /// The file, relative to the policy set.
    pub file: Text<'a>,
    /// The line on which the rule begins, from 1.
    pub line: u32,
}

impl RuleRef<'_> {
    fn into_owned(self) -> RuleRef<'static> {
        RuleRef { id: owned(self.id), file: owned(self.file), line: self.line }
    }
}

/// Obligations that the policies lend or a decision from elsewhere owns.
#[derive(Clone, Debug)]
pub enum Obligations<'a> {
    /// Lent by the compiled policies.
    Borrowed(&'a [Obligation]),
    /// Owned by the decision.
    Owned(Vec<Obligation>),
}

impl std::ops::Deref for Obligations<'_> {
    type Target = [Obligation];

    fn deref(&self) -> &[Obligation] {
        match self {
            Obligations::Borrowed(obligations) => obligations,
            Obligations::Owned(obligations) => obligations,
        }
    }
}

impl PartialEq for Obligations<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

/// What a caller must do for a decision to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Obligation {
    /// What kind of duty it is, a word agreed with the callers.
    pub obligation_type: String,
    /// Its particulars.
    pub properties: Map<'static>,
}

/// A rule that could not be evaluated, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError<'a> {
    /// The rule.
    pub rule: RuleRef<'a>,
    /// The kind of fault.
    pub fault: Fault,
    /// The fault in words, naming what was read.
    pub message: Text<'a>,
}

impl RuleError<'_> {
    fn into_owned(self) -> RuleError<'static> {
        let RuleError { rule, fault, message } = self;
        RuleError { rule: rule.into_owned(), fault, message: owned(message) }
    }
}

/// Why a rule could not be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// A context value that is declared without `?` is absent.
    ContextMissing,
    /// An attribute that is declared without `?` is absent.
    AttributeMissing,
    /// A value of the request does not have its declared type.
    WrongType,
    /// The condition reads `now` and the request has no time.
    NowMissing,
    /// A value of the request is larger than it may be.
    TooLarge,
    /// A relation needs more sets than the walk limit allows.
    WalkLimit,
    /// The condition takes more steps or memory than an evaluation may.
    CostLimit,
    /// A result is beyond the range of its type.
    Overflow,
    /// A whole number was divided by zero.
    DivisionByZero,
    /// A map does not have the key.
    NoSuchKey,
    /// A list or text does not have the position.
    IndexOutOfRange,
    /// A key stands twice in a map.
    DuplicateKey,
    /// A function cannot take the argument.
    InvalidArgument,
    /// An optional has no value.
    EmptyOptional,
    /// A value whose type was open turned out to be of one that the operation does not take.
    NoSuchOverload,
}

impl Fault {
    const ALL: [(Fault, &'static str); 15] = [
        (Fault::ContextMissing, "context_missing"),
        (Fault::AttributeMissing, "attribute_missing"),
        (Fault::WrongType, "wrong_type"),
        (Fault::NowMissing, "now_missing"),
        (Fault::TooLarge, "too_large"),
        (Fault::WalkLimit, "walk_limit"),
        (Fault::CostLimit, "cost_limit"),
        (Fault::Overflow, "overflow"),
        (Fault::DivisionByZero, "division_by_zero"),
        (Fault::NoSuchKey, "no_such_key"),
        (Fault::IndexOutOfRange, "index_out_of_range"),
        (Fault::DuplicateKey, "duplicate_key"),
        (Fault::InvalidArgument, "invalid_argument"),
        (Fault::EmptyOptional, "empty_optional"),
        (Fault::NoSuchOverload, "no_such_overload"),
    ];

    /// The word for the fault on the wire.
    pub fn as_str(self) -> &'static str {
        let found = Fault::ALL.iter().find(|(fault, _)| *fault == self);
        found.map_or("", |(_, word)| word)
    }

    /// What an evaluator of expressions calls a fault; none of the host's.
    pub(crate) fn of_expression(fault: pdp_cel::Fault) -> Self {
        match fault {
            pdp_cel::Fault::Overflow => Fault::Overflow,
            pdp_cel::Fault::DivisionByZero => Fault::DivisionByZero,
            pdp_cel::Fault::NoSuchKey => Fault::NoSuchKey,
            pdp_cel::Fault::IndexOutOfRange => Fault::IndexOutOfRange,
            pdp_cel::Fault::DuplicateKey => Fault::DuplicateKey,
            pdp_cel::Fault::InvalidArgument => Fault::InvalidArgument,
            pdp_cel::Fault::EmptyOptional => Fault::EmptyOptional,
            pdp_cel::Fault::Limit => Fault::CostLimit,
            _ => Fault::NoSuchOverload,
        }
    }

    /// The fault with this word, if there is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Fault::ALL.iter().find(|(_, known)| *known == word).map(|(fault, _)| *fault)
    }
}

/// Which policy set, and which state of its facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PolicyVersion {
    /// The digest of the policy texts.
    pub digest: Digest,
    /// The revision of the facts, from 1.
    pub revision: u64,
}

/// SHA-256 of a policy set. Written `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(Written::new(self).as_str())
    }
}

/// The text of a [`Digest`], in place: each decision that leaves a door carries it.
#[derive(Clone, Copy)]
pub(crate) struct Written([u8; Written::LEN]);

impl Written {
    const SCHEME: &str = "sha256:";
    const LEN: usize = Written::SCHEME.len() + 64;

    pub(crate) fn new(digest: &Digest) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; Written::LEN];
        let (scheme, digits) = text.split_at_mut(Written::SCHEME.len());
        scheme.copy_from_slice(Written::SCHEME.as_bytes());
        for (pair, byte) in digits.chunks_exact_mut(2).zip(digest.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        Written(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("ASCII")
    }
}

/// Reads what [`Digest`] is written as.
impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let digits = text.strip_prefix(Written::SCHEME).ok_or(NoDigest)?;
        let is_digit = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
        if digits.len() != 64 || !digits.bytes().all(is_digit) {
            return Err(NoDigest);
        }
        let mut digest = [0; 32];
        for (index, byte) in digest.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[2 * index..][..2], 16).map_err(|_| NoDigest)?;
        }
        Ok(Digest(digest))
    }
}

/// A text is not `sha256:` and 64 hexadecimal digits in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not `sha256:` and 64 hexadecimal digits")]
pub struct NoDigest;

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
