//! Hits that count only at some paths, as the few bits that are kept of a blob
//! whose paths are not known yet.

use super::Hit;
use crate::rules::Spec;

/// Rules that give way say nothing in files that programs write.
const YIELDS: u32 = 1;
/// The bits left for rules that are bound to some paths; more rules share them.
const BOUND_COUNT: u32 = kernel::Seen::KIND_BITS - 1;

/// By rule: the bit for its hits; 0 where they count at every path.
#[derive(Debug)]
pub struct Kinds(Vec<u32>);

impl Kinds {
    /// Of `specs`.
    pub fn of(specs: &[Spec]) -> Kinds {
        let mut next = 0;
        let kind = |spec: &Spec| match (&spec.path, spec.yields) {
            (Some(_), _) => {
                next = next % BOUND_COUNT + 1;
                YIELDS << next
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
