//! The settings of a set.

use super::Reader;
use super::names::Name;
use crate::document::{Content, Node};
use crate::error::PolicyErrorKind;
use crate::model::{Bypass, Model};

/// The largest walk limit.
const WALK_LIMIT_MAX: i64 = 10_000_000;

/// The keys of settings; each stands in one file of a set.
pub(super) const SETTINGS: [&str; 3] = ["bypass", "walk_limit", "non_ascii_ids"];

impl<'t> Reader<'_, 't> {
    pub(super) fn settings(&mut self, root: &Node<'t>, model: &mut Model<'t>) {
        if let Some(node) = root.value("bypass")
            && let Some(bypass) = self.bypass(node)
        {
            model.settings.bypass = bypass;
        }
        if let Some(node) = root.value("walk_limit")
            && let Some(walk_limit) = self.walk_limit(node)
        {
            model.settings.walk_limit = walk_limit;
        }
        if let Some(node) = root.value("non_ascii_ids")
            && let Some(allowed) = self.boolean(node, "`non_ascii_ids`")
        {
            model.settings.non_ascii_ids = allowed;
        }
    }

    fn bypass(&mut self, node: &Node<'t>) -> Option<Bypass> {
        match node.string() {
            Some("all") => return Some(Bypass::All),
            Some("off") => return Some(Bypass::Off),
            _ => {}
        }
        if !matches!(node.content, Content::Mapping(_)) {
            self.wrong_shape(node, "`bypass` is `all`, `off` or `{actions: […]}`");
            return None;
        }
        let fields = self.fields(node, "`bypass`", &["actions"])?;
        let actions = self.required(&fields, "actions")?;
        Some(Bypass::Actions(self.words(actions, "an action", Name::Action)))
    }

    fn walk_limit(&mut self, node: &Node<'t>) -> Option<u32> {
        let limit = match &node.content {
            Content::Scalar(scalar) => scalar.int(),
            _ => None,
        };
        let limit = limit.filter(|limit| (1..=WALK_LIMIT_MAX).contains(limit));
        if limit.is_none() {
            let message = format!("`walk_limit` is a whole number from 1 to {WALK_LIMIT_MAX}");
            self.mistake(PolicyErrorKind::Shape, node.span, message);
        }
        limit.and_then(|limit| u32::try_from(limit).ok())
    }
}
