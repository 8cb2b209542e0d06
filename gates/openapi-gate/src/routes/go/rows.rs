//! Rows of tables and calls that the options describe by a shape.

use std::ops::Range;

use super::facts::{Row, Text};
use super::walk::{Value, Walker};
use crate::routes::{METHODS, shape::Hole};

impl Walker<'_> {
    /// The row that the literal at `open` is, by the shape.
    pub(super) fn rows_of_literal(&mut self, open: usize) {
        let Some(shape) = self.shape.filter(|shape| shape.is_literal) else { return };
        let source = self.source;
        let head = self.head_before(open, shape.head.len());
        let (is_list, is_bare) = self.literal_type(open);
        if is_list {
            return;
        }
        if !shape.head.is_empty() && !is_head(&shape.head, head.as_deref()) {
            return;
        }
        let Some(elements) = source.elements(open).filter(|found| shape.takes(found.len())) else {
            return;
        };
        let named = |range: &Range<usize>| source.word(range.start + 1) == ":";
        if elements.is_empty() || elements.iter().any(|range| named(range) != shape.is_named()) {
            return;
        }
        let element = |hole: Hole| -> Option<Range<usize>> {
            match shape.position(hole)? {
                (index, None) => elements.get(index).cloned(),
                (_, Some(name)) => {
                    let found = elements.iter().find(|range| source.word(range.start) == name)?;
                    Some(found.start + 2..found.end)
                }
            }
        };
        let Some(path) = element(Hole::Path) else { return };
        let method = element(Hole::Method).map(|range| self.text(range));
        // A method that a literal with names leaves out is the empty one.
        let method = method.or_else(|| shape.position(Hole::Method).map(|_| Text::empty()));
        let row = self.row(method, path);
        let (is_method, is_path) = (row.method.as_ref().and_then(Text::known), row.path.known());
        let is_sure = is_method.is_some_and(|method| METHODS.contains(&method.as_str()))
            && is_path.is_none_or(|path| path.starts_with('/'));
        let table = self.brace();
        if is_sure && is_bare {
            self.sure_tables.insert(table);
        }
        if is_sure || !shape.head.is_empty() {
            self.facts.rows.push(row);
        } else if is_bare {
            self.doubtful.push((table, row));
        }
    }

    /// The row that a call is, by the shape.
    pub(super) fn rows_of_call(&mut self, owner: Option<&Value>, name: (&str, usize), open: usize) {
        let Some(shape) = self.shape.filter(|shape| !shape.is_literal) else { return };
        let Some(elements) = self.source.elements(open).filter(|found| shape.takes(found.len()))
        else {
            return;
        };
        let is_own = match (shape.head.as_slice(), owner) {
            ([own], None) => own == name.0,
            ([any, own], Some(_)) if any == "$_" => own == name.0,
            (head, Some(_)) => is_head(head, self.head_before(open, head.len()).as_deref()),
            _ => false,
        };
        let position = |hole: Hole| shape.position(hole).map(|(index, _)| index);
        let element = |hole: Hole| position(hole).and_then(|index| elements.get(index).cloned());
        let Some(path) = element(Hole::Path).filter(|_| is_own) else { return };
        let method = element(Hole::Method).map(|range| self.text(range));
        let row = self.row(method, path);
        self.facts.rows.push(row);
    }

    /// Of the literal at `open`: whether it is a list or map, whose elements are
    /// no fields, and whether its type is left out, as in the rows of a table.
    fn literal_type(&self, open: usize) -> (bool, bool) {
        let source = self.source;
        let mut at = open;
        while at > 0 && (source.is_ident(at - 1) || matches!(source.word(at - 1), "." | "*")) {
            at -= 1;
        }
        let before = if at == 0 { "" } else { source.word(at - 1) };
        (before == "]", at == open && matches!(before, "{" | "," | ":"))
    }

    fn row(&self, method: Option<Text>, path: Range<usize>) -> Row {
        Row {
            table: self.declaration.to_owned(),
            method,
            path: self.text(path.clone()),
            span: self.file.span(self.source.bytes(&path)),
            written: self.source.slice(&path).to_owned(),
        }
    }

    /// The `count` names, with dots between them, before the bracket at `open`.
    fn head_before(&self, open: usize, count: usize) -> Option<Vec<&str>> {
        let mut names = Vec::new();
        let mut at = open;
        for index in 0..count {
            at = at.checked_sub(1)?;
            if index > 0 {
                if self.source.word(at) != "." {
                    return None;
                }
                at = at.checked_sub(1)?;
            }
            names.push(self.source.word(at));
        }
        names.reverse();
        Some(names)
    }
}

fn is_head(wanted: &[String], found: Option<&[&str]>) -> bool {
    found.is_some_and(|found| {
        found.len() == wanted.len()
            && found.iter().zip(wanted).all(|(found, wanted)| wanted == "$_" || wanted == found)
    })
}
