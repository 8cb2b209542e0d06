//! Every format that is a function of one receipt: the one list of them.

use std::io::{self, Write};

use clap::ValueEnum;
use kernel::Rule;

use super::human::{self, Look};
use super::{ctrf, github, html, json, junit, markdown, needs_json, sarif, test_result};
use crate::receipt::Receipt;

/// How a receipt is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person, in a terminal
    Human,
    /// The receipt itself, canonical
    Json,
    /// JUnit XML
    Junit,
    /// SARIF 2.1.0
    Sarif,
    /// GitHub workflow commands
    Github,
    /// Markdown
    Markdown,
    /// One self-contained page
    Html,
    /// Common Test Report Format
    Ctrf,
    /// in-toto statement, predicate test-result/v0.1
    TestResult,
    /// The map that GitHub's toJSON(needs) gives
    NeedsJson,
}

/// What some formats carry besides the receipt.
pub struct Besides<'a> {
    /// The words of rules.
    pub rules: &'a [Rule],
    /// How it is to look in a terminal.
    pub look: &'a Look,
}

impl Format {
    /// Writes `receipt`.
    ///
    /// # Errors
    /// `out` could not be written; [`io::ErrorKind::InvalidData`] where the
    /// format has no honest way to say what the receipt says.
    pub fn write(
        self,
        receipt: &Receipt,
        besides: &Besides<'_>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        match self {
            Format::Human => human::write(receipt, besides.look, out),
            Format::Json => json::write(receipt, out),
            Format::Junit => junit::write(receipt, out),
            Format::Sarif => sarif::write(receipt, besides.rules, out),
            Format::Github => github::write(receipt, out),
            Format::Markdown => markdown::write(receipt, out),
            Format::Html => html::write(receipt, out),
            Format::Ctrf => ctrf::write(receipt, out),
            Format::TestResult => test_result::write(receipt, out),
            Format::NeedsJson => needs_json::write(receipt, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    #[ignore = "writes into the folder EXPORT_SAMPLES, for scripts/validate-exports"]
    fn samples_for_the_readers() {
        let folder = std::env::var("EXPORT_SAMPLES").expect("EXPORT_SAMPLES names a folder");
        let besides = Besides { rules: &[], look: &Look::default() };
        let samples = [
            ("red", sample::about_a_commit(sample::receipt())),
            ("green", sample::about_a_commit(sample::green())),
            ("hostile", sample::about_a_commit(sample::hostile(sample::NASTY))),
        ];
        for (name, receipt) in samples {
            for format in Format::value_variants() {
                let value = format.to_possible_value().expect("a name");
                let path = format!("{folder}/{name}.{}", value.get_name());
                let mut file = std::fs::File::create(path).unwrap();
                format.write(&receipt, &besides, &mut file).unwrap();
            }
        }
    }
}
