//! The answer.

use pdp_client::Answer;
use pdp_core::wire::AnswerDocument;
use pdp_core::{Effect, RuleRef};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::error;
use crate::value::map_to_python;

/// Permit or deny, and why. It is true only where it permits.
///
/// >>> decision = engine.evaluate("user:666", "post", "board:news")
/// >>> if not decision:
/// ...     print(decision.effect, decision.reason, decision.rule.file, decision.rule.line)
/// deny banned policy.yaml 8
#[pyclass(frozen, module = "pdp")]
#[derive(Debug)]
pub(crate) struct Decision {
    made: pdp_core::Decision<'static>,
    reason: Py<PyString>,
    permitted: bool,
    /// What a decision point elsewhere said beside the decision.
    id: Option<String>,
    dropped: Vec<String>,
}

impl Decision {
    pub(crate) fn new(py: Python<'_>, decision: pdp_core::Decision<'_>) -> Self {
        let reason = PyString::new(py, &decision.reason).unbind();
        let permitted = decision.effect == Effect::Permit;
        let (id, dropped) = (None, Vec::new());
        Decision { made: decision.into_owned(), reason, permitted, id, dropped }
    }

    pub(crate) fn of_answer(py: Python<'_>, answer: Answer) -> Self {
        let Answer { decision, decision_id, dropped } = answer;
        let decision = Decision::new(py, decision);
        Decision { id: Some(decision_id), dropped, ..decision }
    }
}

#[pymethods]
impl Decision {
    /// Reads a decision as it travels over HTTP: JSON with a `decision_id`. What is not exactly that is
    /// no decision.
    ///
    /// Raises `pdp.UnavailableError`.
    #[staticmethod]
    fn from_json(py: Python<'_>, json: &str) -> PyResult<Self> {
        let read = AnswerDocument::parse(json.as_bytes());
        let answer = read.map_err(|error| error::unavailable(py, &error.to_string()))?;
        Ok(Decision::of_answer(py, answer.into()))
    }

    /// `permit` or `deny`.
    #[getter]
    fn effect(&self) -> &'static str {
        self.made.effect.as_str()
    }

    /// Whether the effect is `permit`.
    #[getter]
    fn permitted(&self) -> bool {
        self.permitted
    }

    fn __bool__(&self) -> bool {
        self.permitted
    }

    /// The stable word for why.
    #[getter]
    fn reason<'py>(&self, py: Python<'py>) -> &Bound<'py, PyString> {
        self.reason.bind(py)
    }

    /// The rule that decided; `None` where none did and the default deny answers.
    #[getter]
    fn rule(&self) -> Option<Rule> {
        self.made.rule.as_ref().map(Rule::of)
    }

    /// Whether a bypass rule decided.
    #[getter]
    fn bypass(&self) -> bool {
        self.made.bypass
    }

    /// What must be done for the decision to hold: dicts with `type` and `properties`.
    #[getter]
    fn obligations<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for obligation in &*self.made.obligations {
            let dict = PyDict::new(py);
            dict.set_item("type", &obligation.obligation_type)?;
            dict.set_item("properties", map_to_python(py, &obligation.properties)?)?;
            list.append(dict)?;
        }
        Ok(list)
    }

    /// Rules that could not be evaluated: dicts with `rule`, `fault` and `message`.
    #[getter]
    fn errors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for error in &self.made.errors {
            let dict = PyDict::new(py);
            dict.set_item("rule", Rule::of(&error.rule).dict(py)?)?;
            dict.set_item("fault", error.fault.as_str())?;
            dict.set_item("message", error.message.as_ref())?;
            list.append(dict)?;
        }
        Ok(list)
    }

    /// The digest of the policy set.
    #[getter]
    fn policy(&self) -> String {
        self.made.policy.digest.to_string()
    }

    /// The revision of its facts.
    #[getter]
    fn revision(&self) -> u64 {
        self.made.policy.revision
    }

    /// The id that a decision point elsewhere gave it, which its record has, too; `None` where this
    /// process decided.
    #[getter]
    fn decision_id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What of the request a decision point elsewhere left out of account, since this caller may not
    /// state it, such as `actor.roles`.
    #[getter]
    fn dropped(&self) -> Vec<&str> {
        self.dropped.iter().map(String::as_str).collect()
    }

    /// The decision as it travels over HTTP, without the id that a server gives it.
    ///
    /// >>> engine.evaluate("user:7", "post", "board:news").to_dict()["reason"]
    /// 'members'
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let policy = PyDict::new(py);
        policy.set_item("digest", self.policy())?;
        policy.set_item("revision", self.revision())?;
        let rule = self.rule().map(|rule| rule.dict(py)).transpose()?;
        let dict = PyDict::new(py);
        dict.set_item("effect", self.effect())?;
        dict.set_item("reason", self.reason(py))?;
        dict.set_item("rule", rule)?;
        dict.set_item("bypass", self.bypass())?;
        dict.set_item("obligations", self.obligations(py)?)?;
        dict.set_item("errors", self.errors(py)?)?;
        dict.set_item("policy", policy)?;
        Ok(dict)
    }

    fn __repr__(&self) -> String {
        let (effect, reason) = (self.effect(), &self.made.reason);
        match &self.made.rule {
            Some(rule) => {
                let RuleRef { id, file, line } = rule;
                format!("<Decision {effect} because {reason}, rule {id} at {file}:{line}>")
            }
            None => format!("<Decision {effect} because {reason}>"),
        }
    }
}

/// Where the rule stands that decided: its `id`, and `file` and `line` in the policy set.
///
/// >>> engine.evaluate("user:7", "post", "board:news").rule
/// Rule("members", "policy.yaml", 9)
#[pyclass(frozen, eq, get_all, module = "pdp")]
#[derive(Debug, PartialEq)]
pub(crate) struct Rule {
    id: String,
    file: String,
    line: u32,
}

impl Rule {
    fn of(rule: &RuleRef<'_>) -> Self {
        let RuleRef { id, file, line } = rule;
        Rule { id: id.to_string(), file: file.to_string(), line: *line }
    }

    fn dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("id", &self.id)?;
        dict.set_item("file", &self.file)?;
        dict.set_item("line", self.line)?;
        Ok(dict)
    }
}

#[pymethods]
impl Rule {
    fn __repr__(&self) -> String {
        format!("Rule({:?}, {:?}, {})", self.id, self.file, self.line)
    }
}
