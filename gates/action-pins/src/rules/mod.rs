//! Every rule, a file each: its id, words, examples and code. A new rule is a
//! new file and one line below.

use kernel::{Example, Finding, Remark, Rule, Severity, Tree};
use std::borrow::Cow;

use crate::inspect::Inspected;
use crate::pipeline::Use;
use crate::reference::{Reference, Remote, RevisionKind};
use crate::settings::Settings;
use crate::supply::Supplied;

macro_rules! rules {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*
        /// Every rule, in the order in which they are listed to people.
        pub(crate) const TABLE: &[Offence] = &[$($name::OFFENCE),*];
    };
}

rules! {
    unpinned_uses,
    malformed_reference,
    unpinned_image,
    dynamic_image,
    latest_image,
    tag_only_image,
    manifest_range,
    unlocked_manifest,
    unpinned_install,
    unreadable,
    unlisted_owner,
    missing_version_comment,
    moving_version_comment,
    conflicting_version_comment,
    comment_mismatch,
    unknown_commit,
    nested,
    stale_lock_entry,
    waits_longer_than_its_limit,
    check_with_write_permissions,
    publish_without_check,
    excused_check,
    missing_release_check,
    umbrella_incomplete,
    missing_umbrella,
    missing_permissions,
    write_all,
    missing_timeout,
    self_hosted_on_fork,
    persisted_credentials,
    fat_workflow,
}

pub(crate) use unknown_commit::Known;

/// The id of the rule that a cache can mend.
pub(crate) const UNPINNED_USES: &str = unpinned_uses::OFFENCE.id;
/// The ids of those about images that it can mend.
pub(crate) const UNPINNED_IMAGES: [&str; 3] =
    [unpinned_image::OFFENCE.id, latest_image::OFFENCE.id, tag_only_image::OFFENCE.id];
/// What `allow = [{ uses = … }]` can let pass.
pub(crate) const ALLOWED_BY_USES: &[&str] =
    &["unpinned-uses", "unpinned-image", "unlisted-owner", "nested", "unknown-commit"];
/// What `allow = [{ image = … }]` can let pass.
pub(crate) const ALLOWED_BY_IMAGE: &[&str] =
    &["unpinned-image", "dynamic-image", "latest-image", "tag-only-image"];
/// What `allow = [{ package = … }]` can let pass.
pub(crate) const ALLOWED_BY_PACKAGE: &[&str] = &["manifest-range"];
/// What `allow = [{ manifest = … }]` can let pass.
pub(crate) const ALLOWED_BY_MANIFEST: &[&str] = &["unlocked-manifest"];

/// What `allow = [{ install = … }]` can let pass.
pub(crate) const ALLOWED_BY_INSTALL: &[&str] = &["unpinned-install"];

/// A rule with its code.
pub(crate) struct Offence {
    /// `action-pins/<offence>`.
    pub(crate) id: &'static str,
    pub(crate) severity: Severity,
    pub(crate) doc: &'static str,
    pub(crate) bad: &'static [Example],
    pub(crate) good: &'static [Example],
    pub(crate) judge: Judge,
}

/// How a rule judges.
pub(crate) enum Judge {
    /// Each file by itself.
    File(fn(&Inspected<'_>) -> Vec<Finding>),
    /// All files together, by what each leaves. `about` of a remark begins
    /// with the rule's id, so that rules do not read each other's.
    Whole {
        note: fn(&Inspected<'_>) -> Vec<Remark>,
        judge: fn(&Settings, &[Remark]) -> Vec<Finding>,
    },
    /// The same for files of `supply`, with the tree to look for others in.
    Tree {
        note: fn(&Inspected<'_>) -> Vec<Remark>,
        judge: fn(&Settings, &[Remark], &Tree) -> Vec<Finding>,
    },
}

impl Offence {
    /// The rule as the contract has it.
    pub(crate) fn rule(&self) -> Rule {
        Rule {
            id: Cow::Borrowed(self.id),
            severity: self.severity,
            doc: Cow::Borrowed(self.doc),
            bad: Cow::Borrowed(self.bad),
            good: Cow::Borrowed(self.good),
        }
    }
}

/// Every reference of the file that is pinned to a commit.
pub(crate) fn pinned<'a>(
    inspected: &'a Inspected<'_>,
) -> impl Iterator<Item = (&'a Use, &'a Remote)> {
    inspected.pipeline.uses.iter().filter_map(|found| match &found.reference {
        Reference::Remote(remote) if remote.revision_kind() == RevisionKind::Commit => {
            Some((found, remote))
        }
        _ => None,
    })
}

/// Adds the places of the values that went into `image`; an exception may
/// stand there, too.
fn made_of(inspected: &Inspected<'_>, image: &Supplied, mut finding: Finding) -> Finding {
    for place in &image.made_of {
        let at = inspected.at(place);
        finding = finding.waiver_lines(at.span.map(|span| span.line)).related(at, "made of this");
    }
    finding
}
