//! A strange repository → its first ci.toml.

mod commands;
mod wrapper;

use camino::Utf8Path;
use kernel::{Depth, Kind, Proposal, Tree};

use crate::config;

pub use wrapper::{Form, Install, Workflow, gitlab, shell};

/// A first ci.toml, table by table.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What `[verify] base` says.
    base: Option<String>,
    /// Gates, in the registry's order.
    pub gates: Vec<Part>,
    /// Command gates that the files suggest; comments, since what they do is
    /// not known.
    suggested: Vec<Proposal>,
}

/// One gate of a draft.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its table, and what asked for it.
    pub proposal: Proposal,
    /// Why it is only a comment.
    pub left_out: Option<String>,
}

impl Draft {
    /// Looks at `tree`. `base` is the branch that changes are compared with.
    #[must_use]
    pub fn of(kinds: &[Kind], tree: &Tree, depth: Depth, base: Option<String>) -> Draft {
        let part = |kind: &Kind| {
            let proposal = (kind.propose)(tree, depth)?;
            let left_out = proposal.cannot.clone();
            Some(Part { name: kind.id.to_owned(), proposal, left_out })
        };
        let gates = kinds.iter().filter_map(part).collect();
        Draft { base, gates, suggested: commands::suggest(tree) }
    }

    /// Makes a gate a comment, because it could not judge.
    pub fn leave_out(&mut self, name: &str, reason: &str) {
        for part in self.gates.iter_mut().filter(|part| part.name == name) {
            part.left_out = Some(reason.to_owned());
        }
    }

    // The profile that a push is judged under. What is about to be pushed is
    // told from a base, so without one there is none.
    fn quick(&self) -> String {
        let mut text = String::new();
        let kept = self.gates.iter().filter(|part| part.left_out.is_none());
        for part in kept.filter(|_| self.base.is_some()) {
            if let Some(quick) = &part.proposal.quick {
                text.push_str(&format!("[profile.quick.options.{}]\n{quick}", part.name));
            }
        }
        if text.is_empty() { text } else { format!("\n# Before a push.\n{text}") }
    }

    /// Whether a gate that was tried could not judge.
    #[must_use]
    pub fn has_stuck(&self) -> bool {
        let mut offered = self.gates.iter().filter(|part| part.proposal.cannot.is_none());
        offered.any(|part| part.left_out.is_some())
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("schema = {}\n", config::SCHEMA);
        if let Some(base) = &self.base {
            text.push_str(&format!(
                "\n[verify]\nbase = \"{base}\"{}# what a change is compared with\n",
                " ".repeat(16)
            ));
        }
        for part in &self.gates {
            text.push('\n');
            text.push_str(&comment(&part.proposal.because));
            match &part.left_out {
                None => text.push_str(&part.proposal.toml),
                Some(reason) => {
                    text.push_str(&comment(&format!("left out, it could not judge: {reason}")));
                    text.push_str(&comment(&part.proposal.toml));
                }
            }
        }
        text.push_str(&self.quick());
        if !self.suggested.is_empty() {
            text.push_str("\n# Any command is a gate. Yours may be:\n");
        }
        for proposal in &self.suggested {
            text.push_str(&comment(&proposal.toml));
        }
        text
    }
}

fn comment(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("# {line}").trim_end().to_owned() + "\n").collect()
}

/// Whether the workspace has the alias that makes `cargo xtask` this program.
#[must_use]
pub fn has_alias(tree: &Tree) -> bool {
    let file = tree.read(Utf8Path::new(".cargo/config.toml"));
    let table = file.ok().and_then(|file| file.text()?.parse::<toml::Table>().ok());
    table.is_some_and(|table| table.get("alias").and_then(|alias| alias.get("xtask")).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn draft(files: &[(&str, &str)]) -> Draft {
        let tree = Tree::literal(files.iter().copied());
        Draft::of(crate::builtin().kinds(), &tree, Depth::Whole, Some("origin/main".into()))
    }

    #[test]
    fn whatever_is_drafted_is_a_configuration() {
        for files in [
            &[(".github/workflows/ci.yml", "on: push\n")][..],
            &[
                ("action.yml", ""),
                ("Cargo.toml", "[package]\n"),
                ("go.mod", "module m\n"),
                ("package.json", "{}"),
            ],
        ] {
            let mut draft = draft(files);
            for _ in 0..2 {
                let text = draft.text();
                let config = Config::parse("ci.toml".into(), &text, crate::builtin().kinds());
                let config = config.unwrap_or_else(|faults| panic!("{text}\n{faults}"));
                let kept = draft.gates.iter().filter(|part| part.left_out.is_none()).count();
                assert_eq!(config.gates.len(), kept);
                draft.leave_out("secret-scan", "two\nlines");
            }
        }
    }

    #[test]
    fn an_alias_is_told_from_a_word() {
        let with = |text: &str| has_alias(&Tree::literal([(".cargo/config.toml", text)]));
        assert!(with("[alias]\nxtask = \"run --package xtask --\"\n"));
        assert!(!with("# [alias] xtask\n"));
        assert!(!has_alias(&Tree::literal::<&str, &str>([])));
    }
}
