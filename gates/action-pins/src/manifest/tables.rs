//! TOML with places.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Broken;

pub(super) type Value<'s> = Spanned<DeValue<'s>>;

/// Every key of `source`.
pub(super) fn read(source: &str) -> Result<DeTable<'_>, Broken> {
    let table = DeTable::parse(source).map_err(|error| Broken {
        reason: format!("is no TOML: {}", error.message().trim_end_matches('.')),
        at: error.span().map(|span| span.start),
    })?;
    Ok(table.into_inner())
}

/// The table at `path` below `table`.
pub(super) fn table<'t, 's>(table: &'t DeTable<'s>, path: &[&str]) -> Option<&'t DeTable<'s>> {
    let mut table = table;
    for key in path {
        table = table.get(*key)?.get_ref().as_table()?;
    }
    Some(table)
}

/// The entries of the table at `path`, none if there is no such table.
pub(super) fn entries<'t, 's>(
    within: &'t DeTable<'s>,
    path: &[&str],
) -> impl Iterator<Item = (&'t str, &'t Value<'s>)> + use<'t, 's> {
    let table = table(within, path).into_iter();
    table.flat_map(|table| table.iter().map(|(key, value)| (&**key.get_ref(), value)))
}

/// The strings of a list, with their places.
pub(super) fn texts<'t>(value: &'t Value<'_>) -> impl Iterator<Item = (&'t str, Range<usize>)> {
    let items = value.get_ref().as_array().into_iter().flat_map(|array| array.iter());
    items.filter_map(|item| Some((item.get_ref().as_str()?, item.span())))
}

/// The value of `key`, if `value` is a table, or a text.
pub(super) fn text<'t>(value: &'t Value<'_>, key: &str) -> Option<(&'t str, Range<usize>)> {
    let found = value.get_ref().as_table()?.get(key)?;
    Some((found.get_ref().as_str()?, found.span()))
}

/// Whether `key` of the table `value` is there.
pub(super) fn has(value: &Value<'_>, key: &str) -> bool {
    value.get_ref().as_table().is_some_and(|table| table.contains_key(key))
}

/// Whether `key` of the table `value` is `true`.
pub(super) fn is_true(value: &Value<'_>, key: &str) -> bool {
    let found = value.get_ref().as_table().and_then(|table| table.get(key));
    found.and_then(|found| found.get_ref().as_bool()) == Some(true)
}
