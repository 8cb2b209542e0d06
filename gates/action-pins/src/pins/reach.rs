//! Whether a commit belongs to the repository it is asked of. GitHub serves the
//! commits of every fork under the name of each repository of the family: forty
//! hex digits that nobody with a right to push there ever saw.

use serde::Deserialize;

use super::{expected, is_commit, is_day, is_name, is_repository};

/// What stands in `reached_by` where nothing does.
const NOTHING: &str = "nothing";

pub(super) const FORM: &str = "an entry is: { uses = \"owner/repository\", commit = \"<40 hex>\", reached_by = \"refs/tags/v4.2.2\", when = \"2026-01-31\" }, with \"nothing\" where no tag or branch reaches it";

/// Whether a tag or branch of a repository leads to a commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// `owner/repository`.
    pub uses: String,
    /// 40 hex digits.
    pub commit: String,
    /// `refs/tags/…` or `refs/heads/…`, or `nothing`.
    #[serde(rename = "reached_by")]
    pub by: String,
    /// The day on which it was asked, `YYYY-MM-DD`.
    pub when: String,
}

impl Reach {
    /// What was found of `commit`: the reference that reaches it, if one does.
    #[must_use]
    pub fn new(uses: &str, commit: &str, by: Option<&str>, when: &str) -> Reach {
        let (uses, commit) = (uses.to_owned(), commit.to_ascii_lowercase());
        Reach { uses, commit, by: by.unwrap_or(NOTHING).to_owned(), when: when.to_owned() }
    }

    /// Whether a tag or branch reaches it.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.by != NOTHING
    }

    /// What is wrong with it, if anything is.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let is_reference = ["refs/tags/", "refs/heads/"]
            .iter()
            .any(|kind| self.by.strip_prefix(kind).is_some_and(is_name));
        if !is_repository(&self.uses) {
            return expected("uses", "'owner/repository'", &self.uses);
        }
        if !is_commit(&self.commit) {
            return expected("commit", "40 lower-case hex digits", &self.commit);
        }
        if !is_reference && self.is_proven() {
            return expected("reached_by", "'refs/tags/…', 'refs/heads/…' or 'nothing'", &self.by);
        }
        if !is_day(&self.when) {
            return expected("when", "a day like '2026-01-31'", &self.when);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::pins::Pins;

    use super::*;

    const SHA: &str = "11bd71901bbe5b1630ceea73d27597364c9af683";

    #[test]
    fn what_is_written_is_read_again() {
        let mut pins = Pins::default();
        pins.insert_reach(Reach::new("A/b", SHA, Some("refs/heads/main"), "2026-11-21"));
        pins.insert_reach(Reach::new("c/d", &SHA.to_uppercase(), None, "2026-11-21"));
        let text = pins.text();
        assert_eq!(Pins::read(&text).unwrap(), pins);
        assert!(pins.reach("a/B", &SHA.to_uppercase()).unwrap().is_proven());
        assert!(!pins.reach("c/d", SHA).unwrap().is_proven());
        assert!(pins.reach("c/e", SHA).is_none());
    }

    #[test]
    fn a_fault_has_its_line_and_the_form() {
        let mut pins = Pins::default();
        pins.insert_reach(Reach::new("a/b", SHA, None, "2026-11-21"));
        let good = pins.text();
        for (from, to, words) in [
            ("nothing", "main", "expected 'refs/tags/…', 'refs/heads/…' or 'nothing'"),
            ("nothing", "refs/tags/", "in 'reached_by', found 'refs/tags/'"),
            (SHA, "11bd", "expected 40 lower-case hex digits"),
            ("a/b", "a", "expected 'owner/repository'"),
            ("2026-11-21", "today", "expected a day"),
            ("reached_by", "reached", "unknown field `reached`"),
        ] {
            let error = Pins::read(&good.replace(from, to)).unwrap_err();
            assert!(error.message.contains(words), "{}", error.message);
            assert!(error.hint.unwrap().contains("reached_by"), "{words}");
        }
    }
}
