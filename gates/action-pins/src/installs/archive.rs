//! What a command unpacks: tar, unzip and their like.

use super::call::Call;
use super::fetch::{base, plain};

/// What comes out of an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Archive {
    /// Its file; none where it is read from another command.
    pub(super) file: Option<String>,
    /// Where it is unpacked; empty where the script stands.
    pub(super) folder: String,
    /// What is taken out of it, if not everything.
    pub(super) members: Vec<String>,
    /// The one file that it becomes: `gunzip x.gz`.
    pub(super) becomes: Option<String>,
}

/// Options of tar with a value, by their letters.
const TAR_LETTERS: &str = "fCbITXKNVgLHF";

/// The same by their names.
const TAR_OPTIONS: &[&str] = &[
    "--directory",
    "--exclude",
    "--file",
    "--group",
    "--mode",
    "--owner",
    "--strip",
    "--strip-components",
    "--transform",
    "--use-compress-program",
    "--xform",
];

/// What `call` unpacks.
pub(super) fn archive(call: &Call) -> Option<Archive> {
    let words: Vec<&str> = call.arguments.iter().map(|it| it.text.as_str()).collect();
    let archive = match &*call.program {
        "tar" | "bsdtar" | "gtar" => tar(&words)?,
        "unzip" => by(&words, &["-d"], |_| None),
        "7z" | "7za" | "7zz" | "7zr" if matches!(words.first(), Some(&("x" | "e"))) => {
            by(words.get(1..)?, &[], |word| word.strip_prefix("-o"))
        }
        "dpkg-deb" | "dpkg" if words.iter().any(|it| matches!(*it, "-x" | "-X" | "--extract")) => {
            let mut words = words.iter().filter(|it| !it.starts_with('-'));
            let file = words.next().map(|it| plain(it));
            let folder = words.next().map(|it| plain(it)).unwrap_or_default();
            Archive { file, folder, ..Archive::default() }
        }
        "expand-archive" => {
            let value = |names: &[&str]| call.value_ignoring_case(names).map(plain);
            let mut own = words.iter().filter(|it| !it.starts_with('-'));
            let file = value(&["-path", "-literalpath"]).or_else(|| own.next().map(|it| plain(it)));
            let folder = value(&["-destinationpath"]).unwrap_or_default();
            Archive { file, folder, ..Archive::default() }
        }
        "gunzip" | "unxz" | "bunzip2" | "unzstd" | "unlz4" | "unlzma" => stream(&words)?,
        "gzip" | "xz" | "bzip2" | "zstd" | "lz4" | "brotli" => {
            let is_back = |it: &&&str| {
                matches!(**it, "--decompress" | "--uncompress")
                    || it
                        .strip_prefix('-')
                        .is_some_and(|it| !it.starts_with('-') && it.contains('d'))
            };
            words.iter().find(is_back)?;
            stream(&words)?
        }
        _ => return None,
    };
    Some(archive)
}

fn tar(words: &[&str]) -> Option<Archive> {
    let mut archive = Archive::default();
    let mut is_extraction = false;
    let mut words = words.iter().copied().enumerate();
    while let Some((number, word)) = words.next() {
        let mut set = |letter: char, value: &str| match letter {
            'f' => archive.file = Some(plain(value)).filter(|file| file != "-"),
            'C' => archive.folder = plain(value),
            _ => {}
        };
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            is_extraction |= matches!(long, "extract" | "get");
            let takes = TAR_OPTIONS.contains(&name);
            let value = match (takes, value) {
                (true, "") => words.next().map_or("", |(_, value)| value),
                (_, value) => value,
            };
            match name {
                "--file" => set('f', value),
                "--directory" | "--one-top-level" => set('C', value),
                _ => {}
            }
        } else if word.starts_with('-') || number == 0 {
            let is_dashed = word.starts_with('-');
            let letters = word.trim_start_matches('-');
            for (at, letter) in letters.char_indices() {
                is_extraction |= letter == 'x';
                if !TAR_LETTERS.contains(letter) {
                    continue;
                }
                let rest = letters.get(at + letter.len_utf8()..).unwrap_or_default();
                if is_dashed && !rest.is_empty() {
                    set(letter, rest);
                    break;
                }
                set(letter, words.next().map_or("", |(_, value)| value));
            }
        } else if archive.members.len() < MEMBERS_MAX {
            archive.members.push(plain(word));
        }
    }
    is_extraction.then_some(archive)
}

/// So many members of an archive are told apart.
const MEMBERS_MAX: usize = 32;

/// `unzip x.zip member -d folder`.
fn by<'w>(
    words: &[&'w str],
    folders: &[&str],
    inline: impl Fn(&'w str) -> Option<&'w str>,
) -> Archive {
    let mut archive = Archive::default();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        if folders.contains(&word) {
            archive.folder = words.next().map(plain).unwrap_or_default();
        } else if let Some(folder) = inline(word) {
            archive.folder = plain(folder);
        } else if word.starts_with('-') {
        } else if archive.file.is_none() {
            archive.file = Some(plain(word));
        } else if archive.members.len() < MEMBERS_MAX {
            archive.members.push(plain(word));
        }
    }
    archive
}

/// `gunzip x.gz`: nothing where it writes what another command reads.
fn stream(words: &[&str]) -> Option<Archive> {
    let file = words.iter().find(|it| !it.starts_with('-'))?;
    let file = plain(file);
    let becomes = file.rsplit_once('.').map(|(stem, _)| stem.to_owned());
    Some(Archive { file: Some(file), becomes, ..Archive::default() })
}

/// Parts of addresses and paths that name no program.
const GENERIC: &[&str] = &[
    "amd64",
    "arm64",
    "archive",
    "bin",
    "build",
    "com",
    "download",
    "downloads",
    "github",
    "http",
    "https",
    "install",
    "lib",
    "linux",
    "main",
    "master",
    "org",
    "release",
    "releases",
    "setup",
    "share",
    "src",
    "tar",
    "test",
    "usr",
    "www",
    "x86",
    "zip",
];

/// Whether a part of `path` is called in `address`: `linux-amd64/helm` of
/// `https://get.helm.sh/helm-v3.1.2-linux-amd64.tar.gz`.
pub(super) fn is_named(path: &str, address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    let parts = path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    parts.map(stem).any(|part| {
        let is_number = part.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
        let is_name = part.len() > 1 && !is_number && !GENERIC.contains(&&*part);
        is_name && contains_word(&address, &part)
    })
}

/// `Tool.exe` → `tool`, `tool-*` → `tool`.
fn stem(part: &str) -> String {
    let part = part.to_ascii_lowercase();
    let part = part.strip_suffix(".exe").unwrap_or(&part);
    let part = part.split(['*', '$', '{']).next().unwrap_or_default();
    part.trim_end_matches(['-', '_', '.']).to_owned()
}

fn contains_word(text: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|it| it.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|it| it.chars().next());
        !is_part(before) && !is_part(after)
    })
}

/// Whether programs are looked for in `folder`, or below it as on every system.
pub(super) fn is_for_programs(folder: &str) -> bool {
    let folder = folder.trim_matches(['"', '\'']);
    let bare = folder.trim_end_matches('/');
    match bare {
        "" => !folder.is_empty(),
        "/usr" | "/usr/local" | "bin" => true,
        _ => bare.ends_with("/bin") || bare.ends_with("/sbin"),
    }
}

/// Whether a file put at `to` is put where programs are looked for.
pub(super) fn is_program_place(to: &str) -> bool {
    let to = to.trim_matches(['"', '\'']);
    let folder = to.rsplit_once('/').map_or("", |(folder, _)| folder);
    is_for_programs(to) && base(to) != "usr" || is_for_programs(folder) && folder != "/usr"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::installs::call::call;
    use crate::installs::scope::Scope;
    use crate::shell::{Dialect, parse};

    fn read(script: &str) -> Option<(Option<String>, String, Vec<String>)> {
        let commands = parse(script, Dialect::Posix);
        let archive = archive(&call(commands.last()?, &Scope::default())?)?;
        Some((archive.file, archive.folder, archive.members))
    }

    #[test]
    fn every_spelling_of_tar() {
        let whole = |file: Option<&str>, folder: &str, members: &[&str]| {
            let members = members.iter().map(|it| (*it).to_owned()).collect();
            Some((file.map(str::to_owned), folder.to_owned(), members))
        };
        assert_eq!(read("tar -xzf a.tgz"), whole(Some("a.tgz"), "", &[]));
        assert_eq!(read("tar xzf a.tgz -C /b c"), whole(Some("a.tgz"), "/b", &["c"]));
        assert_eq!(read("tar xCf b a.tgz"), whole(Some("a.tgz"), "b", &[]));
        assert_eq!(read("tar -C b --strip-components 1 -xvfa.tgz"), whole(Some("a.tgz"), "b", &[]));
        assert_eq!(read("tar --extract --file=a --directory b"), whole(Some("a"), "b", &[]));
        assert_eq!(read("tar -xz -"), whole(None, "", &[]));
        assert_eq!(read("tar xzf - c"), whole(None, "", &["c"]));
        assert_eq!(read("tar czf a.tgz b"), None);
        assert_eq!(read("tar -tf a.tgz"), None);
        assert_eq!(read("unzip -q a.zip -d b c"), whole(Some("a.zip"), "b", &["c"]));
        assert_eq!(read("7z x a.7z -ob c"), whole(Some("a.7z"), "b", &["c"]));
        assert_eq!(read("gunzip -f a.gz"), whole(Some("a.gz"), "", &[]));
        assert_eq!(read("gzip a"), None);
    }

    #[test]
    fn names_and_places() {
        let address = "https://get.helm.sh/helm-v3.1.2-linux-amd64.tar.gz";
        for named in
            ["helm", "linux-amd64/helm", "./Helm.exe", "helm-v3.1.2-linux-amd64/x", "helm-*/x"]
        {
            assert!(is_named(named, address), "{named}");
        }
        for other in ["amd64", "hel", "x", "v3.1", "linux/x", "./install.sh"] {
            assert!(!is_named(other, address), "{other}");
        }
        for place in [
            "/usr/local/bin",
            "/usr/local/bin/",
            "/usr/local/bin/x",
            "~/.local/bin",
            "$HOME/bin/x",
            "/bin",
        ] {
            assert!(is_program_place(place), "{place}");
        }
        for place in ["/opt/x", ".", "x", "/usr/share/x", "/etc/x", "/srv"] {
            assert!(!is_program_place(place), "{place}");
        }
        assert!(is_for_programs("/usr/local") && is_for_programs("/") && !is_for_programs(""));
    }
}
