//! Patterns of paths as paths with braces.

/// `<int:id>` of Flask and Django as `{id}`.
pub(super) fn from_rule(rule: &str) -> String {
    let mut path = String::new();
    let mut rest = rule;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        path.push_str(before);
        let Some(end) = end_of_parameter(from) else {
            path.push_str(from);
            return path;
        };
        let inner = from.get(1..end).unwrap_or_default();
        // What stands before the name may have colons of its own: `regex(":"):a`.
        let name = inner.rsplit(':').next().unwrap_or(inner);
        path.push('{');
        path.push_str(name.trim());
        path.push('}');
        rest = from.get(end + 1..).unwrap_or_default();
    }
    path.push_str(rest);
    path
}

/// The `>` that ends what begins with `<`, outside of parentheses and quotes.
fn end_of_parameter(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, c) in text.char_indices() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (_, Some(own)) if own == c => quote = None,
            (_, Some(_)) => {}
            ('(', None) => depth += 1,
            (')', None) => depth = depth.saturating_sub(1),
            ('>', None) if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// More spellings than a person means by one pattern.
const SPELLINGS_MAX: usize = 24;

/// Every path that a regular expression stands for, if it stands for so many that
/// they can be counted: groups are parameters.
pub(super) fn spellings(pattern: &str) -> Option<Vec<String>> {
    let letters: Vec<char> = pattern.chars().collect();
    let mut reader = Pattern { letters: &letters, at: 0 };
    let found = reader.alternatives(0)?;
    (reader.at == letters.len()).then_some(found)
}

struct Pattern<'p> {
    letters: &'p [char],
    at: usize,
}

impl Pattern<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).copied()
    }

    /// `a|b`, until a closing parenthesis or the end.
    fn alternatives(&mut self, depth: usize) -> Option<Vec<String>> {
        let mut all = self.sequence(depth)?;
        while self.peek(0) == Some('|') {
            self.at += 1;
            all.extend(self.sequence(depth)?);
        }
        (all.len() <= SPELLINGS_MAX).then_some(all)
    }

    fn sequence(&mut self, depth: usize) -> Option<Vec<String>> {
        let mut all = vec![String::new()];
        while let Some(c) = self.peek(0) {
            if c == '|' || c == ')' {
                break;
            }
            let one = self.element(depth)?;
            let mut next = Vec::new();
            for before in &all {
                next.extend(one.iter().map(|after| format!("{before}{after}")));
            }
            all = next;
            if all.len() > SPELLINGS_MAX {
                return None;
            }
        }
        Some(all)
    }

    fn element(&mut self, depth: usize) -> Option<Vec<String>> {
        let c = self.peek(0)?;
        self.at += 1;
        let one = match c {
            '^' | '$' => return Some(vec![String::new()]),
            '\\' => {
                let c = self.peek(0)?;
                self.at += 1;
                match c {
                    'A' | 'Z' | 'z' => return Some(vec![String::new()]),
                    c if c.is_alphanumeric() => return None,
                    c => vec![c.to_string()],
                }
            }
            '.' if matches!(self.peek(0), Some('*' | '+')) => {
                self.at += 1;
                let rest = self.letters.get(self.at..).unwrap_or_default();
                // Only at the end can everything follow.
                return rest.iter().all(|c| *c == '$').then(|| vec!["*".to_owned()]);
            }
            '(' => self.group(depth)?,
            '[' | '*' | '+' | '{' | '}' => return None,
            c => vec![c.to_string()],
        };
        match self.peek(0) {
            Some('?') => {
                self.at += 1;
                let mut both = one;
                both.push(String::new());
                Some(both)
            }
            Some('*' | '+' | '{') => None,
            _ => Some(one),
        }
    }

    /// What stands between parentheses, the first of which is read.
    fn group(&mut self, depth: usize) -> Option<Vec<String>> {
        if self.peek(0) != Some('?') {
            self.skip_group()?;
            return Some(vec!["{group}".to_owned()]);
        }
        match (self.peek(1)?, self.peek(2)) {
            ('P', Some('<')) => {
                self.at += 3;
                let mut name = String::new();
                while let Some(c) = self.peek(0).filter(|c| *c != '>') {
                    name.push(c);
                    self.at += 1;
                }
                self.skip_group()?;
                Some(vec![format!("{{{name}}}")])
            }
            (':', _) if depth < 8 => {
                self.at += 2;
                let inner = self.alternatives(depth + 1)?;
                (self.peek(0) == Some(')')).then(|| self.at += 1)?;
                Some(inner)
            }
            (flag, Some(')')) if flag.is_alphabetic() => {
                self.at += 3;
                Some(vec![String::new()])
            }
            _ => None,
        }
    }

    /// Goes past the parenthesis that ends this group.
    fn skip_group(&mut self) -> Option<()> {
        let (mut depth, mut is_class) = (1_usize, false);
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match c {
                '\\' => self.at += 1,
                '[' => is_class = true,
                ']' => is_class = false,
                '(' if !is_class => depth += 1,
                ')' if !is_class => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(());
                    }
                }
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rules_have_braces() {
        for (rule, expected) in [
            ("/a/<int:id>", "/a/{id}"),
            ("/a/<id>/b/", "/a/{id}/b/"),
            ("/<regex(\"[a:>]+\"):x>.<ext>", "/{x}.{ext}"),
            ("/<any(a, b):x>", "/{x}"),
            ("/a<b", "/a<b"),
        ] {
            assert_eq!(from_rule(rule), expected, "{rule}");
        }
    }

    #[test]
    fn patterns_have_spellings() {
        for (pattern, expected) in [
            ("^a/(?P<id>[^/)]+)/$", Some(vec!["a/{id}/"])),
            ("^a/?$", Some(vec!["a/", "a"])),
            ("^(?:a|b)/c$", Some(vec!["a/c", "b/c"])),
            ("^a\\.json$", Some(vec!["a.json"])),
            ("^a/(\\d+(?:x))/\\Z", Some(vec!["a/{group}/"])),
            ("^a/.*$", Some(vec!["a/*"])),
            ("(?i)^a", Some(vec!["a"])),
            ("", Some(vec![""])),
            ("^[a-z]+/$", None),
            ("^a.*/b$", None),
            ("^(?!a)b", None),
            ("^(?P<id", None),
            ("a)b", None),
        ] {
            let found = spellings(pattern);
            let found = found.as_ref().map(|all| all.iter().map(String::as_str).collect());
            assert_eq!(found, expected, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[\\^$a/()?P<>:|\\[\\]\\\\.*+{}é]{0,30}") {
            let _ = spellings(&text);
            let _ = from_rule(&text);
        }
    }
}
