//! SQL files in one folder, run in the order of their numbers.

use camino::Utf8Path;

use super::{Slot, Version};
use crate::postgres::Script;
use crate::settings::Source;

pub(super) fn slot(inside: &Utf8Path) -> Option<Slot> {
    if inside.components().count() != 1 {
        return None;
    }
    let name = inside.file_name()?;
    let stem = super::stem(name)?;
    let version = Version::leading(stem).unwrap_or_else(|| Version::Name(stem.to_owned()));
    Some(Slot { version, is_down: stem.ends_with(".down") || stem.ends_with("_down") })
}

pub(super) fn transaction(text: &str, script: &Script, source: &Source) -> bool {
    let Some(directive) = source.transaction.directive.as_deref().map(str::trim) else {
        return source.transaction.default;
    };
    let first = script.statements.first().map_or(text.len(), |first| first.span.start);
    let says = script.comments.iter().filter(|comment| comment.end <= first).any(|comment| {
        let comment = text.get(comment.clone()).unwrap_or_default().trim();
        let reason = comment.strip_prefix(directive);
        reason.is_some_and(|reason| reason.contains(char::is_alphanumeric))
    });
    source.transaction.default != says
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres;

    #[test]
    fn numbers_and_names() {
        let version = |path: &str| slot(path.into()).map(|slot| slot.version);
        assert_eq!(version("0007_a.sql"), Some(Version::Number(7)));
        assert_eq!(version("baseline.sql"), Some(Version::Name("baseline".into())));
        assert_eq!(version("0007_A.SQL"), Some(Version::Number(7)));
        assert_eq!(version("old/0001_a.sql"), None);
        assert!(slot("1_a.down.sql".into()).is_some_and(|slot| slot.is_down));
    }

    #[test]
    fn a_directive_needs_a_reason_and_the_first_place() {
        let mut source = Source::default();
        source.transaction.directive = Some("-- app:no-tx:".into());
        let transaction = |text: &str| transaction(text, &postgres::read(text), &source);
        assert!(!transaction("-- app:no-tx: concurrent index\nselect 1;"));
        assert!(transaction("-- app:no-tx:\nselect 1;"));
        assert!(transaction("select 1;\n-- app:no-tx: late\n"));
        assert!(transaction("select '-- app:no-tx: in a text';"));
    }
}
