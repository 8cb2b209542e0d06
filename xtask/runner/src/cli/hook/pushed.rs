//! What git says it is about to push.

/// One reference that is pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// As the user named it; a revision may hold blanks.
    pub local: String,
    /// Its object.
    pub id: String,
    /// What the remote has there now; none where the reference is new.
    pub remote_id: Option<String>,
}

/// Reads `<local ref> <local id> <remote ref> <remote id>` lines; deletions
/// push nothing.
///
/// # Errors
/// The line that is not of this form.
pub fn pushed(text: &str) -> Result<Vec<Pushed>, String> {
    let mut all = Vec::new();
    for line in text.lines() {
        // From the right: only the first word may hold blanks ('HEAD^{/fix it}').
        let mut words = line.rsplitn(4, ' ');
        let (remote_id, _, id, local) = (words.next(), words.next(), words.next(), words.next());
        match (local, id, remote_id) {
            (Some(local), Some(id), Some(remote)) if is_id(id) && is_id(remote) => {
                if !is_nothing(id) {
                    let remote_id = (!is_nothing(remote)).then(|| remote.to_owned());
                    all.push(Pushed { local: local.to_owned(), id: id.to_owned(), remote_id });
                }
            }
            _ => return Err(line.to_owned()),
        }
    }
    Ok(all)
}

fn is_id(word: &str) -> bool {
    matches!(word.len(), 40 | 64) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_nothing(id: &str) -> bool {
    id.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_git() {
        let (one, two, zero) = ("1".repeat(40), "2".repeat(40), "0".repeat(40));
        let text = format!(
            "refs/heads/a {one} refs/heads/a {two}\nHEAD^{{/fix it}} {one} refs/heads/b {zero}\n(delete) {zero} refs/heads/c {two}\n"
        );
        let all = pushed(&text).unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].remote_id.as_ref(), Some(&two));
        assert_eq!((all[1].local.as_str(), &all[1].remote_id), ("HEAD^{/fix it}", &None));
        assert_eq!(pushed("").unwrap(), []);
        for odd in ["refs/heads/a", "a b c d", &format!("a {one} b"), " "] {
            assert!(pushed(odd).is_err(), "{odd}");
        }
    }
}
