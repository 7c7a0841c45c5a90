//! The parts of an image, as `docs/image.md` names them, and what tells entries of one part apart.

pub(super) const TEXTS: &str = "texts";
pub(super) const ROLES: &str = "roles";
pub(super) const ACTORS: &str = "actors";
pub(super) const PREFIXES: &str = "prefixes";
pub(super) const RESOURCES: &str = "resources";
pub(super) const DECLARED: &str = "declared resources";
pub(super) const EXACT: &str = "exact facts";
pub(super) const TIMES: &str = "times";
pub(super) const ENDING: &str = "ending facts";
pub(super) const DETAILS: &str = "other facts";
pub(super) const ACTOR_ATTRIBUTES: &str = "attributes of actors";
pub(super) const VALUES: &str = "values";
pub(super) const WORDS: &str = "words";

pub(super) const KEY_EXACT: u8 = 0;
pub(super) const KEY_DETAIL: u8 = 1;
pub(super) const KEY_ACTOR_ATTRIBUTE: u8 = 2;
pub(super) const KEY_EXISTENCE: u8 = 3;

pub(super) const STATE_ABSENT: u8 = 0;
pub(super) const STATE_FOREVER: u8 = 1;
pub(super) const STATE_UNTIL: u8 = 2;
pub(super) const STATE_VALUE: u8 = 3;
