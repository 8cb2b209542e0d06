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
