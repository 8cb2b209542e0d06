//! Checkstyle XML: `<checkstyle><file name><error line column severity message source/>`.

use kernel::Severity;

use super::xml::{Node, walk};
use super::{Report, Told, bare, severity};

pub(super) fn read(text: &str) -> Result<Report, String> {
    let mut report = Report::default();
    let mut file = None;
    let mut stray = false;
    walk(text, &["checkstyle"], &mut |node| match node {
        Node::Start("file", attributes) => file = attributes.get("name").map(str::to_owned),
        Node::End("file") => file = None,
        Node::Start("error", attributes) => {
            stray |= file.is_none();
            let word = attributes.get("severity").unwrap_or("error");
            if word == "ignore" {
                *report.skipped.entry("ignored by the tool".to_owned()).or_default() += 1;
                return;
            }
            report.told.push(Told {
                rule: attributes.get("source").map(|source| bare(source).to_owned()),
                path: file.clone(),
                line: attributes.number("line"),
                column: attributes.number("column"),
                ..Told::new(
                    severity(word).unwrap_or(Severity::Error),
                    attributes.get("message").unwrap_or_default(),
                )
            });
        }
        // A file that the tool could not read was not judged.
        Node::Start("exception", _) => stray = true,
        _ => {}
    })?;
    if stray {
        return Err("it has an <error> of no <file name>, or an <exception> of the tool".to_owned());
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `shellcheck -f checkstyle` 0.9 prints it.
    const SHELLCHECK: &str = "<?xml version='1.0' encoding='UTF-8'?>\n<checkstyle version='4.3'>\n<file name='a&#32;b.sh' >\n<error line='3' column='6' severity='info' message='Double quote to prevent globbing and word splitting.' source='ShellCheck.SC2086' />\n<error line='2' column='1' severity='warning' message='x appears unused. Verify use &#40;or export if used externally&#41;.' source='ShellCheck.SC2034' />\n</file>\n</checkstyle>\n";

    #[test]
    fn shellchecks_own() {
        let told = read(SHELLCHECK).unwrap().told;
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].path.as_deref(), Some("a b.sh"));
        assert_eq!(told[0].severity, Severity::Note);
        assert_eq!(told[0].rule.as_deref(), Some("ShellCheck.SC2086"));
        assert!(told[1].message.ends_with("(or export if used externally)."));
    }

    #[test]
    fn what_is_cut_or_of_no_file_is_no_report() {
        for cut in (0..SHELLCHECK.len() - 1).filter(|cut| SHELLCHECK.is_char_boundary(*cut)) {
            let read = read(&SHELLCHECK[..cut]);
            // A report without its last line end is whole.
            assert!(read.is_err(), "{cut}: {read:?}");
        }
        assert!(read("<checkstyle><error message='m'/></checkstyle>").is_err());
        assert!(
            read("<checkstyle><file name='a'><exception>x</exception></file></checkstyle>")
                .is_err()
        );
        assert!(read("<html/>").unwrap_err().contains("<checkstyle>"));
        assert!(read("<checkstyle>&bomb;</checkstyle>").unwrap_err().contains("&bomb;"));
    }
}
