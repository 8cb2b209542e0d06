//! PostgreSQL as text → what it does. The only module that knows the parser:
//! its interface moves between versions, and a second dialect is a second
//! folder.

mod block;
mod default;
mod demand;
mod depth;
mod literal;
mod mend;
mod object;
mod publication;
mod rights;
mod routine;
mod rows;
mod spoken;
mod table;
mod temporary;
mod tree;
mod unjudged;

use std::collections::BTreeSet;
use std::ops::Range;

use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode};

use crate::ops::{Op, Statement, What};
pub(crate) use demand::demanded;
use routine::Routines;
pub(crate) use spoken::say_the_same;
use tree::{child, has, named, span};

/// A file's statements.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) statements: Vec<Statement>,
    /// The bytes of what is sent to a server one by one: a block is one, and
    /// what it holds is none.
    pub(crate) parts: Vec<Range<usize>>,
    /// Whether it was only read with its placeholders taken for names.
    pub(crate) has_placeholders: bool,
    /// The bytes of each comment.
    pub(crate) comments: Vec<Range<usize>>,
    /// What could not be read: then the statements may not be all.
    pub(crate) faults: Vec<Fault>,
}

impl Script {
    /// The same, of a text that begins at that byte of its file.
    pub(crate) fn at(mut self, start: usize) -> Script {
        let place = |span: &mut Range<usize>| *span = span.start + start..span.end + start;
        for statement in &mut self.statements {
            place(&mut statement.span);
            statement.holder.as_mut().map(place).unwrap_or_default();
            statement.ops.iter_mut().for_each(|op| place(&mut op.span));
        }
        self.parts.iter_mut().chain(&mut self.comments).for_each(place);
        self.faults.iter_mut().for_each(|fault| place(&mut fault.span));
        self
    }
}

/// Why a place cannot be read.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) span: Range<usize>,
    pub(crate) reason: String,
}

/// Reads `text`. What cannot be read is told and never left out in silence.
pub(crate) fn read(text: &str) -> Script {
    let script = read_once(text, BTreeSet::new());
    if script.faults.is_empty() {
        return script;
    }
    let again = mend::mend(text).map(|mended| read_once(&mended.text, mended.returned));
    let again = again.filter(|again| again.faults.is_empty());
    let has_placeholders = text.contains("{{") || text.contains("${");
    again.map(|again| Script { has_placeholders, ..again }).unwrap_or(script)
}

fn read_once(text: &str, returned: BTreeSet<String>) -> Script {
    let mut reader = Reader::new("public", returned);
    if let Some(fault) = depth::too_deep(text) {
        reader.script.faults.push(fault);
        return reader.script;
    }
    let parse = SourceFile::parse(text);
    for error in parse.errors() {
        let reason = error.message().trim_end_matches('.').to_owned();
        reader.script.faults.push(Fault { span: span_of(error.range()), reason });
    }
    let root = parse.syntax_node();
    reader.comments(&root, &|range| range);
    for node in root.children() {
        if node.kind() != SyntaxKind::EMPTY_STMT {
            reader.script.parts.push(span(&node));
        }
        reader.statement(&node);
    }
    reader.script
}

/// Statements of an `EXECUTE`d text, which stand where the `EXECUTE` does.
fn read_executed(text: &str, within: &Reader) -> Option<Vec<Op>> {
    if depth::too_deep(text).is_some() {
        return None;
    }
    let parse = SourceFile::parse(text);
    if !parse.errors().is_empty() {
        return None;
    }
    let mut reader = Reader::new(&within.default_schema, BTreeSet::new());
    reader.temporary.clone_from(&within.temporary);
    for node in parse.syntax_node().children() {
        // A block that is put together inside a block is not followed.
        if node.kind() == SyntaxKind::DO {
            return None;
        }
        reader.statement(&node);
    }
    Some(reader.script.statements.into_iter().flat_map(|statement| statement.ops).collect())
}

/// What the body of a routine does, where it stands in its file; none where
/// that is not told by its text.
fn read_routine(text: &str, within: &Reader) -> Option<Vec<Op>> {
    if depth::too_deep(text).is_some() {
        return None;
    }
    let parse = SourceFile::parse(text);
    let mut reader = Reader::new(&within.default_schema, BTreeSet::new());
    reader.temporary.clone_from(&within.temporary);
    parse.syntax_node().children().for_each(|node| reader.statement(&node));
    if !parse.errors().is_empty() || !reader.script.faults.is_empty() {
        return None;
    }
    Some(reader.script.statements.into_iter().flat_map(|statement| statement.ops).collect())
}

/// Walks statements and keeps what one tells the next.
struct Reader {
    /// Where a name without a schema is.
    default_schema: String,
    /// Temporary tables and views, which hide others of their names.
    temporary: BTreeSet<String>,
    /// Variables of blocks that a statement fills, told beforehand.
    returned: BTreeSet<String>,
    /// What the routines do that were made here.
    routines: Routines,
    script: Script,
}

impl Reader {
    fn new(default_schema: &str, returned: BTreeSet<String>) -> Reader {
        let default_schema = default_schema.to_owned();
        let (temporary, routines) = (BTreeSet::new(), Routines::new());
        Reader { default_schema, temporary, returned, routines, script: Script::default() }
    }

    fn comments(&mut self, root: &SyntaxNode, place: &dyn Fn(Range<usize>) -> Range<usize>) {
        let tokens = root.descendants_with_tokens().filter_map(|element| element.into_token());
        let comments = tokens.filter(|token| token.kind() == SyntaxKind::COMMENT);
        self.script.comments.extend(comments.map(|token| place(span_of(token.text_range()))));
    }

    fn statement(&mut self, node: &SyntaxNode) {
        if node.kind() == SyntaxKind::EMPTY_STMT {
            return;
        }
        if node.kind() == SyntaxKind::DO {
            return self.block(node);
        }
        let ops = self.ops(node);
        self.script.statements.push(Statement { span: span(node), holder: None, ops });
        let schema = tree::below(node, SyntaxKind::SCHEMA).map(|schema| tree::word(&schema));
        for element in unjudged::elements(node) {
            let own = schema.clone().unwrap_or_else(|| self.default_schema.clone());
            let outer = std::mem::replace(&mut self.default_schema, own);
            let ops = self.ops(&element);
            self.default_schema = outer;
            self.script.statements.push(Statement { span: span(&element), holder: None, ops });
        }
    }

    /// What one statement does.
    fn ops(&mut self, node: &SyntaxNode) -> Vec<Op> {
        self.follow_search_path(node);
        self.temporary.extend(temporary::made(node));
        let names = named(&self.default_schema, &self.temporary);
        let mut ops = table::ops(node, &names).unwrap_or_else(|| object::ops(node, &names));
        ops.extend(rows::rows(node, &names));
        ops.extend(object::calls(node, &names));
        drop(names);
        self.keep_routine(node, &ops);
        let mut ops = self.follow_calls(ops);
        // What is misspelt is told as that alone.
        if self.script.faults.is_empty() {
            ops.extend(unjudged::ops(node, &ops));
        }
        let values = literal::enumeration_values(node);
        if !values.is_empty() {
            ops.push(Op { span: span(node), what: What::Literals { values } });
        }
        if ops.is_empty() {
            ops.push(Op { span: span(node), what: What::Other });
        }
        temporary::gone(&ops).for_each(|name| {
            self.temporary.remove(name);
        });
        ops
    }

    /// `SET search_path = app, public` moves every name after it that has no
    /// schema.
    fn follow_search_path(&mut self, node: &SyntaxNode) {
        if node.kind() != SyntaxKind::SET {
            return;
        }
        let Some(config) = child(node, SyntaxKind::SET_CONFIG) else { return };
        let parameter = child(&config, SyntaxKind::CONFIG_PARAMETER_REF);
        if parameter.is_none_or(|it| !it.text().to_string().eq_ignore_ascii_case("search_path")) {
            return;
        }
        let Some(value) = child(&config, SyntaxKind::TO_CONFIG_VALUE) else { return };
        let Some(first) = value.children().next() else { return };
        if has(&value, SyntaxKind::DEFAULT_KW) {
            self.default_schema = "public".to_owned();
            return;
        }
        let text = first.text().to_string();
        let schema = match literal::text(&first) {
            Some(text) => text,
            None => tree::folded(text.trim()),
        };
        if !schema.is_empty() && !schema.starts_with('$') {
            self.default_schema = schema;
        }
    }
}

fn span_of<R: Into<Range<usize>>>(range: R) -> Range<usize> {
    range.into()
}

/// What a text begins with, as far as a layout asks.
pub(crate) enum Piece {
    Backslash,
    Colon,
    Semicolon,
    Word,
    /// A text between quotes, or dollars.
    Quoted,
    Open,
    Close,
    Other,
}

/// The length of the first piece of `text`, and what it is.
pub(crate) fn piece(text: &str) -> (usize, Piece) {
    use squawk_lexer::TokenKind;
    if text.starts_with('\\') {
        return (1, Piece::Backslash);
    }
    if text.starts_with("::") {
        return (2, Piece::Other);
    }
    let token = squawk_lexer::tokenize(text).next();
    token.map_or((text.len(), Piece::Other), |token| {
        let piece = match token.kind {
            TokenKind::Colon => Piece::Colon,
            TokenKind::Semi => Piece::Semicolon,
            TokenKind::Ident => Piece::Word,
            TokenKind::Literal { kind } if is_text(kind) => Piece::Quoted,
            TokenKind::QuotedIdent { .. } => Piece::Quoted,
            TokenKind::OpenParen => Piece::Open,
            TokenKind::CloseParen => Piece::Close,
            _ => Piece::Other,
        };
        (token.len as usize, piece)
    })
}

fn is_text(kind: squawk_lexer::LiteralKind) -> bool {
    use squawk_lexer::LiteralKind::{Int, Numeric};
    !matches!(kind, Int { .. } | Numeric { .. })
}

/// The bytes of each quoted text.
pub(crate) fn quoted(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut found = Vec::new();
    for token in squawk_lexer::tokenize(text) {
        let here = at..at + token.len as usize;
        at = here.end;
        if let squawk_lexer::TokenKind::Literal { .. } = token.kind {
            found.push(here);
        }
    }
    found
}

#[cfg(test)]
mod counted;
