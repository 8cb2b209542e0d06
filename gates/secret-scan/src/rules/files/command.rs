//! Passwords that a command is given on its own line: whoever may list processes sees them,
//! and whoever reads the script.

use std::ops::Range;

use super::value;

/// A command and the options of it that take a password.
struct Command {
    name: &'static str,
    /// A word that must come first: `docker login`.
    verb: &'static str,
    /// Options with the password as the next word, or after `=`.
    options: &'static [&'static str],
    /// An option with the password right behind it.
    glued: &'static str,
    /// What stands in the option's value before the password: `pass:`.
    mark: &'static str,
}

const fn takes(name: &'static str, options: &'static [&'static str]) -> Command {
    Command { name, verb: "", options, glued: "", mark: "" }
}

const fn mysql(name: &'static str) -> Command {
    Command { glued: "-p", ..takes(name, &["--password="]) }
}

const fn login(name: &'static str) -> Command {
    Command { verb: "login", ..takes(name, &["-p", "--password"]) }
}

const fn mongo(name: &'static str) -> Command {
    takes(name, &["-p", "--password"])
}

const fn ldap(name: &'static str) -> Command {
    takes(name, &["-w"])
}

/// What the manual of each says.
const COMMANDS: &[Command] = &[
    mysql("mysql"),
    mysql("mysqldump"),
    mysql("mysqladmin"),
    mysql("mysqlimport"),
    mysql("mysqlcheck"),
    mysql("mysqlsh"),
    mysql("mariadb"),
    mysql("mariadb-dump"),
    mysql("mariadb-admin"),
    takes("redis-cli", &["-a", "--pass"]),
    takes("redis-server", &["--requirepass", "--masterauth"]),
    login("docker"),
    login("podman"),
    login("buildah"),
    login("skopeo"),
    login("helm"),
    login("oras"),
    login("crane"),
    login("az"),
    ldap("ldapsearch"),
    ldap("ldapmodify"),
    ldap("ldapadd"),
    ldap("ldapdelete"),
    ldap("ldappasswd"),
    ldap("ldapwhoami"),
    mongo("mongo"),
    mongo("mongosh"),
    mongo("mongodump"),
    mongo("mongorestore"),
    mongo("mongoexport"),
    mongo("mongoimport"),
    takes("sqlcmd", &["-P"]),
    takes("bcp", &["-P"]),
    takes("mosquitto_pub", &["-P", "--pw"]),
    takes("mosquitto_sub", &["-P", "--pw"]),
    takes("wget", &["--password", "--http-password", "--ftp-password", "--proxy-password"]),
    Command { mark: "pass:", ..takes("openssl", &["-passin", "-passout", "-pass"]) },
    takes("keytool", &["-storepass", "-keypass", "-srcstorepass", "-deststorepass"]),
    takes("jarsigner", &["-storepass", "-keypass"]),
    takes("gpg", &["--passphrase"]),
    takes("nuget", &["-Password"]),
    Command { mark: "%", ..takes("smbclient", &["-U", "--user"]) },
    Command { mark: ",", ..takes("lftp", &["-u"]) },
];

/// The names of those commands, and how a password gets into others.
pub const KEYWORDS: &[&str] = &[
    "mysql",
    "mariadb",
    "redis-",
    "docker",
    "podman",
    "buildah",
    "skopeo",
    "helm",
    "oras",
    "crane",
    "az login",
    "ldap",
    "mongo",
    "sqlcmd",
    "bcp",
    "mosquitto_",
    "wget",
    "openssl",
    "keytool",
    "jarsigner",
    "gpg",
    "nuget",
    "smbclient",
    "lftp",
    "htpasswd",
    "chpasswd",
    "--password-stdin",
];

const COMMAND_LEN_MAX: usize = 1000;
const VALUE_LEN_MIN: usize = 6;
const VALUE_LEN_MAX: usize = 128;

/// The password in the command whose name begins at `hit`.
pub fn password(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let range = match text.get(hit.clone())?.to_ascii_lowercase().as_slice() {
        b"chpasswd" | b"--password-stdin" => piped(text, &hit)?,
        _ => {
            let (name, start) = called(text, &hit)?;
            if name == b"htpasswd" {
                third(text, start)?
            } else {
                let command = COMMANDS.iter().find(|command| command.name.as_bytes() == name)?;
                of_options(command, text, start)?
            }
        }
    };
    is_secret(text.get(range.clone())?).then_some(range)
}

/// Whether a command begins at `hit` that goes on on the next line.
pub fn reads_on(text: &[u8], hit: &Range<usize>) -> bool {
    called(text, hit).is_some_and(|(_, start)| {
        let rest = text.get(start..).unwrap_or_default();
        let rest = &rest[..rest.len().min(COMMAND_LEN_MAX)];
        let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
        line.trim_ascii_end().ends_with(b"\\")
    })
}

/// The whole name of the command that the keyword at `hit` opens, and where its words begin.
fn called<'a>(text: &'a [u8], hit: &Range<usize>) -> Option<(&'a [u8], usize)> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let before = hit.start.checked_sub(1).and_then(|at| text.get(at));
    if before.is_some_and(|byte| is_name(*byte) || matches!(byte, b'.' | b'@' | b'=')) {
        return None;
    }
    let rest = text.get(hit.start..)?;
    let len = rest.iter().take(24).take_while(|byte| is_name(**byte)).count();
    matches!(rest.get(len), Some(b' ' | b'\t')).then_some((&rest[..len], hit.start + len))
}

/// What the first of a command's options that takes a password is given.
fn of_options(command: &Command, text: &[u8], start: usize) -> Option<Range<usize>> {
    let mut is_told = command.verb.is_empty();
    let found = words(text, start).find_map(|at| {
        let rest = text.get(at..)?;
        is_told |= rest.starts_with(command.verb.as_bytes());
        if !command.glued.is_empty() && rest.starts_with(command.glued.as_bytes()) {
            return literal(text, at + command.glued.len());
        }
        let option = command.options.iter().find(|option| rest.starts_with(option.as_bytes()))?;
        let end = at + option.len();
        let gap = text.get(end..)?.iter().take(8);
        let gap = gap.take_while(|byte| matches!(byte, b' ' | b'\t' | b'=')).count();
        let is_whole = gap > 0 || option.ends_with('=');
        is_whole.then(|| literal(text, behind(command.mark, text, end + gap)?))?
    })?;
    is_told.then_some(found)
}

/// Where the word at `at` goes on behind `mark`.
fn behind(mark: &str, text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?.iter().take(VALUE_LEN_MAX);
    let word = text.get(at..at + rest.take_while(|byte| !byte.is_ascii_whitespace()).count())?;
    Some(at + memchr::memmem::find(word, mark.as_bytes())? + mark.len())
}

/// `htpasswd -b FILE USER PASSWORD`, without the file with `-n`.
fn third(text: &[u8], start: usize) -> Option<Range<usize>> {
    let mut flags: Vec<u8> = Vec::new();
    let mut plain = words(text, start).filter(|at| {
        let rest = text.get(*at..).unwrap_or_default();
        let is_flag = rest.first() == Some(&b'-');
        if is_flag {
            flags.extend(rest.iter().take_while(|byte| !byte.is_ascii_whitespace()));
        }
        !is_flag
    });
    let places = [plain.next(), plain.next(), plain.next()];
    drop(plain);
    let at = places[if flags.contains(&b'n') { 1 } else { 2 }]?;
    flags.contains(&b'b').then(|| literal(text, at))?
}

/// `echo 'user:password' | chpasswd`, `echo 'password' | docker login --password-stdin`.
fn piped(text: &[u8], hit: &Range<usize>) -> Option<Range<usize>> {
    let before = text.get(hit.start.saturating_sub(COMMAND_LEN_MAX)..hit.start)?;
    let line = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let before = before.get(line..)?;
    let from = hit.start - before.len();
    let echo = memchr::memmem::rfind(before, b"echo ")?;
    let pipe = echo + memchr::memchr(b'|', &before[echo..])?;
    let mut at = from + echo + b"echo ".len();
    while text.get(at) == Some(&b'-') {
        at += text.get(at..)?.iter().take_while(|byte| **byte != b' ').count() + 1;
    }
    let found = literal(text, at).filter(|found| found.end <= from + pipe)?;
    let is_pair = text.get(hit.start) != Some(&b'-');
    let colon = memchr::memchr(b':', text.get(found.clone())?);
    if is_pair { Some(found.start + colon? + 1..found.end) } else { Some(found) }
}

/// Where the words of the command begin that goes on at `start`; lines that end in a
/// backslash go on.
fn words(text: &[u8], start: usize) -> impl Iterator<Item = usize> {
    let rest = text.get(start..).unwrap_or_default();
    let rest = &rest[..rest.len().min(COMMAND_LEN_MAX)];
    let (mut quote, mut before) = (None, [b' ', b' ']);
    let is_in = rest.iter().map_while(move |byte| {
        let is_start = before[1].is_ascii_whitespace() && !byte.is_ascii_whitespace();
        let is_start = is_start && quote.is_none() && *byte != b'\\';
        match (quote, byte) {
            (None, b'\n') if !matches!(before, [_, b'\\'] | [b'\\', b'\r']) => return None,
            (None, b'|' | b';' | b'&' | b'`') => return None,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(_), b'\n') => return None,
            (Some(open), byte) if *byte == open => quote = None,
            _ => {}
        }
        before = [before[1], *byte];
        Some(is_start)
    });
    is_in.enumerate().filter(|(_, is_start)| *is_start).map(move |(at, _)| start + at)
}

/// The word at `from`, without its quotes.
fn literal(text: &[u8], from: usize) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    let escape = usize::from(rest.first() == Some(&b'\\'));
    let quote = rest.get(escape).filter(|byte| matches!(byte, b'"' | b'\''));
    if let Some(quote) = quote {
        let inner = rest.get(escape + 1..)?;
        let len = inner.iter().take(VALUE_LEN_MAX).position(|b| b == quote || *b == b'\n')?;
        let len = len.saturating_sub(escape);
        let start = from + escape + 1;
        return (inner.get(len + escape) == Some(quote)).then_some(start..start + len);
    }
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`|;&<>()\\,".contains(byte);
    let len = rest.iter().take(VALUE_LEN_MAX + 1).take_while(|byte| !is_end(byte)).count();
    // A command in a sentence ends with a mark.
    let kept = rest[..len].strip_suffix(b".").unwrap_or(&rest[..len]);
    (len <= VALUE_LEN_MAX && !kept.is_empty()).then_some(from..from + kept.len())
}

/// Whether it is a password, and not another option, a word, or where one is.
fn is_secret(found: &[u8]) -> bool {
    found.len() >= VALUE_LEN_MIN
        && !found.starts_with(b"-")
        && !found.iter().any(u8::is_ascii_whitespace)
        && found.iter().any(u8::is_ascii_digit)
        && !value::is_reference(found)
        && !value::is_weak(found, b"")
        && !STAND_INS.iter().any(|word| memchr::memmem::find(found, word.as_bytes()).is_some())
}

/// Words in what manuals give commands.
const STAND_INS: &[&str] = &["pass", "PASS", "Pass", "pwd", "PWD", "secret", "SECRET", "test"];

#[cfg(test)]
mod tests {
    use super::*;

    /// A line without `~`, which keeps what it holds from being found here.
    fn find(line: &str) -> Option<String> {
        let line = line.replace('~', "");
        let lower = line.to_ascii_lowercase();
        KEYWORDS.iter().find_map(|keyword| {
            let at = lower.find(keyword)?;
            let found = password(line.as_bytes(), at..at + keyword.len())?;
            line.get(found).map(str::to_owned)
        })
    }

    #[test]
    fn passwords_of_commands() {
        for line in [
            "my~sql -u a -p'k9T-w2x' main",
            "my~sql -ua -pk9T-w2x main",
            "/usr/bin/my~sqldump --password=\"k9T-w2x\" main",
            "redis~-cli -h c.acme.io -a k9T-w2x FLUSHALL",
            "dock~er login -u a --password k9T-w2x r.acme.io",
            "dock~er login \\\n  -u a \\\n  -p 'k9T-w2x' r.acme.io",
            "- run: sh \\\"dock~er login -u a -p k9T-w2x r.acme.io\\\"",
            "ldap~search -D cn=a -w k9T-w2x -b dc=a",
            "ht~passwd -bc users me k9T-w2x",
            "ht~passwd -nbB me k9T-w2x",
            "open~ssl rsa -pa~ssin pa~ss:k9T-w2x -in a.pem",
            "smb~client //a/b -U 'me%k9T-w2x'",
            "lf~tp -u me,'k9T-w2x' ftp.acme.io",
            "echo 'root:k9T-w2x' | chpass~wd",
            "echo -n k9T-w2x | dock~er login -u a --pass~word-stdin",
        ] {
            assert_eq!(find(line).as_deref(), Some("k9T-w2x"), "{line}");
        }
    }

    #[test]
    fn what_is_none() {
        for line in [
            "my~sql -u a -p main",
            "my~sql -u a -p\"$PASSWORD\" main",
            "my~sql -u a -p${PASSWORD} main",
            "my~sql -u a; other -pk9T-w2x",
            "docker~ run -p 8080:80 k9T-w2x",
            "docker~ run -e A=b -p k9T-w2x",
            "docker~ login -u a -p mypassword1 r.acme.io",
            "docker~ login -u a -p --x9",
            "image: my~sql:8 -pk9T-w2x",
            "redis~-cli -a $(cat k9T-w2x)",
            "ht~passwd -c users k9T-w2x",
            "echo \"$PW\" | docker~ login --password-stdin",
            "chpass~wd",
            "my~sql",
        ] {
            assert_eq!(find(line), None, "{line}");
        }
    }
}
