//! Maven: the modules, parents and artifacts that a pom.xml names, and the folders
//! of this repository that they are.

use std::collections::BTreeMap;
use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::project::Files;
use crate::reference::{Kind, Reference, folder, join};
use crate::roads::Read;

/// Deeper than any pom is.
const DEPTH_MAX: usize = 64;

/// The artifacts of a repository: their group, and the folder of their pom.xml.
#[derive(Debug, Default)]
pub(crate) struct Artifacts {
    by_name: BTreeMap<String, Vec<(String, Utf8PathBuf)>>,
}

/// A text with the elements around it, each with the place where it begins.
struct Leaf<'a> {
    around: Vec<(&'a str, usize)>,
    text: &'a str,
    span: Range<usize>,
}

impl Leaf<'_> {
    fn ends(&self, names: &[&str]) -> bool {
        let from = self.around.len().checked_sub(names.len());
        let last = from.and_then(|from| self.around.get(from..));
        last.is_some_and(|last| last.iter().map(|(name, _)| *name).eq(names.iter().copied()))
    }

    /// Where the element `name` around it begins.
    fn inside(&self, name: &str) -> Option<usize> {
        self.around.iter().find(|(own, _)| *own == name).map(|(_, at)| *at)
    }

    fn parent(&self) -> Option<usize> {
        self.around.iter().rev().nth(1).map(|(_, at)| *at)
    }
}

impl Artifacts {
    /// Reads every pom.xml (path and text).
    pub(crate) fn new(files: &BTreeMap<Utf8PathBuf, String>) -> Artifacts {
        let mut by_name: BTreeMap<String, Vec<(String, Utf8PathBuf)>> = BTreeMap::new();
        for (path, text) in files {
            let leaves = leaves(text).unwrap_or_default();
            let own = |names: &[&str]| {
                leaves.iter().find(|it| it.around.len() == names.len() && it.ends(names))
            };
            let Some(name) = own(&["project", "artifactId"]) else { continue };
            let group = own(&["project", "groupId"]).or(own(&["project", "parent", "groupId"]));
            let group = group.map_or("", |it| it.text).to_owned();
            by_name.entry(name.text.to_owned()).or_default().push((group, folder(path).to_owned()));
        }
        Artifacts { by_name }
    }

    /// What a pom.xml refers to; none where it is no XML.
    pub(crate) fn references(&self, path: &Utf8Path, text: &str, files: &Files) -> Option<Read> {
        let leaves = leaves(text)?;
        let groups: BTreeMap<Option<usize>, &str> = leaves
            .iter()
            .filter(|it| it.ends(&["groupId"]))
            .map(|it| (it.parent(), it.text))
            .collect();
        let is_default = |it: &&Leaf<'_>| it.ends(&["activeByDefault"]) && it.text == "true";
        let defaults: Vec<Option<usize>> =
            leaves.iter().filter(is_default).map(|it| it.inside("profile")).collect();
        let mut read = Read::default();
        for leaf in &leaves {
            let to = self.target(path, leaf, &groups, files);
            let Some(to) = to.filter(|to| !to.as_str().is_empty()) else { continue };
            let profile = leaf.inside("profile");
            if profile.is_some() && !defaults.contains(&profile) {
                read.apart.push(leaf.span.clone());
            }
            let (specifier, span) = (leaf.text.to_owned(), leaf.span.clone());
            read.references.push((Reference { kind: Kind::Static, specifier, span }, vec![to]));
        }
        Some(read)
    }

    fn target(
        &self,
        path: &Utf8Path,
        leaf: &Leaf<'_>,
        groups: &BTreeMap<Option<usize>, &str>,
        files: &Files,
    ) -> Option<Utf8PathBuf> {
        let own = folder(path);
        if leaf.ends(&["modules", "module"]) || leaf.ends(&["parent", "relativePath"]) {
            return join(own, leaf.text);
        }
        let names = ["dependency", "parent", "plugin", "extension"];
        if names.iter().any(|name| leaf.ends(&[name, "artifactId"])) {
            // A version that is managed is not needed before somebody depends on it.
            if leaf.inside("dependencyManagement").is_some() {
                return None;
            }
            let group = groups.get(&leaf.parent()).copied().unwrap_or("$");
            let known = self.by_name.get(leaf.text)?;
            let is_it = |own: &&(String, Utf8PathBuf)| {
                own.0 == group || group.contains('$') || own.0.contains('$')
            };
            return known.iter().find(is_it).map(|(_, folder)| folder.clone());
        }
        // `${project.basedir}/../ee/src`: a folder that some plugin takes in.
        let bases = ["${project.basedir}/", "${basedir}/"];
        let below = bases.iter().find_map(|base| leaf.text.strip_prefix(base)).unwrap_or(leaf.text);
        let to = join(own, below).filter(|_| below.contains('/') && !below.contains("://"))?;
        (files.has(&to) || files.has_folder(&to)).then_some(to)
    }
}

/// Every text that stands alone in its element; none of what is no XML.
fn leaves(text: &str) -> Option<Vec<Leaf<'_>>> {
    let mut reader = Reader::from_str(text);
    let mut around: Vec<(&str, usize)> = Vec::new();
    let mut found = Vec::new();
    loop {
        let start = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        let end = usize::try_from(reader.buffer_position()).ok()?;
        match event {
            Event::Start(_) => {
                let tag = text.get(start..end)?.trim_start().strip_prefix('<')?;
                let length = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
                around.push((tag.get(..length?)?, start));
            }
            Event::End(_) => {
                around.pop();
            }
            Event::Text(_) | Event::CData(_) => {
                let raw = text.get(start..end)?;
                let inner = raw.strip_prefix("<![CDATA[").and_then(|it| it.strip_suffix("]]>"));
                let word = inner.unwrap_or(raw).trim();
                let from = start + raw.find(word)?;
                if !word.is_empty() && around.len() <= DEPTH_MAX {
                    let span = from..from + word.len();
                    found.push(Leaf { around: around.clone(), text: word, span });
                }
            }
            Event::Eof => return around.is_empty().then_some(found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EE: &str = "<project><parent><groupId>org.m</groupId><artifactId>root</artifactId></parent><artifactId>m-ee</artifactId></project>";

    fn found(body: &str) -> Vec<String> {
        let artifacts = Artifacts::new(&BTreeMap::from([("ee/pom.xml".into(), EE.to_owned())]));
        let files = Files::of(["ee/pom.xml", "ee/src/A.java"]);
        let text = format!("<?xml version=\"1.0\"?>\n<project>{body}</project>");
        let Some(read) = artifacts.references("app/pom.xml".into(), &text, &files) else {
            return vec!["unread".to_owned()];
        };
        let told = |(reference, to): (Reference, Vec<Utf8PathBuf>)| {
            let is_apart = read.apart.contains(&reference.span);
            assert_eq!(&text[reference.span.clone()], reference.specifier);
            format!("{}{}", if is_apart { "apart " } else { "" }, to[0])
        };
        read.references.into_iter().map(told).collect()
    }

    #[test]
    fn modules_parents_and_artifacts_are_found() {
        for (body, to) in [
            ("<modules><!-- x --><module> ../ee </module></modules>", "ee"),
            (
                "<dependencies><dependency><groupId>org.m</groupId><artifactId>m-ee</artifactId></dependency></dependencies>",
                "ee",
            ),
            (
                "<dependencies><dependency><artifactId>m-ee</artifactId><groupId>${project.groupId}</groupId></dependency></dependencies>",
                "ee",
            ),
            ("<parent><relativePath>../ee/pom.xml</relativePath></parent>", "ee/pom.xml"),
            (
                "<build><sourceDirectory>${project.basedir}/../ee/src</sourceDirectory></build>",
                "ee/src",
            ),
            (
                "<profiles><profile><id>ee</id><modules><module>../ee</module></modules></profile></profiles>",
                "apart ee",
            ),
            (
                "<profiles><profile><activation><activeByDefault>true</activeByDefault></activation><modules><module>../ee</module></modules></profile></profiles>",
                "ee",
            ),
        ] {
            assert_eq!(found(body), [to], "{body}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_left() {
        for body in [
            "<!-- <modules><module>../ee</module></modules> -->",
            "<dependencies><dependency><groupId>org.other</groupId><artifactId>m-ee</artifactId></dependency></dependencies>",
            "<description>../ee is not built</description>",
            "<dependencyManagement><dependencies><dependency><groupId>org.m</groupId><artifactId>m-ee</artifactId></dependency></dependencies></dependencyManagement>",
        ] {
            assert_eq!(found(body), [""; 0], "{body}");
        }
        assert_eq!(found("<modules>"), ["unread"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(body in "((<|>|/|<modules>|</modules>|<module>|</module>|<!--|-->|<!\\[CDATA\\[|\\]\\]>|ee| |&|é|\"){0,24})") {
            let _ = leaves(&body);
        }
    }
}
