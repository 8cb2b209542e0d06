//! Values that changelogs give names, and texts that ask for them.

use std::collections::BTreeMap;

use super::is_in;
use super::node::Node;
use crate::layout::liquibase::runs_here;

/// Values that changelogs give names: the first that is given stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Properties(BTreeMap<String, String>);

impl Properties {
    pub(super) fn take(&mut self, node: &Node, contexts: &[String]) {
        let is_here = node.get("dbms").is_none_or(runs_here) && is_in(node, contexts);
        if let (true, "property", Some(name)) = (is_here, node.name.as_str(), node.get("name")) {
            let value = node.get("value").unwrap_or_default().to_owned();
            self.0.entry(name.to_owned()).or_insert(value);
        }
    }

    /// `${name}` as its value; what has none stays.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, after) = rest.split_at(at);
            filled.push_str(before);
            let end = after.find('}');
            let value = end.and_then(|end| self.0.get(after.get(2..end)?.trim()));
            let (words, taken) = match (value, end) {
                (Some(value), Some(end)) => (value.as_str(), end + 1),
                _ => ("${", 2),
            };
            filled.push_str(words);
            rest = after.get(taken..).unwrap_or_default();
        }
        filled.push_str(rest);
        filled
    }

    pub(super) fn fill_all(&self, node: &mut Node) {
        if let Some(words) = node.value.as_mut().filter(|words| words.text.contains("${")) {
            words.text = self.fill(&words.text);
        }
        node.children.iter_mut().for_each(|child| self.fill_all(child));
    }
}
