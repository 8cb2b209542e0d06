use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Example, Finding, Fix, Location, Reply, Severity};

use super::{Judge, Offence, Whole, one_line};
use crate::build::Build;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/core-build",
    severity: Severity::Error,
    doc: "The core does not build, or fails its tests, where the restricted tree is absent.

`[gate.editions-gate.build]` runs commands over a copy of the tree outside the \
repository that has no restricted file (`isolate = \"copy\"`), or by Go's own \
`-overlay`, which hides them where they are (`isolate = \"overlay\"`). What no \
reading of imports shows, a generated file or a computed name, shows here.

Fix: read what the command says of the first error; the line it names is where \
the core needs the restricted tree.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
build = { run = [['go', 'build', '-tags', 'core', './...']], isolate = 'overlay' }
-- @reply build 00 1 --
# example.org/m/cmd
cmd/main.go:5:2: package example.org/m/ee/licence is not in std
-- cmd/main.go --
package main

// +build ignore

import _ \"generated\"
-- ee/licence/a.go --
package licence
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
build = { run = [['npm', 'ci'], ['npm', 'test']] }
-- @reply build 00 0 --
-- @reply build 01 2 --
Error: no such module.
-- web/a.ts --
-- ee/b.ts --
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
build = { run = [['go', 'build', '-tags', 'core', './...']] }
-- @reply build 00 0 --
warning: cmd/main.go:5:2: something
-- cmd/main.go --
package main
-- ee/licence/a.go --
package licence
",
    )],
    judge: Judge::Whole(judge),
};

fn judge(whole: &Whole<'_>) -> Vec<Finding> {
    let Some(build) = whole.build else { return Vec::new() };
    // What comes after the first failure fails for its sake.
    let failed = build.commands.iter().enumerate().find_map(|(index, argv)| {
        match whole.replies.get(&Build::name(index)) {
            Some(Reply::Command { exit_code, stdout, stderr }) if *exit_code != 0 => {
                Some((argv, *exit_code, [stderr.as_slice(), stdout.as_slice()]))
            }
            _ => None,
        }
    });
    let Some((argv, exit_code, output)) = failed else { return Vec::new() };
    let output: Vec<String> =
        output.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    let lines = || output.iter().flat_map(|text| text.lines());
    let place = lines().find_map(|line| Some((line, place(whole, line)?)));
    let said =
        place.as_ref().map(|(line, _)| *line).or_else(|| lines().rfind(|it| !it.trim().is_empty()));
    let at = place.map_or_else(|| Location::file("ci.toml".into()), |(_, at)| at);
    let command = one_line(&argv.join(" "));
    let without = build.restricted.join(" ");
    let message = format!("'{command}' ended with {exit_code} without '{without}'");
    let finding = Finding::new(OFFENCE.id, at, message).key(command).fix(Fix::note(
        "turn the dependency round: the core builds by itself, the restricted tree registers with it",
    ));
    vec![match said {
        Some(line) => finding.label(format!("it says: '{}'", one_line(line.trim()))),
        None => finding,
    }]
}

/// The file and line that a compiler's message begins with: `a/b.go:5:2: …`,
/// `--> src/lib.rs:3:5`, `src/a.ts(3,5): …`, `File "a.py", line 3`.
fn place(whole: &Whole<'_>, line: &str) -> Option<Location> {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '(' | ')' | ',');
    let mut words = line.split(is_end).filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let (path, rest) = word.split_once(':').unwrap_or((word, ""));
        let path: Utf8PathBuf = path.trim_start_matches("./").into();
        if !whole.project.files.has(&path) {
            continue;
        }
        let number = rest.split(':').next().and_then(|number| number.parse::<u32>().ok());
        let number = number.or_else(|| words.find_map(|word| word.parse().ok()));
        return Some(line_of(whole, &path, number));
    }
    None
}

fn line_of(whole: &Whole<'_>, path: &Utf8Path, number: Option<u32>) -> Location {
    let file = whole.tree.read(path).ok();
    let found = file.as_ref().zip(number).and_then(|(file, number)| {
        let before = usize::try_from(number).ok()?.checked_sub(1)?;
        let text = file.text()?;
        let start = text.split_inclusive('\n').take(before).map(str::len).sum::<usize>();
        let length = text.get(start..)?.lines().next().map_or(0, str::len);
        Some(Location::of(file, start..start + length))
    });
    found.unwrap_or_else(|| Location::file(path))
}
