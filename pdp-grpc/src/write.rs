//! Answers become messages, field by field as they stand, without messages in between that would
//! own their texts.

use pdp_core::wire::Answer;
use pdp_core::{Effect, Obligation, PolicyVersion, RuleError, RuleRef};
use pdp_proto::v1;
use prost::Message;
use prost::bytes::{BufMut, BytesMut};
use prost::encoding::{WireType, encode_key, encode_varint, message};

use crate::convert;

/// Writes answers; what is the same in all answers of a batch is made once.
#[derive(Default)]
pub(crate) struct Writer {
    policy: Option<(PolicyVersion, Vec<u8>)>,
    /// An inner message, whose length stands before it.
    inner: Vec<u8>,
}

impl Writer {
    /// Writes the fields of an `EvaluateResponse`.
    pub(crate) fn answer(&mut self, answer: &Answer<'_>, out: &mut impl BufMut) {
        let decision = answer.decision;
        text(1, answer.decision_id, out);
        let effect = match decision.effect {
            Effect::Permit => v1::Effect::Permit,
            Effect::Deny => v1::Effect::Deny,
        };
        number(2, i32::from(effect).unsigned_abs().into(), out);
        text(3, &decision.reason, out);
        if let Some(rule) = &decision.rule {
            self.inner.clear();
            self::rule(rule, &mut self.inner);
            bytes(4, &self.inner, out);
        }
        number(5, decision.bypass.into(), out);
        for obligation in decision.obligations.iter() {
            message::encode(6, &self::obligation(obligation), out);
        }
        for error in &decision.errors {
            message::encode(7, &rule_error(error), out);
        }
        bytes(8, self.policy(decision.policy), out);
        for field in answer.dropped {
            bytes(9, field.as_bytes(), out);
        }
    }

    /// Writes the fields of an `EvaluateBatchResponse`.
    pub(crate) fn answers(&mut self, answers: &[Answer<'_>], out: &mut BytesMut) {
        let mut one = Vec::new();
        for answer in answers {
            one.clear();
            self.answer(answer, &mut one);
            bytes(1, &one, out);
        }
    }

    fn policy(&mut self, version: PolicyVersion) -> &[u8] {
        let made = self.policy.take().filter(|(known, _)| *known == version);
        let made =
            made.unwrap_or_else(|| (version, convert::policy_version(version).encode_to_vec()));
        &self.policy.insert(made).1
    }
}

fn rule(rule: &RuleRef<'_>, out: &mut impl BufMut) {
    text(1, &rule.id, out);
    text(2, &rule.file, out);
    number(3, rule.line.into(), out);
}

fn rule_error(error: &RuleError<'_>) -> v1::RuleError {
    let RuleRef { id, file, line } = &error.rule;
    let rule = v1::Rule { id: id.to_string(), file: file.to_string(), line: (*line).into() };
    v1::RuleError {
        rule: Some(rule),
        fault: error.fault.as_str().to_owned(),
        message: error.message.to_string(),
    }
}

fn obligation(obligation: &Obligation) -> v1::Obligation {
    let properties = obligation.properties.iter().map(|(name, value)| {
        let value = Some(pdp_proto::message(value));
        v1::obligation::PropertiesEntry { key: name.to_owned(), value }
    });
    v1::Obligation { r#type: obligation.obligation_type.clone(), properties: properties.collect() }
}

/// What is empty is left out, as protobuf does.
fn text(field: u32, text: &str, out: &mut impl BufMut) {
    if !text.is_empty() {
        bytes(field, text.as_bytes(), out);
    }
}

fn bytes(field: u32, bytes: &[u8], out: &mut impl BufMut) {
    encode_key(field, WireType::LengthDelimited, out);
    encode_varint(convert::count(bytes.len()), out);
    out.put_slice(bytes);
}

fn number(field: u32, number: u64, out: &mut impl BufMut) {
    if number != 0 {
        encode_key(field, WireType::Varint, out);
        encode_varint(number, out);
    }
}

#[cfg(test)]
mod tests {
    use pdp_core::{Decision, Digest, Fault, Map, Obligations, Value};

    use super::*;

    fn decision(effect: Effect) -> Decision<'static> {
        let rule = || RuleRef { id: "r1".into(), file: "a.yaml".into(), line: 300 };
        let mut properties = Map::new();
        properties.insert("level", Value::Int(-1));
        Decision {
            effect,
            reason: "because".into(),
            rule: Some(rule()),
            bypass: true,
            obligations: Obligations::Owned(vec![Obligation {
                obligation_type: "log".to_owned(),
                properties,
            }]),
            errors: vec![RuleError {
                rule: rule(),
                fault: Fault::Overflow,
                message: "too much".into(),
            }],
            policy: PolicyVersion { digest: Digest([7; 32]), revision: 9 },
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let (permit, deny) = (decision(Effect::Permit), decision(Effect::Deny));
        let bare = Decision { rule: None, bypass: false, reason: "".into(), ..deny.clone() };
        let answers = [
            Answer { decision_id: "1", decision: &permit, dropped: &["now", "actor.roles"] },
            Answer { decision_id: "2", decision: &bare, dropped: &[] },
        ];
        let mut bytes = BytesMut::new();
        Writer::default().answers(&answers, &mut bytes);
        let read = v1::EvaluateBatchResponse::decode(bytes).expect("a message");
        let rule = v1::Rule { id: "r1".to_owned(), file: "a.yaml".to_owned(), line: 300 };
        let level = v1::Value { kind: Some(v1::value::Kind::IntValue(-1)) };
        let first = v1::EvaluateResponse {
            decision_id: "1".to_owned(),
            effect: v1::Effect::Permit.into(),
            reason: "because".to_owned(),
            rule: Some(rule.clone()),
            bypass: true,
            obligations: vec![v1::Obligation {
                r#type: "log".to_owned(),
                properties: vec![v1::obligation::PropertiesEntry {
                    key: "level".to_owned(),
                    value: Some(level),
                }],
            }],
            errors: vec![v1::RuleError {
                rule: Some(rule),
                fault: "overflow".to_owned(),
                message: "too much".to_owned(),
            }],
            policy: Some(v1::PolicyVersion {
                digest: format!("sha256:{}", "07".repeat(32)),
                revision: 9,
            }),
            dropped: vec!["now".to_owned(), "actor.roles".to_owned()],
        };
        let second = v1::EvaluateResponse {
            decision_id: "2".to_owned(),
            effect: v1::Effect::Deny.into(),
            reason: String::new(),
            rule: None,
            bypass: false,
            dropped: Vec::new(),
            ..first.clone()
        };
        assert_eq!(read.decisions, [first, second]);
    }
}
