use regex::bytes::{Regex, RegexBuilder};

use regex_syntax::ast::{self, Ast};

use super::fault::Fault;
use super::functions::Answer;
use super::value::Value;
use crate::oracle::pattern::ascii;

/// `matches(s, r)`, `s.matches(r)`
pub(super) fn function(name: &str, operands: &[Value]) -> Answer {
    match (name, operands) {
        ("matches", [Value::String(text), Value::String(pattern)]) => {
            let regex = compile(pattern).ok_or(Fault::InvalidArgument);
            Some(regex.map(|regex| Value::Bool(regex.is_match(text.as_bytes()))))
        }
        _ => None,
    }
}

/// Over bytes, since an ASCII `\B` is refused over text; all else in it is about characters.
fn compile(pattern: &str) -> Option<Regex> {
    // `regex` would know the Unicode classes. A `p` after an escaped backslash is a letter.
    let classes = pattern.replace(r"\\", "");
    if classes.contains(r"\p") || classes.contains(r"\P") {
        return None;
    }
    let tree = ast::parse::Parser::new().parse(pattern).ok()?;
    ast::visit(&tree, NoRepetitionOfRepetition).ok()?;
    // The limit of a set is for the engine to keep.
    RegexBuilder::new(&ascii(pattern)).size_limit(1 << 30).build().ok()
}

/// `a**` is none.
struct NoRepetitionOfRepetition;

impl ast::Visitor for NoRepetitionOfRepetition {
    type Output = ();
    type Err = ();

    fn finish(self) -> Result<(), ()> {
        Ok(())
    }

    fn visit_pre(&mut self, tree: &Ast) -> Result<(), ()> {
        match tree {
            Ast::Repetition(outer) if matches!(*outer.ast, Ast::Repetition(_)) => Err(()),
            _ => Ok(()),
        }
    }
}
