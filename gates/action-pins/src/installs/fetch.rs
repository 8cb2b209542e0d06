//! What a command brings from the network: from where, and into which file.

use super::call::Call;
use super::scope::Scope;
use super::version::is_commit;
use crate::shell::{Command, Word};

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

/// Hosts of this machine.
const HERE: &[&str] = &["localhost", "127.0.0.1", "0.0.0.0", "[::1]", "host.docker.internal"];

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

/// `(New-Object Net.WebClient).DownloadString('…')` in `command`.
pub(super) fn download_string(command: &Command) -> Option<Fetch> {
    let calls = |word: &Word| word.text.to_ascii_lowercase().contains(".downloadstring");
    let is_called = command.words.iter().any(calls);
    is_called.then(|| Fetch { program: "DownloadString".to_owned(), ..Fetch::default() })
}

/// What `call`, the program of `command`, fetches.
pub(super) fn fetch(call: &Call, command: &Command, scope: &Scope) -> Option<Fetch> {
    let words: Vec<&str> =
        command.words.iter().skip(call.word + 1).map(|word| word.text.as_str()).collect();
    let redirected = || {
        let mut written =
            command.redirects.iter().filter(|it| !it.is_input).map(|it| it.word.text.as_str());
        written.rfind(|file| {
            !file.starts_with("/dev/") && !file.bytes().all(|byte| byte.is_ascii_digit())
        })
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
pub(super) fn into(to: &str, from: &str) -> String {
    match to.ends_with('/') || matches!(to, "." | "..") {
        true => format!("{}/{}", to.trim_end_matches('/'), base(from)),
        false => to.to_owned(),
    }
}

pub(super) fn base(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()
}

/// `./x` and `x` are one file.
pub(super) fn plain(path: &str) -> String {
    path.trim_matches(['"', '\'']).trim_start_matches("./").replace("//", "/")
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
