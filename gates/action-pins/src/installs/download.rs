//! What is downloaded and run: `curl … | sh`, `bash <(curl …)`, `sh -c "$(curl
//! …)"`, and a file that is downloaded, then run. A checksum or a signature that
//! is asked for in between settles it, and so does a commit in the address.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::call::{Call, name};
use super::fetch::{Fetch, Hold, base, into, plain};
use super::unpack::Unpacked;
use crate::shell::{Command, Word};

/// Files that were fetched and not checked, by their names.
#[derive(Debug, Default)]
pub(super) struct Files {
    files: HashMap<String, (Fetch, Range<usize>)>,
    /// What was unpacked of them.
    pub(super) unpacked: Vec<Unpacked>,
}

/// Programs that run a script of a language from a file or from their input.
const INTERPRETERS: &[&str] = &[
    ".",
    "ash",
    "bash",
    "bun",
    "dash",
    "deno",
    "fish",
    "java",
    "ksh",
    "node",
    "nodejs",
    "perl",
    "php",
    "pwsh",
    "powershell",
    "python",
    "python2",
    "python2.7",
    "python3",
    "ruby",
    "sh",
    "source",
    "su",
    "zsh",
];

/// Programs that check what was fetched.
const CHECKERS: &[&str] = &[
    "b2sum",
    "certutil",
    "cksum",
    "cosign",
    "get-filehash",
    "gpg",
    "gpgv",
    "md5",
    "md5sum",
    "minisign",
    "rekor-cli",
    "rhash",
    "sha1sum",
    "sha224sum",
    "sha256",
    "sha256sum",
    "sha384sum",
    "sha512",
    "sha512sum",
    "shasum",
    "sigstore",
    "slsa-verifier",
    "signify",
    "openssl",
    "sum",
    "b3sum",
    "sha3sum",
    "get-authenticodesignature",
];

/// Whether `call` runs what it reads.
pub(super) fn runs_input(call: &Call) -> bool {
    if matches!(&*call.program, "iex" | "invoke-expression") {
        return true;
    }
    if !INTERPRETERS.contains(&&*call.program) || call.program == "java" {
        return false;
    }
    let is_shell =
        matches!(&*call.program, "ash" | "bash" | "dash" | "fish" | "ksh" | "sh" | "su" | "zsh");
    let mut arguments = call.arguments.iter().map(|it| it.text.as_str());
    while let Some(argument) = arguments.next() {
        match argument {
            "-" | "/dev/stdin" | "/proc/self/fd/0" | "--" => return true,
            "-s" if is_shell => return true,
            "-o" | "+o" | "-O" | "--rcfile" => _ = arguments.next(),
            flags if flags.starts_with('-') && is_shell => {
                if !flags.starts_with("--") && flags.contains('c') {
                    return false;
                }
                if !flags.starts_with("--") && flags.contains('s') {
                    return true;
                }
            }
            "-u" | "-E" | "-I" | "-B" => {}
            _ => return false,
        }
    }
    true
}

/// Whether `call` runs a file called as what it reads, `curl https://h/x | sh x`:
/// who writes that means it to be the same.
pub(super) fn runs_same(call: &Call, fetch: &Fetch) -> bool {
    let script = call.arguments.iter().find(|it| !it.text.starts_with('-'));
    runs_files(call) && script.is_some_and(|it| plain(&it.text) == base(&fetch.address))
}

/// Whether `call` runs the text of its words: `eval "$(curl …)"`.
pub(super) fn runs_text(call: &Call) -> bool {
    matches!(&*call.program, "eval" | "iex" | "invoke-expression")
        || INTERPRETERS.contains(&&*call.program)
            && call.arguments.iter().any(|it| it.text.starts_with('-') && it.text.ends_with('c'))
}

/// Whether `call` runs files that its words name.
pub(super) fn runs_files(call: &Call) -> bool {
    INTERPRETERS.contains(&&*call.program)
}

/// After so many commands nobody reads what one printed.
const USED_MAX: usize = 64;

/// Whether `call`, one of `commands`, says what a fetched file must be.
pub(super) fn checks(call: &Call, number: usize, commands: &[Command]) -> bool {
    // A sum that is printed and compared with nothing is none.
    let is_sum = call.program.ends_with("sum") && !call.has(&["-c", "--check"]);
    let is_plain = call.arguments.iter().all(|it| !it.text.starts_with("-c"));
    if is_sum && is_plain && !is_used(number, commands) {
        return false;
    }
    let has = |words: &[&str]| call.arguments.iter().any(|it| words.contains(&&*it.text));
    match &*call.program {
        "cosign" => has(&["verify-blob", "verify-blob-attestation"]),
        "gpg" | "gpg2" => has(&["--verify", "--decrypt", "-d"]),
        "openssl" => has(&["dgst", "cms", "pkeyutl", "sha256", "sha512"]),
        "gh" => has(&["attestation"]) && has(&["verify"]),
        // A function that is called for what it does.
        program => {
            CHECKERS.contains(&program)
                || ["checksum", "filehash", "sha256", "signature"]
                    .iter()
                    .any(|word| program.contains(word))
        }
    }
}

/// Whether anything takes what command `number` prints.
fn is_used(number: usize, commands: &[Command]) -> bool {
    let is_written =
        commands.get(number).is_some_and(|it| it.redirects.iter().any(|it| !it.is_input));
    let later = commands.get(number + 1..).unwrap_or_default();
    is_written
        || later.iter().take(USED_MAX).any(|it| {
            it.reads == Some(number) || it.words.iter().any(|word| word.inner.contains(&number))
        })
}

impl Files {
    /// From here on `fetch` is a file that nothing has checked; `at` is where it
    /// is fetched.
    pub(super) fn fetched(&mut self, fetch: Fetch, at: Range<usize>) {
        let Some(file) = &fetch.file else { return };
        match fetch.hold {
            Hold::Nothing => _ = self.files.insert(file.clone(), (fetch, at)),
            Hold::Commit | Hold::Open => _ = self.files.remove(file),
        }
    }

    /// What was fetched and is `said` was checked; everything where nothing of it
    /// is: who checks has his names elsewhere.
    pub(super) fn checked(&mut self, said: &[String]) {
        let said: HashSet<&str> = said.iter().filter_map(|text| text.rsplit('/').next()).collect();
        let is_said = |file: &str| said.contains(file.rsplit('/').next().unwrap_or_default());
        match self.files.keys().any(|file| is_said(file)) {
            true => self.files.retain(|file, _| !is_said(file)),
            false => {
                self.files.clear();
                self.unpacked.clear();
            }
        }
    }

    /// What `ADD` brought and nothing checked.
    pub(super) fn added(&self) -> Vec<(Fetch, Range<usize>)> {
        let mut added: Vec<_> =
            self.files.values().filter(|(fetch, _)| fetch.program == "ADD").cloned().collect();
        added.sort_by_key(|(_, at)| at.start);
        added.dedup_by_key(|(_, at)| at.start);
        added
    }

    /// What was fetched as `file`, which may be a pattern: `tar xf tool-*.tgz`.
    pub(super) fn fetched_as(&self, file: &str) -> Option<(Fetch, Range<usize>)> {
        if let Some(found) = self.files.get(file) {
            return Some(found.clone());
        }
        let (before, after) = file.split_once('*')?;
        let alike = self.files.iter().filter(|(name, _)| {
            name.strip_prefix(before).is_some_and(|rest| rest.ends_with(after))
        });
        alike.min_by_key(|(_, (_, at))| at.start).map(|(_, found)| found.clone())
    }

    /// The unchecked file that `call`, the program of `command`, runs or makes a
    /// program, and the word that says so.
    pub(super) fn run(
        &mut self,
        call: &Call,
        command: &Command,
    ) -> Option<(Fetch, Range<usize>, usize)> {
        if self.files.is_empty() {
            return None;
        }
        let words = &command.words;
        let own = words.get(call.word)?;
        if let Some((fetch, at)) = self.files.get(&plain(&own.text)) {
            return Some((fetch.clone(), at.clone(), call.word));
        }
        let rest = words.iter().enumerate().skip(call.word + 1);
        if matches!(&*call.program, "mv" | "cp" | "move-item" | "copy-item") {
            self.moved(words, call.word + 1);
            return None;
        }
        let is_program = match &*call.program {
            "chmod" => makes_program(words.get(call.word + 1..).unwrap_or_default()),
            "install" => !words.iter().any(|word| word.text == "-d"),
            "dpkg" | "rpm" | "installer" | "msiexec" | "start-process" | "apt" | "apt-get"
            | "dnf" | "yum" | "zypper" => true,
            _ => runs_files(call),
        };
        if !is_program {
            return None;
        }
        // What follows its script are a script's own words.
        let words_max = if runs_files(call) { 1 } else { usize::MAX };
        let (word, file) = rest
            .filter(|(_, word)| !word.text.starts_with('-'))
            .take(words_max)
            .map(|(number, word)| (number, plain(&word.text)))
            .find(|(_, file)| self.files.contains_key(file))?;
        let (fetch, at) = match matches!(&*call.program, "chmod" | "install") {
            // What runs it later is told by this.
            true => self.files.remove(&file)?,
            false => self.files.get(&file).cloned()?,
        };
        Some((fetch, at, word))
    }

    fn moved(&mut self, words: &[Word], from: usize) {
        let paths: Vec<&Word> =
            words.iter().skip(from).filter(|word| !word.text.starts_with('-')).collect();
        let Some((to, sources)) = paths.split_last() else { return };
        for source in sources {
            let Some((fetch, at)) = self.files.remove(&plain(&source.text)) else { continue };
            let file = plain(&into(&to.text, &source.text));
            let inside = format!("{}/{}", file.trim_end_matches('/'), base(&source.text));
            self.files.insert(inside, (fetch.clone(), at.clone()));
            self.files.insert(file, (fetch, at));
        }
    }
}

/// `+x`, `755`, `u=rwx`.
pub(super) fn makes_program(words: &[Word]) -> bool {
    let Some(mode) = words
        .iter()
        .map(|word| word.text.as_str())
        .find(|word| !word.starts_with("--") && *word != "-R")
    else {
        return false;
    };
    match mode.bytes().all(|byte| byte.is_ascii_digit()) {
        true => mode.bytes().any(|byte| (byte - b'0') % 2 == 1),
        false => mode.contains('x') && !mode.starts_with('-'),
    }
}

/// The name of a program for a message.
pub(super) fn shown(call: &Call) -> String {
    name(&call.path)
}
