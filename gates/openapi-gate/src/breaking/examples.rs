//! Two specifications for each name in the table: one change apart that has it,
//! and one change apart that has not.

use std::borrow::Cow;

use kernel::Example;

mod fragments;
mod whole;

/// What differs, as it stands on both sides.
struct Twins {
    base: String,
    head: String,
}

/// Evidence in which the change `id` is found.
pub(super) fn bad(id: &str) -> Vec<Example> {
    twins(id).map(|it| example(&it.base, &it.head)).into_iter().collect()
}

/// Evidence in which it is not: the base against itself, and where the way back
/// breaks nobody, that.
pub(super) fn good(id: &str) -> Vec<Example> {
    let Some(twins) = twins(id) else { return Vec::new() };
    let mut all = vec![example(&twins.base, &twins.base)];
    let is_one_way = ["-increased", "-decreased", "-set", "-added", "-removed"];
    let goes_back = ["sunset", "stability", "content-", "parameter-default", "media-type"];
    if is_one_way.iter().any(|end| id.ends_with(end)) && !goes_back.iter().any(|it| id.contains(it))
    {
        all.push(example(&twins.head, &twins.base));
    }
    all
}

fn twins(id: &str) -> Option<Twins> {
    whole::twins(id).or_else(|| fragments::twins(id))
}

fn example(base: &str, head: &str) -> Example {
    let text = format!(
        "-- @options --
api = [{{ name = 'a', spec = 'a.yaml', breaking = {{ level = 'warning', sunset_days = 30, today = ['today'] }} }}]
-- @reply today-a 0 --
2026-01-01
-- base: a.yaml --
openapi: 3.1.0
{base}
-- a.yaml --
openapi: 3.1.0
{head}
"
    );
    Example { text: Cow::Owned(text), shown: None }
}
