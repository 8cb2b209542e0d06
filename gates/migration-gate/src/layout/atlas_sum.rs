//! `atlas.sum`: a digest of each file and of all before it, in the order of
//! their names, and in the first line one of all those. Atlas runs nothing
//! where they are not right.

use ct_codecs::{Base64, Encoder};
use sha2::{Digest, Sha256};

use super::atlas::leaves_sum_out;
use super::{Folder, Path};

const NAME: &str = "atlas.sum";

/// Notes the first file that is not as the sums have it: those after it are
/// not either, because a digest is of all before it too.
pub(super) fn check(folder: &mut Folder, path: &Path<'_>) {
    let Some(text) = path.text(NAME) else { return };
    let sum = path.beside(NAME);
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().trim();
    let entry = |line: &str| -> Option<(String, String)> {
        let (name, digest) = line.split_once("h1:")?;
        Some((name.trim().to_owned(), digest.trim().to_owned()))
    };
    let Some(entries) = lines.map(entry).collect::<Option<Vec<_>>>() else {
        folder.unlike.push((sum, "its lines are not 'NAME h1:DIGEST', and Atlas refuses them"));
        return;
    };
    let mut whole = Sha256::new();
    for (name, digest) in &entries {
        whole.update(name);
        whole.update(digest);
    }
    if first.strip_prefix("h1:") != Some(encoded(whole).as_str()) {
        let why = "its first line is not the sum of the others: it was merged or edited by hand";
        folder.unlike.push((sum.clone(), why));
    }
    let mut files: Vec<_> = folder.ups.iter().map(|up| &up.entry).collect();
    files.sort_by(|a, b| a.path.file_name().cmp(&b.path.file_name()));
    let (mut chain, mut noted) = (Sha256::new(), entries.iter());
    for entry in files {
        let name = entry.path.file_name().unwrap_or_default();
        let Ok(file) = path.tree.read_entry(entry) else { return };
        chain.update(name);
        if file.text().is_some_and(leaves_sum_out) {
            continue;
        }
        chain.update(file.bytes());
        let why = match noted.next() {
            Some((known, digest)) if known == name => {
                if encoded(chain.clone()) == *digest {
                    continue;
                }
                "'atlas.sum' has another digest of it"
            }
            _ if entries.iter().any(|(known, _)| known == name) => {
                "a file before it that 'atlas.sum' lists is gone"
            }
            _ => "'atlas.sum' does not list it: run 'atlas migrate hash'",
        };
        folder.unlike.push((entry.path.clone(), why));
        return;
    }
    if noted.next().is_some() {
        folder.unlike.push((sum, "it lists a file that is gone"));
    }
}

fn encoded(digest: Sha256) -> String {
    Base64::encode_to_string(digest.finalize()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use kernel::Tree;

    use crate::layout::atlas::LAYOUT;
    use crate::layout::folder;

    // By the chain that Atlas documents.
    const A: &str = "CREATE TABLE t (a int);\n";
    const B: &str = "ALTER TABLE t ADD COLUMN b int;\n";
    const SUM: &str = "h1:NyU5sBMqSH2SwDSB8dnBaUSaeWjZJc1H8wyGc4/DvUk=\n1_a.sql h1:ykLUUPHl+k+zP6qjIF9/dIFG2D71g4q3vkUrxwbp/6A=\n2_b.sql h1:1gzIW+LPXkK25reWduJR0WbcSc6C2elw8WoprZeklTc=\n";

    fn told(files: &[(&str, &str)]) -> Vec<String> {
        let tree = Tree::literal(files.iter().copied());
        let unlike = folder(&LAYOUT, "m", &tree).unlike;
        unlike.into_iter().map(|(path, why)| format!("{path}: {why}")).collect()
    }

    #[test]
    fn an_edited_file_is_found_without_git() {
        let files = [("m/1_a.sql", A), ("m/2_b.sql", B), ("m/atlas.sum", SUM)];
        assert!(told(&files).is_empty(), "{:?}", told(&files));
        let mut edited = files;
        edited[0].1 = "CREATE TABLE t (a bigint);\n";
        assert_eq!(told(&edited), ["m/1_a.sql: 'atlas.sum' has another digest of it"]);
        let gone = [files[1], files[2]];
        assert!(told(&gone)[0].starts_with("m/2_b.sql: a file before it"));
        let gone = [files[0], files[2]];
        assert_eq!(told(&gone), ["m/atlas.sum: it lists a file that is gone"]);
        let more = [files[0], files[1], ("m/3_c.sql", B), files[2]];
        assert!(told(&more)[0].contains("does not list it"));
    }

    #[test]
    fn the_first_line_is_of_all() {
        let other = SUM.replacen("h1:", "h1:A", 1);
        let files = [("m/1_a.sql", A), ("m/2_b.sql", B), ("m/atlas.sum", other.as_str())];
        assert!(told(&files)[0].contains("first line"));
        assert!(
            told(&[("m/1_a.sql", A), ("m/atlas.sum", "h1:x\nnonsense\n")])[0].contains("refuses")
        );
    }

    #[test]
    fn without_sums_nothing_is_said() {
        assert!(told(&[("m/1_a.sql", A)]).is_empty());
    }
}
