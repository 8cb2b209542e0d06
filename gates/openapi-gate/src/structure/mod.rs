//! Whether each object has the fields that its version of the specification gives
//! it, and each field what belongs there: one walk for every rule about that.

mod faults;
mod foreign;
mod kind;
mod near;
mod table;
mod types;
mod walk;

use std::collections::HashSet;
use std::ops::Range;

use crate::spec::{Place, Version};
pub(crate) use faults::{Fault, What};
pub(crate) use foreign::foreign;
pub(crate) use types::called;

/// A specification by its objects.
#[derive(Default)]
pub(crate) struct Structure<'l> {
    pub(crate) faults: Vec<Fault>,
    objects: Vec<Found<'l>>,
    trails: Vec<Trail<'l>>,
}

/// An object that was walked through.
pub(crate) struct Found<'l> {
    /// `Schema`, `Server` and so on.
    pub(crate) name: &'static str,
    pub(crate) place: Place<'l>,
    trail: usize,
}

/// How a node was reached: from which, and by what name or number.
struct Trail<'l> {
    from: usize,
    by: Step<'l>,
}

#[derive(Clone, Copy)]
enum Step<'l> {
    Name(&'l str),
    Item(usize),
}

impl<'l> Structure<'l> {
    /// Walks through a specification. What `told` holds, operations by their file and
    /// number, has a rule of its own for its responses.
    pub(crate) fn read(
        library: &'l crate::spec::Library,
        version: Version,
        told: &HashSet<(usize, usize)>,
    ) -> Structure<'l> {
        walk::walk(library, version, told)
    }

    /// Every object of that name, in no order that matters; each once.
    pub(crate) fn of(&self, name: &'static str) -> impl Iterator<Item = &Found<'l>> {
        self.objects.iter().filter(move |found| found.name == name)
    }

    /// The names that lead to an object, as a JSON pointer without its hash.
    pub(crate) fn pointer(&self, found: &Found<'_>) -> String {
        pointer(&self.trails, found.trail)
    }
}

/// The names that lead to a trail's end.
fn pointer(trails: &[Trail<'_>], trail: usize) -> String {
    // As deep as a name of a finding has to tell one place from another.
    const STEPS_MAX: usize = 64;
    let mut steps = Vec::new();
    let mut at = trail;
    while let Some(own) = trails.get(at).filter(|own| own.from != at) {
        match own.by {
            Step::Name(name) => steps.push(name.replace('~', "~0").replace('/', "~1")),
            Step::Item(number) => steps.push(number.to_string()),
        }
        at = own.from;
        if steps.len() > STEPS_MAX {
            break;
        }
    }
    steps.reverse();
    crate::spec::one_line(&steps.join("/"))
}

/// Bytes of a file by its number.
type At = (usize, Range<usize>);

#[cfg(test)]
mod tests;
