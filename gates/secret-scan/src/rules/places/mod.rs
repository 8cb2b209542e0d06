//! Secrets told by where they stand: in a command, a kind of document, a file
//! of a certain name.

mod commands;
mod curl;
mod kubernetes;
mod settings;

use std::ops::Range;

use super::{Finder, ReadsOn, Spec};
use crate::engine::pattern::{Match, Pattern};
use crate::gitleaks::allow::{Allowlist, Expr};

/// How a place is read.
pub enum Read {
    /// By code that is asked about each keyword.
    Code(fn(&[u8], Range<usize>) -> Option<Match>),
    /// By a regular expression.
    Pattern(&'static str),
    /// Not at all: the name says enough.
    Name,
}

/// One kind of place.
pub struct Place {
    /// The offence, without the gate's name.
    pub id: &'static str,
    /// What it finds.
    pub what: &'static str,
    /// Words of which one stands in every occurrence.
    pub keywords: &'static [&'static str],
    /// Only in paths that match; empty for all.
    pub path: &'static str,
    /// Least entropy of the secret, in bits a character.
    pub entropy_min: f64,
    /// How it is read.
    pub read: Read,
    /// Whether, from a keyword, it is read on beyond the keyword's own line.
    pub reads_on: Option<ReadsOn>,
    /// Names of a file with a secret and of one without.
    pub names: [&'static str; 2],
    /// What stands around the secret in the first.
    pub around: [&'static str; 2],
    /// A secret, made at run time.
    pub secret: fn() -> String,
    /// The second's content.
    pub good: &'static str,
}

/// What people write where a secret belongs. Code sees that itself.
const STAND_INS: &str = concat!(
    r#"(?i)^["']?(?:[$<%\[]|\{\{|your|change[_-]?(?:me|it)|replace|insert|example|placeholder|redacted)"#,
    r#"|x{4}|\*{4}|[_-]here["']?$"#,
);

/// Every place.
pub const ALL: [&Place; 11] = [
    &commands::SSHPASS,
    &commands::SECURE_STRING,
    &commands::SQL,
    &curl::HEADER,
    &curl::USER,
    &settings::TERRAFORM,
    &kubernetes::SECRET,
    &settings::NUGET,
    &settings::PKCS12,
    &settings::SIDEKIQ,
    &settings::SIDEKIQ_URL,
];

impl Place {
    /// The rule for it.
    pub fn spec(&self) -> Spec {
        let finder = match self.read {
            Read::Code(find) => Finder::Code(find),
            Read::Pattern(source) => Finder::Patterns(vec![Pattern::around(source.to_owned())]),
            Read::Name => Finder::Path,
        };
        let mut spec = Spec::new(self.id, self.what.to_owned(), finder);
        spec.keywords = self.keywords.iter().map(|word| (*word).to_owned()).collect();
        let path = Some(self.path).filter(|path| !path.is_empty());
        spec.path = path.and_then(|path| Expr::new(path).ok());
        spec.entropy_min = self.entropy_min;
        if let Read::Pattern(_) = self.read {
            let regexes = vec![Expr::own(STAND_INS)];
            spec.allow = vec![Allowlist { regexes, ..Allowlist::default() }];
        }
        spec.reads_on = self.reads_on;
        spec
    }

    /// The first file's content, with `secret` in it.
    pub fn bad(&self, secret: &str) -> String {
        format!("{}{secret}{}", self.around[0], self.around[1])
    }
}

/// The place that the rule `id` is about.
pub fn of(id: &str) -> Option<&'static Place> {
    ALL.into_iter().find(|place| place.id == id)
}

/// The match `whole`, whose secret is `secret`.
fn found(whole: Range<usize>, secret: Range<usize>) -> Option<Match> {
    Some(Match { whole, groups: vec![Some(secret)] })
}
