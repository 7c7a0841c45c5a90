//! `pdp check`

use std::io::{self, Write};

use anyhow::Result;
use pdp_core::{Policies, PolicyWarning};
use serde_json::json;

use crate::arguments::{Check, Format};
use crate::diagnostics;

/// Whether the policies can be loaded.
pub(crate) fn run(arguments: &Check) -> Result<bool> {
    let loaded = pdp_source::load(&arguments.policies);
    let mut output = io::stdout().lock();
    match (&loaded, arguments.format) {
        (Ok(policies), Format::Text) => {
            warn(policies)?;
            writeln!(output, "{}", text(policies))?;
        }
        (Ok(policies), Format::Json) => writeln!(output, "{}", json(policies))?,
        (Err(error), Format::Text) => writeln!(io::stderr(), "{}", diagnostics::text(error, None))?,
        (Err(error), Format::Json) => writeln!(output, "{}", diagnostics::json(error))?,
    }
    Ok(loaded.is_ok())
}

/// Prints what is allowed and may surprise.
pub(crate) fn warn(policies: &Policies) -> Result<()> {
    for PolicyWarning { file, span, message } in policies.warnings() {
        let file = diagnostics::shown(file);
        writeln!(io::stderr(), "warning: {file}:{}:{}: {message}", span.line, span.column)?;
    }
    Ok(())
}

/// What policies hold. Only those of an image may have a past.
pub(crate) fn text(policies: &Policies) -> String {
    let (summary, version) = (policies.summary(), policies.version());
    let words = policies.words().count();
    let past = if (version.revision, words) == (1, 0) {
        String::new()
    } else {
        format!("\nrevision {}, {words} words of run time", version.revision)
    };
    format!(
        "ok: {} files, {} types, {} rules, {} resources, {} facts\n{}{past}",
        summary.files,
        summary.types,
        summary.rules,
        summary.resources,
        summary.facts,
        version.digest,
    )
}

fn json(policies: &Policies) -> serde_json::Value {
    let summary = policies.summary();
    json!({
        "digest": policies.version().digest.to_string(),
        "revision": policies.version().revision,
        "words": policies.words().count(),
        "files": summary.files,
        "types": summary.types,
        "rules": summary.rules,
        "resources": summary.resources,
        "facts": summary.facts,
        "warnings": policies.warnings().iter().map(warning).collect::<Vec<_>>(),
    })
}

fn warning(warning: &PolicyWarning) -> serde_json::Value {
    let PolicyWarning { file, span, message } = warning;
    json!({ "file": file, "line": span.line, "column": span.column, "message": message })
}
