//! Answers as JSON: field by field as they stand, since a door writes one for each question. What is
//! rare is left to the serializer; [`Decision`](crate::Decision) has one, too, for records, and the
//! tests hold both to the same.

use serde::Serialize;

use super::Answer;
use crate::decision::Written;
use crate::{Decision, RuleRef};

impl Answer<'_> {
    /// Writes the JSON of the answer: the fields of the decision, `decision_id`, and `dropped` where
    /// something was.
    pub fn write_json(&self, json: &mut Vec<u8>) {
        let Answer { decision_id, decision, dropped } = self;
        let Decision { effect, reason, rule, bypass, obligations, errors, policy } = decision;
        json.extend_from_slice(b"{\"decision_id\":");
        text(decision_id, json);
        json.extend_from_slice(b",\"effect\":");
        text(effect.as_str(), json);
        json.extend_from_slice(b",\"reason\":");
        text(reason, json);
        json.extend_from_slice(b",\"rule\":");
        match rule {
            Some(rule) => self::rule(rule, json),
            None => json.extend_from_slice(b"null"),
        }
        json.extend_from_slice(b",\"bypass\":");
        json.extend_from_slice(if *bypass { b"true" } else { b"false" });
        json.extend_from_slice(b",\"obligations\":");
        list(obligations, json);
        json.extend_from_slice(b",\"errors\":");
        list(errors, json);
        json.extend_from_slice(b",\"policy\":{\"digest\":");
        text(Written::new(&policy.digest).as_str(), json);
        json.extend_from_slice(b",\"revision\":");
        any(&policy.revision, json);
        json.push(b'}');
        if !dropped.is_empty() {
            json.extend_from_slice(b",\"dropped\":");
            list(dropped, json);
        }
        json.push(b'}');
    }

    /// Writes the JSON of the answer to a batch, `{"decisions": [{…}, …]}`.
    pub fn write_batch(answers: &[Self], json: &mut Vec<u8>) {
        json.extend_from_slice(b"{\"decisions\":[");
        for (index, answer) in answers.iter().enumerate() {
            if index > 0 {
                json.push(b',');
            }
            answer.write_json(json);
        }
        json.extend_from_slice(b"]}");
    }
}

fn rule(rule: &RuleRef<'_>, json: &mut Vec<u8>) {
    json.extend_from_slice(b"{\"id\":");
    text(&rule.id, json);
    json.extend_from_slice(b",\"file\":");
    text(&rule.file, json);
    json.extend_from_slice(b",\"line\":");
    any(&rule.line, json);
    json.push(b'}');
}

/// Most texts hold nothing that has to be escaped.
fn text(text: &str, json: &mut Vec<u8>) {
    let is_plain = |is_plain, byte| is_plain & !matches!(byte, b'"' | b'\\' | ..b' ');
    if !text.bytes().fold(true, is_plain) {
        return any(text, json);
    }
    json.push(b'"');
    json.extend_from_slice(text.as_bytes());
    json.push(b'"');
}

/// Most lists are empty.
fn list<T: Serialize>(items: &[T], json: &mut Vec<u8>) {
    if items.is_empty() { json.extend_from_slice(b"[]") } else { any(items, json) }
}

fn any(value: &(impl Serialize + ?Sized), json: &mut Vec<u8>) {
    serde_json::to_writer(json, value).expect("keys are texts, and memory takes what is written");
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::{
        Digest, Effect, Fault, Map, Obligation, Obligations, PolicyVersion, RuleError, Value,
    };

    fn decision() -> Decision<'static> {
        let rule =
            RuleRef { id: "r\"1\"".into(), file: "a\\b/é\u{1}.yaml".into(), line: 4_294_967_295 };
        let mut properties = Map::new();
        properties.insert("level", Value::Double(1.5));
        Decision {
            effect: Effect::Permit,
            reason: "because\n\u{7f}".into(),
            rule: Some(rule.clone()),
            bypass: true,
            obligations: Obligations::Owned(vec![Obligation {
                obligation_type: "log".to_owned(),
                properties,
            }]),
            errors: vec![RuleError { rule, fault: Fault::Overflow, message: "too much".into() }],
            policy: PolicyVersion { digest: Digest([7; 32]), revision: u64::MAX },
        }
    }

    #[test]
    fn an_answer_is_its_decision_and_what_is_said_of_it() {
        let full = decision();
        let bare = Decision {
            effect: Effect::Deny,
            reason: "".into(),
            rule: None,
            bypass: false,
            obligations: Obligations::Borrowed(&[]),
            errors: Vec::new(),
            ..full.clone()
        };
        let answers = [
            Answer { decision_id: "1", decision: &full, dropped: &["now", "actor.roles"] },
            Answer { decision_id: "2", decision: &bare, dropped: &[] },
        ];
        let mut batch = Vec::new();
        Answer::write_batch(&answers, &mut batch);
        let batch: Json = serde_json::from_slice(&batch).expect("JSON");
        let wanted = answers.map(|answer| {
            let mut wanted = serde_json::to_value(answer.decision).expect("JSON");
            wanted["decision_id"] = json!(answer.decision_id);
            if !answer.dropped.is_empty() {
                wanted["dropped"] = json!(answer.dropped);
            }
            wanted
        });
        assert_eq!(batch, json!({ "decisions": wanted }));
    }
}
