//! Which goals are drawn, where there are more than a picture takes: whole paths, the shortest first.

use std::collections::{BTreeSet, VecDeque};

use crate::reach::Reach;

/// Of the goals that somebody has those that are drawn.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    /// Their positions.
    pub(crate) goals: BTreeSet<usize>,
    /// The positions of those that are left out.
    pub(crate) left_out: BTreeSet<usize>,
}

/// Chooses about so many goals; at least one path, whatever its length, if there is one.
pub(crate) fn chosen(reach: &Reach, goals_max: usize) -> Chosen {
    let onward = onward(reach);
    let backward = backward(reach);
    let mut order: Vec<(usize, usize, usize)> = Vec::new();
    for (goal, depth) in reach.depths.iter().enumerate() {
        if let Some((away, _)) = backward[goal] {
            order.push((depth + away, *depth, goal));
        }
    }
    order.sort_unstable();
    let mut chosen = Chosen::default();
    for (_, _, goal) in order {
        let to_resource = std::iter::successors(Some(goal), |goal| onward[*goal]);
        let to_holder = std::iter::successors(Some(goal), |goal| backward[*goal]?.1);
        let path: BTreeSet<usize> = to_resource.chain(to_holder).collect();
        let new = path.difference(&chosen.goals).count();
        if chosen.goals.is_empty() || chosen.goals.len() + new <= goals_max {
            chosen.goals.extend(path);
        } else {
            chosen.left_out.insert(goal);
        }
    }
    chosen.left_out.retain(|goal| !chosen.goals.contains(goal));
    chosen
}

/// For each goal the next one on a shortest way to the resource.
fn onward(reach: &Reach) -> Vec<Option<usize>> {
    let mut onward = vec![None; reach.goals.len()];
    for step in &reach.steps {
        let is_nearer = reach.depths[step.to] + 1 == reach.depths[step.from];
        if is_nearer && onward[step.from].is_none_or(|known| step.to < known) {
            onward[step.from] = Some(step.to);
        }
    }
    onward
}

/// For each goal that somebody has, how far away the nearest holder is, and the next goal there.
fn backward(reach: &Reach) -> Vec<Option<(usize, Option<usize>)>> {
    let mut giving: Vec<Vec<usize>> = vec![Vec::new(); reach.goals.len()];
    for step in &reach.steps {
        giving[step.from].push(step.to);
    }
    let mut found: Vec<Option<(usize, Option<usize>)>> = vec![None; reach.goals.len()];
    let mut open = VecDeque::new();
    for (goal, holders) in reach.holders.iter().enumerate() {
        if holders.count > 0 {
            found[goal] = Some((0, None));
            open.push_back((goal, 0));
        }
    }
    while let Some((goal, away)) = open.pop_front() {
        for given in &giving[goal] {
            if found[*given].is_none() {
                found[*given] = Some((away + 1, Some(goal)));
                open.push_back((*given, away + 1));
            }
        }
    }
    found
}
