//! Any other migrations that are programs, one a file, in the order of their
//! numbers: `render` prints what one runs.

use camino::Utf8Path;

use super::{CODE, Layout, Slot, Version, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "code",
    slot,
    // What is printed has its BEGIN and COMMIT, where it has a transaction.
    transaction: |running| running.source.transaction.default.unwrap_or(false),
    version: Version::leading_or_name,
    is_program: true,
    outside: "let the framework run this migration without a transaction",
    ..plain::LAYOUT
};

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let name = super::flat(inside)?;
    let (stem, extension) = name.split_once('.')?;
    CODE.contains(&extension).then(|| Version::leading(stem).map(Slot::up))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_language() {
        assert!(slot("20240101_a.rb".into()).is_some());
        assert!(slot("1712-Add.ts".into()).is_some());
        assert!(slot("1712-Add.d.ts".into()).is_none());
        assert!(slot("index.ts".into()).is_none());
        assert!(slot("20240101_a.sql".into()).is_none());
    }
}
