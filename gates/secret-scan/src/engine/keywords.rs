//! One automaton over the keywords of many rules.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::rules::Spec;

/// The keywords of some rules.
#[derive(Debug)]
pub struct Keywords {
    /// Finds them, in any case.
    pub automaton: AhoCorasick,
    /// By keyword of the automaton: the rules that have it.
    pub rules_of: Vec<Vec<usize>>,
}

impl Keywords {
    /// Builds the automaton; rules without a keyword are passed over.
    ///
    /// # Errors
    /// The keywords are too many for it.
    pub fn of<'a>(specs: impl Iterator<Item = (usize, &'a Spec)>) -> Result<Keywords, String> {
        let mut keywords: Vec<String> = Vec::new();
        let mut index = HashMap::new();
        let mut rules_of: Vec<Vec<usize>> = Vec::new();
        for (rule, spec) in specs.filter(|(_, spec)| has_keyword(spec)) {
            for keyword in &spec.keywords {
                let keyword = keyword.to_ascii_lowercase();
                let at = *index.entry(keyword.clone()).or_insert_with(|| {
                    keywords.push(keyword);
                    rules_of.push(Vec::new());
                    keywords.len() - 1
                });
                if let Some(rules) = rules_of.get_mut(at)
                    && !rules.contains(&rule)
                {
                    rules.push(rule);
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&keywords)
            .map_err(|error| error.to_string())?;
        Ok(Keywords { automaton, rules_of })
    }
}

/// Whether it is looked for by keywords.
pub fn has_keyword(spec: &Spec) -> bool {
    !spec.keywords.iter().all(String::is_empty)
}
