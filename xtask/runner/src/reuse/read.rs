//! Which files a gate read, known when somebody asks.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use kernel::Tree;

use super::{Asked, Later};

/// The files that a gate read. Of a result that was taken they are found out only
/// where an exception in a file wants to know who read it.
#[derive(Debug)]
pub struct Read {
    paths: OnceLock<BTreeSet<String>>,
    later: Option<(Later<Asked>, Tree)>,
}

impl Read {
    /// These.
    #[must_use]
    pub fn these(paths: BTreeSet<String>) -> Read {
        Read { paths: OnceLock::from(paths), later: None }
    }

    /// Those that a gate which asked this of `tree` has read.
    #[must_use]
    pub fn later(asked: Later<Asked>, tree: &Tree) -> Read {
        Read { paths: OnceLock::new(), later: Some((asked, tree.clone())) }
    }

    /// Whether it read the file.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let paths = self.paths.get_or_init(|| {
            let later = self.later.as_ref();
            let asked = later.and_then(|(asked, tree)| Some((asked.get()?, tree)));
            asked.map(|(asked, tree)| asked.read(&asked.answers(tree))).unwrap_or_default()
        });
        paths.contains(path)
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Globs, Pulse};

    use super::*;

    #[test]
    fn what_a_gate_read_is_known_before_and_after() {
        let tree = Tree::literal([("a.yml", "1"), ("b.md", "2")]);
        let own = tree.retraced(Pulse::default());
        for entry in own.list(&Globs::new(["*.yml"]).unwrap()) {
            own.read_entry(&entry).unwrap();
        }
        let these = Read::these(own.trace().read.into_keys().collect());
        let later = Read::later(Later::of(&Asked::of(&own.trace())).unwrap(), &tree);
        for read in [these, later] {
            assert_eq!(["a.yml", "b.md", "c"].map(|path| read.has(path)), [true, false, false]);
        }
    }
}
