//! GitHub's expressions, evaluated with unknowns: what no file tells stays open,
//! and nothing that is no expression is refused.

use crate::value::Value;

/// What is known where an expression stands.
pub(crate) trait Known {
    /// The value of `github.event_name` and the like, in lower case; an index
    /// is written as a name (`needs['a']` as `needs.a`), an unknown one as `?`.
    fn value(&self, path: &str) -> Value<'static>;

    /// What `success`, `failure` and `cancelled` come to.
    fn status(&self, function: &str) -> Option<bool>;
}

/// The value of `expression`, without `${{ }}` around it.
pub(crate) fn evaluate<'c>(expression: &'c str, known: &dyn Known) -> Value<'c> {
    let tokens = tokens(expression);
    let mut reader = Reader { tokens: &tokens, at: 0, depth: 0, known };
    let value = reader.any();
    if reader.at < tokens.len() { Value::Unknown } else { value }
}

/// Every text that is written in `expression`.
pub(crate) fn texts(expression: &str) -> impl Iterator<Item = &str> {
    tokens(expression).into_iter().filter_map(|token| match token {
        Token::Text(text) => Some(text),
        _ => None,
    })
}

/// Whether an `if:` asks how the jobs before ended; `success()` is asked of
/// every other.
pub(crate) fn asks_status(condition: &str) -> bool {
    let tokens = tokens(inner(condition).unwrap_or(condition));
    let asks = |(place, token): (usize, &Token<'_>)| {
        matches!(token, Token::Word(word) if STATUS.iter().any(|name| word.eq_ignore_ascii_case(name)))
            && tokens.get(place + 1) == Some(&Token::Sign("("))
    };
    tokens.iter().enumerate().any(asks)
}

/// The expression of `${{ expression }}` or `expression`; none of a text with
/// expressions in it, which is true whatever they are.
pub(crate) fn inner(condition: &str) -> Option<&str> {
    let text = condition.trim();
    let Some(rest) = text.strip_prefix("${{") else {
        return (!text.contains("${{")).then_some(text);
    };
    let inner = rest.strip_suffix("}}")?;
    (!inner.contains("}}")).then_some(inner)
}

/// Functions that take the place of the `success()` that is asked otherwise.
const STATUS: &[&str] = &["success", "failure", "cancelled", "always"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'c> {
    /// A name, a path or a number.
    Word(&'c str),
    Text(&'c str),
    Sign(&'c str),
}

const SIGNS: &[&str] =
    &["||", "&&", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ","];

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            sign.len()
        } else if let Some(quoted) = rest.strip_prefix('\'') {
            let text = quoted.split('\'').next().unwrap_or_default();
            tokens.push(Token::Text(text));
            (text.len() + 2).min(rest.len())
        } else {
            let is_word = |c: char| c.is_alphanumeric() || "_-.*".contains(c);
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len()).max(first.len_utf8());
            let (word, _) = rest.split_at_checked(end).unwrap_or((rest, ""));
            tokens.push(Token::Word(word));
            end
        };
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    tokens
}

fn known<'c>(truth: Option<bool>) -> Value<'c> {
    truth.map_or(Value::Unknown, Value::Truth)
}

/// Deeper than this is not followed: unknown.
const DEPTH_MAX: usize = 64;

struct Reader<'c, 'b> {
    tokens: &'b [Token<'c>],
    at: usize,
    depth: usize,
    known: &'b dyn Known,
}

impl<'c> Reader<'c, '_> {
    fn takes(&mut self, sign: &str) -> bool {
        let is_next = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(is_next);
        is_next
    }

    fn any(&mut self) -> Value<'c> {
        if self.depth == DEPTH_MAX {
            self.at = self.tokens.len();
            return Value::Unknown;
        }
        self.depth += 1;
        let mut value = self.all();
        while self.takes("||") {
            let other = self.all();
            value = match (value.truth(), other.truth()) {
                (Some(true), _) => value,
                (Some(false), _) => other,
                // Holds either way; as what is not known.
                (None, Some(true)) => Value::Truth(true),
                (None, _) => Value::Unknown,
            };
        }
        self.depth -= 1;
        value
    }

    fn all(&mut self) -> Value<'c> {
        let mut value = self.comparison();
        while self.takes("&&") {
            let other = self.comparison();
            value = match (value.truth(), other.truth()) {
                (Some(false), _) => value,
                (Some(true), _) => other,
                (None, Some(false)) => Value::Truth(false),
                (None, _) => Value::Unknown,
            };
        }
        value
    }

    fn comparison(&mut self) -> Value<'c> {
        let mut value = self.operand();
        while let Some(sign) =
            ["==", "!=", "<=", ">=", "<", ">"].into_iter().find(|sign| self.takes(sign))
        {
            let same = value.equals(&self.operand());
            value = match sign {
                "==" => known(same),
                "!=" => known(same.map(|same| !same)),
                _ => Value::Unknown,
            };
        }
        value
    }

    fn operand(&mut self) -> Value<'c> {
        let mut is_negated = None;
        while self.takes("!") {
            is_negated = Some(!is_negated.unwrap_or(false));
        }
        let value = self.primary();
        match is_negated {
            None => value,
            Some(negated) => known(value.truth().map(|truth| truth != negated)),
        }
    }

    fn primary(&mut self) -> Value<'c> {
        if self.takes("(") {
            let value = self.any();
            self.takes(")");
            return value;
        }
        let token = self.tokens.get(self.at);
        self.at += usize::from(token.is_some());
        match token {
            Some(Token::Text(text)) => Value::Text(text),
            Some(Token::Word(word)) if self.takes("(") => self.call(word),
            Some(Token::Word(word)) => self.path(word),
            _ => Value::Unknown,
        }
    }

    fn call(&mut self, name: &str) -> Value<'c> {
        let mut arguments = Vec::new();
        while self.at < self.tokens.len() && !self.takes(")") {
            let before = self.at;
            arguments.push(self.any());
            self.takes(",");
            // What is no expression is passed over.
            self.at += usize::from(self.at == before);
        }
        match (name.to_ascii_lowercase().as_str(), &arguments[..]) {
            ("always", []) => Value::Truth(true),
            (function @ ("success" | "failure" | "cancelled"), []) => {
                known(self.known.status(function))
            }
            ("contains", [all, wanted]) => known(all.contains(wanted)),
            ("startswith", [text, start]) => known(text.begins_with(start)),
            ("join", [Value::Texts(texts), ..]) => Value::Texts(texts.clone()),
            ("fromjson", [Value::Text(json)]) => list(json),
            _ => Value::Unknown,
        }
    }

    /// `needs.a.result`, `needs['a'].result`, `needs.*.result`.
    fn path(&mut self, word: &'c str) -> Value<'c> {
        let mut path = word.to_ascii_lowercase();
        while self.takes("[") {
            match self.any() {
                Value::Text(key) => path += &format!(".{}", key.to_ascii_lowercase()),
                _ => path += ".?",
            }
            self.takes("]");
            if let Some(Token::Word(rest)) = self.tokens.get(self.at)
                && rest.starts_with('.')
            {
                path += &rest.to_ascii_lowercase();
                self.at += 1;
            }
        }
        match path.as_str() {
            "true" => Value::Truth(true),
            "false" => Value::Truth(false),
            "null" => Value::Null,
            path => self.known.value(path),
        }
    }
}

/// A JSON list of plain texts.
fn list(json: &str) -> Value<'_> {
    let items = json.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let text = |item: &'_ str| -> Option<()> {
        let text = item.trim().strip_prefix('"')?.strip_suffix('"')?;
        (!text.contains(['"', '\\'])).then_some(())
    };
    match items {
        Some(items) if items.split(',').all(|item| text(item).is_some()) => {
            Value::Texts(items.split(',').map(|item| Some(item.trim().trim_matches('"'))).collect())
        }
        _ => Value::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Here;

    impl Known for Here {
        fn value(&self, path: &str) -> Value<'static> {
            match path {
                "own" => Value::Own,
                "other" => Value::Stranger,
                "ref" => Value::Begins("refs/pull/"),
                "rank" => Value::OneOf(&["NONE", "CONTRIBUTOR"]),
                "a.b" => Value::Text("x"),
                "ends" => Value::Texts(vec![Some("failure"), None]),
                _ => Value::Unknown,
            }
        }

        fn status(&self, _function: &str) -> Option<bool> {
            None
        }
    }

    fn truth(expression: &str) -> Option<bool> {
        evaluate(expression, &Here).truth()
    }

    #[test]
    fn what_holds_whatever_is_unknown() {
        for expression in [
            "other != own",
            "other != 'me/here'",
            "'me/here' != other",
            "ref != 'refs/heads/main'",
            "startsWith(ref, 'refs/')",
            "rank != 'OWNER'",
            "!contains(fromJSON('[\"OWNER\", \"MEMBER\"]'), rank)",
            "!contains('OWNER,MEMBER', rank)",
            "contains('a, B', 'b') && A['b'] == 'X'",
            "null == false && null != 'x' && own && other",
            "contains(ends, 'failure')",
        ] {
            assert_eq!(truth(expression), Some(true), "{expression}");
            assert_eq!(truth(&format!("!({expression})")), Some(false), "{expression}");
        }
    }

    #[test]
    fn what_stays_open() {
        for expression in [
            "own == 'me/here'",
            "own == own",
            "other == who",
            "ref == 'refs/pull/1/merge'",
            "startsWith(ref, 'refs/pull/1')",
            "rank == 'NONE'",
            "contains(fromJSON('[\"NONE\"]'), rank)",
            "contains(fromJSON('[1, 2]'), rank)",
            "contains(fromJSON(who), 'x')",
            "contains(ends, 'success')",
            "null == ''",
            "other == own other",
        ] {
            assert_eq!(truth(expression), None, "{expression}");
        }
    }

    #[test]
    fn texts_are_found_anywhere() {
        let expression = "fromJSON(format('[\"self-hosted\"]', a && 'b'))";
        assert_eq!(texts(expression).collect::<Vec<_>>(), ["[\"self-hosted\"]", "b"]);
        assert_eq!(texts("a.b").count(), 0);
    }
}
