//! A policy set, what is done to it at run time, and what is asked in between.

use std::fmt;

use pdp_core::ChangeError;
use pdp_core::model::Model;

use crate::change::change_set;
use crate::compare::{self, Answered, Compiled, Difference, Sides, Texts};
use crate::edit::edited;
use crate::question::question;
use crate::{Dice, PolicyFile, PolicySet, Tree, Wish};

/// A policy set, questions and steps. After each step all questions are asked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The policy set.
    pub files: Vec<PolicyFile>,
    /// What is done to it.
    pub steps: Vec<Step>,
    /// The requests.
    pub questions: Vec<Tree>,
}

/// Something that is done to an engine.
#[derive(Clone, Debug)]
pub enum Step {
    /// A change set is applied.
    Change(Tree),
    /// Files are read anew.
    Reload(Vec<PolicyFile>),
}

/// What a scenario came to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The engine does not take the policy set, for this reason.
    Rejected(String),
    /// Both sides agreed.
    Agreed(Vec<Answered>),
    /// They did not.
    Disagreed(Box<Disagreement>),
}

/// A policy set, change sets and a request to which engine and oracle give different answers.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// The policy set.
    pub files: Vec<PolicyFile>,
    /// What was done to it; where there is no request, the last of it is in dispute.
    pub steps: Vec<Step>,
    /// The request.
    pub question: Option<Tree>,
    /// The answers.
    pub difference: Difference,
}

/// How many questions a scenario has.
const QUESTIONS: usize = 40;

impl Scenario {
    /// The scenario of a seed.
    pub fn from_seed(seed: u64) -> Self {
        Scenario::draw(&mut Dice::from_seed(seed))
    }

    /// Draws a scenario; one in ten has a small walk limit.
    pub fn draw(dice: &mut Dice<'_>) -> Self {
        let small_walk_limit = dice.chance(10);
        let set = PolicySet::draw(dice, Wish { small_walk_limit, ..Wish::default() });
        Scenario::about(dice, &set)
    }

    /// Draws steps and questions for a policy set.
    fn about(dice: &mut Dice<'_>, set: &PolicySet) -> Self {
        let questions = (0..QUESTIONS).map(|_| question(dice, &set.vocabulary)).collect();
        let steps = steps(dice, set);
        Scenario { files: set.files.clone(), steps, questions }
    }

    /// Asks both sides everything.
    pub fn run(&self) -> Outcome {
        let versions = Versions::new(self.versions());
        let models = versions.models();
        let (compiled, model) = match (Compiled::new(&self.files), &models[0]) {
            (Ok(compiled), Some(model)) => (compiled, model),
            (Err(errors), _) => return Outcome::Rejected(errors.to_string()),
            (Ok(_), None) => return Outcome::Rejected("the model cannot be read".to_owned()),
        };
        let mut sides = Sides::new(compiled, model);
        let mut answered = Vec::new();
        let mut version = 0;
        if let Err(difference) = sides.compare_facts() {
            return self.disagreed(0, None, difference);
        }
        for done in 0..=self.steps.len() {
            if let Some(step) = done.checked_sub(1).map(|index| &self.steps[index]) {
                version += usize::from(matches!(step, Step::Reload(_)));
                let step = Scenario::step(step, &mut sides, models[version].as_ref());
                let compared = step.and_then(|_| sides.compare_facts());
                if let Err(difference) = compared {
                    return self.disagreed(done, None, difference);
                }
            }
            for question in &self.questions {
                let answer = compare::with_request(question, |request| sides.ask(request));
                match answer {
                    Some(Ok(answer)) => answered.push(answer),
                    Some(Err(difference)) => {
                        return self.disagreed(done, Some(question.clone()), difference);
                    }
                    None => {}
                }
            }
        }
        Outcome::Agreed(answered)
    }

    /// The policy sets that are read, one after the other.
    fn versions(&self) -> impl Iterator<Item = &[PolicyFile]> {
        let reloads = self.steps.iter().filter_map(|step| match step {
            Step::Reload(files) => Some(&files[..]),
            Step::Change(_) => None,
        });
        std::iter::once(&self.files[..]).chain(reloads)
    }

    /// Files that the engine does not take are never given to a running one.
    fn step<'m>(
        step: &Step,
        sides: &mut Sides<'m>,
        model: Option<&'m Model<'m>>,
    ) -> Result<bool, Difference> {
        match (step, model) {
            (Step::Change(tree), _) => match compare::change_set(tree) {
                Ok(change_set) => sides.apply(&change_set),
                // Drawn change sets may be refused, but they can be read.
                Err(error) => Err(unreadable(&error)),
            },
            (Step::Reload(files), Some(model)) => match Compiled::new(files) {
                Ok(compiled) => sides.reload(compiled, model),
                Err(_) => Ok(false),
            },
            (Step::Reload(_), None) => Ok(false),
        }
    }

    fn disagreed(&self, done: usize, question: Option<Tree>, difference: Difference) -> Outcome {
        Outcome::Disagreed(Box::new(Disagreement {
            files: self.files.clone(),
            steps: self.steps[..done].to_vec(),
            question,
            difference,
        }))
    }
}

fn unreadable(error: &ChangeError) -> Difference {
    let oracle = "it is a change set".to_owned();
    Difference { engine: format!("cannot be read: {error}"), oracle }
}

/// The texts of a scenario's policy sets. The oracle borrows from the models, and these from here.
struct Versions {
    texts: Vec<Texts>,
}

impl Versions {
    fn new<'f>(versions: impl Iterator<Item = &'f [PolicyFile]>) -> Self {
        Versions { texts: versions.map(Texts::new).collect() }
    }

    fn models(&self) -> Vec<Option<Model<'_>>> {
        self.texts.iter().map(|texts| texts.model().ok()).collect()
    }
}

/// Two or three change sets, and now and then a reload.
fn steps(dice: &mut Dice<'_>, set: &PolicySet) -> Vec<Step> {
    let mut facts = set.facts.clone();
    let mut ids: Vec<String> = Vec::new();
    let mut steps = Vec::new();
    for number in 0..dice.between(2, 3) {
        if dice.chance(30) {
            steps.push(Step::Reload(edited(dice, set)));
        }
        let repeated = dice.pick_any(&ids).cloned().filter(|_| dice.chance(10));
        if let Some(earlier) = repeated.as_ref().filter(|_| dice.chance(40)) {
            // The same change set once more.
            let same = steps.iter().find(|step| {
                matches!(step, Step::Change(tree) if tree.value("id") == Some(&earlier.as_str().into()))
            });
            steps.extend(same.cloned());
            continue;
        }
        let id = repeated.unwrap_or_else(|| format!("c{number}"));
        steps.push(Step::Change(change_set(dice, &set.vocabulary, &id, &mut facts)));
        ids.push(id);
    }
    steps
}

impl Disagreement {
    /// The scenario of this disagreement alone.
    pub fn scenario(&self) -> Scenario {
        Scenario {
            files: self.files.clone(),
            steps: self.steps.clone(),
            questions: self.question.iter().cloned().collect(),
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(formatter, &self.files, &self.steps, &self.questions)
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(formatter, &self.files, &self.steps, self.question.as_slice())?;
        writeln!(formatter, "--- answers\n{}", self.difference)
    }
}

fn write(
    formatter: &mut fmt::Formatter<'_>,
    files: &[PolicyFile],
    steps: &[Step],
    questions: &[Tree],
) -> fmt::Result {
    write!(formatter, "{}", Texts::new(files))?;
    for step in steps {
        match step {
            Step::Change(tree) => writeln!(formatter, "--- change set\n{}", tree.to_json())?,
            Step::Reload(files) => {
                writeln!(formatter, "--- reload\n{}--- end of reload", Texts::new(files))?;
            }
        }
    }
    for question in questions {
        writeln!(formatter, "--- request\n{}", question.to_json())?;
    }
    Ok(())
}
