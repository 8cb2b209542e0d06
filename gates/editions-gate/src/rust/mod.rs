//! Rust (being built).
use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::project::Files;
use crate::reference::Reference;

#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) references: Vec<Reference>,
    pub(crate) is_broken: bool,
}
pub(crate) fn references(_source: &str) -> Found {
    Found::default()
}
#[derive(Debug, Default)]
pub(crate) struct Crates;
impl Crates {
    pub(crate) fn new(_files: &BTreeMap<Utf8PathBuf, String>) -> Crates {
        Crates
    }
    pub(crate) fn resolve(&self, _file: &Utf8Path, _s: &str, _files: &Files) -> Vec<Utf8PathBuf> {
        Vec::new()
    }
    pub(crate) fn manifest(&self, _path: &Utf8Path, _text: &str) -> Vec<(Reference, Utf8PathBuf)> {
        Vec::new()
    }
}
