//! The keywords of many rules, looked for at once.

use std::collections::HashMap;
use std::ops::Range;

use super::words::Words;
use crate::rules::Spec;

/// The keywords of some rules.
#[derive(Debug)]
pub struct Keywords {
    words: Words,
    /// By keyword: the rules that have it.
    rules_of: Vec<Vec<usize>>,
}

impl Keywords {
    /// Puts the keywords together; rules without one are passed over.
    ///
    /// # Errors
    /// The keywords are too many to be numbered.
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
        u32::try_from(keywords.len()).map_err(|_| "the rules have too many keywords")?;
        Ok(Keywords { words: Words::of(&keywords), rules_of })
    }

    /// Calls `found` with the rules and the place of every keyword in `part` of
    /// `text`, by where they begin.
    pub fn each(
        &self,
        text: &[u8],
        part: Range<usize>,
        mut found: impl FnMut(&[usize], Range<usize>),
    ) {
        self.words.each(text, part, |word, hit| {
            found(self.rules_of.get(word).map(Vec::as_slice).unwrap_or_default(), hit);
        });
    }
}

/// Whether it is looked for by keywords.
pub fn has_keyword(spec: &Spec) -> bool {
    !spec.keywords.iter().all(String::is_empty)
}
