//! Rules that count only together with others: gitleaks' `[[rules.required]]`.

use std::ops::Range;

use super::pattern::Match;
use super::{Hit, Origin, Search};
use crate::gitleaks::allow::Case;
use crate::rules::{Finder, Spec};

/// Another rule that must find something too, and how near.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    /// Its id.
    pub rule: String,
    /// Greatest distance in lines.
    pub lines_max: Option<u32>,
    /// Greatest distance in columns.
    pub columns_max: Option<u32>,
}

impl Search<'_> {
    /// Drops the hits that lack what their rules require, and those of rules
    /// that are there only to be required.
    pub(super) fn meet_requirements(&mut self) {
        let specs = &self.scanner.specs;
        let mut short = Vec::new();
        for (rule, spec) in specs.iter().enumerate().filter(|(_, spec)| !spec.required.is_empty()) {
            if !self.hits.iter().any(|hit| hit.rule == rule) {
                continue;
            }
            let found: Vec<(&Required, Vec<(u32, u32)>)> = spec
                .required
                .iter()
                .map(|required| (required, self.places_of(&required.rule)))
                .collect();
            for (index, hit) in self.hits.iter().enumerate().filter(|(_, hit)| hit.rule == rule) {
                let here = self.place(&hit.whole);
                let is_met = found.iter().all(|(required, places)| {
                    places.iter().any(|place| required.is_near(here, *place))
                });
                if !is_met {
                    short.push(index);
                }
            }
        }
        let mut index = 0;
        self.hits.retain(|hit| {
            let is_short = short.contains(&index);
            index += 1;
            !is_short && !specs.get(hit.rule).is_some_and(|spec| spec.skip_report)
        });
    }

    /// Where the rule `id` matches, with or without a keyword of its own.
    fn places_of(&self, id: &str) -> Vec<(u32, u32)> {
        let found = self.scanner.specs.iter().enumerate().find(|(_, spec)| spec.id == id);
        let Some((rule, spec)) = found else { return Vec::new() };
        match &spec.finder {
            Finder::Patterns(patterns) => {
                let mut found: Vec<Match> = Vec::new();
                for pattern in patterns {
                    pattern.matches_in(self.text, 0..self.text.len(), |one| found.push(one));
                }
                let mut alone = Search::of(self.scanner, self.text, self.is_binary, self.origin);
                found.into_iter().for_each(|one| alone.keep(rule, one));
                let hits = alone.hits.iter().filter(|hit| !self.is_excepted(spec, hit));
                hits.map(|hit| self.place(&hit.whole)).collect()
            }
            _ => {
                let own = self.hits.iter().filter(|hit| hit.rule == rule);
                own.map(|hit| self.place(&hit.whole)).collect()
            }
        }
    }

    fn is_excepted(&self, spec: &Spec, hit: &Hit) -> bool {
        let case = Case {
            text: self.text,
            secret: &hit.secret,
            whole: &hit.whole,
            path: "",
            commit: None,
        };
        spec.allow.iter().any(|list| list.covers(&case))
    }

    /// Line and column, as far apart as gitleaks counts them.
    fn place(&self, whole: &Range<usize>) -> (u32, u32) {
        let (text, start) = match self.origin {
            None => (self.text, whole.start),
            Some(Origin { file, decoded }) => (file, decoded.original(whole).start),
        };
        let before = text.get(..(start + 1).min(text.len())).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', before).count();
        let column = start - memchr::memrchr(b'\n', before).unwrap_or(0).min(start);
        let saturating = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        (saturating(line), saturating(column))
    }
}

impl Required {
    fn is_near(&self, here: (u32, u32), there: (u32, u32)) -> bool {
        self.lines_max.is_none_or(|most| here.0.abs_diff(there.0) <= most)
            && self.columns_max.is_none_or(|most| here.1.abs_diff(there.1) <= most)
    }
}
