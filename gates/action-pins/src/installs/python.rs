//! pip, pipx and uv: `==`, hashes, a constraints file, a requirements file that
//! is pinned itself, what lies here, or a commit.

use super::call::{Argument, Call};
use super::version::{self, Hold, is_commit, of_number};
use super::{Finds, Known, project};

pub(super) const VALUED: &[&str] = &[
    "-c",
    "--constraint",
    "--constraints",
    "-e",
    "--editable",
    "-r",
    "--requirement",
    "--requirements",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "-t",
    "--target",
    "--prefix",
    "--root",
    "--src",
    "--platform",
    "--python-version",
    "--implementation",
    "--abi",
    "--only-binary",
    "--no-binary",
    "--log",
    "--cache-dir",
    "--timeout",
    "--retries",
    "--trusted-host",
    "--cert",
    "--client-cert",
    "--proxy",
    "--exists-action",
    "--progress-bar",
    "--report",
    "--upgrade-strategy",
    "--global-option",
    "--config-settings",
    "-C",
    "-p",
    "--python",
    "--with",
    "--from",
    "--suffix",
    "--pip-args",
    "--spec",
    "--default-index",
    "--index",
    "--index-strategy",
    "--extra",
    "--group",
    "--override",
    "--overrides",
    "-b",
    "--directory",
    "--project",
    "--exclude-newer",
    "--keyring-provider",
    "--link-mode",
    "--prerelease",
    "--resolution",
    "-P",
    "--upgrade-package",
    "--reinstall-package",
    "--no-build-package",
    "--env-file",
    "--python-platform",
    "--use-feature",
    "--use-deprecated",
    "--with-requirements",
    "--with-editable",
    "--torch-backend",
    "--generate-shell-completion",
    "--python-preference",
    "--fork-strategy",
    "--config-setting",
    "--config-settings-package",
    "--config-file",
    "--no-build-isolation-package",
    "--no-sources-package",
    "--refresh-package",
    "--exclude-newer-package",
    "--allow-insecure-host",
    "--build-constraint",
    "--build-constraints",
    "--excludes",
    "--no-extra",
    "--no-group",
    "--only-group",
    "--color",
];

pub(super) fn judge(call: &Call, known: &Known, finds: &mut Finds) {
    match &*call.program {
        "uv" => uv(call, known, finds),
        "uvx" => run(call, 0, "uvx", finds),
        "pipx" => match call.verb() {
            "install" => {
                let first = call.value(&["--spec"]).map(str::to_owned);
                match (first, call.words_after(1, VALUED).first()) {
                    (Some(spec), Some(word)) => {
                        package(&spec, word.word, "pipx install", '=', finds)
                    }
                    (None, _) => packages(call, 1, "pipx install", known, finds),
                    _ => {}
                }
            }
            "run" => run(call, 1, "pipx run", finds),
            // The first word is what it goes to.
            "inject" => project::adds(call, 2, "pipx inject", finds),
            _ => {}
        },
        "poetry" if call.verb() == "add" => project::adds(call, 1, "poetry add", finds),
        "pdm" if call.verb() == "add" => project::adds(call, 1, "pdm add", finds),
        "rye" if matches!(call.verb(), "add" | "install") => {
            project::adds(call, 1, &format!("rye {}", call.verb()), finds);
        }
        "pipenv" if call.verb() == "install" => project::adds(call, 1, "pipenv install", finds),
        "easy_install" | "easy_install3" => packages(call, 0, "easy_install", known, finds),
        program if is_numbered(program, "pip") => pip(call, 0, known, finds),
        program if is_numbered(program, "python") || matches!(program, "pypy" | "pypy3" | "py") => {
            let Some((module, at)) = module(call) else { return };
            let after = |number: usize| call.arguments.get(at + number).map(|it| it.text.as_str());
            match (module, after(0), after(1)) {
                ("pip", ..) => pip(call, at, known, finds),
                ("uv", Some("pip"), Some("install")) => {
                    packages(call, at + 2, "uv pip install", known, finds);
                }
                ("pipx", Some("install"), _) => {
                    packages(call, at + 1, "pipx install", known, finds);
                }
                _ => {}
            }
        }
        _ => {}
    }
}

/// `-m pip`, `-Im pip`, `-mpip`: the module, and the number of the argument after it.
fn module(call: &Call) -> Option<(&str, usize)> {
    let mut arguments = call.arguments.iter().map(|it| it.text.as_str()).enumerate();
    while let Some((at, argument)) = arguments.next() {
        let flags = argument.strip_prefix('-').filter(|flags| !flags.starts_with('-'))?;
        match flags.split_once('m') {
            Some((_, "")) => return arguments.next().map(|(at, module)| (module, at + 1)),
            Some((_, module)) => return Some((module, at + 1)),
            None if matches!(flags, "W" | "X") => _ = arguments.next(),
            None => {}
        }
    }
    None
}

/// `pip --quiet install x`; `download` and `wheel` run the packages' own build.
fn pip(call: &Call, from: usize, known: &Known, finds: &mut Finds) {
    let verb = call.words_after(from, VALUED).first().map(|verb| verb.text.clone());
    let Some(verb) = verb.filter(|verb| matches!(&**verb, "install" | "download" | "wheel")) else {
        return;
    };
    let Some(at) = call.arguments.iter().skip(from).position(|it| it.text == verb) else { return };
    packages(call, from + at + 1, &format!("pip {verb}"), known, finds);
}

/// `pip`, `pip3`, `pip3.12`.
fn is_numbered(program: &str, name: &str) -> bool {
    program
        .strip_prefix(name)
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

fn uv(call: &Call, known: &Known, finds: &mut Finds) {
    let words: Vec<(usize, &str)> = call
        .arguments
        .iter()
        .enumerate()
        .filter(|(_, it)| !it.text.starts_with('-'))
        .map(|(number, it)| (number, it.text.as_str()))
        .take(2)
        .collect();
    match words.as_slice() {
        [(_, "pip"), (at, "install")] => packages(call, at + 1, "uv pip install", known, finds),
        [(_, "tool"), (at, "install")] => packages(call, at + 1, "uv tool install", known, finds),
        [(_, "tool"), (at, "run")] => run(call, at + 1, "uv tool run", finds),
        [(at, "add"), ..] => project::adds(call, at + 1, "uv add", finds),
        [(at, "run"), ..] => project::with(call, at + 1, finds),
        _ => {}
    }
}

/// One package and its arguments: `uvx ruff@1.2.3 check`.
fn run(call: &Call, from: usize, tool: &str, finds: &mut Finds) {
    let words = call.words_after(from, VALUED);
    let own = call.arguments.get(from..).unwrap_or_default();
    let named = own.iter().take_while(|it| words.first().is_none_or(|word| it.word < word.word));
    let named: Vec<&Argument> = named.collect();
    let mut has_source = false;
    for (at, it) in named.iter().enumerate() {
        let (option, value) = match it.text.split_once('=') {
            Some((option, value)) => (option, Some(value)),
            None => (&*it.text, named.get(at + 1).map(|value| value.text.as_str())),
        };
        if matches!(option, "--from" | "--spec" | "--with")
            && let Some(value) = value
        {
            has_source |= option != "--with";
            package(value, it.word, tool, '=', finds);
        }
    }
    if let Some(word) = words.first().filter(|_| !has_source) {
        package(&word.text, word.word, tool, '@', finds);
    }
}

/// Everything that an `install` names.
fn packages(call: &Call, from: usize, tool: &str, known: &Known, finds: &mut Finds) {
    let held = ["--require-hashes", "--no-index", "--dry-run", "--help", "-h"];
    if call.has(&held) {
        finds.seen += 1;
        return;
    }
    // A file here holds what it names, an address holds nothing.
    let constraints = call.value(&["-c", "--constraint", "--constraints"]);
    if constraints
        .is_some_and(|file| !file.contains("://") && known.requirements(file).unwrap_or(true))
    {
        finds.seen += 1;
        return;
    }
    let mut count = 0;
    let after = call.arguments.get(from..).unwrap_or_default();
    for (at, it) in after.iter().enumerate() {
        let (option, value) = match it.text.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value)),
            _ => match it
                .text
                .strip_prefix("-r")
                .filter(|rest| !rest.is_empty() && !rest.starts_with('-'))
            {
                Some(value) => ("-r", Some(value)),
                None => (&*it.text, after.get(at + 1).map(|value| value.text.as_str())),
            },
        };
        match (option, value) {
            ("-r" | "--requirement" | "--requirements", Some(file)) => {
                count += 1;
                requirements(file, it.word, tool, known, finds);
            }
            ("-e" | "--editable", Some(source)) => {
                count += 1;
                // A folder here unless it is an address.
                match is_remote(source) || source.starts_with('$') {
                    true => package(source, it.word, tool, '=', finds),
                    false => finds.seen += 1,
                }
            }
            ("--group" | "--extra", Some(_)) => count += 1,
            _ => {}
        }
    }
    for word in call.words_after(from, VALUED) {
        count += 1;
        package(&word.text, word.word, tool, '=', finds);
    }
    // A variable that is empty by default is one that somebody fills.
    if after.iter().any(|it| it.text.is_empty()) {
        finds.open += 1;
    } else if count == 0 {
        let why = "names nothing to install".to_owned();
        let expected =
            format!("name what is installed: {tool} --require-hashes -r requirements.txt");
        finds.add(Hold::Moving, call.word, tool, "", why, expected);
    }
}

/// What is told of a file of requirements.
pub(super) const RANGES: &str = "takes ranges from that file";
pub(super) const UNSEEN: &str = "takes what a file says that is not in this repository";

fn requirements(file: &str, word: usize, tool: &str, known: &Known, finds: &mut Finds) {
    let (hold, why) = match known.requirements(file) {
        // What another command writes.
        _ if matches!(file, "-" | "/dev/stdin") || file.starts_with("<()") => (Hold::Open, ""),
        _ if file.contains('$') && known.requirements(file).is_none() => (Hold::Open, ""),
        Some(true) => (Hold::Exact, ""),
        Some(false) => (Hold::Moving, RANGES),
        None => (Hold::Moving, UNSEEN),
    };
    let expected = format!(
        "write every line as name==1.2.3, best with hashes: {tool} --require-hashes -r {file}"
    );
    finds.add(hold, word, tool, file, why.to_owned(), expected);
}

/// One requirement; `mark` is what stands between name and version besides `==`.
pub(super) fn package(text: &str, word: usize, tool: &str, mark: char, finds: &mut Finds) {
    let bare = text.trim().trim_matches(['"', '\'']);
    // `python_version < "3.9"` and hashes after it.
    let bare = bare.split(';').next().unwrap_or_default().trim();
    let (name, source) = match bare.split_once('@').filter(|(_, source)| source.contains("://")) {
        Some((name, source)) if !name.contains([':', '/']) => (name.trim(), source.trim()),
        _ => (bare, bare),
    };
    if is_remote(source) {
        let why = "names no commit".to_owned();
        let expected =
            "name the commit: git+https://host/owner/repository@<40 hex>, or a file with #sha256="
                .to_owned();
        return finds.add(of_source(source), word, tool, bare, why, expected);
    }
    if is_local(source) {
        finds.seen += 1;
        return;
    }
    let version = match bare.split_once("==") {
        Some((_, version)) => {
            Some(version.trim_start_matches('=').split(',').next().unwrap_or_default())
        }
        None if mark == '@' => bare.split_once('@').map(|(_, version)| version),
        None => None,
    };
    let hold = match version {
        Some(version) => of_number(version),
        None if bare.contains(['<', '>', '~', '!']) => Hold::Moving,
        // A variable can hold the version, too.
        None if bare.contains('$') => Hold::Open,
        None => Hold::Moving,
    };
    let why = match version {
        None if bare.contains(['<', '>', '~', '!']) => "takes a range".to_owned(),
        version => version::why(version),
    };
    let end = name.find(['<', '>', '=', '~', '!', '@', ' ']).unwrap_or(name.len());
    let name = name.get(..end).unwrap_or_default();
    let expected = match mark {
        '@' => format!("name the release: {tool} {name}@1.2.3"),
        _ => format!("name the release: {tool} {name}==1.2.3"),
    };
    finds.add(hold, word, tool, bare, why, expected);
}

/// A repository or an address.
fn is_remote(source: &str) -> bool {
    let scheme = source.split("://").next().unwrap_or_default();
    source.contains("://") && scheme != "file" && scheme.len() < 12
}

fn of_source(source: &str) -> Hold {
    let (address, fragment) = source.split_once('#').unwrap_or((source, ""));
    if ["sha256=", "sha384=", "sha512="].iter().any(|digest| fragment.contains(digest)) {
        return Hold::Exact;
    }
    let revision = address.rsplit('@').next().unwrap_or_default();
    if address.split(['/', '@', '-', '.']).any(is_commit) || is_commit(revision) {
        return Hold::Exact;
    }
    // All of it, or what stands after the `@`.
    match source.starts_with('$') || (address.contains('@') && revision.contains('$')) {
        true => Hold::Open,
        false => Hold::Moving,
    }
}

/// What lies in the repository or was made before: a folder, a wheel.
fn is_local(source: &str) -> bool {
    let bare = source.split('[').next().unwrap_or_default();
    // `name==1.*` is a version, `dist/*.whl` a path.
    if bare.contains("==") && !bare.contains(['/', '\\']) {
        return false;
    }
    let ends = [".whl", ".tar.gz", ".zip", ".tgz"];
    bare == "."
        || bare.starts_with(['.', '/', '~'])
        || source.starts_with("file:")
        || bare.contains(['/', '\\', '*'])
        || ends.iter().any(|end| bare.ends_with(end))
}
