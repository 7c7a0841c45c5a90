//! A picture as SVG.

use std::fmt::{Arguments, Write};

use crate::layout::{self, LINE, Layout, PADDING, Way, row_top, text_width};
use crate::text::{short, visible};
use crate::{Block, BlockKind, Edge, Graph};

impl Graph {
    /// The picture as SVG: valid XML that needs nothing beside it, runs nothing, and has a ground of
    /// its own, light or dark as who looks at it prefers.
    ///
    /// What is shown shortened stands in full in a `<title>` beside it.
    pub fn svg(&self) -> String {
        let layout = self.layout();
        let mut svg = String::new();
        let Layout { width, height, .. } = layout;
        let title = escaped(&self.title);
        put(
            &mut svg,
            format_args!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pdp-graph\" role=\"img\" aria-label=\"{title}\" \
                 width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
                 font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"12\">\n\
                 <title>{title}</title>\n<desc>{}</desc>\n<style>{STYLE}</style>\n\
                 <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n",
                escaped(&self.description())
            ),
        );
        for (edge, way) in self.edges.iter().zip(&layout.ways) {
            arrow(&mut svg, edge, way);
        }
        for (block, place) in self.blocks.iter().zip(&layout.boxes) {
            block_of(&mut svg, block, *place);
        }
        // Above all else, so that no line hides them.
        for (edge, way) in self.edges.iter().zip(&layout.ways) {
            if let Some(label) = &edge.label {
                label_of(&mut svg, way, label);
            }
        }
        svg.push_str("</svg>\n");
        svg
    }
}

/// Colours of text on its ground have a contrast of 4.5 or more, light and dark.
const STYLE: &str = "\
.pdp-graph .ground{fill:#ffffff}.pdp-graph text{fill:#111827}.pdp-graph .detail{fill:#4b5563}\
.pdp-graph .label{fill:#374151;text-anchor:middle}\
.pdp-graph .title{font-weight:bold}.pdp-graph .arrow{fill:none;stroke:#64748b;stroke-width:1.4}\
.pdp-graph .head{fill:#64748b}.pdp-graph .link{stroke:#94a3b8}.pdp-graph .dashed{stroke-dasharray:5 4}\
.pdp-graph .box{fill:#f8fafc;stroke:#475569}.pdp-graph .rule{stroke:#cbd5e1}\
.pdp-graph .actor{fill:#dbeafe;stroke:#1d4ed8}.pdp-graph .claim{fill:#fef3c7;stroke:#b45309;stroke-dasharray:4 3}\
@media (prefers-color-scheme:dark){.pdp-graph .ground{fill:#0f172a}.pdp-graph text{fill:#f1f5f9}\
.pdp-graph .detail{fill:#cbd5e1}.pdp-graph .label{fill:#e2e8f0}.pdp-graph .arrow{stroke:#94a3b8}\
.pdp-graph .head{fill:#94a3b8}.pdp-graph .link{stroke:#64748b}.pdp-graph .box{fill:#1e293b;stroke:#94a3b8}\
.pdp-graph .rule{stroke:#475569}.pdp-graph .actor{fill:#1e3a8a;stroke:#93c5fd}\
.pdp-graph .claim{fill:#78350f;stroke:#fcd34d}}";

fn block_of(svg: &mut String, block: &Block, place: layout::Box) {
    let layout::Box { left, top, width, height } = place;
    let (class, radius) = match block.kind {
        BlockKind::Type | BlockKind::Resource => ("box", 4.0),
        BlockKind::Actor | BlockKind::Pattern => ("actor", 12.0),
        BlockKind::Role | BlockKind::Condition => ("claim", 12.0),
        BlockKind::Note => ("", 0.0),
    };
    if !class.is_empty() {
        put(
            svg,
            format_args!(
                "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{radius}\"/>\n"
            ),
        );
    }
    let inset = left + if class.is_empty() { 0.0 } else { PADDING };
    let title = if block.rows.is_empty() && class != "box" { "" } else { "title" };
    lines(svg, (title, &block.title), &block.details, (inset, top));
    for (number, row) in block.rows.iter().enumerate() {
        let level = top + row_top(block, number);
        let right = left + width;
        put(svg, format_args!("<path class=\"rule\" d=\"M{left:.1} {level:.1}H{right:.1}\"/>\n"));
        lines(svg, ("", &row.name), &row.details, (inset, level));
    }
}

/// A line, and the details below it.
fn lines(svg: &mut String, (class, first): (&str, &str), details: &[String], (x, top): (f64, f64)) {
    let mut level = top + LINE;
    text(svg, class, (x, level), first);
    for detail in details {
        level += LINE;
        text(svg, "detail", (x, level), detail);
    }
}

/// A text, shortened; if it is, all of it in a title.
fn text(svg: &mut String, class: &str, (x, y): (f64, f64), whole: &str) {
    let shown = short(whole);
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let whole = visible(whole);
    let title =
        if shown == whole { String::new() } else { format!("<title>{}</title>", escaped(&whole)) };
    put(
        svg,
        format_args!("<text{class} x=\"{x:.1}\" y=\"{y:.1}\">{title}{}</text>\n", escaped(&shown)),
    );
}

fn arrow(svg: &mut String, edge: &Edge, way: &Way) {
    let (first, rest) = way.points.split_first().expect("an arrow has two ends");
    let mut path = format!("M{:.1} {:.1}", first.0, first.1);
    let mut last = *first;
    for (x, y) in rest {
        let (out, back) = if way.arc {
            let far = last.0 - 30.0;
            (far, far)
        } else {
            let middle = f64::midpoint(last.0, *x);
            (middle, middle)
        };
        put(&mut path, format_args!("C{out:.1} {:.1} {back:.1} {y:.1} {x:.1} {y:.1}", last.1));
        last = (*x, *y);
    }
    let before = way.points[way.points.len() - 2];
    // The head points to where the way ends: to the right where it comes from the left.
    let back = if way.arc || before.0 < last.0 { -8 } else { 8 };
    let link = if edge.link { " link" } else { "" };
    let dashed = if edge.dashed { " dashed" } else { "" };
    let (x, y) = last;
    put(
        svg,
        format_args!(
            "<path class=\"arrow{link}{dashed}\" d=\"{path}\"/>\
             <path class=\"head\" d=\"M{x:.1} {y:.1}l{back} -4v8z\"/>\n"
        ),
    );
}

/// The label of an arrow, on a piece of ground.
fn label_of(svg: &mut String, way: &Way, label: &str) {
    let (x, y) = way.label;
    let width = text_width(label) + 6.0;
    let (left, top) = (x - width / 2.0, y - LINE / 2.0);
    put(
        svg,
        format_args!(
            "<rect class=\"ground\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{LINE}\"/>\n"
        ),
    );
    text(svg, "label", (x, y + 4.0), label);
}

/// A text for XML, in an element or an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in visible(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

fn put(text: &mut String, what: Arguments<'_>) {
    text.write_fmt(what).expect("a string takes all text");
}
