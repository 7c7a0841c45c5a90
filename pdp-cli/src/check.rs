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
            for PolicyWarning { file, span, message } in policies.warnings() {
                let file = diagnostics::shown(file);
                writeln!(io::stderr(), "warning: {file}:{}:{}: {message}", span.line, span.column)?;
            }
            writeln!(output, "{}", text(policies))?;
        }
        (Ok(policies), Format::Json) => writeln!(output, "{}", json(policies))?,
        (Err(error), Format::Text) => writeln!(io::stderr(), "{}", diagnostics::text(error, None))?,
        (Err(error), Format::Json) => writeln!(output, "{}", diagnostics::json(error))?,
    }
    Ok(loaded.is_ok())
}

fn text(policies: &Policies) -> String {
    let summary = policies.summary();
    format!(
        "ok: {} files, {} types, {} rules, {} resources, {} facts\n{}",
        summary.files,
        summary.types,
        summary.rules,
        summary.resources,
        summary.facts,
        policies.version().digest,
    )
}

fn json(policies: &Policies) -> serde_json::Value {
    let summary = policies.summary();
    json!({
        "digest": policies.version().digest.to_string(),
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
