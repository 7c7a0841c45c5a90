use pdp_core::wire::{self, RequestDocument};
use pdp_core::{Engine, Policies, Request, Scratch, SourceText};
use pdp_service::{Host, System};
use serde_json::{Value, json};

/// What a request came to: the fields of a decision, or which field of it is refused, and why.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Decision(Value),
    Refused { kind: String, field: Option<String> },
}

impl Answer {
    /// What a door answered, without what it has of its own: its id.
    pub fn of_door(mut answer: Value) -> Self {
        if let Some(fields) = answer.as_object_mut() {
            let id = fields.remove("decision_id");
            assert_eq!(id.as_ref().and_then(Value::as_str).map(str::len), Some(36), "{answer}");
        }
        Answer::Decision(answer)
    }

    /// What stands in the place of a decision.
    pub fn of_error(error: &Value) -> Self {
        let text = |name: &str| error[name].as_str().map(str::to_owned);
        Answer::Refused { kind: text("kind").expect("a kind"), field: text("field") }
    }

    /// 0 a permit, 1 a deny, 2 a deny of rules that could not be evaluated, 3 no decision.
    pub fn kind(&self) -> usize {
        match self {
            Answer::Decision(decision) if decision["effect"] == "permit" => 0,
            Answer::Decision(decision) if decision["errors"] == json!([]) => 1,
            Answer::Decision(_) => 2,
            Answer::Refused { .. } => 3,
        }
    }
}

/// The engine, asked without any door.
pub struct Reference {
    engine: Engine,
}

impl Reference {
    pub fn new(policies: Policies) -> Self {
        Reference { engine: Engine::new(policies) }
    }

    /// Whether it takes a change set.
    pub fn apply(&self, change_set: &str) -> bool {
        let change_set = wire::parse_change_set(change_set.as_bytes());
        change_set.is_ok_and(|change_set| self.engine.apply(&change_set).is_ok())
    }

    pub fn ask(&self, question: &str) -> Answer {
        let document = match RequestDocument::parse(question.as_bytes()) {
            Ok(document) => document,
            Err(error) => {
                return Answer::Refused {
                    kind: error.kind.as_str().to_owned(),
                    field: error.field,
                };
            }
        };
        let policies = self.engine.present();
        let mut request = document.request();
        request.now = request.now.or_else(|| Some(System.now()));
        let decision = policies.evaluate(&request, &mut Scratch::new());
        Answer::Decision(serde_json::to_value(&decision).expect("JSON"))
    }
}

/// A request as it travels.
pub fn json(request: &Request<'_>) -> String {
    let policies = Policies::from_sources(&[SourceText { path: "a.yaml", text: "version: 1\n" }]);
    let policies = policies.expect("a policy set");
    // A record carries the request as it was evaluated.
    let decision = policies.evaluate(request, &mut Scratch::new());
    let record = policies.audit_record(request, &decision, System.now());
    serde_json::to_value(&record).expect("JSON")["request"].to_string()
}
