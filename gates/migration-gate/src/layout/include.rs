//! Files that bring in others: those of the repository are put in their place.

use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::Tree;

use super::{Framework, Given, Section};

/// Files in files that are brought in.
const DEPTH_MAX: usize = 8;
/// A text is not made longer than this.
const TEXT_BYTES_MAX: usize = 4_000_000;

/// A place at which a file brings in another.
pub(super) struct Bring {
    pub(super) span: Range<usize>,
    pub(super) name: String,
    pub(super) from: From,
}

/// What a name is relative to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// The folder of the migrations.
    Folder,
    /// The file that names it.
    File,
    /// Where the command was started, which no file tells: the one place of
    /// the repository, the folder and the file's own that has it.
    Anywhere,
}

/// A file with what it brings in, or as what is run of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expanded {
    pub(crate) text: String,
    puts: Vec<Put>,
    /// What of the text runs, where its layout has said so already.
    pub(crate) sections: Vec<Section>,
}

/// Bytes of the text that are not where the file has them.
#[derive(Clone, Debug)]
struct Put {
    /// In the text.
    here: Range<usize>,
    /// In the file: what they took the place of, or where they stand.
    place: Range<usize>,
    /// Whether the file has the same bytes.
    is_own: bool,
}

impl Expanded {
    /// Adds words to the text that stand for those of `place`, or are those.
    pub(super) fn put(&mut self, words: &str, place: Range<usize>, is_own: bool) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(words);
        let here = start..self.text.len();
        self.puts.push(Put { here: here.clone(), place, is_own });
        here
    }

    /// Where bytes of the text stand in the file.
    pub(crate) fn place(&self, span: &Range<usize>) -> Range<usize> {
        if let Some(put) = self.around(span.start).filter(|put| !put.is_own) {
            return put.place.clone();
        }
        let start = self.point(span.start);
        let last = self.around(span.end.saturating_sub(1)).filter(|put| !put.is_own);
        let end = last.map_or_else(|| self.point(span.end), |put| put.place.end);
        start..end.max(start)
    }

    /// What was put where that byte of the text is.
    fn around(&self, at: usize) -> Option<&Put> {
        self.before(at).filter(|put| put.here.contains(&at))
    }

    /// The last that was put at that byte of the text or before it.
    fn before(&self, at: usize) -> Option<&Put> {
        let next = self.puts.partition_point(|put| put.here.start <= at);
        self.puts.get(next.checked_sub(1)?)
    }

    fn point(&self, at: usize) -> usize {
        match self.before(at) {
            None => at,
            Some(put) if put.is_own && at <= put.here.end => {
                put.place.start + (at - put.here.start)
            }
            Some(put) if at < put.here.end => put.place.start,
            Some(put) => put.place.end + (at - put.here.end),
        }
    }

    /// Whether nobody wrote these bytes into the file.
    pub(crate) fn is_inserted(&self, span: &Range<usize>) -> bool {
        self.around(span.start).is_some_and(|put| !put.is_own)
    }
}

/// `text` with the files that it brings in; none where it brings in none. One
/// that is not in the repository is left as it is, and told of by its layout.
pub(crate) fn expand(
    framework: Framework,
    text: &str,
    path: &Utf8Path,
    given: &Given<'_>,
    tree: &Tree,
) -> Option<Expanded> {
    if let Some(expanded) = (framework.written)(text, path, tree, given) {
        return Some(expanded);
    }
    let dir = given.dir;
    let mut expanded = Expanded::default();
    let mut at = 0;
    for bring in (framework.brings)(text) {
        let Some(other) = brought(framework, &bring, path, dir, tree, DEPTH_MAX) else { continue };
        if expanded.text.len() + other.len() > TEXT_BYTES_MAX {
            continue;
        }
        expanded.text.push_str(text.get(at..bring.span.start).unwrap_or_default());
        expanded.put(&other, bring.span.clone(), false);
        at = bring.span.end;
    }
    expanded.text.push_str(text.get(at..).unwrap_or_default());
    (!expanded.puts.is_empty()).then_some(expanded)
}

/// The text of a file that is brought in, with what that brings in.
fn brought(
    framework: Framework,
    bring: &Bring,
    path: &Utf8Path,
    dir: &str,
    tree: &Tree,
    depth: usize,
) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let (path, text) = found(bring, path, dir, tree)?;
    let (mut whole, mut at) = (String::new(), 0);
    for inner in (framework.brings)(&text) {
        let other = brought(framework, &inner, &path, dir, tree, depth)?;
        whole.push_str(text.get(at..inner.span.start)?);
        whole.push_str(&other);
        at = inner.span.end;
        if whole.len() > TEXT_BYTES_MAX {
            return None;
        }
    }
    whole.push_str(text.get(at..)?);
    // What follows it begins a line of its own.
    whole.push('\n');
    Some(whole)
}

fn found(bring: &Bring, path: &Utf8Path, dir: &str, tree: &Tree) -> Option<(Utf8PathBuf, String)> {
    let own = path.parent().unwrap_or(Utf8Path::new(""));
    let root = Utf8Path::new("");
    let folder = if dir == "." { root } else { Utf8Path::new(dir) };
    let folders: &[&Utf8Path] = match bring.from {
        From::Folder => &[folder],
        From::File => &[own],
        From::Anywhere => &[root, folder, own],
    };
    let mut found: Vec<(Utf8PathBuf, String)> = Vec::new();
    for folder in folders {
        let Some(path) = joined(folder, &bring.name) else { continue };
        let is_known = found.iter().any(|(known, _)| *known == path);
        let Some(file) = tree.read(&path).ok().filter(|_| !is_known) else { continue };
        found.extend(file.text().map(|text| (path, text.to_owned())));
    }
    // Of two that it could be, nobody can tell which it is.
    if found.len() > 1 {
        return None;
    }
    found.pop()
}

/// A path below the repository; none where it leads out of it.
pub(super) fn joined(folder: &Utf8Path, name: &str) -> Option<Utf8PathBuf> {
    if name.starts_with(['/', '~']) {
        return None;
    }
    let mut parts: Vec<&str> = folder.as_str().split('/').filter(|it| !it.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_file() {
        let text = "a;\n{{ template \"v.sql\" . }}\nb;\n";
        let tree = Tree::literal([("m/v.sql", "create view v as select 1;")]);
        let framework = super::super::named("tern").unwrap().unwrap();
        let expanded = expand(framework, text, "m/1_a.sql".into(), &Given::of("m"), &tree).unwrap();
        assert_eq!(expanded.text, "a;\ncreate view v as select 1;\n\nb;\n");
        let at = |words: &str| expanded.text.find(words).unwrap();
        assert_eq!(expanded.place(&(0..1)), 0..1);
        assert_eq!(&text[expanded.place(&(at("view")..at("v as")))], "{{ template \"v.sql\" . }}");
        assert_eq!(&text[expanded.place(&(at("b;")..at("b;") + 2))], "b;");
        assert!(
            expand(framework, "select 1;", "m/1_a.sql".into(), &Given::of("m"), &tree).is_none()
        );
    }

    #[test]
    fn nothing_leads_out_of_the_repository_or_on_for_ever() {
        assert_eq!(joined("a/b".into(), "../c.sql").unwrap(), "a/c.sql");
        assert!(
            joined("a".into(), "../../c.sql").is_none() && joined("".into(), "/etc/x").is_none()
        );
        let framework = super::super::named("psql").unwrap().unwrap();
        let tree = Tree::literal([("m/a.sql", "\\ir a.sql\n"), ("b.sql", "x"), ("m/b.sql", "y")]);
        let told = |text: &str| expand(framework, text, "m/1.sql".into(), &Given::of("m"), &tree);
        assert!(told("\\ir a.sql\n").is_none(), "it brings in itself");
        assert!(told("\\i b.sql\n").is_none(), "it could be two");
        assert_eq!(told("\\ir b.sql\n").unwrap().text, "y\n\n");
        assert!(told("-- \\ir b.sql\n").is_none());
    }
}
