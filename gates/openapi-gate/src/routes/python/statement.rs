//! Logical lines as statements. Left out is what no route hangs on.

use std::ops::Range;

use super::expression::Reader;
use super::keep;
use super::lexer::{Kind, Line};
use super::syntax::{Argument, Class, Condition, Expression, Function, Parameter, Statement};

/// Deeper than anyone nests statements around routes.
const DEPTH_MAX: usize = 12;
const TOO_DEEP: &str = "it stands in more than 12 blocks, which are not followed";
/// What an expression may take of the depth that facts have.
const BUDGET: usize = 80;

impl Reader<'_> {
    /// The statements of a file.
    pub(super) fn file(&self) -> Vec<Statement> {
        let lines = &self.source.lines;
        self.block(lines, 0)
    }

    fn block(&self, lines: &[Line], depth: usize) -> Vec<Statement> {
        let mut statements = Vec::new();
        let mut decorators = Vec::new();
        let mut rest = lines;
        while let Some((line, after)) = rest.split_first() {
            // The lines that belong to it: those further in.
            let count = after.iter().take_while(|it| it.indent > line.indent).count();
            let (below, next) = after.split_at_checked(count).unwrap_or_default();
            rest = next;
            if depth >= DEPTH_MAX {
                let last = below.last().unwrap_or(line);
                self.pass_over(line.tokens.start..last.tokens.end, TOO_DEEP);
                continue;
            }
            let tokens = line.tokens.clone();
            if self.source.word(tokens.start) == "@" {
                let expression = self.expression(tokens.start + 1..tokens.end, BUDGET);
                decorators.push(expression);
                continue;
            }
            self.statement(tokens, below, std::mem::take(&mut decorators), depth, &mut statements);
        }
        statements
    }

    fn statement(
        &self,
        tokens: Range<usize>,
        below: &[Line],
        decorators: Vec<Expression>,
        depth: usize,
        statements: &mut Vec<Statement>,
    ) {
        let source = self.source;
        let at = tokens.start;
        let body = |colon: usize| self.body(colon + 1..tokens.end, below, depth);
        match source.word(at) {
            "import" => statements.extend(self.imports(at + 1..tokens.end)),
            "from" => statements.extend(self.from(at + 1..tokens.end)),
            "class" => {
                let colon = self.colon(tokens.clone());
                let class = self.class(at + 1, colon, decorators, body(colon));
                statements.extend(keep::class(class).map(|it| Statement::Class(Box::new(it))));
            }
            "def" => {
                let colon = self.colon(tokens.clone());
                let function = self.function(at + 1, colon, decorators, body(colon));
                let kept = keep::function(function);
                statements.extend(kept.map(|it| Statement::Function(Box::new(it))));
            }
            "async" if tokens.len() > 1 => {
                self.statement(at + 1..tokens.end, below, decorators, depth, statements);
            }
            word @ ("if" | "elif" | "else" | "try" | "except" | "finally" | "with" | "while"
            | "match" | "case")
                if !matches!(source.word(at + 1), "=" | "." | "(" if matches!(word, "match" | "case")) =>
            {
                let colon = self.colon(tokens.clone());
                let mut inner = body(colon);
                if word == "with" {
                    let items = self.with(at + 1..colon);
                    inner.splice(0..0, items);
                }
                let is_main = word == "if"
                    && (at + 1..colon)
                        .any(|it| matches!(source.word(it), "__name__" | "TYPE_CHECKING"));
                let condition = match word {
                    _ if is_main => Condition::Always,
                    "try" | "finally" | "with" => Condition::Always,
                    "if" => Condition::If(self.test(at + 1..colon, BUDGET)),
                    "elif" => Condition::ElseIf(self.test(at + 1..colon, BUDGET)),
                    "else" => Condition::Else,
                    _ => Condition::Perhaps,
                };
                // What an `else` means hangs on what was asked before it.
                let asks = matches!(&condition, Condition::If(it) | Condition::ElseIf(it) if *it != Expression::Other);
                if !inner.is_empty() || asks {
                    statements.push(Statement::Block(condition, inner));
                }
            }
            "for" => {
                let colon = self.colon(tokens.clone());
                let within = (at + 1..colon).find(|it| source.word(*it) == "in");
                let Some(within) = within else { return };
                let inner = body(colon);
                if !inner.is_empty() {
                    let target = self.targets(at + 1..within, BUDGET);
                    let over = self.targets(within + 1..colon, BUDGET);
                    statements.push(Statement::For(target, over, inner));
                }
            }
            "return" => {
                if tokens.len() > 1 {
                    let value = self.targets(at + 1..tokens.end, BUDGET);
                    statements.push(Statement::Return(value));
                }
            }
            _ => statements.extend(self.simple(tokens).filter(keep::statement)),
        }
    }

    /// What a statement with a colon holds: in the lines below, or behind it.
    fn body(&self, behind: Range<usize>, below: &[Line], depth: usize) -> Vec<Statement> {
        if behind.is_empty() {
            return self.block(below, depth + 1);
        }
        let mut found = Vec::new();
        match depth < DEPTH_MAX {
            true => self.statement(behind, &[], Vec::new(), depth + 1, &mut found),
            false => self.pass_over(behind, TOO_DEEP),
        }
        found
    }

    /// The colon that ends the head of a statement.
    fn colon(&self, tokens: Range<usize>) -> usize {
        let mut at = tokens.start;
        while at < tokens.end {
            if self.source.word(at) == ":" {
                return at;
            }
            at = match self.source.word(at) {
                "lambda" => self.colon(at + 1..tokens.end) + 1,
                _ => self.source.next(at, tokens.end),
            };
        }
        tokens.end
    }

    fn simple(&self, tokens: Range<usize>) -> Option<Statement> {
        let source = self.source;
        let (mut equals, mut colon, mut extends) = (Vec::new(), None, None);
        let mut at = tokens.start;
        while at < tokens.end {
            match source.word(at) {
                "=" => equals.push(at),
                "+=" => extends = Some(at),
                ":" if equals.is_empty() => colon = colon.or(Some(at)),
                "lambda" if equals.is_empty() => return None,
                _ => {}
            }
            at = source.next(at, tokens.end);
        }
        if let Some(at) = extends {
            let target = self.expression(tokens.start..at, BUDGET);
            return Some(Statement::Extend(target, self.targets(at + 1..tokens.end, BUDGET)));
        }
        let Some(last) = equals.last() else {
            if colon.is_some() {
                return None;
            }
            return Some(Statement::Do(self.expression(tokens, BUDGET)));
        };
        let mut targets = Vec::new();
        let mut start = tokens.start;
        for equal in &equals {
            // A type may stand between the name and its value.
            let end = colon.filter(|colon| *colon > start && colon < equal).unwrap_or(*equal);
            targets.push(self.targets(start..end, BUDGET));
            start = equal + 1;
        }
        Some(Statement::Assign(targets, self.targets(last + 1..tokens.end, BUDGET)))
    }

    fn dotted(&self, range: Range<usize>) -> String {
        range.map(|at| self.source.word(at)).collect()
    }

    fn imports(&self, range: Range<usize>) -> Vec<Statement> {
        let read = |range: Range<usize>| {
            let alias = range.clone().find(|at| self.source.word(*at) == "as");
            let module = self.dotted(range.start..alias.unwrap_or(range.end));
            Statement::Import(module, alias.map(|at| self.source.word(at + 1).to_owned()))
        };
        self.elements(range).into_iter().map(read).collect()
    }

    fn from(&self, range: Range<usize>) -> Option<Statement> {
        let source = self.source;
        let import = range.clone().find(|at| source.word(*at) == "import")?;
        let module = self.dotted(range.start..import);
        let names = match source.word(import + 1) {
            "(" => import + 2..source.next(import + 1, range.end).saturating_sub(1),
            _ => import + 1..range.end,
        };
        let read = |range: Range<usize>| {
            let name = source.word(range.start).to_owned();
            let alias = match source.word(range.start + 1) {
                "as" => source.word(range.start + 2).to_owned(),
                _ => name.clone(),
            };
            (name, alias)
        };
        let names = self.elements(names).into_iter().map(read).collect();
        Some(Statement::From(module, names))
    }

    fn class(
        &self,
        at: usize,
        colon: usize,
        decorators: Vec<Expression>,
        body: Vec<Statement>,
    ) -> Class {
        let source = self.source;
        let open = (at + 1..colon).find(|at| source.word(*at) == "(");
        let bases = open.map(|open| open + 1..source.next(open, colon).saturating_sub(1));
        let read = |range: Range<usize>| {
            let is_named = source.word(range.start + 1) == "=";
            if is_named {
                let value = self.expression(range.start + 2..range.end, BUDGET);
                return Argument(Some(source.word(range.start).to_owned()), value);
            }
            Argument(None, self.expression(range, BUDGET))
        };
        let bases = bases.map(|inner| self.elements(inner)).unwrap_or_default();
        Class {
            name: source.word(at).to_owned(),
            bases: bases.into_iter().map(read).collect(),
            decorators,
            body,
        }
    }

    fn function(
        &self,
        at: usize,
        colon: usize,
        decorators: Vec<Expression>,
        body: Vec<Statement>,
    ) -> Function {
        let source = self.source;
        let open = (at + 1..colon).find(|at| source.word(*at) == "(");
        let inner = open.map(|open| open + 1..source.next(open, colon).saturating_sub(1));
        let elements = inner.map(|inner| self.elements(inner)).unwrap_or_default();
        let read = |range: Range<usize>| {
            if source.kind(range.start) != Some(Kind::Name) {
                // `*`, `/`, `*names`: nothing is handed to them by place.
                let name = format!("*{}", source.word(range.start + 1));
                return Parameter { name, of: None, default: None };
            }
            let equal = range.clone().find(|at| source.word(*at) == "=");
            let end = equal.unwrap_or(range.end);
            let of = (range.start + 2..end)
                .take_while(|at| !matches!(source.word(*at), "|" | "["))
                .filter(|at| matches!(source.kind(*at), Some(Kind::Name | Kind::String)))
                .last();
            let of = of.map(|at| source.word(at).trim_matches(['"', '\'']));
            Parameter {
                name: source.word(range.start).to_owned(),
                of: of.map(|of| of.rsplit('.').next().unwrap_or(of).to_owned()),
                default: equal.map(|at| self.expression(at + 1..range.end, BUDGET)),
            }
        };
        Function {
            name: source.word(at).to_owned(),
            parameters: elements.into_iter().map(read).collect(),
            decorators,
            body,
        }
    }

    /// `with a as b, c as d:` as assignments.
    fn with(&self, range: Range<usize>) -> Vec<Statement> {
        let read = |range: Range<usize>| {
            let alias = range.clone().find(|at| self.source.word(*at) == "as")?;
            let value = self.expression(range.start..alias, BUDGET);
            let target = self.expression(alias + 1..range.end, BUDGET);
            Some(Statement::Assign(vec![target], value)).filter(keep::statement)
        };
        self.elements(range).into_iter().filter_map(read).collect()
    }
}
