//! Which release the comments of all files call a commit. A line that lacks it
//! may repeat it: that says nothing new, so no network is needed.

use std::collections::HashMap;
use std::ops::Range;

use kernel::{Edit, Location, Remark};

use crate::comment::Said;
use crate::inspect::Inspected;
use crate::pipeline::Use;
use crate::reference::Remote;
use crate::rules::pinned;

/// What a pinned reference lacks, as its file leaves it.
pub(crate) struct Lack {
    /// The name that its comment gives instead.
    pub(crate) name: String,
    /// Bytes that a comment with the release would replace; none where that
    /// could change more than a comment.
    pub(crate) bytes: Option<Range<usize>>,
}

/// What a pinned reference lacks, seen from all files.
pub(crate) struct Lacking<'r> {
    /// Its text.
    pub(crate) text: &'r str,
    /// The name that its comment gives instead.
    pub(crate) name: &'r str,
    /// Where it is.
    pub(crate) at: &'r Location,
    /// The release that other comments give its commit, if they agree.
    pub(crate) release: Option<&'r str>,
    bytes: Option<Range<usize>>,
}

impl Lacking<'_> {
    /// The edit that repeats the release, where that is certain.
    pub(crate) fn edit(&self, before: &str) -> Option<Edit> {
        let (release, bytes) = (self.release?, self.bytes.clone()?);
        let text = format!("{before}# {release}");
        Some(Edit { path: self.at.path.clone(), start: bytes.start, end: bytes.end, text })
    }
}

const RELEASE: &str = "release";
const LACKS: &str = "lacks";

/// Leaves, for each pinned reference of a file, the release that its comment
/// gives, or what `lacks` says of it.
pub(crate) fn note(
    rule: &str,
    inspected: &Inspected<'_>,
    lacks: impl Fn(&Use, Said) -> Option<(Location, Lack)>,
) -> Vec<Remark> {
    let about = |remote: &Remote| {
        format!("{rule} {} {}", remote.repository_name(), remote.revision.to_ascii_lowercase())
    };
    let mut remarks = Vec::new();
    for (found, remote) in pinned(inspected) {
        let said = found.comment.as_ref().map_or(Said::Nothing, |comment| comment.said());
        let (says, at) = match said {
            Said::Release(version) => (format!("{RELEASE}\n{version}"), inspected.at(&found.span)),
            said => {
                let Some((at, lack)) = lacks(found, said) else { continue };
                let bytes = lack
                    .bytes
                    .map_or_else(String::new, |bytes| format!("{} {}", bytes.start, bytes.end));
                // A comment's name stands on one line; the text may not.
                (format!("{LACKS}\n{bytes}\n{}\n{}", lack.name, found.text), at)
            }
        };
        remarks.push(Remark { about: about(remote), says, at });
    }
    remarks
}

/// Every reference that lacks something, of what `rule` left.
pub(crate) fn lacking<'r>(rule: &str, remarks: &'r [Remark]) -> Vec<Lacking<'r>> {
    let own = || {
        remarks.iter().filter(|remark| {
            remark.about.strip_prefix(rule).is_some_and(|rest| rest.starts_with(' '))
        })
    };
    let mut releases: HashMap<&str, Option<&str>> = HashMap::new();
    for remark in own() {
        let Some((RELEASE, version)) = remark.says.split_once('\n') else { continue };
        releases
            .entry(&remark.about)
            .and_modify(|known| *known = known.filter(|known| *known == version))
            .or_insert(Some(version));
    }
    let lacking = own().filter_map(|remark| {
        let mut fields = remark.says.splitn(4, '\n');
        let kind = fields.next()?;
        let (bytes, name, text) = (fields.next()?, fields.next()?, fields.next()?);
        let bytes = bytes
            .split_once(' ')
            .and_then(|(start, end)| Some(start.parse().ok()?..end.parse().ok()?));
        let release = releases.get(remark.about.as_str()).copied().flatten();
        (kind == LACKS).then_some(Lacking { text, name, at: &remark.at, release, bytes })
    });
    lacking.collect()
}
