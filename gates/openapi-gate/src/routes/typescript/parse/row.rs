//! What is a route by the shape of the options: calls, objects and lists.

use std::ops::Range;

use super::Parser;
use crate::routes::shape::{Hole, Shape};
use crate::routes::typescript::facts::{Expr, Id, Key, Row};

impl Parser<'_> {
    /// The row that a call is, by the shape.
    pub(super) fn row_of_call(&mut self, callee: Id, values: &[Id], places: &[Range<usize>]) {
        let Some(shape) = self.shape.filter(|it| !it.is_literal) else { return };
        if self.is_called(callee, &shape.head) {
            self.row_of_elements(shape, values, places);
        }
    }

    /// The row that a list is.
    pub(super) fn row_of_list(&mut self, values: &[Id], places: &[Range<usize>]) {
        if let Some(shape) = self.shape.filter(|it| it.is_literal && !it.is_named()) {
            self.row_of_elements(shape, values, places);
        }
    }

    fn row_of_elements(&mut self, shape: &Shape, values: &[Id], places: &[Range<usize>]) {
        let is_spread = |id: &Id| matches!(self.facts.expressions.get(*id), Some(Expr::Spread(_)));
        let spread = values.iter().position(is_spread);
        if !shape.takes(values.len()) && spread.is_none() {
            return;
        }
        // From what is spread on nobody knows which element is which.
        let value = |at: usize| match spread {
            Some(spread) if spread <= at => self.unknown(),
            _ => values.get(at).copied().unwrap_or_default(),
        };
        let index = |hole: Hole| shape.position(hole).map(|(index, _)| index);
        let Some(at) = index(Hole::Path) else { return };
        let place = places.get(spread.map_or(at, |spread| spread.min(at))).cloned();
        let (method, path) = (index(Hole::Method).map(value), value(at));
        self.put_row(method, path, place, shape.is_literal);
    }

    /// The row that an object is.
    pub(super) fn row_of_object(&mut self, entries: &[(Key, Id)], places: &[Range<usize>]) {
        let Some(shape) = self.shape.filter(|it| it.is_named()) else { return };
        let find = |name: &str| {
            entries.iter().rposition(|(key, _)| matches!(key, Key::Name(own) if own == name))
        };
        let is_open = entries.iter().any(|(key, _)| matches!(key, Key::Spread));
        let names = shape.elements.iter().filter_map(|it| it.name.as_deref());
        let there: Vec<bool> = names.map(|name| find(name).is_some()).collect();
        if !there.contains(&true) || (there.contains(&false) && !is_open) {
            return;
        }
        let at = |hole: Hole| shape.position(hole).and_then(|(_, name)| find(name?));
        let value = |at: Option<usize>| {
            at.and_then(|at| entries.get(at)).map_or(self.unknown(), |(_, id)| *id)
        };
        let (method_at, path_at) = (at(Hole::Method), at(Hole::Path));
        let has_method = shape.position(Hole::Method).is_some();
        let (method, path) = (has_method.then(|| value(method_at)), value(path_at));
        let place = places.get(path_at.or(method_at).unwrap_or_default()).cloned();
        self.put_row(method, path, place, true);
    }

    fn put_row(
        &mut self,
        method: Option<Id>,
        path: Id,
        place: Option<Range<usize>>,
        is_doubtful: bool,
    ) {
        let site = self.put_site(place.unwrap_or(self.at..self.at + 1));
        self.facts.rows.push(Row { method, path, site, is_doubtful });
    }

    /// Whether the names of what is called end with those of `head`.
    fn is_called(&self, callee: Id, head: &[String]) -> bool {
        let mut at = Some(callee);
        for (number, wanted) in head.iter().enumerate().rev() {
            let Some(id) = at else { return false };
            let (name, of) = match self.facts.expressions.get(id) {
                Some(Expr::Member(of, name)) => (name.as_str(), Some(*of)),
                Some(Expr::Name(name)) => (name.as_str(), None),
                Some(Expr::This) => ("this", None),
                _ => ("", None),
            };
            if wanted != "$_" && wanted != name {
                return false;
            }
            // A bare name is no method of that name.
            if number == 0 && head.len() == 1 && of.is_some() {
                return false;
            }
            at = of;
        }
        true
    }
}
