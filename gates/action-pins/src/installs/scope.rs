//! What variables of a script hold where a command stands, as far as the file
//! tells.

use std::collections::HashMap;
use std::rc::Rc;

use crate::variables::{UNKNOWN, fill};

/// More than this in one script is not remembered.
const NAMES_MAX: usize = 4_096;

/// A text as long as this is filled in no further.
const LENGTH_MAX: usize = 4_096;

/// Values by name; what is not known of a name is [`UNKNOWN`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    values: HashMap<String, String>,
    /// Where a name is looked for that is not here.
    around: Option<Rc<Scope>>,
}

impl Scope {
    /// `values` alone.
    pub(crate) fn of(values: &[(String, String)]) -> Scope {
        let mut scope = Scope::default();
        values.iter().for_each(|(name, value)| scope.set(name, scope.fill(value)));
        scope
    }

    /// `values`, and what is known `around`.
    pub(crate) fn within(around: Rc<Scope>, values: &[(String, String)]) -> Scope {
        let mut scope = Scope { around: Some(around), ..Scope::default() };
        values.iter().for_each(|(name, value)| scope.set(name, scope.fill(value)));
        scope
    }

    fn get(&self, name: &str) -> Option<&String> {
        let mut scope = self;
        loop {
            if let Some(value) = scope.values.get(name) {
                return Some(value);
            }
            scope = scope.around.as_deref()?;
        }
    }

    /// The value of `name` from here on.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        if self.values.len() < NAMES_MAX || self.values.contains_key(name) {
            self.values.insert(name.to_owned(), value);
        }
    }

    /// `text` with what is known filled in, as the words that a shell makes of
    /// it.
    pub(crate) fn words(&self, text: &str) -> Vec<String> {
        if !text.contains(['$', '%']) {
            return vec![text.to_owned()];
        }
        let filled = self.fill(text);
        let is_alone = text.starts_with('$') && !text.contains(char::is_whitespace);
        let mut parts = filled.split_whitespace();
        match (parts.next(), parts.next()) {
            (Some(_), None) | (None, _) => vec![filled],
            _ if is_alone && is_one_variable(text) => {
                filled.split_whitespace().map(str::to_owned).collect()
            }
            // `${list[@]/%/-dev}`, and texts that no list is.
            _ if text.contains(char::is_whitespace) => vec![filled],
            _ => vec![UNKNOWN.to_owned()],
        }
    }

    /// `text` with what is known filled in.
    pub(crate) fn fill(&self, text: &str) -> String {
        let text = self.expressions(text);
        fill(&text, &|name| self.get(name).cloned()).text
    }

    /// `${{ env.NAME }}` is the same to a workflow.
    fn expressions(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let Some((expression, after)) = after.split_once("}}") else { break };
            filled.push_str(before);
            let name = expression.trim().strip_prefix("env.").unwrap_or_default();
            match self.get(name).filter(|_| filled.len() < LENGTH_MAX) {
                Some(value) => filled.push_str(value),
                None => filled.push_str(UNKNOWN),
            }
            rest = after;
        }
        filled + rest
    }
}

/// `$NAME`, `${NAME}`, `${NAME[@]}`, `"$@"`.
fn is_one_variable(text: &str) -> bool {
    let name = text.strip_prefix('$').unwrap_or(text);
    let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name);
    let name = name.trim_end_matches("[@]").trim_end_matches("[*]");
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_filled_in() {
        let mut scope = Scope::default();
        scope.set("V", "1.2.3".into());
        scope.set("LIST", "a@1 b".into());
        assert_eq!(scope.words("x@$V"), ["x@1.2.3"]);
        assert_eq!(scope.words("x@${{ env.V }}-${{ matrix.v }}"), ["x@1.2.3-$"]);
        assert_eq!(scope.words("$LIST"), ["a@1", "b"]);
        assert_eq!(scope.words("${LIST[@]}"), ["a@1", "b"]);
        assert_eq!(scope.words("x-$LIST"), ["$"]);
        assert_eq!(scope.words("x@${W:-latest}"), ["x@latest"]);
        assert_eq!(scope.words("$W"), ["$"]);
    }
}
