//! `DO` blocks: their statements, and the SQL they put together where every
//! part of it is written down in the block itself.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::tree::{child, folded, has, span, word, words};
use super::{Fault, Reader, literal, read_executed};
use crate::ops::{Op, Statement, What};

/// Statements of one block, each round of a loop counted.
const STATEMENTS_MAX: usize = 2_000;
/// Parts of a block that are looked at, each once for every turn of its loops.
const STEPS_MAX: usize = 20_000;
/// A text longer than this is not put together.
const TEXT_BYTES_MAX: usize = 100_000;

/// Variables whose value is known where it is asked for.
type Known = BTreeMap<String, Value>;

#[derive(Clone)]
enum Value {
    Text(String),
    List(Vec<String>),
}

/// A block being walked.
struct Walk<'a> {
    reader: &'a mut Reader,
    holder: Range<usize>,
    place: &'a dyn Fn(Range<usize>) -> Range<usize>,
    /// Set by a query: never known.
    queried: BTreeSet<String>,
    budget: usize,
    steps: usize,
}

impl Reader {
    pub(super) fn block(&mut self, node: &SyntaxNode) {
        let holder = span(node);
        let body = ast::Do::cast(node.clone()).and_then(|block| block.plpgsql());
        let Some(body) = body else {
            let reason = "a block in another language than plpgsql".to_owned();
            let op = Op { span: holder.clone(), what: What::Dynamic { reason } };
            self.script.statements.push(Statement { span: holder, holder: None, ops: vec![op] });
            return;
        };
        for error in body.errors() {
            let reason = error.message().trim_end_matches('.').to_owned();
            self.script.faults.push(Fault { span: error.range().into(), reason });
        }
        let root = body.syntax();
        // The parser's range type is not named here: a range from the body's
        // start to an offset tells where that offset stands in the file.
        let nothing = empty_like(&root.text_range());
        let point = |at: usize| -> usize {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            body.source_range(nothing.cover_offset(at.into())).end().into()
        };
        let place = |range: Range<usize>| -> Range<usize> {
            let start = point(range.start);
            start..point(range.end).max(start)
        };
        self.comments(&root, &place);
        let mut queried = queried(&root);
        queried.extend(self.returned.iter().cloned());
        let before = self.script.statements.len();
        let here = holder.clone();
        let mut walk = Walk {
            reader: self,
            holder,
            place: &place,
            queried,
            budget: STATEMENTS_MAX,
            steps: STEPS_MAX,
        };
        walk.all(&root, &mut Known::new());
        // A block that only looks and raises is a statement all the same.
        if self.script.statements.len() == before {
            let ops = vec![Op { span: here.clone(), what: What::Other }];
            self.script.statements.push(Statement { span: here, holder: None, ops });
        }
    }
}

fn empty_like<R: Default>(_like: &R) -> R {
    R::default()
}

/// Names after `INTO`.
fn queried(root: &SyntaxNode) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut after_into = false;
    for word in words(root) {
        let is_name = word.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '"'));
        if word.eq_ignore_ascii_case("into") {
            after_into = true;
        } else if after_into && is_name {
            names.insert(folded(&word));
        } else if word != "," {
            after_into = false;
        }
    }
    names
}

/// Names that something below assigns to.
fn assigned(node: &SyntaxNode) -> Vec<String> {
    let found = node.descendants().filter(|it| it.kind() == K::PLPGSQL_ASSIGN_STMT);
    found.filter_map(|it| words(&it).first().map(|name| folded(name))).collect()
}

impl Walk<'_> {
    fn all(&mut self, node: &SyntaxNode, known: &mut Known) {
        for part in node.children() {
            self.one(&part, known);
        }
    }

    fn one(&mut self, node: &SyntaxNode, known: &mut Known) {
        if self.steps == 0 || self.budget == 0 {
            return;
        }
        self.steps -= 1;
        if self.steps == 0 {
            // As the last statement that is followed, whatever it is.
            self.budget = 1;
            return self.push(node, Vec::new());
        }
        match node.kind() {
            K::PLPGSQL_VAR_DECL => {
                let name = child(node, K::PLPGSQL_VAR_NAME).map(|it| word(&it));
                let init = child(node, K::PLPGSQL_VAR_INIT);
                let init = init.and_then(|it| child(&it, K::PLPGSQL_EXPR));
                self.bind(name, init.as_ref(), known);
            }
            K::PLPGSQL_ASSIGN_STMT => {
                let name = words(node).first().map(|name| folded(name));
                let is_plain = words(node).get(1).is_some_and(|mark| mark == ":=" || mark == "=");
                let value = child(node, K::PLPGSQL_EXPR).filter(|_| is_plain);
                self.bind(name, value.as_ref(), known);
            }
            K::PLPGSQL_FOR_EACH_STMT => self.for_each(node, known),
            K::PLPGSQL_DYN_EXECUTE_STMT
            | K::PLPGSQL_RETURN_QUERY_EXECUTE_STMT
            | K::PLPGSQL_OPEN_EXECUTE => self.execute(node, known),
            K::PLPGSQL_FOR_DYN_STMT => {
                self.execute(node, known);
                self.apart(node, known);
            }
            K::PLPGSQL_EXEC_SQL_STMT | K::PLPGSQL_PERFORM_STMT | K::PLPGSQL_CALL_STMT => {
                for statement in node.children() {
                    self.statement(&statement);
                }
            }
            K::PLPGSQL_DO_STMT => {
                let reason = "a block inside a block".to_owned();
                self.push(node, vec![Op { span: span(node), what: What::Dynamic { reason } }]);
            }
            K::PLPGSQL_EXPR => {}
            K::PLPGSQL_DECLARE_SECTION | K::PLPGSQL_BLOCK | K::PLPGSQL_BODY => {
                self.all(node, known);
            }
            // The query of a loop, a cursor or a `RETURN QUERY`.
            kind if ast::Stmt::can_cast(kind) => self.statement(node),
            _ => self.apart(node, known),
        }
    }

    /// What may run once, often or never: what it assigns is not known in it
    /// before that, nor after it.
    fn apart(&mut self, node: &SyntaxNode, known: &mut Known) {
        let moved = assigned(node);
        known.retain(|name, _| !moved.contains(name));
        let mut inner = known.clone();
        self.all(node, &mut inner);
    }

    fn for_each(&mut self, node: &SyntaxNode, known: &mut Known) {
        let variable = child(node, K::PLPGSQL_FOR_VARIABLE).map(|it| word(&it));
        let values = child(node, K::PLPGSQL_EXPR).and_then(|it| value(&it, known));
        let moved = assigned(node);
        known.retain(|name, _| !moved.contains(name));
        let (Some(variable), Some(Value::List(values))) = (variable, values) else {
            return self.apart(node, known);
        };
        let Some(body) = child(node, K::PLPGSQL_BODY) else { return };
        for value in values {
            let mut inner = known.clone();
            inner.insert(variable.clone(), Value::Text(value));
            self.all(&body, &mut inner);
        }
    }

    fn bind(&self, name: Option<String>, expression: Option<&SyntaxNode>, known: &mut Known) {
        let Some(name) = name else { return };
        let value = expression.and_then(|it| value(it, known));
        match value.filter(|_| !self.queried.contains(&name)) {
            Some(value) => known.insert(name, value),
            None => known.remove(&name),
        };
    }

    fn statement(&mut self, node: &SyntaxNode) {
        let ops = self.reader.ops(node);
        self.push(node, ops);
    }

    fn execute(&mut self, node: &SyntaxNode, known: &Known) {
        let text = match child(node, K::PLPGSQL_EXPR).and_then(|it| value(&it, known)) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        };
        let here = match child(node, K::PLPGSQL_EXPR) {
            Some(expression) => super::tree::head(node, Some(&expression)),
            None => span(node),
        };
        let dynamic = |reason: &str| What::Dynamic { reason: reason.to_owned() };
        let ops = match text {
            None => vec![dynamic("its text is put together from what is known only when it runs")],
            Some(text) => match read_executed(&text, self.reader) {
                Some(ops) => ops.into_iter().map(|op| op.what).collect(),
                None => vec![dynamic("its text cannot be read as SQL")],
            },
        };
        let ops = ops.into_iter().map(|what| Op { span: here.clone(), what }).collect();
        self.push(node, ops);
    }

    fn push(&mut self, node: &SyntaxNode, mut ops: Vec<Op>) {
        match self.budget.checked_sub(1) {
            Some(left) => self.budget = left,
            None => return,
        }
        if self.budget == 0 {
            let reason = "its loops run more statements than can be followed".to_owned();
            ops = vec![Op { span: span(node), what: What::Dynamic { reason } }];
        }
        for op in &mut ops {
            op.span = (self.place)(op.span.clone());
        }
        let span = (self.place)(span(node));
        let holder = Some(self.holder.clone());
        self.reader.script.statements.push(Statement { span, holder, ops });
    }
}

/// What an expression gives, if every part of it is known.
fn value(node: &SyntaxNode, known: &Known) -> Option<Value> {
    match node.kind() {
        K::PLPGSQL_EXPR => {
            let mut parts = node.children();
            let list = parts.next().filter(|it| it.kind() == K::TARGET_LIST)?;
            if parts.next().is_some() || list.children().count() != 1 {
                return None;
            }
            value(&list.first_child()?.first_child()?, known)
        }
        K::LITERAL => literal::text(node).map(Value::Text),
        K::NAME_REF => known.get(&word(node)).cloned(),
        K::PAREN_EXPR | K::CAST_EXPR => value(&node.first_child()?, known),
        K::ARRAY_EXPR => {
            let texts = node.children().map(|item| text(&item, known));
            Some(Value::List(texts.collect::<Option<_>>()?))
        }
        K::BIN_EXPR => {
            let operator = words(&node.children().nth(1)?).join("");
            let (left, right) = (node.children().next()?, node.children().nth(2)?);
            if operator != "||" {
                return None;
            }
            joined(&[text(&left, known)?, text(&right, known)?])
        }
        K::CALL_EXPR => call(node, known),
        _ => None,
    }
}

fn text(node: &SyntaxNode, known: &Known) -> Option<String> {
    match value(node, known)? {
        Value::Text(text) => Some(text),
        Value::List(_) => None,
    }
}

fn joined(parts: &[String]) -> Option<Value> {
    let text = parts.concat();
    (text.len() <= TEXT_BYTES_MAX).then_some(Value::Text(text))
}

/// `format`, `quote_ident`, `quote_literal`.
fn call(node: &SyntaxNode, known: &Known) -> Option<Value> {
    let name = words(&node.first_child()?).last()?.to_lowercase();
    let list = child(node, K::ARG_LIST)?;
    let arguments = list.children().map(|arg| {
        let inner = if arg.kind() == K::ARG { arg.first_child()? } else { arg };
        text(&inner, known)
    });
    let arguments: Vec<String> = arguments.collect::<Option<_>>()?;
    if has(node, K::FILTER_CLAUSE) {
        return None;
    }
    match (name.as_str(), arguments.as_slice()) {
        ("format", [template, values @ ..]) => formatted(template, values),
        ("quote_ident", [name]) => Some(Value::Text(identifier(name))),
        ("quote_literal", [text]) => Some(Value::Text(quoted(text))),
        _ => None,
    }
}

fn formatted(template: &str, values: &[String]) -> Option<Value> {
    let mut text = String::new();
    let mut rest = template;
    let mut next = 0;
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        // `%2$I` takes the second value.
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let (index, after) = match after.get(digits..).and_then(|rest| rest.strip_prefix('$')) {
            Some(rest) if digits > 0 => {
                (after.get(..digits)?.parse::<usize>().ok()?.checked_sub(1)?, rest)
            }
            _ => (next, after),
        };
        let form = after.chars().next()?;
        rest = after.get(form.len_utf8()..)?;
        if form == '%' {
            text.push('%');
            continue;
        }
        let value = values.get(index)?;
        next = index + 1;
        match form {
            'I' => text.push_str(&identifier(value)),
            'L' => text.push_str(&quoted(value)),
            's' => text.push_str(value),
            _ => return None,
        }
        if text.len() > TEXT_BYTES_MAX {
            return None;
        }
    }
    text.push_str(rest);
    Some(Value::Text(text))
}

/// Always in quotes: that reads the same and needs no list of keywords.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use crate::ops::What;

    // Nine million turns: it must end at once, and must not look followed.
    #[test]
    fn loops_within_loops_are_followed_so_far_and_no_further() {
        let list = vec!["'x'"; 3_000].join(",");
        for inner in ["a := b;", "EXECUTE format('DROP TABLE %I', b);"] {
            let text = format!(
                "DO $$ DECLARE a text; b text; BEGIN FOREACH a IN ARRAY ARRAY[{list}] LOOP \
                 FOREACH b IN ARRAY ARRAY[{list}] LOOP {inner} END LOOP; END LOOP; END $$;"
            );
            let script = crate::postgres::read(&text);
            let last = script.statements.iter().flat_map(|it| &it.ops).next_back();
            assert!(matches!(last.map(|op| &op.what), Some(What::Dynamic { .. })), "{inner}");
        }
    }
}
