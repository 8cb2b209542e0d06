//! Statements with a block: what their headers bind.

use super::walk::{Bound, Walker};

impl Walker<'_> {
    /// A statement with a block: names of its header live in that block.
    pub(super) fn header(&mut self, at: usize) {
        let source = self.source;
        let mut open = at + 1;
        loop {
            match source.word(open) {
                "(" | "[" => open = source.close(open),
                "{" => {
                    let close = source.close(open);
                    // `range []string{"a"} {`: a literal, not the block.
                    let is_block =
                        source.is_end(close + 1) || matches!(source.word(close + 1), "else" | "}");
                    if is_block {
                        break;
                    }
                    open = close;
                }
                "" => return,
                _ => {}
            }
            open += 1;
            if open >= self.extent.end {
                return;
            }
        }
        self.header_until = open;
        if source.word(at) != "for" {
            self.conditional.insert(open);
            return;
        }
        let Some(range) = (at + 1..open).find(|at| source.word(*at) == "range") else { return };
        let names: Vec<usize> = (at + 1..range).filter(|at| source.is_ident(*at)).collect();
        if let [_, variable] = names.as_slice() {
            let table = self.table(range + 1, open);
            let name = source.word(*variable);
            self.pending.entry(open).or_default().push((name, Bound::Loop(table)));
        }
    }

    /// The name of the declaration that holds the table of the expression.
    fn table(&self, start: usize, end: usize) -> String {
        let source = self.source;
        let is_local = !source.is_ident(start)
            || source.word(start) == "map"
            || (source.word(start + 1) != "." && self.bound(source.word(start)).is_some());
        if is_local {
            return self.declaration.to_owned();
        }
        let mut name = source.word(start);
        let mut at = start + 1;
        while at < end && source.word(at) == "." {
            name = source.word(at + 1);
            at += 2;
        }
        name.to_owned()
    }
}
