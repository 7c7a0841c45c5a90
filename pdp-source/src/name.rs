//! What the name of a file says.

/// The name of a lock.
pub(crate) const LOCK: &str = "policies.lock";

/// What a file holds, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileName {
    /// `*.yaml` or `*.yml`, tests apart: a file of the policy set.
    Policy,
    /// `*_test.yaml` or `*_test.yml`.
    Test,
    /// `policies.lock`: the lock of the folder that was given, if it stands at its top.
    Lock,
    /// Anything else.
    Other,
}

impl FileName {
    /// What the last part of a path, `name`, says.
    pub(crate) fn of(name: &[u8]) -> Self {
        if name == LOCK.as_bytes() {
            return FileName::Lock;
        }
        let stem = name.strip_suffix(b".yaml").or_else(|| name.strip_suffix(b".yml"));
        match stem {
            Some(stem) if stem.ends_with(b"_test") => FileName::Test,
            Some(_) => FileName::Policy,
            None => FileName::Other,
        }
    }
}

/// `folder/name`, or `name` where there is no folder.
pub(crate) fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}
