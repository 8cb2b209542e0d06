//! What is downloaded and run: `curl … | sh`, `bash <(curl …)`, `sh -c "$(curl
//! …)"`, and a file that is downloaded, then run. A checksum or a signature that
//! is asked for in between settles it, and so does a commit in the address.

use std::collections::HashMap;
use std::ops::Range;

use super::call::{Call, name};
use super::scope::Scope;
use super::version::is_commit;
use crate::shell::{Command, Word};

/// Something of the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fetch {
    /// What fetches it.
    pub(super) program: String,
    /// Its address as far as it is known.
    pub(super) address: String,
    /// The file that it becomes; none for the output.
    pub(super) file: Option<String>,
    pub(super) hold: Hold,
}

/// What keeps an address from becoming something else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Hold {
    /// A commit.
    Commit,
    /// What would be the commit is a variable.
    Open,
    #[default]
    Nothing,
}

/// Files that were fetched and not checked, by their names.
#[derive(Debug, Default)]
pub(super) struct Files {
    files: HashMap<String, (Fetch, Range<usize>)>,
}

/// Programs that fetch by an address.
const FETCHERS: &[&str] = &[
    "aria2c",
    "curl",
    "curl.exe",
    "fetch",
    "http",
    "invoke-restmethod",
    "invoke-webrequest",
    "irm",
    "iwr",
    "start-bitstransfer",
    "wget",
];

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

/// Hosts of this machine.
const HERE: &[&str] = &["localhost", "127.0.0.1", "0.0.0.0", "[::1]", "host.docker.internal"];

/// What `call`, the program of `command`, fetches.
pub(super) fn fetch(call: &Call, command: &Command, scope: &Scope) -> Option<Fetch> {
    let words: Vec<&str> =
        command.words.iter().skip(call.word + 1).map(|word| word.text.as_str()).collect();
    let redirected = || {
        let written =
            command.redirects.iter().filter(|it| !it.is_input).map(|it| it.word.text.as_str());
        written
            .filter(|file| {
                !file.starts_with("/dev/") && !file.bytes().all(|byte| byte.is_ascii_digit())
            })
            .last()
    };
    let (addresses, file): (Vec<&str>, Option<String>) = match &*call.program {
        "gsutil" | "gcloud" | "aws" => cloud(&call.program, &words)?,
        program if FETCHERS.contains(&program) => {
            let mut addresses: Vec<&str> = words
                .iter()
                .copied()
                .filter(|word| word.contains("://") && !word.starts_with('-'))
                .collect();
            if addresses.is_empty() {
                addresses.extend(words.iter().copied().find(|word| !word.starts_with('-')));
            }
            let file = named_file(program, &words, addresses.first().copied());
            (addresses, file)
        }
        _ => return None,
    };
    let addresses: Vec<String> = addresses.into_iter().map(|it| scope.fill(it)).collect();
    if addresses.iter().any(|it| is_here(it)) {
        return None;
    }
    let file = file.filter(|file| file != "-").or_else(|| redirected().map(str::to_owned));
    Some(Fetch {
        program: call.program.clone(),
        hold: hold(&addresses),
        address: addresses.into_iter().next().unwrap_or_default(),
        file: file.map(|file| plain(&file)),
    })
}

fn hold(addresses: &[String]) -> Hold {
    let of = |address: &String| {
        let parts = || address.split(['/', '@', '?', '=', '&']);
        let is_versioned = ["raw.githubusercontent.com", "github.com", "gitlab.com"]
            .iter()
            .any(|host| address.contains(&format!("//{host}/")));
        match () {
            () if parts().any(is_commit) => Hold::Commit,
            () if is_versioned && parts().nth(5).is_some_and(|part| part == "$") => Hold::Open,
            () => Hold::Nothing,
        }
    };
    let holds = addresses.iter().map(of);
    holds.max_by_key(|hold| *hold as u8).unwrap_or_default()
}

fn is_here(address: &str) -> bool {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    scheme == "file"
        || HERE.iter().any(|host| {
            rest.strip_prefix(host)
                .is_some_and(|after| after.is_empty() || after.starts_with([':', '/']))
        })
}

/// The file that the options name.
fn named_file(program: &str, words: &[&str], address: Option<&str>) -> Option<String> {
    let is_curl = program.starts_with("curl");
    let (short, long): (char, &[&str]) = match program {
        "curl" | "curl.exe" => ('o', &["--output"]),
        "wget" => ('O', &["--output-document"]),
        "aria2c" | "http" | "fetch" => ('o', &["--out", "--output"]),
        _ => ('\0', &["-outfile", "-outf", "-destination", "-o"]),
    };
    let own_name = || address.map(base);
    let mut folder = None;
    let mut is_own = program == "wget" || program == "aria2c";
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        let lower = word.to_ascii_lowercase();
        let (option, value) = match word.split_once('=') {
            Some((option, value)) if word.starts_with("--") => (option, Some(value)),
            _ => (word, None),
        };
        if long.contains(&option) || (short == '\0' && long.contains(&&*lower)) {
            return value.or_else(|| words.next()).map(str::to_owned);
        }
        if matches!(option, "--output-dir" | "--directory-prefix" | "-P" | "-d" | "--dir")
            && !(is_curl && option == "-d")
        {
            folder = value.or_else(|| words.next());
            continue;
        }
        if is_curl && matches!(option, "--remote-name" | "--remote-name-all") {
            is_own = true;
        }
        // `-sSLo file`, `-qO- `, `-fsSLO`.
        let Some(flags) = word.strip_prefix('-').filter(|flags| !flags.starts_with('-')) else {
            continue;
        };
        if is_curl
            && flags.contains('O')
            && flags.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'#')
        {
            is_own = true;
        }
        let Some((before, after)) = flags.split_once(short) else { continue };
        if !before
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'#' || byte.is_ascii_digit())
        {
            continue;
        }
        return match after {
            "" => words.next().map(str::to_owned),
            after => Some(after.to_owned()),
        };
    }
    let own = own_name().filter(|_| is_own)?;
    Some(match folder {
        Some(folder) => format!("{}/{own}", folder.trim_end_matches('/')),
        None => own,
    })
}

/// `aws s3 cp`, `aws s3api get-object`, `gsutil cp`, `gcloud storage cp`.
fn cloud<'w>(program: &str, words: &[&'w str]) -> Option<(Vec<&'w str>, Option<String>)> {
    if program == "aws" && words.first() == Some(&"s3api") {
        if words.get(1) != Some(&"get-object") {
            return None;
        }
        let (key, to) = (words.iter().rev().nth(1)?, words.last()?);
        return Some((vec![key], Some(into(to, key))));
    }
    let at =
        words.iter().position(|word| word.starts_with("gs://") || word.starts_with("s3://"))?;
    let from = words.get(at)?;
    let to = words.get(at + 1).filter(|to| !to.starts_with('-') || **to == "-")?;
    let is_upload = to.starts_with("gs://") || to.starts_with("s3://");
    (!is_upload).then(|| (vec![*from], Some(into(to, from))))
}

/// The file `from` becomes in `to`, which may be a folder.
fn into(to: &str, from: &str) -> String {
    match to.ends_with('/') || matches!(to, "." | "..") {
        true => format!("{}/{}", to.trim_end_matches('/'), base(from)),
        false => to.to_owned(),
    }
}

fn base(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()
}

/// `./x` and `x` are one file.
fn plain(path: &str) -> String {
    path.trim_matches(['"', '\'']).trim_start_matches("./").replace("//", "/")
}

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

/// Whether `call` says what a fetched file must be.
pub(super) fn checks(call: &Call) -> bool {
    let has = |words: &[&str]| call.arguments.iter().any(|it| words.contains(&&*it.text));
    match &*call.program {
        "cosign" => has(&["verify-blob", "verify-blob-attestation"]),
        "gpg" | "gpg2" => has(&["--verify", "--decrypt", "-d"]),
        "openssl" => has(&["dgst", "cms", "pkeyutl", "sha256", "sha512"]),
        "gh" => has(&["attestation"]) && has(&["verify"]),
        program => CHECKERS.contains(&program),
    }
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

    /// Everything that was fetched was checked.
    pub(super) fn checked(&mut self) {
        self.files.clear();
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
fn makes_program(words: &[Word]) -> bool {
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

impl Fetch {
    /// What `ADD` of a Dockerfile brings.
    pub(super) fn added(address: &str, to: &str) -> Fetch {
        let addresses = [address.to_owned()];
        Fetch {
            program: "ADD".to_owned(),
            hold: hold(&addresses),
            address: address.to_owned(),
            file: Some(plain(&into(to, address))),
        }
    }
}
