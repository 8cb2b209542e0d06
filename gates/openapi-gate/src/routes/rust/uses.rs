//! `use`: what names of other modules are called here.

use std::ops::Range;

use super::facts::Use;
use super::walk::Walker;

impl Walker<'_> {
    /// `use a::{b, c as d, e::*};`
    pub(super) fn uses(&mut self, range: Range<usize>, mut path: Vec<String>) {
        let source = self.source;
        let mut at = range.start;
        while at < range.end {
            if source.is_path(at) {
                at += 2;
            } else if source.word(at) == "{" {
                for element in source.elements(at) {
                    let path = path.clone();
                    self.deeper(|own| own.uses(element, path));
                }
                return;
            } else if source.word(at) == "*" {
                return self.used(None, path);
            } else if source.word(at) == "as" {
                return self.used(Some(source.word(at + 1)), path);
            } else {
                path.push(source.word(at).to_owned());
                at += 1;
            }
        }
        // `use a::b::{self}`
        if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
            path.pop();
        }
        if let Some(name) = path.last().cloned() {
            self.used(Some(&name), path);
        }
    }

    fn used(&mut self, name: Option<&str>, mut path: Vec<String>) {
        if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
            path.pop();
        }
        let foreign = ["std", "core", "alloc", "serde", "tokio", "tower", "tower_http"];
        if path.first().is_some_and(|first| foreign.contains(&first.as_str())) {
            return;
        }
        let name = name.map(str::to_owned);
        if let Some(name) = name.as_ref().filter(|name| path.last() != Some(name)) {
            self.renames.insert(name.clone(), path.clone());
        }
        self.facts.uses.push(Use { module: self.module.clone(), name, path });
    }
}
