//! What a repository's first ci.toml says of it.

use kernel::{Depth, Globs, Proposal, Tree};

use crate::ID;
use crate::language::Language;

/// A folder called `ee` or `enterprise` is one that an open core keeps apart.
pub(crate) fn propose(tree: &Tree, _depth: Depth) -> Option<Proposal> {
    let mut restricted: Vec<String> = Vec::new();
    let everything = Globs::new(Language::patterns()).ok()?;
    for entry in tree.list(&everything) {
        for folder in entry.path.ancestors().skip(1) {
            if matches!(folder.file_name(), Some("ee" | "enterprise" | "(ee)")) {
                let pattern = format!("{folder}/**");
                // The outermost one says it all.
                if !folder
                    .ancestors()
                    .skip(1)
                    .any(|above| restricted.contains(&format!("{above}/**")))
                    && !restricted.contains(&pattern)
                {
                    restricted.push(pattern);
                }
            }
        }
    }
    let is_below = |inner: &String, outer: &String| {
        inner != outer && inner.starts_with(outer.trim_end_matches("**"))
    };
    let outer = restricted.clone();
    restricted.retain(|inner| !outer.iter().any(|outer| is_below(inner, outer)));
    restricted.sort();
    let list: Vec<String> = restricted.iter().map(|one| format!("{one:?}")).collect();
    (!list.is_empty()).then(|| {
        let toml = format!(
            "[[gate.{ID}.boundary]]\nname = \"core\"\nrestricted = [{}]\n",
            list.join(", ")
        );
        Proposal::new(toml, format!("restricted folders: {}", restricted.join(", ")))
    })
}
