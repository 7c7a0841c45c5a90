//! A picture as a flowchart of Mermaid.

use std::fmt::Write;

use crate::text::{short, visible};
use crate::{Block, BlockKind, Edge, End, Graph};

impl Graph {
    /// The picture as a flowchart of [Mermaid](https://mermaid.js.org), which many renderers of
    /// Markdown draw.
    ///
    /// Whatever names and ids hold stands there as text: letters that mean something to Mermaid or
    /// to HTML are written by their numbers.
    pub fn mermaid(&self) -> String {
        let mut text = String::from("flowchart LR\n");
        let (title, description) = (escaped(&self.title), escaped(&self.description()));
        put(&mut text, format_args!("    accTitle: {title}\n    accDescr: {description}\n"));
        for (number, block) in self.blocks.iter().enumerate() {
            block_of(&mut text, number, block);
        }
        for edge in &self.edges {
            arrow(&mut text, edge);
        }
        for (class, style) in STYLES {
            put(&mut text, format_args!("    classDef {class} {style}\n"));
        }
        text
    }
}

/// How kinds of blocks look; ink and ground are given, so that the theme does not matter.
const STYLES: [(&str, &str); 4] = [
    ("actor", "fill:#dbeafe,stroke:#1d4ed8,color:#111827"),
    ("claim", "fill:#fef3c7,stroke:#b45309,color:#111827,stroke-dasharray:4 3"),
    ("row", "fill:#f8fafc,stroke:#475569,color:#111827"),
    ("note", "fill:none,stroke:none"),
];

fn block_of(text: &mut String, number: usize, block: &Block) {
    let lines = std::iter::once(&block.title).chain(&block.details);
    let title = lines.map(|line| escaped(&short(line))).collect::<Vec<_>>().join("<br/>");
    let (open, close, class) = match block.kind {
        BlockKind::Type | BlockKind::Resource if !block.rows.is_empty() => {
            put(text, format_args!("    subgraph b{number}[\"{title}\"]\n"));
            for (position, row) in block.rows.iter().enumerate() {
                let lines = std::iter::once(&row.name).chain(&row.details);
                let lines: Vec<String> = lines.map(|line| escaped(&short(line))).collect();
                let label = lines.join("<br/>");
                put(text, format_args!("        b{number}r{position}[\"{label}\"]:::row\n"));
            }
            text.push_str("    end\n");
            return;
        }
        BlockKind::Type | BlockKind::Resource => ("[\"", "\"]", "row"),
        BlockKind::Actor | BlockKind::Pattern => ("([\"", "\"])", "actor"),
        BlockKind::Role | BlockKind::Condition => ("([\"", "\"])", "claim"),
        BlockKind::Note => ("[\"", "\"]", "note"),
    };
    put(text, format_args!("    b{number}{open}{title}{close}:::{class}\n"));
}

fn arrow(text: &mut String, edge: &Edge) {
    let arrow = if edge.dashed { "-.->" } else { "-->" };
    let label = match (&edge.label, edge.link) {
        (Some(label), _) => format!("|\"{}\"|", escaped(&short(label))),
        (None, true) => "|\"link\"|".to_owned(),
        (None, false) => String::new(),
    };
    put(text, format_args!("    {} {arrow}{label} {}\n", node(edge.from), node(edge.to)));
}

fn node(End { block, row }: End) -> String {
    row.map_or_else(|| format!("b{block}"), |row| format!("b{block}r{row}"))
}

/// A text in which nothing means anything to Mermaid: not in a quoted label, nor anywhere else.
fn escaped(text: &str) -> String {
    let letters: Vec<char> = visible(text).chars().collect();
    let mut escaped = String::with_capacity(letters.len());
    for (index, letter) in letters.iter().enumerate() {
        let inside = |index: Option<usize>| {
            let letter = index.and_then(|index| letters.get(index));
            letter.is_some_and(|letter| letter.is_alphanumeric())
        };
        let is_plain = match letter {
            ' ' | '/' | ',' | '(' | ')' | '…' => true,
            // At a beginning or an end they could be marks of Markdown.
            '.' | '-' | '_' | ':' | '@' => {
                inside(index.checked_sub(1)) && (*letter == ':' || inside(Some(index + 1)))
            }
            letter => letter.is_alphanumeric(),
        };
        if is_plain {
            escaped.push(*letter);
        } else {
            put(&mut escaped, format_args!("#{};", u32::from(*letter)));
        }
    }
    escaped
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a string takes all text");
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_means_something_is_written_by_number() {
        assert_eq!(escaped("user:93"), "user:93");
        assert_eq!(escaped("tool:projects.list, may_read"), "tool:projects.list, may_read");
        assert_eq!(escaped("user:*"), "user:#42;");
        assert_eq!(escaped("\"]-->x"), "#34;#93;#45;#45;#62;x");
        assert_eq!(
            escaped("%%{init}%%\n`a` #35; <b>"),
            "#37;#37;#123;init#125;#37;#37;#65533;#96;a#96; #35;35#59; #60;b#62;"
        );
        assert_eq!(escaped("- _a_ 1. b"), "#45; #95;a#95; 1#46; b");
    }
}
