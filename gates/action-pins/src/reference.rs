//! The grammar of a `uses:` value, as GitHub reads it.
//!
//! Source: `ConvertToStep` and `ActionManifestManager` of actions/runner. The
//! value is trimmed; `./` (and, since July 2026, `$/`) is this repository,
//! `docker://` an image, everything else `owner/repository[/path]@ref` with
//! exactly one `@`. Expressions are not evaluated there.

use crate::image::ImageName;

/// What a `uses:` value refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// This repository, at the commit that runs.
    Local,
    /// `docker://…`, without the scheme.
    Image(ImageName),
    /// Another repository.
    Remote(Remote),
    /// Nothing that GitHub accepts.
    Malformed(Malformed),
}

/// `owner/repository[/path]@revision`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remote {
    pub(crate) owner: String,
    pub(crate) repository: String,
    /// Folder of the action or file of the workflow; empty for the root.
    pub(crate) path: String,
    pub(crate) revision: String,
}

/// What a revision can be told to be by its form alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RevisionKind {
    /// 40 hex digits: the only form that cannot move.
    Commit,
    /// Another number of hex digits; GitHub takes it for a name.
    OtherHex(usize),
    /// `v4`, `1.2.3`: a tag by custom.
    Version,
    /// Any other branch or tag.
    Name,
}

/// Why a value is not a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    NotText,
    Empty,
    Expression,
    NoRevision,
    SeveralRevisions,
    NoRepository,
    Name,
    ImageAsJob,
    NotAWorkflow,
}

/// Where a `uses:` stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// A step: it calls an action.
    Step,
    /// A job: it calls a reusable workflow.
    Job,
}

impl Reference {
    /// Reads the value of a `uses:`.
    pub(crate) fn read(value: &str, caller: Caller) -> Reference {
        match read(value.trim(), caller) {
            Ok(reference) => reference,
            Err(malformed) => Reference::Malformed(malformed),
        }
    }
}

fn read(value: &str, caller: Caller) -> Result<Reference, Malformed> {
    if value.is_empty() {
        return Err(Malformed::Empty);
    }
    if value.contains("${{") {
        return Err(Malformed::Expression);
    }
    if value.starts_with("./") || value.starts_with(".\\") || value.starts_with("$/") {
        return Ok(Reference::Local);
    }
    if let Some(image) = value.strip_prefix("docker://") {
        return match caller {
            Caller::Step => Ok(Reference::Image(ImageName::read(image))),
            Caller::Job => Err(Malformed::ImageAsJob),
        };
    }
    let remote = read_remote(value)?;
    if caller == Caller::Job && !remote.path.starts_with(".github/workflows/") {
        return Err(Malformed::NotAWorkflow);
    }
    Ok(Reference::Remote(remote))
}

fn read_remote(value: &str) -> Result<Remote, Malformed> {
    let (name, revision) = value.split_once('@').ok_or(Malformed::NoRevision)?;
    if revision.contains('@') {
        return Err(Malformed::SeveralRevisions);
    }
    if revision.is_empty() {
        return Err(Malformed::NoRevision);
    }
    let mut segments = name.split(['/', '\\']).filter(|segment| !segment.is_empty());
    let (Some(owner), Some(repository)) = (segments.next(), segments.next()) else {
        return Err(Malformed::NoRepository);
    };
    let path = segments.collect::<Vec<_>>().join("/");
    // A character that no login, repository or ref can hold (a blank, a
    // zero-width character) names something else than a reader sees.
    let is_owner = owner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let is_repository =
        repository.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
            && !matches!(repository, "." | "..");
    let is_revision = revision.chars().all(|c| !c.is_whitespace() && !is_invisible(c));
    if !is_owner || !is_repository || !is_revision {
        return Err(Malformed::Name);
    }
    let (owner, repository) = (owner.to_owned(), repository.to_owned());
    Ok(Remote { owner, repository, path, revision: revision.to_owned() })
}

impl Remote {
    /// What the form of the revision tells.
    pub(crate) fn revision_kind(&self) -> RevisionKind {
        let revision = self.revision.as_str();
        if revision.len() >= 7 && revision.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return match revision.len() {
                40 => RevisionKind::Commit,
                digits => RevisionKind::OtherHex(digits),
            };
        }
        let digits = revision.strip_prefix('v').unwrap_or(revision);
        if digits.starts_with(|c: char| c.is_ascii_digit()) && !revision.contains('/') {
            return RevisionKind::Version;
        }
        RevisionKind::Name
    }

    /// `owner/repository`, the case GitHub does not tell apart folded.
    pub(crate) fn repository_name(&self) -> String {
        format!("{}/{}", self.owner, self.repository).to_ascii_lowercase()
    }
}

/// Characters that take no room on a screen.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHA: &str = "11bd71901bbe5b1630ceea73d27597364c9af683";

    fn revision(value: &str) -> RevisionKind {
        match Reference::read(value, Caller::Step) {
            Reference::Remote(remote) => remote.revision_kind(),
            other => panic!("{value}: {other:?}"),
        }
    }

    fn malformed(value: &str) -> Malformed {
        match Reference::read(value, Caller::Step) {
            Reference::Malformed(why) => why,
            other => panic!("{value}: {other:?}"),
        }
    }

    #[test]
    fn only_forty_hex_digits_are_a_commit() {
        assert_eq!(revision(&format!(" o/r@{SHA} ")), RevisionKind::Commit);
        assert_eq!(revision(&format!("o/r/a/b@{}", SHA.to_uppercase())), RevisionKind::Commit);
        assert_eq!(revision(&format!("o\\r@{SHA}")), RevisionKind::Commit);
        assert_eq!(revision("o/r@11bd719"), RevisionKind::OtherHex(7));
        assert_eq!(revision(&format!("o/r@{}", &SHA[1..])), RevisionKind::OtherHex(39));
        assert_eq!(revision(&format!("o/r@{SHA}a")), RevisionKind::OtherHex(41));
        assert_eq!(revision(&format!("o/r@{}", "ab".repeat(32))), RevisionKind::OtherHex(64));
        for moving in ["release/", "refs/tags/", "refs/heads/"] {
            assert_eq!(revision(&format!("o/r@{moving}{SHA}")), RevisionKind::Name);
        }
        assert_eq!(revision(&format!("o/r@{SHA}-fix")), RevisionKind::Version);
        assert_eq!(revision(&format!("o/r@{SHA}#v4")), RevisionKind::Version);
        assert_eq!(revision("o/r@v4"), RevisionKind::Version);
        assert_eq!(revision("o/r@1.2.3"), RevisionKind::Version);
        assert_eq!(revision("o/r@main"), RevisionKind::Name);
    }

    #[test]
    fn this_repository_is_exempt() {
        for value in ["./a", ".\\a", "$/a", "./", "$/.github/workflows/x.yml"] {
            assert_eq!(Reference::read(value, Caller::Step), Reference::Local, "{value}");
        }
    }

    #[test]
    fn what_github_refuses_is_malformed() {
        assert_eq!(malformed("  "), Malformed::Empty);
        assert_eq!(malformed("o/r"), Malformed::NoRevision);
        assert_eq!(malformed("o/r@"), Malformed::NoRevision);
        assert_eq!(malformed("../x"), Malformed::NoRevision);
        assert_eq!(malformed("../x@v1"), Malformed::Name);
        assert_eq!(malformed("r@v1"), Malformed::NoRepository);
        assert_eq!(malformed(&format!("o/r@v4@{SHA}")), Malformed::SeveralRevisions);
        assert_eq!(malformed("o/r@${{ matrix.v }}"), Malformed::Expression);
        assert_eq!(malformed("./${{ matrix.v }}"), Malformed::Expression);
        assert_eq!(malformed(&format!("o\u{200b}/r@{SHA}")), Malformed::Name);
        assert_eq!(malformed(&format!("o/r@{SHA}\u{200b}")), Malformed::Name);
        assert_eq!(malformed(&format!("o/r@{SHA} x")), Malformed::Name);
    }

    #[test]
    fn a_job_calls_a_workflow() {
        let job = |value: &str| Reference::read(value, Caller::Job);
        assert!(matches!(job("o/r/.github/workflows/x.yml@v1"), Reference::Remote(_)));
        assert_eq!(job("./.github/workflows/x.yml"), Reference::Local);
        assert_eq!(job("o/r@v1"), Reference::Malformed(Malformed::NotAWorkflow));
        assert_eq!(job("docker://a"), Reference::Malformed(Malformed::ImageAsJob));
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(2000) })]

        /// Written independently of the reader: what counts as pinned ends
        /// with one `@` and forty hex digits, or stays in the repository.
        #[test]
        fn nothing_else_is_ever_pinned(value in "[a-z0-9/@.:$ \\\\-]{0,20}(@[0-9a-f]{38,42})?.{0,2}") {
            if let Reference::Remote(remote) = Reference::read(&value, Caller::Step)
                && remote.revision_kind() == RevisionKind::Commit
            {
                let (name, commit) = value.trim().rsplit_once('@').unwrap();
                prop_assert!(commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()));
                prop_assert!(!name.contains('@') && name.contains(['/', '\\']));
            }
        }
    }
}
