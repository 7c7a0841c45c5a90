//! The table.

use crate::cell::{Cell, Task};
use crate::figure::{Figure, What};

/// A row for each engine of each task: times, and how many times as long as the floor and as our
/// engine it takes.
pub fn table(cells: &[Cell]) -> String {
    let mut text = String::from(
        "| workload | size | requests | engine | typ, ns | spread | p50 | p99 | ÷ floor | ÷ engine | allocations | load, ms | heap, MB | checked | permitted, % |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for cell in cells {
        let ratio = |to: &str| match typical(cells, &cell.task, to) {
            Some(base) => format!("{:.2}", cell.typical / base),
            None => "–".to_owned(),
        };
        let mark = if cell.spread > 1.5 { " !" } else { "" };
        #[expect(clippy::cast_precision_loss, reason = "bytes of one machine")]
        let heap = cell.heap as f64 / 1e6;
        let Task { workload, size, requests } = &cell.task;
        text.push_str(&format!(
            "| {workload} | {size} | {requests} | {} | {:.1} | {:.2}{mark} | {:.0} | {:.0} | {} | {} | {:.1} | {:.1} | {heap:.1} | {} | {:.0} |\n",
            cell.engine, cell.typical, cell.spread, cell.p50, cell.p99,
            ratio("floor"), ratio("engine"), cell.allocations, cell.load_milliseconds,
            cell.checked, cell.permitted,
        ));
    }
    text
}

/// A line for each figure beside the cells.
pub fn figures(figures: &[Figure]) -> String {
    let line = |Figure { what, size, value }: &Figure| match what {
        What::First => {
            format!("seed, N = {size}: {value:.0} ns for each of the first 1 000 decisions\n")
        }
        What::Singly => {
            format!("seed, N = {size}: {value:.0} ns a decision, distinct requests one by one\n")
        }
        What::Batched => {
            format!("seed, N = {size}: {value:.0} ns a decision, the same in batches of 64\n")
        }
        What::TwoThreads => {
            format!("seed, N = {size}: two threads decide {value:.2} times as much\n")
        }
        What::TwoThreadsReckoning => format!("two threads reckon {value:.2} times as much\n"),
    };
    figures.iter().map(line).collect()
}

/// The typical time of an engine on a task, if it was measured.
pub fn typical(cells: &[Cell], task: &Task, engine: &str) -> Option<f64> {
    let mut of = cells.iter().filter(|cell| cell.task == *task && cell.engine == engine);
    of.next().map(|cell| cell.typical)
}
