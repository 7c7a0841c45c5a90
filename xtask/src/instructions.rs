//! Counted instructions, held against those that are committed.

use std::fmt::Write;

/// How far a count may be from the committed one, in per cent of it.
const TOLERANCE_PERCENT: u64 = 5;

/// How many instructions a case takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The name of the case.
    pub case: String,
    /// Instructions for one decision, or whatever the case does.
    pub instructions: u64,
}

/// Reads what was counted: lines of the name of a case, how many times it was done, and the
/// instructions of all times, divided by tabs.
///
/// Of a case with several lines the one counts below which a quarter of them lies. They differ by
/// the seeds of hash tables: most lie close together, a few far above, and none far below.
///
/// # Errors
///
/// The first line that is otherwise.
pub fn counted(text: &str) -> Result<Vec<Count>, String> {
    let mut cases: Vec<(&str, Vec<u64>)> = Vec::new();
    for line in text.lines() {
        let (case, instructions) = measured(line).ok_or_else(|| format!("no count: `{line}`"))?;
        match cases.iter_mut().find(|(known, _)| *known == case) {
            Some((_, all)) => all.push(instructions),
            None => cases.push((case, vec![instructions])),
        }
    }
    let quarter = |(case, mut all): (&str, Vec<u64>)| {
        all.sort_unstable();
        Count { case: case.to_owned(), instructions: all[all.len() / 4] }
    };
    Ok(cases.into_iter().map(quarter).collect())
}

fn measured(line: &str) -> Option<(&str, u64)> {
    let mut parts = line.split('\t');
    let case = parts.next()?;
    let times: u64 = parts.next()?.parse().ok().filter(|times| *times > 0)?;
    let all: u64 = parts.next()?.parse().ok().filter(|all| *all > 0)?;
    Some((case, (all + times / 2) / times))
}

/// The text of the file of committed counts.
pub fn file(toolchain: &str, counts: &[Count]) -> String {
    let mut text = format!("{HEAD}toolchain {toolchain}\n\n");
    for Count { case, instructions } in counts {
        writeln!(text, "{instructions:>9} {case}").expect("a string takes all text");
    }
    text
}

/// The counts in a committed file.
pub fn committed(file: &str) -> Vec<Count> {
    let count = |line: &str| {
        let (instructions, case) = line.trim_start().split_once(' ')?;
        Some(Count { case: case.to_owned(), instructions: instructions.parse().ok()? })
    };
    file.lines().filter_map(count).collect()
}

/// The cases that take more or fewer instructions than is committed, and those that are not in both.
pub fn faults(committed: &[Count], counted: &[Count]) -> Vec<String> {
    let of = |counts: &[Count], case: &str| {
        counts.iter().find(|count| count.case == case).map(|count| count.instructions)
    };
    let gone = committed.iter().filter(|known| of(counted, &known.case).is_none());
    let mut faults: Vec<String> =
        gone.map(|known| format!("{}: not counted any more", known.case)).collect();
    for Count { case, instructions } in counted {
        match of(committed, case) {
            None => faults.push(format!("{case}: no committed count")),
            Some(known) => faults.extend(difference(case, known, *instructions)),
        }
    }
    faults
}

fn difference(case: &str, known: u64, now: u64) -> Option<String> {
    if known.abs_diff(now) * 100 <= known * TOLERANCE_PERCENT {
        return None;
    }
    let word = if now > known { "slower" } else { "faster" };
    let permille = (known.abs_diff(now) * 1_000).checked_div(known).unwrap_or(u64::MAX);
    let (percent, tenth) = (permille / 10, permille % 10);
    Some(format!("{case}: {word}, {now} instructions instead of {known} ({percent}.{tenth} %)"))
}

const HEAD: &str =
    "# Instructions of the cases in benches/src/bin/instructions.rs, for each decision, loading or
# change. Written by `./instructions.sh write`; `./instructions.sh` compares.
";
