//! An image becomes policies.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::cursor::Cursor;
use super::facts::{self, Facts};
use super::{FORMAT, HEAD_BYTES, ImageError, MAGIC, part};
use crate::error::Mistakes;
use crate::{Digest, HostFunction, Policies, PolicyVersion, SourceText};

/// Above this no revision is believed: an engine counts on from it.
const REVISION_MAX: u64 = 1 << 53;

/// What is behind the head, if the checksum says that it is what was written.
pub(super) fn body(image: &[u8]) -> Result<Cursor<'_>, ImageError> {
    if !super::is_image(image) {
        return Err(ImageError::NoImage);
    }
    let mut cursor = Cursor::new(&image[MAGIC.len()..]);
    let found = cursor.u32()?;
    if found != FORMAT {
        return Err(ImageError::Format { found, wanted: FORMAT });
    }
    // So there are not more of anything than its number can say.
    cursor.check(u32::try_from(image.len()).is_ok(), "it is too long")?;
    let checksum: [u8; 32] = cursor.array()?;
    if Sha256::digest(&image[HEAD_BYTES..])[..] != checksum {
        return Err(ImageError::Checksum);
    }
    Ok(cursor)
}

/// The digest of the policy set and the revision of the facts.
pub(super) fn version(cursor: &mut Cursor<'_>) -> Result<PolicyVersion, ImageError> {
    let digest = Digest(cursor.array()?);
    let revision = cursor.u64()?;
    cursor.check((1..=REVISION_MAX).contains(&revision), "a revision out of range")?;
    Ok(PolicyVersion { digest, revision })
}

/// The texts, in order.
pub(super) fn texts<'i>(cursor: &mut Cursor<'i>) -> Result<Vec<SourceText<'i>>, ImageError> {
    cursor.begin(part::TEXTS);
    let mut texts: Vec<SourceText<'_>> = Vec::new();
    for _ in 0..cursor.count()? {
        let (path, text) = (cursor.text()?, cursor.text()?);
        let is_next = texts.last().is_none_or(|before| before.path < path);
        cursor.check(is_next, "paths that are not in order")?;
        texts.push(SourceText { path, text });
    }
    Ok(texts)
}

/// The policies of an image.
pub(super) fn policies(image: &[u8], functions: &[HostFunction]) -> Result<Policies, ImageError> {
    let mut cursor = body(image)?;
    let version = version(&mut cursor)?;
    let texts = texts(&mut cursor)?;
    let mut mistakes = Mistakes::default();
    let model = crate::read::model(&texts, &mut mistakes);
    let Some(model) = model.filter(|_| mistakes.is_empty()) else {
        return Err(ImageError::Policies(mistakes.into_errors()));
    };
    cursor.check(model.facts.is_empty(), "a text that states facts")?;
    let roles = facts::roles(&mut cursor)?;
    let role_count = roles.len();
    let compiled = crate::compile::without_facts(&model, functions, mistakes, roles);
    let Policies { code, facts: tables, .. } = compiled.map_err(ImageError::Policies)?;
    let mut code = Arc::into_inner(code).expect("nobody shares code that was compiled now");
    let mut facts = Facts::read(&mut cursor, &code, tables.roles, role_count)?;
    let words = facts.words(&mut cursor)?;
    cursor.end()?;
    // The tables that were compiled hold nothing but the tenants of files.
    let tenants = code.tenants.iter().map(|(resource, number)| {
        let resource_type = tables.resources.record(*resource).resource_type;
        let id = tables.resources.id(*resource);
        (facts.tables.resources.intern(resource_type, id), *number)
    });
    let tenants = tenants.collect();
    let facts = facts.tables;
    code.tenants = tenants;
    let mut policies = Policies { version, code: Arc::new(code), facts, words };
    policies.close();
    Ok(policies)
}

/// Whether the facts and words of an image are read as the policies have them.
pub(super) fn check(image: &[u8], policies: &Policies) -> Result<(), ImageError> {
    let mut cursor = body(image)?;
    version(&mut cursor)?;
    texts(&mut cursor)?;
    let roles = facts::roles(&mut cursor)?;
    let role_count = roles.len();
    let facts = Facts::read(&mut cursor, &policies.code, roles, role_count)?;
    facts.words(&mut cursor)?;
    cursor.end()
}
