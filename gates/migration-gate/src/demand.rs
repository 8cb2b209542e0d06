//! What a CHECK demands, as far as that another demands no more can be told: `AND`,
//! `OR`, lists of values, bounds. Whatever else stands there is equal to itself alone.
//!
//! A CHECK refuses a row where it is false, and lets null pass. So `x >= 0` means here
//! "not false": it holds where `x` is null, and each part of a CHECK may be taken by
//! itself.

use std::collections::BTreeSet;

/// What a domain demands that takes no null.
pub(crate) const NOT_NULL: &str = "NOT NULL";

const STEPS_MAX: usize = 20_000;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Demand {
    All(Vec<Demand>),
    Any(Vec<Demand>),
    /// One of these, or null.
    In {
        of: Words,
        values: BTreeSet<Value>,
    },
    Bound {
        of: Words,
        is_lower: bool,
        is_open: bool,
        at: i128,
    },
    Null {
        of: Words,
    },
    Other(Words),
}

pub(crate) type Words = Vec<String>;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    /// In parts of 10⁻⁹.
    Number(i128),
    Text(String),
}

impl Demand {
    /// Whether every row that this one takes is taken by `other`, as far as can be told.
    pub(crate) fn is_at_least(&self, other: &Demand) -> bool {
        implies(self, other, &mut STEPS_MAX.clone())
    }

    /// The same where these columns are null: a count of what is not null counts the
    /// others, in whichever order they stand there.
    pub(crate) fn where_null(&self, is_null: &dyn Fn(&str) -> bool) -> Demand {
        use Demand::{All, Any, Bound, In, Null, Other};
        let all = |parts: &[Demand]| parts.iter().map(|it| it.where_null(is_null)).collect();
        let of_others = |of: &Words| counted(of, is_null);
        match self.clone() {
            All(parts) => All(all(&parts)),
            Any(parts) => Any(all(&parts)),
            In { of, values } => In { of: of_others(&of), values },
            Bound { of, is_lower, is_open, at } => {
                Bound { of: of_others(&of), is_lower, is_open, at }
            }
            Null { of } => Null { of: of_others(&of) },
            Other(words) => Other(of_others(&words)),
        }
    }
}

/// `num_nonnulls(a, b)` without the columns that are null.
fn counted(words: &Words, is_null: &dyn Fn(&str) -> bool) -> Words {
    let [call, open, inner @ .., close] = words.as_slice() else { return words.clone() };
    let is_list = inner.iter().skip(1).step_by(2).all(|word| word == ",")
        && inner.iter().step_by(2).all(|word| !"(),".contains(word.as_str()));
    if call != "num_nonnulls" || open != "(" || close != ")" || !is_list {
        return words.clone();
    }
    let mut kept: Vec<&String> = inner.iter().step_by(2).filter(|it| !is_null(it)).collect();
    kept.sort();
    let mut found = vec![call.clone(), open.clone()];
    for name in kept {
        found.extend([name.clone(), ",".to_owned()]);
    }
    found.push(close.clone());
    found
}

fn implies(one: &Demand, other: &Demand, steps: &mut usize) -> bool {
    use Demand::{All, Any, Bound, In, Null};
    let Some(left) = steps.checked_sub(1) else { return false };
    *steps = left;
    if one == other {
        return true;
    }
    match (one, other) {
        (_, All(parts)) => parts.iter().all(|part| implies(one, part, steps)),
        (Any(parts), _) => parts.iter().all(|part| implies(part, other, steps)),
        (All(parts), Any(others)) => {
            parts.iter().any(|part| implies(part, other, steps))
                || others.iter().any(|part| implies(one, part, steps))
        }
        (All(parts), _) => parts.iter().any(|part| implies(part, other, steps)),
        (_, Any(parts)) => parts.iter().any(|part| implies(one, part, steps)),
        (In { of, values }, In { of: as_of, values: all }) => of == as_of && values.is_subset(all),
        (In { of, values }, Bound { of: as_of, is_lower, is_open, at }) => {
            let fits = |value: &Value| match value {
                Value::Number(number) if number == at => !is_open,
                Value::Number(number) => (number > at) == *is_lower,
                Value::Text(_) => false,
            };
            of == as_of && values.iter().all(fits)
        }
        (
            Bound { of, is_lower, is_open, at },
            Bound { of: as_of, is_lower: as_lower, is_open: as_open, at: as_at },
        ) => {
            let is_within =
                if at == as_at { *is_open || !as_open } else { (at > as_at) == *is_lower };
            of == as_of && is_lower == as_lower && is_within
        }
        // Null passes each of them.
        (Null { of }, In { of: as_of, .. } | Bound { of: as_of, .. }) => of == as_of,
        _ => false,
    }
}
