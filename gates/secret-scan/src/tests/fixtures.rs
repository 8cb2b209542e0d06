//! cases/gitleaks-fixtures.jsonl.gz: what gitleaks' own rule generators make
//! of each rule. The present shares are floors.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use crate::engine::Scanner;
use crate::gitleaks::Pack;
use crate::rules::Finder;

#[derive(Default, Clone, Copy)]
struct Count {
    found: usize,
    positives: usize,
    raised: usize,
    negatives: usize,
}

fn lines() -> String {
    let packed: &[u8] = include_bytes!("../../cases/gitleaks-fixtures.jsonl.gz");
    let mut lines = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut lines).unwrap();
    lines
}

/// The ids of gitleaks' rules.
pub fn rules() -> BTreeSet<String> {
    let rule = |line: &str| {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        case["rule"].as_str().unwrap().to_owned()
    };
    lines().lines().map(rule).collect()
}

#[test]
fn share_of_gitleaks_fixtures() {
    let lines = lines();
    let scanner = Scanner::new(Pack::built_in().specs).unwrap();
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut misses = Vec::new();
    for line in lines.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        let rule = text("rule");
        let Some(index) = scanner.specs().iter().position(|spec| spec.id == rule) else { continue };
        // Each fixture is about one rule: without it, a rule that yields would yield.
        let is_its_path = |path: &str| {
            let expr = scanner.specs().get(index).and_then(|spec| spec.path.as_ref());
            expr.is_none_or(|expr| expr.is_match(path.as_bytes()))
        };
        let is_path = matches!(scanner.specs()[index].finder, Finder::Path);
        let found = if is_path { 1 } else { scanner.scan_for(text("text").as_bytes(), index) };
        let hits = found * usize::from(is_its_path(&text("path")));
        let count = counts.entry(rule.clone()).or_default();
        if text("kind") == "tp" {
            count.positives += 1;
            count.found += usize::from(hits > 0);
            if hits == 0 {
                misses.push(line.to_owned());
            }
        } else {
            count.negatives += 1;
            count.raised += usize::from(hits > 0);
            if hits > 0 {
                misses.push(line.to_owned());
            }
        }
    }
    let sum = counts.values().fold(Count::default(), |a, b| Count {
        found: a.found + b.found,
        positives: a.positives + b.positives,
        raised: a.raised + b.raised,
        negatives: a.negatives + b.negatives,
    });
    let share = sum.found as f64 / sum.positives as f64;
    let short: Vec<String> = counts
        .iter()
        .filter(|(_, count)| count.found < count.positives || count.raised > 0)
        .map(|(rule, c)| {
            format!(
                "{rule}: {}/{} found, {}/{} raised",
                c.found, c.positives, c.raised, c.negatives
            )
        })
        .collect();
    let told = format!(
        "{} rules, {} of {} positives ({:.2} %), {} of {} negatives raised\n{}",
        counts.len(),
        sum.found,
        sum.positives,
        share * 100.0,
        sum.raised,
        sum.negatives,
        short.join("\n")
    );
    let missed = misses.iter().map(|line| line.chars().take(80).collect::<String>());
    assert!(
        counts.len() >= 220 && sum.found >= 5990 && sum.raised == 0,
        "{told}\n{}",
        missed.collect::<Vec<_>>().join("\n")
    );
}
