//! Texts as a picture shows them.

use pdp_core::document::is_hidden;

/// So many characters of a text are shown; of a longer one its beginning and its end.
const SHOWN_MAX: usize = 48;

/// A text without anything that does not show itself.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|letter| if is_invisible(letter) { '\u{FFFD}' } else { letter }).collect()
}

fn is_invisible(letter: char) -> bool {
    let noncharacter =
        u32::from(letter) & 0xFFFE == 0xFFFE || ('\u{FDD0}'..='\u{FDEF}').contains(&letter);
    letter.is_control() || noncharacter || is_hidden(letter)
}

/// A visible text that is not too long: in the middle of a longer one stands `…`.
pub(crate) fn short(text: &str) -> String {
    let letters: Vec<char> = visible(text).chars().collect();
    if letters.len() <= SHOWN_MAX {
        return letters.into_iter().collect();
    }
    let (head, tail) = (SHOWN_MAX * 2 / 3, SHOWN_MAX - SHOWN_MAX * 2 / 3 - 1);
    let head = &letters[..head];
    head.iter().chain(['…'].iter()).chain(&letters[letters.len() - tail..]).collect()
}

/// How many columns a text takes where every letter has one width, and wide ones two.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(|letter| if is_wide(letter) { 2 } else { 1 }).sum()
}

/// Letters of East Asia and pictures; roughly, since a column too many harms nothing.
fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FFE6}' | '\u{1F000}'..)
}

/// "… and 9 990 more actors"
pub(crate) fn more(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("… and {} more {what}{ending}", grouped(count))
}

/// A number with a space after every three digits.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// Words of a list behind what it is of, as many as are allowed, and how many more there are; in
/// lines that are shown whole.
pub(crate) fn listed(what: &str, words: &[&str], words_max: usize) -> Vec<String> {
    let rest = words.len().saturating_sub(words_max);
    let mut pieces: Vec<String> = words.iter().take(words_max).map(|word| short(word)).collect();
    let last = pieces.len().saturating_sub(usize::from(rest == 0));
    pieces[..last].iter_mut().for_each(|piece| piece.push(','));
    if rest > 0 {
        pieces.push(format!("… and {} more", grouped(rest)));
    }
    let mut lines = vec![format!("{what}:")];
    for piece in pieces {
        let line = lines.last_mut().expect("it begins with one");
        if line.chars().count() + 1 + piece.chars().count() <= SHOWN_MAX {
            line.push(' ');
            line.push_str(&piece);
        } else {
            lines.push(piece);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        let grouped: Vec<String> = [0, 12, 999, 1000, 9990, 1_234_567].map(grouped).into();
        assert_eq!(grouped, ["0", "12", "999", "1 000", "9 990", "1 234 567"]);
    }

    #[test]
    fn a_long_text_keeps_its_ends() {
        let long = format!("document:{}/end", "x".repeat(500));
        let shown = short(&long);
        assert_eq!(shown.chars().count(), SHOWN_MAX);
        assert!(shown.starts_with("document:x") && shown.ends_with("/end") && shown.contains('…'));
        assert_eq!(short("a\u{202E}b\u{0}"), "a\u{FFFD}b\u{FFFD}");
    }

    #[test]
    fn a_list_is_broken_into_lines() {
        let words: Vec<String> = (0..20).map(|number| format!("action_{number}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        assert_eq!(listed("actions", &words[..2], 9), ["actions: action_0, action_1"]);
        let lines = listed("actions", &words, 6);
        let expected = [
            "actions: action_0, action_1, action_2, action_3,",
            "action_4, action_5, … and 14 more",
        ];
        assert_eq!(lines, expected);
    }
}
