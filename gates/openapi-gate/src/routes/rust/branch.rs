//! Expressions of several branches: what is put on routers there is so only
//! under a condition.

use std::ops::Range;

use super::facts::{Target, Text, What};
use super::value::Value;
use super::walk::{ALIKE_MAX, Walker};

impl Walker<'_> {
    /// `if … { } else { }`, `for … { }`, `while … { }`
    pub(super) fn branches(&mut self, at: usize, end: usize) -> (Value, usize) {
        let source = self.source;
        let scope = self.scope.len();
        let mut values = Vec::new();
        let mut here = at;
        loop {
            let mut open = here + 1;
            while open < end && source.word(open) != "{" {
                open = source.after(open);
            }
            self.header(here + 1..open);
            self.conditions += 1;
            values.push(self.block(open));
            self.conditions -= 1;
            self.scope.truncate(scope);
            here = source.after(open);
            if source.word(here) != "else" || here >= end {
                break;
            }
            here += 1;
            if source.word(here) == "{" {
                self.conditions += 1;
                values.push(self.block(here));
                self.conditions -= 1;
                here = source.after(here);
                break;
            }
        }
        (self.either(values, at), here)
    }

    /// What stands before a block: a condition, or `x in xs`; its names hide
    /// others.
    fn header(&mut self, range: Range<usize>) {
        let source = self.source;
        let mut at = range.start;
        if source.word(at) == "let" || range.clone().any(|at| source.word(at) == "in") {
            while at < range.end && !matches!(source.word(at), "=" | "in") {
                if source.is_ident(at) {
                    self.scope.push((source.word(at), Value::Other));
                }
                at += 1;
            }
            at += 1;
        }
        let names = self.scope.len();
        self.expression(at..range.end);
        self.scope.truncate(names);
    }

    pub(super) fn arms(&mut self, at: usize, end: usize) -> (Value, usize) {
        let source = self.source;
        let mut open = at + 1;
        while open < end && source.word(open) != "{" {
            open = source.after(open);
        }
        self.expression(at + 1..open);
        let close = source.close(open).min(source.len());
        let mut values = Vec::new();
        let mut here = open + 1;
        self.conditions += 1;
        while here < close {
            while here < close && !source.is_mark(here, "=>") {
                here = source.after(here);
            }
            let start = here + 2;
            let mut stop = start;
            while stop < close && source.word(stop) != "," {
                let is_block = stop == start && source.word(stop) == "{";
                stop = source.after(stop);
                if is_block && !matches!(source.word(stop), "." | "?") {
                    break;
                }
            }
            if start < close {
                values.push(self.expression(start..stop.min(close)));
            }
            here = stop.max(here + 1);
        }
        self.conditions -= 1;
        (self.either(values, at), source.after(open))
    }

    /// One of several values: a router that serves each of them.
    fn either(&mut self, values: Vec<Value>, at: usize) -> Value {
        let mut targets: Vec<Target> = Vec::new();
        let mut only = None;
        for value in values {
            if let Some(target) = value.argument().target
                && !targets.iter().rev().take(ALIKE_MAX).any(|it| *it == target)
            {
                targets.push(target);
                only = Some(value);
            }
        }
        if targets.len() < 2 {
            return only.unwrap_or_default();
        }
        let has_node = targets.iter().any(|it| matches!(it, Target::Node(_)));
        if !has_node {
            return only.unwrap_or_default();
        }
        let node = self.node(Text::default(), true, at..at + 1);
        self.conditions += 1;
        for target in targets {
            self.entry(node, What::Mount(Text::default(), target), at..at + 1);
        }
        self.conditions -= 1;
        Value::node(node)
    }
}
