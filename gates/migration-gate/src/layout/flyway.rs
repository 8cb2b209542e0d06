//! Flyway: `V1.2__name.sql`, `U1.2__name.sql` undoes it, `R__name.sql` runs
//! whenever it has changed, after all others, `B5__name.sql` spares a new
//! database the versions up to it. Folders below are read as well.
//!
//! A file runs in a transaction, unless a file of its name and `.conf` says
//! `executeInTransaction=false`, or each of its statements can run in none.

use camino::Utf8Path;
use kernel::Tree;

use super::{Folder, Layout, Path, Role, Running, Section, Slot, Version, plain, psql};

pub(super) const LAYOUT: Layout = Layout {
    name: "flyway",
    slot,
    arrange,
    sections,
    transaction,
    version: |text| version(text.trim_start_matches('V')),
    keeps_checksums: true,
    outside: "give it a file of its own, or one of its name and '.conf' with executeInTransaction=false",
    ..plain::LAYOUT
};

/// `1_2` is `1.2`, and `1.0` is `1`.
fn version(text: &str) -> Option<Version> {
    let parts = text.split(['.', '_']).map(|part| {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| is_number)
    });
    let mut parts: Vec<u128> = parts.collect::<Option<_>>()?;
    while parts.len() > 1 && parts.last() == Some(&0) {
        parts.pop();
    }
    Some(Version::Parts(parts))
}

/// Scripts that run around migrations, each time.
const EVENTS: [&str; 16] = [
    "beforeConnect",
    "afterConnect",
    "beforeCreateSchema",
    "createSchema",
    "beforeValidate",
    "afterValidate",
    "beforeMigrate",
    "beforeEachMigrate",
    "beforeEachMigrateStatement",
    "afterEachMigrateStatement",
    "afterEachMigrate",
    "afterVersioned",
    "beforeRepeatables",
    "afterMigrateApplied",
    "afterMigrate",
    "afterMigrateOperationFinish",
];

pub(super) fn slot(inside: &Utf8Path) -> Option<Slot> {
    let stem = super::stem(inside.file_name()?)?;
    if EVENTS.iter().any(|event| stem == *event || stem.starts_with(&format!("{event}__"))) {
        return Some(Slot { version: Version::Last(stem.to_owned()), role: Role::Again });
    }
    // A description can be left out, with what parts it from the version.
    let rest = stem.get(1..)?;
    let (number, name) = rest.split_once("__").unwrap_or((rest, ""));
    let role = match stem.chars().next()? {
        'R' if number.is_empty() => {
            return Some(Slot { version: Version::Last(name.to_owned()), role: Role::Again });
        }
        'V' => Role::Up,
        'U' => Role::Down,
        'B' => Role::Baseline,
        _ => return None,
    };
    Some(Slot { version: version(number)?, role })
}

/// Rows that `COPY … FROM stdin` sends are no statements.
fn sections(text: &str) -> Vec<Section> {
    let mut section = Section::whole(text);
    for span in psql::rows(text) {
        section.blank(text, span);
    }
    vec![section]
}

/// A baseline is run where no version before it is left, and what says that it does
/// not run is not run.
fn arrange(folder: &mut Folder, path: &Path<'_>) {
    let here = folder.ups.len();
    folder.ups.retain(|it| configured(it.path(), path.tree, "shouldExecute") != Some(false));
    folder.others += (here - folder.ups.len()) as u64;
    let first = folder.ups.iter().filter(|it| it.slot.role == Role::Up);
    let first = first.map(|it| it.slot.version.clone()).min();
    let is_run = |version: &Version| first.as_ref().is_none_or(|first| version < first);
    let before = folder.ups.len();
    folder.ups.retain(|it| it.slot.role != Role::Baseline || is_run(&it.slot.version));
    folder.others += (before - folder.ups.len()) as u64;
}

fn transaction(running: &Running<'_>) -> bool {
    let own = running.migration.path();
    if let Some(says) = configured(own, running.tree, "executeInTransaction") {
        return says;
    }
    let alone = |part: &std::ops::Range<usize>| {
        runs_alone(running.text.get(part.clone()).unwrap_or_default())
    };
    running.script.parts.is_empty() || !running.script.parts.iter().all(alone)
}

/// What the file beside it says of `name`: yes or no, and nothing where only a run
/// tells.
fn configured(path: &Utf8Path, tree: &Tree, name: &str) -> Option<bool> {
    let conf = tree.read(Utf8Path::new(&format!("{path}.conf"))).ok()?;
    let says = |line: &str| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == name).then(|| value.trim().to_ascii_lowercase())
    };
    match conf.text()?.lines().filter_map(says).next_back()?.as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Statements that Flyway itself keeps out of transactions.
fn runs_alone(statement: &str) -> bool {
    let words = statement.split_whitespace().take(6).map(str::to_ascii_uppercase);
    let words: Vec<String> = words.collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["CREATE" | "DROP", "DATABASE" | "TABLESPACE" | "SUBSCRIPTION", ..]
        | ["ALTER", "SYSTEM", ..]
        | ["DISCARD", "ALL" | "ALL;", ..]
        | ["CREATE" | "DROP", "INDEX", "CONCURRENTLY", ..]
        | ["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY", ..]
        | ["REINDEX", "SCHEMA" | "DATABASE" | "SYSTEM", ..]
        | ["REINDEX", "VERBOSE", "SCHEMA" | "DATABASE" | "SYSTEM", ..] => true,
        [first, ..] => first.trim_end_matches(';') == "VACUUM",
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::evidence::{told, transaction, transaction_of};
    use crate::layout::folder;

    #[test]
    fn names_as_flyway_reads_them() {
        let read = |path: &str| slot(path.into()).map(|slot| (slot.version, slot.role));
        assert_eq!(read("V1.2__a.sql"), Some((Version::Parts(vec![1, 2]), Role::Up)));
        assert_eq!(read("v/V1_2__a.SQL"), read("V1.2.0__b.sql"));
        assert!(read("V1.10__a.sql") > read("V1.9__a.sql"));
        assert_eq!(read("U1__a.sql").unwrap().1, Role::Down);
        assert!(read("R__views.sql") > read("V999__a.sql"));
        assert_eq!(read("afterMigrate__grants.sql").unwrap().1, Role::Again);
        assert_eq!(read("V1.sql"), read("V1__a.sql"), "no description");
        assert_eq!(read("R.sql").unwrap().1, Role::Again);
        assert_eq!(read("afterConnect.sql").unwrap().1, Role::Again);
        assert_eq!(read("beforeEachMigrateStatement__a.sql").unwrap().1, Role::Again);
        for other in [
            "V1_a.sql",
            "V__a.sql",
            "V.sql",
            "Va__a.sql",
            "R1__a.sql",
            "Rights.sql",
            "seed.sql",
            "V1..2__a.sql",
            "afterInfo.sql",
            "v1__a.sql",
        ] {
            assert!(read(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_baseline_stands_for_what_is_gone() {
        let ups = |files: &[(&str, &str)]| {
            let folder = folder(&LAYOUT, "m", &Tree::literal(files.iter().copied()));
            folder
                .ups
                .iter()
                .map(|it| it.path().file_name().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let (b2, v1, v3) = (("m/B2__b.sql", ""), ("m/V1__a.sql", ""), ("m/V3__c.sql", ""));
        assert_eq!(ups(&[b2, v3]), ["B2__b.sql", "V3__c.sql"]);
        assert_eq!(ups(&[b2, v1, v3]), ["V1__a.sql", "V3__c.sql"]);
    }

    #[test]
    fn a_transaction_where_one_can_be() {
        assert!(transaction(&LAYOUT, "create table a (b int);"));
        assert!(!transaction(&LAYOUT, "create index concurrently a on b (c);\nvacuum;"));
        assert!(transaction(&LAYOUT, "create index concurrently a on b (c); select 1;"));
        let off =
            [("m/V1__a.sql", "select 1;"), ("m/V1__a.sql.conf", "executeInTransaction=false\n")];
        assert!(!transaction_of(&LAYOUT, &off));
        assert!(!transaction(&LAYOUT, "DISCARD ALL;"));
    }

    #[test]
    fn what_says_that_it_does_not_run_is_left_out() {
        let runs = |says: &str| {
            let files = [("m/V1__a.sql", "select 1;"), ("m/V1__a.sql.conf", says)];
            folder(&LAYOUT, "m", &Tree::literal(files)).ups.len() == 1
        };
        assert!(!runs("shouldExecute=false\n") && runs("shouldExecute=true\n"));
        assert!(runs("shouldExecute=${stage}==prod\n"), "only a run tells");
    }

    #[test]
    fn rows_are_no_statements() {
        let text = "COPY a (b) FROM stdin;\n1\tdon't\n\\.\nselect '\\i';\n";
        assert_eq!(told(&LAYOUT, text), ["up: COPY a (b) FROM stdin; select '\\i';"]);
    }
}
