//! `pdp test`

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Result;
use pdp_core::document::SyntaxError;
use pdp_core::model::Model;
use pdp_core::{Decision, Policies, Scratch};
use pdp_source::{LoadError, SourceSet, TestFile as Source};
use pdp_testing::{Case, Difference, TestFile};
use serde_json::json;

use crate::arguments::{Format, Test};
use crate::diagnostics;
use crate::slips::{Slip, slips};

/// Whether there are tests and all of them pass.
pub(crate) fn run(arguments: &Test) -> Result<bool> {
    let mut report = Report {
        format: arguments.format,
        output: BufWriter::new(io::stdout().lock()),
        passed: 0,
        failed: 0,
        broken: 0,
        cases: Vec::new(),
        errors: Vec::new(),
        omitted: 0,
    };
    for path in &arguments.paths {
        match pdp_source::read_tests(path) {
            Ok(files) if files.is_empty() => {
                report.broken(unread(&format!("no tests in {}", diagnostics::shown_path(path))))?;
            }
            Ok(files) => run_files(&files, &mut report)?,
            Err(error) => report.broken(unread(&error.to_string()))?,
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
        if let Err(error) = run_folder(folder, &files, report)? {
            let (errors, omitted) = diagnostics::json_errors(&error, Some(folder));
            let text = diagnostics::text(&error, Some(folder));
            report.broken(Broken { text, errors, omitted })?;
        }
    }
    Ok(())
}

/// Runs the files of a folder, or says why its policies cannot be loaded.
fn run_folder<W: Write>(
    folder: &Path,
    files: &[&Source],
    report: &mut Report<W>,
) -> Result<Result<(), LoadError>> {
    let sources = match SourceSet::read([folder]) {
        Ok(sources) => sources,
        Err(error) => return Ok(Err(error.into())),
    };
    let texts = sources.texts();
    let compiled = match Model::parse(&texts) {
        Ok(model) => Policies::compile(&model).map(|policies| (policies, model)),
        // What was read is judged, too, so that all mistakes are told.
        Err(errors) => Err(Policies::from_sources(&texts).err().unwrap_or(errors)),
    };
    match compiled {
        Ok((policies, model)) => {
            for file in files {
                run_file(file, &policies, &model, report)?;
            }
            Ok(Ok(()))
        }
        Err(errors) => Ok(Err(LoadError::Policy { errors, sources })),
    }
}

fn run_file<W: Write>(
    file: &Source,
    policies: &Policies,
    model: &Model<'_>,
    report: &mut Report<W>,
) -> Result<()> {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let path = diagnostics::below(Some(&file.folder), name);
    match TestFile::parse(&file.text) {
        Ok(tests) => {
            for slip in slips(&tests, policies, model) {
                report.broken(slipped(&slip, &path, &file.text))?;
            }
            let mut scratch = Scratch::new();
            for case in &tests.cases {
                let request = case.request();
                let decision = policies.evaluate(&request, &mut scratch);
                report.case(&path, case, &decision)?;
            }
            Ok(())
        }
        Err(errors) => report.broken(malformed(&errors.0, &path, &file.text)),
    }
}

/// Why tests could not be run.
struct Broken {
    /// For people.
    text: String,
    /// For machines.
    errors: Vec<serde_json::Value>,
    /// How many further mistakes there are.
    omitted: usize,
}

/// Files that could not be read; a line each.
fn unread(lines: &str) -> Broken {
    let errors = diagnostics::source_errors(lines);
    Broken { text: format!("error: {lines}"), errors, omitted: 0 }
}

/// A test file that is none.
fn malformed(errors: &[SyntaxError], path: &str, text: &str) -> Broken {
    let snippets = errors.iter().map(|SyntaxError { message, span }| {
        diagnostics::snippet(message, None, path, text, *span)
    });
    let errors = errors.iter().map(|SyntaxError { message, span }| {
        test_error(path, span.line, Some(span.column), message, None)
    });
    Broken { text: snippets.collect::<Vec<_>>().join("\n\n"), errors: errors.collect(), omitted: 0 }
}

fn slipped(slip: &Slip, path: &str, text: &str) -> Broken {
    let Slip { message, hint, line, span } = slip;
    let shown = diagnostics::shown(message);
    let report = match span {
        Some(span) => diagnostics::snippet(&shown, hint.as_deref(), path, text, *span),
        None => format!("error: {}:{line}: {shown}", diagnostics::shown(path)),
    };
    let column = span.map(|span| span.column);
    let error = test_error(path, *line, column, message, hint.as_deref());
    Broken { text: report, errors: vec![error], omitted: 0 }
}

fn test_error(
    file: &str,
    line: u32,
    column: Option<u32>,
    message: &str,
    hint: Option<&str>,
) -> serde_json::Value {
    diagnostics::json_error("test", (file.to_owned(), line, column), message, hint)
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
    /// What is wrong with what could not be read.
    errors: Vec<serde_json::Value>,
    omitted: usize,
}

impl<W: Write> Report<W> {
    fn case(&mut self, file: &str, case: &Case, decision: &Decision<'_>) -> Result<()> {
        let differences = case.expect.differences(decision);
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
                "errors": decision.errors,
            })),
            Format::Text if !passed => self.failed_case(file, case, &differences, decision)?,
            Format::Text => {}
        }
        Ok(())
    }

    fn failed_case(
        &mut self,
        file: &str,
        case: &Case,
        differences: &[Difference],
        decision: &Decision<'_>,
    ) -> io::Result<()> {
        let (name, file) = (diagnostics::shown(&case.name), diagnostics::shown(file));
        writeln!(self.output, "failed: {name} ({file}:{})", case.line)?;
        for difference in differences {
            writeln!(self.output, "    {}", diagnostics::shown(&difference.to_string()))?;
        }
        for error in &decision.errors {
            let line = format!("could not evaluate {}: {}", error.rule.id, error.message);
            writeln!(self.output, "    {}", diagnostics::shown(&line))?;
        }
        Ok(())
    }

    fn broken(&mut self, broken: Broken) -> Result<()> {
        self.broken += 1;
        match self.format {
            Format::Json => {
                self.errors.extend(broken.errors);
                self.omitted += broken.omitted;
            }
            Format::Text => writeln!(io::stderr(), "{}", broken.text)?,
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let Report { passed, failed, broken, .. } = *self;
        match self.format {
            Format::Json => {
                let report = json!({
                    "passed": passed,
                    "failed": failed,
                    "broken": broken,
                    "cases": self.cases,
                    "errors": self.errors,
                    "omitted": self.omitted,
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
