//! Packages of a system: Chocolatey and winget always, the others only for names
//! that `system_packages` lists, because distributions take old versions away.

use super::call::Call;
use super::version::{Hold, of_number};
use super::{Finds, Known};

/// A manager: its name, verbs, and what stands between package and version.
struct Manager {
    program: &'static str,
    verbs: &'static [&'static str],
    mark: char,
}

const fn manager(program: &'static str, verbs: &'static [&'static str], mark: char) -> Manager {
    Manager { program, verbs, mark }
}

const MANAGERS: &[Manager] = &[
    manager("apk", &["add"], '='),
    manager("apt", &["install"], '='),
    manager("apt-get", &["install"], '='),
    manager("aptitude", &["install"], '='),
    manager("brew", &["install"], '@'),
    manager("dnf", &["install"], '-'),
    manager("microdnf", &["install"], '-'),
    manager("pacman", &["-S", "-Sy", "-Syu"], '='),
    manager("port", &["install"], '@'),
    manager("yum", &["install"], '-'),
    manager("zypper", &["install", "in"], '='),
];

const VALUED: &[&str] = &[
    "-o",
    "-t",
    "--target-release",
    "--option",
    "-c",
    "--repository",
    "-X",
    "--virtual",
    "--root",
    "--repo",
    "--enablerepo",
    "--disablerepo",
    "--setopt",
    "--installroot",
    "--version",
    "-v",
    "--source",
    "-s",
    "--id",
    "--params",
    "--package-parameters",
    "--install-arguments",
    "--ia",
    "--override",
    "-e",
    "--execution-timeout",
    "--timeout",
];

pub(super) fn judge(call: &Call, known: &Known, finds: &mut Finds) {
    match &*call.program {
        "choco" | "cinst" => {
            let from = usize::from(call.program == "choco");
            if call.program == "cinst" || matches!(call.verb(), "install" | "upgrade") {
                versioned(call, from, "choco install", "--version", finds);
            }
        }
        "winget" if call.verb() == "install" => {
            versioned(call, 1, "winget install", "--version", finds)
        }
        program => {
            let Some(manager) = MANAGERS.iter().find(|manager| manager.program == program) else {
                return;
            };
            let verb = call.arguments.iter().position(|it| manager.verbs.contains(&&*it.text));
            let Some(verb) = verb.filter(|_| known.asks_for_system_packages()) else { return };
            let tool = format!("{program} {}", manager.verbs.first().copied().unwrap_or_default());
            for word in call.words_after(verb + 1, VALUED) {
                let text = word.text.as_str();
                let name = text.split(manager.mark).next().unwrap_or_default();
                let name = if manager.mark == '-' { text } else { name };
                if !known.is_system_package(name) || text.starts_with(['.', '/']) {
                    continue;
                }
                let version = text.split_once(manager.mark).map(|(_, version)| version);
                let hold = match version {
                    Some(version) if manager.mark != '-' => of_number(version),
                    _ if has_number(text) => Hold::Exact,
                    _ if text.contains('$') => Hold::Open,
                    _ => Hold::Moving,
                };
                let mark = manager.mark;
                let expected = format!(
                    "name the version: {name}{mark}1.2.3, or a package that has it in its name: {name}-14"
                );
                finds.add(hold, word.word, &tool, text, "names no version".to_owned(), expected);
            }
        }
    }
}

fn versioned(call: &Call, from: usize, tool: &str, option: &str, finds: &mut Finds) {
    let version = call.value_ignoring_case(&[option]);
    let mut packages = call.words_after(from, VALUED);
    let id = call.value(&["--id"]).map(str::to_owned);
    if packages.is_empty() && id.is_some() {
        packages.extend(call.arguments.first());
    }
    for word in packages {
        // PowerShell: `@arguments` are those of a list.
        if word.text.ends_with(".config") || word.text.starts_with('@') {
            continue;
        }
        let name = id.as_deref().unwrap_or(&word.text);
        let hold = match version {
            Some(version) => of_number(version),
            None if name.starts_with('$') => Hold::Open,
            None => Hold::Moving,
        };
        let expected = format!("name the release: {tool} {name} {option} 1.2.3");
        finds.add(hold, word.word, tool, name, "names no version".to_owned(), expected);
    }
}

/// `clang-14`, `python3.11`, `openjdk-17-jdk`.
fn has_number(name: &str) -> bool {
    name.split('-').skip(1).any(|part| part.starts_with(|c: char| c.is_ascii_digit()))
        || name.ends_with(|c: char| c.is_ascii_digit())
}
