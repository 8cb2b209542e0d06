//! npm, pnpm, yarn and bun, and what runs a package without installing it: npx,
//! dlx, bunx.
//!
//! An install that names no package does what the lock file says, so it is only
//! a finding where there is none. npx runs what package.json names unless it is
//! asked for another package: with `--yes` or `--package`, or where no
//! package.json is.

use super::call::{Argument, Call};
use super::version::{self, Hold, is_commit, of_semver};
use super::{Finds, Known};

const VALUED: &[&str] = &[
    "-C",
    "--prefix",
    "--registry",
    "--filter",
    "-F",
    "--workspace",
    "-w",
    "--cwd",
    "--dir",
    "--loglevel",
    "--cache",
    "--userconfig",
    "--tag",
    "--omit",
    "--include",
    "--node-options",
    "--call",
    "-c",
    "--mutex",
    "--network-timeout",
    "--modules-folder",
    "--cache-folder",
    "--global-dir",
    "--network-concurrency",
    "--fetch-timeout",
    "--store-dir",
    "--virtual-store-dir",
    "--reporter",
    "--backend",
    "--jobs",
    "--otp",
];

/// Lock files by who writes them.
const LOCKS: &[(&str, &[&str])] = &[
    ("npm", &["package-lock.json", "npm-shrinkwrap.json"]),
    ("pnpm", &["pnpm-lock.yaml"]),
    ("yarn", &["yarn.lock"]),
    ("bun", &["bun.lock", "bun.lockb"]),
];

pub(super) fn judge(call: &Call, known: &Known, finds: &mut Finds) {
    let program = &*call.program;
    let words = call.words_after(0, VALUED);
    let verb = words.first().map(|word| word.text.as_str()).unwrap_or_default();
    let at = words.first().and_then(|first| call.arguments.iter().position(|it| it == *first));
    let from = at.map_or(0, |at| at + 1);
    match (program, verb) {
        ("npx" | "bunx" | "pnpx", _) => run(call, 0, program, known, finds),
        ("npm", "exec" | "x") => run(call, from, "npm exec", known, finds),
        ("bun", "x") => run(call, from, "bun x", known, finds),
        ("pnpm" | "yarn", "dlx") => run(call, from, &format!("{program} dlx"), known, finds),
        ("npm" | "pnpm" | "yarn" | "bun", "create" | "init") => {
            if let Some(word) = words.get(1) {
                package(word, &format!("{program} {verb}"), finds);
            }
        }
        ("npm" | "pnpm" | "yarn" | "bun", "global")
            if words.get(1).is_some_and(|word| word.text == "add") =>
        {
            words
                .iter()
                .skip(2)
                .for_each(|word| package(word, &format!("{program} global add"), finds));
        }
        (
            "npm" | "pnpm" | "bun",
            "install" | "i" | "add" | "in" | "isntall" | "install-test" | "it",
        )
        | ("yarn", "add") => {
            install(call, verb, from, known, finds);
        }
        ("yarn", "install") => locked(call, "yarn install", known, finds),
        ("yarn", "") if !call.has(&["--version", "-version", "-v", "--help", "-h"]) => {
            locked(call, "yarn", known, finds)
        }
        _ => {}
    }
}

fn install(call: &Call, verb: &str, from: usize, known: &Known, finds: &mut Finds) {
    let tool = format!("{} {verb}", call.program);
    let packages = call.words_after(from, VALUED);
    if packages.is_empty() {
        return locked(call, &tool, known, finds);
    }
    packages.iter().for_each(|word| package(word, &tool, finds));
}

/// Without a package it is the lock file that counts.
fn locked(call: &Call, tool: &str, known: &Known, finds: &mut Finds) {
    let locks =
        LOCKS.iter().find(|(name, _)| *name == call.program).map_or(&[][..], |(_, locks)| locks);
    // These fail where the lock file is missing or stale.
    let is_frozen = call.has(&["--frozen-lockfile", "--immutable"]);
    if is_frozen || locks.iter().any(|lock| known.has_lock(lock)) {
        finds.seen += 1;
        return;
    }
    let lock = locks.first().copied().unwrap_or_default();
    let why = format!("takes what the ranges of package.json allow: there is no {lock}");
    let expected = match &*call.program {
        "npm" => "commit package-lock.json and run npm ci".to_owned(),
        program => format!("commit {lock} and run {program} install --frozen-lockfile"),
    };
    finds.add(Hold::Moving, call.word, tool, "", why, expected);
}

/// `npx [--yes] [-p package] command …`: what follows the command is its own.
fn run(call: &Call, from: usize, tool: &str, known: &Known, finds: &mut Finds) {
    let own = call.arguments.get(from..).unwrap_or_default();
    let mut named = Vec::new();
    let mut is_asked = tool.ends_with("dlx") || tool == "pnpx";
    let mut command = None;
    let mut at = 0;
    while let Some(it) = own.get(at) {
        at += 1;
        match &*it.text {
            "-y" | "--yes" => is_asked = true,
            "--no-install" | "--no" | "--help" | "--version" => return,
            "-p" | "--package" => {
                named.extend(own.get(at));
                at += 1;
            }
            "--" => {}
            "-c" | "--call" | "--registry" | "--cache" | "--prefix" | "-w" | "--workspace" => {
                at += 1
            }
            text if text.starts_with("--package=") => named.push(it),
            text if text.starts_with('-') => {}
            _ => {
                command = Some(it);
                break;
            }
        }
    }
    if !named.is_empty() {
        return named.into_iter().for_each(|it| {
            let text = it.text.trim_start_matches("--package=").to_owned();
            package(&Argument { text, word: it.word }, tool, finds);
        });
    }
    let Some(command) = command else { return };
    // A name alone, where a package.json can name it.
    let is_local = known.has_package_json && !is_asked && split(&command.text).1.is_none();
    match is_local {
        true => finds.seen += 1,
        false => package(command, tool, finds),
    }
}

fn package(word: &Argument, tool: &str, finds: &mut Finds) {
    let text = word.text.as_str();
    let is_local = text.starts_with(['.', '/', '~', '*'])
        || text.starts_with("file:")
        || text.starts_with("workspace:")
        || text.starts_with("link:")
        || [".tgz", ".tar.gz"].iter().any(|end| text.ends_with(end)) && !text.contains("://");
    if is_local {
        finds.seen += 1;
        return;
    }
    let is_address = text.contains("://") || text.contains(':') || is_repository(text);
    if is_address && !text.contains("@npm:") {
        let revision = text.rsplit_once('#').map(|(_, revision)| revision);
        let hold = match revision {
            Some(revision) if is_commit(revision) => Hold::Exact,
            _ if text.split(['/', '#', '.', '@']).any(is_commit) => Hold::Exact,
            Some(revision) if revision.contains('$') => Hold::Open,
            _ if text.starts_with('$') => Hold::Open,
            _ => Hold::Moving,
        };
        let why = "names no commit".to_owned();
        let expected = "name the commit: owner/repository#<40 hex>".to_owned();
        return finds.add(hold, word.word, tool, text, why, expected);
    }
    let (name, version) = split(text);
    let hold = match version {
        Some(version) => of_semver(version),
        None if name.contains('$') => Hold::Open,
        None => Hold::Moving,
    };
    let why = version::why(version);
    let expected = format!("name the release: {tool} {name}@1.2.3");
    finds.add(hold, word.word, tool, text, why, expected);
}

/// `owner/repository`, which is no `@scope/name`.
fn is_repository(text: &str) -> bool {
    !text.starts_with('@') && text.matches('/').count() == 1
}

/// Name and version of `@scope/name@version`, `alias@npm:name@version`.
fn split(text: &str) -> (&str, Option<&str>) {
    let text = text.split_once("@npm:").map_or(text, |(_, package)| package);
    let scope = usize::from(text.starts_with('@'));
    match text.get(scope..).and_then(|rest| rest.find('@')) {
        Some(at) => (text.get(..at + scope).unwrap_or_default(), text.get(at + scope + 1..)),
        None => (text, None),
    }
}
