//! SQL files in one folder, run in the order of their numbers.

use camino::Utf8Path;

use super::{Layout, Running, Section, Slot, Version};

pub(super) const LAYOUT: Layout = Layout {
    name: "plain",
    slot,
    refuses: |_| None,
    sections: |text| vec![Section::whole(text)],
    brings: |_| Vec::new(),
    written: |_, _, _, _| None,
    arrange: |_, _| {},
    transaction,
    version: Version::leading_or_name,
    keeps_checksums: false,
    is_shared: false,
    is_joined: false,
    is_program: false,
    is_by_name: false,
    has_no_gaps: false,
    outside: "let this file run without a transaction, and say so by transaction.directive",
    own_table: None,
};

pub(super) fn slot(inside: &Utf8Path) -> Option<Slot> {
    let stem = super::stem(super::flat(inside)?)?;
    let version = Version::leading_or_name(stem)?;
    let is_down = stem.ends_with(".down") || stem.ends_with("_down");
    Some(Slot::up_or_down(version, is_down))
}

fn transaction(running: &Running<'_>) -> bool {
    running.source.transaction.default.unwrap_or(true) != has_directive(running)
}

/// Whether the file says that it is otherwise, and why.
pub(super) fn has_directive(running: &Running<'_>) -> bool {
    let Running { text, script, source, .. } = running;
    let Some(directive) = source.transaction.directive.as_deref().map(str::trim) else {
        return false;
    };
    let first = script.statements.first().map_or(text.len(), |first| first.span.start);
    script.comments.iter().filter(|comment| comment.end <= first).any(|comment| {
        let comment = text.get(comment.clone()).unwrap_or_default().trim();
        let reason = comment.strip_prefix(directive);
        reason.is_some_and(|reason| reason.contains(char::is_alphanumeric))
    })
}

#[cfg(test)]
mod tests {
    use kernel::Tree;

    use super::*;
    use crate::layout::folder;
    use crate::postgres;
    use crate::settings::Source;

    #[test]
    fn numbers_and_names() {
        let version = |path: &str| slot(path.into()).map(|slot| slot.version);
        assert_eq!(version("0007_a.sql"), Some(Version::Number(7)));
        assert_eq!(version("baseline.sql"), Some(Version::Name("baseline".into())));
        assert_eq!(version("0007_A.SQL"), Some(Version::Number(7)));
        assert_eq!(version("old/0001_a.sql"), None);
        assert!(version("2024-01-31-a.sql") < version("2024-02-01-b.sql"));
        assert!(slot("1_a.down.sql".into()).is_some_and(|slot| slot.is_down()));
    }

    #[test]
    fn a_directive_needs_a_reason_and_the_first_place() {
        let mut source = Source::default();
        source.transaction.directive = Some("-- app:no-tx:".into());
        let transaction = |text: &str| {
            let tree = Tree::literal([("m/1.sql", text)]);
            let ups = folder(&LAYOUT, "m", &tree).ups;
            let (migration, section) = (ups.first().unwrap(), Section::whole(text));
            let (script, source) = (&postgres::read(text), &source);
            let section = &section;
            transaction(&Running { migration, section, text, script, source, tree: &tree })
        };
        assert!(!transaction("-- app:no-tx: concurrent index\nselect 1;"));
        assert!(transaction("-- app:no-tx:\nselect 1;"));
        assert!(transaction("select 1;\n-- app:no-tx: late\n"));
        assert!(transaction("select '-- app:no-tx: in a text';"));
    }
}
