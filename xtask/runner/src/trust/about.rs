//! Whether it is about the expected commit.

use super::{Distrust, Expected};
use crate::receipt::Receipt;

pub(super) fn about(receipt: &Receipt, expected: &Expected, reasons: &mut Vec<Distrust>) {
    let source = &receipt.predicate.source;
    let mut say = |code, text: String| reasons.push(Distrust { code, text });
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    if source.commit.is_none() || (expected.commit.is_some() && source.commit != expected.commit) {
        say(
            "commit-mismatch",
            format!("about commit {}, expected {}", shown(&source.commit), shown(&expected.commit)),
        );
    }
    if source.tree.is_none() || (expected.tree.is_some() && source.tree != expected.tree) {
        say(
            "tree-mismatch",
            format!("about tree {}, expected {}", shown(&source.tree), shown(&expected.tree)),
        );
    }
    let subject = receipt.subject.first().filter(|_| receipt.subject.len() == 1);
    let digest = |name: &str| subject.and_then(|subject| subject.digest.get(name).cloned());
    if digest("gitCommit") != source.commit || subject.is_none_or(|subject| subject.name != "git") {
        say("commit-mismatch", "the subject is not the source's commit".to_owned());
    }
    if digest("gitTree") != source.tree {
        say("tree-mismatch", "the subject is not the source's tree".to_owned());
    }
    if source.dirty || source.dirty_digest.is_some() {
        say("dirty", "the work tree differed from the commit".to_owned());
    }
    let named = source.commit.iter().chain(&source.tree).count();
    if subject.is_some_and(|subject| subject.digest.len() != named) {
        say("commit-mismatch", "the subject has another digest than commit and tree".to_owned());
    }
    let config = &receipt.predicate.config.sha256;
    if expected.config_sha256.as_ref().is_some_and(|expected| expected != config) {
        say("config-mismatch", "judged by another ci.toml than the commit's".to_owned());
    }
}
