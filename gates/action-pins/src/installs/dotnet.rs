//! NuGet: `dotnet tool install`, `dotnet add package`, `nuget install`, and
//! restoring without a lock file.

use super::call::Call;
use super::version::{self, Hold};
use super::{Finds, Known};

const VALUED: &[&str] = &[
    "--version",
    "-v",
    "--framework",
    "-f",
    "--source",
    "-s",
    "--add-source",
    "--tool-path",
    "--configfile",
    "--verbosity",
    "--package-directory",
    "-version",
    "-outputdirectory",
    "-source",
    "-configfile",
    "-verbosity",
    "-framework",
    "-packagesdirectory",
    "-solutiondirectory",
    "--arch",
    "-a",
];

pub(super) fn judge(call: &Call, known: &Known, finds: &mut Finds) {
    let lower: Vec<String> = call.arguments.iter().map(|it| it.text.to_ascii_lowercase()).collect();
    let verbs: Vec<&str> = lower.iter().map(String::as_str).take(4).collect();
    let words = |from| call.words_after(from, VALUED);
    match (&*call.program, verbs.as_slice()) {
        ("dotnet", ["tool", "install" | "update", ..]) => {
            package(call, "dotnet tool install", &words(2), finds)
        }
        ("dotnet", ["add", "package", ..]) => package(call, "dotnet add package", &words(2), finds),
        ("dotnet", ["add", _, "package", ..]) => {
            package(call, "dotnet add package", &words(3), finds)
        }
        ("nuget", ["install", ..]) => {
            let words = words(1);
            if !words
                .first()
                .is_some_and(|word| word.text.to_ascii_lowercase().ends_with(".config"))
            {
                package(call, "nuget install", &words, finds);
            }
        }
        ("dotnet" | "nuget", ["restore", ..])
            if !lower.iter().any(|it| matches!(&**it, "--locked-mode" | "-lockedmode")) =>
        {
            restore(call, known, &format!("{} restore", call.program), finds);
        }
        ("msbuild", _) => {
            let is = |key: &str| lower.iter().any(|it| it.trim_start_matches(['/', '-']) == key);
            if is("t:restore") && !is("p:restorelockedmode=true") {
                restore(call, known, "msbuild /t:restore", finds);
            }
        }
        _ => {}
    }
}

fn package(call: &Call, tool: &str, words: &[&super::call::Argument], finds: &mut Finds) {
    let Some(package) = words.first() else { return };
    let shared = call.value_ignoring_case(&["--version", "-v", "-version"]);
    let (name, version) = match package.text.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (&*package.text, shared),
    };
    let hold = version::of_package(name, version);
    let why = version::why(version);
    let option = if tool.starts_with("nuget") { "-Version" } else { "--version" };
    let expected = format!("name the release: {tool} {name} {option} 1.2.3");
    finds.add(hold, package.word, tool, &package.text, why, expected);
}

/// Without a lock file a restore takes what the ranges of the day allow.
fn restore(call: &Call, known: &Known, tool: &str, finds: &mut Finds) {
    if known.has_lock("packages.lock.json") || known.has_locked_projects {
        finds.seen += 1;
        return;
    }
    let expected = "commit packages.lock.json and restore in locked mode".to_owned();
    let why = "holds nothing: there is no packages.lock.json".to_owned();
    finds.add(Hold::Moving, call.word, tool, "", why, expected);
}
