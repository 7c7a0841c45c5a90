//! What stands where in a picture, in pixels.

use crate::layers::{Layers, layers};
use crate::text::{columns, short};
use crate::{Block, BlockKind, Edge, End, Graph};

/// How wide a letter is: 0.6 of its size, as in most fonts whose letters have one width.
const LETTER: f64 = 7.2;
/// From one line to the next.
pub(crate) const LINE: f64 = 16.0;
/// Between text and the edge of a box.
pub(crate) const PADDING: f64 = 8.0;
/// Around the picture.
const MARGIN: f64 = 24.0;
/// The least room between two columns.
const COLUMN_GAP: f64 = 56.0;
/// How far an arrow within a block goes out.
const ARC: f64 = 22.0;

/// A picture with places.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// For each block its box.
    pub(crate) boxes: Vec<Box>,
    /// For each arrow its way.
    pub(crate) ways: Vec<Way>,
}

/// The box of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Box {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// The way of an arrow: points, each left and entered sideways.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) points: Vec<(f64, f64)>,
    /// Whether it goes out and comes back on the left of one box.
    pub(crate) arc: bool,
    /// Where its label stands.
    pub(crate) label: (f64, f64),
}

impl Graph {
    pub(crate) fn layout(&self) -> Layout {
        let heights: Vec<f64> = self.blocks.iter().map(height).collect();
        // Who has something stands left of it, and what a link points to left of what has the link.
        let arrows: Vec<(usize, usize)> = self
            .edges
            .iter()
            .map(|edge| (edge.from.block, edge.to.block, edge.link))
            .map(|(from, to, link)| if link { (to, from) } else { (from, to) })
            .collect();
        let layers = layers(&heights, &arrows);
        let columns = self.columns(&layers);
        let boxes: Vec<Box> = (0..self.blocks.len())
            .map(|block| {
                let (left, width) = columns[layers.columns[block]];
                let top = layers.tops[block] + MARGIN;
                Box { left, top, width, height: heights[block] }
            })
            .collect();
        let place = Place { graph: self, layers: &layers, columns: &columns, boxes: &boxes };
        let ways: Vec<Way> =
            self.edges.iter().enumerate().map(|(number, edge)| place.way(number, edge)).collect();
        let below = |all: f64, item: usize| all.max(layers.tops[item] + layers.heights[item]);
        let right = columns.last().map_or(0.0, |(left, width)| left + width);
        Layout {
            width: (right + MARGIN).ceil(),
            height: ((0..layers.tops.len()).fold(0.0, below) + 2.0 * MARGIN).ceil(),
            boxes,
            ways,
        }
    }

    /// Where each column begins, and how wide it is: as its widest block. Between two there is room
    /// for the labels.
    fn columns(&self, layers: &Layers) -> Vec<(f64, f64)> {
        let mut widths = vec![0.0_f64; layers.count];
        for (block, column) in self.blocks.iter().zip(&layers.columns) {
            widths[*column] = widths[*column].max(width(block));
        }
        // Before a column stand the labels of the arrows that lead there, and arcs.
        let mut gaps = vec![COLUMN_GAP; layers.count];
        for edge in &self.edges {
            let [from, to] = [edge.from, edge.to].map(|end| layers.columns[end.block]);
            let label = edge.label.as_ref().map_or(0.0, |label| text_width(label) + 40.0);
            let arc = if from == to { ARC + 20.0 } else { 0.0 };
            let gap = &mut gaps[from.max(to)];
            *gap = gap.max(label + arc);
        }
        let mut left = MARGIN;
        let mut columns = Vec::with_capacity(widths.len());
        for (index, (width, gap)) in widths.into_iter().zip(gaps).enumerate() {
            left += if index == 0 { gap - COLUMN_GAP } else { gap };
            columns.push((left, width));
            left += width;
        }
        columns
    }
}

struct Place<'g> {
    graph: &'g Graph,
    layers: &'g Layers,
    columns: &'g [(f64, f64)],
    boxes: &'g [Box],
}

impl Place<'_> {
    fn way(&self, number: usize, edge: &Edge) -> Way {
        let [from, to] = [self.boxes[edge.from.block], self.boxes[edge.to.block]];
        let (begin, end) = (self.middle(edge.from), self.middle(edge.to));
        if edge.from.block == edge.to.block {
            // Apart even where an arrow leads from a row to the same one.
            let apart = if edge.from == edge.to { 5.0 } else { 0.0 };
            let (begin, end) = (begin - apart, end + apart);
            let label = (from.left - ARC, f64::midpoint(begin, end));
            return Way { points: vec![(from.left, begin), (from.left, end)], arc: true, label };
        }
        let rightward = from.left < to.left;
        let mut points = Vec::new();
        for passage in &self.layers.passages[number] {
            let (left, width) = self.columns[self.layers.columns[*passage]];
            let level = self.layers.tops[*passage] + self.layers.heights[*passage] / 2.0 + MARGIN;
            let through = [(left, level), (left + width, level)];
            points.extend(through);
        }
        if !rightward {
            points.reverse();
        }
        let side = |one: Box, right: bool| if right { one.left + one.width } else { one.left };
        points.insert(0, (side(from, rightward), begin));
        points.push((side(to, !rightward), end));
        // In the gap before the right one of the two, where there is room for it.
        let near = if rightward { points.len() - 2 } else { 0 };
        let ((x, y), (next_x, next_y)) = (points[near], points[near + 1]);
        let label = (f64::midpoint(x, next_x), f64::midpoint(y, next_y));
        Way { points, arc: false, label }
    }

    /// The level of an end: the middle of its row, or of the title of its block.
    fn middle(&self, End { block, row }: End) -> f64 {
        let top = self.boxes[block].top;
        let graph = &self.graph.blocks[block];
        match row {
            Some(row) => top + row_top(graph, row) + row_height(graph, row) / 2.0,
            None => top + head_height(graph) / 2.0,
        }
    }
}

fn lines(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) * LINE
}

/// How high the part of a block above its rows is.
fn head_height(block: &Block) -> f64 {
    lines(1 + block.details.len()) + PADDING
}

/// How high a row is.
fn row_height(block: &Block, row: usize) -> f64 {
    lines(1 + block.rows[row].details.len()) + PADDING
}

/// Where a row begins below the top of its block.
pub(crate) fn row_top(block: &Block, row: usize) -> f64 {
    (0..row).fold(head_height(block), |top, row| top + row_height(block, row))
}

fn height(block: &Block) -> f64 {
    row_top(block, block.rows.len())
}

fn width(block: &Block) -> f64 {
    let head = std::iter::once(&block.title).chain(&block.details);
    let rows = block.rows.iter().flat_map(|row| std::iter::once(&row.name).chain(&row.details));
    let widest = head.chain(rows).map(|text| text_width(text)).fold(0.0, f64::max);
    let padding = if block.kind == BlockKind::Note { 0.0 } else { 2.0 * PADDING };
    (widest + padding + LETTER).ceil()
}

/// How wide a text is as it is shown.
pub(crate) fn text_width(text: &str) -> f64 {
    f64::from(u32::try_from(columns(&short(text))).unwrap_or(u32::MAX)) * LETTER
}
