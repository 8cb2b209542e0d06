//! The tables of documented token formats, split by field.
//!
//! An entry ends with what stands behind it: `.read(address, what it states)` once somebody has
//! opened a document by the vendor and held the entry against it, `.scanner(address, what it
//! looks for)` where that was a public scanner's rule, `.from(address)` until then.
//! Where an entry departs from its document, a comment says why.

mod ai;
mod cloud;
mod commerce;
mod data;
mod delivery;
mod developer;
mod identity;
mod messaging;
mod monitoring;
mod social;
mod vcs;

use super::format::Format;

/// Every table, in the order in which rules are listed.
pub const ALL: &[&[Format]] = &[
    vcs::FORMATS,
    cloud::FORMATS,
    delivery::FORMATS,
    developer::FORMATS,
    ai::FORMATS,
    commerce::FORMATS,
    messaging::FORMATS,
    monitoring::FORMATS,
    identity::FORMATS,
    data::FORMATS,
    social::FORMATS,
];
