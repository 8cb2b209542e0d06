//! Supabase: `STAMP_name.sql`. Its statements are sent in one go, with the note
//! that they have run: PostgreSQL runs them as one transaction, in which only the
//! first may be one that can run in none.

use camino::Utf8Path;

use super::{Folder, Layout, Path, Running, Slot, Version, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "supabase",
    slot,
    arrange,
    transaction,
    version: |text| Some(Version::Name(text.split('_').next().unwrap_or_default().to_owned())),
    is_by_name: true,
    outside: "give it a file of its own: other statements before it are one transaction with it",
    ..plain::LAYOUT
};

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let (version, _) = super::flat(inside)?.strip_suffix(".sql")?.split_once('_')?;
    let is_stamp = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    is_stamp.then(|| Slot::up(Version::Name(version.to_owned())))
}

/// A first file of the tool's early days is passed by.
fn arrange(folder: &mut Folder, path: &Path<'_>) {
    let inside = super::files(path.dir, path.tree).into_iter().map(|(_, inside)| inside);
    let first = inside.filter_map(|it| it.iter().next().map(str::to_owned)).min();
    let is_early = |name: &str| {
        let stamp = name.strip_suffix("_init.sql").unwrap_or_default();
        stamp.len() == 14 && stamp < "20211209000000"
    };
    let Some(first) = first.filter(|name| is_early(name)) else { return };
    let before = folder.ups.len();
    folder.ups.retain(|it| it.path().file_name() != Some(first.as_str()));
    folder.others += (before - folder.ups.len()) as u64;
}

fn transaction(running: &Running<'_>) -> bool {
    let mut statements = running.script.statements.iter();
    // The first may end what it began; a later one is refused.
    !statements.next().is_some_and(Running::runs_alone) || statements.any(Running::runs_alone)
}

#[cfg(test)]
mod tests {
    use kernel::Tree;

    use super::*;
    use crate::layout::evidence::transaction;
    use crate::layout::folder;

    #[test]
    fn names_as_the_tool_reads_them() {
        assert_eq!(slot("2024_a.sql".into()).unwrap().version, Version::Name("2024".into()));
        assert!(slot("2024.sql".into()).is_none() && slot("a_b.sql".into()).is_none());
    }

    #[test]
    fn an_early_first_file_is_passed_by() {
        let ups = |files: [&str; 2]| {
            let tree = Tree::literal(files.map(|name| (name, "")));
            folder(&LAYOUT, "m", &tree).ups.len()
        };
        assert_eq!(ups(["m/20210101000000_init.sql", "m/20220101000000_a.sql"]), 1);
        assert_eq!(ups(["m/20220101000000_init.sql", "m/20230101000000_a.sql"]), 2);
        assert_eq!(
            ups(["m/20200101000000_a.sql", "m/20210101000000_init.sql"]),
            2,
            "not the first"
        );
    }

    #[test]
    fn what_can_run_in_none_comes_first() {
        assert!(!transaction(&LAYOUT, "create index concurrently a on b (c);"));
        assert!(!transaction(&LAYOUT, "create index concurrently a on b (c); select 1;"));
        let two = "create index concurrently a on b (c); create index concurrently d on b (e);";
        assert!(transaction(&LAYOUT, two));
        assert!(transaction(&LAYOUT, "select 1; create index concurrently a on b (c);"));
        assert!(transaction(&LAYOUT, "create table a (b int);"));
    }
}
