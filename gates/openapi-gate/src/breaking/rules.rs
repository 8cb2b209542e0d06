//! A rule of each name in the table.

use std::borrow::Cow;
use std::sync::LazyLock;

use kernel::{Rule, Severity};

use super::table::{self, Level};
use super::{examples, table::Level::Error};

/// Every breaking change as a rule.
pub(crate) fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> =
        LazyLock::new(|| table::raised().map(|(id, level)| rule(id, level)).collect());
    &RULES
}

fn rule(id: &'static str, level: Level) -> Rule {
    let words = Words::of(id);
    let weighs = match level {
        Error => "breaks clients that were right",
        _ => "can break clients that were right",
    };
    let doc = format!(
        "{}, against the base: {weighs}.\n\n{}\n\nFix: {}. Where it is meant, allow it with a \
         reason: `breaking.allow = [{{ rule = \"{id}\", path = \"/v1/**\", reason = \"…\" }}]`. The \
         name is oasdiff's, or made as its are.",
        spoken(id),
        sentence(words.who),
        words.fix,
    );
    Rule {
        id: Cow::Owned(format!("{}/{id}", crate::ID)),
        severity: if level == Error { Severity::Error } else { Severity::Warning },
        doc: Cow::Owned(doc),
        bad: Cow::Owned(examples::bad(id)),
        good: Cow::Owned(examples::good(id)),
    }
}

/// What is said of every change of a kind.
pub(crate) struct Words {
    /// Whom it hits.
    pub(crate) who: &'static str,
    /// How it is done without.
    pub(crate) fix: &'static str,
}

impl Words {
    /// The words for the change of that name.
    pub(crate) fn of(id: &str) -> Words {
        let says = |part: &str| id.contains(part);
        let was_promised = !says("without-deprecation");
        if was_promised && (says("sunset") || says("stability") || says("deprecat")) {
            return Words {
                who: "clients were promised time to move",
                fix: "keep it until its sunset, and give its end a date that leaves them time",
            };
        }
        if id.starts_with("api-") || id.starts_with("webhook-") {
            return Words {
                who: "clients that use it get nothing any more",
                fix: "deprecate it with an 'x-sunset', and take it out after that day",
            };
        }
        if says("response") {
            return Words {
                who: "a client may get what it was never told of, or miss what it was promised",
                fix: "keep what was promised, and offer the new form beside it or in a new version",
            };
        }
        Words {
            who: "a request that was right may be refused now",
            fix: "go on taking what was taken: make the new part optional, or offer it in a new version",
        }
    }
}

/// `request-body-removed` as a sentence begins.
fn spoken(id: &str) -> String {
    sentence(&id.replace('-', " ").replace("api ", "operation "))
        .replace("one of", "`oneOf`")
        .replace("any of", "`anyOf`")
        .replace("all of", "`allOf`")
        .trim_end_matches('.')
        .to_owned()
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(characters).chain(['.']).collect()
}
