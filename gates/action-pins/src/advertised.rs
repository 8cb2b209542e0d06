//! What `git ls-remote` prints of a repository → which commit a name stands
//! for, and what that commit is called in full.

use std::collections::BTreeMap;

use crate::comment::numbers;
use crate::pins::is_commit;

/// Every tag and branch of a repository, each with its commit: of an annotated
/// tag not the tag itself but what it stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advertised {
    tags: BTreeMap<String, String>,
    branches: BTreeMap<String, String>,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// 40 hex digits.
    pub commit: String,
    /// The longest tag on that commit which says the same as the name, or else
    /// the name itself.
    pub version: String,
    /// A branch of the same name stands for another commit; the tag was taken.
    pub is_ambiguous: bool,
}

/// Why a name stands for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// No tag or branch of that name.
    Missing,
    /// Its last part is 40 hex digits: a branch or tag that poses as a commit.
    PosesAsCommit,
}

impl Advertised {
    /// Reads the output of `git ls-remote --heads --tags`.
    ///
    /// # Errors
    /// In words: a line of another form, or commits that GitHub does not take.
    pub fn read(text: &str) -> Result<Advertised, String> {
        let mut advertised = Advertised::default();
        let mut peeled = BTreeMap::new();
        for line in text.lines() {
            let (commit, name) = line.split_once('\t').unwrap_or((line, ""));
            if !is_commit(commit) {
                let is_hex = commit.bytes().all(|byte| byte.is_ascii_hexdigit());
                return Err(match commit.len() {
                    64 if is_hex => "its commits have 64 hex digits, not 40".to_owned(),
                    _ => format!("'{}' is no line of ls-remote", crate::inspect::one_line(line)),
                });
            }
            if let Some(tag) = name.strip_prefix("refs/tags/") {
                match tag.strip_suffix("^{}") {
                    Some(tag) => peeled.insert(tag.to_owned(), commit.to_owned()),
                    None => advertised.tags.insert(tag.to_owned(), commit.to_owned()),
                };
            } else if let Some(branch) = name.strip_prefix("refs/heads/") {
                advertised.branches.insert(branch.to_owned(), commit.to_owned());
            }
        }
        advertised.tags.extend(peeled);
        Ok(advertised)
    }

    /// What `revision` of a `uses:` stands for: a tag before a branch.
    ///
    /// # Errors
    /// [`Unresolved`].
    pub fn resolve(&self, revision: &str) -> Result<Resolved, Unresolved> {
        let last = revision.rsplit('/').next().unwrap_or_default();
        if is_commit(&last.to_ascii_lowercase()) {
            return Err(Unresolved::PosesAsCommit);
        }
        let tag = revision.strip_prefix("refs/tags/");
        let branch = revision.strip_prefix("refs/heads/");
        let name = tag.or(branch).unwrap_or(revision);
        let tagged = self.tags.get(name).filter(|_| branch.is_none());
        let branched = self.branches.get(name).filter(|_| tag.is_none());
        let commit = tagged.or(branched).ok_or(Unresolved::Missing)?.clone();
        let is_ambiguous = tagged.zip(branched).is_some_and(|(tag, branch)| tag != branch);
        let version = self.longest(name, &commit).unwrap_or(name).to_owned();
        Ok(Resolved { commit, version, is_ambiguous })
    }

    /// Every tag with its commit, by name.
    pub fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tags.iter().map(|(tag, commit)| (tag.as_str(), commit.as_str()))
    }

    /// The tag that says most of `commit`; none if none says a version.
    #[must_use]
    pub fn name_of(&self, commit: &str) -> Option<String> {
        self.longest("", &commit.to_ascii_lowercase()).map(str::to_owned)
    }

    /// The full name of a tag or branch that is `commit`, a tag before a branch.
    #[must_use]
    pub fn tip(&self, commit: &str) -> Option<String> {
        let at = |refs: &BTreeMap<String, String>, kind: &str| {
            let name = refs.iter().find(|(_, at)| at.eq_ignore_ascii_case(commit))?.0;
            Some(format!("refs/{kind}/{name}"))
        };
        let longest = self.name_of(commit).map(|tag| format!("refs/tags/{tag}"));
        longest.or_else(|| at(&self.tags, "tags")).or_else(|| at(&self.branches, "heads"))
    }

    /// Of `v4`, `v4.2` and `v4.2.2` on one commit the last.
    fn longest(&self, name: &str, commit: &str) -> Option<&str> {
        let own = numbers(name);
        let tags = self.tags.iter().filter(|(_, at)| *at == commit).map(|(tag, _)| tag.as_str());
        let ranked = tags.filter_map(|tag| {
            let (prefix, version) = numbers(tag)?;
            let says_the_same = own.is_none_or(|(own_prefix, own)| {
                let more = version.strip_prefix(own);
                prefix == own_prefix && more.is_some_and(|it| it.is_empty() || it.starts_with('.'))
            });
            let (release, _) = version.split_once(['-', '+']).unwrap_or((version, ""));
            let is_release = release.len() == version.len();
            let rank = (prefix.is_empty(), is_release, release.matches('.').count(), tag.len());
            says_the_same.then_some((rank, tag))
        });
        ranked.max().map(|(_, tag)| tag)
    }
}

/// Whether a tag of that name is not meant to move ever: three numbers.
#[must_use]
pub fn is_release(name: &str) -> bool {
    numbers(name).is_some_and(|(_, version)| version.matches('.').count() >= 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sha(digit: char) -> String {
        digit.to_string().repeat(40)
    }

    fn advertised(refs: &[(char, &str)]) -> Advertised {
        let lines = refs.iter().map(|(digit, name)| format!("{}\trefs/{name}\n", sha(*digit)));
        Advertised::read(&lines.collect::<String>()).unwrap()
    }

    fn told(refs: &[(char, &str)], revision: &str) -> Option<(char, String, bool)> {
        let resolved = advertised(refs).resolve(revision).ok()?;
        let digit = resolved.commit.chars().next()?;
        Some((digit, resolved.version, resolved.is_ambiguous))
    }

    #[test]
    fn annotated_tags_are_peeled_and_the_longest_tag_names_the_commit() {
        let refs = [
            ('a', "tags/v4"),
            ('1', "tags/v4^{}"),
            ('b', "tags/v4.2.2"),
            ('1', "tags/v4.2.2^{}"),
            ('1', "tags/v4.2.2-rc.1"),
            ('1', "tags/v4.2"),
            ('1', "tags/bundle-v9.9.9"),
            ('1', "tags/v40.0.0"),
            ('2', "tags/v4.3.0"),
            ('1', "heads/main"),
            ('3', "heads/dev"),
        ];
        let v422 = |digit| Some((digit, "v4.2.2".to_owned(), false));
        assert_eq!(told(&refs, "v4"), v422('1'));
        assert_eq!(told(&refs, "v4.2"), v422('1'));
        assert_eq!(told(&refs, "refs/tags/v4"), v422('1'));
        assert_eq!(told(&refs, "bundle-v9"), None);
        assert_eq!(told(&refs, "bundle-v9.9.9"), Some(('1', "bundle-v9.9.9".into(), false)));
        assert_eq!(told(&refs, "v4.2.2-rc.1"), Some(('1', "v4.2.2-rc.1".into(), false)));
        assert_eq!(told(&refs, "dev"), Some(('3', "dev".into(), false)));
        assert_eq!(told(&refs, "refs/heads/v4"), None);
    }

    #[test]
    fn a_commit_is_known_by_its_tip() {
        let refs = [('1', "tags/v4"), ('1', "tags/v4.2.2"), ('2', "heads/main"), ('3', "tags/x")];
        let tip = |digit: char| advertised(&refs).tip(&sha(digit).to_uppercase());
        let known = advertised(&refs);
        assert_eq!(known.tip(&sha('1')).unwrap(), "refs/tags/v4.2.2");
        assert_eq!(known.name_of(&sha('1')).unwrap(), "v4.2.2");
        assert_eq!(tip('2').unwrap(), "refs/heads/main");
        assert_eq!(tip('3').unwrap(), "refs/tags/x");
        assert_eq!((tip('4'), known.name_of(&sha('3'))), (None, None));
    }

    #[test]
    fn a_tag_goes_before_a_branch_and_that_is_told() {
        let refs = [('1', "tags/v1"), ('2', "heads/v1"), ('3', "tags/x"), ('3', "heads/x")];
        assert_eq!(told(&refs, "v1"), Some(('1', "v1".into(), true)));
        assert_eq!(told(&refs, "refs/heads/v1"), Some(('2', "v1".into(), false)));
        assert_eq!(told(&refs, "x"), Some(('3', "x".into(), false)));
    }

    #[test]
    fn a_name_that_poses_as_a_commit_is_refused() {
        let posing = format!("heads/{}", sha('f'));
        let refs = advertised(&[('1', &posing)]);
        for revision in [sha('f'), sha('F'), format!("refs/{posing}"), format!("x/{}", sha('f'))] {
            assert_eq!(refs.resolve(&revision), Err(Unresolved::PosesAsCommit), "{revision}");
        }
        assert_eq!(refs.resolve("v1"), Err(Unresolved::Missing));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for text in ["<html>", "abc\trefs/tags/v1", &format!("{}\trefs/tags/v1", "a".repeat(64))] {
            assert!(Advertised::read(text).is_err(), "{text}");
        }
        assert_eq!(Advertised::read(""), Ok(Advertised::default()));
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(1000) })]

        #[test]
        fn any_answer_is_read_or_refused(text in "([0-9a-f]{40}\trefs/(tags|heads)/.{0,6}\n|.{0,9}\n){0,4}", name in ".{0,6}") {
            if let Ok(advertised) = Advertised::read(&text) {
                let _resolved = advertised.resolve(&name);
            }
        }
    }
}
