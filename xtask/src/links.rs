//! Links in Markdown files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a link's target stands between.
const BRACKETS: &[(&str, char)] = &[("](", ')'), ("href=\"", '"'), ("src=\"", '"')];

/// Finds the relative links that lead nowhere, in all texts whose path ends in `.md`.
///
/// `texts` are the files of the repository that are text and `paths` the names of all its files.
/// A link may lead to a file, to a folder, and with `#` to a heading of a Markdown file, under the
/// name that GitHub gives it. Code is passed over; links with a scheme are not followed.
pub fn faults(texts: &BTreeMap<String, String>, paths: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| is_markdown(path)) {
        for (line, prose) in prose(text) {
            let leads_nowhere = |target: &&str| !leads_somewhere(path, target, texts, paths);
            for target in targets(&without_code(prose)).into_iter().filter(leads_nowhere) {
                faults.push(format!("{path}:{line}: `{target}` leads nowhere"));
            }
        }
    }
    faults
}

pub(crate) fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "md")
}

/// The lines outside code blocks, counted from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence = None;
    let lines = text.lines().enumerate().filter(move |(_, line)| {
        let line = line.trim_start();
        match fence {
            None => {
                let letter = if line.starts_with('~') { '~' } else { '`' };
                let marker = &line[..line.len() - line.trim_start_matches(letter).len()];
                fence = (marker.len() >= 3).then_some(marker);
                fence.is_none()
            }
            Some(marker) => {
                if line.starts_with(marker) {
                    fence = None;
                }
                false
            }
        }
    });
    lines.map(|(index, line)| (index + 1, line))
}

/// The line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The targets of the links of a line: in brackets, in HTML, and of a definition `[name]: target`.
fn targets(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (open, close) in BRACKETS {
        found.extend(line.split(open).skip(1).filter_map(|rest| rest.split(*close).next()));
    }
    let defined = line.strip_prefix('[').filter(|name| !name.starts_with('^'));
    found.extend(defined.and_then(|name| Some(name.split_once("]: ")?.1)));
    // A title may follow the target, and angle brackets may enclose it.
    found
        .into_iter()
        .map(|text| text.split_whitespace().next().unwrap_or_default())
        .map(|text| text.trim_start_matches('<').trim_end_matches('>'))
        .collect()
}

fn leads_somewhere(
    from: &str,
    target: &str,
    texts: &BTreeMap<String, String>,
    paths: &BTreeSet<String>,
) -> bool {
    if target.contains("://") || target.starts_with("mailto:") {
        return true;
    }
    let (file, heading) = match target.split_once('#') {
        Some((file, heading)) => (file, Some(heading)),
        None => (target, None),
    };
    let to = if file.is_empty() { Some(from.to_owned()) } else { resolve(from, file) };
    let Some(to) = to else { return false };
    match heading {
        Some(heading) => {
            is_markdown(&to) && texts.get(&to).is_some_and(|text| headings(text).contains(heading))
        }
        None => paths.contains(&to) || is_folder(&to, paths),
    }
}

fn is_folder(path: &str, paths: &BTreeSet<String>) -> bool {
    let inside = if path.is_empty() { String::new() } else { format!("{path}/") };
    paths.iter().any(|file| file.starts_with(&inside))
}

/// The path that `target` means in the file `from`; `None` outside the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "" => return None,
            "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The names by which the headings of a Markdown text can be reached.
fn headings(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, line) in prose(text) {
        let title = line.trim_start_matches('#');
        if title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let base = name_of(title.trim());
        let mut name = base.clone();
        let mut count = 0;
        while !names.insert(name) {
            count += 1;
            name = format!("{base}-{count}");
        }
    }
    names
}

/// The name of a heading: lower case, spaces as `-`, of the signs only `-` and `_`. The target of
/// a link in it does not count.
fn name_of(title: &str) -> String {
    let mut shown = String::new();
    for (index, part) in title.split("](").enumerate() {
        let after = if index == 0 { part } else { part.split_once(')').map_or("", |(_, end)| end) };
        shown.push_str(after);
    }
    let kept = shown.to_lowercase().replace(' ', "-");
    kept.chars().filter(|letter| letter.is_alphanumeric() || "-_".contains(*letter)).collect()
}
