//! Hits that count only at some paths, as the few bits that are kept of a blob
//! whose paths are not known yet.

use super::Hit;
use crate::gitleaks::allow::Expr;
use crate::rules::Spec;

/// Rules that give way say nothing in files that programs write.
const YIELDS: u32 = 1;
/// The bits left for rules that are bound to some paths; more rules share them.
const BOUND_COUNT: u32 = kernel::Seen::KIND_BITS - 1;

/// Files that there are many of. A rule that is bound to such paths shares its
/// bit with no other where there are enough: what another one found would have
/// each of them judged again.
const USUAL: [&str; 24] = [
    "a.c",
    "a.cfg",
    "a.conf",
    "a.css",
    "a.go",
    "a.html",
    "a.ini",
    "a.java",
    "a.js",
    "a.json",
    "a.lock",
    "a.md",
    "a.php",
    "a.properties",
    "a.py",
    "a.rb",
    "a.rs",
    "a.sh",
    "a.sql",
    "a.tf",
    "a.toml",
    "a.ts",
    "a.xml",
    "a.yaml",
];

/// By rule: the bit for its hits; 0 where they count at every path.
#[derive(Debug)]
pub struct Kinds(Vec<u32>);

impl Kinds {
    /// Of `specs`.
    pub fn of(specs: &[Spec]) -> Kinds {
        let is_broad = |path: &Expr| USUAL.iter().any(|name| path.is_match(name.as_bytes()));
        let bound = specs.iter().filter_map(|spec| spec.path.as_ref());
        let broad_count = bound.filter(|path| is_broad(path)).count();
        let broad_count = u32::try_from(broad_count).unwrap_or(u32::MAX).min(BOUND_COUNT - 1);
        let (mut broad, mut narrow) = (0, 0);
        let kind = |spec: &Spec| match (&spec.path, spec.yields) {
            (Some(path), _) if is_broad(path) => {
                broad = broad % broad_count + 1;
                YIELDS << broad
            }
            (Some(_), _) => {
                narrow = narrow % (BOUND_COUNT - broad_count) + 1;
                YIELDS << (broad_count + narrow)
            }
            (None, true) => YIELDS,
            (None, false) => 0,
        };
        Kinds(specs.iter().map(kind).collect())
    }

    /// The bit of a rule.
    pub fn of_rule(&self, rule: usize) -> u32 {
        self.0.get(rule).copied().unwrap_or_default()
    }

    /// Whether the rule counts only at paths that it names.
    pub fn is_bound(&self, rule: usize) -> bool {
        self.of_rule(rule) > YIELDS
    }

    /// Whether some hit counts wherever the blob stands, and the kinds of the
    /// others. Members of archives have paths of their own.
    pub fn seen_in(&self, hits: &[Hit]) -> (bool, u32) {
        let of_hit = |hit: &Hit| match hit.member() {
            Some(_) => 0,
            None => self.of_rule(hit.rule),
        };
        let is_free = hits.iter().any(|hit| of_hit(hit) == 0);
        (is_free, hits.iter().map(of_hit).fold(0, |all, kind| all | kind))
    }
}
