use std::fmt::{self, Display};

use pdp_core::Decision;
use serde::Serialize;

use crate::Expectation;

/// A part of a decision that is not what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The part: `effect`, `reason`, `rule`, `obligations`, `bypass`, `errors`.
    pub part: &'static str,
    /// What was expected.
    pub expected: String,
    /// What the decision says.
    pub found: String,
}

impl Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: expected {}, found {}", self.part, self.expected, self.found)
    }
}

impl Expectation {
    /// What differs in `decision`.
    pub fn differences(&self, decision: &Decision<'_>) -> Vec<Difference> {
        let rule = decision.rule.as_ref().map(|rule| rule.id.as_ref());
        let failed: Vec<&str> =
            decision.errors.iter().map(|error| error.rule.id.as_ref()).collect();
        let differences = [
            self.effect_difference(decision),
            difference("reason", self.reason.as_deref(), &decision.reason.as_ref()),
            difference("rule", self.rule.as_ref().map(Option::as_deref), &rule),
            difference("obligations", self.obligations.as_deref(), &&*decision.obligations),
            difference("bypass", self.bypass, &decision.bypass),
            difference(
                "errors",
                self.errors.as_ref().map(|ids| ids.iter().map(String::as_str).collect()),
                &failed,
            ),
        ];
        differences.into_iter().flatten().collect()
    }

    /// Where the effect is another one, the reason and the rule say why.
    fn effect_difference(&self, decision: &Decision<'_>) -> Option<Difference> {
        let mut difference =
            difference("effect", Some(self.effect.as_str()), &decision.effect.as_str())?;
        let because = match &decision.rule {
            Some(rule) => {
                format!(" ({}, by rule {}, {}:{})", decision.reason, rule.id, rule.file, rule.line)
            }
            None => format!(" ({}, by no rule)", decision.reason),
        };
        difference.found.push_str(&because);
        Some(difference)
    }
}

fn difference<T: PartialEq + Serialize>(
    part: &'static str,
    expected: Option<T>,
    found: &T,
) -> Option<Difference> {
    let expected = expected.filter(|expected| expected != found)?;
    Some(Difference { part, expected: json(&expected), found: json(found) })
}

/// As the decision would write it on the wire.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| error.to_string())
}
