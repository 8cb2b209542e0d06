//! Words about secrets that do not hold them.

use std::borrow::Cow;
use std::fmt::Write as _;

use camino::Utf8Path;
use kernel::{Example, Finding, Fix, Location, ObjectId, Remark, Rule, Severity, SourceFile};

use crate::ID;
use crate::engine::Hit;
use crate::engine::text::Page;
use crate::rules::format::{Format, Source};
use crate::rules::{self, Finder, Spec, files, private_key, sample};
use crate::tier;

/// Characters of a line kept on either side of a secret as its finding's key.
const KEY_SIDE_LEN_MAX: usize = 60;
/// Bytes of a line looked at for it.
const LINE_LEN_MAX: usize = 2000;

/// A file, in the judged tree or as a commit left it.
pub fn at(path: &Utf8Path, commit: Option<&ObjectId>) -> Location {
    Location { path: path.to_owned(), span: None, commit: commit.cloned() }
}

/// The finding for `hit`.
pub fn finding(spec: &Spec, page: &Page<'_>, hit: &Hit, at: Location) -> Finding {
    let text = page.text;
    // A place in a member of an archive is none in the archive.
    let span = hit.member().is_none().then(|| page.span(&hit.secret));
    let path = hit.path(at.path.as_str()).to_string();
    let place = (hit.text(text), hit.secret_in_text());
    let severity = tier::severity(spec, place, path.as_str().into());
    let at = Location { span, ..at };
    let mut finding = Finding::new(rule_id(spec), at, message(spec, text, hit))
        .label("a secret stands here")
        .fix(Fix::note(FIX))
        .key(key(text, hit))
        .hide_source();
    finding.severity = severity;
    finding
}

/// The finding of a rule about paths.
pub fn path_finding(spec: &Spec, at: Location) -> Finding {
    let message = format!("a file of this name is {}", article(&spec.description));
    let key = at.path.to_string();
    Finding::new(rule_id(spec), at, message).fix(Fix::note(FIX)).key(key).hide_source()
}

/// The finding of a secret in a file's name; `at` names the file without it.
pub fn name_finding(spec: &Spec, at: Location) -> Finding {
    let message =
        format!("the name of this file holds what looks like {}", article(&spec.description));
    let key = at.path.to_string();
    Finding::new(rule_id(spec), at, message).fix(Fix::note(FIX)).key(key).hide_source()
}

const FIX: &str = "revoke it where it was issued, then take it out of the file and the history; if it is no secret, allow it in .gitleaks.toml";

fn rule_id(spec: &Spec) -> Cow<'static, str> {
    Cow::Owned(format!("{ID}/{}", spec.id))
}

fn message(spec: &Spec, text: &[u8], hit: &Hit) -> String {
    let len = hit.value(text).iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
    let mut message = format!("this looks like {} ({len} characters)", article(&spec.description));
    match hit.checksum_holds {
        Some(true) => message.push_str("; its checksum is right, so it was issued"),
        Some(false) => message.push_str("; its checksum is wrong, so it may be made up"),
        None => {}
    }
    match (hit.member(), &hit.within) {
        (Some(member), _) if member.path.is_empty() => {
            let _ = write!(message, ", in line {} of what is compressed here", member.line);
        }
        (Some(member), _) => {
            let _ =
                write!(message, ", in line {} of '{}' in this archive", member.line, member.path);
        }
        (None, Some(_)) => message.push_str("; it is encoded here"),
        (None, None) => {}
    }
    if let Some(condition) = private_key::condition(&spec.id, hit.value(text)) {
        let _ = write!(message, "; {condition}");
    }
    message
}

fn article(what: &str) -> String {
    let first = what.chars().next().unwrap_or('x').to_ascii_lowercase();
    let article = if "aeio18".contains(first) { "an" } else { "a" };
    format!("{article} {what}")
}

/// What stays the same while lines move: the line around the secret, with it
/// and whatever else could be a secret blanked.
fn key(text: &[u8], hit: &Hit) -> String {
    let (text, secret, member) = match hit.member() {
        None => (text, &hit.secret, String::new()),
        Some(member) => (hit.text(text), hit.secret_in_text(), format!("{}: ", member.path)),
    };
    let before = text.get(secret.start.saturating_sub(LINE_LEN_MAX)..secret.start);
    let before = before.unwrap_or_default().rsplit(|byte| *byte == b'\n').next();
    let after = text.get(secret.end..text.len().min(secret.end + LINE_LEN_MAX));
    let after = after.unwrap_or_default().split(|byte| *byte == b'\n').next();
    // Blanked first and cut then, so that no end of another secret remains.
    let (before, after) = (blanked(before.unwrap_or_default()), blanked(after.unwrap_or_default()));
    let kept = before.char_indices().rev().nth(KEY_SIDE_LEN_MAX).map_or(0, |(at, _)| at);
    let before = before.get(kept..).unwrap_or_default();
    let after: String = after.chars().take(KEY_SIDE_LEN_MAX).collect();
    format!("{member}{before}***{after}").trim().to_owned()
}

/// `bytes` with every word blanked that could be a secret: eight characters
/// and more, with a digit or in mixed case.
fn blanked(bytes: &[u8]) -> String {
    const LEN_MIN: usize = 8;
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| c.is_whitespace() || "\"'`,;".contains(c)) {
        let end = word.trim_end_matches(|c: char| c.is_whitespace() || "\"'`,;".contains(c)).len();
        let (word, end) = word.split_at(end);
        let is_mixed = word.contains(|c: char| c.is_ascii_digit())
            || (word.contains(|c: char| c.is_ascii_lowercase())
                && word.chars().skip(1).any(|c| c.is_ascii_uppercase()));
        let is_secret = word.len() >= LEN_MIN && is_mixed;
        out.push_str(if is_secret { "***" } else { word });
        out.push_str(end);
    }
    out
}

/// What a file leaves for the whole to judge: only where, never what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Its text, which was not scanned: the history is likely to hold it.
    Text,
    /// Hits in its text.
    Hits,
    /// Its name, which holds a secret.
    Name,
    /// Nothing: it is a pointer, and what it points to was not looked at.
    Pointer,
}

impl Left {
    const ALL: [Left; 4] = [Left::Text, Left::Hits, Left::Name, Left::Pointer];

    fn about(self) -> &'static str {
        match self {
            Left::Text => "text",
            Left::Hits => "hits",
            Left::Name => "name",
            Left::Pointer => "lfs-pointer",
        }
    }

    /// What `remark` leaves.
    pub fn of(remark: &Remark) -> Option<Left> {
        Left::ALL.into_iter().find(|left| left.about() == remark.about)
    }
}

/// Leaves `what` of `file`; the remark says the name of its blob.
pub fn left(what: Left, file: &SourceFile) -> Remark {
    let says = file.id().map_or_else(String::new, ObjectId::to_string);
    Remark { about: what.about().into(), says, at: at(file.path(), None) }
}

/// The rule as the kernel knows it, with examples made now.
pub fn rule(spec: &Spec) -> Rule {
    let (bad, good) = examples(spec);
    Rule {
        id: rule_id(spec),
        severity: Severity::Error,
        doc: Cow::Owned(doc(spec)),
        bad: Cow::Owned(bad),
        good: Cow::Owned(good),
    }
}

fn doc(spec: &Spec) -> String {
    let mut doc = format!("Finds {}.\n\n", article(&spec.description));
    doc.push_str("Whoever can read the repository can use it, and goes on being able to after it is deleted from the newest commit. ");
    doc.push_str("Revoke it where it was issued, take it from a secret store instead, and rewrite the history if that is worth it. ");
    doc.push_str("If it is no secret, allow it by path, line or word in `.gitleaks.toml`, or write `gitleaks:allow` beside it.\n");
    for format in &spec.formats {
        let _ = write!(doc, "\nFormat: `{}`", shape(format));
        if let Some(checksum) = format.checksum {
            let _ = write!(doc, ", {}", checksum.words());
        }
        behind(&mut doc, &format.source, format.noted);
    }
    if let Some(file) = spec.file {
        if !file.path.is_empty() {
            let _ = write!(doc, "\nFiles: `{}`", file.path);
        }
        behind(&mut doc, &file.source, "2026-11");
    }
    doc
}

fn behind(doc: &mut String, source: &Source, noted: &str) {
    // A page that was named but not opened must not be taken for proof.
    let _ = match source {
        Source::Read { url, states } => {
            writeln!(doc, ". Checked {noted} against <{url}>, which states: {states}.")
        }
        Source::Scanner { url, states } => {
            writeln!(
                doc,
                ". Checked {noted} against a public scanner's rule, <{url}>, which looks for: {states}."
            )
        }
        Source::Unread(url) => {
            writeln!(doc, ". Vendor's page: <{url}> (noted {noted}, not checked against it).")
        }
    };
}

/// The form of a token, for people.
fn shape(format: &Format) -> String {
    use rules::format::{NO_END, Part};
    let mut shape = String::new();
    for part in format.parts {
        let _ = match part {
            Part::Lit(text) => write!(shape, "{text}"),
            Part::Any(texts) => write!(shape, "({})", texts.join("|")),
            Part::Run(set, min, max) if min == max => write!(shape, "[{set}]{{{min}}}"),
            Part::Run(set, min, NO_END) => write!(shape, "[{set}]{{{min},}}"),
            Part::Run(set, min, max) => write!(shape, "[{set}]{{{min},{max}}}"),
        };
    }
    shape
}

fn examples(spec: &Spec) -> (Vec<Example>, Vec<Example>) {
    // A file name that no exception is likely to cover.
    let is_php = spec.formats.iter().any(|format| format.path.is_some());
    let name = if is_php { "settings/canary.php" } else { "settings/canary.ini" };
    let file = |content: &str| format!("-- {name} --\n{content}");
    let masked = |content: &str, shown: &str| Example::masked(file(content), file(shown));
    if !spec.formats.is_empty() {
        let bad = spec.formats.iter().map(|format| {
            let token = sample::token(format);
            let shown = "•".repeat(token.chars().count());
            masked(&sample::line(format, &token), &sample::line(format, &shown))
        });
        let good = spec.formats.iter().map(|format| {
            let line = sample::line(format, &sample::placeholder(format));
            masked(&line, &line)
        });
        return (bad.collect(), good.collect());
    }
    if let Some(place) = rules::places::of(&spec.id).filter(|_| !spec.from_user) {
        let secret = (place.secret)();
        let shown = "•".repeat(secret.chars().count());
        let file = |name, content: &str| format!("-- {name} --\n{content}");
        let [bad, good] = place.names;
        let bad = Example::masked(file(bad, &place.bad(&secret)), file(bad, &place.bad(&shown)));
        let good = file(good, place.good);
        return (vec![bad], vec![Example::masked(good.clone(), good)]);
    }
    if let Some(kind) = spec.file {
        let file = |is_bad, content| format!("-- {} --\n{content}", files::path(kind, is_bad));
        let masked = |is_bad, content, shown| {
            vec![Example::masked(file(is_bad, content), file(is_bad, shown))]
        };
        return (
            masked(true, files::bad(kind), files::shown(kind)),
            masked(false, files::good(kind), files::good(kind)),
        );
    }
    let Finder::Code(_) = spec.finder else { return (Vec::new(), Vec::new()) };
    match spec.id.as_str() {
        rules::PRIVATE_KEY => (
            vec![masked(&sample::pem(), "-----BEGIN RSA PRIVATE KEY-----\n••••\n")],
            vec![Example::masked(
                file("a PEM file begins with BEGIN PRIVATE KEY\n"),
                file("a PEM file begins with BEGIN PRIVATE KEY\n"),
            )],
        ),
        rules::PUTTY_KEY => (
            vec![masked(
                &sample::putty(),
                "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 2\n••••\n",
            )],
            vec![masked("Private-Lines: 0\n", "Private-Lines: 0\n")],
        ),
        _ => {
            let value = sample::Numbers::of("generic").text(rules::format::set::ALNUM, 32);
            let shown = "•".repeat(32);
            let line = |value: &str| format!("service_secret = \"{value}\"\n");
            (
                vec![masked(&line(&value), &line(&shown))],
                vec![masked(
                    &line("read-it-from-the-environment-1"),
                    &line("read-it-from-the-environment-1"),
                )],
            )
        }
    }
}
