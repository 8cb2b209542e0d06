//! Exceptions in force: those of the configuration, of each rule, and the few
//! that come with the gate.

use camino::Utf8Path;
use kernel::{Finding, ObjectId};

use crate::engine::text::Page;
use crate::engine::{Hit, Overlaps};
use crate::gitleaks::allow::{Allowlist, Case, Expr};
use crate::gitleaks::known::Known;
use crate::report;
use crate::rules::{Finder, Spec};

/// Exceptions to all rules.
pub struct Exemptions {
    lists: Vec<Allowlist>,
    /// Files that name what they except: the configuration and the baseline.
    own_files: Vec<String>,
    /// Findings that are known one by one.
    known: Known,
}

impl Exemptions {
    /// Those of the configuration, and of the findings that are known.
    pub fn new(lists: Vec<Allowlist>, own_files: Vec<String>, known: Known) -> Exemptions {
        Exemptions { lists, own_files, known }
    }

    /// The findings that are known one by one.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// Whether an exception covers `hit`, at `path`, brought by `commit`.
    pub fn cover(
        &self,
        spec: &Spec,
        page: &Page<'_>,
        hit: &Hit,
        path: &str,
        commit: Option<&ObjectId>,
    ) -> bool {
        self.pass_over(spec, &hit.path(path)) || self.list(spec, page, hit, path, commit)
    }

    /// The hits that count in a file of that path; of two rules that give way
    /// about one secret, the first.
    pub fn told_at(&self, specs: &[Spec], mut hits: Vec<Hit>, path: &str) -> Vec<Hit> {
        let spec_of = |hit: &Hit| specs.get(hit.rule);
        hits.retain(|hit| spec_of(hit).is_some_and(|s| !self.pass_over(s, &hit.path(path))));
        // Places in what is encoded or archived here are compared where it was opened.
        let is_plain = |hit: &Hit| hit.within.is_none();
        let yields = |hit: &Hit| is_plain(hit) && spec_of(hit).is_some_and(|spec| spec.yields);
        let firm = hits.iter().filter(|hit| is_plain(hit) && !yields(hit));
        let firm = Overlaps::of(firm.map(|hit| &hit.secret));
        let mut last = 0;
        hits.retain(|hit| {
            if !yields(hit) {
                return true;
            }
            let secret = &hit.secret;
            let counts = !firm.meet(secret) && secret.start >= last;
            if counts {
                last = secret.end;
            }
            counts
        });
        hits
    }

    /// Whether the rule has nothing to say about files of that path.
    pub fn pass_over(&self, spec: &Spec, path: &str) -> bool {
        spec.path.as_ref().is_some_and(|expr| !expr.is_match(path.as_bytes()))
            || self.own_files.iter().any(|own| own == path)
            || (spec.yields && is_generated(path))
    }

    /// Whether an allowlist covers `hit`, or it is known.
    pub fn list(
        &self,
        spec: &Spec,
        page: &Page<'_>,
        hit: &Hit,
        path: &str,
        commit: Option<&ObjectId>,
    ) -> bool {
        let path = &hit.path(path);
        let commit = commit.map(ObjectId::as_str);
        let (secret, whole) = (hit.secret_in_text(), hit.whole_in_text());
        let case = Case { text: hit.text(page.text), secret, whole, path, commit };
        let own = spec.allow.iter();
        let general = self.lists.iter().filter(|list| list.is_for(&spec.id));
        own.chain(general).any(|list| list.covers(&case))
            || self.known.cover(&spec.id, page, hit, path, commit)
    }

    /// Whether some rule takes offence at `path` alone.
    pub fn is_offending_path(&self, specs: &[Spec], path: &Utf8Path) -> bool {
        let by_path = specs.iter().filter(|spec| matches!(spec.finder, Finder::Path));
        by_path.filter_map(|spec| self.offending_path(spec, path, None)).next().is_some()
    }

    /// The finding of a rule whose offence is the path alone.
    pub fn offending_path(
        &self,
        spec: &Spec,
        path: &Utf8Path,
        commit: Option<&ObjectId>,
    ) -> Option<Finding> {
        let expr: &Expr = spec.path.as_ref()?;
        let is_silent = spec.skip_report || !matches!(spec.finder, Finder::Path);
        if is_silent || !expr.is_match(path.as_str().as_bytes()) {
            return None;
        }
        let nothing =
            Hit { rule: 0, secret: 0..0, whole: 0..0, checksum_holds: None, within: None };
        let is_covered = self.cover(spec, &Page::of(b""), &nothing, path.as_str(), commit);
        (!is_covered).then(|| report::path_finding(spec, report::at(path, commit)))
    }
}

/// Files that programs write and that are full of digests: a value without a
/// format of its own says nothing there. Formats are looked for all the same.
fn is_generated(path: &str) -> bool {
    let name = path.rsplit(['/', '!']).next().unwrap_or(path);
    let is_lock = matches!(
        name,
        "go.sum"
            | "go.work.sum"
            | "gradle.lockfile"
            | "npm-shrinkwrap.json"
            | "package-lock.json"
            | "pnpm-lock.yaml"
            | "verification-metadata.xml"
    );
    // A file of hashes by the names of what they are of, not a program that makes them.
    let (stem, kind) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_sums = ["hashes", "checksums", "digests"].iter().any(|word| stem.contains(word))
        && matches!(kind, "" | "json" | "txt" | "toml" | "yaml" | "yml" | "sum");
    let ends = [".lock", ".svg", ".map", ".min.js", ".min.css", ".bundle.js"];
    is_lock
        || is_sums
        || ends.iter().any(|end| name.ends_with(end))
        || path.split(['/', '!']).any(|part| part == "node_modules")
}

#[cfg(test)]
mod tests {
    use super::is_generated;

    #[test]
    fn files_that_are_full_of_digests() {
        for path in ["Cargo.lock", "a/i18n.lock", "a/schema-hashes.json", "node_modules/a/b.js"] {
            assert!(is_generated(path), "{path}");
        }
        for path in ["lock.py", "a/password_hashes.py", "settings.json", "a.locked"] {
            assert!(!is_generated(path), "{path}");
        }
    }
}
