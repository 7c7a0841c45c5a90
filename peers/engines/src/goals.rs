//! The goals, each with what was measured and a verdict.

use crate::cell::Cell;
use crate::figure::{Figure, What};

/// Typical times of the floor on the machine for which goals in nanoseconds were set: hot requests
/// for 1 000 documents, distinct ones for 1 000 000.
const FLOOR_HOT_1_000: f64 = 19.9;
const FLOOR_DISTINCT_1_000_000: f64 = 396.0;

/// Below this the machine has no second core for us.
const RECKONING_MIN: f64 = 1.95;

/// What a goal asks of a figure.
#[derive(Clone, Copy)]
enum Wanted {
    AtLeast { must: f64, stretch: f64 },
    AtMost { must: f64, stretch: f64 },
}

struct Goal {
    name: &'static str,
    what: String,
    value: Option<f64>,
    wanted: Wanted,
}

/// What was measured.
#[derive(Clone, Copy)]
pub struct Measured<'m> {
    /// The cells.
    pub cells: &'m [Cell],
    /// The figures.
    pub figures: &'m [Figure],
}

/// A row for each part of a goal.
pub fn table(measured: Measured<'_>) -> String {
    let mut text = String::from(
        "| goal | what | measured | must | stretch | verdict |\n|---|---|---|---|---|---|\n",
    );
    for Goal { name, what, value, wanted } in measured.goals() {
        let (sign, must, stretch) = match wanted {
            Wanted::AtLeast { must, stretch } => ("≥", must, stretch),
            Wanted::AtMost { must, stretch } => ("≤", must, stretch),
        };
        let shown = value.map_or("–".to_owned(), |value| format!("{value:.2}"));
        let verdict = verdict(value, wanted);
        text.push_str(&format!(
            "| {name} | {what} | {shown} | {sign} {must:.2} | {sign} {stretch:.2} | {verdict} |\n"
        ));
    }
    text
}

fn verdict(value: Option<f64>, wanted: Wanted) -> &'static str {
    let Some(value) = value else { return "not judged" };
    let reaches = |bound: f64| match wanted {
        Wanted::AtLeast { .. } => value >= bound,
        Wanted::AtMost { .. } => value <= bound,
    };
    let (Wanted::AtLeast { must, stretch } | Wanted::AtMost { must, stretch }) = wanted;
    match (reaches(stretch), reaches(must)) {
        (true, _) => "stretch met",
        (false, true) => "met",
        (false, false) => "missed",
    }
}

impl<'m> Measured<'m> {
    fn goals(self) -> Vec<Goal> {
        let mut goals = self.beside_peers();
        goals.extend(self.beside_the_floor());
        goals.extend(self.at_scale());
        goals.extend(self.hierarchies());
        goals.push(self.threads());
        goals
    }

    fn beside_peers(self) -> Vec<Goal> {
        let hot = |peer: &str, size| self.ratio(("seed", size, "hot"), peer, "engine");
        let goal = |name, peer: &str, size, must, stretch| Goal {
            name,
            what: format!("seed, N = {size}, hot: faster than {peer}"),
            value: hot(peer, size),
            wanted: Wanted::AtLeast { must, stretch },
        };
        let conditions = |peer: &str| Goal {
            name: "P9",
            what: format!("conditions: faster than {peer}"),
            value: self.ratio(("conditions", 20, "hot"), peer, "engine"),
            wanted: Wanted::AtLeast { must: 40.0, stretch: 100.0 },
        };
        vec![
            goal("P1", "Cedar, sliced", 1_000, 40.0, 75.0),
            goal("P1", "regorus RVM", 1_000, 55.0, 100.0),
            goal("P1", "Cedar, generic", 1_000, 80.0, 150.0),
            goal("P4", "Cedar, per rule", 10_000, 100_000.0, 250_000.0),
            goal("P4", "Casbin", 10_000, 100_000.0, 250_000.0),
            conditions("Cedar"),
            conditions("regorus RVM"),
        ]
    }

    fn beside_the_floor(self) -> Vec<Goal> {
        let distinct = |size| ("seed", size, "distinct");
        let mut goals: Vec<Goal> = [10, 100, 1_000, 10_000]
            .into_iter()
            .map(|size| Goal {
                name: "P2",
                what: format!("seed, N = {size}, distinct: time of the floor's"),
                value: self.ratio(distinct(size), "engine", "floor"),
                wanted: Wanted::AtMost { must: 3.0, stretch: 1.7 },
            })
            .collect();
        let growth = |engine: &str| {
            let large = self.typical(distinct(100_000), engine)?;
            Some(large / self.typical(distinct(100), engine)?)
        };
        let of_floor = growth("floor").zip(growth("engine")).map(|(floor, own)| own / floor);
        goals.push(Goal {
            name: "P3",
            what: "seed, distinct: growth from 100 to 100 000 documents".to_owned(),
            value: growth("engine"),
            wanted: Wanted::AtMost { must: 8.0, stretch: 6.0 },
        });
        goals.push(Goal {
            name: "P3",
            what: "the same, of the floor's own growth".to_owned(),
            value: of_floor,
            wanted: Wanted::AtMost { must: 1.5, stretch: 1.5 },
        });
        let p99 = |engine: &str| self.cell(distinct(1_000), engine).map(|cell| cell.p99);
        goals.push(Goal {
            name: "P10",
            what: "seed, N = 1 000, distinct: p99 of the floor's".to_owned(),
            value: p99("engine").zip(p99("floor")).map(|(own, floor)| own / floor),
            wanted: Wanted::AtMost { must: 2.0, stretch: 1.5 },
        });
        goals
    }

    fn at_scale(self) -> Vec<Goal> {
        let own = self.cells.iter().filter(|cell| cell.engine == "engine");
        let allocations = own.map(|cell| cell.allocations).max_by(f64::total_cmp);
        let million = ("seed", 1_000_000, "distinct");
        let floor = self.typical(million, "floor").unwrap_or(FLOOR_DISTINCT_1_000_000);
        let slower = |floor: Option<f64>, base: f64| floor.unwrap_or(base) / base;
        let machine = slower(self.typical(("seed", 1_000, "hot"), "floor"), FLOOR_HOT_1_000);
        let loaded = self.cell(("seed", 100_000, "distinct"), "engine");
        #[expect(clippy::cast_precision_loss, reason = "bytes of one machine")]
        let heap = loaded.map(|cell| cell.heap as f64 / 1e6);
        vec![
            Goal {
                name: "P5",
                what: "allocations of a decision, at most".to_owned(),
                value: allocations,
                wanted: Wanted::AtMost { must: 0.0, stretch: 0.0 },
            },
            Goal {
                name: "P6",
                what: "seed, N = 1 000 000, distinct: ns".to_owned(),
                value: self.typical(million, "engine"),
                wanted: Wanted::AtMost {
                    must: 1_000.0 * slower(Some(floor), FLOOR_DISTINCT_1_000_000),
                    stretch: 1.7 * floor,
                },
            },
            Goal {
                name: "P7",
                what: "100 000 documents from text to ready: ms".to_owned(),
                value: loaded.map(|cell| cell.load_milliseconds),
                wanted: Wanted::AtMost { must: 1_000.0 * machine, stretch: 400.0 * machine },
            },
            Goal {
                name: "P7",
                what: "their heap: MB".to_owned(),
                value: heap,
                wanted: Wanted::AtMost { must: 60.0, stretch: 30.0 },
            },
        ]
    }

    fn hierarchies(self) -> Vec<Goal> {
        let mut goals = Vec::new();
        for (app, must) in [("gdrive", 60.0), ("github", 100.0), ("tinytodo", 45.0)] {
            for (peer, least, stretch) in [("Cedar", 50.0, 150.0), ("regorus RVM", 30.0, 75.0)] {
                let ratios =
                    [5, 10, 20, 50].map(|size| self.ratio((app, size, "in a row"), peer, "engine"));
                let least_of =
                    ratios.into_iter().try_fold(f64::MAX, |least, ratio| Some(least.min(ratio?)));
                goals.push(Goal {
                    name: "P8",
                    what: format!("{app}, every n: faster than {peer}"),
                    value: least_of,
                    wanted: Wanted::AtLeast { must: least, stretch },
                });
            }
            goals.push(Goal {
                name: "P8",
                what: format!("{app}, n = 50: ns"),
                value: self.typical((app, 50, "in a row"), "engine"),
                wanted: Wanted::AtMost { must, stretch: must },
            });
        }
        goals
    }

    fn threads(self) -> Goal {
        let figure = |what| self.figures.iter().find(|figure| figure.what == what);
        let reckoning = figure(What::TwoThreadsReckoning).map(|figure| figure.value);
        let judged = reckoning.is_some_and(|gain| gain >= RECKONING_MIN);
        let deciding = figure(What::TwoThreads).map(|figure| figure.value);
        Goal {
            name: "P11",
            what: format!(
                "two threads, of one (the machine itself: {})",
                reckoning.map_or("–".to_owned(), |gain| format!("{gain:.2}"))
            ),
            value: deciding.filter(|_| judged),
            wanted: Wanted::AtLeast { must: 1.9, stretch: 1.95 },
        }
    }

    fn ratio(self, task: (&str, usize, &str), over: &str, under: &str) -> Option<f64> {
        Some(self.typical(task, over)? / self.typical(task, under)?)
    }

    fn typical(self, task: (&str, usize, &str), engine: &str) -> Option<f64> {
        self.cell(task, engine).map(|cell| cell.typical)
    }

    fn cell(self, task: (&str, usize, &str), engine: &str) -> Option<&'m Cell> {
        let mut cells = self.cells.iter();
        cells.find(|cell| {
            (&*cell.task.workload, cell.task.size, &*cell.task.requests) == task
                && cell.engine == engine
        })
    }
}
