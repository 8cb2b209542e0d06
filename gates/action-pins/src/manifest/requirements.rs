//! `requirements*.txt`, as pip reads it. A file that `-r` includes is judged
//! where it is.
//!
//! Source: pip.pypa.io, requirements file format.

use super::{Hold, Manifest, Role, pep508};

pub(super) fn read(source: &str) -> Manifest {
    let mut manifest = Manifest::default();
    let mut has_hashes = false;
    for (at, line) in logical_lines(source) {
        has_hashes |= line.contains("--hash=");
        let line = line.as_str();
        if let Some(option) = line.strip_prefix('-') {
            let editable = option.strip_prefix("-editable").or(option.strip_prefix('e'));
            if let Some(url) = editable.filter(|it| it.starts_with([' ', '=', '\t'])) {
                let url = url.trim_start_matches([' ', '=', '\t']);
                let name = url.rsplit_once("egg=").map_or(url, |(_, name)| name);
                let hold = match url.split_once('@').filter(|(name, _)| !name.contains([':', '/']))
                {
                    Some((_, url)) => pep508::address(url.trim_start()),
                    None => pep508::address(url),
                };
                manifest.add(name, line, at..at, hold);
            } else if let Some(url) = included(line).filter(|url| url.contains("://")) {
                // Nobody judges what is there.
                manifest.add(url, line, at..at, Hold::Any);
            }
            continue;
        }
        let text = line.split(" --").next().unwrap_or_default().trim_end();
        let first = text.split_whitespace().next().unwrap_or_default();
        let is_path = first.starts_with(['.', '/']) || (first.contains('/') && !text.contains('@'));
        if first.contains("://")
            && !text.contains(" @ ")
            && !first.contains("@http")
            && !is_named(text)
        {
            manifest.add(first, text, at..at, pep508::address(first));
        } else if is_path {
            manifest.add(first, text, at..at, Hold::Local);
        } else if let Some((name, hold)) = pep508::read(text) {
            manifest.add(name, text, at..at, hold);
        }
    }
    for found in &mut manifest.requirements {
        // A line in several parts is shown by its first.
        let rest = source.get(found.span.start..).unwrap_or_default();
        let first = rest.split(['\n', '\r', '\\']).next().unwrap_or_default();
        let end =
            if first.starts_with(&*found.text) { found.text.len() } else { first.trim_end().len() };
        found.span.end = found.span.start + end;
        found.text.truncate(end);
    }
    let is_exact =
        manifest.requirements.iter().all(|it| matches!(it.hold, Hold::Exact | Hold::Local));
    manifest.with_role(if has_hashes || is_exact { Role::Complete } else { Role::Application })
}

/// The file that `-r` or `-c` includes.
fn included(line: &str) -> Option<&str> {
    let options = ["--requirement", "--constraint", "-r", "-c"];
    let rest = options.iter().find_map(|option| line.strip_prefix(option))?;
    Some(rest.trim_start_matches(['=', ' ', '\t']))
}

/// Whether `text` is `name @ URL`.
fn is_named(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-[],".contains(c);
    text.split_once('@').is_some_and(|(name, _)| name.trim_end().chars().all(is_name))
}

/// Lines without their comments, those that `\` continues joined, and the byte
/// where each begins.
fn logical_lines(source: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut start = 0;
    let mut continues = false;
    for line in source.split_inclusive('\n') {
        let at = start + (line.len() - line.trim_start_matches(['\u{feff}', ' ', '\t']).len());
        start += line.len();
        let text = line.trim_matches(['\u{feff}', ' ', '\t', '\n', '\r']);
        let is_comment = text.starts_with('#');
        let text = if is_comment { "" } else { text.split(" #").next().unwrap_or_default() };
        let next = text.strip_suffix('\\');
        let text = next.unwrap_or(text).trim_end();
        match lines.last_mut().filter(|_| continues) {
            Some((_, joined)) => {
                joined.push(' ');
                joined.push_str(text);
            }
            None if !text.is_empty() => lines.push((at, text.to_owned())),
            None => {}
        }
        continues = next.is_some() && !lines.is_empty();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Kind, tests};

    #[test]
    fn lines_are_told_apart() {
        let source = "# c\n-r base.txt\n--index-url https://e.org\n\u{20}\ta==1.2 # why\nb>=1;x<'3'\r\nc\n\
            -e .\n-e git+https://e.org/d@main#egg=d\ngit+https://e.org/e@0123456789012345678901234567890123456789\n\
            ./f\nhttps://e.org/g-1.whl\nh @ https://e.org/h.whl\ni==1 \\\n  --hash=sha256:9\n-e k @ git+https://e.org/k\n";
        let found = tests::lines(source, Kind::Requirements);
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(
            found,
            [
                "a a==1.2 Exact",
                "b b>=1;x<'3' Range",
                "c c Any",
                ". -e . Local",
                "d -e git+https://e.org/d@main#egg=d Branch",
                "git+https://e.org/e@0123456789012345678901234567890123456789 git+https://e.org/e@0123456789012345678901234567890123456789 Exact",
                "./f ./f Local",
                "https://e.org/g-1.whl https://e.org/g-1.whl Exact",
                "h h @ https://e.org/h.whl Exact",
                "i i==1 Exact",
                "k @ git+https://e.org/k -e k @ git+https://e.org/k Branch",
            ]
        );
    }

    #[test]
    fn a_list_at_an_address_is_any_list() {
        for line in
            ["-r https://e.org/a.txt", "-chttps://e.org/a.txt", "--requirement=https://e.org/a.txt"]
        {
            let found = tests::lines(line, Kind::Requirements);
            assert_eq!(found, [format!("https://e.org/a.txt {line} Any")]);
            assert_eq!(tests::role(line, Kind::Requirements), Role::Application);
        }
    }

    #[test]
    fn exact_or_hashed_is_a_lock_of_its_own() {
        assert_eq!(tests::role("a==1\nb==2", Kind::Requirements), Role::Complete);
        assert_eq!(tests::role("a==1\nb", Kind::Requirements), Role::Application);
        assert_eq!(tests::role("a>=1 \\\n --hash=sha256:1", Kind::Requirements), Role::Complete);
        assert_eq!(tests::role("-r a.txt\n-e .", Kind::Requirements), Role::Complete);
    }
}
