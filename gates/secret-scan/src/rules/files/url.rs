//! Passwords between a URL's scheme and its host (RFC 3986, 3.2.1), in JDBC
//! addresses and in connection strings.

use std::ops::Range;

use super::value;

const USER_LEN_MAX: usize = 128;
const PASSWORD_LEN_MIN: usize = 4;
const PASSWORD_LEN_MAX: usize = 256;

/// The password of the URL whose `://` is at `hit`; not of one that leads to
/// this machine, nor to a host that only an example has.
pub fn userinfo(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    if !text.get(hit.start.checked_sub(1)?)?.is_ascii_alphanumeric() {
        return None;
    }
    let rest = text.get(hit.end..)?;
    let is_user = |b: &u8| b.is_ascii_alphanumeric() || b"-._~%+!*=".contains(b);
    let user = rest.iter().take(USER_LEN_MAX).take_while(|b| is_user(b)).count();
    if rest.get(user) != Some(&b':') {
        return None;
    }
    let rest = rest.get(user + 1..)?;
    let is_secret = |b: &u8| b.is_ascii_graphic() && !b"/@:\"'`<>\\{}[]()$|,;".contains(b);
    let len = rest.iter().take(PASSWORD_LEN_MAX).take_while(|b| is_secret(b)).count();
    if rest.get(len) != Some(&b'@') || len < PASSWORD_LEN_MIN {
        return None;
    }
    let password = rest.get(..len)?;
    let host = rest.get(len + 1..)?;
    let is_host = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let host = host.get(..host.iter().take(255).take_while(is_host).count())?;
    let user = text.get(hit.end..hit.end + user)?;
    let from = hit.end + user.len() + 1;
    let is_told = is_public_host(host) && !value::is_weak(password, user);
    (is_told && !value::is_reference(password)).then_some(from..from + len)
}

/// Everything between the first `:` after the scheme and the last `@`: a line
/// of git's own store, where `@` and `/` may stand in a password.
pub fn git_store(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let is_scheme = |b: &&u8| b.is_ascii_alphanumeric();
    let len = text.get(..hit.start)?.iter().rev().take(8).take_while(is_scheme).count();
    let before = hit.start.checked_sub(len + 1).and_then(|at| text.get(at));
    if before.is_some_and(|byte| *byte != b'\n') {
        return None;
    }
    let line = text.get(hit.end..)?;
    let line = line.get(..memchr::memchr(b'\n', line).unwrap_or(line.len()))?;
    let at = memchr::memrchr(b'@', line)?;
    let colon = memchr::memchr(b':', line.get(..at)?)?;
    let found = line.get(colon + 1..at)?;
    let from = hit.end + colon + 1;
    (!found.is_empty() && !value::is_reference(found)).then_some(from..from + found.len())
}

/// The `password` of the JDBC address that begins at `hit`.
pub fn jdbc(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    const LEN_MAX: usize = 512;
    let rest = text.get(hit.end..)?.iter().take(LEN_MAX);
    let is_end = |b: &u8| b.is_ascii_whitespace() || b"\"'`<>".contains(b);
    let address = text.get(hit.end..hit.end + rest.take_while(|b| !is_end(b)).count())?;
    let at = find(address, b"password=")?;
    let parted = at.checked_sub(1).and_then(|at| address.get(at));
    parted.filter(|byte| b"?&;".contains(byte))?;
    parameter(text, hit.end + at + b"password=".len())
}

/// The signature after the `sig=` at `hit` of an address that Azure's storage signed: its
/// version stands beside it.
pub fn azure_sas(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    const SIDE_LEN_MAX: usize = 400;
    const LEN_MIN: usize = 43;
    const LEN_MAX: usize = 86;
    let before = text.get(hit.start.saturating_sub(SIDE_LEN_MAX)..hit.start)?;
    let is_end = |b: &u8| b.is_ascii_whitespace() || b"\"'`<>\\".contains(b);
    let from = before.iter().rposition(is_end).map_or(0, |at| at + 1);
    let rest = text.get(hit.end..)?.iter().take(SIDE_LEN_MAX);
    let after = text.get(hit.end..hit.end + rest.take_while(|b| !is_end(b)).count())?;
    // What is escaped in it is found once it is decoded; the padding is left out either way.
    let is_signature = |b: &&u8| b.is_ascii_alphanumeric() || b"+/_-".contains(b);
    let len = after.iter().take(LEN_MAX + 1).take_while(is_signature).count();
    let names = [&before[from..], after];
    let has = |name: &[u8]| names.iter().any(|part| memchr::memmem::find(part, name).is_some());
    let parted = before.last().is_some_and(|byte| b"?&;".contains(byte));
    let is_long = (LEN_MIN..=LEN_MAX).contains(&len);
    let digits = after.get(..len)?.iter().filter(|byte| byte.is_ascii_digit()).count();
    (parted && is_long && digits > 0 && has(b"sv=20") && has(b"sp="))
        .then_some(hit.end..hit.end + len)
}

/// The value after `Password=` at `hit` where the line is a connection string:
/// it names a server and parts its settings by semicolons.
pub fn connection_string(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    const SIDE_LEN_MAX: usize = 300;
    let before = text.get(hit.start.saturating_sub(SIDE_LEN_MAX)..hit.start)?;
    let line = memchr::memrchr(b'\n', before).map_or(before, |at| &before[at + 1..]);
    let parts = line.trim_ascii_end();
    let names_server =
        [&b"server="[..], b"data source=", b"host="].iter().any(|name| find(line, name).is_some());
    (parts.ends_with(b";") && names_server).then(|| parameter(text, hit.end))?
}

fn parameter(text: &[u8], from: usize) -> Option<Range<usize>> {
    let is_end = |b: &u8| b.is_ascii_whitespace() || b"&;\"'`<>\\".contains(b);
    let rest = text.get(from..)?.iter().take(PASSWORD_LEN_MAX);
    let len = rest.take_while(|b| !is_end(b)).count();
    let found = text.get(from..from + len)?;
    let is_secret = len >= PASSWORD_LEN_MIN
        && !value::is_reference(found)
        && !value::is_weak(found, b"")
        && !found.iter().any(|b| b"{}()+".contains(b));
    is_secret.then_some(from..from + len)
}

/// Where `word` (lower case) stands in `text`, any case.
fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|part| part.eq_ignore_ascii_case(word))
}

/// Whether `host` is one that others reach: it has a domain (RFC 2606 and
/// 6761 reserve some) and is no private address.
fn is_public_host(host: &[u8]) -> bool {
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix(b".").unwrap_or(&host);
    let ends = |ends: &[&str]| ends.iter().any(|end| host.ends_with(end.as_bytes()));
    let is_address = host.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let is_private = [&b"127."[..], b"10.", b"192.168.", b"172.", b"0.", b"1.2.3.", b"169.254."]
        .iter()
        .any(|net| host.starts_with(net));
    let is_named = host.iter().any(|b| b.is_ascii_alphabetic())
        && host.rsplit(|b| *b == b'.').next().is_some_and(|end| end.len() >= 2);
    memchr::memchr(b'.', host).is_some()
        && (is_named || (is_address && !is_private))
        && !ends(&["example.com", "example.org", "example.net", ".example", ".test", ".invalid"])
        && !ends(&[".local", ".localhost", ".internal", ".svc", "domain.com", "domain.tld"])
        && !ends(&["host.com", "server.com", "foo.com", "bar.com", "website.com", "company.com"])
        && !host.starts_with(b"localhost")
        && !host.starts_with(b"example.")
        && !host.starts_with(b"your")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line without `~`, which keeps what it holds from being found here.
    fn find(
        line: &str,
        keyword: &str,
        read: fn(&[u8], Range<usize>) -> Option<Range<usize>>,
    ) -> Option<String> {
        let line = line.replace('~', "");
        let at = line.find(keyword)?;
        let found = read(line.as_bytes(), at..at + keyword.len())?;
        line.get(found).map(str::to_owned)
    }

    #[test]
    fn a_password_for_a_host_that_others_reach() {
        let told = |line: &str| find(line, "://", userinfo);
        assert_eq!(told("amqps:~//app:kT9w-2@mq.acme.io/x").as_deref(), Some("kT9w-2"));
        assert_eq!(told("redis:~//:kT9w-2@198.51.100.7:6379").as_deref(), Some("kT9w-2"));
        for line in [
            "postgres:~//app:kT9w-2@localhost/x",
            "postgres:~//app:kT9w-2@db:5432/x",
            "https:~//app:kT9w-2@example.com",
            "https:~//app:${PASSWORD}@mq.acme.io",
            "https:~//user:password@mq.acme.io",
            "https://mq.acme.io:8080/a@b",
            "https://github.com/a:b@c.de",
            ":~//a:kT9w-2@mq.acme.io",
        ] {
            assert_eq!(told(line), None, "{line}");
        }
    }

    #[test]
    fn a_store_keeps_whatever_stands_before_the_last_at() {
        let told = |line: &str| find(line, "://", git_store);
        assert_eq!(told("https:~//me@acme.io:p!#@498@github.com\n").as_deref(), Some("p!#@498"));
        assert_eq!(told("see https:~//me@acme.io:p!#@498@github.com\n"), None);
    }

    #[test]
    fn a_signed_address() {
        let sign = crate::rules::sample::Numbers::of("sas").text("0-9A-Za-z", 43);
        let told = |line: &str| find(line, "sig=", azure_sas);
        let line = format!("https://a.blob.core.windows.net/b?sv=2022-11-02&sp=r&sig={sign}%3D'");
        assert_eq!(told(&line).as_ref(), Some(&sign));
        assert_eq!(told(&line.replace("sv=", "v=")), None);
        assert_eq!(told(&line.replace(&sign, "SIGNATURE")), None);
    }

    #[test]
    fn parameters_of_connections() {
        let told = |line: &str| find(line, "jdbc:", jdbc);
        let line = "url=jd~bc:mysql://h/db?user=a&password=kT9w-2&x=1";
        assert_eq!(told(line).as_deref(), Some("kT9w-2"));
        let told = |line: &str| find(line, "Password=", connection_string);
        let line = "\"Server=h;User Id=a;Pass~word=kT9w-2;\"";
        assert_eq!(told(line).as_deref(), Some("kT9w-2"));
        assert_eq!(told(&line.replace("Server", "Servus")), None);
    }
}
