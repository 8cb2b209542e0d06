//! An object with what the values of its own fields add to it.

use super::table::{Field, Object, Table, Type};
use crate::spec::{Node, one_line};

pub(super) struct Kind<'n> {
    table: &'static Table,
    node: Node<'n>,
    /// The object, then what its values add, the most particular last.
    chain: Vec<&'static Object>,
    /// The one of the chain whose value names nothing: what any value adds may stand
    /// there, for the value has a rule of its own.
    undecided: Option<&'static Object>,
}

impl<'n> Kind<'n> {
    pub(super) fn of(table: &'static Table, object: &'static Object, node: Node<'n>) -> Kind<'n> {
        let mut kind = Kind { table, node, chain: vec![object], undecided: None };
        let mut last = object;
        while let Some((field, is_strict)) = last.by {
            let value = node.get(field).and_then(Node::text);
            let is_meant = |name: &str| value.is_some_and(|it| it.eq_ignore_ascii_case(name));
            let variant = last.variants.iter().find(|(name, _)| is_meant(name));
            let Some(variant) = variant.and_then(|(_, number)| table.object(*number)) else {
                kind.undecided = (!is_strict).then_some(last);
                break;
            };
            kind.chain.push(variant);
            last = variant;
        }
        kind
    }

    /// The field of that name.
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        let own = self.chain.iter().rev().find_map(|object| object.fields.get(name));
        own.or_else(|| self.undecided.and_then(|object| self.among_variants(object, name)))
    }

    /// What stands under a name that is no field.
    pub(super) fn rest(&self, name: &str) -> Option<&'static Type> {
        let rest = self.chain.iter().flat_map(|object| &object.rest);
        let own = rest.filter(|(names, _)| !name.starts_with("x-") && names.refuse(name).is_none());
        own.map(|(_, holds)| holds).next()
    }

    /// The names of its fields.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.chain.iter().flat_map(|object| object.fields.keys().copied())
    }

    /// Fields that must be there.
    pub(super) fn required(&self) -> Vec<&'static str> {
        let all = self.chain.iter().flat_map(|object| &object.required);
        let mut names: Vec<&'static str> = all.copied().collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The value without which the field could stand there: `in: path`.
    pub(super) fn beside(&self, name: &str) -> Option<String> {
        let owner = self.chain.iter().find(|it| self.among_variants(it, name).is_some())?;
        let (field, _) = owner.by?;
        let value = self.node.get(field)?.text()?;
        Some(format!("{field}: {}", one_line(value)))
    }

    fn among_variants(&self, object: &'static Object, name: &str) -> Option<&'static Field> {
        let mut open = vec![object];
        while let Some(object) = open.pop() {
            let below = object.variants.iter().filter_map(|(_, it)| self.table.object(*it));
            for variant in below {
                if let Some(field) = variant.fields.get(name) {
                    return Some(field);
                }
                open.push(variant);
            }
        }
        None
    }
}
