//! The paths that a command line names.

use std::ops::Range;

/// Words of a script that could be paths, each with its place: a folder in
/// them, no variable, no address. What is quoted is a word like any other, since
/// scripts hand scripts on in quotes.
pub(super) fn paths(script: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in script.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let code = match line.find('#') {
            Some(0) => continue,
            Some(mark) if line.get(..mark).is_some_and(|it| it.ends_with([' ', '\t'])) => {
                line.get(..mark).unwrap_or(line)
            }
            _ => line,
        };
        let mut from = 0;
        for (end, c) in code.char_indices().chain([(code.len(), ' ')]) {
            if !(c.is_whitespace() || ";|&()<>\"'`=,:\\".contains(c)) {
                continue;
            }
            let word = code.get(from..end).unwrap_or_default();
            if is_path(word) {
                let from = start + from;
                found.push((word, from..from + word.len()));
            }
            from = end + c.len_utf8();
        }
    }
    found
}

fn is_path(word: &str) -> bool {
    let is_named = word.contains('/') || word.starts_with(|c: char| c.is_ascii_alphanumeric());
    is_named && !word.starts_with(['/', '-', '~', '@', '!']) && !word.contains(['$', '%'])
}

/// `./ee/...` of Go is everything below.
pub(super) fn trimmed(word: &str) -> &str {
    let word = super::fixed(word);
    let word = word.strip_suffix("...").unwrap_or(word);
    word.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_their_places() {
        let script = "cd 'ee/web' && go build -o=x ./ee/... # ee/no\n# ee/no\nnpm --prefix=ee/a $X/ee --f /ee ~/ee\n";
        let found = paths(script);
        let words: Vec<&str> =
            found.iter().map(|(word, _)| *word).filter(|it| it.contains('/')).collect();
        assert_eq!(words, ["ee/web", "./ee/...", "ee/a"]);
        assert!(found.iter().all(|(word, span)| &script[span.clone()] == *word));
        assert_eq!(trimmed("./ee/..."), "./ee");
        assert_eq!(trimmed("cmd/ee/*.go"), "cmd/ee");
    }
}
