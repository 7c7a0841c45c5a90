//! How far a run is, kept in a file so that it can go on.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::Answered;
use crate::compare::Step;

/// How far a run is and what it came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// The number of the next scenario or world.
    pub position: u64,
    /// How many scenarios or worlds were run.
    pub worlds: u64,
    /// How many pairs of policies and request were compared.
    pub pairs: u64,
    /// How many policy sets the engine refused.
    pub rejected: u64,
    /// Why, for the first of them, with the seed.
    pub rejections: Vec<String>,
    /// For how many seconds the run has been going on.
    pub seconds: f64,
    /// How often each step answered.
    pub steps: BTreeMap<Step, u64>,
    /// How many answers listed errors.
    pub with_errors: u64,
}

/// Of refused policy sets so many are shown.
const REJECTIONS_MAX: usize = 20;

impl Progress {
    /// Counts answers.
    pub fn count(&mut self, answered: &[Answered]) {
        self.pairs += answered.len() as u64;
        for answer in answered {
            *self.steps.entry(answer.step).or_default() += 1;
            self.with_errors += u64::from(answer.with_errors);
        }
    }

    /// Counts a policy set that the engine refused.
    pub fn reject(&mut self, seed: u64, why: &str) {
        self.rejected += 1;
        if self.rejections.len() < REJECTIONS_MAX {
            self.rejections.push(format!("seed {seed}: {why}"));
        }
    }

    /// Which share of the policy sets was refused, in percent.
    pub fn rejected_percent(&self) -> f64 {
        percent(self.rejected, self.worlds)
    }

    /// How often `step` answered, in percent.
    pub fn step_percent(&self, step: Step) -> f64 {
        percent(self.steps.get(&step).copied().unwrap_or_default(), self.pairs)
    }

    /// Reads what [`Progress::save`] wrote; the start of a run if there is no file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or holds something else.
    pub fn load(path: &Path) -> io::Result<Self> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Progress::default()),
            text => text?,
        };
        let value: Value = serde_json::from_str(&text)?;
        let unreadable = || io::Error::other(format!("{} is no state of a run", path.display()));
        let number = |name: &str| value[name].as_u64().ok_or_else(unreadable);
        let steps = Step::ALL.into_iter();
        Ok(Progress {
            position: number("position")?,
            worlds: number("worlds")?,
            pairs: number("pairs")?,
            rejected: number("rejected")?,
            rejections: Vec::new(),
            seconds: value["seconds"].as_f64().ok_or_else(unreadable)?,
            steps: steps.map(|step| Ok((step, number(&word(step))?))).collect::<io::Result<_>>()?,
            with_errors: number("with_errors")?,
        })
    }

    /// Writes the state beside the file and puts it in its place, so that there is always a whole
    /// one.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut value = json!({
            "position": self.position,
            "worlds": self.worlds,
            "pairs": self.pairs,
            "rejected": self.rejected,
            "seconds": self.seconds,
            "with_errors": self.with_errors,
        });
        for step in Step::ALL {
            value[word(step)] = json!(self.steps.get(&step).copied().unwrap_or_default());
        }
        let beside = path.with_extension("new");
        fs::write(&beside, format!("{value:#}\n"))?;
        fs::rename(&beside, path)
    }
}

fn word(step: Step) -> String {
    format!("{step:?}")
}

#[expect(clippy::cast_precision_loss, reason = "a share that people read")]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}

impl fmt::Display for Progress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "a speed that people read")]
        let speed = self.pairs as f64 / self.seconds.max(1e-9);
        writeln!(
            formatter,
            "{} pairs in {} worlds, {:.0} s, {speed:.0} pairs/s; at {}",
            self.pairs, self.worlds, self.seconds, self.position
        )?;
        for step in Step::ALL {
            write!(formatter, "{step:?} {:.1} %, ", self.step_percent(step))?;
        }
        writeln!(
            formatter,
            "with errors {:.1} %, rejected {} ({:.2} %)",
            percent(self.with_errors, self.pairs),
            self.rejected,
            self.rejected_percent()
        )?;
        self.rejections
            .iter()
            .try_for_each(|rejection| writeln!(formatter, "rejected: {rejection}"))
    }
}
