//! Where boxes stand: in columns, by the longest path that leads to each, ordered by barycentres.
//!
//! After Sugiyama, Tagawa and Toda: Methods for visual understanding of hierarchical system
//! structures, 1981.

use std::collections::BTreeSet;

/// How often columns are ordered and moved by their neighbours.
const SWEEPS: usize = 8;

/// Between two boxes of a column.
const GAP: f64 = 18.0;

/// How high a place is by which a long arrow passes a column.
const PASSAGE: f64 = 14.0;

/// Boxes in columns.
#[derive(Debug)]
pub(crate) struct Layers {
    /// For each box, and behind them for each passage, its column.
    pub(crate) columns: Vec<usize>,
    /// For each of these its upper end.
    pub(crate) tops: Vec<f64>,
    /// For each of these how high it is.
    pub(crate) heights: Vec<f64>,
    /// For each arrow the passages between its ends, from the left to the right.
    pub(crate) passages: Vec<Vec<usize>>,
    /// How many columns there are.
    pub(crate) count: usize,
}

/// Puts boxes of some heights into columns. An arrow leads from the left to the right, except where
/// arrows lead round in a circle: some of those do not.
pub(crate) fn layers(heights: &[f64], arrows: &[(usize, usize)]) -> Layers {
    let forward = acyclic(heights.len(), arrows);
    let columns = columns(heights.len(), &forward);
    let count = columns.iter().max().map_or(0, |last| last + 1);
    let mut layers = Layers {
        columns,
        tops: Vec::new(),
        heights: heights.to_vec(),
        passages: Vec::new(),
        count,
    };
    let mut links = BTreeSet::new();
    for (from, to) in &forward {
        layers.pass(*from, *to, &mut links);
    }
    let neighbours = neighbours(layers.columns.len(), &links);
    let mut order = vec![Vec::new(); count];
    for (item, column) in layers.columns.iter().enumerate() {
        order[*column].push(item);
    }
    ordered(&mut order, &neighbours);
    layers.place(&order, &neighbours);
    layers
}

/// For each item those in the column before and in the one behind.
type Neighbours = Vec<[Vec<usize>; 2]>;

impl Layers {
    /// Leads an arrow through the columns between its ends.
    fn pass(&mut self, from: usize, to: usize, links: &mut BTreeSet<(usize, usize)>) {
        let mut passages = Vec::new();
        if from != to {
            let mut last = from;
            for column in self.columns[from] + 1..self.columns[to] {
                let passage = self.columns.len();
                self.columns.push(column);
                self.heights.push(PASSAGE);
                links.insert((last, passage));
                passages.push(passage);
                last = passage;
            }
            links.insert((last, to));
        }
        self.passages.push(passages);
    }

    fn place(&mut self, order: &[Vec<usize>], neighbours: &Neighbours) {
        self.tops = vec![0.0; self.columns.len()];
        for items in order {
            let mut top = 0.0;
            for item in items {
                self.tops[*item] = top;
                top += self.heights[*item] + GAP;
            }
        }
        for sweep in 0..SWEEPS {
            let side = sweep % 2;
            let columns: Vec<usize> = match side {
                0 => (0..order.len()).collect(),
                _ => (0..order.len()).rev().collect(),
            };
            for column in columns {
                self.settle(&order[column], neighbours, side);
            }
        }
        let highest = self.tops.iter().copied().fold(f64::INFINITY, f64::min);
        self.tops.iter_mut().for_each(|top| *top -= highest);
    }

    /// Moves the items of a column towards the middle of their neighbours; they keep their order and
    /// their distance.
    fn settle(&mut self, items: &[usize], neighbours: &Neighbours, side: usize) {
        let wanted: Vec<f64> = items
            .iter()
            .map(|item| {
                let middle = |other: &usize| self.tops[*other] + self.heights[*other] / 2.0;
                let middles = neighbours[*item][side].iter().map(middle);
                mean(middles).map_or(self.tops[*item], |mean| mean - self.heights[*item] / 2.0)
            })
            .collect();
        // Downwards none is too high, upwards none too low; between the two all keep the distance.
        let mut down = wanted.clone();
        for index in 1..items.len() {
            let least = down[index - 1] + self.heights[items[index - 1]] + GAP;
            down[index] = down[index].max(least);
        }
        let mut up = wanted;
        for index in (1..items.len()).rev() {
            let most = up[index] - GAP - self.heights[items[index - 1]];
            up[index - 1] = up[index - 1].min(most);
        }
        for (index, item) in items.iter().enumerate() {
            self.tops[*item] = f64::midpoint(down[index], up[index]);
        }
    }
}

/// The arrows, those turned round that would close a circle.
fn acyclic(count: usize, arrows: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut onward: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut incoming = vec![0_usize; count];
    for (from, to) in arrows {
        if from != to {
            onward[*from].push(*to);
            incoming[*to] += 1;
        }
    }
    // Depth first from where nothing leads; what leads to something open closes a circle.
    let mut finished = vec![0_usize; count];
    let (mut seen, mut finish) = (vec![false; count], 0);
    let mut roots: Vec<usize> = (0..count).collect();
    roots.sort_by_key(|item| (incoming[*item] > 0, *item));
    for root in roots {
        let mut open = if seen[root] { Vec::new() } else { vec![(root, 0)] };
        seen[root] = true;
        while let Some((item, next)) = open.pop() {
            match onward[item].get(next) {
                Some(other) => {
                    open.push((item, next + 1));
                    if !seen[*other] {
                        seen[*other] = true;
                        open.push((*other, 0));
                    }
                }
                None => {
                    finish += 1;
                    finished[item] = finish;
                }
            }
        }
    }
    let turned = |&(from, to): &(usize, usize)| {
        if from != to && finished[from] < finished[to] { (to, from) } else { (from, to) }
    };
    arrows.iter().map(turned).collect()
}

/// For each box its column: right of all that lead to it. What nothing leads to stands as far to the
/// right as it may.
fn columns(count: usize, arrows: &[(usize, usize)]) -> Vec<usize> {
    let mut onward: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut incoming = vec![0_usize; count];
    for (from, to) in arrows.iter().filter(|(from, to)| from != to) {
        onward[*from].push(*to);
        incoming[*to] += 1;
    }
    let first: Vec<usize> = (0..count).filter(|item| incoming[*item] == 0).collect();
    let (mut columns, mut open) = (vec![0; count], first.clone());
    while let Some(item) = open.pop() {
        for other in &onward[item] {
            columns[*other] = columns[*other].max(columns[item] + 1);
            incoming[*other] -= 1;
            if incoming[*other] == 0 {
                open.push(*other);
            }
        }
    }
    for item in first {
        let nearest = onward[item].iter().map(|other| columns[*other] - 1).min();
        columns[item] = nearest.unwrap_or(0);
    }
    columns
}

fn neighbours(count: usize, links: &BTreeSet<(usize, usize)>) -> Neighbours {
    let mut neighbours: Neighbours = vec![[Vec::new(), Vec::new()]; count];
    for (from, to) in links {
        neighbours[*to][0].push(*from);
        neighbours[*from][1].push(*to);
    }
    neighbours
}

/// Orders columns so that few arrows cross.
fn ordered(order: &mut [Vec<usize>], neighbours: &Neighbours) {
    let mut positions = vec![0.0; neighbours.len()];
    let note = |items: &[usize], positions: &mut Vec<f64>| {
        let mut position = 0.0;
        for item in items {
            positions[*item] = position;
            position += 1.0;
        }
    };
    order.iter().for_each(|items| note(items, &mut positions));
    for sweep in 0..SWEEPS {
        let side = sweep % 2;
        let mut columns: Vec<usize> = (0..order.len()).collect();
        if side == 1 {
            columns.reverse();
        }
        for column in columns {
            let barycentre = |item: usize| {
                let others = neighbours[item][side].iter().map(|other| positions[*other]);
                mean(others).unwrap_or(positions[item])
            };
            let mut keyed: Vec<(f64, usize)> =
                order[column].iter().map(|item| (barycentre(*item), *item)).collect();
            keyed.sort_by(|(left, _), (right, _)| left.total_cmp(right));
            order[column] = keyed.into_iter().map(|(_, item)| item).collect();
            note(&order[column], &mut positions);
        }
    }
}

fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = numbers.fold((0.0, 0.0), |(sum, count), number| (sum + number, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_lead_to_the_right_and_boxes_do_not_overlap() {
        let arrows = [(0, 1), (1, 2), (0, 2), (2, 1), (3, 2), (4, 4), (2, 5), (3, 5)];
        let layers = layers(&[20.0, 40.0, 20.0, 60.0, 20.0, 20.0], &arrows);
        let column = |item: usize| layers.columns[item];
        assert!(column(0) < column(1) && column(1) < column(2) && column(2) < column(5));
        assert_eq!(column(3) + 1, column(2), "beside what it leads to");
        assert_eq!(layers.passages.iter().map(Vec::len).sum::<usize>(), 2);
        for one in 0..layers.columns.len() {
            for other in 0..one {
                if column(one) == column(other) {
                    let [upper, lower] = if layers.tops[one] < layers.tops[other] {
                        [one, other]
                    } else {
                        [other, one]
                    };
                    let end = layers.tops[upper] + layers.heights[upper];
                    assert!(end + GAP <= layers.tops[lower] + 0.01, "{layers:?}");
                }
            }
        }
    }
}
