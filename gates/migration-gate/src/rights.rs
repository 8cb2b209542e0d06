//! Rights that are taken and given again before anybody else looks.

use std::collections::BTreeSet;

use crate::ops::{Name, What};
use crate::step::Step;

/// What `ALL` on a table is.
const ALL: [&str; 7] =
    ["select", "insert", "update", "delete", "truncate", "references", "trigger"];

/// Each role with each of its rights.
pub(crate) type Rights = BTreeSet<(String, String)>;

/// The rights that a statement is about, one by one.
pub(crate) fn rights(roles: &[String], verbs: &[String]) -> Rights {
    let is_all = verbs.iter().any(|verb| verb == "all" || verb == "all privileges");
    let verbs: Vec<&str> =
        if is_all { ALL.to_vec() } else { verbs.iter().map(String::as_str).collect() };
    let mut found = Rights::new();
    for role in roles {
        found.extend(verbs.iter().map(|verb| (role.clone(), (*verb).to_owned())));
    }
    found
}

/// Whether all of `needed` on `object` is granted later in the transaction.
pub(crate) fn come_back(step: &Step<'_>, object: &Name, needed: &Rights) -> bool {
    let mut given = Rights::new();
    let here = step.after.iter().map(|(_, op)| &op.what);
    for what in here.take_while(|what| **what != What::Commit) {
        if let What::Grant { objects, schemas, rights } = what
            && (objects.contains(object) || schemas.contains(&object.schema))
        {
            given.extend(rights.iter().cloned());
        }
    }
    step.transaction && !given.is_empty() && needed.is_subset(&given)
}
