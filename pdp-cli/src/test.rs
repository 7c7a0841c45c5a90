//! `pdp test`

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Result;
use pdp_core::document::SyntaxError;
use pdp_core::{Effect, Policies};
use pdp_source::TestFile as Source;
use pdp_testing::{Case, Difference, TestFile};
use serde_json::json;

use crate::arguments::{Format, Test};
use crate::diagnostics;

/// Whether there are tests and all of them pass.
pub(crate) fn run(arguments: &Test) -> Result<bool> {
    let mut report = Report {
        format: arguments.format,
        output: BufWriter::new(io::stdout().lock()),
        passed: 0,
        failed: 0,
        broken: 0,
        cases: Vec::new(),
    };
    for path in &arguments.paths {
        match pdp_source::read_tests(path) {
            Ok(files) if files.is_empty() => {
                report.broken(&format!("error: no tests in {}", diagnostics::shown_path(path)))?;
            }
            Ok(files) => run_files(&files, &mut report)?,
            Err(error) => report.broken(&format!("error: {error}"))?,
        }
    }
    report.finish()?;
    Ok(report.failed == 0 && report.broken == 0)
}

/// Runs files by folder: each folder is one policy set.
fn run_files<W: Write>(files: &[Source], report: &mut Report<W>) -> Result<()> {
    let mut folders: BTreeMap<&Path, Vec<&Source>> = BTreeMap::new();
    for file in files {
        folders.entry(&file.folder).or_default().push(file);
    }
    for (folder, files) in folders {
        match pdp_source::load([folder]) {
            Err(error) => report.broken(&diagnostics::text(&error))?,
            Ok(policies) => {
                for file in files {
                    run_file(file, &policies, report)?;
                }
            }
        }
    }
    Ok(())
}

fn run_file<W: Write>(file: &Source, policies: &Policies, report: &mut Report<W>) -> Result<()> {
    match TestFile::parse(&file.text) {
        Ok(tests) => {
            for message in undeclared(&tests, policies) {
                report.broken(&format!("error: {}:{message}", diagnostics::shown(&file.path)))?;
            }
            for case in &tests.cases {
                let Ok(differences) = pollster::block_on(case.run(policies));
                report.case(&file.path, case, &differences)?;
            }
            Ok(())
        }
        Err(errors) => {
            let snippets = errors.0.iter().map(|error| {
                let SyntaxError { message, span } = error;
                diagnostics::snippet(message, None, &file.path, &file.text, *span)
            });
            report.broken(&snippets.collect::<Vec<_>>().join("\n\n"))
        }
    }
}

/// Tests that deny what the policies do not declare: always right, so that a misspelt action would be
/// green. A case that means it states the reason.
fn undeclared(tests: &TestFile, policies: &Policies) -> Vec<String> {
    let cases = tests.cases.iter().filter(|case| {
        let meant = case.expect.reason.is_some() || case.expect.effect == Effect::Permit;
        !meant && !case.matrix && !policies.declares(&case.resource.resource_type, &case.action)
    });
    let cases = cases.map(|case| {
        let (resource_type, action) = (&case.resource.resource_type, &case.action);
        let message = format!("`{resource_type}` declares no action `{action}`; a case that means it states the reason");
        format!("{}: {}", case.line, diagnostics::shown(&message))
    });
    let matrices = tests.matrices.iter().flat_map(|matrix| {
        let actions = matrix
            .denied
            .iter()
            .filter(|action| !matrix.resource_types.iter().any(|of| policies.declares(of, action)));
        actions.map(|action| {
            let message =
                format!("no resource of the matrix `{}` declares `{action}`", matrix.name);
            format!("{}: {}", matrix.line, diagnostics::shown(&message))
        })
    });
    cases.chain(matrices).collect()
}

/// What came out.
struct Report<W> {
    format: Format,
    output: W,
    passed: usize,
    failed: usize,
    /// Files and sets that could not be read.
    broken: usize,
    cases: Vec<serde_json::Value>,
}

impl<W: Write> Report<W> {
    fn case(&mut self, file: &str, case: &Case, differences: &[Difference]) -> Result<()> {
        let passed = differences.is_empty();
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
        match self.format {
            Format::Json => self.cases.push(json!({
                "file": file,
                "line": case.line,
                "name": case.name,
                "passed": passed,
                "differences": differences.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })),
            Format::Text if !passed => {
                let (name, file) = (diagnostics::shown(&case.name), diagnostics::shown(file));
                writeln!(self.output, "failed: {name} ({file}:{})", case.line)?;
                for difference in differences {
                    writeln!(self.output, "    {}", diagnostics::shown(&difference.to_string()))?;
                }
            }
            Format::Text => {}
        }
        Ok(())
    }

    fn broken(&mut self, message: &str) -> Result<()> {
        self.broken += 1;
        Ok(writeln!(io::stderr(), "{message}")?)
    }

    fn finish(&mut self) -> Result<()> {
        let Report { passed, failed, broken, .. } = *self;
        match self.format {
            Format::Json => {
                let report = json!({
                    "passed": passed, "failed": failed, "broken": broken, "cases": self.cases,
                });
                writeln!(self.output, "{report}")?;
            }
            Format::Text if broken > 0 => {
                writeln!(
                    self.output,
                    "{passed} passed, {failed} failed, {broken} could not be run"
                )?;
            }
            Format::Text => writeln!(self.output, "{passed} passed, {failed} failed")?,
        }
        Ok(self.output.flush()?)
    }
}
