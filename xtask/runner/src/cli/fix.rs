//! `fix`: the fixes that a machine can make.

mod diff;
#[cfg(feature = "action-pins")]
mod online;
mod proposal;
#[cfg(feature = "action-pins")]
mod update;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use kernel::{EntryKind, ReadError};

use super::{Done, Place, Stop, baseline};
use crate::Builtin;
use crate::plan::Ask;
use crate::receipt::{FindingRecord, FindingState, Receipt};
use crate::repo::atomic_write;
use crate::report::text::{count, visible};
use crate::view::{At, View};
use diff::Look;
use proposal::{Chosen, Proposal, choose};

/// Make the fixes that a machine can make
///
/// Runs the built-in gates over the work tree and shows, as a patch, the fixes
/// of those findings that have an exact one; most need a person. With --write
/// they are made, each file as a whole or not at all. A fix is left out where
/// it overlaps with another (run it again), where its file is no regular file
/// of this repository, and where that changed since it was judged.
///
/// With --online, names of actions that are not pinned are first asked for by
/// 'git ls-remote', without any token, and the answers kept in ci.pins.toml:
/// from there on the fix needs no network. So are images, of their registries,
/// and whether the commits of pinned actions belong to their repositories.
///
/// With --update, pins are moved to newer releases instead, as far as 'update'
/// of the gate in ci.toml permits: major = "keep", min_age = "7d", owners.
///
/// Ends with 1 if a fix was left out, a name stands for nothing, or no tag or
/// branch leads to a commit.
#[derive(Debug, Args)]
pub struct Fix {
    /// Only findings of this gate
    gate: Option<String>,
    /// Write the files; otherwise only show what would change
    #[arg(long)]
    write: bool,
    /// Ask what unpinned actions and images stand for, and keep it in ci.pins.toml
    #[cfg(feature = "action-pins")]
    #[arg(long, group = "asks")]
    online: bool,
    /// Move pins to newer releases
    #[cfg(feature = "action-pins")]
    #[arg(long, group = "asks")]
    update: bool,
    /// Where 'owner/repository' is found: a URL, or a folder of repositories [default:
    /// https://github.com]
    #[cfg(feature = "action-pins")]
    #[arg(long, value_name = "URL", requires = "asks")]
    git_base: Option<String>,
    /// Ask GitHub's API instead of git, with the token of GH_TOKEN or GITHUB_TOKEN
    /// [default: GITHUB_API_URL, or https://api.github.com]
    #[cfg(feature = "action-pins")]
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "")]
    #[arg(visible_alias = "api-url")]
    #[arg(requires = "asks", conflicts_with = "git_base")]
    api_base: Option<String>,
    /// Ask this registry for images, whichever they come from
    #[cfg(feature = "action-pins")]
    #[arg(long, value_name = "URL", requires = "online")]
    registry_base: Option<String>,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Fix) -> Done {
    #[cfg_attr(not(feature = "action-pins"), expect(unused_mut))]
    let mut view = View::open(place, At::WorkTree)?;
    if view.repository.is_none() {
        return Err(Stop::environment("'fix' needs a git repository")
            .hint("what it writes can there be seen and taken back"));
    }
    if let Some(gate) = &args.gate {
        let ask = Ask { gates: vec![gate.clone()], ..Ask::default() };
        super::plan::planned(&view.config(place, builtin)?, &ask)?;
    }
    #[cfg(feature = "action-pins")]
    if args.update {
        return update::run(builtin, place, &view, args);
    }
    // Every gate, whichever was asked for: only they know which lines hold a
    // secret, and those are not shown.
    #[cfg_attr(not(feature = "action-pins"), expect(unused_mut))]
    let mut receipt = baseline::judged(builtin, place, &view)?;
    #[cfg_attr(not(feature = "action-pins"), expect(unused_mut))]
    let mut is_answered = true;
    #[cfg(feature = "action-pins")]
    if args.online {
        let asked = online::ask(&view, &receipt, args)?;
        is_answered = asked.is_answered();
        // As it will be judged with the answers in their place: the fixes are
        // this run's, whether they are written or only shown.
        view = view.with_file(action_pins::PINS_FILE_NAME.into(), asked.pins.text().into_bytes());
        receipt = baseline::judged(builtin, place, &view)?;
    }
    let (proposals, by_hand) = proposals(&receipt, args.gate.as_deref());
    let chosen = choose(proposals, &|path| judged(&view, path));
    make(&view, &chosen, args.write, &hidden(&receipt))?;
    let files = count(chosen.files.len() as u64, "file", "files");
    let fixes = count(chosen.taken.len() as u64, "fix", "fixes");
    let end = match (chosen.taken.is_empty(), args.write) {
        (true, _) => "nothing to write".to_owned(),
        (false, true) => format!("{fixes} made in {files}; verify tells what is left"),
        (false, false) => format!("{fixes} in {files}; nothing written: add --write"),
    };
    let by_hand = match by_hand {
        0 => String::new(),
        by_hand => format!("; {} to mend by hand", count(by_hand, "finding", "findings")),
    };
    writeln!(anstream::stderr(), "{end}{by_hand}")?;
    Ok(u8::from(!chosen.left.is_empty() || !is_answered))
}

/// Tells which fixes are made and which not, and makes or shows them.
fn make(
    view: &View,
    chosen: &Chosen<'_>,
    is_written: bool,
    hidden: &BTreeMap<Utf8PathBuf, BTreeSet<u32>>,
) -> Result<(), Stop> {
    let mut told = anstream::stderr().lock();
    for proposal in &chosen.taken {
        writeln!(told, "{}", proposal.words)?;
    }
    for (proposal, why) in &chosen.left {
        writeln!(told, "left out: {}\n  {why}", proposal.words)?;
    }
    match is_written {
        true => write(view, chosen),
        false => show(chosen, hidden),
    }
}

/// What has a fix, and how many findings have none. What is excepted stays as
/// somebody decided.
fn proposals<'r>(receipt: &'r Receipt, gate: Option<&str>) -> (Vec<Proposal<'r>>, u64) {
    let mut proposals = Vec::new();
    let mut by_hand = 0;
    for row in &receipt.predicate.gates {
        if gate.is_some_and(|gate| gate != row.id) {
            continue;
        }
        for finding in row.findings.iter().filter(|found| found.state == FindingState::New) {
            match finding.fix.as_ref().filter(|fix| !fix.edits.is_empty()) {
                Some(fix) => {
                    proposals.push(Proposal { words: words(finding), edits: &fix.edits });
                }
                None => by_hand += 1,
            }
        }
    }
    (proposals, by_hand)
}

fn words(finding: &FindingRecord) -> String {
    let (path, message) = (visible(&finding.path), visible(&finding.message));
    format!("{}  {path}:{}  {message}", finding.rule, finding.line)
}

/// A file's bytes as they were judged: the tree refuses one that changed since
/// it was listed, and never follows a link.
fn judged(view: &View, path: &Utf8Path) -> Result<Vec<u8>, String> {
    let path_shown = visible(path.as_str());
    match view.tree.find(path).map(|entry| entry.kind) {
        Some(EntryKind::File | EntryKind::Executable) => {}
        Some(_) => return Err(format!("'{path_shown}' is no regular file")),
        None => return Err(format!("'{path_shown}' is no file of this repository")),
    }
    // As it is now, and not as the run held it.
    let file = view.snapshot.tree().read(path).map_err(|error| match error {
        ReadError::Unreadable(reason) => format!("'{path_shown}': {reason}"),
        other => format!("'{path_shown}' could not be read: {other}"),
    })?;
    // A sparse checkout's file is judged, and is not there to be written.
    let on_disk = std::fs::symlink_metadata(view.root.join(path));
    if !on_disk.is_ok_and(|on_disk| on_disk.is_file()) {
        return Err(format!("'{path_shown}' is not checked out"));
    }
    Ok(file.bytes().to_vec())
}

fn write(view: &View, chosen: &Chosen<'_>) -> Result<(), Stop> {
    for (written, (path, file)) in chosen.files.iter().enumerate() {
        let told = |why: String| {
            Stop::environment(why).hint(match written {
                0 => "nothing was written: run it again".to_owned(),
                written => format!(
                    "{} before it: run it again",
                    count(written as u64, "file was written", "files were written")
                ),
            })
        };
        let now = judged(view, path).map_err(told)?;
        if now != file.before {
            return Err(told(format!("'{}' changed since it was judged", visible(path.as_str()))));
        }
        atomic_write(&view.root.join(path), &file.after())
            .map_err(|error| told(error.to_string()))?;
    }
    Ok(())
}

/// A patch: to a pipe as it is, to a terminal so that it stays text.
fn show(chosen: &Chosen<'_>, hidden: &BTreeMap<Utf8PathBuf, BTreeSet<u32>>) -> Result<(), Stop> {
    let stdout = std::io::stdout();
    let look = Look {
        is_coloured: AutoStream::choice(&stdout) != ColorChoice::Never,
        is_visible: stdout.is_terminal(),
    };
    let none = BTreeSet::new();
    let mut out = stdout.lock();
    for (path, file) in &chosen.files {
        let hidden = hidden.get(path).unwrap_or(&none);
        out.write_all(&diff::unified(path, &file.before, &file.edits, hidden, look))?;
    }
    out.flush()?;
    Ok(())
}

/// Lines that hold what a gate does not show, by file.
fn hidden(receipt: &Receipt) -> BTreeMap<Utf8PathBuf, BTreeSet<u32>> {
    let mut hidden: BTreeMap<Utf8PathBuf, BTreeSet<u32>> = BTreeMap::new();
    for (_, finding) in receipt.findings() {
        let is_own = baseline::is_own(&finding.rule);
        if finding.commit.is_none() && finding.source.is_none() && finding.line > 0 && !is_own {
            let lines = finding.line..=finding.end_line.max(finding.line);
            hidden.entry(Utf8PathBuf::from(&finding.path)).or_default().extend(lines);
        }
    }
    hidden
}

#[cfg(test)]
mod tests {
    use xshell::{Shell, cmd};

    use super::*;
    use crate::report::sample;

    /// A repository with `files`, and the fixes of `edits` as they were chosen.
    fn chosen_then(
        files: &[(&str, &str)],
        edits: &[kernel::Edit],
        then: impl Fn(&View, &Chosen<'_>),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let sh = Shell::new().unwrap();
        sh.change_dir(folder.path());
        cmd!(sh, "git init --quiet").run().unwrap();
        for (path, text) in files {
            sh.write_file(path, text).unwrap();
        }
        let dir = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        std::os::unix::fs::symlink("real", dir.join("link")).unwrap();
        let view = View::open(&Place { dir: Some(dir), config: None }, At::WorkTree).unwrap();
        let words = words(&sample::unpinned());
        let proposals = edits.iter().map(std::slice::from_ref);
        let proposals = proposals.map(|edits| Proposal { words: words.clone(), edits }).collect();
        let chosen = choose(proposals, &|path| judged(&view, path));
        then(&view, &chosen);
    }

    fn edit(path: &str) -> kernel::Edit {
        kernel::Edit { path: path.into(), start: 0, end: 1, text: "new".into() }
    }

    #[test]
    fn a_file_that_changed_since_is_not_written() {
        chosen_then(&[("a", "1\n"), ("b", "1\n")], &[edit("a"), edit("b")], |view, chosen| {
            std::fs::write(view.root.join("b"), "2\n").unwrap();
            let stop = write(view, chosen).unwrap_err();
            assert!(stop.message.contains("'b'") && stop.message.contains("changed"), "{stop:?}");
            assert!(stop.hint.unwrap().starts_with("1 file was written"));
            assert_eq!(std::fs::read_to_string(view.root.join("b")).unwrap(), "2\n");
            assert_eq!(std::fs::read_to_string(view.root.join("a")).unwrap(), "new\n");
        });
    }

    #[test]
    fn a_link_that_takes_a_files_or_folders_place_is_not_followed() {
        let files = [("real", "1\n"), ("dir/a", "1\n"), ("other/a", "1\n")];
        chosen_then(&files, &[edit("dir/a"), edit("real")], |view, chosen| {
            std::fs::rename(view.root.join("dir"), view.root.join("moved")).unwrap();
            std::os::unix::fs::symlink("other", view.root.join("dir")).unwrap();
            write(view, chosen).unwrap_err();
            std::fs::remove_file(view.root.join("dir")).unwrap();
            std::fs::rename(view.root.join("moved"), view.root.join("dir")).unwrap();
            std::fs::remove_file(view.root.join("real")).unwrap();
            std::os::unix::fs::symlink("other/a", view.root.join("real")).unwrap();
            write(view, chosen).unwrap_err();
            assert_eq!(std::fs::read_to_string(view.root.join("other/a")).unwrap(), "1\n");
        });
    }

    #[test]
    fn only_regular_files_of_the_repository_are_written() {
        let outside = ["link", "../x", "/etc/passwd", ".git/config", "./real", "none"];
        let edits: Vec<kernel::Edit> = outside.into_iter().map(edit).collect();
        chosen_then(&[("real", "1\n")], &edits, |_, chosen| {
            assert!(chosen.files.is_empty() && chosen.taken.is_empty());
            assert_eq!(chosen.left.len(), outside.len());
        });
    }
}
