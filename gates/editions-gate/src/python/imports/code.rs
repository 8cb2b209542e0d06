//! Other names for what loads a module, and code that stands in a text.

use super::{Reader, read};
use crate::reference::{Kind, Reference};

impl<'a> Reader<'a, '_> {
    // The other name that a line gives to a function that loads modules: `import_module
    // as load`, `load = importlib.import_module`.
    pub(super) fn renamed(&self) -> Option<&'a str> {
        let is_loader = |at: usize| matches!(self.text(at), "import_module" | "__import__");
        let last = self.tokens.len().checked_sub(1)?;
        let is_given = self.text(1) == "=" && is_loader(last) && self.is_name(0);
        let is_alias = |at: &usize| is_loader(*at) && self.text(at + 1) == "as";
        match (0..last).find(is_alias) {
            Some(at) if self.text(0) == "from" => Some(self.text(at + 2)),
            _ => is_given.then(|| self.text(0)),
        }
        .filter(|name| !name.is_empty())
    }

    // `exec("import a.b")`: what the text says, at the place of the text.
    pub(super) fn code(&self, at: usize, found: &mut Vec<Reference>) {
        let text = Some(at).filter(|at| self.text(at + 1) == "(" && self.depth > 0);
        let Some((code, span, _)) = text.and_then(|at| self.argument(at + 2, "source")) else {
            return;
        };
        let inner = read(&code, self.depth - 1).references.into_iter();
        found.extend(inner.map(|one| Reference { kind: Kind::Dynamic, span: span.clone(), ..one }));
    }
}
