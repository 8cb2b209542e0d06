//! The tables of documented token formats, split by field.

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
