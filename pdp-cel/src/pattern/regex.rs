use regex_automata::dfa::Automaton;
use regex_automata::dfa::dense::{Config, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind, dfa};
use regex_syntax::ast::{self, Ast, ClassSet, ClassSetItem};
use regex_syntax::hir::{Dot, Hir, HirKind, Look, Repetition, translate::TranslatorBuilder};

/// How much memory the regular expressions of a policy set may take, in bytes.
const BUDGET: usize = 16 * 1024 * 1024;

/// How deep a regular expression may nest.
const NEST_LIMIT: u32 = 64;

/// What must fit a regular expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extent {
    /// The whole text.
    Whole,
    /// Some part of it.
    Part,
}

/// A regular expression as a table: it takes one step a byte.
#[derive(Debug)]
pub(crate) struct Regex {
    table: DFA<Vec<u32>>,
    /// How every text that fits begins.
    beginning: Box<str>,
    /// How much of that a search skips, in bytes, and the state in which it goes on.
    skipped: usize,
    begin: StateID,
}

/// What is left for the regular expressions of a program.
#[derive(Debug)]
pub(crate) struct RegexBudget {
    bytes: usize,
}

impl Default for RegexBudget {
    fn default() -> Self {
        RegexBudget { bytes: BUDGET }
    }
}

/// Why a text is no regular expression that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegexError {
    /// It is none; what is wrong, in one line.
    #[error("{0}")]
    Syntax(String),
    /// Its table does not fit into what is left.
    #[error("its table does not fit into the {BUDGET} bytes that all regular expressions share")]
    Budget,
}

impl Regex {
    /// Compiles `text` and takes what it needs from the budget. The work is bounded by what is
    /// left: states and transitions beyond it are not made. One that does not fit takes all of it,
    /// for the set is refused, and further ones would only cost time.
    pub(crate) fn new(
        text: &str,
        extent: Extent,
        budget: &mut RegexBudget,
    ) -> Result<Self, RegexError> {
        let hir = parsed(text)?;
        let beginning = beginning(&hir, extent);
        let table = table(hir, extent, budget.bytes);
        budget.bytes = match &table {
            Ok(table) => budget.bytes.saturating_sub(table.memory_usage()),
            Err(_) => 0,
        };
        let table = table?;
        let (skipped, begin) = begin(&table, &beginning)?;
        Ok(Regex { table, beginning, skipped, begin })
    }

    /// How every text that fits begins, as far as the expression begins with letters that stand
    /// for themselves.
    pub(crate) fn beginning(&self) -> &str {
        &self.beginning
    }

    /// Whether `text` fits.
    pub(crate) fn fits(&self, text: &str) -> bool {
        if !text.starts_with(&*self.beginning) {
            return false;
        }
        let mut state = self.begin;
        for byte in &text.as_bytes()[self.skipped..] {
            state = self.table.next_state(state, *byte);
            if self.table.is_special_state(state) {
                if self.table.is_dead_state(state) {
                    return false;
                }
                // Where the whole text must fit, there is a match only at its end.
                if self.table.is_match_state(state) {
                    return true;
                }
            }
        }
        self.table.is_match_state(self.table.next_eoi_state(state))
    }
}

/// Where a search begins in texts that begin so: how many bytes it skips, and its state then.
fn begin(table: &DFA<Vec<u32>>, beginning: &str) -> Result<(usize, StateID), RegexError> {
    let config = start::Config::new().anchored(Anchored::Yes);
    let first = table.start_state(&config).map_err(|error| syntax(&error))?;
    let mut state = first;
    for byte in beginning.bytes() {
        state = table.next_state(state, byte);
        // What has to be noticed on the way is noticed by the search itself.
        if table.is_special_state(state) {
            return Ok((0, first));
        }
    }
    Ok((beginning.len(), state))
}

fn beginning(expression: &Hir, extent: Extent) -> Box<str> {
    let parts = parts(expression);
    if extent == Extent::Part && !parts.first().is_some_and(is_start) {
        return Box::default();
    }
    match parts.iter().find(|part| !is_start(part)).map(Hir::kind) {
        Some(HirKind::Literal(literal)) => {
            std::str::from_utf8(&literal.0).map(Into::into).unwrap_or_default()
        }
        _ => Box::default(),
    }
}

/// What an expression is made of, one behind the other.
fn parts(expression: &Hir) -> &[Hir] {
    match expression.kind() {
        HirKind::Concat(parts) => parts,
        _ => std::slice::from_ref(expression),
    }
}

fn is_start(part: &Hir) -> bool {
    matches!(part.kind(), HirKind::Look(Look::Start))
}

/// The table of an expression, in at most so many bytes.
fn table(expression: Hir, extent: Extent, bytes: usize) -> Result<DFA<Vec<u32>>, RegexError> {
    let whole = match extent {
        Extent::Whole => {
            Hir::concat(vec![Hir::look(Look::Start), expression, Hir::look(Look::End)])
        }
        // What fits only at the start need not be looked for behind it.
        Extent::Part if parts(&expression).first().is_some_and(is_start) => expression,
        Extent::Part => {
            let any = Repetition {
                min: 0,
                max: None,
                greedy: false,
                sub: Box::new(Hir::dot(Dot::AnyChar)),
            };
            Hir::concat(vec![Hir::repetition(any), expression])
        }
    };
    let steps = thompson::Config::new()
        .nfa_size_limit(Some(bytes))
        .shrink(false)
        .which_captures(thompson::WhichCaptures::None);
    let nfa = thompson::Compiler::new().configure(steps).build_from_hir(&whole);
    let nfa = nfa.map_err(|error| match error.size_limit() {
        Some(_) => RegexError::Budget,
        None => syntax(&error),
    })?;
    // Only anchored searches are made, and only whole texts fit: whichever match there is.
    let config = Config::new()
        .start_kind(dfa::StartKind::Anchored)
        .match_kind(MatchKind::All)
        .dfa_size_limit(Some(bytes))
        .determinize_size_limit(Some(bytes));
    let table = dfa::dense::Builder::new().configure(config).build_from_nfa(&nfa);
    table.map_err(
        |error| if error.is_size_limit_exceeded() { RegexError::Budget } else { syntax(&error) },
    )
}

/// The expression, with the classes `\d`, `\s`, `\w` and all boundaries of words of ASCII.
fn parsed(text: &str) -> Result<Hir, RegexError> {
    let mut parser = ast::parse::ParserBuilder::new().nest_limit(NEST_LIMIT).build();
    let mut tree = parser.parse(text).map_err(|error| syntax(error.kind()))?;
    if has_class_of_unicode(text) {
        return Err(RegexError::Syntax("classes of Unicode, `\\p`, are not offered".to_owned()));
    }
    ast::visit(&tree, NoRepetitionOfRepetition)?;
    in_ascii(&mut tree);
    let hir = TranslatorBuilder::new().build().translate(text, &tree);
    hir.map_err(|error| syntax(error.kind()))
}

/// Whether a text, which is a regular expression, holds `\p` or `\P`: whether those are known would
/// depend on what else is built with this crate.
fn has_class_of_unicode(text: &str) -> bool {
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' && matches!(letters.next(), Some('p' | 'P')) {
            return true;
        }
    }
    false
}

/// Refuses `a**` and `a{2}{3}`, as RE2 does: in other languages `a*+` and `a++` mean something else.
struct NoRepetitionOfRepetition;

impl ast::Visitor for NoRepetitionOfRepetition {
    type Output = ();
    type Err = RegexError;

    fn finish(self) -> Result<(), RegexError> {
        Ok(())
    }

    fn visit_pre(&mut self, tree: &Ast) -> Result<(), RegexError> {
        match tree {
            Ast::Repetition(outer) if matches!(*outer.ast, Ast::Repetition(_)) => {
                let message = "a repetition of a repetition: put the inner one into brackets";
                Err(RegexError::Syntax(message.to_owned()))
            }
            _ => Ok(()),
        }
    }
}

fn syntax(error: &impl std::fmt::Display) -> RegexError {
    RegexError::Syntax(error.to_string().replace('\n', " "))
}

/// Replaces classes of Unicode by those of ASCII; the nest limit bounds the recursion.
fn in_ascii(tree: &mut Ast) {
    match tree {
        Ast::ClassPerl(class) => {
            let span = class.span;
            let item = ClassSetItem::Ascii(ascii(class));
            let kind = ClassSet::Item(item);
            *tree = Ast::class_bracketed(ast::ClassBracketed { span, negated: false, kind });
        }
        Ast::ClassBracketed(class) => set_in_ascii(&mut class.kind),
        Ast::Assertion(assertion) => {
            use ast::AssertionKind::{EndLine, EndText, StartLine, StartText};
            if !matches!(assertion.kind, StartLine | EndLine | StartText | EndText) {
                let span = assertion.span;
                let flag = ast::FlagsItemKind::Flag(ast::Flag::Unicode);
                let items = [ast::FlagsItemKind::Negation, flag]
                    .map(|kind| ast::FlagsItem { span, kind })
                    .into();
                let kind = ast::GroupKind::NonCapturing(ast::Flags { span, items });
                let inner = Box::new(Ast::assertion((**assertion).clone()));
                *tree = Ast::group(ast::Group { span, kind, ast: inner });
            }
        }
        Ast::Repetition(repetition) => in_ascii(&mut repetition.ast),
        Ast::Group(group) => in_ascii(&mut group.ast),
        Ast::Alternation(alternation) => alternation.asts.iter_mut().for_each(in_ascii),
        Ast::Concat(concat) => concat.asts.iter_mut().for_each(in_ascii),
        Ast::Empty(_) | Ast::Flags(_) | Ast::Literal(_) | Ast::Dot(_) | Ast::ClassUnicode(_) => {}
    }
}

fn set_in_ascii(set: &mut ClassSet) {
    match set {
        ClassSet::Item(item) => item_in_ascii(item),
        ClassSet::BinaryOp(operation) => {
            set_in_ascii(&mut operation.lhs);
            set_in_ascii(&mut operation.rhs);
        }
    }
}

fn item_in_ascii(item: &mut ClassSetItem) {
    match item {
        ClassSetItem::Perl(class) => *item = ClassSetItem::Ascii(ascii(class)),
        ClassSetItem::Bracketed(class) => set_in_ascii(&mut class.kind),
        ClassSetItem::Union(union) => union.items.iter_mut().for_each(item_in_ascii),
        ClassSetItem::Empty(_)
        | ClassSetItem::Literal(_)
        | ClassSetItem::Range(_)
        | ClassSetItem::Ascii(_)
        | ClassSetItem::Unicode(_) => {}
    }
}

fn ascii(class: &ast::ClassPerl) -> ast::ClassAscii {
    let kind = match class.kind {
        ast::ClassPerlKind::Digit => ast::ClassAsciiKind::Digit,
        ast::ClassPerlKind::Space => ast::ClassAsciiKind::Space,
        ast::ClassPerlKind::Word => ast::ClassAsciiKind::Word,
    };
    ast::ClassAscii { span: class.span, kind, negated: class.negated }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(regex: &str, text: &str) -> bool {
        let mut budget = RegexBudget::default();
        Regex::new(regex, Extent::Whole, &mut budget).expect(regex).fits(text)
    }

    #[test]
    fn a_part_of_the_text_fits_or_nothing() {
        let fits = |regex: &str, text| {
            let mut budget = RegexBudget::default();
            Regex::new(regex, Extent::Part, &mut budget).expect(regex).fits(text)
        };
        assert!(fits("b+", "abbc") && fits("b", "\nb") && fits("", "x") && fits("c$", "abc"));
        assert!(!fits("^b", "ab") && !fits("d", "abc") && !fits("c$", "abcd") && fits("é", "aé"));
        assert!(fits("^a.c$", "abc") && !fits("^a.c$", "abcd") && fits(r"a\b", "a b"));
        assert!(
            fits("^ab", "ab") && fits("^ab", "abc") && !fits("^ab", "a") && !fits("^ab", "cab")
        );
        assert!(fits("^ab*", "a") && fits("^ab*", "ac") && !fits("^ab*", "b") && fits("^", "b"));
        assert!(fits("^ab|c", "xc") && fits("(?m)^ab", "\nab") && !fits("^^ab$", "abc"));
    }

    #[test]
    fn the_whole_text_fits_or_nothing() {
        assert!(fits("a|ab", "ab") && fits("a|ab", "a") && !fits("a|b", "ab"));
        assert!(!fits("doc", "xdoc") && !fits("doc", "docx") && !fits("doc", "doc\n"));
        assert!(
            fits("", "") || Regex::new("", Extent::Whole, &mut RegexBudget::default()).is_err()
        );
        assert!(fits("(?:a+)*?", "aa") && fits("a+?", "aa"));
        assert!(fits("(?i)doc", "DOC") && fits("a.c", "aéc") && !fits("a.c", "abbc"));
        assert!(fits("^doc$", "doc") && !fits("(?m)^doc$", "doc\ndoc"));
    }

    #[test]
    fn classes_are_those_of_ascii() {
        assert!(fits(r"\d{2}", "42") && !fits(r"\d", "\u{661}"));
        assert!(fits(r"[\d\-]+", "4-2") && !fits(r"[\w]", "é") && fits(r"\D", "\u{661}"));
        assert!(fits(r"\W", "é") && fits(r"a\b.b", "a-b") && fits(r"[^\d]", "é"));
        assert!(fits(r"\s", " ") && !fits(r"\s", "\u{2003}"));
        assert!(fits(r"\<a\>.+", "a-b") && !fits(r"a\>.+", "ab") && fits(r"a\>.+", "aé"));
        assert!(fits(r"\b{start}a\b{end}.b", "a b") && !fits(r"a\b{end}.", "ab"));
        assert!(fits(r"\b{start-half}a\b{end-half}-?", "a-") && !fits(r"a\b{end-half}b", "ab"));
    }

    #[test]
    fn metacharacters_of_ids_mean_themselves_when_escaped() {
        for letter in r"\.+*?()|[]{}^$#&-~".chars() {
            let regex = format!("\\{letter}");
            assert!(fits(&regex, &letter.to_string()), "{regex}");
            assert!(!fits(&regex, "x"), "{regex}");
        }
    }

    #[test]
    fn what_is_no_regex_or_too_large_is_refused() {
        let refused =
            |text: &str| Regex::new(text, Extent::Whole, &mut RegexBudget::default()).unwrap_err();
        for text in [
            "(",
            "a)|(b",
            "[z-a]",
            r"(a)\1",
            "(?=a)",
            "a{2,1}",
            "*",
            r"\p{Greek}",
            "a**",
            "(a+?{2}|b)",
            "{",
        ] {
            assert!(matches!(refused(text), RegexError::Syntax(_)), "{text}");
        }
        for text in ["(?:(?:a{1000}){1000}){1000}", "(?:a|b)*a(?:a|b){30}"] {
            assert_eq!(refused(text), RegexError::Budget, "{text}");
        }
        assert!(matches!(refused(&"(".repeat(500)), RegexError::Syntax(_)));
    }

    #[test]
    fn all_share_one_budget() {
        let mut budget = RegexBudget::default();
        let made = (0..).map(|number| format!("(?:a|b)*a(?:a|b){{12}}{number}"));
        let count =
            made.map_while(|text| Regex::new(&text, Extent::Whole, &mut budget).ok()).count();
        assert!((1..100).contains(&count), "{count}");
    }
}
