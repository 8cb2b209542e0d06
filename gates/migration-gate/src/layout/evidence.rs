//! What the layouts' tests share.

#![cfg(test)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use kernel::Tree;

use super::{Framework, Running, Section, folder};
use crate::postgres;
use crate::settings::Source;

/// Whether the first section of the one file of `files` runs in a transaction.
pub(super) fn transaction_of(framework: Framework, files: &[(&str, &str)]) -> bool {
    let tree = Tree::literal(files.iter().copied());
    let ups = folder(framework, "m", &tree).ups;
    let migration = ups.last().unwrap();
    let file = tree.read_entry(&migration.entry).unwrap();
    let text = file.text().unwrap();
    let sections = framework.sections(migration, text);
    let section = sections.first().unwrap();
    let text = section.text.as_deref().unwrap_or(text);
    let script = postgres::read(text);
    let source = Source::default();
    let running =
        Running { migration, section, text, script: &script, source: &source, tree: &tree };
    framework.transaction(&running)
}

/// The same of one file that has a name every framework reads.
pub(super) fn transaction(framework: Framework, text: &str) -> bool {
    let name = match framework.name {
        "golang-migrate" => "m/1_a.up.sql",
        "diesel" => "m/1_a/up.sql",
        "prisma" => "m/1_a/migration.sql",
        "flyway" | "refinery" => "m/V1__a.sql",
        _ => "m/1_a.sql",
    };
    transaction_of(framework, &[(name, text)])
}

/// The sections of a text: which part of it runs, without the blanks around it.
pub(super) fn told(framework: Framework, text: &str) -> Vec<String> {
    let told = |section: Section| {
        let kept = section.text.as_deref().unwrap_or(text);
        assert_eq!(kept.len(), section.span.len());
        let way = if section.is_down { "down" } else { "up" };
        let part = section.part.map(|part| format!(" {part}")).unwrap_or_default();
        let words: Vec<&str> = kept.split_whitespace().collect();
        let fault = section.faults.first().map(|fault| format!(" ! {}", fault.reason));
        format!("{way}{part}: {}{}", words.join(" "), fault.unwrap_or_default())
    };
    (framework.sections)(text).into_iter().map(told).collect()
}
